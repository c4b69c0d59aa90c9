"""Edits of a storyboard as typed operations on the typed document: the same for the editor page, the API and programs.

``read_edits`` turns JSON into edits or says in a sentence what is wrong; ``apply`` makes a new storyboard from one and
never changes the old. Plain Python: what a creator's file is comes in as ``MediaChoice``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from generation.documents.shortening import is_taken_from
from generation.errors import MediaUnusable, SceneCountRefused, SceneUnknown, StoryboardInvalid, VoiceUnusable
from generation.language.cleaning import line_cleaned
from generation.media.pictures import SETS, names_in
from generation.media.scenes import PALETTES
from generation.media.speech import voice_found, voices
from generation.recipe import LEVEL_MOST, SPEED_LEAST, SPEED_MOST
from generation.stages.script import choose_pictures
from generation.storyboard import (
    LAYOUTS,
    CaptionStyle,
    LayoutName,
    MediaChoice,
    Mood,
    PictureChoice,
    Scene,
    Storyboard,
)
from generation.validation import first_problem

SCENES_MIN, SCENES_MAX = 1, 12
LINE_MAX, NARRATION_MAX, TITLE_MAX = 60, 400, 80
ALTERNATIVES_MAX = 8
EDITS_MAX = 60  # operations of one request

Share = Annotated[float, Field(ge=0, le=1)]
Line = Annotated[str, Field(min_length=1, max_length=LINE_MAX)]
Narration = Annotated[str, Field(max_length=NARRATION_MAX)]


class _Edit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class _SceneEdit(_Edit):
    scene: str = Field(description="Id of the scene, such as s2.")


class SetTitle(_Edit):
    op: Literal["title"]
    title: str = Field(min_length=1, max_length=TITLE_MAX)


class SetLook(_Edit):
    op: Literal["look"]
    palette: str | None = None
    caption_style: CaptionStyle | None = None


class SetVoice(_Edit):
    op: Literal["voice"]
    name: str | None = Field(
        default=None, description="A voice of the video's language, none, or own with upload."
    )
    speed: float | None = Field(default=None, ge=SPEED_LEAST, le=SPEED_MOST)
    upload: int | None = Field(
        default=None, ge=1, description="Number of a voice-over that passed its check."
    )


class SetMusic(_Edit):
    op: Literal["music"]
    mood: Mood | None = None
    level: float | None = Field(default=None, ge=0, le=LEVEL_MOST)


class SetScene(_SceneEdit):
    op: Literal["scene"]
    line: Line | None = None
    narration: Narration | None = None
    layout: LayoutName | None = None
    focus: tuple[Share, Share] | None = Field(
        default=None, description="What must stay in the frame, from the top left."
    )


class OrderScenes(_Edit):
    op: Literal["order"]
    scenes: tuple[str, ...] = Field(description="Every scene's id once, in the new order.")


class MoveScene(_SceneEdit):
    op: Literal["move"]
    to: int = Field(description="New index, counted from 0; beyond the ends is the end.")


class CopyScene(_SceneEdit):
    op: Literal["copy"]


class RemoveScene(_SceneEdit):
    op: Literal["remove"]


class AddScene(_Edit):
    op: Literal["add"]
    line: Line
    narration: Annotated[str, Field(min_length=1, max_length=NARRATION_MAX)]


class ChoosePicture(_SceneEdit):
    op: Literal["picture"]
    set: str = Field(description="Set of drawings.")
    name: str = Field(description="Name of the drawing in its set.")


class UseMedia(_SceneEdit):
    op: Literal["media"]
    upload: int = Field(ge=1, description="Number of an own clip or image that passed its check.")


class UseDrawing(_SceneEdit):
    op: Literal["drawing"]


class MarkChecked(_SceneEdit):
    """A person has looked up what a language model claims in the scene."""

    op: Literal["checked"]


AnyEdit = (
    SetTitle
    | SetLook
    | SetVoice
    | SetMusic
    | SetScene
    | OrderScenes
    | MoveScene
    | CopyScene
    | RemoveScene
    | AddScene
    | ChoosePicture
    | UseMedia
    | UseDrawing
    | MarkChecked
)
Edit = Annotated[AnyEdit, Field(discriminator="op")]


def read_edits(data: Any) -> tuple[AnyEdit, ...]:
    """A list of operations. Raises ``StoryboardInvalid`` naming the first one that is wrong and what it takes."""
    if not isinstance(data, list) or not 1 <= len(data) <= EDITS_MAX:
        raise StoryboardInvalid(f"operations must be a list of 1 to {EDITS_MAX} edits.", field="operations")
    try:
        return edits_reader().validate_json(json.dumps(data))
    except ValidationError as error:
        raise StoryboardInvalid(
            first_problem(error, "operations", tagged=True)[1], field="operations"
        ) from error
    except (TypeError, ValueError) as error:
        raise StoryboardInvalid(f"operations are no JSON: {error}.", field="operations") from error


@cache
def edits_reader() -> TypeAdapter[tuple[AnyEdit, ...]]:
    return TypeAdapter(tuple[Edit, ...])


def apply(board: Storyboard, edits: Iterable[AnyEdit], *, files: Mapping[int, MediaChoice]) -> Storyboard:
    """``board`` after all edits; points are numbered 1, 2, … again.

    ``files`` are the creator's clips and images that a ``media`` edit may take. Raises ``StoryboardInvalid`` or one of
    its kinds (``SceneUnknown``, ``SceneCountRefused``, ``MediaUnusable``, ``VoiceUnusable``) and then nothing is changed.
    """
    opening = board.scenes[0].narration
    for edit in edits:
        board = _APPLIED[type(edit)](board, edit, files)
    if board.scenes[0].narration != opening:
        board = replace(board, hook=None)  # a person wrote it: of which kind it is nobody has said
    return replace(board, scenes=_numbered(board.scenes))


def layouts_for(scene: Scene) -> tuple[LayoutName, ...]:
    """The layouts that the scene's content can fill."""
    return tuple(
        name for name in LAYOUTS if _layout_fits(scene, name) and (name == "clip") == bool(scene.media)
    )


