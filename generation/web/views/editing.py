"""The editor's form → edits of the storyboard: only what differs from it, trimmed to the limits the page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django.utils.translation import gettext as _

from generation.edits import (
    LINE_MAX,
    NARRATION_MAX,
    TITLE_MAX,
    AddScene,
    AnyEdit,
    ChoosePicture,
    CopyScene,
    MarkChecked,
    MoveScene,
    OrderScenes,
    RemoveScene,
    SetLook,
    SetMusic,
    SetScene,
    SetTitle,
    SetVoice,
    UseDrawing,
    UseMedia,
    layouts_for,
)
from generation.errors import SceneUnknown, StoryboardInvalid
from generation.media.scenes import PALETTES
from generation.recipe import LEVEL_MOST, SPEED_LEAST, SPEED_MOST
from generation.storyboard import CAPTION_STYLES, MOODS, Scene, Storyboard

Form = Mapping[str, str]
T = TypeVar("T", bound=str)


def form_edits(board: Storyboard, form: Form) -> list[AnyEdit]:
    """What the form's fields ask for; a field that is missing, empty or no choice of the page changes nothing."""
    edits: list[AnyEdit] = []
    if title := form.get("title", "").strip()[:TITLE_MAX]:
        edits.append(SetTitle(op="title", title=title))
    edits.append(
        SetLook(
            op="look",
            palette=_one_of(form, "palette", (*PALETTES, board.look.palette)),
            caption_style=_one_of(form, "caption_style", CAPTION_STYLES),
        )
    )
    level = _number(form, "music_level", 0.0, LEVEL_MOST)
    edits.append(SetMusic(op="music", mood=_one_of(form, "mood", MOODS), level=level))
    speed = _number(form, "speed", SPEED_LEAST, SPEED_MOST)
    upload = form.get("voice-upload", "")
    recording = int(upload) if upload.isdecimal() and len(upload) < 12 else None
    edits.append(SetVoice(op="voice", name=form.get("voice") or None, speed=speed, upload=recording))
    edits += [edit for scene in board.scenes if (edit := _scene_edit(scene, form))]
    wanted = tuple(form.get("order", "").split(","))
    if sorted(wanted) == sorted(scene.id for scene in board.scenes):
        edits.append(OrderScenes(op="order", scenes=wanted))
    return edits


def _scene_edit(scene: Scene, form: Form) -> SetScene | None:
    prefix = f"scene-{scene.id}-"
    narration = form.get(f"{prefix}narration")
    layout = _one_of(form, f"{prefix}layout", layouts_for(scene))
    focus = None
    if scene.media:
        x, y = (_number(form, f"{prefix}focus-{axis}", 0.0, 1.0) for axis in "xy")
        before = scene.media.focus
        focus = (before[0] if x is None else x, before[1] if y is None else y)
    values = {
        "line": form.get(f"{prefix}line", "").strip()[:LINE_MAX] or None,
        "narration": None if narration is None else " ".join(narration.split())[:NARRATION_MAX],
        "layout": layout,
        "focus": focus,
    }
    if all(value is None for value in values.values()):
        return None
    return SetScene.model_validate({"op": "scene", "scene": scene.id, **values})


def operation_edit(board: Storyboard, operation: str, form: Form) -> AnyEdit:
    """One click such as ``up:s2`` or ``picture:s3:fluent-emoji:tent``. Raises ``StoryboardInvalid`` in words."""
    verb, _sep, rest = operation.partition(":")
    scene, _sep, argument = rest.partition(":")
    if verb == "add":
        line = form.get("new-line", "").strip()[:LINE_MAX]
        narration = " ".join(form.get("new-narration", "").split())[:NARRATION_MAX]
        if not line or not narration:
            raise StoryboardInvalid(
                "A new scene needs a line for the screen and a sentence to say.", code="scene_words_missing"
            )
        return AddScene(op="add", line=line, narration=narration)
    index = next((i for i, row in enumerate(board.scenes) if row.id == scene), None)
    if index is None:
        raise SceneUnknown(f"There is no scene {scene!r} any more. Reload the page.")
    if verb == "picture":
        set_name, _sep, name = argument.partition(":")
        return ChoosePicture(op="picture", scene=scene, set=set_name, name=name)
    if verb == "media":
        if not argument.isdecimal() or not 0 < len(argument) < 12:
            raise StoryboardInvalid("This file is no longer there. Reload the page.", code="file_unusable")
        return UseMedia(op="media", scene=scene, upload=int(argument))
    if verb in ("up", "down"):
        return MoveScene(op="move", scene=scene, to=max(index + (1 if verb == "down" else -1), 0))
    plain: dict[str, type[CopyScene | RemoveScene | UseDrawing | MarkChecked]] = {
        "copy": CopyScene,
        "remove": RemoveScene,
        "drawing": UseDrawing,
        "checked": MarkChecked,
    }
    if verb not in plain:
        raise StoryboardInvalid(f"{verb!r} is nothing that can be done to a scene. Reload the page.")
    return plain[verb].model_validate({"op": verb, "scene": scene})


def note_of(board: Storyboard, edit: AnyEdit, name: str = "") -> str:
    """What an edit did, in the language of the page; ``name`` is that of the file it takes."""
    if isinstance(edit, MoveScene):
        return _("Scene moved to place %(number)d") % {"number": min(edit.to, len(board.scenes) - 1) + 1}
    if isinstance(edit, UseMedia):
        return _("“%(name)s” takes the scene") % {"name": name}
    said = {
        CopyScene: _("Scene duplicated"),
        RemoveScene: _("Scene removed"),
        AddScene: _("Scene added"),
        ChoosePicture: _("Drawing changed"),
        UseDrawing: _("Back to the drawing"),
        MarkChecked: _("Marked as checked"),
    }
    return said.get(type(edit), _("Edited"))


def _one_of(form: Form, name: str, allowed: Iterable[T]) -> T | None:
    value = form.get(name)
    return next((entry for entry in allowed if entry == value), None)


def _number(form: Form, name: str, low: float, high: float) -> float | None:
    try:
        number = float(form.get(name, ""))
    except ValueError:
        return None
    return number if low <= number <= high else None
