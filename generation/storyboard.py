"""The storyboard: a typed, JSON-serialisable document from which the video is rendered as a pure function.

``Storyboard.to_json`` and ``Storyboard.from_json`` are inverse; an unknown field or a wrong type is refused in words.
What a choice may be (hook, mood, layout, …) is declared here once, as a type and as the tuple of its values.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Literal, get_args

from pydantic import ConfigDict, TypeAdapter, ValidationError

from core.languages import Language
from generation.errors import StoryboardInvalid
from generation.validation import first_problem

SCHEMA_VERSION = 2
Aspect = Literal["9:16", "1:1", "16:9"]
Quality = Literal["draft", "full"]
HookKind = Literal["question", "number", "contrast", "story", "warning"]
LayoutName = Literal[
    "hero", "point", "split", "detail", "steps", "checklist", "timeline", "big_number", "do_dont", "quiz", "chat",
    "before_after", "chart", "quote", "list", "compare", "end", "clip",
]  # fmt: skip
CaptionStyle = Literal["pill", "outline", "karaoke", "pop", "bar", "none"]
TransitionKind = Literal["cut", "crossfade", "wipe", "slide", "push", "zoom", "iris", "flash"]
Mood = Literal["bright", "warm", "suspense", "epic", "healing", "tech", "funny", "calm"]
MotionStyle = Literal["gentle", "spring", "lively"]
VisualStyle = Literal["illustrated", "gan"]
Cover = Literal[
    "opening",
    "number",
    "steps",
    "question",
    "split",
    "warning",
    "poster",
    "quote",
    "figure",
    "collage",
    "polaroid",
]

ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
QUALITIES: tuple[Quality, ...] = get_args(Quality)
HOOK_KINDS: tuple[HookKind, ...] = get_args(HookKind)
LAYOUTS: tuple[LayoutName, ...] = get_args(LayoutName)
CAPTION_STYLES: tuple[CaptionStyle, ...] = get_args(CaptionStyle)
TRANSITIONS: tuple[TransitionKind, ...] = get_args(TransitionKind)
MOODS: tuple[Mood, ...] = get_args(Mood)
MOTION_STYLES: tuple[MotionStyle, ...] = get_args(MotionStyle)
VISUAL_STYLES: tuple[VisualStyle, ...] = get_args(VisualStyle)
COVERS: tuple[Cover, ...] = get_args(Cover)

# How a document is read: nothing unknown, nothing of another type, no NaN.
STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

# (width, height) in pixels; even numbers for yuv420p
FRAME_SIZES: dict[str, dict[str, tuple[int, int]]] = {
    "full": {"9:16": (1080, 1920), "1:1": (1080, 1080), "16:9": (1920, 1080)},
    "draft": {"9:16": (360, 640), "1:1": (360, 360), "16:9": (640, 360)},
}


@dataclass(frozen=True)
class Cue:
    """One spoken hanzi or word with its times in seconds (since the start of its narration, or of the video)."""

    __pydantic_config__ = STRICT

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class PictureChoice:
    """A drawing chosen for a scene and the words that chose it; ``alternatives`` are offered for a swap."""

    __pydantic_config__ = STRICT

    name: str
    set: str
    because: str
    score: float = 0.0
    alternatives: tuple[str, ...] = ()  # "set:name"


@dataclass(frozen=True)
class MediaChoice:
    """A creator's own image or clip that takes the scene instead of drawings."""

    __pydantic_config__ = STRICT

    upload: int
    kind: Literal["clip", "image"]
    path: str
    sha256: str
    start: float = 0.0
    focus: tuple[float, float] = (0.5, 0.5)
    zoom: float = 1.08


@dataclass(frozen=True)
class FigureData:
    """A number that a chart counts up to: ``value`` in ``unit``, and what it counts."""

    __pydantic_config__ = STRICT

    value: float
    unit: str
    label: str


@dataclass(frozen=True)
class VersusData:
    """Two sides of a comparison, each with the words that find its drawing."""

    __pydantic_config__ = STRICT

    left: str
    left_picture: str
    right: str
    right_picture: str


