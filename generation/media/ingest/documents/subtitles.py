"""Subtitles (.srt, .vtt) as running text: no times, no numbers, no tags; what rolls on twice is read once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generation.language.hanzi import HANZI

_TIMES = re.compile(
    r"^\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
)
_TAG = re.compile(r"<[^>]{0,80}>|\{\\[^}]*\}")
_SOUND = re.compile(r"^\s*[\[(（【♪][^\])）】♪]*[\])）】♪]\s*$")  # [music], （掌声）
_SPEAKER = re.compile(r"^(?:>>\s*)?(?:-\s+)?(?:[A-Z][A-Z .]{1,24}:\s+)?")
_ENDS = re.compile(r"[.!?。！？…][\"”’」』]?$")
_PAUSE_SECONDS = 1.5  # of silence that ends a paragraph
_LONGEST_UNPUNCTUATED = {"zh": 40, "en": 140}  # letters, where a transcript has no punctuation


@dataclass(frozen=True)
class _Cue:
    start: float
    end: float
    words: str


def text_of_subtitles(text: str) -> str:
    """What was said, in paragraphs where the speaker paused; a transcript without punctuation a line a phrase."""
    cues = _cues(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not cues:
        return ""
    said = " ".join(cue.words for cue in cues)
    language = "zh" if HANZI.search(said) else "en"
    joint = "" if language == "zh" else " "
    is_punctuated = len(re.findall(r"[.!?。！？]", said)) * 250 >= len(said)
    lines: list[str] = []
    line = ""
    for number, cue in enumerate(cues):
        line = f"{line}{joint if line else ''}{cue.words}"
        pause = cues[number + 1].start - cue.end if number + 1 < len(cues) else 0.0
        if is_punctuated:
            ends = pause >= _PAUSE_SECONDS and bool(_ENDS.search(line))
        else:
            ends = pause >= 0.5 * _PAUSE_SECONDS or len(line) >= _LONGEST_UNPUNCTUATED[language]
        if ends:
            lines.append(line if _ENDS.search(line) else line + ("。" if language == "zh" else "."))
            line = ""
    if line:
        lines.append(line)
    return "\n\n".join(lines)


def _cues(text: str) -> list[_Cue]:
    found: list[_Cue] = []
    times: tuple[float, float] | None = None
    before: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        words: list[str] = []
        for line in block.split("\n"):
            if time := _TIMES.match(line):
                times, words = (_seconds(time.groups()[:4]), _seconds(time.groups()[4:])), []
                continue
            words.append(_SPEAKER.sub("", _TAG.sub("", line)).strip())
        if times is None:
            continue  # a head, a note, a style
        lines = [line for line in words if line and not _SOUND.match(line)]
        fresh = [line for line in lines if line not in before]
        if fresh:
            found.append(_Cue(*times, " ".join(fresh)))
        before = lines
        times = None
    return found


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return hours * 3600 + minutes * 60 + seconds + thousandths / 1000
