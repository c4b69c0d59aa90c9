"""What frames hold as codes, as people read it: only what is looked at is named so, an export keeps the codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from django.utils.translation import get_language, gettext_lazy

from analytics.dashboard.reasons import FAILURES, FLAGS, RULES
from analytics.models import Experiment, OptimizationCycle
from core.languages import LANGUAGE_NAMES
from generation.bank.reading import categories
from generation.models import GenerationJob, ModelKind, ModelVersion, TrainingRun
from generation.web.choices import STAGES
from recommender.models import EngagementEvent

Names = Mapping[str, Any]
STATES: Names = {
    str(value): label
    for kind in (GenerationJob, TrainingRun, ModelVersion, OptimizationCycle, Experiment)
    for value, label in kind.State.choices
}
KINDS: Names = dict(ModelKind.choices) | dict(Experiment.Kind.choices)
SOURCES: Names = {
    "followed": gettext_lazy("Followed creators"),
    "sequence": gettext_lazy("The ranker's next"),
    "items": gettext_lazy("Watched by the same people"),
    "content": gettext_lazy("Like what was liked"),
    "trending": gettext_lazy("Popular now"),
    "fresh": gettext_lazy("Newest"),
    "anything": gettext_lazy("Whatever else there is"),
    "explore": gettext_lazy("Tried out by chance"),
}
LANGUAGES: Names = {str(code): name for code, name in LANGUAGE_NAMES.items()}
READ: Names = {
    "events": gettext_lazy("Events"),
    "hours": gettext_lazy("Hours"),
    "slots": gettext_lazy("Slots of the feed"),
    "archive": gettext_lazy("Archive"),
}


def _categories() -> Names:
    language = (get_language() or "en")[:2]
    return {name: told.get(language, name) for name, told in categories().items()}


NAMED: Mapping[str, Callable[[], Names]] = {
    "state": lambda: STATES,
    "kind": lambda: KINDS,
    "type": lambda: dict(EngagementEvent.Type.choices),
    "source": lambda: SOURCES,
    "what": lambda: READ,
    "category": _categories,
    "code": lambda: FAILURES,
    "error": lambda: FAILURES,
    "flag": lambda: FLAGS,
    "rule": lambda: RULES,
    "stage": lambda: STAGES,
    "language": lambda: LANGUAGES,
}


def category_text(category: str) -> str:
    """A category of videos as people call it; one that the bank does not have stays as it is."""
    return str(_categories().get(category, category))


def spelled(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with names in place of the codes that are known; other values stay as they are."""
    known = [column for column in frame.columns if column in NAMED]
    if not known:
        return frame
    found = frame.copy()
    for column in known:
        names = NAMED[str(column)]()
        found[column] = [str(names.get(value, value)) for value in found[column]]
    return found
