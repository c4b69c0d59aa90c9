"""The four generators: what each implementation keeps of its protocol, and how an alias becomes an object."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings as site

from core.errors import PlatformError
from generation import generators
from generation.errors import BackendUnknown
from generation.generators import Music, ScriptWriter, Speech, Visuals
from generation.language.normalization import spoken
from generation.media.layers import ClipSource
from generation.script.brief import Brief
from generation.script.writers import EndpointWriter, TransformersWriter
from generation.storyboard import HOOK_KINDS, PictureChoice
from tests.generation.boards import board
from tests.generation.endpoint_server import EndpointServer, raw
from tests.generation.gans import untrained_gan
from tests.generation.media.speech.test_endpoint import spoken_wav

BRIEF = Brief.checked(topic="What to Pack for Camping", language="en", seconds=20)
RATE = 2.7
ANSWER = json.dumps(
    {
        "titles": ["Camping Light", "One Night Out", "First Camp"],
        "hook": {"kind": "contrast", "line": "Less is camp", "spoken": "The best camp needs less.", "picture": "tent"},
        "points": [
            {"line": "Shelter first", "spoken": "Buy the shelter before anything else.", "picture": "tent"},
            {"line": "Warm ground", "spoken": "A good mat keeps you warmer than a thick bag.", "picture": "bed"},
            {"line": "Light in hand", "spoken": "Pack one lamp for each of you.", "picture": "lamp"},
        ],
        "payoff": {"line": "Sleep well", "spoken": "And the night becomes the best part.", "picture": "moon"},
        "call_to_action": "Save it for Friday.",
        "hashtags": ["camping", "outdoors", "beginners"],
    }
)  # fmt: skip


@pytest.fixture
def server() -> Iterator[EndpointServer]:
    made = EndpointServer()
    yield made
    made.close()


# --- an alias becomes an object ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["script", "visuals", "speech", "music"])
def test_an_unknown_alias_lists_the_known_ones_of_its_kind(kind: str) -> None:
    with pytest.raises(BackendUnknown) as refused:
        generators.generator(site.GENERATORS, kind, "poet")
    assert all(alias in str(refused.value) for alias in site.GENERATORS[kind])
    assert "poet" in str(refused.value)


def test_every_alias_of_the_settings_is_built_once() -> None:
    for kind, known in site.GENERATORS.items():
        for alias in known:
            made = generators.generator(site.GENERATORS, kind, alias)
            assert made is generators.generator(site.GENERATORS, kind, alias)


def test_another_option_makes_another_object_and_a_wrong_backend_is_named() -> None:
    writer = "generation.script.writers.EndpointWriter"
    one, two = (
        generators.script_writer(
            {"script": {"x": {"BACKEND": writer, "OPTIONS": {"url": "http://localhost/v1", "name": name}}}}, "x"
        )
        for name in ("a", "b")
    )  # fmt: skip
    assert one is not two
    with pytest.raises(BackendUnknown, match=r"generation\.script\.poet\.Poet"):
        generators.script_writer({"script": {"x": {"BACKEND": "generation.script.poet.Poet"}}}, "x")


# --- ScriptWriter -----------------------------------------------------------------------------------------------------
def bank(server: EndpointServer, monkeypatch: pytest.MonkeyPatch) -> ScriptWriter:
    return generators.script_writer(site.GENERATORS, "script")


def chat(server: EndpointServer, monkeypatch: pytest.MonkeyPatch) -> ScriptWriter:
    server.answers = [raw(json.dumps({"choices": [{"message": {"content": ANSWER}}]}).encode())]
    return EndpointWriter(server.url, "tiny")


def local(server: EndpointServer, monkeypatch: pytest.MonkeyPatch) -> ScriptWriter:
    writer = TransformersWriter("tiny")
    monkeypatch.setattr(writer, "_load", lambda: (None, None))  # no weights: the words are given
    monkeypatch.setattr(writer, "_ask", lambda messages, seed: ANSWER)
    return writer


@pytest.mark.parametrize("build", [bank, chat, local])
def test_a_script_writer_fills_the_brief_the_same_way_each_time(
    build: Callable[..., ScriptWriter], server: EndpointServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = build(server, monkeypatch)
    script = writer.write(BRIEF, seed=3, rate=RATE)
    assert script == writer.write(BRIEF, seed=3, rate=RATE)
    assert 3 <= len(script.scenes) <= 8
    assert script.scenes[0].layout == "hero" and script.scenes[-1].layout == "end"
    assert all(scene.line and scene.narration and scene.picture_words for scene in script.scenes)
    words = len(script.narration().split())
    assert abs(words / RATE - BRIEF.seconds) < 0.3 * BRIEF.seconds  # seconds of talk at the voice's rate
    assert script.writer and script.mood and script.category
    assert script.hook_kind in (None, *HOOK_KINDS)  # none where a title that tells no kind opens the video


@pytest.mark.parametrize("alias", ["script-endpoint", "script-local"])
def test_a_script_writer_that_is_not_set_up_says_which_setting_it_lacks(alias: str) -> None:
    with pytest.raises(PlatformError, match="AIGC_SCRIPT_"):
        generators.script_writer(site.GENERATORS, alias).write(BRIEF, seed=1, rate=RATE)


# --- Visuals ----------------------------------------------------------------------------------------------------------
@pytest.fixture(params=sorted(site.GENERATORS["visuals"]))
def visuals(request: pytest.FixtureRequest, tmp_path: Path) -> Visuals:
    """As the settings build it; the learned one with an untrained GAN of the smallest size."""
    if request.param != "gan":
        return generators.visuals(site.GENERATORS, request.param)
    entry = site.GENERATORS["visuals"]["gan"]
    options = {
        **entry["OPTIONS"],
        "model": str(untrained_gan(tmp_path / "gan")),
        "folder": str(tmp_path / "loops"),
    }
    configured = {"visuals": {"gan": {**entry, "OPTIONS": options}}}
    return generators.visuals(configured, "gan")


def test_visuals_draw_a_scene_of_its_length_the_same_way_each_time(visuals: Visuals) -> None:
    whole = board()
    for index, scene in enumerate(whole.scenes):
        first, second = (visuals.scene(whole, index, size=(360, 640)) for _ in range(2))
        assert first.seconds == scene.seconds
        assert [layer.key for layer in first.layers] == [layer.key for layer in second.layers]
        assert first.background_key == second.background_key
        if isinstance(first.background, ClipSource):
            assert (
                isinstance(second.background, ClipSource)
                and first.background.sha256 == second.background.sha256
            )
            continue
        assert first.background.shape == (640, 360, 3)
        assert np.array_equal(first.background, second.background)
    other = visuals.scene(replace(whole, seed=8), 0, size=(360, 640))
    assert other.background_key != visuals.scene(whole, 0, size=(360, 640)).background_key


def test_visuals_give_a_cover_and_refuse_a_drawing_that_is_nowhere_in_words(visuals: Visuals) -> None:
    cover = visuals.cover(board(), size=(240, 426))
    assert cover.shape == (426, 240, 3) and cover.dtype == np.uint8
    whole = board()
    nowhere = replace(whole.scenes[0], pictures=(PictureChoice("nothing-like-it", "noto", "x"),))
    with pytest.raises(PlatformError, match="nothing-like-it"):
        visuals.scene(replace(whole, scenes=(nowhere, *whole.scenes[1:])), 0, size=(360, 640))
    assert visuals.version


# --- Music ------------------------------------------------------------------------------------------------------------
@pytest.fixture(params=sorted(site.GENERATORS["music"]))
def music(request: pytest.FixtureRequest) -> Music:
    return generators.music(site.GENERATORS, request.param)


def test_music_fills_its_seconds_the_same_way_each_time(music: Music) -> None:
    first, second = (music.piece("calm", 6.5, seed=4, tempo=80, key="Am").samples for _ in range(2))
    assert first.shape == (312_000, 2) and first.dtype == np.float32
    assert np.array_equal(first, second)
    assert 0.01 < np.abs(first).max() <= 1.0
    assert not np.array_equal(first, music.piece("calm", 6.5, seed=5, tempo=80, key="Am").samples)
    assert music.version


@pytest.mark.parametrize("wrong", [{"mood": "angry"}, {"seconds": 0.5}, {"key": "H"}, {"tempo": 5000.0}])
def test_music_that_cannot_be_played_is_refused_in_words(music: Music, wrong: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"mood": "calm", "seconds": 8.0, "tempo": None, "key": None, **wrong}
    with pytest.raises(PlatformError) as refused:
        music.piece(asked["mood"], asked["seconds"], seed=1, tempo=asked["tempo"], key=asked["key"])
    assert str(next(iter(wrong.values()))).rstrip(".0") in str(refused.value)


# --- Speech -----------------------------------------------------------------------------------------------------------
@pytest.fixture(params=sorted(site.GENERATORS["speech"]))
def speech(request: pytest.FixtureRequest, server: EndpointServer) -> Speech:
    """As the settings build it; the endpoint is a server here that answers what the site's own voice said."""
    configured = json.loads(json.dumps(site.GENERATORS))
    if request.param == "speech-endpoint":
        configured["speech"][request.param]["OPTIONS"] |= {"url": server.url, "name": "tiny"}

        def said(handler: Any, body: dict[str, Any]) -> None:
            raw(spoken_wav(body["input"], voice=body["voice"]))(handler, body)

        server.answers = [said]
    return generators.speech(configured, request.param)


