"""A picture at a moment: the right one, the last one past the end, small, and no picture of what is no video."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from generation.media.watching.moments import picture_at
from tests.e2e.films import film


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("films") / "film.mp4"
    target.write_bytes(film(seconds=6.0))
    return target


def passed(place: Path, seconds: float) -> float:
    """How much of the film has passed in its picture, 0–1: its bar grows with its time."""
    picture = np.asarray(picture_at(place, seconds, longest_side=160).convert("L"), float)
    return float((picture[:, : picture.shape[1] // 8].mean(axis=1) > 170).mean())


@pytest.mark.parametrize("seconds", [0.0, 0.95, 2.5, 4.1, 5.9])
def test_the_picture_is_the_one_shown_at_that_moment(place: Path, seconds: float) -> None:
    assert passed(place, seconds) == pytest.approx((seconds + 0.1) / 6.0, abs=0.03)


def test_past_the_end_it_is_the_last_picture(place: Path) -> None:
    assert passed(place, 60.0) == pytest.approx(1.0, abs=0.03)


def test_it_is_no_larger_than_asked(place: Path) -> None:
    assert max(picture_at(place, 1.0, longest_side=40).size) == 40


def test_what_is_no_video_is_an_error(tmp_path: Path) -> None:
    other = tmp_path / "words.mp4"
    other.write_text("no video")
    with pytest.raises(av.error.FFmpegError):
        picture_at(other, 1.0, longest_side=40)
