"""Frames from plans: background, layers, transition, overlays, with what stands still drawn once."""

from __future__ import annotations

from collections.abc import Sequence

from generation.media.layers import ClipSource, Layer, SceneLayers
from generation.media.rendering.clips import ClipBackground
from generation.media.rendering.compositing.frames import Frame
from generation.media.rendering.compositing.sprites import Sprite
from generation.media.rendering.compositing.transitions import transition
from generation.media.rendering.timeline import Item, Plan, Timeline

HOLD_FRAMES = 6  # layers that stand still at least this long are kept in a base picture


class ScenePainter:
    """Draws one scene's background and layers; keeps its sprites, its base picture and its decoder while it is used."""

    def __init__(self, scene: SceneLayers, size: tuple[int, int]) -> None:
        self.scene, self.size = scene, size
        self._sprites = SpriteShelf(scene.layers)
        self._clip: ClipBackground | None = None
        self._still: Frame | None = None
        self._base: Frame | None = None
        self._baked: tuple[Item, ...] = ()
        if isinstance(scene.background, ClipSource):
            self._clip = ClipBackground(scene.background, seconds=scene.seconds, size=size)
        else:
            height, width = scene.background.shape[:2]
            if (width, height) != size:
                raise ValueError(f"A background must be {size[0]}×{size[1]} pixels, got {width}×{height}.")
            self._still = Frame.of_rgb(scene.background)

    def draw(self, seconds: float, upcoming: Sequence[tuple[Item, ...]], out: Frame) -> None:
        """Draw the scene's ``seconds`` into ``out``; ``upcoming[0]`` are its items, then those of the next frames."""
        items = upcoming[0]
        if self._clip is not None:
            self._clip.draw(seconds, out)
            done = 0
        else:
            done = self._bake(upcoming)
            assert self._still is not None
            out.copy_from(self._base if self._base is not None and done else self._still)
        for index, place in items[done:]:
            self._sprites[index].blend(out, place)

    def _bake(self, upcoming: Sequence[tuple[Item, ...]]) -> int:
        """Bring the base picture up to date and say how many of the first items it holds."""
        items = upcoming[0]
        held = len(self._baked)
        if held and self._baked != items[:held]:
            self._baked, held = (), 0
        steady = held
        if len(upcoming) >= HOLD_FRAMES:
            ahead = upcoming[1:HOLD_FRAMES]
            while steady < len(items) and _stays(items[steady], steady, ahead):
                steady += 1
        if steady > held:
            assert self._still is not None
            if self._base is None:
                self._base = Frame.empty(*self.size)
            if held == 0:
                self._base.copy_from(self._still)
            for index, place in items[held:steady]:
                self._sprites[index].blend(self._base, place)
            self._baked = items[:steady]
        return len(self._baked)

    def close(self) -> None:
        if self._clip is not None:
            self._clip.close()


def _stays(item: Item, position: int, ahead: Sequence[tuple[Item, ...]]) -> bool:
    """Whether each of the frames ``ahead`` has the very same item at that position."""
    backwards = reversed(ahead)  # what moves is elsewhere in the end
    return all(position < len(items) and items[position] == item for items in backwards)


class SpriteShelf:
    """The sprites of a list of layers, each made ready when it is first seen; one drawing is made ready once."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = layers
        self._ready: dict[int, Sprite] = {}  # by the drawing's identity
        self._known: dict[int, Sprite] = {}  # the same by layer

    def __getitem__(self, index: int) -> Sprite:
        known = self._known.get(index)
        if known is not None:
            return known
        rgba = self._layers[index].rgba
        sprite = self._ready.get(id(rgba))
        if sprite is None:
            sprite = self._ready[id(rgba)] = Sprite(rgba)
        self._known[index] = sprite
        return sprite

    def keep(self, indices: set[int]) -> None:
        """Forget the sprites of all other layers."""
        wanted = {id(self._layers[index].rgba) for index in indices}
        self._ready = {name: sprite for name, sprite in self._ready.items() if name in wanted}
        self._known.clear()


class Painter:
    """Draws the frames of planned segments, in any order, cheapest in order."""

    def __init__(
        self,
        scenes: Sequence[SceneLayers],
        overlays: Sequence[Layer],
        timeline: Timeline,
        size: tuple[int, int],
    ) -> None:
        self._scenes, self._timeline, self._size = scenes, timeline, size
        self._painters: dict[int, ScenePainter] = {}
        self._overlays = SpriteShelf(overlays)
        self._before: Frame | None = None
        self._after: Frame | None = None

    def open(self, plan: Plan) -> None:
        """Make ready for a segment and let go of what it does not need."""
        needed = {plan.segment.scene} | ({plan.segment.before} if plan.segment.before is not None else set())
        for index in [index for index in self._painters if index not in needed]:
            self._painters.pop(index).close()
        for index in needed:
            if index not in self._painters:
                self._painters[index] = ScenePainter(self._scenes[index], self._size)
        self._overlays.keep({index for frame in plan.overlays for index, _ in frame})

    def draw(self, plan: Plan, offset: int, out: Frame) -> None:
        """Draw frame ``offset`` of the plan, which must be open, into ``out``."""
        segment = plan.segment
        frame = segment.start + offset
        if segment.before is None:
            self._scene(segment.scene, frame, plan.layers[offset:], out)
        else:
            if self._before is None or self._after is None:
                self._before, self._after = Frame.empty(*self._size), Frame.empty(*self._size)
            self._scene(segment.before, frame, plan.before[offset:], self._before)
            self._scene(segment.scene, frame, plan.layers[offset:], self._after)
            progress = (offset + 0.5) / segment.frames
            transition(segment.kind, self._before, self._after, progress, out)
        for index, place in plan.overlays[offset]:
            self._overlays[index].blend(out, place)

    def _scene(self, index: int, frame: int, upcoming: Sequence[tuple[Item, ...]], out: Frame) -> None:
        seconds = self._timeline.scene_seconds(index, frame)
        self._painters[index].draw(seconds, upcoming[:HOLD_FRAMES], out)

    def close(self) -> None:
        for painter in self._painters.values():
            painter.close()
        self._painters.clear()
