"""The table of features: what is measured of a generated video and of an upload, once, in a file that says what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from aigc_platform import settings as site_settings
from analytics import tasks
from analytics.features import extraction, making
from analytics.features.making import features_make
from analytics.features.table import features_export, features_place, features_summary, features_table
from analytics.models import TrainingOptOut, VideoFeatures
from analytics.stats.feature_columns import COLUMNS, GROUPS
from generation.models import Video
from generation.recipe import Recipe
from generation.storyboard import Cue, MusicChoice, Scene, Voice
from recommender.models import VideoStat
from tests import factories
from tests.generation import boards

pytestmark = pytest.mark.django_db
RATE = 24_000


@pytest.fixture(autouse=True)
def training_dir(settings: Any, tmp_path: Path) -> Path:
    settings.TRAINING_DIR = tmp_path / "training-data"
    return Path(settings.TRAINING_DIR)


def film(place: Path, *, seconds: float = 6.0, bright: int = 200) -> Path:
    """Red pictures that turn blue half way, and clicks twice a second over a low hum."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(place), "w") as container:
        pictures = container.add_stream("libx264", rate=10)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 112, "yuv420p"
        tones = container.add_stream("aac", rate=RATE)
        tones.layout = "mono"
        frames = round(seconds * 10)
        for index in range(frames):
            color = (bright, 20, 20) if index < frames // 2 else (20, 20, bright)
            picture = np.full((112, 64, 3), color, np.uint8)
            container.mux(pictures.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(pictures.encode(None))
        at = np.arange(round(seconds * RATE)) / RATE
        wave = (0.02 * np.sin(2 * np.pi * 220 * at) + 0.6 * (at % 0.5 < 0.02)).astype(np.float32)
        for start in range(0, len(wave), 1024):
            frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="fltp", layout="mono")
            frame.sample_rate = RATE
            container.mux(tones.encode(frame))
        container.mux(tones.encode(None))
    return place


def generated(owner: User, **values: Any) -> Video:
    """Two scenes of three seconds with a voice, music of 120 beats a minute, and a file."""
    cues = tuple(
        Cue(word, 0.5 * place, 0.5 * place + 0.5) for place, word in enumerate(("pitch", "it", "well"))
    )
    scenes = tuple(
        Scene(f"s{number}", "hero", "Tents", "pitch it well", "tent", seconds=3.0, cues=cues)
        for number in (1, 2)
    )
    board = boards.board(
        language="en", scenes=scenes, voice=Voice("bf_emma"), music=MusicChoice("warm", tempo=120.0, key="C")
    )  # fmt: skip
    defaults = {
        "state": "published", "title": "How to pitch 3 tents?", "language": "en", "seconds": 6.0,
        "manifest": {"storyboard": board.to_json()}, "recipe": Recipe.of(board).to_json(),
    }  # fmt: skip
    video = factories.video(owner, **{**defaults, **values})
    film(Path(settings.MEDIA_ROOT) / video.file)
    return video


def row_of(video: Video) -> dict[str, Any]:
    return next(row for row in features_table().to_pylist() if row["video"] == video.pk)


def test_a_generated_video_has_every_kind_of_feature(creator: User, media_root: Path) -> None:
    video = generated(creator)
    VideoStat.objects.create(video=video, simulated=False, views=4, reward_sum=3.0)
    assert features_make().made == 1
    row = row_of(video)
    assert list(row) == [column.name for column in COLUMNS]
    assert (
        row["title_number"] == 1
        and row["title_question"] == 1
        and row["title_how"] == 1
        and row["title_you"] == 0
    )
    assert row["spoken_length"] == 6 and row["spoken_numbers"] == 0
    assert len(row["text_e5"]) == 384 and np.linalg.norm(row["text_e5"]) == pytest.approx(1, abs=1e-2)
    assert len(row["imagenet"]) == 1280 and np.ptp(row["imagenet"]) > 0
    assert row["saturation"] > 0.5 and row["first_cut"] == pytest.approx(3, abs=0.15)
    assert row["speech_share"] == pytest.approx(0.5) and row["speech_rate"] == pytest.approx(2.0)
    assert row["tempo_heard"] == pytest.approx(120, abs=2) and row["level"] < 0 < row["level_spread"]
    assert row["longest_hold"] <= 2.5 and row["beats_per_second"] >= 2 / 6 and row["beats_on_music"] > 0.4
    assert (
        row["recipe_mood"] == "warm"
        and row["recipe_layouts"] == ["hero", "hero"]
        and row["recipe_scenes"] == 2
    )
    assert row["views"] == 4 and row["reward"] == pytest.approx(0.75)


def test_every_number_lies_in_the_range_that_is_documented(creator: User, media_root: Path) -> None:
    video = generated(creator)
    features_make()
    row = row_of(video)
    for column in COLUMNS:
        found = row[column.name]
        if column.kind in ("number", "numbers") and found is not None:
            numbers = np.atleast_1d(found)
            assert column.low is None or numbers.min() >= column.low - 1e-3, column.name
            assert column.high is None or numbers.max() <= column.high + 1e-3, column.name
            assert not column.length or len(numbers) == column.length, column.name
    filled = {column.group for column in COLUMNS if row[column.name] is not None}
    assert filled == set(GROUPS)


