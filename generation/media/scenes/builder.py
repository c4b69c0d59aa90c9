"""A scene under construction: its grid, palette, dice and timing, and the layers and boxes laid down so far."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Literal

from generation.media.layers import Layer, Motion, Rgba
from generation.media.scenes import motion
from generation.media.scenes.beats import Clause, Pulse, clauses_said, pulse_of, scene_beats
from generation.media.scenes.emphasis import marked_word
from generation.media.scenes.grid import Box, Grid, Rect
from generation.media.scenes.line_breaks import CLOSING, TextBlock, fit_text
from generation.media.scenes.palettes import Color, Palette, named
from generation.media.scenes.side_pictures import is_sign
from generation.media.scenes.sprites import Shadow, marker, stacked, text_line
from generation.media.scenes.typography import ShapedLine, TextStyle, shape
from generation.storyboard import PictureChoice, Scene, Storyboard, digest

LOOKS_VERSION = 6  # part of every layer's key: raise it when drawing changes
MIDDLE = 0.37  # em from the baseline up to the middle of hanzi and capitals
MARK_PAD = 0.13  # em from a marked word to its block's edge
LINE = 1.24  # em from one title line to the next
LEAST_TITLE = 60.0  # units: small letters are then 3 % of the shorter side
HEAD_START = 0.55  # seconds by which the first scene is ahead, so that its first frame already speaks
LEAVING = 0.28  # seconds before a hard cut at which drawings pop out


class SceneBuilder:
    """Collects what one scene shows, from back to front; layouts add to it in the order of depth."""

    def __init__(self, board: Storyboard, index: int, size: tuple[int, int]) -> None:
        self.board, self.index, self.size = board, index, size
        self.scene = board.scenes[index]
        self.grid = Grid(*size)
        self.palette: Palette = named(board.look.palette)
        self.character = motion.CHARACTERS.get(board.look.motion, motion.CHARACTERS["spring"])
        self.video_dice = random.Random(f"look {board.seed}")
        self.dice = random.Random(f"scene {board.seed} {self.scene.id} {index}")
        self.seconds = self.scene.seconds
        self.lead = -HEAD_START if index == 0 else 0.0
        # a moving transition carries title and stage in with it; after a hard cut they spring in like the rest
        self.carried = 0.7 if index > 0 and self.scene.transition not in ("cut", "flash") else 0.0
        follows = board.scenes[index + 1].transition if index + 1 < len(board.scenes) else ""
        self.over_media = (
            False  # set by a layout whose ground is a photograph: texts then cast a shadow always
        )
        self.pops_out = follows in ("cut", "flash")
        self.layers: list[Layer] = []
        self.boxes: list[Box] = []
        inner = [board.look, board.seed, board.language, board.hashtags, board.music.mood]
        neighbors = [choice for scene in board.scenes for choice in scene.pictures[:1]]
        told = [[scene.line, scene.number, scene.year, scene.id] for scene in board.scenes]
        beats = [board.music.tempo, sum(scene.seconds for scene in board.scenes[:index])]
        self._key = digest(
            [LOOKS_VERSION, repr(inner), repr(self.scene), repr(neighbors), told, index, size, follows, beats]
        )

    # ---- measures

    def px(self, units: float) -> int:
        return self.grid.px(units)

    def at(self, seconds: float) -> float:
        """An entrance time, counted from the scene's start; the first scene is ahead."""
        return seconds + self.lead

    @property
    def family(self) -> str:
        return "play" if self.board.music.mood == "funny" else "sans"

    @property
    def shadow_color(self) -> Color:
        base = self.palette.ground[0] if self.palette.dark else self.palette.ink
        red, green, blue = (int(c * (0.25 if self.palette.dark else 0.8)) for c in base)
        return red, green, blue

    def shadow(self, size: float = 1.0) -> Shadow:
        """The soft shadow of something that floats ``size`` × 26 units over the ground."""
        opacity = 0.42 if self.palette.dark else 0.24
        return Shadow(
            self.shadow_color, opacity, max(20 * size * self.grid.unit, 0.8), 22 * size * self.grid.unit
        )

    @property
    def text_shadow(self) -> Shadow | None:
        if not self.palette.dark and not self.over_media:
            return None
        return Shadow(self.shadow_color, 0.5, max(7 * self.grid.unit, 0.6), 5 * self.grid.unit)

    # ---- moments

    @cached_property
    def pulse(self) -> Pulse | None:
        """The music's beats, counted from this scene's start; ``None`` where nothing is played."""
        return pulse_of(self.board, self.index)

    @cached_property
    def clauses(self) -> list[Clause]:
        return clauses_said(self.scene)

    @cached_property
    def beats(self) -> tuple[float, ...]:
        """The moments after its start at which something new shall come, in seconds since then."""
        return scene_beats(self.board, self.index)

    def moments(self, count: int) -> list[float]:
        """When each of ``count`` things comes: the first with the scene, the next ones on its beats.

        More things than beats share the time that is left.
        """
        found = [0.0, *self.beats][:count]
        if len(found) < count:
            left = max(self.seconds - 0.7 - found[-1], 0.1) / (count - len(found) + 1)
            found += [found[-1] + left * (i + 1) for i in range(count - len(found))]
        return found

    def said_at(self, text: str) -> float | None:
        """When ``text`` begins to be said, on the music's beat where one is near; ``None`` where it is not said so."""
        place = self.scene.narration.lower().find(text.lower()) if text else -1
        if place < 0:
            return None
        read = 0
        for cue in self.scene.cues:
            found = self.scene.narration.find(cue.text, read)
            if found < 0:
                continue
            if found + len(cue.text) > place:
                return self.pulse.snapped(cue.start) if self.pulse else cue.start
            read = found + len(cue.text)
        return None

    def clause_at(self, seconds: float) -> str:
        """The clause that is said then, or the last one before."""
        said = [clause.text for clause in self.clauses if clause.start <= seconds + 0.15]
        return (said or [clause.text for clause in self.clauses] or [""])[-1 if said else 0]

    # ---- laying down

    def add(self, rgba: Rgba, moves: Motion, *, leaves: bool = False) -> None:
        """Put a drawing on top of those so far; with ``leaves`` it pops out before a hard cut."""
        if leaves and self.pops_out:
            moves = motion.leaving(moves, at=self.seconds - LEAVING)
        self.layers.append(Layer(rgba, moves, f"{self._key}:{len(self.layers)}"))

    def end_layers(self, first: int, at: float) -> None:
        """Everything laid down from the layer ``first`` on is gone from ``at`` on."""
        self.layers[first:] = [
            replace(layer, motion=motion.until(layer.motion, at)) for layer in self.layers[first:]
        ]

    def mark_box(self, box: Rect, name: str, kind: Literal["text", "picture"]) -> None:
        self.boxes.append(Box(box.left, box.top, box.right, box.bottom, name, kind))

    def mark_drawn(self, rgba: Rgba, x: float, y: float, name: str, inset: float = 0.0) -> None:
        """Mark a picture's box; ``inset`` leaves its shadow's margin out."""
        half_width, half_height = rgba.shape[1] / 2 - inset, rgba.shape[0] / 2 - inset
        self.mark_box(Rect(x - half_width, y - half_height, x + half_width, y + half_height), name, "picture")

    def text(
        self,
        text: str,
        style: TextStyle,
        color: Color,
        *,
        x: float,
        middle: float,
        align: Literal["left", "center"] = "center",
        at: float = 0.0,
        rise: float = 36.0,
        shadow: Shadow | None = None,
        name: str = "",
        opacity: float = 1.0,
        moves: Motion | None = None,
    ) -> None:
        """One line whose letters' middle stands at ``middle``; centered by its ink, not by its pen."""
        if not text.strip():
            return
        drawing = text_line(text, style, color, shadow=shadow, opacity=opacity)
        line = shape(text, weight=style.weight, family=style.family, tracking=style.tracking)
        left, right = line.ink[0] * style.size, line.ink[1] * style.size
        start = x - (left + right) / 2 if align == "center" else x - left
        cx, cy = drawing.center(start, middle + MIDDLE * style.size)
        come = moves or motion.rise_in(
            cx, cy, at=self.at(at), distance=self.px(rise), character=self.character
        )
        self.add(drawing.rgba, come)
        half = 0.46 * style.size
        self.mark_box(Rect(start + left, middle - half, start + right, middle + half), name or text, "text")

    def title(
        self,
        text: str,
        zone: Rect,
        *,
        align: Literal["left", "center"],
        max_size: float = 116,
        max_lines: int = 2,
        at: float = 0.04,
        valign: Literal["top", "middle", "bottom"] = "middle",
        color: Color | None = None,
        mark: bool = True,
    ) -> float:
        """The line that stands on the screen, fitted into ``zone``, one word marked; returns its bottom in pixels."""
        word = marked_word(text, self.board.language, self._hints()) if mark else ""
        block = fit_text(
            text,
            max_width=zone.width
            - ((0.36 if self.board.language == "zh" else 0.3) * max_size * self.grid.unit if word else 0),
            max_height=zone.height,
            max_size=max_size * self.grid.unit,
            max_lines=max_lines,
            weight=900,
            family=self.family,
            tracking=0.0 if self.board.language == "zh" else -0.012,
            leading=LINE,
            least_size=LEAST_TITLE * self.grid.unit,
        )
        step = LINE * block.style.size
        top = {
            "top": zone.top,
            "middle": zone.y - step * len(block.lines) / 2,
            "bottom": zone.bottom - step * len(block.lines),
        }[valign]
        unmarked, at = word, at - self.carried
        for i, written in enumerate(block.lines):
            line = (
                written.rstrip("，、, ") if i + 1 < len(block.lines) else written
            )  # the line's end says as much
            here = unmarked if unmarked and unmarked in line else ""
            unmarked = "" if here else unmarked
            x = zone.x if align == "center" else zone.left
            self._title_line(line, here, block, x, top + step * (i + 0.5), align, at + 0.09 * i, color)
        return top + step * len(block.lines)

    def _hints(self) -> list[str]:
        chosen = [picture.because for picture in self.scene.pictures[:1]]
        return [*chosen, self.scene.picture_words]

    def _title_line(
        self,
        line: str,
        word: str,
        block: TextBlock,
        x: float,
        middle: float,
        align: Literal["left", "center"],
        at: float,
        color: Color | None,
    ) -> None:
        style, ink = block.style, color or self.palette.ink
        if not word:
            self.text(
                line, style, ink, x=x, middle=middle, align=align, at=at, shadow=self.text_shadow, rise=54
            )
            return
        before, _, after = line.partition(word)
        gap = (0.17 if self.board.language == "zh" else 0.29) * style.size  # the block's margin, and a space
        pad = MARK_PAD * style.size
        spans = [(before.rstrip(), False), (word, True), (after.lstrip(), False)]
        placed: list[tuple[str, bool, float, ShapedLine]] = []
        pen = 0.0
        for text, marks in spans:
            if not text:
                continue
            shaped = shape(text, weight=style.weight, family=style.family, tracking=style.tracking)
            after_mark = text[0] in CLOSING  # a mark follows the block closely
            pen += (pad + 0.03 * style.size if after_mark else gap) if placed else (pad if marks else 0.0)
            placed.append((text, marks, pen - (shaped.ink[0] * style.size if not placed else 0.0), shaped))
            pen += (shaped.ink[1] if text == spans[-1][0] else shaped.advance) * style.size
        total = pen + (pad if placed[-1][1] else 0.0)
        start = x - total / 2 if align == "center" else x
        for text, marks, offset, shaped in placed:
            left = start + offset
            if marks:
                self._marked(text, style, left, shaped.ink, middle, at + 0.06)
                continue
            drawing = text_line(text, style, ink, shadow=self.text_shadow)
            cx, cy = drawing.center(left, middle + MIDDLE * style.size)
            self.add(
                drawing.rgba,
                motion.rise_in(cx, cy, at=self.at(at), distance=self.px(54), character=self.character),
            )
        half = 0.46 * style.size
        self.mark_box(Rect(start, middle - half, start + total, middle + half), line, "text")

    def _marked(
        self, word: str, style: TextStyle, left: float, ink: tuple[float, float], middle: float, at: float
    ) -> None:
        """The word on its block, uncovered from left to right as if a pen went over it."""
        pad = MARK_PAD * style.size
        width = round((ink[1] - ink[0]) * style.size + 2 * pad)
        block = marker(width, round(1.14 * style.size), self.palette.marker, 0.05)
        letters = text_line(word, style, self.palette.on_marker)
        height, full = block.shape[0], block.shape[1]
        start = full / 2 - (ink[0] + ink[1]) / 2 * style.size
        lower = 0.045 * style.size if word.isascii() else 0.0  # Latin letters hang below the line
        cx, cy = start + letters.dx, height / 2 - lower + MIDDLE * style.size + letters.dy
        rgba = stacked(full, height, [(block, full / 2, height / 2), (letters.rgba, cx, cy)])
        x = round(left + (ink[0] + ink[1]) / 2 * style.size)
        self.add(rgba, motion.uncover(x, round(middle + lower), at=self.at(at), seconds=0.3))

    def pictures(self) -> Sequence[PictureChoice]:
        return self.scene.pictures

    def told(self) -> list[Scene]:
        """The points of the video, in order."""
        return [scene for scene in self.board.scenes if scene.number is not None and scene.line.strip()]

    def cast(self) -> list[PictureChoice]:
        """The scene's drawings, at most four, signs last; beside a lone one the video's subject, shown by the opening."""
        own = list(self.scene.pictures[:3])
        things = [picture for picture in own if not is_sign(picture.name, picture.set)]
        if len(things) < 2:
            subject = self.board.scenes[0].pictures[:1]
            things += [p for p in subject if all((p.set, p.name) != (o.set, o.name) for o in own)]
        return [*things, *(picture for picture in own if picture not in things)]

    def companions(self, count: int) -> list[PictureChoice]:
        """Other drawings that belong here: the scene's own further ones, else those of the other scenes."""
        main = [(p.set, p.name) for p in self.scene.pictures[:1]]
        own = list(self.scene.pictures[1:])
        others = [scene.pictures[0] for scene in self.board.scenes if scene.pictures]
        if self.scene.layout in ("hero", "end"):
            own += others[1:] if self.index == 0 else others
        found: list[PictureChoice] = []
        for choice in own:
            if (choice.set, choice.name) not in main:
                main.append((choice.set, choice.name))
                found.append(choice)
        return found[:count]
