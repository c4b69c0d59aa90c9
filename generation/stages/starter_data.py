"""What a fresh site can learn from before anybody has made a video: its own drawings, colors and topic bank, as files."""

from __future__ import annotations

import io
import json
import random
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.files import atomic_path
from generation.bank.reading import topics
from generation.media.pictures.illustrations import names_in, rasterize
from generation.media.scenes.backgrounds import ground
from generation.media.scenes.palettes import MOODS, PALETTES
from generation.ml.language_model.bank_texts import texts_of
from generation.stages.palette_training import COLUMNS

SET = "fluent-emoji-flat"  # drawn in a millisecond
SIDE = 64
PICTURES = 1200


def write_palettes(place: Path) -> None:
    """A table of videos without rows: every hand-made palette is as good as another."""
    with atomic_path(place) as partial:
        partial.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")


def write_texts(place: Path) -> None:
    """Titles, hooks and closing lines of the topic bank as JSON lines, in an order that has nothing to do with its topics."""
    lines = [
        json.dumps(
            {"text": one.text, "about": one.about, "controls": controls_of(one.controls)}, ensure_ascii=False
        )
        for topic in topics()
        for one in texts_of(topic)
    ]
    random.Random(0).shuffle(lines)
    with atomic_path(place) as partial:
        partial.write_text("\n".join([*lines, ""]), encoding="utf-8")


def controls_of(tokens: tuple[str, ...]) -> dict[str, str]:
    """The inverse of ``controls.control_tokens``: "<|language:zh|>" as {"language": "zh"}."""
    pairs = (token.removeprefix("<|").removesuffix("|>").split(":", 1) for token in tokens)
    return {name: value for name, value in pairs}


def write_pictures(place: Path, *, count: int = PICTURES, seed: int = 0) -> None:
    """A zip archive of ``count`` small scenes: one of the site's drawings before one of its grounds, a folder a mood."""
    draw = random.Random(seed)
    names = sorted(names_in(SET))
    moods = sorted(MOODS)
    with atomic_path(place) as partial, zipfile.ZipFile(partial, "w") as archive:
        for number in range(count):
            mood = moods[number % len(moods)]
            picture = scene(draw.choice(names), draw.choice(MOODS[mood]), draw)
            content = io.BytesIO()
            Image.fromarray(picture).save(content, "png")
            archive.writestr(zipfile.ZipInfo(f"{mood}/{number:05d}.png"), content.getvalue())


def scene(name: str, palette: str, draw: random.Random) -> NDArray[np.uint8]:
    """A drawing somewhere near the middle of a ground, (SIDE, SIDE, 3)."""
    size = draw.randrange(SIDE // 3, SIDE * 2 // 3)
    picture = Image.fromarray(ground(PALETTES[palette], (SIDE, SIDE), seed=draw.randrange(1 << 30)))
    drawing = Image.fromarray(np.array(rasterize(name, SET, size)))
    left, top = (draw.randrange(SIDE // 8, SIDE * 7 // 8 - size + 1) for _ in range(2))
    picture.paste(drawing, (left, top), drawing)
    return np.asarray(picture, np.uint8)
