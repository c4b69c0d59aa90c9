"""What the stages do otherwise for one video, so that it passes its check: plain data, part of their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from generation.stages.readings import Readings
from generation.storyboard import Storyboard

_PLAIN = frozenset(
    {"before_after", "chart", "quote", "list", "compare"}
)  # layouts that a point can take the place of
_STRIDE = 7919  # between the seeds of two arrangements


@dataclass(frozen=True)
class Remedy:
    """Empty, it changes nothing. ``readings`` and ``paces`` are by scene id; ``arrangement`` counts other compositions."""

    ceiling_dbtp: float | None = None
    readings: Mapping[str, Readings] = field(default_factory=dict)
    paces: Mapping[str, float] = field(default_factory=dict)
    voice: str = ""
    arrangement: int = 0
    plain: bool = False

    def and_then(self, later: Remedy) -> Remedy:
        """Both; where both say something, the later one counts."""
        said = {name: value for name, value in asdict(later).items() if value}
        return replace(self, **said)

    def voiced(self, board: Storyboard) -> Storyboard:
        """The board in the voice that takes the first one's place."""
        return replace(board, voice=replace(board.voice, name=self.voice)) if self.voice else board

    def arranged(self, board: Storyboard) -> Storyboard:
        """The board composed from another seed, and plainly where that is asked; an own clip stays as it is."""
        if self.arrangement:
            board = replace(board, seed=(board.seed + self.arrangement * _STRIDE) % (1 << 31))
        if self.plain:
            scenes = [
                replace(scene, layout="point") if scene.layout in _PLAIN else scene for scene in board.scenes
            ]
            board = replace(board, scenes=tuple(scenes))
        return board

    def to_json(self) -> dict[str, Any]:
        """Only what it says."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Remedy:
        return cls(**data)


NOTHING = Remedy()
