"""Composition: pictured scenes → one mp4, a pure function whose finished parts are kept."""

from generation.media.composition.encoding import EncoderSettings
from generation.media.composition.muxing import Pcm, Sidecar
from generation.media.composition.rendering import (
    RenderReport,
    draw_frame,
    draw_frames,
    frame_hashes,
    render_scenes,
)
from generation.media.composition.storage import trim_cache
from generation.media.composition.warming import warm_up

__all__ = [
    "EncoderSettings",
    "Pcm",
    "RenderReport",
    "Sidecar",
    "draw_frame",
    "draw_frames",
    "frame_hashes",
    "render_scenes",
    "trim_cache",
    "warm_up",
]