@dataclass(frozen=True)
class Scene:
    """One shot. ``seconds`` is its length; ``cues`` count from the scene's start.

    ``line`` stands on the screen, ``narration`` is said; ``shorter`` and ``longer`` (empty where there is none) may be said
    instead where the voice takes more or less time than planned. ``number`` is the point's number (1, 2, …) or ``None``.
    ``source`` is the sentence of the creator's text that it was taken from, "" where there is none; ``check`` are the words
    that a language model claimed and a person should look up.
    """

    __pydantic_config__ = STRICT

    id: str
    layout: LayoutName
    line: str
    narration: str
    picture_words: str
    seconds: float = 0.0
    number: int | None = None
    items: tuple[str, ...] = ()  # lines of a list that fills
    year: str = ""  # when it happened, as it is written, where the video tells things by their years
    figure: FigureData | None = None
    versus: VersusData | None = None
    pictures: tuple[PictureChoice, ...] = ()
    media: MediaChoice | None = None
    transition: TransitionKind = "crossfade"
    speech_start: float = 0.0  # when the narration begins, in seconds since the scene's start
    cues: tuple[Cue, ...] = ()
    source: str = ""
    check: tuple[str, ...] = ()
    shorter: str = ""
    longer: str = ""


@dataclass(frozen=True)
class Look:
    """The visual choices shared by all scenes of a video; ``style`` gan moves the grounds by a learned generator."""

    __pydantic_config__ = STRICT

    palette: str
    caption_style: CaptionStyle = "pill"
    motion: MotionStyle = "spring"
    picture_set: str = "fluent-emoji"
    style: VisualStyle = "illustrated"


@dataclass(frozen=True)
class Voice:
    """``name`` is a Kokoro voice, ``none`` for silence, or ``own`` with ``upload`` for the creator's recording."""

    __pydantic_config__ = STRICT

    name: str
    speed: float = 1.0
    upload: int | None = None


@dataclass(frozen=True)
class MusicChoice:
    """What is played; ``tempo`` and ``key`` are asked for, and left to the mood when ``None``."""

    __pydantic_config__ = STRICT

    mood: Mood
    tempo: float | None = None  # beats per minute; the mood's own when None
    key: str | None = None  # "C", "F#", "Am" …; the mood's own when None
    seed: int = 0
    level: float = 1.0  # 0 = no music


@dataclass(frozen=True)
class Storyboard:
    """The whole video before it is drawn. ``hook`` is the kind of opening the script chose, ``None`` once a person wrote it."""

    __pydantic_config__ = STRICT

    title: str
    titles: tuple[str, ...]
    language: Language
    aspect: Aspect
    target_seconds: float
    seed: int
    scenes: tuple[Scene, ...]
    look: Look
    voice: Voice
    music: MusicChoice
    hashtags: tuple[str, ...] = ()
    category: str = ""
    topic: str = ""
    hook: HookKind | None = None
    cover: Cover = "opening"
    fps: int = 30
    versions: dict[str, str] = field(default_factory=dict)
    schema: int = SCHEMA_VERSION

    @property
    def seconds(self) -> float:
        return sum(scene.seconds for scene in self.scenes)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, ready for a ``JSONField``."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), ensure_ascii=False))
        return plain

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Storyboard:
        """Raises ``StoryboardInvalid`` naming the first field that is missing, unknown or of the wrong type."""
        try:
            return _reader().validate_json(json.dumps(data))
        except ValidationError as error:
            raise StoryboardInvalid(first_problem(error, "storyboard")[1]) from error
        except (TypeError, ValueError) as error:  # nothing that JSON can hold
            raise StoryboardInvalid(f"storyboard is no JSON document: {error}.") from error

    def fingerprint(self) -> str:
        """SHA-256 of the whole document."""
        return digest(self.to_json())


@cache
def _reader() -> TypeAdapter[Storyboard]:
    return TypeAdapter(Storyboard)


def digest(value: Any) -> str:
    """SHA-256 (hex) of a JSON value, independent of key order."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
