"""What a recording says, with word times: Whisper base in process (CTranslate2, int8), no network."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC

from core.errors import WorkCancelled
from core.languages import Language
from generation.assets import asset_path
from generation.errors import MediaUnreadable
from generation.language.hanzi import is_hanzi
from generation.language.normalization import spoken
from generation.storyboard import Cue

_RATE_HZ = 16_000  # what Whisper hears
_BEAMS = 1  # five beams fell into endless repetition on short Mandarin sentences and took four times as long
_NO_SPEECH = (
    0.4  # from here on an unlikely passage is held for silence; breaths after the last word have 0.5 to 0.6
)
_NOTHING_LEFT_SECONDS = 0.4  # of a recording after a passage: too short for a word, and Whisper makes one up
_TEMPERATURES = (0.0, 0.4, 0.8)  # the next is tried when a passage repeats itself or is unlikely
# Whisper writes Mandarin in either script and often without marks; a line in the wished style sets both.
_STYLE = {"zh": "以下是普通话的句子，使用简体中文和标点。"}
_SAME = str.maketrans(
    {"两": "二", "幺": "一", "〇": "零", "她": "他", "它": "他", "地": "的", "得": "的", "作": "做"}
)
_SAME_WORDS = {
    "千克": "公斤",
    "千米": "公里",
    "摄氏度": "度",
    "分分": "分",
    "点三十分": "点半",
    "okay": "ok",
    "%": "percent",
}
_CLOCK = re.compile(r"(?<![0-9])[0-9]{1,2}:[0-5][0-9](?![0-9])")
_lock = threading.Lock()
_networks: list[Any] = []


@dataclass(frozen=True)
class Transcript:
    """``language`` as Whisper names it (``zh``, ``en``, ``ja`` …); ``words`` hold one hanzi or one word each."""

    language: str
    words: tuple[Cue, ...]
    text: str


def transcribe(
    audio: Path | NDArray[np.float32],
    *,
    language: Language | None = None,
    sample_rate_hz: int = _RATE_HZ,
    should_stop: Callable[[], bool] | None = None,
) -> Transcript:
    """The words in a file's first audio stream, or in float samples (n,) or (n, channels) at ``sample_rate_hz``.

    The language is found out when none is named. ``should_stop`` is asked between segments (a few seconds of speech).
    Raises ``AssetMissing`` when Whisper was not fetched, ``MediaUnreadable`` when the file holds no audio that can be
    decoded, ``WorkCancelled`` when told to stop.
    """
    network = _network()
    samples = _decoded(audio) if isinstance(audio, Path) else _resampled(audio, sample_rate_hz)
    if len(samples) < _RATE_HZ // 10:
        return Transcript(language or "", (), "")
    segments, found = network.transcribe(
        samples,
        language=language,
        beam_size=_BEAMS,
        best_of=1,  # five samples at once at a retry took 600 MB more
        temperature=_TEMPERATURES,
        no_speech_threshold=_NO_SPEECH,
        word_timestamps=True,
        condition_on_previous_text=False,
        initial_prompt=_STYLE.get(language or ""),
        vad_filter=False,
    )
    cues: list[Cue] = []
    texts: list[str] = []
    for segment in segments:
        if should_stop and should_stop():
            raise WorkCancelled("Recognition was stopped before the recording's end.")
        texts.append(segment.text)
        for word in segment.words or ():
            cues += _split(_written(word.word, found.language), float(word.start), float(word.end))
        if segment.end > len(samples) / _RATE_HZ - _NOTHING_LEFT_SECONDS:
            break
    return Transcript(found.language, tuple(cues), _written("".join(texts), found.language))


def _network() -> Any:
    """The process's one recognizer, loaded at first use; ``AIGC_RECOGNITION_THREADS`` (default 2)."""
    with _lock:
        if not _networks:
            folder = asset_path("whisper")
            asset_path("whisper/model.bin")
            from faster_whisper import WhisperModel  # heavy: only when something is to be heard

            threads = int(os.environ.get("AIGC_RECOGNITION_THREADS", "2"))
            _networks.append(
                WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
            )
        return _networks[0]


def release() -> None:
    """Give the recognizer's memory back (about 250 MB); the next recording loads it again."""
    with _lock:
        _networks.clear()


def _decoded(place: Path) -> NDArray[np.float32]:
    from faster_whisper.audio import decode_audio

    try:
        samples: NDArray[np.float32] = decode_audio(str(place), sampling_rate=_RATE_HZ)
    except (
        OSError,
        ValueError,
        IndexError,
        RuntimeError,
    ) as error:  # PyAV's errors are OSError or ValueError
        raise MediaUnreadable(f"{place.name} holds no audio that can be decoded ({error}).") from error
    return samples


def _resampled(samples: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    from scipy.signal import resample_poly  # a second of a start: only who hears loads it

    mono = samples.mean(axis=1) if samples.ndim == 2 else samples
    if rate_hz == _RATE_HZ:
        return np.ascontiguousarray(mono, dtype=np.float32)
    common = gcd(rate_hz, _RATE_HZ)
    return np.asarray(resample_poly(mono, _RATE_HZ // common, rate_hz // common), dtype=np.float32)


def _written(text: str, language: str) -> str:
    text = text.strip()
    return str(_simplifier().convert(text)) if language == "zh" else text


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def _split(word: str, start: float, end: float) -> list[Cue]:
    """A word of several hanzi as one cue each, in equal parts; marks stay with what stands before them."""
    if sum(is_hanzi(character) for character in word) < 2:
        return [Cue(word, start, end)] if word else []
    pieces: list[str] = []
    for character in word:
        if pieces and not is_hanzi(character) and not (character.isalnum() and is_hanzi(pieces[-1][0])):
            pieces[-1] += character
        else:
            pieces.append(character)
    step = (end - start) / len(pieces)
    return [Cue(piece, start + i * step, start + (i + 1) * step) for i, piece in enumerate(pieces)]


def error_rate(reference: str, heard: str, language: Language) -> float:
    """Edits from ``heard`` to ``reference`` by length of the reference: characters for zh, words for en; 0 is perfect.

    Both sides are first brought to how they are said: numbers, units and acronyms as words, simplified hanzi, lower
    case, no marks; 他 她 它, 的 地 得 and 做 作, which sound alike, count as one. Above 1 when more is heard than was said.
    """
    for clock in _CLOCK.findall(reference):  # Whisper writes 7.30 for what it hears as half past seven
        heard = heard.replace(clock.replace(":", "."), clock)
    wanted, got = units(reference, language), units(heard, language)
    if not wanted:
        return float(bool(got))
    return edits(wanted, got) / len(wanted)


def units(text: str, language: Language) -> list[str]:
    """The characters (zh; Latin letters one by one) or words (en) that are compared."""
    plain = str(_simplifier().convert(text)) if language == "zh" else text
    said = " ".join(token.spoken for token in spoken(plain, language) if not token.is_pause).lower()
    if language == "zh":
        said = said.replace(" ", "")
        for one, other in _SAME_WORDS.items():
            said = said.replace(one, other)
        return list(said.translate(_SAME).replace("'", ""))
    return [_SAME_WORDS.get(word, word) for word in said.split()]


def edits(wanted: Sequence[str], got: Sequence[str]) -> int:
    """Levenshtein: the fewest insertions, deletions and substitutions."""
    row = list(range(len(got) + 1))
    for i, unit in enumerate(wanted, start=1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(got, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (unit != other))
    return row[-1]
