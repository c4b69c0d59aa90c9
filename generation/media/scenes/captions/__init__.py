"""Captions: pages from spoken words, layers word by word in five styles, WebVTT and SubRip files."""

from generation.media.scenes.captions.drawing import caption_box, caption_layers
from generation.media.scenes.captions.files import srt, webvtt
from generation.media.scenes.captions.pages import CaptionPage, CaptionWord, caption_pages

__all__ = ["CaptionPage", "CaptionWord", "caption_box", "caption_layers", "caption_pages", "srt", "webvtt"]
