"""What is read from the rows, for pages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone

from generation.selectors import FIRST_GUESS, seconds_per_second
from tests import factories


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def test_a_videos_making_is_estimated_from_what_the_last_ones_took(creator: User, media_root: Path) -> None:
    assert seconds_per_second("full") == FIRST_GUESS["full"]
    began = timezone.now()
    for share in (0.5, 1.0, 9.0):  # seconds of work a second of video
        job = factories.job(creator, state="done", quality="draft", seconds=20.0)
        job.stages.filter(name="render").update(started=began, ended=began + timedelta(seconds=20 * share))
    cache.clear()
    assert seconds_per_second("draft") == pytest.approx(1.0)
    assert seconds_per_second("full") == pytest.approx(FIRST_GUESS["full"] / FIRST_GUESS["draft"])
