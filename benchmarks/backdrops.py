"""A contact sheet of moving grounds and of learned palettes, to be looked at before either is offered.

``python -m benchmarks.backdrops --model DIR --output sheet.png``: one row a way of drawing and palette, six moments of one loop,
the last column being the first frame again, so that a jump would show. ``--palettes sheet.png`` draws sixteen learned ones.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw

from benchmarks.contact_sheet import sheet
from core.errors import PlatformError
from generation.media.layers import Rgb
from generation.media.music import compose
from generation.media.scenes import PALETTES
from generation.media.scenes.backdrops import STYLES, closed_path, draw_crisp, heard
from generation.media.scenes.backgrounds import ground
from generation.media.scenes.palettes import Palette
from generation.ml.gan.sampling import load_gan
from generation.stages.learned_palettes import fit_palettes, sample_palettes

SIZE = (270, 480)
MOODS = ("bright", "calm", "epic", "funny")
COLUMNS = 6


def grounds(model: Path, palettes: list[str], seconds: float, seed: int) -> list[Rgb]:
    """Frames row by row: a loop for each palette and way of drawing, moved by another mood's music."""
    gan = load_gan(model)
    frames: list[Rgb] = []
    for number, (style, name) in enumerate(product(STYLES, palettes)):
        score = compose(MOODS[number % len(MOODS)], max(seconds, 8.0), seed=seed + number)
        path = closed_path(heard(score, 0.0, seconds, 15), gan.config.z_dim, seed=seed + number)
        kind = number % max(len(gan.config.categories), 1)
        pictures = gan.draw(torch.from_numpy(path), torch.full((len(path),), kind))
        wanted = [round(i * len(path) / (COLUMNS - 1)) % len(path) for i in range(COLUMNS)]
        loop = draw_crisp(pictures, PALETTES[name], SIZE, style)
        frames += [loop[i] for i in wanted]
    return frames


def card(palette: Palette, seed: int) -> Rgb:
    """A palette as a viewer meets it: its ground, type on it, the marker and the decorations."""
    picture = Image.fromarray(ground(palette, SIZE, seed=seed))
    pen = ImageDraw.Draw(picture)
    pen.text((28, 90), "What a title\nlooks like", fill=palette.ink, font_size=36)
    pen.rounded_rectangle((28, 220, 200, 272), 10, fill=palette.marker)
    pen.text((44, 230), "marked", fill=palette.on_marker, font_size=28)
    for i, color in enumerate(palette.shapes):
        pen.ellipse((28 + 70 * i, 340, 84 + 70 * i, 396), fill=color)
    return np.asarray(picture)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="folder of a trained GAN")
    parser.add_argument("--output", type=Path, default=Path("grounds.png"))
    parser.add_argument("--palettes", type=Path, help="also draw sixteen learned palettes there")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    try:
        if asked.model:
            frames = grounds(asked.model, ["violet", "mint", "sunset"], asked.seconds, asked.seed)
            sheet(frames, columns=COLUMNS, height=240).save(asked.output)
        if asked.palettes:
            learned = sample_palettes(fit_palettes(seed=asked.seed), 16, seed=asked.seed)
            cards = [card(palette, i) for i, palette in enumerate(learned)]
            sheet(cards, columns=8, height=300).save(asked.palettes)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
