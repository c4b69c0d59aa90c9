"""Each planted fault is found, and only that one."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfilt

from core.errors import WorkCancelled
from generation.errors import MediaUnreadable
from generation.media import provenance
from generation.media import scenes as drawn
from generation.media.layers import Layer, Placement
from generation.media.music.mixing import mix
from generation.media.recognition import Transcript
from generation.media.rendering import EncoderSettings, Sidecar, render_scenes
from generation.media.scenes.illustrated import IllustratedScenes
from generation.media.speech import synthesize
from generation.stages import render
from generation.stages.check import NAMES, SENTENCES, CheckReport, judge
from generation.stages.check.audio import check_narration, planned_silence
from generation.stages.check.container import read_facts
from generation.storyboard import Cue, Look, MusicChoice, PictureChoice, Scene, Storyboard, Voice
from tests.generation.media.rendering.small_films import film, stream_copy

SIZE = (360, 360)
RATE = 48_000


def cues(text: str, start: float) -> tuple[Cue, ...]:
    letters = [letter for letter in text if letter not in "，。"]
    return tuple(Cue(letter, start + i * 0.2, start + (i + 1) * 0.2) for i, letter in enumerate(letters))


def make_board() -> Storyboard:
    texts = ("露营最容易忘记的三样东西。", "头灯比手电方便得多。")
    drawn_things = (("tent", "fire"), ("flashlight", "backpack"))
    scenes = tuple(
        Scene(
            id=f"s{i}",
            layout=layout,  # type: ignore[arg-type]
            line=text[:6],
            narration=text,
            picture_words="",
            seconds=3.0,
            pictures=tuple(PictureChoice(name, "fluent-emoji", "") for name in names),
            transition="crossfade",
            cues=cues(text, 0.15),
        )
        for i, (layout, text, names) in enumerate(zip(("hero", "point"), texts, drawn_things, strict=True))
    )
    return Storyboard(
        title="露营",
        titles=("露营",),
        language="zh",
        aspect="1:1",
        target_seconds=6.0,
        seed=3,
        scenes=scenes,
        look=Look(palette=next(iter(drawn.PALETTES)), caption_style="pill"),
        voice=Voice("zf_xiaoxiao"),
        music=MusicChoice("bright"),
    )


BOARD = make_board()


@dataclass
class Studio:
    """Renders and signs the board with whatever is to be wrong."""

    folder: Path
    identity: provenance.Identity
    sound: NDArray[np.float32]

    @cached_property
    def shot(self) -> render.Film:
        return render.stage_film(BOARD, visuals=IllustratedScenes(), quality="draft")

    def make(
        self,
        name: str,
        *,
        sound: NDArray[np.float32] | None = None,
        cover: Layer | None = None,
        labelled: bool = True,
        captioned: bool = True,
        tagged: bool = True,
        signed: bool = True,
    ) -> Path:
        shot = self.shot
        marks = drawn.ai_label_layers("zh", size=SIZE, total_seconds=BOARD.seconds)
        under: Sequence[Layer] = shot.overlays[: -len(marks)]
        overlays = [*under, *([cover] if cover else []), *(marks if labelled else [])]
        lines = tuple(Cue(page.text, page.start, page.end) for page in shot.pages)
        film_path, target = self.folder / f"{name}-film.mp4", self.folder / f"{name}.mp4"
        field = provenance.aigc_field(producer="studio", produce_id=name)
        render_scenes(
            shot.scenes,
            size=SIZE,
            fps=BOARD.fps,
            output=film_path,
            cache_dir=self.folder / "kept",
            overlays=overlays,
            settings=EncoderSettings(preset="superfast", crf=26),
            sidecar=Sidecar(
                audio=self.sound if sound is None else sound,
                captions=lines if captioned else (),
                language="zh",
                tags={"AIGC": field} if tagged else {},
            ),
        )
        if not (tagged and signed):
            return film_path
        provenance.sign(
            film_path, target, identity=self.identity, title=name, generator_version="1", kind="generated"
        )
        return target


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = tmp_path_factory.mktemp("judging")
    random = np.random.default_rng(4)
    noise = random.normal(0, 0.1, (round(BOARD.seconds * RATE), 2)).astype(np.float32)
    low = butter(
        2, 3000, "lowpass", fs=RATE, output="sos"
    )  # AAC drops the top of white noise, and with it loudness
    sound = mix(None, sosfilt(low, noise, axis=0).astype(np.float32), seconds=BOARD.seconds)
    return Studio(folder, provenance.signing_identity(folder / "c2pa"), sound)


@pytest.fixture(scope="module")
def good(studio: Studio) -> Path:
    return studio.make("good")


def judged(path: Path, board: Storyboard = BOARD, **options: Any) -> CheckReport:
    return judge(path, board, **{"size": SIZE, "recognize": False, **options})


def test_a_sound_file_passes_every_check(good: Path) -> None:
    report = judged(good)
    assert report.passed, [check.sentence for check in report.checks if not check.ok]
    assert {check.name for check in report.checks} == set(NAMES) - {"narration"}
    assert provenance.all_there(report.labels)
    told = report.to_json()
    assert told == json.loads(json.dumps(told)) and told["passed"] and told["failed"] == []


def test_every_check_has_a_name_and_a_sentence() -> None:
    assert set(NAMES) == set(SENTENCES)
    assert all(text % {"value": 1, "limit": 2} for text in SENTENCES.values())


def still(color: int, start: float, end: float) -> Layer:
    """A picture over the whole frame for a while."""
    rgba = np.full((SIZE[1], SIZE[0], 4), 255, np.uint8)
    rgba[..., :3] = color
    return Layer(
        rgba, lambda t: Placement(SIZE[0] / 2, SIZE[1] / 2) if start <= t < end else None, f"{color}"
    )


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("black", {"cover": still(0, 3.2, 4.2)}),
        ("frozen", {"cover": still(120, 3.2, 5.4)}),
        ("label_visible", {"labelled": False}),
        ("captions", {"captioned": False}),
        ("label_c2pa", {"signed": False}),
    ],
)
def test_a_planted_fault_is_the_only_one_found(studio: Studio, fault: str, options: dict[str, Any]) -> None:
    report = judged(studio.make(fault, **options))
    assert report.failed == (fault,)
    check = next(check for check in report.checks if check.name == fault)
    assert check.sentence and check.to_json()["code"] == f"judged_{fault}"


def test_a_black_stretch_is_measured(studio: Studio) -> None:
    report = judged(studio.make("black", cover=still(0, 3.2, 4.2)))
    check = next(check for check in report.checks if check.name == "black")
    assert check.value == pytest.approx(1.0, abs=0.1)


def quiet(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    return sound * np.float32(0.5)


def clipped(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    loud = sound.copy()
    loud[RATE : RATE + 400] += np.sin(np.arange(400) * 0.4, dtype=np.float32)[:, None] * np.float32(1.4)
    return loud


def shifted(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    return sound + np.float32(0.03)


def silenced(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    gap = sound.copy()
    gap[2 * RATE : 4 * RATE] = 0
    return gap


@pytest.mark.parametrize(
    ("fault", "spoil"),
    [("loudness", quiet), ("true_peak", clipped), ("dc", shifted), ("silence", silenced)],
)
def test_a_fault_of_the_sound_is_the_only_one_found(
    studio: Studio, fault: str, spoil: Callable[[NDArray[np.float32]], NDArray[np.float32]]
) -> None:
    assert judged(studio.make(fault, sound=spoil(studio.sound))).failed == (fault,)


def test_a_file_without_the_implicit_label_fails_on_both_hidden_ones(studio: Studio) -> None:
    assert judged(studio.make("untagged", tagged=False)).failed == ("label_aigc", "label_c2pa")


def test_a_video_of_another_length_than_asked_fails_only_on_that(good: Path) -> None:
    assert judged(good, replace(BOARD, target_seconds=7.5)).failed == ("duration",)
    assert judged(good, replace(BOARD, target_seconds=6.9)).passed


def test_a_video_of_another_size_fails_on_that(good: Path) -> None:
    assert judged(good, size=(1080, 1080)).failed == ("size",)


def test_a_label_in_the_wrong_language_is_no_label(good: Path) -> None:
    assert judged(good, expected_label_language="en").failed == ("label_visible",)


def test_a_text_under_the_players_buttons_is_told(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = drawn.Box(0.0, 20.0, 359.0, 60.0, "Over the edge", "text")
    tent = drawn.Box(100.0, 150.0, 200.0, 250.0, "tent", "picture")
    monkeypatch.setattr(drawn, "text_boxes", lambda *args, **options: (outside, tent))
    report = judged(good)
    assert report.failed == ("safe_area",)
    assert "Over the edge" in " ".join(check.sentence for check in report.checks)


def test_a_changed_bit_is_told_by_the_manifest(good: Path, tmp_path: Path) -> None:
    content = bytearray(good.read_bytes())
    place = content.rindex(b"studio")
    content[place] ^= 1
    spoiled = tmp_path / "spoiled.mp4"
    spoiled.write_bytes(content)
    assert judged(spoiled).failed == ("label_c2pa",)


def test_a_stream_copy_loses_tags_and_quick_start(good: Path, tmp_path: Path) -> None:
    copy = stream_copy(good, tmp_path / "copy.mp4")
    assert {"faststart", "label_aigc", "label_c2pa"} <= set(judged(copy).failed)


def test_a_foreign_film_is_told_by_its_facts(tmp_path: Path) -> None:
    facts = read_facts(film(tmp_path / "film.mp4", frames=12))
    assert facts.frames == 12 and facts.fps == 30 and facts.seconds == pytest.approx(0.4)
    assert facts.index_first and not facts.has_captions and facts.pcm.shape == (0, 2)


def test_a_file_that_cannot_be_read_is_an_error_and_not_a_report(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    with pytest.raises(MediaUnreadable, match=r"broken\.mp4"):
        judged(broken)


def test_progress_never_falls_and_ends_at_one(good: Path) -> None:
    told: list[float] = []
    judged(good, progress=told.append)
    assert told == sorted(told) and told[-1] == 1.0 and len(told) > 8


@pytest.mark.parametrize("after", [1, 4, 12])
def test_a_cancel_stops_at_once_and_leaves_no_thread(good: Path, after: int) -> None:
    calls = 0

    def cancel(done: float) -> None:
        nonlocal calls
        calls += 1
        if calls >= after:
            raise WorkCancelled("The creator cancelled the job.")

    before, started = threading.active_count(), time.monotonic()
    with pytest.raises(WorkCancelled):
        judged(good, progress=cancel)
    while threading.active_count() > before and time.monotonic() < started + 3:
        time.sleep(0.02)
    assert threading.active_count() <= before


def test_silence_is_planned_only_where_no_music_plays() -> None:
    assert planned_silence(BOARD) == 0.0
    bare = replace(BOARD, music=replace(BOARD.music, level=0.0))
    last = 3.0 + BOARD.scenes[1].cues[-1].end
    first = BOARD.scenes[0].cues[-1].end
    assert planned_silence(bare) == pytest.approx(max(6.0 - last, 3.15 - first, 0.15))
    assert planned_silence(replace(bare, voice=Voice("none"))) is None


def test_narration_is_held_against_what_whisper_hears(studio: Studio) -> None:
    said = "".join(scene.narration for scene in BOARD.scenes)
    assert check_narration(Transcript("zh", (), said), BOARD).value == 0
    half = check_narration(Transcript("zh", (), said[: len(said) // 2]), BOARD)
    assert not half.ok and 0.35 < float(half.value) < 0.7


@pytest.mark.slow
def test_the_spoken_script_passes_and_another_one_does_not(studio: Studio) -> None:
    spoken = synthesize(
        "".join(scene.narration for scene in BOARD.scenes), language="zh", voice="zf_xiaoxiao"
    )
    voice = np.zeros(round(BOARD.seconds * RATE), np.float32)
    samples = resample_poly(spoken.samples, 2, 1).astype(np.float32)[: len(voice)]
    voice[: len(samples)] = samples
    place = studio.make("spoken", sound=mix(voice, None, seconds=BOARD.seconds))
    report = judged(place, replace(BOARD, music=replace(BOARD.music, level=0.0)), recognize=True)
    narration = next(check for check in report.checks if check.name == "narration")
    assert narration.ok and report.heard
    scenes = tuple(replace(scene, narration="今天天气很好我们去公园跑步吧。") for scene in BOARD.scenes)
    other = judged(place, replace(BOARD, scenes=scenes), recognize=True)
    assert "narration" in other.failed
