"""A voice from an endpoint: what is sent, what is refused, and where its words are found in its sound."""

from __future__ import annotations

import io
import logging
import wave
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.io import wavfile

from generation.errors import NarrationImpossible
from generation.language.normalization import spoken
from generation.media.recognition import Transcript
from generation.media.speech import synthesize, voices
from generation.media.speech.endpoint import EndpointSpeech, cues_along
from generation.storyboard import Cue
from tests.generation.endpoint_server import EndpointServer, raw

KEY = "sk-very-secret-4711"
TEXT = "Pack a tent, a torch and warm clothes."


@cache
def spoken_wav(text: str, *, voice: str) -> bytes:
    """``text`` as the site's own voice says it, in a wav file such as servers send: 48 kHz, stereo, 16 bit."""
    language = next(one.language for one in voices() if one.id == voice)
    samples = np.repeat(synthesize(text, language=language, voice=voice).samples, 2)
    whole = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
    return wav(np.stack([whole, whole], axis=1), 48_000)


def wav(samples: Any, rate_hz: int) -> bytes:
    target = io.BytesIO()
    wavfile.write(target, rate_hz, samples)
    return target.getvalue()


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    made = EndpointServer()
    yield made
    made.close()


def nothing_heard(*_: Any, **__: Any) -> Transcript:
    return Transcript("en", (), "")


def speech(server: EndpointServer, **options: Any) -> EndpointSpeech:
    return EndpointSpeech(
        server.url,
        "tiny",
        KEY,
        **{"timeout_seconds": 5.0, "sleep": lambda _: None, "listen": nothing_heard, **options},
    )


def say(made: EndpointSpeech, text: str = TEXT, **values: Any) -> Any:
    return made.synthesize(text, **{"language": "en", "voice": "af_heart", **values})


def tone(seconds: float, rate_hz: int, kind: Any = np.int16) -> Any:
    sound = 0.5 * np.sin(2 * np.pi * 220 * np.arange(round(seconds * rate_hz)) / rate_hz)
    if kind == np.uint8:
        return (sound * 127 + 128).astype(np.uint8)
    return sound.astype(kind) if kind == np.float32 else (sound * np.iinfo(kind).max).astype(kind)


def test_the_request_is_that_of_the_protocol_and_the_key_stands_in_its_header(server: EndpointServer) -> None:
    server.answers = [raw(wav(tone(1, 24_000), 24_000))]
    say(speech(server), speed=1.2)
    say(speech(server, voice="alloy"))
    (headers, body), (_, second) = server.requests
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert body == {
        "model": "tiny",
        "input": TEXT,
        "voice": "af_heart",
        "response_format": "wav",
        "speed": 1.2,
    }
    assert second["voice"] == "alloy"


def test_words_are_found_where_the_sites_own_voice_says_they_are(server: EndpointServer) -> None:
    server.answers = [raw(spoken_wav(TEXT, voice="af_heart"))]
    made = EndpointSpeech(server.url, "tiny", sleep=lambda _: None)
    found = say(made)
    own = synthesize(TEXT, language="en", voice="af_heart")
    assert [cue.text for cue in found.cues] == [cue.text for cue in own.cues]
    assert found.seconds == pytest.approx(own.seconds, abs=0.1)
    off = [abs(one.start - other.start) for one, other in zip(found.cues, own.cues, strict=True)]
    assert max(off) < 0.35 and float(np.mean(off)) < 0.15


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.uint8, np.float32])
def test_every_plain_kind_of_wav_becomes_mono_at_24_khz_between_known_silences(
    server: EndpointServer, kind: Any
) -> None:
    rate = 44_100
    quiet = np.full(rate, 128 if kind == np.uint8 else 0, kind)
    server.answers = [raw(wav(np.concatenate([quiet, tone(1, rate, kind), quiet]), rate))]
    narration = say(speech(server))
    assert narration.seconds == pytest.approx(0.05 + 1.0 + 0.10, abs=0.03)
    assert narration.samples.dtype == np.float32
    assert 0.4 < np.abs(narration.samples).max() < 0.6
    assert not narration.samples[:1190].any() and not narration.samples[-2390:].any()


def test_passing_failures_are_tried_again(server: EndpointServer) -> None:
    waits: list[float] = []
    server.answers = [raw(b"", 503), raw(b"", 429), raw(wav(tone(1, 24_000), 24_000))]
    assert say(speech(server, sleep=waits.append)).seconds > 1
    assert waits == [0.5, 1.0]


