"""Scene lists to measure composition with: illustrated motion scenes, and a creator's clips under the same overlays.

The drawings are made here so that the measurement needs no assets; sizes and motions are those of the real looks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from generation.media.layers import (
    ClipSource,
    Layer,
    Motion,
    Placement,
    Rgb,
    Rgba,
    SceneLayers,
    Transition,
)
from generation.storyboard import TRANSITIONS

SIZE = (1080, 1920)
FPS = 30
SCENE_SECONDS = 2.5
WORD_SECONDS = 0.4
PALETTES = (
    ((88, 28, 135), (236, 72, 153), (250, 204, 21)),
    ((6, 78, 59), (132, 204, 22), (56, 189, 248)),
    ((154, 52, 18), (245, 158, 11), (239, 68, 68)),
    ((30, 58, 138), (56, 189, 248), (167, 139, 250)),
)


def illustrated_scenes(seconds: float) -> list[SceneLayers]:
    """A card, a title and three drawings of about 600 pixels that spring in, float and sway, in each scene."""
    count = max(round(seconds / SCENE_SECONDS), 1)
    return [
        SceneLayers(
            seconds / count,
            _background(index),
            f"background-{index}",
            (
                _still(_panel(920, 1000, (255, 255, 255, 46)), 540, 960, "card"),
                _still(_panel(860, 200, (255, 255, 255, 235)), 540, 300, "title"),
                Layer(_drawing(620, index), _floating(420, 800, 0.0, 0.0), "drawing-a"),
                Layer(_drawing(600, index + 1), _floating(690, 980, 0.15, 1.0), "drawing-b"),
                Layer(_drawing(560, index + 2), _floating(460, 1190, 0.3, 2.0, sway=2.0), "drawing-c"),
            ),
            Transition(TRANSITIONS[index % len(TRANSITIONS)], 0.4),
        )
        for index in range(count)
    ]


def clip_scenes(seconds: float, clip: Path, sha256: str) -> list[SceneLayers]:
    """The creator's clip fills the frame, cropped to the aspect and slowly zoomed, with a title over it."""
    count = max(round(seconds / SCENE_SECONDS), 1)
    return [
        SceneLayers(
            seconds / count,
            ClipSource(str(clip), "clip", sha256, start=4.0 * index, focus=(0.4 + 0.05 * index, 0.5)),
            f"clip-{index}",
            (_still(_panel(860, 200, (20, 20, 30, 200)), 540, 300, "title"),),
            Transition(TRANSITIONS[index % len(TRANSITIONS)], 0.4),
        )
        for index in range(count)
    ]


def overlays(seconds: float) -> list[Layer]:
    """Captions that change with every word, a corner mark and a progress bar."""
    words = [
        Layer(
            _panel(700 + 20 * (index % 6), 140, (255, 214, 10, 255)),
            _between(index * WORD_SECONDS),
            f"word-{index}",
        )
        for index in range(int(seconds / WORD_SECONDS))
    ]
    bar = _panel(960, 10, (255, 255, 255, 230))
    return [
        *words,
        _still(_panel(220, 64, (0, 0, 0, 190)), 170, 96, "mark"),
        Layer(
            bar, lambda t: Placement(540, 1780, shown=(0, 0, min(max(t / seconds, 0.01), 1), 1)), "progress"
        ),
    ]


