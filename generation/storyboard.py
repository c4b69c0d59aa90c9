"""The storyboard: a typed, JSON-serialisable document from which the video is rendered as a pure function.

``Storyboard.to_json`` and ``Storyboard.from_json`` are inverse; an unknown field or a wrong type is refused in words.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from core.languages import Language
from generation.errors import StoryboardInvalid

SCHEMA_VERSION = 1
ASPECTS = ("9:16", "1:1", "16:9")
Aspect = Literal["9:16", "1:1", "16:9"]
Quality = Literal["draft", "full"]
LAYOUTS = ("hero", "point", "before_after", "chart", "quote", "list", "compare", "end", "clip")
LayoutName = Literal["hero", "point", "before_after", "chart", "quote", "list", "compare", "end", "clip"]
CAPTION_STYLES = ("pill", "outline", "karaoke", "pop", "bar", "none")
CaptionStyle = Literal["pill", "outline", "karaoke", "pop", "bar", "none"]
TRANSITIONS = ("cut", "crossfade", "wipe", "slide", "push", "zoom", "iris", "flash")
MOODS = ("bright", "warm", "suspense", "epic", "healing", "tech", "funny", "calm")

# (width, height) in pixels; even numbers for yuv420p
FRAME_SIZES: dict[str, dict[str, tuple[int, int]]] = {
    "full": {"9:16": (1080, 1920), "1:1": (1080, 1080), "16:9": (1920, 1080)},
    "draft": {"9:16": (360, 640), "1:1": (360, 360), "16:9": (640, 360)},
}


@dataclass(frozen=True)
class Cue:
    """One spoken hanzi or word with its times in seconds (since the start of its narration, or of the video)."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class PictureChoice:
    """A drawing chosen for a scene and the words that chose it; ``alternatives`` are offered for a swap."""

    name: str
    set: str
    because: str
    score: float = 0.0
    alternatives: tuple[str, ...] = ()  # "set:name"


@dataclass(frozen=True)
class MediaChoice:
    """A creator's own image or clip that takes the scene instead of drawings."""

    upload: int
    kind: Literal["clip", "image"]
    path: str
    sha256: str
    start: float = 0.0
    focus: tuple[float, float] = (0.5, 0.5)
    zoom: float = 1.08


@dataclass(frozen=True)
class FigureData:
    value: float
    unit: str
    label: str


@dataclass(frozen=True)
class VersusData:
    left: str
    left_picture: str
    right: str
    right_picture: str


@dataclass(frozen=True)
class Scene:
    """One shot. ``seconds`` is its length; ``cues`` count from the scene's start.

    ``line`` stands on the screen, ``narration`` is said. ``number`` is the point's number (1, 2, …) or ``None``.
    """

    id: str
    layout: LayoutName
    line: str
    narration: str
    picture_words: str
    seconds: float = 0.0
    number: int | None = None
    items: tuple[str, ...] = ()  # lines of a list that fills
    figure: FigureData | None = None
    versus: VersusData | None = None
    pictures: tuple[PictureChoice, ...] = ()
    media: MediaChoice | None = None
    transition: str = "crossfade"
    speech_start: float = 0.0  # when the narration begins, in seconds since the scene's start
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True)
class Look:
    """The visual choices shared by all scenes of a video."""

    palette: str
    caption_style: CaptionStyle = "pill"
    motion: str = "spring"
    picture_set: str = "fluent-emoji"


@dataclass(frozen=True)
class Voice:
    """``name`` is a Kokoro voice, ``none`` for silence, or ``own`` with ``upload`` for the creator's recording."""

    name: str
    speed: float = 1.0
    upload: int | None = None


@dataclass(frozen=True)
class Music:
    mood: str
    tempo: int | None = None  # beats per minute; the mood's own when None
    key: str | None = None  # "C", "F#", "Am" …; the mood's own when None
    seed: int = 0
    level: float = 1.0  # 0 = no music