def test_an_upload_has_no_recipe_and_no_beats(creator: User, media_root: Path) -> None:
    transcript = {"text": "good morning", "words": [{"text": "good", "start": 0.0, "end": 0.5}, {"text": "morning", "start": 0.5, "end": 1.0}]}  # fmt: skip
    clip = factories.upload(creator, transcript=transcript)
    video = generated(creator, manifest={}, recipe={})
    Video.objects.filter(pk=video.pk).update(upload=clip, job=None)
    features_make()
    row = row_of(video)
    assert row["speech_rate"] == pytest.approx(2.0) and row["brightness"] > 0
    assert all(row[column.name] is None for column in COLUMNS if column.group in ("recipe", "beats"))


def test_a_video_is_measured_once_and_again_when_its_words_change(
    creator: User, media_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = generated(creator)
    assert features_make().made == 1 and features_make().made == 0
    before = VideoFeatures.objects.get(video=video).version
    Video.objects.filter(pk=video.pk).update(title="A quiet lake")
    assert features_make().made == 1
    assert VideoFeatures.objects.get(video=video).version != before
    monkeypatch.setattr(extraction, "MEASURES", "features-2")
    assert features_make().made == 1


def test_time_that_is_over_leaves_the_rest_for_the_next_night(creator: User, media_root: Path) -> None:
    for _ in range(3):
        generated(creator)
    told = features_make(seconds=0)
    assert (told.made, told.left) == (1, 2)
    assert features_make().made == 2


def test_a_video_that_cannot_be_measured_stops_no_other_and_comes_last_from_then_on(
    creator: User, media_root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = generated(creator), generated(creator)
    measured = making.measured

    def failing(video: Video) -> Any:
        if video.pk == bad.pk:
            raise ZeroDivisionError("no frames")
        return measured(video)

    monkeypatch.setattr(making, "measured", failing)
    assert making.features_missing() == [bad.pk, good.pk]
    tasks.features_make()
    assert f"Video {bad.pk} cannot be measured" in caplog.text and "no frames" in caplog.text
    assert pq.read_table(features_place())["video"].to_pylist() == [good.pk]
    later = generated(creator)
    assert making.features_missing() == [later.pk, bad.pk]
    told = features_make()
    assert (told.made, told.left, told.failed) == (1, 0, 1)
    monkeypatch.setattr(making, "measured", measured)
    assert features_make().made == 1 and making.features_missing() == []
    assert features_table()["video"].to_pylist() == [good.pk, bad.pk, later.pk]


def test_a_file_that_cannot_be_read_leaves_its_words(creator: User, media_root: Path) -> None:
    video = generated(creator)
    (Path(settings.MEDIA_ROOT) / video.file).write_bytes(b"not a film")
    features_make()
    row = row_of(video)
    assert row["brightness"] is None and row["imagenet"] is None and row["title_number"] == 1


def test_who_opted_out_or_took_a_video_back_is_not_in_the_next_table(
    creator: User, other_creator: User, media_root: Path
) -> None:
    kept, out, private = generated(creator), generated(other_creator), generated(creator)
    features_make()
    TrainingOptOut.objects.create(creator=other_creator)
    Video.objects.filter(pk=private.pk).update(state="ready", visibility="private")
    assert features_table()["video"].to_pylist() == [kept.pk]
    kept.delete()
    assert features_table().num_rows == 0 and out.pk


def test_the_nightly_task_writes_a_file_that_says_what_is_in_it(
    creator: User, media_root: Path, db: None
) -> None:
    generated(creator)
    tasks.features_make()
    schema = pq.read_schema(features_place())
    assert schema.field("tempo_heard").metadata[b"unit"] == b"1/min" and schema.names == [
        c.name for c in COLUMNS
    ]
    told = features_summary(features_place())
    assert told is not None and told["rows"] == 1
    assert told["columns"]["recipe_palette"] == {"known": 1, "common": "sunset", "distinct": 1}
    assert told["columns"]["seconds"]["median"] == 6


def test_measuring_never_shares_the_worker_of_what_is_due_every_few_seconds() -> None:
    route = site_settings.CELERY_TASK_ROUTES["analytics.tasks.features_make"]
    assert route["queue"] == "train"
    assert "analytics.tasks.features_make" in {
        one["task"] for one in site_settings.CELERY_BEAT_SCHEDULE.values()
    }


def test_the_command_writes_where_it_is_told(
    creator: User, media_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    generated(creator)
    call_command("export_features", output=tmp_path / "out" / "table.parquet")
    assert "1 videos measured, 0 wait." in capsys.readouterr().out
    assert pq.read_table(tmp_path / "out" / "table.parquet").num_rows == 1


def test_the_page_shows_columns_and_what_the_file_holds(
    client: Client, analyst: User, creator: User, media_root: Path
) -> None:
    client.force_login(analyst)
    assert "manage.py export_features" in client.get("/datasets/features/").content.decode()
    assert client.get("/datasets/features/features.parquet").status_code == 404
    generated(creator)
    features_make()
    features_export(features_place())
    page = client.get("/datasets/features/", headers={"accept-language": "en"}).content.decode()
    assert "tempo_heard" in page and "sunset" in page and "1 video, written" in page
    answer = client.get("/datasets/features/features.parquet")
    assert b"".join(answer.streaming_content)[:4] == b"PAR1"  # type: ignore[attr-defined]
