"""Captions: pages from spoken words, layers word by word in five styles, WebVTT and SubRip files."""

from generation.media.captions.drawing import caption_box, caption_layers
from generation.media.captions.files import srt, webvtt
from generation.media.captions.pages import CaptionPage, CaptionWord, caption_pages

__all__ = ["CaptionPage", "CaptionWord", "caption_box", "caption_layers", "caption_pages", "srt", "webvtt"]
