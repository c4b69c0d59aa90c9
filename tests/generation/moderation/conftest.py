"""Screening with planted scorers, and cases ready to be decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from generation.models import Video
from generation.moderation.models import Case, Screening
from generation.moderation.screening.worker import ScreeningLease, screening_take
from generation.moderation.selectors.cases import screenings_to_do
from generation.services.videos import video_publish
from tests import factories
from tests.conftest import make_user
from tests.generation.moderation.planted import PlantedAbsent, PlantedText, entry


@pytest.fixture
def screening(
    settings: Any, tmp_path: Path, media_root: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[Screening]]:
    """Screening is on; the call takes everything that is to be screened."""
    # the heartbeat's own connection does not see a row of the test's transaction, and would take it for lost
    monkeypatch.setattr(ScreeningLease, "look_every_seconds", 3600.0)
    settings.SCREENING = True
    settings.AUDIT_DIR = tmp_path / "audit"
    settings.SCREENING_SCORERS = [entry(PlantedText), entry(PlantedAbsent)]
    cache.clear()

    def work() -> list[Screening]:
        for row in list(screenings_to_do()):
            screening_take(row.pk)
        return list(Screening.objects.order_by("pk"))

    return work


@pytest.fixture
def second_moderator(db: None) -> User:
    return make_user("mia", "viewer", "moderator")


@pytest.fixture
def case_of(screening: Any, creator: User) -> Callable[..., Case]:
    """An open case about a video that was published with what its title plants."""

    def make(title: str = "[hate:0.6]", owner: User | None = None, **values: Any) -> Case:
        video = video_publish(video=factories.video(owner or creator, title=title, **values))
        screening()
        return Case.objects.get(video=video, kind="screening")

    return make


def visible(video: Video) -> tuple[str, str]:
    video.refresh_from_db()
    return video.visibility, video.visibility_reason
