"""Planted changes are found at their times and nothing else is; what is measured follows from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from generation.errors import MediaUnreadable
from generation.media import scenes as drawn
from generation.media.scenes import motion
from generation.stages.check import CheckReport, slideshow
from generation.stages.check.slideshow import Slideshow, check_slideshow, check_text_only, measure_slideshow
from generation.stages.check.slideshow.__main__ import main
from generation.storyboard import FigureData, PictureChoice, Storyboard
from tests.generation.media.rendering.small_films import film
from tests.generation.stages.planted import SPRING, Parts, Stage
from tests.generation.stages.test_check import BOARD, SIZE

STAGES = {"tall": ((360, 640), "violet"), "wide": ((640, 360), "mint"), "square": ((360, 360), "gold")}


@pytest.fixture(scope="module", params=STAGES)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp(request.param), *STAGES[request.param])


@pytest.fixture(scope="module")
def tall(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return Stage(tmp_path_factory.mktemp("photographs"), *STAGES["tall"])


def events(stage: Stage) -> Parts:
    """A drawing for another at 1.5 s, a small one at 3, a row at 4.5, a tag at 6, a number written anew at 7.5."""
    x, y, u = stage.x, stage.y, stage.u
    number = stage.height * (0.78 if stage.height > stage.width else 0.64)
    return [
        (stage.drawing("cat"), motion.still(x, y, until=1.5)),
        (stage.drawing("dog"), motion.pop_in(x, y, at=1.5, character=SPRING)),
        (stage.drawing("rabbit", 0.2), motion.pop_in(stage.width * 0.18, y, at=3.0, character=SPRING)),
        (stage.row(), motion.slide_in(x, y + 210 * u, at=4.5, dx=90 * u, character=SPRING)),
        (
            stage.written("5", 200),
            motion.pop_in(stage.width * 0.85, y - 100 * u, at=6.0, character=SPRING),
        ),
        (stage.written("37", 200), motion.still(stage.width * 0.2, number, until=7.5)),
        (stage.written("84", 200), motion.still(stage.width * 0.2, number, since=7.5)),
    ]


def test_each_planted_change_is_found_at_its_time_and_nothing_else(stage: Stage) -> None:
    seen = measure_slideshow(stage.film(events(stage), 8.5))
    assert seen.changes == pytest.approx([0.0, 1.5, 3.0, 4.5, 6.0, 7.5], abs=0.3)
    assert seen.longest_hold == pytest.approx(1.5, abs=0.3) and seen.still == 0.0


def test_a_hold_with_push_bob_drift_and_running_captions_holds(stage: Stage) -> None:
    """A camera's push of a tenth, drawings that bob and drift, and a caption that goes on all the time."""
    parts = [
        (stage.drawing("cat"), stage.bobbing(stage.x, stage.y)),
        (
            stage.drawing("dog", 0.2),
            motion.drifting(
                stage.bobbing(stage.width * 0.8, stage.height * 0.35),
                dx=34 * stage.u,
                dy=-14 * stage.u,
                seconds=5,
            ),
        ),
    ]
    for push in (0.0, 0.1):
        seen = measure_slideshow(stage.film(parts, 5.0, push=push))
        assert seen.changes == (0.0,) and seen.longest_hold == pytest.approx(5.0, abs=0.1)


def test_a_drawing_that_goes_a_tenth_of_the_width_is_a_change_and_three_hundredths_are_none(
    stage: Stage,
) -> None:
    for share, found in ((0.10, 1), (0.03, 0)):
        moves = stage.travelling(share * stage.width, at=1.0, seconds=0.8)
        seen = measure_slideshow(stage.film([(stage.drawing("cat"), moves)], 3.0))
        assert len(seen.changes) == 1 + found
        assert all(1.0 <= change <= 2.0 for change in seen.changes[1:])


