"""Sprites, planes and transitions against slow, obvious arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generation.media.layers import Placement, Rgb, Rgba
from generation.media.rendering.compositing.frames import Frame
from generation.media.rendering.compositing.sprites import Spot, Sprite
from generation.media.rendering.compositing.transitions import ease, transition
from generation.media.rendering.compositing.zoom import halve_plane, zoom_plane
from generation.media.rendering.timeline import spot
from generation.storyboard import TRANSITIONS

WIDTH, HEIGHT = 64, 96
WHOLE = (0, 0, 16384, 16384)


def noise_rgb(seed: int, width: int = WIDTH, height: int = HEIGHT) -> Rgb:
    small = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


def noise_rgba(seed: int, width: int = 24, height: int = 18) -> Rgba:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (height, width, 4), np.uint8)


def luma(rgb: np.ndarray) -> np.ndarray:
    return 16 + (rgb[..., :3].astype(float) @ [0.2126, 0.7152, 0.0722]) * 219 / 255


def sampled(plane: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Bilinear with nothing outside, straight from the definition."""
    total = np.zeros(x.shape)
    for dy in (0, 1):
        for dx in (0, 1):
            column, row = np.floor(x) + dx, np.floor(y) + dy
            weight = (1 - np.abs(x - column)) * (1 - np.abs(y - row))
            inside = (column >= 0) & (column < plane.shape[1]) & (row >= 0) & (row < plane.shape[0])
            values = plane[
                np.clip(row, 0, plane.shape[0] - 1).astype(int),
                np.clip(column, 0, plane.shape[1] - 1).astype(int),
            ]
            total += np.where(inside, weight * values, 0)
    return total


def blended_luma(background: Rgb, rgba: Rgba, place: Placement) -> np.ndarray:
    """The luma a sprite of even size at full size should leave, in floating point."""
    rows, columns = np.mgrid[: background.shape[0], : background.shape[1]] + 0.5
    angle = math.radians(place.rotation_degrees)
    dx, dy = columns - place.x, rows - place.y
    x = (math.cos(angle) * dx + math.sin(angle) * dy) / place.scale + rgba.shape[1] / 2 - 0.5
    y = (math.cos(angle) * dy - math.sin(angle) * dx) / place.scale + rgba.shape[0] / 2 - 0.5
    alpha = rgba[..., 3] / 255
    cover = sampled(alpha, x, y) * place.opacity
    return sampled(luma(rgba) * alpha, x, y) * place.opacity + luma(background) * (1 - cover)


@pytest.mark.parametrize(
    ("color", "y", "u", "v"),
    [
        ((0, 0, 0), 16, 128, 128),
        ((255, 255, 255), 235, 128, 128),
        ((255, 0, 0), 63, 102, 240),
        ((0, 0, 255), 32, 240, 118),
    ],
)
def test_colors_become_the_codes_of_bt709(color: tuple[int, int, int], y: int, u: int, v: int) -> None:
    picture = Frame.of_rgb(np.full((8, 8, 3), color, np.uint8))
    assert (picture.y[4, 4], picture.u[2, 2], picture.v[2, 2]) == (y, u, v)
    assert np.abs(picture.to_rgb().astype(int) - color).max() <= 2


def test_an_odd_picture_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="even, positive size, got 31×20"):
        Frame.empty(31, 20)


@given(
    seed=st.integers(0, 99),
    x=st.floats(-30, WIDTH + 30),
    y=st.floats(-30, HEIGHT + 30),
    scale=st.floats(0.6, 3),
    turn=st.sampled_from([0.0, 0.0, 5.0, -33.5, 90.0, 200.0]),
    opacity=st.sampled_from([1.0, 1.0, 0.7, 0.02]),
    solid=st.booleans(),
)
@settings(max_examples=200, deadline=None)
def test_a_sprite_anywhere_is_the_bilinear_mean_over_the_background(
    seed: int, x: float, y: float, scale: float, turn: float, opacity: float, solid: bool
) -> None:
    """``solid`` drawings have clear and opaque stretches, which the blender passes over and replaces."""
    background, rgba = noise_rgb(seed), noise_rgba(seed)
    size, blocks = ((72, 54), 12) if solid else ((24, 18), 4)
    rgba = np.array(Image.fromarray(rgba[::blocks, ::blocks]).resize(size, Image.Resampling.BICUBIC))
    if solid:
        rgba[..., 3] = np.clip((rgba[..., 3].astype(int) - 100) * 8, 0, 255)
        x, scale = float(round(x)), 1.0 if seed % 2 else scale
    place = Placement(round(x * 128) / 128, round(y * 128) / 128, scale, turn, opacity)
    picture = Frame.of_rgb(background)
    rounded = spot(place)
    if rounded is not None:
        Sprite(rgba).blend(picture, rounded)
    assert np.abs(picture.visible_planes()[0] - blended_luma(background, rgba, place)).max() < 3.5


