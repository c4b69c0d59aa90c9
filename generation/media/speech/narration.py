"""One narration: utterances spoken in order, with silence of a known length at the edges and a cue for every word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.languages import Language
from generation.errors import NarrationImpossible
from generation.language.normalization import Token, spoken
from generation.media.speech.english import Accent
from generation.media.speech.kokoro import SAMPLE_RATE_HZ, foretelling_network, lengths, speak
from generation.media.speech.utterances import NOBODY, Utterance, utterances
from generation.storyboard import Cue

LEAD_SECONDS = 0.05  # silence before the first sound
TAIL_SECONDS = 0.10  # silence after the last one
SPEEDS = (0.5, 2.0)
_SILENCE = 0.006  # loudest sample of what counts as silence, of full scale
_MORE_SECONDS = {"zh": 0.03, "en": 0.08}  # that sound besides, the mean over utterances of our voices
_Span = tuple[int, int]  # first sample, sample after the last


@dataclass(frozen=True, eq=False)
class Narration:
    """``samples`` are mono float32 in [-1, 1] at 24 kHz; one cue a hanzi or word of the written text, in order."""

    samples: NDArray[np.float32]
    cues: tuple[Cue, ...]
    seconds: float


def prepare() -> None:
    """Write the networks that tell their timings, once. Raises ``AssetMissing`` when Kokoro was not fetched."""
    foretelling_network()


def synthesize(text: str, *, language: Language, voice: str, speed: float = 1.0) -> Narration:
    """``text`` in ``voice`` at ``speed`` (1 = the voice's own, 0.5 to 2); equal arguments give equal samples.

    A number or Latin word has one cue for what is written. Raises ``NarrationImpossible`` when nothing in ``text`` can
    be said or the voice or speed does not exist, ``AssetMissing`` when Kokoro was not fetched.
    """
    tokens, parts = _read(text, language, voice, speed)
    sounds: list[NDArray[np.float32]] = [_silence(LEAD_SECONDS)]
    spans: dict[int, _Span] = {}
    elapsed = len(sounds[0])
    for at, part in enumerate(parts):
        sound, said = _speak(part, voice, speed)
        _extend(spans, said, elapsed)
        rest = _silence(TAIL_SECONDS if at == len(parts) - 1 else part.pause_seconds / speed)
        sounds += [sound, rest]
        elapsed += len(sound) + len(rest)
    samples = np.concatenate(sounds)
    seconds = len(samples) / SAMPLE_RATE_HZ
    return Narration(samples, _cues(tokens, spans, seconds), seconds)


def expected_seconds(text: str, *, language: Language, voice: str, speed: float = 1.0) -> float:
    """About how long ``synthesize`` would speak, from the network's symbol lengths alone. Raises what that raises."""
    _, parts = _read(text, language, voice, speed)
    # the network's sound runs ahead of its lengths: the first of them and the last three are silence, nearly
    heard = sum(
        int(lengths(part.symbols, voice=voice, speed=speed)[1:-3].sum()) / SAMPLE_RATE_HZ
        + _MORE_SECONDS[language]
        for part in parts
    )
    pauses = sum(part.pause_seconds / speed for part in parts[:-1])
    return LEAD_SECONDS + heard + pauses + TAIL_SECONDS


def _read(text: str, language: Language, voice: str, speed: float) -> tuple[list[Token], list[Utterance]]:
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise NarrationImpossible(
            f"The speed of a voice lies between {SPEEDS[0]} and {SPEEDS[1]}, got {speed}."
        )
    tokens = spoken(text, language)
    parts = utterances(tokens, accent_of(voice))
    if not parts:
        raise nothing_to_say(text)
    return tokens, parts


def nothing_to_say(text: str) -> NarrationImpossible:
    return NarrationImpossible(
        f"Nothing in {text[:40]!r} can be said aloud; write a sentence in Chinese or English."
    )


def accent_of(voice: str) -> Accent:
    return "zh" if voice.startswith("z") else "gb" if voice.startswith("b") else "us"


def _silence(seconds: float) -> NDArray[np.float32]:
    return np.zeros(round(seconds * SAMPLE_RATE_HZ), dtype=np.float32)


def _speak(part: Utterance, voice: str, speed: float) -> tuple[NDArray[np.float32], dict[int, _Span]]:
    """The utterance without the silence around it, and the samples of each token in it."""
    audio, lengths = speak(part.symbols, voice=voice, speed=speed)
    ends = np.cumsum(lengths)
    first, last = _sounding(audio)
    spans: dict[int, _Span] = {}
    for at, owner in enumerate(part.owners):
        if owner != NOBODY:  # + 1: the edge stands first
            start, end = int(ends[at]), int(ends[at + 1])
            spans[owner] = (min(spans.get(owner, (start, end))[0], start), end)
    limit = last - first
    clipped = {
        o: (min(max(s - first, 0), limit), min(max(e - first, 0), limit)) for o, (s, e) in spans.items()
    }
    return audio[first:last], clipped


def _sounding(audio: NDArray[np.float32]) -> _Span:
    loud = np.flatnonzero(np.abs(audio) > _SILENCE)
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, len(audio))


def _extend(spans: dict[int, _Span], said: dict[int, _Span], offset: int) -> None:
    for owner, (start, end) in said.items():
        begun = spans.get(owner)
        spans[owner] = (begun[0] if begun else start + offset, end + offset)


def _cues(tokens: list[Token], spans: dict[int, _Span], seconds: float) -> tuple[Cue, ...]:
    """In the order of the text, never overlapping; a hanzi without reading has no length."""
    cues: list[Cue] = []
    clock = 0.0
    for at, token in enumerate(tokens):
        if token.is_pause or not token.spoken:
            continue
        start, end = (s / SAMPLE_RATE_HZ for s in spans[at]) if at in spans else (clock, clock)
        start = max(start, clock)
        clock = min(max(end, start), seconds)
        cues.append(Cue(token.written, round(start, 4), round(clock, 4)))
    return tuple(cues)