def test_photographs_under_a_slow_push_are_a_slideshow(tall: Stage, tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    pictures = []
    for name in ("one", "two"):
        spots = (random.random((14, 8, 3)) * 255).astype(np.uint8)
        pictures.append(tmp_path / f"{name}.png")
        Image.fromarray(spots).resize((432, 768), Image.Resampling.BICUBIC).save(pictures[-1])
    seen = measure_slideshow(tall.slides(pictures, 4.0, zoom=1.12))
    assert seen.changes == pytest.approx([0.0, 4.0], abs=0.2)
    hold, still = check_slideshow(seen)
    assert not hold.ok and not still.ok and "4" in hold.sentence and "%" in still.sentence


def test_what_is_no_video_is_told_in_words(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    with pytest.raises(MediaUnreadable, match=r"broken\.mp4"):
        measure_slideshow(broken)


def test_the_command_prints_the_same_measures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = film(tmp_path / "film.mp4", frames=12)
    seen = measure_slideshow(path)
    monkeypatch.setattr("sys.argv", ["slideshow", str(path), "--json"])
    assert main() == 0
    assert (
        Slideshow(**{**(told := json.loads(capsys.readouterr().out)), "changes": tuple(told["changes"])})
        == seen
    )
    monkeypatch.setattr("sys.argv", ["slideshow", str(path)])
    assert main() == 0
    assert f"slideshow_hold: {seen.longest_hold:.1f} s (≤ 3.0)" in capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["slideshow", str(tmp_path / "none.mp4")])
    assert main() == 1 and "none.mp4" in capsys.readouterr().err


def rhythm(step: float, seconds: float) -> Slideshow:
    return Slideshow.of(list(np.arange(0.0, seconds - 1e-9, step)), seconds)


@pytest.mark.parametrize(
    ("step", "passes"), [(1.0, True), (2.0, True), (2.5, True), (3.2, False), (4.0, False), (30.0, False)]
)
def test_something_new_every_two_and_a_half_seconds_passes_and_stills_of_four_do_not(
    step: float, passes: bool
) -> None:
    checks = check_slideshow(rhythm(step, 30.0))
    assert all(check.ok for check in checks) is passes
    assert any(check.ok for check in checks) is passes


def test_many_holds_within_the_limit_may_still_be_too_still() -> None:
    hold, still = check_slideshow(rhythm(2.95, 29.5))
    assert hold.ok and not still.ok


@given(st.lists(st.floats(0.1, 60), min_size=1, max_size=30), st.floats(0.5, 30))
def test_measures_agree_with_a_count_in_small_steps(steps: list[float], last: float) -> None:
    changes = [0.0, *np.cumsum(steps)]
    seconds = changes[-1] + last
    seen = Slideshow.of(changes, seconds)
    moments = np.linspace(0, seconds, 4000, endpoint=False)
    since = moments - np.array(changes)[np.searchsorted(changes, moments, side="right") - 1]
    assert seen.still == pytest.approx(float((since > 2.2).mean()), abs=0.02)
    assert seen.longest_hold == pytest.approx(max([*steps, last]), abs=1e-3)


def has_cat(board: Storyboard, index: int) -> Storyboard:
    scenes = list(board.scenes)
    scenes[index] = replace(scenes[index], pictures=(PictureChoice("cat", "fluent-emoji", "cat"),))
    return replace(board, scenes=tuple(scenes))


def has_figure(board: Storyboard, index: int) -> Storyboard:
    scenes = list(board.scenes)
    scenes[index] = replace(scenes[index], layout="chart", figure=FigureData(50, "%", "full"))
    return replace(board, scenes=tuple(scenes))


@pytest.mark.parametrize("give", [has_cat, has_figure])
def test_scenes_without_a_picture_are_counted(give: Callable[[Storyboard, int], Storyboard]) -> None:
    bare = replace(BOARD, scenes=tuple(replace(scene, pictures=()) for scene in BOARD.scenes))
    for count, board in enumerate((bare, give(bare, 0), give(give(bare, 0), 1))):
        boxes = [drawn.text_boxes(board, index, size=SIZE) for index in range(2)]
        check = check_text_only(board, boxes)
        # a drawing may stand in the other scene too, beside its own
        assert check.value <= 100 - 50 * count and check.ok is (check.value <= 25)
        assert (check.value == 100) is (count == 0)


def test_a_breach_holds_the_video_only_when_the_constant_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for holds in (False, True):
        monkeypatch.setattr(slideshow.measures, "SLIDESHOW_HOLDS", holds)
        report = CheckReport(tuple(check_slideshow(rhythm(4.0, 12.0))))
        assert report.passed is not holds
        assert report.failed == (("slideshow_hold", "slideshow_still") if holds else ())
        assert [check["ok"] for check in report.to_json()["checks"]] == [False, False]
