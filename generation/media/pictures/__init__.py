"""Drawings that match words: search by keyword and meaning in Chinese and English, and their pixels.

``prepare`` is run once by set-up; ``search`` and ``rasterize`` serve requests.
"""

from generation.media.pictures.illustrations import SETS, names_in, rasterize, svg
from generation.media.pictures.index import is_current, prepare
from generation.media.pictures.retrieval import Illustration, named_pictures, search, search_within, signs

__all__ = [
    "SETS",
    "Illustration",
    "is_current",
    "named_pictures",
    "names_in",
    "prepare",
    "rasterize",
    "search",
    "search_within",
    "signs",
    "svg",
]