def test_clip(path: Path, seconds: float = 20.0) -> Path:
    """A noisy, moving 854 × 480 clip at 24 frames/s, made when no recorded clip is given.

    Like every upload after normalising, it has a key frame every two seconds.
    """
    rng = np.random.default_rng(7)
    grain = rng.normal(0, 10, (1200, 1600)).astype(np.float32)
    scene = np.asarray(
        Image.fromarray(rng.integers(0, 256, (60, 80), np.uint8)).resize((1600, 1200)), np.float32
    )
    with av.open(str(path), "w") as container:
        options = {"preset": "veryfast", "crf": "20", "g": "48"}
        stream = container.add_stream("libx264", rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = 854, 480, "yuv420p"
        for index in range(round(seconds * 24)):
            x, y = index % 700, int(300 + 250 * math.sin(index / 40))
            noise = np.roll(grain, 31 * index, axis=1)[y : y + 480, x : x + 854]
            luma = np.clip(scene[y : y + 480, x : x + 854] + noise, 16, 235).astype(np.uint8)
            chroma = np.roll(luma[::2, ::2], 40, axis=1) // 2 + 64
            planes = np.concatenate([luma.ravel(), chroma.ravel(), (255 - chroma).ravel()]).reshape(720, 854)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        container.mux(stream.encode(None))
    return path


def _still(rgba: Rgba, x: float, y: float, key: str) -> Layer:
    return Layer(rgba, lambda _: Placement(x, y), key)


def _between(start: float) -> Motion:
    return lambda t: Placement(540, 1180) if start <= t < start + WORD_SECONDS else None


def _floating(
    x: float, y: float, delay: float, phase: float, sway: float = 0.0
) -> Callable[[float], Placement | None]:
    """Spring in after ``delay`` seconds, then float; ``sway`` in degrees."""

    def motion(t: float) -> Placement | None:
        since = t - delay
        if since <= 0:
            return None
        spring = 1 - math.exp(-7 * since) * math.cos(11 * since)
        scale = 1.0 if since > 0.9 else spring
        angle = sway * math.sin(2.1 * t + phase)
        return Placement(
            x + 9 * math.sin(1.3 * t + phase),
            y + 14 * math.sin(1.9 * t + phase),
            scale,
            angle,
            min(4 * since, 1),
        )

    return motion


def _background(index: int) -> Rgb:
    """A soft three-color gradient with grain and vignette."""
    width, height = SIZE
    colors = np.array(PALETTES[index % len(PALETTES)], np.float32)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    first = np.exp(-((x - 0.8) ** 2 + (y - 0.2) ** 2) * 4)[..., None]
    second = np.exp(-((x - 0.1) ** 2 + (y - 0.9) ** 2) * 5)[..., None]
    rgb = colors[0] + (colors[1] - colors[0]) * first + (colors[2] - colors[0]) * second * 0.6
    rgb *= 1 - 0.35 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)[..., None] * 2
    rgb += np.random.default_rng(index).normal(0, 2.0, (height, width, 1)).astype(np.float32)
    clipped: Rgb = np.clip(rgb, 0, 255).astype(np.uint8)
    return clipped


def _panel(width: int, height: int, color: tuple[int, int, int, int]) -> Rgba:
    image = Image.new("RGBA", (width, height))
    ImageDraw.Draw(image).rounded_rectangle((0, 0, width - 1, height - 1), min(48, height // 2), fill=color)
    return np.array(image)


def _drawing(size: int, index: int) -> Rgba:
    """A rounded figure with a gradient, inner shapes and a soft shadow, as the illustrations have."""
    colors = PALETTES[index % len(PALETTES)]
    image = Image.new("RGBA", (size, size))
    shadow = Image.new("RGBA", (size, size))
    box = (size * 0.08, size * 0.06, size * 0.9, size * 0.86)
    ImageDraw.Draw(shadow).ellipse([edge + size * 0.03 for edge in box], fill=(0, 0, 0, 120))
    image.alpha_composite(shadow.filter(ImageFilter.GaussianBlur(size * 0.03)))
    draw = ImageDraw.Draw(image)
    for ring in range(40):
        share = ring / 40
        color = tuple(round(a + (b - a) * share) for a, b in zip(colors[1], colors[2], strict=True))
        inset = share * size * 0.3
        draw.ellipse((box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset), fill=(*color, 255))
    draw.polygon(
        [(size * 0.3, size * 0.62), (size * 0.5, size * 0.25), (size * 0.7, size * 0.62)],
        fill=(*colors[0], 255),
    )
    return np.array(image)
