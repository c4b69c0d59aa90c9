"""Scenes whose grounds move: closed loops through the platform's own GAN, driven by the video's music; the rest as drawn.

Each scene's loop has exactly its length, is drawn once and kept as a file named by everything that decides it.
"""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.files import sha256_of
from generation.errors import GenerationError
from generation.media.layers import ClipSource, SceneLayers
from generation.media.music import Score, compose
from generation.media.scenes.backdrops import STYLES, Drive, Style, closed_path, draw_crisp, heard, write_loop
from generation.media.scenes.builder import LOOKS_VERSION
from generation.media.scenes.composer import scene_picture
from generation.media.scenes.covers import cover
from generation.media.scenes.palettes import named
from generation.recipe import MUSIC_LEAST_SECONDS
from generation.storyboard import Storyboard, digest

if TYPE_CHECKING:
    from generation.ml.gan.sampling import TrainedGan

BACKDROPS_VERSION = 2  # raise it when equal arguments give another loop
FPS = 15  # frames a second of a loop: it moves slowly


class BackdropModelMissing(GenerationError):
    """The visual style "gan" without a trained GAN."""

    code = "backdrop_model_missing"
    status = 503


class LearnedScenes:
    """See ``generation.generators.Visuals``. ``model`` is the folder of a trained GAN, ``folder`` keeps the loops.

    Raises ``BackdropModelMissing`` when it is first asked to draw and ``model`` names no folder.
    """

    def __init__(self, model: str = "", folder: str = "var/backdrops") -> None:
        self.model, self.folder = model, Path(folder)

    @property
    def version(self) -> str:
        return f"gan-{BACKDROPS_VERSION}-illustrated-{LOOKS_VERSION}-{self.fingerprint[:12]}"

    @cached_property
    def gan(self) -> TrainedGan:
        from generation.ml.gan.sampling import load_gan  # torch is heavy; only this style needs it

        self._checked()
        return load_gan(Path(self.model))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the weights."""
        return sha256_of(self._checked())

    def _checked(self) -> Path:
        weights = Path(self.model) / "generator.safetensors"
        if not self.model or not weights.is_file():
            raise BackdropModelMissing(
                'The visual style "gan" needs a trained GAN, and none is in use. Train one (manage.py train_generator '
                "visual) and name its folder in AIGC_GAN_MODEL, or choose the style illustrated."
            )
        return weights

    def scene(self, board: Storyboard, index: int, *, size: tuple[int, int]) -> SceneLayers:
        picture = scene_picture(board, index, size=size)
        if board.scenes[index].media is not None:
            return picture
        place = self._loop(board, index, size)
        source = ClipSource(str(place), "clip", sha256_of(place), zoom=1.0)
        return replace(picture, background=source, background_key=digest([source.sha256]))

    def cover(self, board: Storyboard, *, size: tuple[int, int]) -> NDArray[np.uint8]:
        return cover(board, size=size)

    def _loop(self, board: Storyboard, index: int, size: tuple[int, int]) -> Path:
        """The file of a scene's loop, drawn now where it is not there."""
        music = board.music
        told = [
            BACKDROPS_VERSION,
            LOOKS_VERSION,
            self.fingerprint,
            board.look.palette,
            board.seed,
            index,
            size,
        ]
        told += [
            [scene.seconds for scene in board.scenes],
            music.mood,
            music.tempo,
            music.key,
            music.seed,
            music.level,
        ]
        place = self.folder / f"{digest(told)[:32]}.mp4"
        if not place.exists():
            path = closed_path(self._drive(board, index), self.gan.config.z_dim, seed=board.seed * 31 + index)
            frames = draw_crisp(self._drawn(path, board), named(board.look.palette), size, style_of(board))
            write_loop(place, frames, fps=FPS)
        return place

    def _drawn(self, path: NDArray[np.float32], board: Storyboard) -> NDArray[np.uint8]:
        import torch

        kinds = max(len(self.gan.config.categories), 1)
        kind = random.Random(f"backdrop category {board.seed}").randrange(kinds)
        return self.gan.draw(torch.from_numpy(path), torch.full((len(path),), kind))

    def _drive(self, board: Storyboard, index: int) -> Drive:
        """What the scene's stretch of music does to its path."""
        seconds = board.scenes[index].seconds
        score = _score(board)
        if score is None:
            return Drive.silent(max(round(seconds * FPS), 2))
        return heard(score, sum(scene.seconds for scene in board.scenes[:index]), seconds, FPS)


def style_of(board: Storyboard) -> Style:
    """One way of drawing for the whole video, by its seed."""
    return random.Random(f"backdrop {board.seed}").choice(STYLES)


def _score(board: Storyboard) -> Score | None:
    """The video's music as notes, as the composer writes them; ``None`` where nothing is played."""
    music = board.music
    if music.level <= 0 or board.seconds < MUSIC_LEAST_SECONDS:
        return None
    return compose(music.mood, board.seconds, seed=music.seed, tempo=music.tempo, key=music.key)
