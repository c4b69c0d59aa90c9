"""One sentence for each step of a cycle, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.models import CycleStep

Result = Mapping[str, Any]


def step_text(step: CycleStep) -> str:
    """What the step found; "" before it has found anything."""
    if not step.result:
        return ""
    return TEXTS[step.name](step.result)


def _previous(result: Result) -> str:
    if result["cycle"] is None:
        return _("Nothing was on trial.")
    values = {"number": result["cycle"], "verdict": verdict_text(result)}
    return _("Cycle %(number)s was on trial. %(verdict)s") % values


def _reward(result: Result) -> str:
    return _(
        "%(views)s views of %(videos)s videos by %(viewers)s viewers; rewards mostly between %(low).2f and %(high).2f."
    ) % {
        "views": result["views"], "videos": result["videos"], "viewers": result["viewers"],
        "low": result["reward_low"], "high": result["reward_high"],
    }  # fmt: skip


def _dataset(result: Result) -> str:
    count = len(result["segments"])
    return ngettext(
        "%(count)s audience segment, %(rows)s observations.", "%(count)s audience segments, %(rows)s observations.", count
    ) % {"count": count, "rows": result["rows"]}  # fmt: skip


def _train(result: Result) -> str:
    values = {"version": result["version"], "sure": len(result["likings"])}
    text = _("Recipe policy %(version)s; %(sure)s likings are sure at 90 %%.") % values
    if result["changed_tastes_since"]:
        text += " " + _("Tastes have changed since cycle %(number)s.") % {
            "number": result["changed_tastes_since"]
        }
    return text


def _generators(result: Result) -> str:
    if not result["rows"]:
        return _("Too few palettes were watched to learn from them.")
    failed = [row["name"] for row in result["rows"] if not row["passed"]]
    if failed:
        names = ", ".join(str(GATE_NAMES[name]) for name in failed)
        return _("No palettes of its own. Did not pass: %(names)s.") % {"names": names}
    return _("Palettes of its own, learned from %(count)s that were watched.") % {"count": result["palettes"]}


def _gate(result: Result) -> str:
    failed = [row["name"] for row in result["table"] if not row["passed"]]
    if not failed:
        return _("Passed all %(count)s checks.") % {"count": len(result["table"])}
    return _("Did not pass: %(names)s.") % {"names": ", ".join(str(GATE_NAMES[name]) for name in failed)}


def _canary(result: Result) -> str:
    return _("Version %(version)s chooses for %(share).0f %% of new videos.") % {
        "version": result["version"], "share": 100 * result["share"],
    }  # fmt: skip


def verdict_text(result: Result) -> str:
    """Why a cycle ended as it did."""
    told = REASONS[result["why"]]()
    against = result.get("together" if result["why"] == "better_together" else "against_production")
    if against:
        told += (
            " "
            + _("Difference in reward %(difference)+.3f, sure between %(low)+.3f and %(high)+.3f.") % against
        )
    return told


GATE_NAMES: dict[str, Any] = {}
REASONS: dict[str, Callable[[], str]] = {
    "better_than_production": lambda: _("Promoted: its videos did better than those made beside them."),
    "better_than_baseline": lambda: _(
        "Promoted: as good as the policy before it on newer data, and policies beat the hold-out."
    ),
    "better_together": lambda: _(
        "Promoted: its videos and those of the trials before it did better than those made beside them."
    ),
    "worse_than_production": lambda: _("Rolled back: its videos did worse."),
    "not_shown_better": lambda: _("Rolled back: its videos did not do better for sure."),
    "too_few_videos": lambda: _(
        "Rolled back: too few videos were made and watched while it was on trial. They count with those of the next trial."
    ),
    "awaits_approval": lambda: _("It won its trial and waits for a person's approval."),
    "refused": lambda: _("Rolled back: it won its trial, but a person refused it."),
    "superseded": lambda: _(
        "Rolled back: it won its trial, but a newer one began before anybody approved it."
    ),
    "gate": lambda: _("Stopped at the gate."),
}
TEXTS: dict[str, Callable[[Result], str]] = {
    "previous": _previous, "reward": _reward, "dataset": _dataset, "train": _train, "generators": _generators, "gate": _gate, "canary": _canary,
    "verdict": verdict_text,
}  # fmt: skip


def step_title(name: str) -> str:
    """What a step is called."""
    return str(STEP_TITLES[name])


def _names() -> dict[str, Any]:
    from django.utils.translation import gettext_lazy as lazy

    return {
        "evidence": lazy("recipes explain rewards"),
        # of cycles before this check became the next one
        "held_out_rank": lazy("order of the latest videos foretold"),
        "held_out_correlation": lazy("rewards foretold of videos not learned from"),
        "predicted_gain": lazy("predicted gain over what serves"),
        "off_policy_gain": lazy("gain estimated from logged choices"),
        "worst_category_gain": lazy("no category loses"),
        "diversity": lazy("diversity"),
        "palettes_foretold": lazy("rewards of palettes foretold by palettes like them"),
        "palettes_variety": lazy("variety of the palettes"),
    }


STEP_TITLES = {
    "previous": gettext_lazy("Verdict on the cycle before"),
    "reward": gettext_lazy("Rewards"),
    "dataset": gettext_lazy("Data to learn from"),
    "train": gettext_lazy("Learning"),
    "generators": gettext_lazy("Palettes"),
    "gate": gettext_lazy("Gate"),
    "canary": gettext_lazy("Trial"),
    "verdict": gettext_lazy("Verdict"),
}
GATE_NAMES |= _names()
