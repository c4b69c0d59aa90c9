"""Whether a film is a slideshow, read from its frames: when something substantial changes, and for how long nothing."""

from generation.stages.check.slideshow.changes import ChangeSight
from generation.stages.check.slideshow.measures import (
    Slideshow,
    check_slideshow,
    check_text_only,
    measure_slideshow,
)

__all__ = ["ChangeSight", "Slideshow", "check_slideshow", "check_text_only", "measure_slideshow"]
