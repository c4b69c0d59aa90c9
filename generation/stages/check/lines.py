"""Which line of a narration was misheard, and as what: the whole script laid along the whole of what was heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generation.media.recognition import units
from generation.storyboard import Storyboard


@dataclass(frozen=True)
class LineHeard:
    """One scene's narration; ``wrong`` of its ``length`` hanzi or words were not heard as written."""

    scene: str
    written: str
    heard: str
    wrong: int
    length: int

    @property
    def error_rate(self) -> float:
        return self.wrong / max(self.length, 1)


def lines_heard(board: Storyboard, heard: str) -> tuple[LineHeard, ...]:
    """The spoken scenes of ``board``, worst first."""
    spoken = [scene for scene in board.scenes if scene.cues]
    wanted = [units(scene.narration, board.language) for scene in spoken]
    whole = [unit for line in wanted for unit in line]
    got = units(heard, board.language)
    beside = _laid_along(whole, got)
    lines, at = [], 0
    joint = "" if board.language == "zh" else " "
    for scene, line in zip(spoken, wanted, strict=True):
        found = beside[at : at + len(line)]
        at += len(line)
        pieces = [got[i] for some in found for i in some]
        wrong = sum(
            max(len(some), 1) - (unit in [got[i] for i in some])
            for unit, some in zip(line, found, strict=True)
        )
        lines.append(LineHeard(scene.id, scene.narration, joint.join(pieces), wrong, len(line)))
    return tuple(sorted(lines, key=lambda line: (-line.error_rate, -line.wrong)))


def _laid_along(wanted: Sequence[str], got: Sequence[str]) -> list[list[int]]:
    """For each wanted unit the places in ``got`` of what was heard for it: by the fewest edits; what is too much stays with
    the unit before it."""
    rows = [list(range(len(got) + 1))]
    for i, unit in enumerate(wanted, start=1):
        row = [i]
        for j, other in enumerate(got, start=1):
            row.append(min(rows[-1][j] + 1, row[j - 1] + 1, rows[-1][j - 1] + (unit != other)))
        rows.append(row)
    beside: list[list[int]] = [[] for _ in wanted]
    i, j = len(wanted), len(got)
    while i or j:
        if i and j and rows[i][j] == rows[i - 1][j - 1] + (wanted[i - 1] != got[j - 1]):
            i, j = i - 1, j - 1
            beside[i].insert(0, j)
        elif i and rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
            if beside:
                beside[max(i - 1, 0)].insert(0, j)
    return beside
