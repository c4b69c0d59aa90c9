"""What is said in an upload: words with times by Whisper, and WebVTT lines made of them. Runs in the sandbox."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from faster_whisper.audio import decode_audio
from faster_whisper.vad import VadOptions, get_speech_timestamps
from numpy.typing import NDArray

from generation.language.hanzi import is_hanzi
from generation.media.ingest.features import speech_share
from generation.media.recognition import transcribe
from generation.storyboard import Cue

RATE_HZ = 16_000
LEAST_VOICE_SECONDS = 0.4
MARGIN_SECONDS = 0.3
LONGEST_LINE_SECONDS = 4.0
PAUSE_SECONDS = 0.6
WIDEST_LINE = 36  # columns; a hanzi takes two
SENTENCE_ENDS = tuple(".!?。！？…")


def hear(path: str, seconds: float) -> dict[str, Any]:
    """``transcript`` (language, text, words), ``webvtt`` (empty without speech) and ``speech_share`` of a file of ours.

    Whisper invents words in music and noise, and takes long to do so: it is asked only where a voice was detected.
    """
    samples = decode_audio(path, sampling_rate=RATE_HZ)
    stretches = voice_stretches(samples)
    voiced = sum(end - start for start, end in stretches)
    words: list[Cue] = []
    language = ""
    if voiced >= LEAST_VOICE_SECONDS:
        heard = transcribe(samples, sample_rate_hz=RATE_HZ)
        words = [
            Cue(word.text, word.start, min(word.end, seconds))
            for word in heard.words
            if word.start < seconds and any(map(str.isalnum, word.text)) and _is_voiced(word, stretches)
        ]
        language = heard.language if words else ""
    return {
        "transcript": {
            "language": language,
            "text": joined(words),
            "words": [{"text": w.text, "start": round(w.start, 3), "end": round(w.end, 3)} for w in words],
        },
        "webvtt": webvtt(words),
        "speech_share": speech_share(words, seconds),
    }


def voice_stretches(samples: NDArray[np.float32]) -> list[tuple[float, float]]:
    """(start, end) in seconds of what sounds like a voice, by the Silero detector that comes with faster-whisper."""
    found = get_speech_timestamps(samples, VadOptions(min_silence_duration_ms=300, speech_pad_ms=200))
    return [(stretch["start"] / RATE_HZ, stretch["end"] / RATE_HZ) for stretch in found]


def _is_voiced(word: Cue, stretches: Sequence[tuple[float, float]]) -> bool:
    return any(
        word.start < end + MARGIN_SECONDS and word.end > start - MARGIN_SECONDS for start, end in stretches
    )


def webvtt(words: Sequence[Cue]) -> str:
    """The words as WebVTT lines that end at pauses, at sentence ends and before they grow too long or too wide."""
    lines = list(caption_lines(words))
    if not lines:
        return ""
    shown = [f"{_clock(line.start)} --> {_clock(line.end)}\n{_escaped(line.text)}\n" for line in lines]
    return "WEBVTT\n\n" + "\n".join(shown)


def caption_lines(words: Sequence[Cue]) -> list[Cue]:
    """Words joined to lines; times never overlap."""
    groups: list[list[Cue]] = []
    for word in words:
        held = groups[-1] if groups else []
        wide = sum(map(_columns, joined([*held, word]))) > WIDEST_LINE
        if (
            not held
            or wide
            or word.start - held[-1].end > PAUSE_SECONDS
            or word.end - held[0].start > LONGEST_LINE_SECONDS
            or held[-1].text.rstrip().endswith(SENTENCE_ENDS)
        ):
            groups.append([word])
        else:
            held.append(word)
    lines = [Cue(joined(group), group[0].start, max(group[-1].end, group[0].start + 0.1)) for group in groups]
    for index, (line, after) in enumerate(itertools.pairwise(lines)):
        lines[index] = Cue(line.text, line.start, max(min(line.end, after.start), line.start + 0.001))
    return lines


def joined(words: Sequence[Cue]) -> str:
    """The words as text: Latin words stand apart, hanzi and punctuation close up."""
    text = ""
    for word in words:
        piece = word.text.strip()
        apart = bool(text and piece) and text[-1].isascii() and piece[0].isascii() and piece[0].isalnum()
        text += f" {piece}" if apart else piece
    return text


def _columns(letter: str) -> int:
    return 2 if is_hanzi(letter) or ord(letter) > 0x2E80 else 1


def _clock(seconds: float) -> str:
    whole = round(max(seconds, 0.0) * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
