"""Composition: pictured scenes → one mp4, a pure function whose finished parts are kept."""

from generation.media.rendering.encoder import EncoderSettings
from generation.media.rendering.muxer import Sidecar
from generation.media.rendering.renderer import (
    RenderReport,
    draw_frame,
    draw_frames,
    frame_hashes,
    render_scenes,
)
from generation.media.rendering.segments import trim_cache
from generation.media.rendering.sound import Pcm
from generation.media.rendering.warmup import warm_up

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
