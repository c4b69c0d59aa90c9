"""Looks: storyboard scenes → pictures ready to blend, in palettes, motions and layouts that fit the topic."""

from generation.media.scenes.choice import choose_look, choose_transitions
from generation.media.scenes.composer import scene_picture, text_boxes
from generation.media.scenes.covers import choose_cover, cover, cover_boxes, with_fitting_cover
from generation.media.scenes.grid import Box, Rect, is_safe
from generation.media.scenes.overlays import ai_label_layers, label_box, letter_height, progress_layers
from generation.media.scenes.palettes import PALETTES, Palette, named, palette_for
from generation.media.scenes.typography import missing_glyphs

__all__ = [
    "PALETTES",
    "Box",
    "Palette",
    "Rect",
    "ai_label_layers",
    "choose_cover",
    "choose_look",
    "choose_transitions",
    "cover",
    "cover_boxes",
    "is_safe",
    "label_box",
    "letter_height",
    "missing_glyphs",
    "named",
    "palette_for",
    "progress_layers",
    "scene_picture",
    "text_boxes",
    "with_fitting_cover",
]