def header_of(seconds: int) -> bytes:
    """A wav file that is longer than any narration, one sample a second wide."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8_000)
        file.writeframes(b"\x90" * (8_000 * seconds))
    return target.getvalue()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (raw(b"<html>hi</html>"), "not a wav file"),
        (raw(b""), "not a wav file"),
        (raw(wav(tone(1, 24_000), 24_000)[:20]), "not a wav file"),
        (raw(wav(np.zeros(24_000, np.int16), 24_000)), "silent"),
        (raw(header_of(121)), "at most 120 s"),
        (raw(wav(tone(1, 4_000), 4_000)), "8000 to 192000 Hz"),
        (raw(wav(np.full(24_000, np.nan, np.float32), 24_000)), "no numbers"),
        (raw(b" " * 31_000_000), "larger than 30000 kB"),
        (raw(b"", 404), "AIGC_SPEECH_URL"),
        (raw(b"", 418), "answered 418 instead of a voice"),
        (raw(b"", 302, Location="http://127.0.0.1:1/steal"), "answered 302"),
        (raw(b"", 500), "did not answer in 4 tries"),
    ],
    ids=["html", "empty", "cut off", "silent", "long", "slow rate", "nan", "huge", "404", "418", "302", "500"],
)  # fmt: skip
def test_what_is_no_voice_is_refused_in_words(server: EndpointServer, answer: Any, words: str) -> None:
    server.answers = [answer]
    with pytest.raises(NarrationImpossible, match=words):
        say(speech(server))


@pytest.mark.parametrize("state", [401, 403, 404, 500])
def test_the_key_stands_in_no_error_and_no_log(
    server: EndpointServer, state: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers = [raw(f"bad key {KEY}".encode(), state)]
    made = speech(server)
    with pytest.raises(NarrationImpossible) as caught:
        say(made)
    told, error = [repr(made), made.version], caught.value
    seen: BaseException | None = error
    while seen is not None:
        told += [str(seen), repr(seen.__dict__)]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    assert KEY not in " ".join(told) and KEY not in caplog.text


def test_settings_that_cannot_work_are_named() -> None:
    for made, words in (
        (EndpointSpeech("", "m"), "AIGC_SPEECH_URL"),
        (EndpointSpeech(f"http://me:{KEY}@localhost/v1", "m"), "no password"),
        (EndpointSpeech("http://localhost/v1", ""), "AIGC_SPEECH_NAME"),
        (EndpointSpeech("http://127.0.0.1:9", "m", sleep=lambda _: None), "no connection"),
    ):
        with pytest.raises(NarrationImpossible, match=words):
            say(made)


def along(text: str, heard: list[Cue], *, language: Any = "en", seconds: float = 4.0) -> tuple[Cue, ...]:
    tokens = [t for t in spoken(text, language) if t.spoken and not t.is_pause]
    return cues_along(tokens, heard, language=language, seconds=seconds)


def test_a_word_that_was_heard_as_another_takes_the_time_between_its_neighbors() -> None:
    heard = [Cue("Pack", 0.2, 0.6), Cue("attend", 0.7, 1.3), Cue("today", 1.5, 2.0)]
    found = along("Pack tents today", heard)
    assert (found[0].start, found[2].start) == (0.2, 1.5)
    assert found[0].end <= found[1].start < found[1].end <= found[2].start


def test_a_number_takes_all_the_time_its_words_were_heard_for() -> None:
    heard = [
        Cue("带", 0.2, 0.4),
        Cue("二", 0.4, 0.6),
        Cue("十", 0.6, 0.8),
        Cue("五", 0.8, 1.0),
        Cue("件", 1.0, 1.2),
    ]
    found = along("带25件", heard, language="zh", seconds=2.0)
    assert [(cue.text, cue.start) for cue in found] == [("带", 0.2), ("25", 0.4), ("件", 1.0)]
    assert found[1].end == 1.0


def test_where_nothing_was_heard_the_words_share_the_time_evenly() -> None:
    found = along("one two three four", [])
    lengths = [cue.end - cue.start for cue in found]
    assert len(found) == 4 and max(lengths) - min(lengths) < 0.01
    assert found[0].start == 0.05 and found[-1].end == pytest.approx(3.9)
