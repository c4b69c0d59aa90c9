"""A voice from any server with ``POST {url}/audio/speech``: Kokoro-FastAPI, openedai-speech, or a paid service.

Such servers tell no word times, so the site's own recognizer listens to what came, and the written text is laid along what
it heard. A word that was not heard, or heard as another one, takes its share of the time between its neighbors.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.io import wavfile

from core.endpoints import Endpoint
from core.languages import Language
from generation.errors import NarrationImpossible
from generation.language.normalization import Token, spoken
from generation.media.recognition import Transcript, transcribe, units
from generation.media.speech.kokoro import SAMPLE_RATE_HZ
from generation.media.speech.narration import LEAD_SECONDS, SPEEDS, TAIL_SECONDS, Narration
from generation.storyboard import Cue

MAX_RESPONSE_BYTES = 30_000_000  # two minutes at 48 kHz in stereo
LONGEST_SECONDS = 120.0
RATES_HZ = (8_000, 192_000)
_SILENCE = 0.006  # loudest sample of what counts as silence, of full scale

Mono = NDArray[np.float32]


class EndpointSpeech:
    """See ``generation.generators.Speech``. The same text may sound a little different each time: the server decides.

    ``voice`` is asked of the server in place of the site's own voice names, which are sent when it is empty.
    """

    def __init__(
        self,
        url: str,
        name: str,
        api_key: str = "",
        voice: str = "",
        timeout_seconds: float = 60.0,
        *,
        backoff_seconds: float = 0.5,
        sleep: Callable[[float], None] = time.sleep,
        listen: Callable[..., Transcript] = transcribe,
    ) -> None:
        self._name = name
        self._voice = voice
        self._listen = listen
        self._endpoint = Endpoint(
            url,
            api_key,
            name="speech endpoint",
            setting="AIGC_SPEECH_",
            instead="set AIGC_SPEECH to the site's own voices",
            error=NarrationImpossible,
            max_bytes=MAX_RESPONSE_BYTES,
            timeout_seconds=timeout_seconds,
            backoff_seconds=backoff_seconds,
            sleep=sleep,
        )

    @property
    def version(self) -> str:
        return f"endpoint:{self._name}" + (f":{self._voice}" if self._voice else "")

    def synthesize(self, text: str, *, language: Language, voice: str, speed: float = 1.0) -> Narration:
        self._endpoint.check()
        if not self._name:
            raise NarrationImpossible("The speech endpoint needs a model name. Set AIGC_SPEECH_NAME.")
        if not SPEEDS[0] <= speed <= SPEEDS[1]:
            raise NarrationImpossible(
                f"The speed of a voice lies between {SPEEDS[0]} and {SPEEDS[1]}, got {speed}."
            )
        tokens = [token for token in spoken(text, language) if token.spoken and not token.is_pause]
        if not tokens:
            raise NarrationImpossible(
                f"Nothing in {text[:40]!r} can be said aloud; write a sentence in Chinese or English."
            )
        status, content = self._endpoint.post(
            "/audio/speech",
            {
                "model": self._name,
                "input": text,
                "voice": self._voice or voice,
                "response_format": "wav",
                "speed": speed,
            },
        )
        self._endpoint.check_status(status, wanted="a voice")
        samples = _framed(_samples_of(content))
        heard = self._listen(samples, language=language, sample_rate_hz=SAMPLE_RATE_HZ)
        seconds = len(samples) / SAMPLE_RATE_HZ
        return Narration(
            samples, cues_along(tokens, heard.words, language=language, seconds=seconds), seconds
        )

    def expected_seconds(
        self, text: str, *, language: Language, voice: str, speed: float = 1.0
    ) -> float | None:
        return None


def _samples_of(content: bytes) -> Mono:
    """The sound of a wav file, (n,) float32 in [-1, 1] at 24 kHz. Raises ``NarrationImpossible`` for anything else."""
    from scipy.signal import resample_poly  # a second of a start: only who hears loads it

    try:
        rate, samples = wavfile.read(io.BytesIO(content))
    except Exception:  # scipy raises half a dozen kinds for bytes that are no wav file
        raise NarrationImpossible("The speech endpoint's answer is not a wav file.") from None
    if not RATES_HZ[0] <= rate <= RATES_HZ[1] or not 0 < len(samples) <= LONGEST_SECONDS * rate:
        raise NarrationImpossible(
            f"The speech endpoint's answer has {len(samples) / max(rate, 1):.1f} s at {rate} Hz; "
            f"at most {LONGEST_SECONDS:g} s at {RATES_HZ[0]} to {RATES_HZ[1]} Hz are taken."
        )
    if samples.dtype == np.uint8:
        plain = (samples.astype(np.float32) - 128) / 128
    elif np.issubdtype(samples.dtype, np.integer):
        plain = samples.astype(np.float32) / float(np.iinfo(samples.dtype).max)
    else:
        plain = samples.astype(np.float32)
    mono = plain.mean(axis=1) if plain.ndim == 2 else plain
    if not np.isfinite(mono).all():
        raise NarrationImpossible("The speech endpoint's answer holds samples that are no numbers.")
    common = gcd(int(rate), SAMPLE_RATE_HZ)
    if rate != SAMPLE_RATE_HZ:
        mono = resample_poly(mono, SAMPLE_RATE_HZ // common, int(rate) // common)
    clipped: Mono = np.clip(mono, -1.0, 1.0).astype(np.float32)
    return clipped


def _framed(samples: Mono) -> Mono:
    """What sounds, between silences as long as those of the site's own voices. Raises ``NarrationImpossible`` for silence."""
    loud = np.flatnonzero(np.abs(samples) > _SILENCE)
    if not len(loud):
        raise NarrationImpossible("The speech endpoint's answer is silent. Try another voice or model.")
    lead, tail = (np.zeros(round(s * SAMPLE_RATE_HZ), np.float32) for s in (LEAD_SECONDS, TAIL_SECONDS))
    return np.concatenate([lead, samples[loud[0] : loud[-1] + 1], tail])


