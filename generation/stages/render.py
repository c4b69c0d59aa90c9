"""A timed storyboard becomes pictures and a file: the visuals draw, captions follow the voice, composition encodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from generation.generators import Visuals
from generation.media import scenes as looks
from generation.media.layers import Layer, SceneLayers
from generation.media.rendering import EncoderSettings, RenderReport, Sidecar, render_scenes
from generation.media.scenes import captions
from generation.storyboard import FRAME_SIZES, Cue, Quality, Storyboard

ENCODERS: dict[str, EncoderSettings] = {
    "full": EncoderSettings(preset="veryfast", crf=21),
    "draft": EncoderSettings(preset="superfast", crf=24),
}


@dataclass(frozen=True, eq=False)
class Film:
    """What the engine needs: pictures by scene, overlays in video time, caption pages in video time."""

    size: tuple[int, int]
    scenes: tuple[SceneLayers, ...]
    overlays: tuple[Layer, ...]
    pages: tuple[captions.CaptionPage, ...]


def caption_pages(board: Storyboard) -> tuple[captions.CaptionPage, ...]:
    """Caption pages of the whole video, in video seconds: none reaches into the next or behind the end."""
    pages: list[captions.CaptionPage] = []
    at = 0.0
    for scene in board.scenes:
        cues = [Cue(cue.text, cue.start + at, cue.end + at) for cue in scene.cues]
        if cues:
            pages += captions.caption_pages(scene.narration, cues, board.language)
        at += scene.seconds
    return tuple(
        replace(page, end=max(min(page.end, following), page.start))
        for page, following in zip(pages, [*(page.start for page in pages[1:]), at], strict=True)
    )


def stage_film(board: Storyboard, *, visuals: Visuals, quality: Quality) -> Film:
    """Draw everything that is drawn once. Raises ``AssetMissing`` for a font or drawing that is not in place."""
    size = FRAME_SIZES[quality][board.aspect]
    pages = caption_pages(board)
    scenes = tuple(visuals.scene(board, index, size=size) for index in range(len(board.scenes)))
    palette = looks.named(board.look.palette)
    overlays = [
        *captions.caption_layers(
            pages, style=board.look.caption_style, palette=palette, size=size, aspect=board.aspect
        ),
        *looks.progress_layers([scene.seconds for scene in board.scenes], palette=palette, size=size),
        *looks.ai_label_layers(board.language, size=size, aspect=board.aspect, total_seconds=board.seconds),
    ]
    return Film(size, scenes, tuple(overlays), pages)


def shoot(
    film: Film,
    board: Storyboard,
    *,
    quality: Quality,
    audio: NDArray[np.float32],
    tags: dict[str, str],
    output: Path,
    cache_dir: Path,
    threads: int,
    progress: Callable[[int, int], None],
) -> RenderReport:
    """Render ``film`` with its sound to ``output``; unchanged segments come from ``cache_dir``."""
    encoder = ENCODERS[quality]
    settings = EncoderSettings(preset=encoder.preset, crf=encoder.crf, threads=threads)
    lines = tuple(Cue(page.text, page.start, page.end) for page in film.pages)
    return render_scenes(
        film.scenes,
        size=film.size,
        fps=board.fps,
        output=output,
        cache_dir=cache_dir,
        overlays=film.overlays,
        settings=settings,
        sidecar=Sidecar(audio=audio, captions=lines, language=board.language, tags=tags),
        progress=progress,
    )
