"""The words of a video: what is said, written on screen, and captioned."""

from __future__ import annotations

import re
from typing import Any

from core import media_files
from generation.models import StoryboardVersion, Video

VTT_TIME = re.compile(r"^(\d+:)?\d\d:\d\d\.\d{3} --> ")


def captions_of(video: Video) -> str:
    """The words of the captions file, a line a cue."""
    place = media_files.absolute(video.captions) if video.captions else None
    if place is None or not place.is_file():
        return ""
    lines = place.read_text(encoding="utf-8").splitlines()
    words = [line.strip() for line in lines if line.strip() and not VTT_TIME.match(line)]
    return "\n".join(line for line in words if line != "WEBVTT" and not line.isdigit())


def script_of(video: Video) -> str:
    """What is said and written on screen, of the newest storyboard."""
    board = board_of(video)
    if board is None:
        return ""
    lines: list[str] = []
    for scene in scenes_of(board):
        lines += [str(scene.get(name) or "") for name in ("narration", "line")]
        lines += [str(item) for item in scene.get("items") or ()]
    return "\n".join(dict.fromkeys(line for line in lines if line.strip()))


def scenes_of(board: StoryboardVersion | None) -> list[dict[str, Any]]:
    scenes: list[dict[str, Any]] = board.document.get("scenes", []) if board else []
    return scenes


def board_of(video: Video) -> StoryboardVersion | None:
    """The newest storyboard, if the video was generated."""
    return StoryboardVersion.objects.filter(job=video.job_id).first() if video.job_id else None


def transcript_of(video: Video) -> str:
    """What was heard in an upload."""
    return str(video.upload.transcript.get("text", "")).strip() if video.upload else ""
