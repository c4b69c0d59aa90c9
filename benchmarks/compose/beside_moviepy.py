"""The same scene list through MoviePy 2, the way its users write it: clips with position and size functions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from moviepy import (
    CompositeVideoClip,
    ImageClip,
    VideoClip,
    concatenate_videoclips,
)

from generation.media.layers import ClipSource, Layer, Placement, SceneLayers, Transition
from generation.media.rendering import EncoderSettings


def cut_to(scenes: Sequence[SceneLayers], seconds: float) -> list[SceneLayers]:
    """The first ``seconds`` of the scene list, with plain cuts."""
    kept, left = [], seconds
    for scene in scenes:
        if left <= 0:
            break
        kept.append(replace(scene, seconds=min(scene.seconds, left), transition=Transition()))
        left -= scene.seconds
    return kept


def render_with_moviepy(
    scenes: Sequence[SceneLayers],
    over: Sequence[Layer],
    output: Path,
    size: tuple[int, int],
    fps: int,
    settings: EncoderSettings,
) -> float:
    """Seconds MoviePy takes to build and write the video, silent, with the same preset, crf and threads."""
    started = time.perf_counter()
    parts = [_scene_clip(scene, size, fps) for scene in scenes]
    seconds = sum(scene.seconds for scene in scenes)
    video = CompositeVideoClip(
        [concatenate_videoclips(parts), *_layer_clips(over, seconds, fps)], size=size
    ).with_duration(seconds)
    video.write_videofile(
        str(output),
        fps=fps,
        codec="libx264",
        preset=settings.preset,
        audio=False,
        threads=settings.threads or None,
        ffmpeg_params=["-crf", str(settings.crf)],
        logger=None,
    )
    return time.perf_counter() - started


def _scene_clip(scene: SceneLayers, size: tuple[int, int], fps: int) -> VideoClip:
    if isinstance(scene.background, ClipSource):
        raise ValueError("The MoviePy comparison takes illustrated scenes.")
    background = ImageClip(scene.background).with_duration(scene.seconds)
    layers = _layer_clips(scene.layers, scene.seconds, fps)
    return CompositeVideoClip([background, *layers], size=size).with_duration(scene.seconds)


def _layer_clips(layers: Sequence[Layer], seconds: float, fps: int) -> list[VideoClip]:
    clips = []
    for layer in layers:
        shown = [
            t for t in (frame / fps for frame in range(round(seconds * fps))) if layer.motion(t) is not None
        ]
        if shown:
            clips.append(_layer_clip(layer, shown, fps))
    return clips


def _layer_clip(layer: Layer, shown: list[float], fps: int) -> VideoClip:
    start, length = shown[0], shown[-1] - shown[0] + 1 / fps
    height, width = layer.rgba.shape[:2]
    places = [place for t in shown if (place := layer.motion(t)) is not None]

    def at(t: float) -> Placement:
        place = layer.motion(start + t)
        return place if place is not None else places[-1]

    def corner(t: float) -> tuple[float, float]:
        place = at(t)
        return place.x - width * place.scale / 2, place.y - height * place.scale / 2

    clip = ImageClip(layer.rgba, transparent=True).with_duration(length).with_start(start)
    if any(place.scale != 1 for place in places):
        clip = clip.resized(lambda t: max(at(t).scale, 0.01))
    if any(place.rotation_degrees for place in places):
        clip = clip.rotated(lambda t: -at(t).rotation_degrees, expand=False)
    still = len({(place.x, place.y, place.scale) for place in places}) == 1
    return clip.with_position(corner(0.0) if still else corner)
