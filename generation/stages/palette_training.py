"""How a generator of palettes is trained and judged (``generation.ml.training.Trainer``): rewards of palettes go in.

The data is a table with a row a video, Parquet or CSV: ``recipe_palette`` (a name), ``reward`` (0–1, empty where nobody
watched) and ``views``, as the table of features has them; one without rows is every palette liked alike. A palette's reward
is its videos' mean, drawn to the mean of all by ``PRIOR_VIEWS`` views.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.files import sha256_of
from generation.errors import GenerationError
from generation.media.scenes.backgrounds import ground
from generation.media.scenes.palettes import PALETTES, Palette, is_named, named
from generation.ml.palettes import variety
from generation.ml.training import Progress, Stop
from generation.stages.learned_palettes import as_lab, fit_palettes, mended_by, sample_palettes

F32 = NDArray[np.float32]

COLUMNS = ("recipe_palette", "reward", "views")
STEPS = 1500
PRIOR_VIEWS = 30.0
JUDGED = 64  # samples
VARIETY_LEAST = 0.6  # of that of the hand-made ones; where some are loved, fewer kinds are drawn
MENDED_MOST = 0.05  # mean distance in OKLab by which colors had to be moved until type was readable
NEAR = 0.08  # distance in OKLab at which two palettes look much alike
SAMPLES = "samples.png"
CARD = (90, 160)


class PaletteRewardsInvalid(GenerationError):
    """A table from which no rewards of palettes can be read."""

    code = "palette_rewards_invalid"
    field = "data"


class _Stopped(Exception):
    """Somebody asked the training to end."""


def train(
    data: Path, output: Path, *, seed: int, minutes: float, progress: Progress, stop: Stop
) -> Mapping[str, Any]:
    """Palettes from how the hand-made ones and those learned before did; it takes some seconds, whatever ``minutes`` says."""
    rewards = rewards_of(data)
    fingerprint = sha256_of(data)

    def tell(share: float) -> None:
        if stop():
            raise _Stopped
        progress(0.9 * share, {})

    try:
        generator = fit_palettes(rewards, steps=STEPS, seed=seed, tell=tell)
    except _Stopped:
        return {"data_fingerprint": fingerprint}
    generator.save(output)
    sampled = sample_palettes(generator, JUDGED, seed=seed)
    sheet(sampled[:16]).save(output / SAMPLES)
    marks = judged(sampled, rewards, mended=mended_by(generator, JUDGED, seed=seed))
    return {**marks, "rewarded_palettes": len(rewards), "data_fingerprint": fingerprint}


def rewards_of(data: Path) -> dict[str, float]:
    """Reward in [0, 1] by name of palette; empty where no video was watched. Raises ``PaletteRewardsInvalid``."""
    try:
        table = pd.read_csv(data) if data.suffix == ".csv" else pd.read_parquet(data)
    except (OSError, ValueError) as problem:  # pyarrow's and pandas' refusals are ValueErrors
        raise PaletteRewardsInvalid(f"{data.name} is no Parquet or CSV table: {problem}.") from problem
    if missing := [name for name in COLUMNS if name not in table]:
        raise PaletteRewardsInvalid(f"{data.name} has no column {missing[0]}; it takes {', '.join(COLUMNS)}.")
    seen = table.loc[table["reward"].notna() & (table["views"] > 0), list(COLUMNS)]
    seen = seen[seen["recipe_palette"].map(lambda name: isinstance(name, str) and is_named(name))]
    if seen.empty:
        return {}
    if not seen["reward"].between(0, 1).all():
        raise PaletteRewardsInvalid(f"A reward in {data.name} is not in 0 to 1.")
    total = (seen["reward"] * seen["views"]).groupby(seen["recipe_palette"]).sum()
    views = seen["views"].groupby(seen["recipe_palette"]).sum()
    mean = float(total.sum() / views.sum())
    shrunk = (total + PRIOR_VIEWS * mean) / (views + PRIOR_VIEWS)
    return {str(name): float(reward) for name, reward in shrunk.items()}


def judged(sampled: list[Palette], rewards: Mapping[str, float], *, mended: float) -> dict[str, Any]:
    """The marks and the gate's verdict: as various as hand-made ones, nearly, readable by themselves, and no less liked."""
    made = np.stack([as_lab(palette) for palette in PALETTES.values()])
    drawn = np.stack([as_lab(palette) for palette in sampled])
    marks: dict[str, Any] = {
        "variety": round(variety(drawn), 4),
        "hand_made_variety": round(variety(made), 4),
        "mended": round(mended, 4),
    }
    passed = marks["variety"] >= VARIETY_LEAST * marks["hand_made_variety"] and mended <= MENDED_MOST
    if rewards:
        foretold, mean = foretold_reward(drawn, rewards)
        marks |= {"foretold_reward": round(foretold, 4), "mean_reward": round(mean, 4)}
        passed = passed and foretold >= mean
    return {**marks, "verdict": {"passed": bool(passed)}}


def foretold_reward(drawn: F32, rewards: Mapping[str, float]) -> tuple[float, float]:
    """Mean reward of palettes (N, 10, 3) as those near them fared, and the plain mean of all that are known."""
    known = np.stack([as_lab(named(name)) for name in rewards])
    liked = np.array(list(rewards.values()))
    away = np.linalg.norm(drawn[:, None] - known[None], axis=3).mean(axis=2)  # (N, known)
    near = np.exp(-0.5 * np.square(away / NEAR))
    mean = float(liked.mean())
    each = (near @ liked + 0.01 * mean) / (near.sum(axis=1) + 0.01)  # far from all of them: the mean
    return float(each.mean()), mean


def sheet(palettes: list[Palette], *, columns: int = 8) -> Image.Image:
    """Palettes as a viewer meets them, side by side."""
    cards = [card(palette, CARD, seed=number) for number, palette in enumerate(palettes)]
    out = Image.new("RGB", (columns * CARD[0], -(-len(cards) // columns) * CARD[1]), "#f6f5f1")
    for number, one in enumerate(cards):
        out.paste(one, (number % columns * CARD[0], number // columns * CARD[1]))
    return out


def card(palette: Palette, size: tuple[int, int], *, seed: int) -> Image.Image:
    """The ground, type on it, the marker and the decorations."""
    picture = Image.fromarray(ground(palette, size, seed=seed))
    pen, unit = ImageDraw.Draw(picture), size[0] / 270
    pen.text((28 * unit, 90 * unit), "What a title\nlooks like", fill=palette.ink, font_size=36 * unit)
    pen.rounded_rectangle((28 * unit, 220 * unit, 200 * unit, 272 * unit), 10 * unit, fill=palette.marker)
    pen.text((44 * unit, 230 * unit), "marked", fill=palette.on_marker, font_size=28 * unit)
    for place, color in enumerate(palette.shapes):
        left = (28 + 70 * place) * unit
        pen.ellipse((left, 340 * unit, left + 56 * unit, 396 * unit), fill=color)
    return picture
