"""A policy is changed in four steps: drafted, replayed on history, run in shadow, and only then it acts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.db.models.functions import Abs, Least
from django.utils import timezone

from generation.moderation.audit import actor_of, audit_append
from generation.moderation.errors import PolicyInvalid, PolicyStateConflict
from generation.moderation.models import Case, Policy, PolicyVersion
from generation.moderation.screening.combination import outcome_of, verdict_of
from generation.moderation.selectors.policies import policies_acting
from generation.moderation.selectors.verdicts import PersonsWord, persons_words, screenings_judged

State = PolicyVersion.State
EDITABLE = (
    "title_en", "title_zh", "wording_en", "wording_zh", "severity", "auto_approve_below", "hold_above",
    "reports_demote",
)  # fmt: skip
NUMBERS = ("severity", "auto_approve_below", "hold_above", "reports_demote")
HISTORY_MOST = 20_000
SHADOW_LEAST = 20  # screenings that a version judges in shadow before it acts
EXAMPLES = 12


@transaction.atomic
def policy_draft(
    *, policy: Policy, author: User, changes: Mapping[str, Any], note: str = ""
) -> PolicyVersion:
    """A new version that starts from the acting one; it changes nothing yet. Raises ``PolicyInvalid``."""
    unknown = sorted(set(changes) - set(EDITABLE))
    if unknown:
        raise PolicyInvalid(
            f"A policy has {', '.join(EDITABLE)}; there is no {unknown[0]!r}.", field=unknown[0]
        )
    policy = Policy.objects.select_for_update().get(pk=policy.pk)
    acting = policies_acting()[policy.code]
    values = {name: getattr(acting, name) for name in EDITABLE} | dict(changes)
    number = (policy.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = PolicyVersion(policy=policy, number=number, author=author, note=note[:200], **values)
    try:
        version.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise PolicyInvalid(
            f"{sentences[0]} (approve below ≤ hold above, both 0 to 1; severity 1 to 4).",
            field="" if field == "__all__" else field,
        ) from error
    version.save()
    _log(version, author, "policy_draft", {"changed": sorted(changes)})
    return version


def _log(version: PolicyVersion, by: User, action: str, data: Mapping[str, Any] | None = None) -> None:
    subject = f"policy:{version.policy.code}"
    audit_append(
        actor=actor_of(by), action=action, subject=subject, data={"number": version.number, **(data or {})}
    )


@transaction.atomic
def policy_replay(*, version: PolicyVersion, by: User) -> PolicyVersion:
    """Judge the past again and keep what would have been otherwise. Raises ``PolicyStateConflict``."""
    version = PolicyVersion.objects.select_for_update().select_related("policy").get(pk=version.pk)
    if version.state not in (State.DRAFT, State.SHADOW):
        raise PolicyStateConflict(f"Only a draft is replayed; version {version.number} is {version.state}.")
    version.replay = replayed(version) | {"at": timezone.now().isoformat()}
    version.save(update_fields=["replay"])
    _log(version, by, "policy_replay", {"moved": version.replay["moved"]})
    return version


def replayed(version: PolicyVersion) -> dict[str, Any]:
    """What the version would have done: how many screenings move, between which outcomes, and how right that is.

    ``precision`` and ``recall`` are of "somebody looks" and of "held" on screenings that a person has decided about,
    for the version and for the acting one; ``None`` where nothing was decided.
    """
    code = version.policy.code
    acting = policies_acting().get(code)
    rows = screenings_judged(most=HISTORY_MOST)
    moves: Counter[str] = Counter()
    examples: list[int] = []
    said: dict[str, dict[int, str]] = {"now": {}, "then": {}}
    for row in rows:
        risk = float(row.risks.get(code, 0.0))
        new = verdict_of(risk, version)
        old = verdict_of(risk, acting) if acting else "approve"
        said["now"][row.pk], said["then"][row.pk] = new, old
        others = {name: verdict for name, verdict in row.verdicts.items() if name != code}
        before, after = outcome_of([*others.values(), old]), outcome_of([*others.values(), new])
        if before != after:
            moves[f"{before} → {after}"] += 1
            examples += [row.video_id] if len(examples) < EXAMPLES else []
    words = persons_words(row.pk for row in rows)
    return {
        "screenings": len(rows),
        "moved": sum(moves.values()),
        "moves": dict(moves),
        "examples": examples,
        "decided": len(words),
        "version": _rightness(said["now"], words, code),
        "acting": _rightness(said["then"], words, code),
    }


def _rightness(verdicts: Mapping[int, str], words: Mapping[int, PersonsWord], code: str) -> dict[str, Any]:
    """Precision and recall of queueing and of holding, by what people decided."""
    found: dict[str, Any] = {}
    for name, flags in (("looked_at", ("queue", "hold")), ("held", ("hold",))):
        flagged = {pk for pk in words if verdicts.get(pk) in flags}
        broken = {pk for pk, word in words.items() if code in word.broken}
        hits = len(flagged & broken)
        found[name] = {
            "flagged": len(flagged),
            "precision": round(hits / len(flagged), 4) if flagged else None,
            "recall": round(hits / len(broken), 4) if broken else None,
        }
    return found


@transaction.atomic
def policy_shadow(*, version: PolicyVersion, by: User) -> PolicyVersion:
    """Let the version judge beside the acting one; another one in shadow is put back to draft.

    Raises ``PolicyStateConflict`` for one that was not replayed.
    """
    version = PolicyVersion.objects.select_for_update().select_related("policy").get(pk=version.pk)
    if version.state != State.DRAFT or not version.replay:
        raise PolicyStateConflict(
            f"Only a draft that was replayed goes into shadow; version {version.number} is {version.state}"
            f"{'' if version.replay else ' and was not replayed. Replay it first'}."
        )
    PolicyVersion.objects.filter(policy=version.policy, state=State.SHADOW).update(state=State.DRAFT)
    version.state, version.shadowed = State.SHADOW, timezone.now()
    version.save(update_fields=["state", "shadowed"])
    _log(version, by, "policy_shadow")
    return version


def shadow_report(version: PolicyVersion) -> dict[str, Any]:
    """What the version has said in shadow, beside what the acting one did."""
    code = version.policy.code
    rows = [
        row
        for row in screenings_judged(most=HISTORY_MOST)
        if row.shadow.get(code, {}).get("version") == version.number
    ]
    pairs = Counter(f"{row.verdicts.get(code, 'approve')} → {row.shadow[code]['verdict']}" for row in rows)
    words = persons_words(row.pk for row in rows)
    return {
        "screenings": len(rows),
        "needed": SHADOW_LEAST,
        "differ": sum(number for pair, number in pairs.items() if len(set(pair.split(" → "))) > 1),
        "verdicts": dict(pairs),
        "version": _rightness({row.pk: row.shadow[code]["verdict"] for row in rows}, words, code),
        "acting": _rightness({row.pk: row.verdicts.get(code, "approve") for row in rows}, words, code),
    }


def is_wording_only(version: PolicyVersion) -> bool:
    """Whether no number differs from the acting version, so that no outcome can."""
    acting = policies_acting().get(version.policy.code)
    return acting is not None and all(getattr(acting, name) == getattr(version, name) for name in NUMBERS)


@transaction.atomic
def policy_activate(*, version: PolicyVersion, by: User, early: bool = False) -> PolicyVersion:
    """Let the version act from now on; the one before is kept as replaced.

    New words alone act once they were replayed. New numbers take ``SHADOW_LEAST`` screenings in shadow, or ``early``,
    which is logged. Raises ``PolicyStateConflict``.
    """
    version = PolicyVersion.objects.select_for_update().select_related("policy").get(pk=version.pk)
    if version.state not in (State.DRAFT, State.SHADOW) or not version.replay:
        raise PolicyStateConflict(
            f"A version acts after it was replayed and ran in shadow; version {version.number} is {version.state}."
        )
    judged = shadow_report(version)["screenings"]
    if not is_wording_only(version):
        if version.state != State.SHADOW:
            raise PolicyStateConflict(
                f"Version {version.number} changes numbers: let it run in shadow first."
            )
        if judged < SHADOW_LEAST and not early:
            raise PolicyStateConflict(
                f"A version judges {SHADOW_LEAST} screenings in shadow before it acts; this one has {judged}. Wait."
            )
    now = timezone.now()
    PolicyVersion.objects.filter(policy=version.policy, state=State.ACTIVE).update(
        state=State.RETIRED, retired=now
    )
    version.state, version.activated = State.ACTIVE, now
    version.save(update_fields=["state", "activated"])
    _margins_move(version)
    _log(version, by, "policy_activate", {"shadow_screenings": judged, "early": early})
    return version


def _margins_move(version: PolicyVersion) -> None:
    """The lines are elsewhere, so other open cases are the uncertain ones, of those with a measured risk."""
    lines = [Abs(F("risk") - line) for line in (version.auto_approve_below, version.hold_above)]
    cases = Case.objects.filter(state=Case.State.OPEN, policy=version.policy_id)
    cases.exclude(kind=Case.Kind.SPOTTED).update(margin=Least(*lines))


@transaction.atomic
def policy_discard(*, version: PolicyVersion, by: User) -> None:
    """A draft that nobody wants any more is kept as replaced; the acting one cannot be thrown away."""
    version = PolicyVersion.objects.select_for_update().select_related("policy").get(pk=version.pk)
    if version.state not in (State.DRAFT, State.SHADOW):
        raise PolicyStateConflict(f"Only a draft is discarded; version {version.number} is {version.state}.")
    version.state, version.retired = State.RETIRED, timezone.now()
    version.save(update_fields=["state", "retired"])
    _log(version, by, "policy_discard")
