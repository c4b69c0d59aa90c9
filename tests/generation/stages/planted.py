"""Films whose changes are known because they were planted: drawings, rows, numbers and moves on our own frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from generation.media.layers import ClipSource, Layer, Motion, Placement, Rgba, SceneLayers, Transition
from generation.media.rendering import EncoderSettings, Sidecar, render_scenes
from generation.media.scenes import PALETTES, ai_label_layers, captions, motion, progress_layers
from generation.media.scenes.backgrounds import ground
from generation.media.scenes.sprites import card, illustration, text_line
from generation.media.scenes.typography import TextStyle
from generation.storyboard import Cue

SPRING, LIVELY = motion.CHARACTERS["spring"], motion.CHARACTERS["lively"]
Parts = Sequence[tuple[Rgba, Motion]]


class Stage:
    """Where films of one size and palette are made; ``u`` is the unit of the looks in pixels."""

    def __init__(self, folder: Path, size: tuple[int, int], palette: str) -> None:
        self.folder, self.size, self.palette = folder, size, PALETTES[palette]
        self.width, self.height = size
        self.u = min(size) / 1080
        self.x, self.y = size[0] * 0.5, size[1] * 0.44

    def drawing(self, name: str, share: float = 0.45) -> Rgba:
        return illustration(name, "fluent-emoji", int(min(self.size) * share), None)

    def written(self, text: str, units: float) -> Rgba:
        return text_line(text, TextStyle(units * self.u), self.palette.ink).rgba

    def row(self) -> Rgba:
        """A row's card as lists have it: hardly lighter than its ground."""
        opacity = 0.16 if self.palette.dark else 0.78
        return card(round(min(self.size) * 0.7), round(120 * self.u), 40 * self.u, (255, 255, 255), opacity)

    def bobbing(self, x: float, y: float) -> Motion:
        return motion.floating(motion.still(x, y), height=14 * self.u, period=3.2)

    def travelling(self, dx: float, *, at: float, seconds: float) -> Motion:
        """From the stage's middle ``dx`` pixels to the right."""
        return lambda t: Placement(self.x + dx * motion.smooth((t - at) / seconds), self.y)

    def film(self, parts: Parts, seconds: float, *, push: float = 0.0) -> Path:
        """One scene under a title, with captions, label and progress over it; a camera's ``push`` enlarges it so much."""
        title = (self.written("一只会发光的猫", 110), motion.still(self.x, self.height * 0.2))
        moved = [(rgba, self._pushed(moves, seconds, push)) for rgba, moves in (title, *parts)]
        layers = tuple(Layer(rgba, moves, str(index)) for index, (rgba, moves) in enumerate(moved))
        scene = SceneLayers(seconds, ground(self.palette, self.size, seed=3), "ground", layers)
        return self._render([scene])

    def slides(self, pictures: Sequence[Path], seconds: float, *, zoom: float) -> Path:
        """A photograph after the other, each ``seconds`` long, slowly enlarged."""
        clips = [
            ClipSource(str(picture), "image", picture.name, focus=(0.3 + 0.2 * index, 0.4), zoom=zoom)
            for index, picture in enumerate(pictures)
        ]
        return self._render([SceneLayers(seconds, clip, clip.path, (), Transition()) for clip in clips])

    def _pushed(self, moves: Motion, seconds: float, push: float) -> Motion:
        def enlarged(t: float) -> Placement | None:
            place = moves(t)
            if place is None or not push:
                return place
            scale = 1 + push * t / seconds
            x, y = self.width / 2, self.height / 2
            return replace(
                place, x=x + (place.x - x) * scale, y=y + (place.y - y) * scale, scale=place.scale * scale
            )

        return enlarged

    def _render(self, scenes: Sequence[SceneLayers]) -> Path:
        lengths = [scene.seconds for scene in scenes]
        overlays = [
            *captions.caption_layers(
                said(sum(lengths)), style="karaoke", palette=self.palette, size=self.size
            ),
            *progress_layers(lengths, palette=self.palette, size=self.size),
            *ai_label_layers("zh", size=self.size, total_seconds=sum(lengths)),
        ]
        output = self.folder / f"film{len(list(self.folder.glob('*.mp4')))}.mp4"
        render_scenes(
            scenes,
            size=self.size,
            fps=30,
            output=output,
            cache_dir=self.folder / output.stem,
            overlays=overlays,
            settings=EncoderSettings(preset="superfast", crf=24),
            sidecar=Sidecar(audio=np.zeros((round(sum(lengths) * 48_000), 2), np.float32), language="zh"),
        )
        return output


def said(seconds: float) -> tuple[captions.CaptionPage, ...]:
    """Captions without a pause, a hanzi every fifth of a second."""
    text = "这个办法每个人都能在家里马上试一试，"
    letters = (text.strip("，") * 9)[: int(seconds / 0.2)]
    cues = [Cue(letter, index * 0.2, (index + 1) * 0.2) for index, letter in enumerate(letters)]
    return tuple(captions.caption_pages(letters, cues, "zh"))
