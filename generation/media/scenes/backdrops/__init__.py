"""Animated grounds of scenes: closed paths of noise through a learned generator, drawn crisp in the palette's colors."""

from generation.media.scenes.backdrops.crisp import STYLES, Style, draw_crisp
from generation.media.scenes.backdrops.film import write_loop
from generation.media.scenes.backdrops.paths import Drive, closed_path, heard

__all__ = ["STYLES", "Drive", "Style", "closed_path", "draw_crisp", "heard", "write_loop"]
