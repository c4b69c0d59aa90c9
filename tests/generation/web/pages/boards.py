"""Jobs whose script stands in the editor, and what a page said."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.http import HttpResponse

from generation.models import GenerationJob, StoryboardVersion
from generation.storyboard import Look, MusicChoice, PictureChoice, Scene, Storyboard, Voice
from tests import factories

HTMX = {"HX-Request": "true"}


def scene(number: int, **values: Any) -> Scene:
    tent = PictureChoice("tent", "fluent-emoji", "帐篷", 0.9, ("fluent-emoji:fire", "fluent-emoji:house"))
    defaults: dict[str, Any] = {
        "id": f"s{number}",
        "layout": "point",
        "line": f"第{number}行",
        "narration": f"这是第{number}句旁白。",
        "picture_words": "帐篷",
        "seconds": 4.0,
        "number": number,
        "pictures": (tent,),
    }
    return Scene(**{**defaults, **values})


def edited(owner: User, **values: Any) -> GenerationJob:
    """A job whose script is ready, with three scenes."""
    row = factories.job(owner, **{"state": "editing", **values})
    board = Storyboard(
        title="周末露营必备清单",
        titles=("周末露营必备清单", "露营带什么"),
        language="zh",
        aspect="9:16",
        target_seconds=12.0,
        seed=7,
        scenes=(scene(1), scene(2), scene(3)),
        look=Look("violet"),
        voice=Voice("zf_xiaoxiao"),
        music=MusicChoice("bright"),
    )
    StoryboardVersion.objects.create(job=row, version=1, document=board.to_json(), note="script")
    return row


def document(row: GenerationJob) -> dict[str, Any]:
    newest = row.storyboards.order_by("-version").first()
    assert newest is not None
    found: dict[str, Any] = newest.document
    return found


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]
