"""What is seen when: scenes as frame ranges, cut into segments that can be drawn, kept and replaced alone."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.media.layers import ClipSource, Layer, Placement, SceneLayers
from generation.media.rendering.compositing.sprites import FULL_TURN, WHOLE, Spot
from generation.storyboard import TransitionKind

ENGINE_VERSION = 3  # part of every segment's key: raise it when drawing changes


ALL_SHOWN = (0.0, 0.0, 1.0, 1.0)

Item = tuple[int, Spot]  # index into the drawings of its scene (or of the overlays), and where it is


@dataclass(frozen=True)
class Segment:
    """Frames [start, stop) of the video: one scene's own part, or the transition from ``before`` to ``scene``."""

    start: int
    stop: int
    scene: int
    before: int | None = None
    kind: TransitionKind = "cut"

    @property
    def frames(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Timeline:
    """``cuts[i]`` is the first frame of scene i by the clock; ``cuts[-1]`` is the number of frames."""

    fps: int
    cuts: tuple[int, ...]
    segments: tuple[Segment, ...]

    @property
    def frames(self) -> int:
        return self.cuts[-1]

    def scene_seconds(self, scene: int, frame: int) -> float:
        """The scene's own time at a frame of the video; before its start the scene stands still."""
        return max(frame - self.cuts[scene], 0) / self.fps


def build_timeline(scenes: Sequence[SceneLayers], fps: int) -> Timeline:
    """Cuts at whole frames; a transition takes half of its frames from each side, at most half of either scene.

    Raises ``ValueError`` when there is no scene or one has no positive length.
    """
    if not scenes or any(scene.seconds <= 0 for scene in scenes):
        raise ValueError("A video needs at least one scene and every scene a positive length.")
    cuts, elapsed = [0], 0.0
    for scene in scenes:
        elapsed += scene.seconds
        cuts.append(max(round(elapsed * fps), cuts[-1] + 1))
    segments: list[Segment] = []
    body_start = 0
    for i, scene in enumerate(scenes):
        half = 0
        if i > 0 and scene.transition.kind != "cut":
            wanted = round(scene.transition.seconds * fps / 2)
            half = min(wanted, (cuts[i] - cuts[i - 1]) // 2, (cuts[i + 1] - cuts[i]) // 2)
        if i > 0:
            if cuts[i] - half > body_start:
                segments.append(Segment(body_start, cuts[i] - half, i - 1))
            if half:
                segments.append(Segment(cuts[i] - half, cuts[i] + half, i, i - 1, scene.transition.kind))
            body_start = cuts[i] + half
    if cuts[-1] > body_start:
        segments.append(Segment(body_start, cuts[-1], len(scenes) - 1))
    return Timeline(fps, tuple(cuts), tuple(segments))


def spot(placement: Placement) -> Spot | None:
    """The placement as the blender resolves it; ``None`` when nothing of it would be seen."""
    opacity = 256 if placement.opacity >= 1.0 else round(max(placement.opacity, 0.0) * 256)
    scale = 16384 if placement.scale == 1.0 else round(placement.scale * 16384)
    if opacity == 0 or scale <= 0:
        return None
    window = WHOLE
    if placement.shown != ALL_SHOWN:
        left, top, right, bottom = (round(min(max(edge, 0.0), 1.0) * 16384) for edge in placement.shown)
        if left >= right or top >= bottom:
            return None
        window = (left, top, right, bottom)
    turn = round(placement.rotation_degrees * 256) % FULL_TURN if placement.rotation_degrees else 0
    return Spot(round(placement.x * 128), round(placement.y * 128), scale, turn, opacity, window)


def items_through(layers: Sequence[Layer], times: Sequence[float]) -> tuple[tuple[Item, ...], ...]:
    """For each of ``times`` the layers that are seen and where, from back to front."""
    found: list[list[Item]] = [[] for _ in times]
    for index, layer in enumerate(layers):
        moves, known, item = layer.motion, None, None
        for seconds, items in zip(times, found, strict=True):
            placement = moves(seconds)
            if placement is not known:  # what stands still often says so with the same object
                known = placement
                place = spot(placement) if placement is not None else None
                item = (index, place) if place is not None else None
            if item is not None:
                items.append(item)
    return tuple(tuple(items) for items in found)


class Digests:
    """SHA-256 of pixels, worked out once per array."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[NDArray[np.uint8], str]] = {}

    def of(self, pixels: NDArray[np.uint8]) -> str:
        entry = self._known.get(id(pixels))
        if entry is None:
            digest = hashlib.sha256(f"{pixels.shape}".encode())
            digest.update(np.ascontiguousarray(pixels).data)
            entry = (pixels, digest.hexdigest())  # holding the array keeps its id from being given to another
            self._known[id(pixels)] = entry
        return entry[1]


@dataclass(frozen=True)
class Plan:
    """A segment with every placement worked out: ``layers[k]`` are the items of frame start + k.

    ``before`` are those of the scene that leaves, in a transition; ``overlays`` lie over everything.
    """

    segment: Segment
    layers: tuple[tuple[Item, ...], ...]
    before: tuple[tuple[Item, ...], ...]
    overlays: tuple[tuple[Item, ...], ...]
    key: str


def plan_segment(
    segment: Segment,
    timeline: Timeline,
    scenes: Sequence[SceneLayers],
    overlays: Sequence[Layer],
    *,
    size: tuple[int, int],
    encoder: str,
    digests: Digests,
) -> Plan:
    """Work out what the segment shows and the key of its encoded frames: SHA-256 over all that goes into them.

    The key is made of pixels and rounded places, in the segment's own frames: moving a scene in time, or changing
    another one, leaves it as it is.
    """
    frames = range(segment.start, segment.stop)
    layers = _scene_items(segment.scene, frames, timeline, scenes)
    before = () if segment.before is None else _scene_items(segment.before, frames, timeline, scenes)
    over = items_through(overlays, [frame / timeline.fps for frame in frames])
    parts = [
        {
            "engine": ENGINE_VERSION,
            "size": size,
            "fps": timeline.fps,
            "frames": segment.frames,
            "kind": segment.kind,
        },
        {"encoder": encoder},
        _scene_key(segment.scene, segment, timeline, scenes, layers, digests),
        None
        if segment.before is None
        else _scene_key(segment.before, segment, timeline, scenes, before, digests),
        _items_key(overlays, over, digests),
    ]
    key = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return Plan(segment, layers, before, over, key)


def _scene_items(
    scene: int, frames: range, timeline: Timeline, scenes: Sequence[SceneLayers]
) -> tuple[tuple[Item, ...], ...]:
    return items_through(scenes[scene].layers, [timeline.scene_seconds(scene, frame) for frame in frames])


def _scene_key(
    index: int,
    segment: Segment,
    timeline: Timeline,
    scenes: Sequence[SceneLayers],
    items: tuple[tuple[Item, ...], ...],
    digests: Digests,
) -> object:
    scene = scenes[index]
    background: object
    if isinstance(scene.background, ClipSource):
        source = scene.background
        clip = [source.sha256, source.kind, source.start, source.focus, source.zoom]
        # a clip moves with the scene's clock, a still picture does not
        background = [clip, scene.seconds, segment.start - timeline.cuts[index]]
    else:
        background = digests.of(scene.background)
    return [background, _items_key(scene.layers, items, digests)]


def _items_key(layers: Sequence[Layer], items: tuple[tuple[Item, ...], ...], digests: Digests) -> object:
    """Drawings by their pixels and places frame by frame; layers that are never seen leave no trace."""
    seen = sorted({index for frame in items for index, _ in frame})
    rank = {index: position for position, index in enumerate(seen)}
    drawings = [digests.of(layers[index].rgba) for index in seen]
    numbers = array("q")
    for frame in items:
        numbers.append(len(frame))
        for index, (x, y, scale, turn, opacity, window) in frame:
            numbers.extend((rank[index], x, y, scale, turn, opacity, *window))
    return [drawings, hashlib.sha256(numbers.tobytes()).hexdigest()]
