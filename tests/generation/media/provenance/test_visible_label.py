"""The visible label is found where it stands, in its language, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from generation.media import provenance
from generation.media.layers import Layer, Placement, SceneLayers
from generation.media.provenance.visible import LabelSight
from generation.media.rendering import EncoderSettings, Sidecar, render_scenes
from generation.media.scenes import ai_label_layers
from tests.generation.media.rendering.small_films import film

SIZE = (360, 640)
SECONDS = 4.0


def ground(seed: int) -> SceneLayers:
    """A busy picture with a drawing that crosses it."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (SIZE[1] // 20, SIZE[0] // 20, 3), dtype=np.uint8)
    picture = coarse.repeat(20, axis=0).repeat(20, axis=1)
    square = np.full((80, 80, 4), 255, np.uint8)
    layer = Layer(square, lambda t: Placement(60 + 60 * t, 400), "square")
    return SceneLayers(SECONDS, picture, f"ground-{seed}", (layer,))


@pytest.fixture(scope="module")
def render(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    folder = tmp_path_factory.mktemp("visible")

    def make(name: str, overlays: list[Layer], seed: int = 1) -> Path:
        target = folder / f"{name}.mp4"
        render_scenes(
            [ground(seed)],
            size=SIZE,
            fps=30,
            output=target,
            cache_dir=folder / "kept",
            overlays=overlays,
            settings=EncoderSettings(preset="ultrafast", crf=26),
            sidecar=Sidecar(tags={"AIGC": provenance.aigc_field(producer="a", produce_id="b")}),
        )
        return target

    return make


def layers(language: str) -> list[Layer]:
    return ai_label_layers(language, size=SIZE, total_seconds=SECONDS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_label_is_found_in_its_language_over_a_busy_picture(
    render: Callable[..., Path], language: str
) -> None:
    visible = provenance.verify(str(render(f"labelled-{language}", layers(language), seed=2)))["visible"]
    assert visible["checked"] and visible["found"] and visible["mark"]
    assert visible["language"] == language and visible["score"] > 0.8 and visible["seconds"] >= 2


def test_a_video_without_the_label_shows_none(render: Callable[..., Path]) -> None:
    answer = provenance.verify(str(render("bare", [])))
    assert answer["visible"]["checked"] and not answer["visible"]["found"] and not answer["visible"]["mark"]
    assert answer["aigc"]["valid"] and not provenance.all_there(answer)


@pytest.mark.parametrize(("first", "last"), [(0.2, 9.0), (0.0, 1.8)])
def test_a_label_that_comes_late_or_goes_early_does_not_count(
    render: Callable[..., Path], first: float, last: float
) -> None:
    mark, large = layers("zh")
    short = Layer(large.rgba, lambda t: large.motion(t) if first <= t < last else None, f"short-{first}")
    visible = provenance.verify(str(render(f"short-{first}", [mark, short])))["visible"]
    assert not visible["found"] and visible["mark"]


def test_a_mark_that_vanishes_is_missed(render: Callable[..., Path]) -> None:
    visible = provenance.verify(str(render("unmarked", layers("en")[1:])))["visible"]
    assert visible["found"] and not visible["mark"]


@pytest.mark.parametrize("seed", range(12))
def test_other_pictures_never_match(seed: int) -> None:
    random = np.random.default_rng(seed)
    coarse = random.integers(16, 236, (64, 36), dtype=np.uint8)
    luma = coarse.repeat(10, axis=0).repeat(10, axis=1)
    for language in ("zh", "en"):
        sight = LabelSight(language, SIZE, SECONDS)
        sight.see(luma, 0.0, 2.5)
        assert sight.until == 0.0


def test_a_foreign_file_of_odd_shape_is_looked_at_without_a_crash(tmp_path: Path) -> None:
    visible = provenance.verify(str(film(tmp_path / "tiny.mkv")))["visible"]
    assert visible["checked"] and not visible["found"]


def test_pictures_that_cannot_be_decoded_leave_the_other_labels_readable(tmp_path: Path) -> None:
    place = film(tmp_path / "film.mp4", tags={"AIGC": provenance.aigc_field(producer="a", produce_id="b")})
    content = bytearray(place.read_bytes())
    start = content.rindex(b"mdat") + 4
    content[start:] = bytes(len(content) - start)
    place.write_bytes(content)
    answer = provenance.verify(str(place))
    assert not answer["visible"]["checked"] and answer["aigc"]["valid"]
    assert answer["visible"]["problems"][0]["code"] == "visible_undecodable"