def cues_along(
    tokens: Sequence[Token], heard: Sequence[Cue], *, language: Language, seconds: float
) -> tuple[Cue, ...]:
    """One cue a token, in order, at the times where its sounds were heard; never overlapping, within the recording."""
    wanted: list[str] = []
    firsts: list[int] = []
    for token in tokens:
        firsts.append(len(wanted))
        wanted += units(token.spoken, language) or [token.spoken]
    got, starts, ends = _heard_units(heard, language)
    # boundaries between units: where a unit was heard its own, elsewhere in equal steps between those
    where: dict[int, float] = {0: LEAD_SECONDS, len(wanted): max(seconds - TAIL_SECONDS, LEAD_SECONDS)}
    for block in SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            where[block.a + step] = starts[block.b + step]
            where.setdefault(block.a + step + 1, ends[block.b + step])
    known = sorted(where)
    times = np.interp(np.arange(len(wanted) + 1), known, [where[index] for index in known])
    bounds = np.clip(np.maximum.accumulate(times), 0.0, seconds)
    lasts = [*firsts[1:], len(wanted)]
    return tuple(
        Cue(token.written, round(float(bounds[first]), 4), round(float(bounds[last]), 4))
        for token, first, last in zip(tokens, firsts, lasts, strict=True)
    )


def _heard_units(heard: Sequence[Cue], language: Language) -> tuple[list[str], list[float], list[float]]:
    """What was heard as comparable units, each with an equal part of its word's time."""
    got: list[str] = []
    starts: list[float] = []
    ends: list[float] = []
    for cue in heard:
        parts = units(cue.text, language)
        step = (cue.end - cue.start) / len(parts) if parts else 0.0
        for index, part in enumerate(parts):
            got.append(part)
            starts.append(cue.start + index * step)
            ends.append(cue.start + (index + 1) * step)
    return got, starts, ends