@given(
    seed=st.integers(0, 99),
    x=st.integers(-40 * 128, (WIDTH + 40) * 128),
    y=st.integers(-40 * 128, (HEIGHT + 40) * 128),
    scale=st.sampled_from([16384, 16384, 9000, 25000]),
    turn=st.sampled_from([0, 0, 1500, 70_000]),
    opacity=st.sampled_from([256, 100]),
)
@settings(max_examples=150, deadline=None)
def test_what_a_frame_cuts_off_changes_no_bit_of_the_rest(
    seed: int, x: int, y: int, scale: int, turn: int, opacity: int
) -> None:
    rgba = noise_rgba(seed, 48, 36)
    rgba[..., 3] = np.clip((rgba[..., 3].astype(int) - 60) * 2, 0, 255)
    margin = 64
    whole = Frame.of_rgb(noise_rgb(seed, WIDTH + 2 * margin, HEIGHT + 2 * margin))
    cut = Frame.empty(WIDTH, HEIGHT)
    windows = [
        (slice(edge, edge + height), slice(edge, edge + width))
        for edge, height, width in ((margin, HEIGHT, WIDTH), *[(margin // 2, HEIGHT // 2, WIDTH // 2)] * 2)
    ]
    for small, large, window in zip(cut.visible_planes(), whole.visible_planes(), windows, strict=True):
        small[:] = large[window]
    sprite = Sprite(rgba)
    sprite.blend(cut, Spot(x, y, scale, turn, opacity, WHOLE))
    sprite.blend(whole, Spot(x + margin * 128, y + margin * 128, scale, turn, opacity, WHOLE))
    for small, large, window in zip(cut.visible_planes(), whole.visible_planes(), windows, strict=True):
        assert np.array_equal(small, large[window])


@given(seed=st.integers(0, 99), x=st.integers(-20, WIDTH + 20), y=st.integers(-20, HEIGHT + 20))
@settings(max_examples=80, deadline=None)
def test_chroma_is_right_on_odd_columns_and_rows_too(seed: int, x: int, y: int) -> None:
    rgba = noise_rgba(seed)
    rgba[..., 3] = np.where(rgba[..., 3] > 128, 255, 0)
    # one color, because a half covered chroma site can only mix in the mean of what lies under it
    background: Rgb = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    background[:] = rgba[0, 0, :3]
    picture = Frame.of_rgb(background)
    Sprite(rgba).blend(picture, Spot(x * 128, y * 128, 16384, 0, 256, WHOLE))
    composed = Image.fromarray(background).convert("RGBA")
    overlay = Image.new("RGBA", composed.size)
    overlay.paste(Image.fromarray(rgba), (x - 12, y - 9))
    expected = Frame.of_rgb(np.asarray(Image.alpha_composite(composed, overlay).convert("RGB")))
    inner = slice(1, None)  # the column left of the picture is repeated, which a sprite cannot know
    for got, want in zip(picture.visible_planes(), expected.visible_planes(), strict=True):
        assert np.abs(got[:, inner].astype(int) - want[:, inner]).max() <= 2


def test_a_sprite_outside_the_frame_or_invisible_changes_nothing() -> None:
    picture = Frame.of_rgb(noise_rgb(1))
    before = [plane.copy() for plane in picture.visible_planes()]
    sprite = Sprite(noise_rgba(2))
    for place in (Spot(-90 * 128, 0, 16384, 0, 256, WHOLE), Spot(0, 900 * 128, 20000, 2560, 256, WHOLE)):
        sprite.blend(picture, place)
    sprite.blend(picture, Spot(3000, 3000, 16384, 0, 0, WHOLE))
    assert all(np.array_equal(a, b) for a, b in zip(before, picture.visible_planes(), strict=True))


def test_only_the_shown_part_of_a_sprite_is_drawn() -> None:
    white: Rgba = np.full((20, 40, 4), 255, np.uint8)
    picture = Frame.of_rgb(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    Sprite(white).blend(picture, Spot(32 * 128, 48 * 128, 16384, 0, 256, (0, 0, 4096, 16384)))
    rows, columns = np.nonzero(picture.visible_planes()[0] > 16)
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (12, 21, 38, 57)


def test_a_much_shrunk_checkerboard_is_even_gray() -> None:
    board = np.zeros((256, 256, 4), np.uint8)
    board[..., 3] = 255
    board[(np.indices((256, 256)).sum(axis=0) % 2) == 0, :3] = 255
    picture = Frame.of_rgb(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    Sprite(board).blend(picture, Spot(32 * 128, 48 * 128, 16384 // 5, 0, 256, WHOLE))
    assert np.abs(picture.y[30:66, 14:50].astype(int) - 126).max() <= 1


def test_a_drawing_that_is_no_rgba_is_refused() -> None:
    with pytest.raises(ValueError, match="uint8"):
        Sprite(np.zeros((4, 4, 3), np.uint8))


@pytest.mark.parametrize("kind", TRANSITIONS)
def test_a_transition_leads_from_the_one_picture_to_the_other(kind: str) -> None:
    before, after = Frame.of_rgb(noise_rgb(3)), Frame.of_rgb(noise_rgb(4))
    out = Frame.empty(WIDTH, HEIGHT)
    distances = []
    for progress in (0.0, 0.02, 0.5, 0.98, 1.0):
        transition(kind, before, after, progress, out)  # type: ignore[arg-type]
        y = out.visible_planes()[0].astype(int)
        distances.append(
            (np.abs(y - before.visible_planes()[0]).mean(), np.abs(y - after.visible_planes()[0]).mean())
        )
    assert distances[0][0] == 0 and distances[-1][1] == 0
    assert distances[1][0] < 6 and distances[3][1] < 9
    assert distances[1][1] > distances[3][1]


@given(progress=st.floats(0.01, 0.99), kind=st.sampled_from(["crossfade", "wipe", "iris"]))
@settings(max_examples=40, deadline=None)
def test_between_two_flat_pictures_nothing_leaves_their_range(progress: float, kind: str) -> None:
    before, after = (Frame.of_rgb(np.full((HEIGHT, WIDTH, 3), level, np.uint8)) for level in (50, 200))
    out = Frame.empty(WIDTH, HEIGHT)
    transition(kind, before, after, progress, out)  # type: ignore[arg-type]
    assert out.visible_planes()[0].min() >= before.y[0, 0] and out.visible_planes()[0].max() <= after.y[0, 0]
    assert (out.visible_planes()[1] == 128).all()


def test_the_iris_is_a_disc_with_a_soft_edge() -> None:
    before, after = (Frame.of_rgb(np.full((HEIGHT, WIDTH, 3), level, np.uint8)) for level in (40, 200))
    out = Frame.empty(WIDTH, HEIGHT)
    transition("iris", before, after, 0.4, out)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    radius = ease(0.4) * (math.hypot(WIDTH, HEIGHT) / 2 + 1)
    cover = np.clip((radius - np.hypot(columns - WIDTH / 2, rows - HEIGHT / 2)) / 2 + 0.5, 0, 1)
    expected = before.y[0, 0] + (float(after.y[0, 0]) - before.y[0, 0]) * cover
    assert np.abs(out.visible_planes()[0] - expected).max() <= 0.51


def test_an_unknown_transition_is_named() -> None:
    picture = Frame.of_rgb(noise_rgb(1))
    with pytest.raises(ValueError, match="'swirl'"):
        transition("swirl", picture, picture, 0.5, Frame.empty(WIDTH, HEIGHT))  # type: ignore[arg-type]


@given(left=st.floats(0, 30), top=st.floats(0, 20), span=st.floats(4, 30))
@settings(max_examples=40, deadline=None)
def test_zooming_reads_the_window_bilinearly(left: float, top: float, span: float) -> None:
    ramp = (np.mgrid[:60, :64][1] * 2 + np.mgrid[:60, :64][0]).astype(np.uint8)
    out = np.empty((40, 40), np.uint8)
    zoom_plane(ramp, 64, out, 40, left, top, span, span)
    rows, columns = np.mgrid[:40, :40] + 0.5
    x = np.clip(left + columns * span / 40 - 0.5, 0, 63)
    y = np.clip(top + rows * span / 40 - 0.5, 0, 59)
    assert np.abs(out - (2 * x + y)).max() < 0.6


def test_halving_takes_the_mean_of_four() -> None:
    plane = np.arange(48, dtype=np.uint8).reshape(6, 8)
    expected = (plane.reshape(3, 2, 4, 2).sum(axis=(1, 3)) + 2) // 4
    assert np.array_equal(halve_plane(plane, 8), expected)
