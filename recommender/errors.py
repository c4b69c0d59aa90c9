"""What goes wrong in the recommender, in words; plain Python."""

from __future__ import annotations

from core.errors import PlatformError


class RecommenderError(PlatformError):
    """A refusal of the recommender; what it says of itself is ``PlatformError``'s."""

    code = "recommender_error"


class EventsInvalid(RecommenderError):
    """The batch as a whole cannot be read; single bad events are answered one by one instead."""

    code = "events_invalid"


class InteractionsInvalid(RecommenderError):
    """A frame of interactions or items breaks a rule."""

    code = "interactions_invalid"


class RankerNotFitted(RecommenderError):
    """A ranker was asked for something before ``fit`` or ``load``."""

    code = "ranker_not_fitted"


class RankerFileInvalid(RecommenderError):
    """A saved ranker is missing, incomplete or of another version."""

    code = "ranker_file_invalid"


class RankingInputInvalid(RecommenderError):
    """Arrays, frames or rules given to the ranking code break one of its rules."""

    code = "ranking_input_invalid"


class RankingNotFitted(RecommenderError):
    """A part of the ranking is used before it has learned from data."""

    code = "ranking_not_fitted"


class NotAllowed(RecommenderError):
    """Somebody asks for what only others may do."""

    code = "not_allowed"
    status = 403


class CommentInvalid(RecommenderError):
    """A comment is blank, too long, or answers one that is gone."""

    code = "comment_invalid"


class FollowInvalid(RecommenderError):
    """A follow that cannot be."""

    code = "follow_invalid"


class ErasureRefused(RecommenderError):
    """Data cannot be deleted because the asker has not proven to be, or mean it."""

    code = "erasure_refused"


class PasswordWrong(ErasureRefused):
    """The password beside a deletion is not the account's."""

    code = "password_wrong"


class ConfirmationWrong(ErasureRefused):
    """What was typed to confirm a deletion is not what was asked for."""

    code = "confirmation_wrong"


class LastAdministrator(ErasureRefused):
    """The only administrator may not leave the site without one."""

    code = "last_administrator"


class EventRefused(RecommenderError):
    """One event of a batch cannot be taken; ``code`` says which rule it breaks (docs/events.md lists them)."""

    code = "event_refused"

    def __init__(self, sentence: str, *, code: str) -> None:
        super().__init__(sentence, code=code)


class ClockInvalid(RecommenderError):
    """The time that a simulated viewer brought cannot be read."""

    code = "simulated_time_invalid"


class ViewerGone(RecommenderError):
    """The viewer signed in or was deleted while its events were on their way."""

    code = "viewer_gone"
    status = 409


class TooMany(RecommenderError):
    """More in a while than one viewer or address may send; ``wait_seconds`` until the next may come."""

    code = "throttled"
    status = 429

    def __init__(self, sentence: str, *, wait_seconds: int) -> None:
        super().__init__(sentence)
        self.wait_seconds = wait_seconds


class ArchiveDamaged(RecommenderError):
    """A file of the event archive is not what was registered; nothing is pruned or rewritten because of it."""

    code = "archive_damaged"


class TooLittleData(RecommenderError):
    """A ranker cannot be trained, or judged, on as little as there is."""

    code = "too_little_data"