def _layout_fits(scene: Scene, layout: LayoutName) -> bool:
    needs: dict[str, Any] = {
        "chart": scene.figure,
        "before_after": scene.versus,
        "compare": scene.versus,
        "do_dont": scene.versus,
        "big_number": scene.figure,
        "quiz": scene.figure,
        "timeline": scene.year,
        "list": scene.items,
        "clip": scene.media,
    }
    return layout not in needs or bool(needs[layout])


def _numbered(scenes: tuple[Scene, ...]) -> tuple[Scene, ...]:
    count = 0
    numbered = []
    for scene in scenes:
        if scene.number is not None:
            count += 1
            scene = replace(scene, number=count)
        numbered.append(scene)
    return tuple(numbered)


def _index(board: Storyboard, scene_id: str) -> int:
    for index, scene in enumerate(board.scenes):
        if scene.id == scene_id:
            return index
    raise SceneUnknown(
        f"There is no scene {scene_id!r}; this script has {', '.join(s.id for s in board.scenes)}."
    )


def _with_scene(board: Storyboard, index: int, scene: Scene) -> Storyboard:
    return replace(board, scenes=(*board.scenes[:index], scene, *board.scenes[index + 1 :]))


def _room(board: Storyboard) -> None:
    if len(board.scenes) >= SCENES_MAX:
        raise SceneCountRefused(
            f"A video has at most {SCENES_MAX} scenes. Remove one first.", code="scenes_too_many"
        )


def _free_id(board: Storyboard) -> str:
    used = {scene.id for scene in board.scenes}
    return next(name for n in range(1, 1000) if (name := f"s{n}") not in used)


