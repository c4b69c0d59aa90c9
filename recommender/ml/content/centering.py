"""Where texts of a language lie on the whole in the space of multilingual-e5-small, to be taken off before comparing.

All rows of that network lie in a narrow cone, and the largest part of what is left of their differences is the language.
Without both, "how to pitch a tent" and "帐篷怎么搭" are as near as what is about the same. The centers of the topic bank are
kept beside this file (``python -m recommender.ml.content.centering`` makes them again); a catalogue's own take over as it grows.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.languages import LANGUAGES
from generation.bank.reading import topics
from generation.language.embedding import VERSION, embed

Vectors = NDArray[np.float32]

PLACE = Path(__file__).with_name("text_centers.json")
PRIOR_VIDEOS = 40.0  # how many videos of a language the bank's center is worth


@lru_cache(maxsize=1)
def bank_centers() -> dict[str, Vectors]:
    """The bank's center (384,) of each language; under "" that of all."""
    kept = json.loads(PLACE.read_text(encoding="utf-8"))
    return {name: np.array(row, np.float32) for name, row in kept["centers"].items()}


def centers_of(text: NDArray[Any], languages: list[str]) -> dict[str, Vectors]:
    """The center (d,) of each language: the texts' own mean, pulled to the bank's while they are few."""
    bank = bank_centers()
    of = np.array(languages)
    found = {}
    for name in {*languages, *bank}:
        mine = text[of == name] if name else text
        prior = bank.get(name, bank[""])
        found[name] = (mine.sum(axis=0, dtype=np.float64) + PRIOR_VIDEOS * prior) / (len(mine) + PRIOR_VIDEOS)
    return {name: np.asarray(row, np.float32) for name, row in found.items()}


def make() -> None:
    """Embed the bank and write its centers."""
    centers: dict[str, Vectors] = {}
    for language in LANGUAGES:
        said = [topic.texts[language] for topic in topics()]
        rows = embed([f"{t.title}\n{' '.join(p.spoken for p in t.points)}" for t in said], kind="passage")
        centers[language] = rows.mean(axis=0)
    centers[""] = np.mean(list(centers.values()), axis=0)
    rounded = {name: [round(float(value), 5) for value in row] for name, row in centers.items()}
    PLACE.write_text(json.dumps({"version": VERSION, "centers": rounded}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    make()