@dataclass(frozen=True)
class Storyboard:
    title: str
    titles: tuple[str, ...]
    language: Language
    aspect: Aspect
    target_seconds: float
    seed: int
    scenes: tuple[Scene, ...]
    look: Look
    voice: Voice
    music: Music
    hashtags: tuple[str, ...] = ()
    category: str = ""
    topic: str = ""
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
        board: Storyboard = _build(cls, data, "storyboard")
        return board

    def fingerprint(self) -> str:
        """SHA-256 of the whole document."""
        return digest(self.to_json())


def digest(value: Any) -> str:
    """SHA-256 (hex) of a JSON value, independent of key order."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fit_durations(scenes: tuple[Scene, ...], *, target_seconds: float, fps: int = 30) -> tuple[Scene, ...]:
    """Scale scene lengths so they sum to ``target_seconds``, keeping ratios, each a whole number of frames.

    Raises ``ValueError`` when ``scenes`` is empty or has no positive length.
    """
    total = sum(scene.seconds for scene in scenes)
    if not scenes or total <= 0:
        raise ValueError("fit_durations needs at least one scene with a positive length.")
    fitted: list[Scene] = []
    elapsed = 0.0
    frames_done = 0
    for scene in scenes:
        elapsed += scene.seconds * target_seconds / total
        frames = max(round(elapsed * fps) - frames_done, 1)
        frames_done += frames
        fitted.append(replace(scene, seconds=frames / fps))
    return tuple(fitted)


def _build(kind: Any, value: Any, where: str) -> Any:
    """``value`` (plain JSON) as ``kind``: dataclass, tuple, dict, Literal, union or scalar."""
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _build_dataclass(kind, value, where)
    if origin is tuple:
        args = get_args(kind)
        if not isinstance(value, (list, tuple)):
            raise StoryboardInvalid(f"{where} must be a list, got {type(value).__name__}.")
        inner = [args[0]] * len(value) if len(args) == 2 and args[1] is Ellipsis else list(args)
        if len(inner) != len(value):
            raise StoryboardInvalid(f"{where} must have {len(inner)} entries, got {len(value)}.")
        return tuple(_build(k, v, f"{where}[{i}]") for i, (k, v) in enumerate(zip(inner, value, strict=True)))
    if origin in (Union, UnionType):
        if value is None and type(None) in get_args(kind):
            return None
        return _build(next(a for a in get_args(kind) if a is not type(None)), value, where)
    if origin is Literal:
        if value not in get_args(kind):
            raise StoryboardInvalid(f"{where} must be one of {', '.join(get_args(kind))}, got {value!r}.")
        return value
    if origin is dict:
        if not isinstance(value, dict):
            raise StoryboardInvalid(f"{where} must be an object, got {type(value).__name__}.")
        return {str(k): _build(get_args(kind)[1], v, f"{where}.{k}") for k, v in value.items()}
    return _build_scalar(kind, value, where)


def _build_scalar(kind: type, value: Any, where: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise StoryboardInvalid(f"{where} must be {kind.__name__}, got {value!r}.")
    if kind is float and (value != value or value in (float("inf"), float("-inf"))):
        raise StoryboardInvalid(f"{where} must be a finite number, got {value!r}.")
    return value


def _build_dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        raise StoryboardInvalid(f"{where} must be an object, got {type(value).__name__}.")
    hints = get_type_hints(kind)
    unknown = set(value) - set(hints)
    if unknown:
        raise StoryboardInvalid(f"{where} has an unknown field {sorted(unknown)[0]!r}.")
    built = {name: _build(hints[name], entry, f"{where}.{name}") for name, entry in value.items()}
    try:
        return kind(**built)
    except TypeError as error:
        missing = [f.name for f in fields(kind) if f.name not in value]
        raise StoryboardInvalid(f"{where} lacks a required field out of {missing}.") from error
