"""Placing videos by content: words of both languages near each other, restarts, changed titles, broken files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.contrib.auth.models import User

from generation.models import StoryboardVersion, Video
from recommender.catalogue.columns import content_rows, text_rows
from recommender.catalogue.contents import cues_of, measures_of, words_of
from recommender.catalogue.vectors import EXTRACTORS, vectors_make, vectors_update
from recommender.ml.content.centering import centers_of
from recommender.ml.content.media import DIMENSIONS, LIMIT, media_row
from recommender.models import VideoVector
from tests import factories
from tests.generation.media.rendering.small_films import film

TITLES = {
    "tent-zh": "帐篷怎么搭",
    "tent-en": "How to pitch a tent",
    "coffee-zh": "手冲咖啡的三个步骤",
    "coffee-en": "Three steps to pour-over coffee",
}


@pytest.fixture
def four(creator: User, media_root: Path) -> dict[str, Video]:
    return {
        name: factories.video(creator, state="published", title=title, language=name[-2:])
        for name, title in TITLES.items()
    }


def rows_of(videos: dict[str, Video]) -> dict[str, np.ndarray[Any, Any]]:
    found = {v.video_id: v for v in VideoVector.objects.all()}
    text = text_rows([found[video.pk].text for video in videos.values()])
    media = text_rows([found[video.pk].media for video in videos.values()])
    languages = [video.language for video in videos.values()]
    centers = centers_of(text, languages)
    rows = content_rows(text, media, np.array([centers[name] for name in languages]))
    return dict(zip(videos, rows, strict=True))


def test_a_subject_lies_nearer_to_itself_in_the_other_language_than_to_another_subject(
    four: dict[str, Video],
) -> None:
    assert vectors_update() == 4
    rows = rows_of(four)
    assert rows["tent-zh"] @ rows["tent-en"] > rows["tent-zh"] @ rows["coffee-zh"]
    assert rows["coffee-zh"] @ rows["coffee-en"] > rows["coffee-en"] @ rows["tent-en"]
    assert all(abs(np.linalg.norm(row) - 1) < 1e-3 for row in rows.values())


def test_what_is_placed_is_left_alone_and_a_new_title_is_placed_anew(four: dict[str, Video]) -> None:
    vectors_update()
    assert vectors_update() == 0
    before = VideoVector.objects.get(video=four["tent-en"])
    Video.objects.filter(pk=four["tent-en"].pk).update(title="A quiet morning on the lake")
    assert vectors_update() == 1
    after = VideoVector.objects.get(video=four["tent-en"])
    assert after.version != before.version and bytes(after.text) != bytes(before.text)
    assert after.version.startswith(EXTRACTORS) and after.updated > before.updated


def test_only_published_videos_are_placed(creator: User, media_root: Path) -> None:
    hidden = factories.video(creator)
    assert vectors_make([hidden.pk]) == 0
    assert not VideoVector.objects.exists()


def spoken(creator: User, narrations: list[str], **values: Any) -> Video:
    """A published video of scenes of five seconds, each word of which takes half a second from the second 0.5 on."""
    scenes = [
        {
            "narration": narration,
            "seconds": 5.0,
            "speech_start": 0.5,
            "cues": [
                {"text": word, "start": 0.5 + 0.5 * place, "end": 1.0 + 0.5 * place}
                for place, word in enumerate(narration.split())
            ],
        }
        for narration in narrations
    ]
    manifest = {"storyboard": {"scenes": scenes}}
    return factories.video(creator, state="published", manifest=manifest, seconds=5.0 * len(scenes), **values)


def test_narration_as_it_was_rendered_counts_among_the_words(creator: User, media_root: Path) -> None:
    said = ["Bats find moths by echo.", "They call up to 200 times a second."]
    video = spoken(creator, said, title="Three ideas", hashtags=["night"])
    assert video.job is not None
    edited = {"scenes": [{"narration": "Nobody has rendered this."}]}
    StoryboardVersion.objects.create(job=video.job, version=1, document=edited)
    words = words_of(video)
    assert "Three ideas" in words and "#night" in words and said[0] in words and "Nobody" not in words


def test_the_share_of_speech_is_that_of_the_rendered_cues(creator: User, media_root: Path) -> None:
    video = spoken(creator, ["one two three four", "five six"])
    cues = cues_of(video)
    assert [cue.start for cue in cues] == [0.5, 1.0, 1.5, 2.0, 5.5, 6.0]
    film(Path(settings.MEDIA_ROOT) / video.file)
    assert measures_of(video)["speech_share"] == pytest.approx(0.3)


def test_a_file_that_cannot_be_read_is_placed_by_its_words(creator: User, media_root: Path) -> None:
    video = factories.video(creator, state="published", content=b"not a film")
    assert vectors_make([video.pk]) == 1
    vector = VideoVector.objects.get(video=video)
    assert np.linalg.norm(text_rows([vector.text])) == pytest.approx(1, abs=1e-2)


def test_bright_and_dark_or_still_and_lively_films_differ_in_the_measures_that_say_so() -> None:
    dark = media_row({"brightness": 0.1, "motion_energy": 0.0}, seconds=15)
    light = media_row({"brightness": 0.9, "motion_energy": 0.2}, seconds=15)
    assert dark.shape == (DIMENSIONS,)
    assert light[0] > dark[0] and light[2] > dark[2]
    assert np.abs(light).max() <= LIMIT
    assert media_row({}, seconds=20).tolist() == [0.0] * DIMENSIONS
