"""What was asked of a case in one submission, and whether it makes sense together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generation.moderation.errors import DecisionInvalid
from generation.moderation.models import Case, Decision
from generation.moderation.selectors.policies import policies_acting

Action = Decision.Action
NOTE_LENGTH = 2000
DECIDABLE = (*Decision.ENDING, Action.ESCALATE, Action.SKIP)


@dataclass(frozen=True)
class ActionAsked:
    """One action with the policy it follows, the second in the video it is about, and a note."""

    action: str
    policy: str = ""
    seconds: float | None = None
    note: str = ""

    @property
    def ends(self) -> bool:
        return self.action in Decision.ENDING

    @property
    def restricts(self) -> bool:
        return self.action in Decision.RESTRICTING


def actions_checked(case: Case, actions: Sequence[ActionAsked]) -> None:
    """Raises ``DecisionInvalid`` with the rule that is broken."""
    if not actions:
        raise DecisionInvalid(f"A decision names an action: {', '.join(DECIDABLE)}.", field="action")
    names = [asked.action for asked in actions]
    known = policies_acting()
    for asked in actions:
        _one_checked(case, asked, set(known))
    if len(set(names)) < len(names):
        raise DecisionInvalid("Each action is taken once; send it one time.", field="action")
    alone = {Action.REJECT, Action.APPROVE, Action.ESCALATE, Action.SKIP} & set(names)
    if alone and len(names) > 1:
        raise DecisionInvalid(
            f"{min(alone)} stands alone; only age_limit and blur go together. Send one of them.",
            field="action",
        )
    if case.comment is not None and {Action.AGE_LIMIT, Action.BLUR} & set(names):
        raise DecisionInvalid("A comment is approved or rejected; it has no picture to blur.", field="action")


def _one_checked(case: Case, asked: ActionAsked, known: set[str]) -> None:
    if asked.action not in DECIDABLE:
        raise DecisionInvalid(
            f"Actions are {', '.join(DECIDABLE)}; there is no {asked.action!r}.", field="action"
        )
    if asked.restricts and not asked.policy:
        raise DecisionInvalid(f"{asked.action} names the policy it follows; send its code.", field="policy")
    if asked.policy and asked.policy not in known:
        raise DecisionInvalid(
            f"There is no policy {asked.policy!r}; they are {', '.join(sorted(known))}.", field="policy"
        )
    if len(asked.note) > NOTE_LENGTH:
        raise DecisionInvalid(
            f"A note has at most {NOTE_LENGTH} characters, this has {len(asked.note)}. Shorten it.",
            field="note",
        )
    length = case.video.seconds if case.video else 0.0
    if asked.seconds is not None and not 0.0 <= asked.seconds <= length:
        raise DecisionInvalid(
            f"A decision names a moment of the video, 0 to {length:g} s; this says {asked.seconds:g}.",
            field="seconds",
        )