@pytest.mark.parametrize(
    ("language", "voice", "text"),
    [
        ("zh", "zf_xiaoxiao", "露营要带3样东西。"),
        ("en", "af_heart", "Pack a tent, a torch and 2 warm blankets."),
    ],
)
def test_speech_is_sound_with_a_cue_for_every_written_word_in_order(
    speech: Speech, language: Any, voice: str, text: str
) -> None:
    first, second = (speech.synthesize(text, language=language, voice=voice) for _ in range(2))
    assert first.samples.ndim == 1 and first.samples.dtype == np.float32
    assert 0.05 < np.abs(first.samples).max() <= 1.0
    assert first.seconds == pytest.approx(len(first.samples) / 24_000) and 1.0 < first.seconds < 6.0
    written = [t.written for t in spoken(text, language) if t.spoken and not t.is_pause]
    assert [cue.text for cue in first.cues] == written
    edges = [time for cue in first.cues for time in (cue.start, cue.end)]
    assert edges == sorted(edges) and edges[0] >= 0 and edges[-1] <= first.seconds
    assert edges[-1] > 0.8 * first.seconds  # the last word is said near the end
    assert np.array_equal(first.samples, second.samples) and first.cues == second.cues
    assert speech.version
    foretold = speech.expected_seconds(text, language=language, voice=voice)
    assert foretold is None or foretold == pytest.approx(first.seconds, rel=0.12)


def test_speech_refuses_what_cannot_be_said_in_words(speech: Speech) -> None:
    with pytest.raises(PlatformError, match="can be said aloud"):
        speech.synthesize("😀…", language="zh", voice="zf_xiaoxiao")
    with pytest.raises(PlatformError, match=r"between 0\.5 and 2"):
        speech.synthesize("Hello.", language="en", voice="af_heart", speed=3.0)


def test_another_speech_does_not_reuse_what_the_first_one_said(tmp_path: Path, speech: Speech) -> None:
    from generation.stages.voice import line_narration

    class Hum:
        version = "hum-1"

        def synthesize(self, text: str, **asked: Any) -> Any:
            from generation.media.speech import Narration

            return Narration(np.full(24_000, 0.1, np.float32), (), 1.0)

    told = {"language": "en", "voice": "af_heart", "speed": 1.0, "cache_dir": tmp_path, "readings": {}}
    own = line_narration("Stop here.", speech=speech, **told)  # type: ignore[arg-type]
    hummed = line_narration("Stop here.", speech=Hum(), **told)  # type: ignore[arg-type]
    assert own.cues and not hummed.cues
    assert line_narration("Stop here.", speech=speech, **told).cues == own.cues  # type: ignore[arg-type]
