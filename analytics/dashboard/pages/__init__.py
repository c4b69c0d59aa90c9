"""What each page holds, by its name in the address."""

from __future__ import annotations

from collections.abc import Callable

from analytics.dashboard.content import Content
from analytics.dashboard.pages.audience import audience
from analytics.dashboard.pages.creator import creator
from analytics.dashboard.pages.experiments import experiments
from analytics.dashboard.pages.feed import feed
from analytics.dashboard.pages.generators import generators
from analytics.dashboard.pages.overview import overview
from analytics.dashboard.pages.quality import quality
from analytics.dashboard.pages.video import video
from analytics.dashboard.state import View

PAGES: dict[str, Callable[[View], Content]] = {
    "overview": overview,
    "video": video,
    "creator": creator,
    "audience": audience,
    "feed": feed,
    "experiments": experiments,
    "generators": generators,
    "quality": quality,
}


def content_of(view: View) -> Content:
    """Everything on the page of ``view``; ``view_of`` has seen to it that its reader may see it."""
    return PAGES[view.page](view)
