"""A contact sheet of moving grounds and of learned palettes, to be looked at before either is offered.

``python -m benchmarks.backdrops --model DIR --output sheet.png``: one row a way of drawing and palette, six moments of one loop,
the last column being the first frame again, so that a jump would show. ``--palettes sheet.png`` draws sixteen learned ones,
``--looks looks.jpg`` ten videos in learned colors.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import torch

from benchmarks.contact_sheet import sheet
from core.errors import PlatformError
from core.languages import LANGUAGES
from generation.bank.reading import topics
from generation.media.layers import Rgb
from generation.media.music import compose
from generation.media.rendering import draw_frame
from generation.media.scenes import PALETTES, cover, scene_picture
from generation.media.scenes.backdrops import STYLES, closed_path, draw_crisp, heard
from generation.ml.gan.sampling import load_gan
from generation.ml.palettes import RowGenerator
from generation.recipe import Recipe
from generation.script.brief import Brief
from generation.script.planner import BankWriter
from generation.stages.learned_palettes import fit_palettes, sample_palettes
from generation.stages.palette_training import card
from generation.stages.script import plan
from generation.storyboard import Voice

SIZE = (270, 480)
MOODS = ("bright", "calm", "epic", "funny")
COLUMNS = 6
VIDEOS = 10


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


def looks(generator: RowGenerator, seed: int) -> list[Rgb]:
    """Ten videos of the topic bank in learned colors: the cover, and the scene in the middle two seconds in."""
    every = topics()
    frames: list[Rgb] = []
    for number, topic in enumerate(every[:: len(every) // VIDEOS][:VIDEOS]):
        language = LANGUAGES[number % 2]
        brief = Brief(topic.texts[language].title, language, 15.0, "9:16")
        script = BankWriter().write(brief, seed=seed + number, rate=4.0 if language == "zh" else 2.5)
        (palette,) = sample_palettes(generator, 1, seed=seed + number)
        board = plan(
            script, recipe=Recipe(palette=palette.name), voice=Voice("none"), language=language, aspect="9:16",
            target_seconds=15.0, seed=seed + number,
        )  # fmt: skip
        board = replace(board, scenes=tuple(replace(scene, seconds=3.0) for scene in board.scenes))
        middle = len(board.scenes) // 2
        drawn = [scene_picture(board, index, size=SIZE) for index in range(len(board.scenes))]
        frames += [cover(board, size=SIZE), draw_frame(drawn, [], 3.0 * middle + 2.0, SIZE)]
    return frames


def palettes_of(asked: argparse.Namespace) -> RowGenerator:
    return RowGenerator.load(asked.generator) if asked.generator else fit_palettes(seed=asked.seed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="folder of a trained GAN")
    parser.add_argument("--output", type=Path, default=Path("grounds.png"))
    parser.add_argument("--palettes", type=Path, help="also draw sixteen learned palettes there")
    parser.add_argument("--looks", type=Path, help="also draw ten videos in learned colors there")
    parser.add_argument(
        "--generator", type=Path, help="folder of a trained generator of palettes; default: one trained now"
    )
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    try:
        if asked.model:
            frames = grounds(asked.model, ["violet", "mint", "sunset"], asked.seconds, asked.seed)
            sheet(frames, columns=COLUMNS, height=240).save(asked.output)
        if asked.palettes:
            learned = sample_palettes(palettes_of(asked), 16, seed=asked.seed)
            cards = [np.asarray(card(palette, SIZE, seed=i)) for i, palette in enumerate(learned)]
            sheet(cards, columns=8, height=300).save(asked.palettes)
        if asked.looks:
            sheet(looks(palettes_of(asked), asked.seed), columns=10, height=300).save(asked.looks, quality=82)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
