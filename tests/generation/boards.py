"""A small valid storyboard, for tests that need one without writing a script."""

from __future__ import annotations

from typing import Any

from generation.models import GenerationJob, StoryboardVersion
from generation.storyboard import Look, MediaChoice, MusicChoice, Scene, Storyboard, Voice


def board(**values: Any) -> Storyboard:
    """Two scenes without a voice: the cheapest document that every page takes."""
    scenes = (
        Scene("s1", "hero", "露营清单", "露营要带什么？", "帐篷", seconds=4.0),
        Scene("s2", "end", "关注我们", "收藏这条视频。", "星星", seconds=6.0),
    )
    defaults = {
        "title": "露营清单",
        "titles": ("露营清单",),
        "language": "zh",
        "aspect": "9:16",
        "target_seconds": 10.0,
        "seed": 7,
        "scenes": scenes,
        "look": Look("sunset"),
        "voice": Voice("none"),
        "music": MusicChoice("warm"),
    }
    return Storyboard(**{**defaults, **values})


def with_media(upload: int) -> Storyboard:
    """The board with its first scene taken by a creator's file; path and hash are a request's lies."""
    whole = board()
    media = MediaChoice(upload, "image", "videos/1/someone-elses.mp4", "f" * 64)
    first = Scene("s1", "clip", "露营清单", "露营要带什么？", "帐篷", seconds=4.0, media=media)
    return board(scenes=(first, *whole.scenes[1:]))


def stored(job: GenerationJob, version: int = 1, **values: Any) -> StoryboardVersion:
    return StoryboardVersion.objects.create(job=job, version=version, document=board(**values).to_json())