def _set_title(board: Storyboard, edit: SetTitle, _files: Any) -> Storyboard:
    return replace(board, title=line_cleaned(edit.title) or board.title)


def _set_look(board: Storyboard, edit: SetLook, _files: Any) -> Storyboard:
    if edit.palette is not None and edit.palette != board.look.palette and edit.palette not in PALETTES:
        raise StoryboardInvalid(f"palette must be one of {', '.join(PALETTES)}, got {edit.palette!r}.")
    look = board.look
    return replace(
        board,
        look=replace(
            look,
            palette=edit.palette or look.palette,
            caption_style=edit.caption_style or look.caption_style,
        ),
    )


def _set_voice(board: Storyboard, edit: SetVoice, _files: Any) -> Storyboard:
    name = edit.name or board.voice.name
    known = (*(voice.id for voice in voices(board.language)), "none", "own")
    if name == board.voice.name and voice_found(name) is not None:
        known += (name,)  # it may keep one that is no longer on offer
    if name not in known:
        raise VoiceUnusable(f"voice must be one of {', '.join(known)}, got {name!r}.")
    upload = (edit.upload or board.voice.upload) if name == "own" else None
    if name == "own" and upload is None:
        raise VoiceUnusable("An own voice needs the number of a voice-over: add upload.")
    speed = board.voice.speed if edit.speed is None else edit.speed
    return replace(board, voice=replace(board.voice, name=name, speed=speed, upload=upload))


def _set_music(board: Storyboard, edit: SetMusic, _files: Any) -> Storyboard:
    music = board.music
    level = music.level if edit.level is None else edit.level
    return replace(board, music=replace(music, mood=edit.mood or music.mood, level=level))


def _set_scene(board: Storyboard, edit: SetScene, _files: Any) -> Storyboard:
    index = _index(board, edit.scene)
    scene = board.scenes[index]
    if edit.line is not None:
        scene = replace(scene, line=edit.line.strip() or scene.line)
    if edit.narration is not None and (said := " ".join(edit.narration.split())) != scene.narration:
        # the times belong to the old words; the voice stage finds new ones
        source = scene.source if is_taken_from(said, scene.source) else ""
        scene = replace(scene, narration=said, cues=(), source=source, shorter="", longer="")
    if edit.layout is not None:
        if not _layout_fits(scene, edit.layout):
            raise StoryboardInvalid(
                f"Scene {scene.id} cannot be laid out as {edit.layout}; its content fits {', '.join(layouts_for(scene))}."
            )
        scene = replace(scene, layout=edit.layout)
    if edit.focus is not None:
        if scene.media is None:
            raise StoryboardInvalid(
                f"Scene {scene.id} shows a drawing; only an own clip or image has a focus."
            )
        scene = replace(scene, media=replace(scene.media, focus=edit.focus))
    left = tuple(claim for claim in scene.check if claim in f"{scene.line} {scene.narration}")
    return _with_scene(board, index, replace(scene, check=left))


def _order(board: Storyboard, edit: OrderScenes, _files: Any) -> Storyboard:
    by_id = {scene.id: scene for scene in board.scenes}
    if sorted(edit.scenes) != sorted(by_id):
        raise SceneUnknown(f"order must name every scene once: {', '.join(by_id)}.")
    return replace(board, scenes=tuple(by_id[name] for name in edit.scenes))


def _move(board: Storyboard, edit: MoveScene, _files: Any) -> Storyboard:
    scenes = list(board.scenes)
    scene = scenes.pop(_index(board, edit.scene))
    scenes.insert(min(max(edit.to, 0), len(scenes)), scene)
    return replace(board, scenes=tuple(scenes))


def _copy(board: Storyboard, edit: CopyScene, _files: Any) -> Storyboard:
    index = _index(board, edit.scene)
    _room(board)
    twin = replace(board.scenes[index], id=_free_id(board))
    return replace(board, scenes=(*board.scenes[: index + 1], twin, *board.scenes[index + 1 :]))


