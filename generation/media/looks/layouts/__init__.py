"""One module per family of layouts; ``LAYERS_OF`` finds the function that lays a scene out by its layout's name."""

from __future__ import annotations

from collections.abc import Callable

from generation.media.looks.building import SceneBuilder
from generation.media.looks.layouts.chart import lay_chart
from generation.media.looks.layouts.clip import lay_clip
from generation.media.looks.layouts.end import lay_end
from generation.media.looks.layouts.hero import lay_hero
from generation.media.looks.layouts.listing import lay_list
from generation.media.looks.layouts.point import lay_point
from generation.media.looks.layouts.quote import lay_quote
from generation.media.looks.layouts.versus import lay_before_after, lay_compare

LAYERS_OF: dict[str, Callable[[SceneBuilder], None]] = {
    "hero": lay_hero,
    "point": lay_point,
    "before_after": lay_before_after,
    "chart": lay_chart,
    "quote": lay_quote,
    "list": lay_list,
    "compare": lay_compare,
    "end": lay_end,
    "clip": lay_clip,
}

__all__ = ["LAYERS_OF"]
