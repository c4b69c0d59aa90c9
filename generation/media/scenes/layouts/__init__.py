"""One module per family of layouts; ``LAYERS_OF`` finds the function that lays a scene out by its layout's name."""

from __future__ import annotations

from collections.abc import Callable

from generation.media.scenes.builder import SceneBuilder
from generation.media.scenes.layouts.big_number import lay_big_number
from generation.media.scenes.layouts.chart import lay_chart
from generation.media.scenes.layouts.chat import lay_chat
from generation.media.scenes.layouts.checklist import lay_checklist
from generation.media.scenes.layouts.clip import lay_clip
from generation.media.scenes.layouts.detail import lay_detail
from generation.media.scenes.layouts.end import lay_end
from generation.media.scenes.layouts.hero import lay_hero
from generation.media.scenes.layouts.listing import lay_list
from generation.media.scenes.layouts.panels import lay_do_dont, lay_split
from generation.media.scenes.layouts.point import lay_point
from generation.media.scenes.layouts.quiz import lay_quiz
from generation.media.scenes.layouts.quote import lay_quote
from generation.media.scenes.layouts.versus import lay_before_after, lay_compare
from generation.media.scenes.layouts.ways import lay_steps, lay_timeline

LAYERS_OF: dict[str, Callable[[SceneBuilder], None]] = {
    "hero": lay_hero,
    "point": lay_point,
    "split": lay_split,
    "detail": lay_detail,
    "steps": lay_steps,
    "checklist": lay_checklist,
    "timeline": lay_timeline,
    "big_number": lay_big_number,
    "quiz": lay_quiz,
    "chat": lay_chat,
    "do_dont": lay_do_dont,
    "before_after": lay_before_after,
    "chart": lay_chart,
    "quote": lay_quote,
    "list": lay_list,
    "compare": lay_compare,
    "end": lay_end,
    "clip": lay_clip,
}

__all__ = ["LAYERS_OF"]
