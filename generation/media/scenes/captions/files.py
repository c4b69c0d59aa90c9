"""Caption pages as WebVTT (https://www.w3.org/TR/webvtt1/) and SubRip files."""

from __future__ import annotations

from collections.abc import Sequence

from generation.media.scenes.captions.pages import CaptionPage


def webvtt(pages: Sequence[CaptionPage]) -> str:
    """A WebVTT document; ``&``, ``<`` and ``>`` are escaped, words carry their time tags."""
    blocks = ["WEBVTT"]
    for page in pages:
        pieces = []
        for i, word in enumerate(page.words):
            inside = page.start < word.start < page.end
            pieces.append((f"<{_clock(word.start, '.')}>" if i and inside else "") + _escaped(word.text))
        blocks.append(f"{_clock(page.start, '.')} --> {_clock(page.end, '.')}\n{''.join(pieces).strip()}")
    return "\n\n".join(blocks) + "\n"


def srt(pages: Sequence[CaptionPage]) -> str:
    """A SubRip document, numbered from 1."""
    blocks = [
        f"{number}\n{_clock(page.start, ',')} --> {_clock(page.end, ',')}\n{page.text}\n"
        for number, page in enumerate(pages, 1)
    ]
    return "\n".join(blocks)


def _clock(seconds: float, mark: str) -> str:
    total = round(max(seconds, 0.0) * 1000)
    hours, minutes = divmod(total // 60000, 60)
    return f"{hours:02d}:{minutes:02d}:{total // 1000 % 60:02d}{mark}{total % 1000:03d}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
