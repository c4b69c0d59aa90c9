"""What goes wrong in the recommender, in words; plain Python."""

from __future__ import annotations


class RecommenderError(Exception):
    """A refusal with a stable ``code``; its sentence names the rule, the value and the next step."""

    code = "recommender_error"

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


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