def _remove(board: Storyboard, edit: RemoveScene, _files: Any) -> Storyboard:
    index = _index(board, edit.scene)
    if len(board.scenes) <= SCENES_MIN:
        raise SceneCountRefused("A video needs at least one scene.", code="scenes_too_few")
    return replace(board, scenes=(*board.scenes[:index], *board.scenes[index + 1 :]))


def _add(board: Storyboard, edit: AddScene, _files: Any) -> Storyboard:
    """A new point with a drawing by its words, before the end card."""
    _room(board)
    line, narration = edit.line.strip(), " ".join(edit.narration.split())
    if not line or not narration:
        raise StoryboardInvalid(
            "A new scene needs a line for the screen and a sentence to say.", code="scene_words_missing"
        )
    scene = Scene(
        id=_free_id(board),
        layout="point",
        line=line,
        narration=narration,
        picture_words=line,
        number=1 if any(other.number is not None for other in board.scenes) else None,
        pictures=choose_pictures(
            line,
            narration,
            language=board.language,
            preferred_set=board.look.picture_set,
            about=board.title,
        ),
    )
    at = len(board.scenes) - 1 if board.scenes[-1].layout == "end" else len(board.scenes)
    return replace(board, scenes=(*board.scenes[:at], scene, *board.scenes[at:]))


def _picture(board: Storyboard, edit: ChoosePicture, _files: Any) -> Storyboard:
    """The chosen drawing goes first; what stood there becomes an alternative."""
    index = _index(board, edit.scene)
    if edit.set not in SETS or edit.name not in names_in(edit.set):
        raise StoryboardInvalid(
            f"There is no drawing {edit.name!r} in the set {edit.set!r}. Search for another."
        )
    scene = board.scenes[index]
    chosen = f"{edit.set}:{edit.name}"
    before = scene.pictures[0] if scene.pictures else None
    others = tuple(entry for entry in (before.alternatives if before else ()) if entry != chosen)
    if before:
        others = (f"{before.set}:{before.name}", *others)[:ALTERNATIVES_MAX]
    # an empty "because" says that a person chose it
    first = PictureChoice(edit.name, edit.set, "", 0.0, others)
    return _with_scene(board, index, replace(scene, pictures=(first, *scene.pictures[1:])))


def _media(board: Storyboard, edit: UseMedia, files: Mapping[int, MediaChoice]) -> Storyboard:
    index = _index(board, edit.scene)
    if edit.upload not in files:
        raise MediaUnusable(
            f"File {edit.upload} is not a clip or image of yours that passed its check. Choose another."
        )
    return _with_scene(board, index, replace(board.scenes[index], media=files[edit.upload], layout="clip"))


def _drawing(board: Storyboard, edit: UseDrawing, _files: Any) -> Storyboard:
    index = _index(board, edit.scene)
    scene = replace(board.scenes[index], media=None)
    if scene.layout == "clip":
        scene = replace(scene, layout="point" if scene.number is not None else "hero")
    return _with_scene(board, index, scene)


def _checked(board: Storyboard, edit: MarkChecked, _files: Any) -> Storyboard:
    index = _index(board, edit.scene)
    return _with_scene(board, index, replace(board.scenes[index], check=()))


_APPLIED: dict[type[_Edit], Callable[[Storyboard, Any, Mapping[int, MediaChoice]], Storyboard]] = {
    SetTitle: _set_title,
    SetLook: _set_look,
    SetVoice: _set_voice,
    SetMusic: _set_music,
    SetScene: _set_scene,
    OrderScenes: _order,
    MoveScene: _move,
    CopyScene: _copy,
    RemoveScene: _remove,
    AddScene: _add,
    ChoosePicture: _picture,
    UseMedia: _media,
    UseDrawing: _drawing,
    MarkChecked: _checked,
}
