"""What goes wrong in moderation, in words; plain Python."""

from __future__ import annotations

from generation.errors import GenerationError


class ReportInvalid(GenerationError):
    """A report that names the wrong comment or says too much."""

    code = "report_invalid"


class CaseClaimed(GenerationError):
    """Another moderator holds the case."""

    code = "case_claimed"
    status = 409


class CaseStateConflict(GenerationError):
    """The case is not in a state that allows this."""

    code = "case_state_conflict"
    status = 409


class DecisionInvalid(GenerationError):
    """A decision that lacks its policy, or whose actions do not go together."""

    code = "decision_invalid"


class UndoImpossible(GenerationError):
    """What is to be undone was undone already, or another decision stands on it."""

    code = "undo_impossible"
    status = 409


class NotAuthorized(GenerationError):
    """Only its decider or a senior moderator may do this."""

    code = "not_your_decision"
    status = 403


class AppealInvalid(GenerationError):
    """Nothing to appeal against, or no reason given."""

    code = "appeal_invalid"


class AppealStateConflict(GenerationError):
    """The decision was appealed already."""

    code = "appeal_state_conflict"
    status = 409


class PolicyInvalid(GenerationError):
    """A policy version whose wording or numbers do not hold."""

    code = "policy_invalid"


class PolicyStateConflict(GenerationError):
    """A policy version that is not ready for this step: replay, then shadow, then acting."""

    code = "policy_state_conflict"
    status = 409


class PublishingPaused(GenerationError):
    """The creator has so many strikes that nothing of theirs is published for now."""

    code = "publishing_paused"
    status = 403


class AuditAppendOnly(GenerationError):
    """Somebody tries to change what was written."""

    code = "audit_append_only"
    status = 409


class AuditBroken(GenerationError):
    """The log of what was done does not hold together, or does not match its signed heads."""

    code = "audit_broken"
    status = 409


class TooFewDecisions(GenerationError):
    """People have not decided enough yet for a classifier to learn from it."""

    code = "too_few_decisions"
    status = 409
