"""A text with the words that scorers found in it marked, and what was recovered from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class MarkedSpan:
    """A stretch of a text; ``policy`` is "" where nothing was found, ``shown`` what hidden words stand for."""

    text: str
    policy: str = ""
    shown: str = ""
    score: float = 0.0

    @property
    def is_marked(self) -> bool:
        return bool(self.policy)


def marked(text: str, pieces: Iterable[Mapping[str, Any]]) -> list[MarkedSpan]:
    """``text`` cut at the pieces' spans; where two overlap the stronger one is marked.

    A piece counts where its span holds its words; a span that was meant for another wording is looked for by its words.
    Joined again, the segments are ``text``.
    """
    spans: list[tuple[int, int, Mapping[str, Any]]] = []
    for piece in sorted(pieces, key=lambda one: (-float(one.get("score", 0.0)), _length(one))):
        span = _span(text, piece)
        if span and all(span[1] <= start or end <= span[0] for start, end, _ in spans):
            spans.append((*span, piece))
    segments: list[MarkedSpan] = []
    last = 0
    for start, end, piece in sorted(spans, key=lambda one: one[0]):
        if start > last:
            segments.append(MarkedSpan(text[last:start]))
        segments.append(
            MarkedSpan(
                text[start:end],
                str(piece.get("policy") or "other"),
                str(piece.get("shown") or ""),
                float(piece.get("score", 0.0)),
            )
        )
        last = end
    if last < len(text):
        segments.append(MarkedSpan(text[last:]))
    return segments


def _length(piece: Mapping[str, Any]) -> int:
    """Of two equally strong pieces the shorter one is nearer to what was found."""
    return len(str(piece.get("text") or ""))


def _span(text: str, piece: Mapping[str, Any]) -> tuple[int, int] | None:
    words = str(piece.get("text") or "")
    start, end = piece.get("start"), piece.get("end")
    if (
        isinstance(start, int)
        and isinstance(end, int)
        and 0 <= start < end <= len(text)
        and (not words or text[start:end] == words)
    ):
        return start, end
    at = text.find(words) if words else -1
    return (at, at + len(words)) if at >= 0 else None
