"""The editor's form → the storyboard document: pure functions from a posted form and a document to a new document."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from generation.errors import StoryboardInvalid
from generation.models import Upload
from generation.stages.script import choose_pictures
from generation.storyboard import CAPTION_STYLES, LAYOUTS, MOODS

Document = dict[str, Any]
SCENES_MIN, SCENES_MAX = 1, 12
LINE_MAX, NARRATION_MAX, TITLE_MAX = 60, 400, 80


def applied(document: Document, form: Mapping[str, str]) -> Document:
    """``document`` with every field the form holds; fields it lacks stay. Texts are trimmed to their limits."""
    new = copy.deepcopy(document)
    if form.get("title", "").strip():
        new["title"] = form["title"].strip()[:TITLE_MAX]
    _choose(new["look"], "palette", form.get("palette"))
    _choose(new["look"], "caption_style", form.get("caption_style"), CAPTION_STYLES)
    _choose(new["music"], "mood", form.get("mood"), MOODS)
    _choose(new["voice"], "name", form.get("voice"))
    _number(new["voice"], "speed", form.get("speed"), 0.8, 1.25)
    _number(new["music"], "level", form.get("music_level"), 0.0, 1.5)
    if new["voice"]["name"] != "own":
        new["voice"]["upload"] = None
    for scene in new["scenes"]:
        _apply_scene(scene, form)
    wanted = form.get("order", "").split(",")
    places = {scene_id: place for place, scene_id in enumerate(wanted)}
    if set(places) == {scene["id"] for scene in new["scenes"]}:
        new["scenes"].sort(key=lambda scene: places[scene["id"]])
    return _numbered(new)


def _apply_scene(scene: dict[str, Any], form: Mapping[str, str]) -> None:
    prefix = f"scene-{scene['id']}-"
    line = form.get(f"{prefix}line", "").strip()
    if line:
        scene["line"] = line[:LINE_MAX]
    narration = form.get(f"{prefix}narration")
    if narration is not None and narration.strip() != scene["narration"]:
        scene["narration"] = " ".join(narration.split())[:NARRATION_MAX]
        scene["cues"] = []  # the times belong to the old words; the voice stage finds new ones
    layout = form.get(f"{prefix}layout")
    if layout in LAYOUTS and _layout_fits(scene, layout):
        scene["layout"] = layout
    if scene["media"]:
        for axis, name in enumerate(("focus-x", "focus-y")):
            point = {"value": scene["media"]["focus"][axis]}
            _number(point, "value", form.get(prefix + name), 0.0, 1.0)
            scene["media"]["focus"][axis] = point["value"]


def _layout_fits(scene: dict[str, Any], layout: str) -> bool:
    """Whether the scene holds what the layout shows."""
    needs = {
        "chart": "figure",
        "before_after": "versus",
        "compare": "versus",
        "list": "items",
        "clip": "media",
    }
    return layout not in needs or bool(scene[needs[layout]])


def layouts_for(scene: dict[str, Any]) -> list[str]:
    """The layouts the scene's content can fill."""
    return [
        name for name in LAYOUTS if _layout_fits(scene, name) and (name == "clip") == bool(scene["media"])
    ]


def _choose(
    place: dict[str, Any], name: str, value: str | None, allowed: tuple[str, ...] | None = None
) -> None:
    if value and (allowed is None or value in allowed):
        place[name] = value


def _number(place: dict[str, Any], name: str, value: str | None, low: float, high: float) -> None:
    try:
        number = float(value or "")
    except ValueError:
        return
    if low <= number <= high:
        place[name] = number


def _numbered(document: Document) -> Document:
    """Numbered points count 1, 2, … in their new order."""
    count = 0
    for scene in document["scenes"]:
        if scene["number"] is not None:
            count += 1
            scene["number"] = count
    return document


def operated(
    document: Document, operation: str, form: Mapping[str, str], uploads: Callable[[int], Upload]
) -> tuple[Document, str]:
    """``document`` after one operation such as ``up:s2`` or ``picture:s3:fluent-emoji:tent``, and what it did in words.

    Raises ``StoryboardInvalid`` with a sentence when the operation is unknown or not possible.
    """
    verb, _sep, rest = operation.partition(":")
    scene_id, _sep, argument = rest.partition(":")
    new = copy.deepcopy(document)
    if verb == "add":
        return _add(new, form)
    place = next((i for i, scene in enumerate(new["scenes"]) if scene["id"] == scene_id), None)
    acts: dict[str, Callable[[Document, int, str], str]] = {
        "up": lambda doc, i, _arg: _move(doc, i, i - 1),
        "down": lambda doc, i, _arg: _move(doc, i, i + 1),
        "copy": _copy,
        "remove": _remove,
        "picture": _picture,
        "media": lambda doc, i, arg: _media(doc, i, uploads(_whole(arg))),
        "drawing": _drawing,
    }
    if place is None or verb not in acts:
        raise StoryboardInvalid(_("This scene is no longer there. Reload the page."))
    said = acts[verb](new, place, argument)
    return _numbered(new), said


