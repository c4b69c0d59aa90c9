"""Looks: safe areas, determinism, consistency, motion that settles, and colors that can be read."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.languages import Language
from generation.edits import layouts_for
from generation.media.layers import ClipSource, Placement, SceneLayers
from generation.media.scenes import (
    PALETTES,
    Rect,
    ai_label_layers,
    choose_look,
    choose_transitions,
    cover,
    is_safe,
    label_box,
    letter_height,
    palette_for,
    progress_layers,
    scene_picture,
    text_boxes,
)
from generation.media.scenes.backgrounds import from_oklab, ground, to_oklab
from generation.media.scenes.layouts.chart import counted
from generation.media.scenes.motion import CHARACTERS, SETTLED, spring
from generation.storyboard import (
    CAPTION_STYLES,
    FRAME_SIZES,
    MOODS,
    TRANSITIONS,
    Aspect,
    MediaChoice,
    PictureChoice,
)
from tests.generation.media.scenes.scene_boards import LAYOUTS, board, picture

DRAFT = FRAME_SIZES["draft"]
TALL = DRAFT["9:16"]


def _pixels_and_places(scene: SceneLayers) -> list[object]:
    moments = [i / 7 for i in range(25)]
    return [(layer.rgba.tobytes(), [layer.motion(t) for t in moments]) for layer in scene.layers]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("aspect", ["9:16", "1:1", "16:9"])
def test_texts_and_pictures_keep_to_the_safe_area_in_every_layout(language: Language, aspect: Aspect) -> None:
    size = DRAFT[aspect]
    story = board(language, aspect)
    for index, layout in enumerate(LAYOUTS):
        for box in text_boxes(story, index, size=size):
            if box.kind == "text":
                assert is_safe(box, size), (layout, box)


@pytest.mark.parametrize("aspect", ["9:16", "1:1", "16:9"])
def test_titles_stand_clear_of_the_label(aspect: Aspect) -> None:
    size = DRAFT[aspect]
    label = label_box("en", size=size)
    for index in range(len(LAYOUTS)):
        for box in text_boxes(board("en", aspect), index, size=size):
            apart = box.left >= label.right or box.top >= label.bottom - 1
            assert apart or box.kind == "picture", box


@settings(max_examples=25, deadline=None)
@given(
    st.text("露营最容易漏带什么的了，。？！abcXYZ 1234%“”", min_size=1, max_size=60),
    st.sampled_from(("9:16", "1:1", "16:9")),
)
def test_any_line_of_any_length_fits_its_frame(line: str, aspect: Aspect) -> None:
    size = DRAFT[aspect]
    for index in (0, 1, 6):
        for box in text_boxes(board("zh", aspect, line=line), index, size=size):
            assert box.kind == "picture" or is_safe(box, size), (line, box)


def test_a_box_behind_the_feeds_buttons_is_not_safe() -> None:
    assert is_safe(Rect(100, 1000, 900, 1100), (1080, 1920))
    assert not is_safe(Rect(100, 1000, 1000, 1100), (1080, 1920))
    assert not is_safe(Rect(100, 1400, 900, 1500), (1080, 1920))
    assert not is_safe(Rect(100, 100, 900, 200), (1080, 1920))
    assert is_safe(Rect(100, 1400, 1000, 1500), (1920, 1920))


def test_the_main_picture_takes_a_third_of_the_frame_or_more() -> None:
    for aspect, size in FRAME_SIZES["draft"].items():
        boxes = text_boxes(board("zh", aspect), 1, size=size)  # type: ignore[arg-type]
        biggest = max((box for box in boxes if box.kind == "picture"), key=lambda box: box.height)
        assert biggest.height >= size[1] / 3, aspect


def test_equal_storyboards_give_equal_pictures_and_another_seed_another_one() -> None:
    first, again = scene_picture(board(), 0, size=TALL), scene_picture(board(), 0, size=TALL)
    assert np.array_equal(first.background, again.background)  # type: ignore[arg-type]
    assert _pixels_and_places(first) == _pixels_and_places(again)
    assert [layer.key for layer in first.layers] == [layer.key for layer in again.layers]
    other = scene_picture(board(seed=4), 0, size=TALL)
    assert not np.array_equal(first.background, other.background)  # type: ignore[arg-type]
    assert {layer.key for layer in first.layers}.isdisjoint(layer.key for layer in other.layers)


def test_keys_within_a_scene_are_unique() -> None:
    for index in range(len(LAYOUTS)):
        keys = [layer.key for layer in scene_picture(board(), index, size=TALL).layers]
        assert len(set(keys)) == len(keys)


def test_the_first_frame_already_shows_title_and_picture() -> None:
    scene = scene_picture(board(), 0, size=TALL)
    shown = [layer.motion(0.0) for layer in scene.layers]
    large = [
        place
        for layer, place in zip(scene.layers, shown, strict=True)
        if place is not None and place.opacity > 0.5 and place.scale > 0.5 and layer.rgba.shape[1] > 100
    ]
    assert len(large) >= 3


def test_titles_come_to_rest_on_whole_pixels() -> None:
    scene = scene_picture(board(), 1, size=TALL)
    resting = [layer.motion(1.6) for layer in scene.layers if layer.motion(1.6) == layer.motion(2.4)]
    texts = [p for p in resting if p is not None and p.scale == 1.0 and p.rotation_degrees == 0]
    assert len(texts) >= 2
    assert all(place.x == int(place.x) and place.y == int(place.y) for place in texts)


@settings(max_examples=60, deadline=None)
@given(st.floats(-1, 4), st.sampled_from(sorted(CHARACTERS)))
def test_springs_start_at_nothing_overshoot_a_little_and_settle_exactly(t: float, name: str) -> None:
    value = spring(t, CHARACTERS[name])
    assert -0.001 <= value <= 1.3
    if t <= 0:
        assert value == 0
    if t >= SETTLED:
        assert value == 1


def test_a_lively_spring_overshoots() -> None:
    assert max(spring(i / 100, CHARACTERS["spring"]) for i in range(100)) > 1.05


def test_opacity_and_shown_stay_in_range_in_every_layout() -> None:
    for index in range(len(LAYOUTS)):
        for layer in scene_picture(board(), index, size=TALL).layers:
            for frame in range(105):
                place = layer.motion(frame / 30)
                assert place is None or (0 <= place.opacity <= 1 and place.scale > 0)
                assert place is None or all(-1e-9 <= edge <= 1 + 1e-9 for edge in place.shown)


def test_at_most_three_large_drawings_move_at_once() -> None:
    width, height = TALL
    for index in range(len(LAYOUTS)):
        scene = scene_picture(board(), index, size=TALL)
        moving = [
            layer
            for layer in scene.layers
            if layer.rgba.shape[0] * layer.rgba.shape[1] > width * height / 12
            and layer.motion(2.0) != layer.motion(2.0 + 1 / 30)
        ]
        assert len(moving) <= 3, LAYOUTS[index]


def test_drawings_pop_out_before_a_hard_cut_only() -> None:
    story = board()
    cut = replace(
        story, scenes=(story.scenes[0], replace(story.scenes[1], transition="cut"), *story.scenes[2:])
    )

    def gone(picture_: SceneLayers) -> int:
        return sum(layer.motion(2.6) is not None and layer.motion(2.999) is None for layer in picture_.layers)

    assert gone(scene_picture(cut, 0, size=TALL)) >= 2
    assert gone(scene_picture(story, 0, size=TALL)) == 0


@given(st.floats(0.01, 1_000_000))
def test_a_counting_figure_never_passes_its_value_and_ends_on_it(value: float) -> None:
    value = float(f"{value:.4g}")
    numbers = [float(counted(value, share / 10).replace(",", "")) for share in range(11)]
    assert numbers == sorted(numbers)
    assert numbers[-1] == pytest.approx(value, rel=1e-6)


def test_the_chart_shows_its_final_figure_digit_by_digit() -> None:
    story = board()
    scene = scene_picture(story, LAYOUTS.index("chart"), size=TALL)
    early, late = (sum(layer.motion(t) is not None for layer in scene.layers) for t in (0.35, 2.5))
    assert late > early  # ticks have lit
    assert counted(87.5, 1.0) == "87.5"
    assert counted(12500, 1.0) == "12,500"


def test_a_creators_clip_takes_the_scene_whatever_its_layout() -> None:
    story = board()
    media = MediaChoice(1, "clip", "clip.mp4", "ab" * 32, 1.5, (0.3, 0.4), 1.1)
    story = replace(story, scenes=(replace(story.scenes[1], media=media), *story.scenes[1:]))
    background = scene_picture(story, 0, size=TALL).background
    assert background == ClipSource("clip.mp4", "clip", "ab" * 32, 1.5, (0.3, 0.4), 1.1)


def test_a_scene_without_pictures_is_still_drawn() -> None:
    story = board()
    bare = replace(story, scenes=tuple(replace(scene, pictures=()) for scene in story.scenes))
    for index in range(len(LAYOUTS)):
        assert scene_picture(bare, index, size=TALL).layers


def test_every_layout_that_the_editor_offers_for_a_scene_can_be_drawn() -> None:
    story = board()
    bare = replace(story.scenes[0], pictures=(), narration="", number=None)
    for name in layouts_for(bare):
        changed = replace(story, scenes=(replace(bare, layout=name), *story.scenes[1:]))
        assert scene_picture(changed, 0, size=TALL).layers, name


def test_an_unknown_palette_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'puce'; choose one of violet, ocean"):
        scene_picture(board(palette="puce"), 0, size=TALL)


def _contrast(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    """WCAG 2 contrast ratio."""

    def luminance(color: tuple[int, ...]) -> float:
        linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", sorted(PALETTES))
def test_titles_and_marked_words_can_be_read_on_every_palette(name: str) -> None:
    palette = PALETTES[name]
    assert _contrast(palette.marker, palette.on_marker) >= 3  # large text, WCAG 1.4.3
    frame = ground(palette, (180, 320), seed=1)
    title = frame[45:100].reshape(-1, 3).mean(axis=0)
    assert _contrast(palette.ink, tuple(int(c) for c in title)) >= 3


def test_there_are_at_least_ten_palettes_and_six_transitions_in_use() -> None:
    assert len(PALETTES) >= 10
    used = {t for mood in MOODS for seed in range(5) for t in choose_transitions(7, mood, seed)}
    assert len(used) >= 6
    assert used <= set(TRANSITIONS)


@given(st.integers(0, 30), st.sampled_from(MOODS), st.integers())
def test_transitions_start_with_a_cut_and_never_repeat_at_once(count: int, mood: str, seed: int) -> None:
    chosen = choose_transitions(count, mood, seed)
    assert len(chosen) == count
    assert chosen[:1] in ((), ("cut",))
    assert all(a != b for a, b in pairwise(chosen[1:]))


@given(st.text(max_size=12), st.text(max_size=8), st.integers())
def test_any_category_and_mood_gets_a_look(category: str, mood: str, seed: int) -> None:
    look = choose_look(category, mood, seed)
    assert look == choose_look(category, mood, seed)
    assert look.palette in PALETTES
    assert look.caption_style in CAPTION_STYLES
    assert palette_for(category, mood, seed).name == look.palette


def test_backgrounds_are_smooth_but_not_banded() -> None:
    frame = ground(PALETTES["ocean"], (360, 640), seed=5).astype(int)
    smooth = frame.reshape(40, 16, 20, 18, 3).mean(axis=(1, 3))  # 16 × 18 pixel means: no grain left
    assert np.abs(np.diff(smooth, axis=0)).max() < 24
    assert len(np.unique(frame[100, :, 1])) > 8
    assert np.abs(np.diff(frame, axis=1)).mean() > 0.8  # grain


def test_oklab_is_inverted_exactly() -> None:
    colors = np.random.default_rng(0).random((50, 3)).astype(np.float32)
    assert np.allclose(from_oklab(to_oklab(colors)), colors, atol=2e-3)
    assert np.allclose(to_oklab(np.ones((1, 3), np.float32)), [[1, 0, 0]], atol=1e-3)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(1080, 1920), (1080, 1080), (1920, 1080), (360, 640), (360, 360)])
def test_the_label_is_tall_enough_for_two_seconds_from_the_first_frame(
    language: str, size: tuple[int, int]
) -> None:
    mark, label = ai_label_layers(language, size=size, aspect="", total_seconds=12)
    assert letter_height(size) >= 0.05 * min(size)
    rows = np.flatnonzero((label.rgba[:, :, :3].min(axis=2) > 200).any(axis=1))  # white letters and the spark
    assert rows[-1] - rows[0] + 1 >= 0.05 * min(size)
    assert all(label.motion(frame / 30) == label.motion(0) for frame in range(61))
    assert mark.motion(1.9) is None
    assert mark.motion(11.9) == Placement(*(getattr(mark.motion(11.9), axis) for axis in ("x", "y")))
    assert is_safe(label_box(language, size=size), size)


def test_the_progress_line_is_empty_at_first_and_full_at_the_end() -> None:
    layers = progress_layers([2.0, 3.0], palette=PALETTES["sky"], size=(360, 640))
    back, front = layers
    assert front.motion(0) is None
    shown = []
    for seconds in (0.0001, 1.0, 2.0, 3.5, 5.0, 9.0):
        place, under = front.motion(seconds), back.motion(seconds)
        assert place is not None and under is not None
        assert (place.x, place.y) == (under.x, under.y)
        shown.append(place.shown[2])
    drawn = np.flatnonzero(front.rgba[..., 3].max(axis=0) > 200) / front.rgba.shape[1]
    assert shown[0] == pytest.approx(drawn[0], abs=0.01) and shown[-2:] == [1, 1]
    assert shown[1] == pytest.approx(drawn[0] + 0.2 * (drawn[-1] - drawn[0]), abs=0.01)
    assert shown[3] == pytest.approx(drawn[-1] - 0.3 * (drawn[-1] - drawn[0]), abs=0.01)


def test_a_cover_has_the_asked_size_and_is_not_flat() -> None:
    story = board()
    picked = cover(story, size=(360, 640))
    assert picked.shape == (640, 360, 3)
    assert picked.std() > 20
    title_zone = picked[100:200]
    assert (title_zone.min(axis=2) > 240).mean() > 0.02  # white letters


def test_companions_of_the_opening_are_the_pictures_to_come() -> None:
    story = board()  # its opening too short for anything else to come in it
    short = tuple(replace(scene, seconds=2.0) for scene in story.scenes)
    scenes = [replace(scene, pictures=(picture("tent"),)) for scene in short]
    scenes[2] = replace(scenes[2], pictures=(PictureChoice("bed", "fluent-emoji-flat", ""),))
    alone = replace(story, scenes=tuple(replace(scene, pictures=(picture("tent"),)) for scene in short))
    more = scene_picture(replace(story, scenes=tuple(scenes)), 0, size=TALL)
    assert len(more.layers) == len(scene_picture(alone, 0, size=TALL).layers) + 1


def test_large_drawings_do_not_turn_once_they_stand() -> None:
    """Turned drawings cost the engine several times as much as upright ones."""
    for index in range(len(LAYOUTS)):
        for layer in scene_picture(board(), index, size=TALL).layers:
            place = layer.motion(2.5)
            if place is not None and layer.rgba.shape[1] > 80:
                assert place.rotation_degrees == 0
