"""The four generators a video is made with: what each must do, and how an alias of the settings becomes an object.

``settings.GENERATORS`` is kind → alias → ``{"BACKEND": dotted name of a class, "OPTIONS": its arguments}``; which alias
makes is chosen by AIGC_SCRIPT_WRITER, AIGC_VISUALS, AIGC_SPEECH and AIGC_MUSIC. Plain Python: whoever knows the settings
passes them in, so that the stages can take what is built here without knowing Django.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from core.languages import Language
from generation.errors import BackendUnknown
from generation.media.layers import SceneLayers
from generation.media.music.composed import Piece
from generation.media.speech import Narration
from generation.script.brief import Brief
from generation.script.script import Script
from generation.storyboard import HookKind, Storyboard, VisualStyle

Entry = Mapping[str, Any]
Configured = Mapping[str, Mapping[str, Entry]]  # settings.GENERATORS


class ScriptWriter(Protocol):
    """From a brief to what is said and shown."""

    def write(self, brief: Brief, *, seed: int, rate: float, hook_kind: HookKind | None = None) -> Script:
        """``rate`` is the chosen voice's measured speed: hanzi (zh) or words (en) a second, pauses included.

        Equal arguments give an equal script. ``Script.writer`` names who wrote it. Raises ``TopicTooFar`` or
        ``ScriptWriterFailed``.
        """
        ...


class Visuals(Protocol):
    """From a storyboard to the pictures of its scenes; captions, progress and the AI label are drawn over them later."""

    @property
    def version(self) -> str:
        """Name and version; another one whenever equal arguments give other pictures."""
        ...

    def scene(self, board: Storyboard, index: int, *, size: tuple[int, int]) -> SceneLayers:
        """The scene at ``index`` in (width, height) pixels, ``board.scenes[index].seconds`` long.

        Equal arguments give equal pictures. Raises ``AssetMissing`` for a font, drawing or model that is not in place.
        """
        ...

    def cover(self, board: Storyboard, *, size: tuple[int, int]) -> NDArray[np.uint8]:
        """The video's still, (height, width, 3) RGB."""
        ...


class Speech(Protocol):
    """From text to a voice with the time of every word."""

    @property
    def version(self) -> str:
        """Name and version; another one whenever equal arguments give another sound."""
        ...

    def synthesize(self, text: str, *, language: Language, voice: str, speed: float = 1.0) -> Narration:
        """Mono float32 in [-1, 1] at 24 kHz, and one cue a hanzi or word of the written text, in order, in seconds.

        ``voice`` is one of ``generation.media.speech.voices``; ``speed`` is 0.5–2, 1 being the voice's own. Raises
        ``NarrationImpossible`` when nothing in ``text`` can be said, or the generator cannot say it.
        """
        ...

    def expected_seconds(
        self, text: str, *, language: Language, voice: str, speed: float = 1.0
    ) -> float | None:
        """About how long ``synthesize`` would speak; ``None`` where only speaking tells. Raises what that raises."""
        ...


class Music(Protocol):
    """From a mood to a piece of a given length."""

    @property
    def version(self) -> str:
        """Name and version; another one whenever equal arguments give another piece."""
        ...

    def piece(
        self, mood: str, seconds: float, *, seed: int, tempo: float | None = None, key: str | None = None
    ) -> Piece:
        """A piece of exactly ``seconds``, at least 5, with the tempo and key it is really played in.

        ``tempo`` in beats a minute and ``key`` ("C", "F#m") are the mood's own when ``None``. Equal arguments give equal
        samples. Raises ``MusicImpossible`` for a mood, length, tempo or key that cannot be played.
        """
        ...


def visual_styles(configured: Configured) -> tuple[VisualStyle, ...]:
    """The styles that can be made now: gan only where a folder with a trained GAN is named."""
    model = configured.get("visuals", {}).get("gan", {}).get("OPTIONS", {}).get("model", "")
    there = bool(model) and (Path(model) / "generator.safetensors").is_file()
    return ("illustrated", "gan") if there else ("illustrated",)


def script_writer(configured: Configured, alias: str) -> ScriptWriter:
    return cast(ScriptWriter, generator(configured, "script", alias))


def visuals(configured: Configured, alias: str) -> Visuals:
    return cast(Visuals, generator(configured, "visuals", alias))


def speech(configured: Configured, alias: str) -> Speech:
    return cast(Speech, generator(configured, "speech", alias))


def music(configured: Configured, alias: str) -> Music:
    return cast(Music, generator(configured, "music", alias))


def generator(configured: Configured, kind: str, alias: str) -> Any:
    """The object that ``alias`` names among those of ``kind``, made once a process.

    Raises ``BackendUnknown`` listing the known ones.
    """
    known = configured.get(kind, {})
    if alias not in known:
        raise BackendUnknown(
            f"No {kind} generator is called {alias!r}; settings.GENERATORS has {', '.join(sorted(known)) or 'none'}."
        )
    entry = known[alias]
    return _made(entry["BACKEND"], json.dumps(entry.get("OPTIONS", {}), sort_keys=True))


@cache
def _made(backend: str, options: str) -> Any:
    module, _, name = backend.rpartition(".")
    try:
        made = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise BackendUnknown(
            f"The generator {backend!r} cannot be imported ({error}). Correct its BACKEND in settings.GENERATORS."
        ) from error
    return made(**json.loads(options))
