"""Looks: storyboard scenes → pictures ready to blend, in palettes, motions and layouts that fit the topic."""

from generation.media.looks.choices import choose_look, choose_transitions
from generation.media.looks.cover import cover
from generation.media.looks.grid import Box, Rect, is_safe
from generation.media.looks.labels import ai_label_layers, label_box, letter_height, progress_layers
from generation.media.looks.palettes import PALETTES, Palette, palette_for
from generation.media.looks.picturing import scene_picture, text_boxes
from generation.media.looks.typesetting import missing_glyphs

__all__ = [
    "PALETTES",
    "Box",
    "Palette",
    "Rect",
    "ai_label_layers",
    "choose_look",
    "choose_transitions",
    "cover",
    "is_safe",
    "label_box",
    "letter_height",
    "missing_glyphs",
    "palette_for",
    "progress_layers",
    "scene_picture",
    "text_boxes",
]