def _move(document: Document, place: int, to: int) -> str:
    scenes = document["scenes"]
    if 0 <= to < len(scenes):
        scenes.insert(to, scenes.pop(place))
    return _("Scene moved to place %(number)d") % {"number": max(min(to, len(scenes) - 1), 0) + 1}


def _whole(text: str) -> int:
    if not text.isdecimal() or len(text) > 12:
        raise StoryboardInvalid(_("This file is no longer there. Reload the page."))
    return int(text)


def _room(document: Document) -> None:
    if len(document["scenes"]) >= SCENES_MAX:
        raise StoryboardInvalid(_("A video has at most %(most)d scenes.") % {"most": SCENES_MAX})


def _free_id(document: Document) -> str:
    used = {scene["id"] for scene in document["scenes"]}
    return next(name for n in range(1, 1000) if (name := f"s{n}") not in used)


def _copy(document: Document, place: int, _argument: str) -> str:
    _room(document)
    twin = copy.deepcopy(document["scenes"][place])
    twin["id"] = _free_id(document)
    document["scenes"].insert(place + 1, twin)
    return _("Scene duplicated")


def _remove(document: Document, place: int, _argument: str) -> str:
    if len(document["scenes"]) <= SCENES_MIN:
        raise StoryboardInvalid(_("A video needs at least one scene."))
    del document["scenes"][place]
    return _("Scene removed")


def _add(document: Document, form: Mapping[str, str]) -> tuple[Document, str]:
    _room(document)
    line = form.get("new-line", "").strip()[:LINE_MAX]
    narration = " ".join(form.get("new-narration", "").split())[:NARRATION_MAX]
    if not line or not narration:
        raise StoryboardInvalid(_("A new scene needs a line for the screen and a sentence to say."))
    scenes = document["scenes"]
    pictures = choose_pictures(
        line, narration, language=document["language"], preferred_set=document["look"]["picture_set"]
    )
    scene = {
        **{name: None for name in ("figure", "versus", "media")},
        "id": _free_id(document),
        "layout": "point",
        "line": line,
        "narration": narration,
        "picture_words": line,
        "seconds": 0.0,
        "number": 1 if any(s["number"] is not None for s in scenes) else None,
        "items": [],
        "pictures": [
            _picture_json(picture.name, picture.set, picture.because, picture.alternatives)
            for picture in pictures
        ],
        "transition": "crossfade",
        "speech_start": 0.0,
        "cues": [],
    }
    at = len(scenes) - 1 if scenes[-1]["layout"] == "end" else len(scenes)
    scenes.insert(at, scene)
    return _numbered(document), _("Scene added")


def _picture_json(name: str, set_name: str, because: str, alternatives: Any = ()) -> dict[str, Any]:
    return {
        "name": name,
        "set": set_name,
        "because": because,
        "score": 0.0,
        "alternatives": list(alternatives),
    }


def _picture(document: Document, place: int, argument: str) -> str:
    """Put ``set:name`` first; what stood there becomes an alternative."""
    set_name, _sep, name = argument.partition(":")
    scene = document["scenes"][place]
    before = scene["pictures"][0] if scene["pictures"] else None
    others = [entry for entry in (before["alternatives"] if before else []) if entry != argument]
    if before:
        others = [f"{before['set']}:{before['name']}", *others][:8]
    # An empty "because" says that a person chose it.
    scene["pictures"] = [_picture_json(name, set_name, "", others), *scene["pictures"][1:]]
    return _("Drawing changed")


def _media(document: Document, place: int, upload: Upload) -> str:
    if upload.state != Upload.State.READY or upload.kind not in (Upload.Kind.CLIP, Upload.Kind.IMAGE):
        raise StoryboardInvalid(_("Only a clip or an image that passed its check can take a scene."))
    scene = document["scenes"][place]
    scene["media"] = {
        "upload": upload.pk,
        "kind": upload.kind,
        "path": upload.file,
        "sha256": upload.sha256,
        "start": 0.0,
        "focus": [0.5, 0.5],
        "zoom": 1.08,
    }
    scene["layout"] = "clip"
    return _("“%(name)s” takes the scene") % {"name": upload.original_name}


def _drawing(document: Document, place: int, _argument: str) -> str:
    scene = document["scenes"][place]
    scene["media"] = None
    if scene["layout"] == "clip":
        scene["layout"] = "point" if scene["number"] is not None else "hero"
    return _("Back to the drawing")
