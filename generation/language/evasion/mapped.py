"""A text that was rewritten and still knows where each of its characters stood in the original."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Piece = tuple[str, int, int]  # new text for characters start … end of what it replaces


@dataclass(frozen=True)
class Mapped:
    """``text[i]`` was made of ``source[starts[i]:ends[i]]``; starts never fall."""

    source: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, source: str) -> Mapped:
        return cls(source, source, tuple(range(len(source))), tuple(range(1, len(source) + 1)))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``text[start:end]`` stood in the source, as a half-open span."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"{start}:{end} is no span of a text of {len(self.text)} characters.")
        return self.starts[start], max(self.ends[start:end])

    def translated(self, replacement: Callable[[str], str]) -> Mapped:
        """Each character replaced by what ``replacement`` says of it: nothing, one or several."""
        pieces = [(replacement(one), i, i + 1) for i, one in enumerate(self.text)]
        return self.rebuilt(pieces)

    def replaced(self, pieces: Iterable[Piece]) -> Mapped:
        """``pieces`` in the order of the text, without overlap; what is between them stays."""
        whole: list[Piece] = []
        at = 0
        for new, start, end in pieces:
            whole += [(self.text[i], i, i + 1) for i in range(at, start)]
            whole.append((new, start, end))
            at = end
        whole += [(self.text[i], i, i + 1) for i in range(at, len(self.text))]
        return self.rebuilt(whole)

    def rebuilt(self, pieces: Iterable[Piece]) -> Mapped:
        """Made of ``pieces`` alone; every new character carries the whole span of its piece."""
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for new, start, end in pieces:
            if not new:
                continue
            first, last = self.starts[start], max(self.ends[start:end])
            if len(new) == end - start:  # one for one: each keeps its own place
                starts += self.starts[start:end]
                ends += self.ends[start:end]
            else:
                starts += [first] * len(new)
                ends += [last] * len(new)
            text.append(new)
        return Mapped(self.source, "".join(text), tuple(starts), tuple(ends))
