"""Covers: chosen by content, each design its own picture, titles large enough for a thumbnail and clear of buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generation.media.layers import Rgb
from generation.media.provenance.visible import LabelSight
from generation.media.scenes import choose_cover, cover, cover_boxes, is_safe, with_fitting_cover
from generation.media.scenes.covers import covers_for
from generation.media.scenes.covers.designs import DESIGNS
from generation.media.scenes.covers.grounds import TREATMENTS, treated
from generation.media.scenes.palettes import PALETTES
from generation.storyboard import COVERS, FRAME_SIZES, MediaChoice, PictureChoice, Storyboard
from tests.generation.media.scenes.scene_boards import board, picture

SMALL = {"9:16": (180, 320), "1:1": (180, 180), "16:9": (320, 180)}
LONG = {
    "zh": "第一次带孩子去露营到底要准备哪些东西呢",
    "en": "What Beginners Always Forget Before Their First Camping Trip",
}


def full_board(language: Any = "zh", title: str = "") -> Storyboard:
    """A storyboard that any design can be drawn from: points, a comparison, a figure, a quote, several drawings."""
    names = ("tent", "bed", "snowflake", "fire", "backpack", "star")
    made = board(language)
    scenes = tuple(
        replace(scene, number=i or None, pictures=(picture(names[i % 6]), picture(names[(i + 1) % 6])))
        for i, scene in enumerate(made.scenes)
    )
    return replace(made, title=title or LONG[language], scenes=scenes, hook="warning")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("aspect", SMALL)
def test_titles_are_large_enough_and_keep_clear_of_what_covers_them(language: Any, aspect: str) -> None:
    size = FRAME_SIZES["draft"][aspect]
    for design in DESIGNS:
        story = replace(full_board(language), cover=design)
        texts = [box for box in cover_boxes(story, size=size) if box.kind == "text"]
        assert texts, design
        for box in texts:
            assert is_safe(box, size), (design, box)
        em = (texts[0].bottom - texts[0].top) / 0.92
        if language == "zh":
            assert em >= size[0] / 14 - 1, (design, em)
        shown = "".join(box.name for box in texts).replace(" ", "")
        assert shown == LONG[language].replace(" ", ""), design


@pytest.mark.parametrize("aspect", SMALL)
def test_each_design_is_another_picture_and_the_same_each_time(aspect: str) -> None:
    size = SMALL[aspect]
    drawn: dict[str, Rgb] = {}
    for design in COVERS:
        drawn[design] = cover(replace(full_board(), cover=design), size=size)
        assert drawn[design].shape == (size[1], size[0], 3)
    again = cover(replace(full_board(), cover="collage"), size=size)
    assert np.array_equal(again, drawn["collage"])
    for one in DESIGNS:
        apart = [
            float(np.abs(drawn[one].astype(int) - drawn[other]).mean()) for other in COVERS if other != one
        ]
        assert min(apart) > 6, one


def test_one_design_on_other_seeds_stands_on_other_grounds() -> None:
    grounds = {
        tuple(int(level) // 24 for level in cover(replace(full_board(), cover="number", seed=seed), size=SMALL["9:16"])[300, 90])
        for seed in range(12)
    }  # fmt: skip
    assert len(grounds) >= 4


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_cover_carries_the_ai_mark(language: Any) -> None:
    size = (360, 640)
    for design in ("opening", "number", "poster", "warning", "polaroid"):
        seen = cover(replace(full_board(language), cover=design), size=size)
        light = (seen @ np.array([0.2126, 0.7152, 0.0722])).astype(np.uint8)
        sight = LabelSight(language, size, 10.0)
        sight.see(light, 5.0, 5.1)
        assert sight.marks and min(sight.marks) > 0.7, design


def test_the_design_follows_the_content() -> None:
    story = full_board()
    suit = covers_for(story)
    assert {"split", "figure", "warning", "question", "quote", "number", "steps", "collage"} <= set(suit)
    plain = replace(
        story,
        title="露营夜谈",
        hook=None,
        scenes=tuple(
            replace(scene, versus=None, figure=None, number=None, layout="hero") for scene in story.scenes
        ),
    )
    assert set(covers_for(plain)) == {"poster", "polaroid"}
    counted = replace(plain, scenes=tuple(replace(s, number=i + 1) for i, s in enumerate(plain.scenes)))
    assert "number" in covers_for(counted) and "split" not in covers_for(counted)
    assert len({choose_cover(replace(story, seed=seed)) for seed in range(40)}) >= 6


def test_without_drawings_or_with_a_creators_own_picture_the_opening_is_shown() -> None:
    story = full_board()
    bare = replace(story, scenes=tuple(replace(scene, pictures=()) for scene in story.scenes))
    own = MediaChoice(upload=1, kind="image", path="a.png", sha256="0" * 64)
    shot = replace(story, scenes=(replace(story.scenes[0], media=own), *story.scenes[1:]))
    assert choose_cover(bare) == choose_cover(shot) == "opening"


def test_an_edit_that_takes_away_what_a_design_needs_leads_to_another_that_fits() -> None:
    story = replace(full_board(), cover="split")
    assert with_fitting_cover(story) is story
    edited = replace(
        story, scenes=tuple(replace(scene, versus=None, layout="point") for scene in story.scenes)
    )
    fitted = with_fitting_cover(edited)
    assert fitted.cover != "split" and fitted.cover in covers_for(edited)
    assert np.array_equal(cover(edited, size=SMALL["9:16"]), cover(fitted, size=SMALL["9:16"]))


def test_a_storyboard_from_before_the_designs_loads_and_draws_its_opening() -> None:
    document = full_board().to_json()
    del document["cover"]
    old = Storyboard.from_json(document)
    assert old.cover == "opening" and with_fitting_cover(old) is old
    assert cover(old, size=SMALL["9:16"]).std() > 20


def test_every_ground_carries_its_ink_with_contrast() -> None:
    """WCAG's 3:1 for large letters, of the ink on each of the ground's tones and of the marker's letters on it."""
    for palette in PALETTES.values():
        for treatment in TREATMENTS[1:]:
            tones = treated(palette, treatment)
            assert contrast(tones.on_marker, tones.marker) >= 3, (palette.name, treatment)
            for tone in tones.ground:
                assert contrast(tones.ink, tone) >= 3, (palette.name, treatment, tone)


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    def light(color: tuple[int, int, int]) -> float:
        levels = np.array(color) / 255
        linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_drawings_are_shown_once_each() -> None:
    story = full_board()
    twice = replace(
        story,
        cover="collage",
        scenes=tuple(
            replace(s, pictures=(PictureChoice("tent", "fluent-emoji-flat", ""),)) for s in story.scenes
        ),
    )
    pictures = [box.name for box in cover_boxes(twice, size=(360, 640)) if box.kind == "picture"]
    assert pictures == ["tent"]
