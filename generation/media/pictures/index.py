"""Set-up of the drawings: one SQLite file of what can be drawn and one index of what each drawing means.

Both carry the fingerprint of their sources and are rebuilt when it changes; each appears whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.languages import LANGUAGES
from generation.assets import asset_path, assets_dir, packages
from generation.errors import AssetMissing
from generation.language import embedding
from generation.media.pictures import concepts, illustrations
from generation.media.pictures.concepts import Concept

INDEX = "pictures/meanings.npz"
_FORMAT = "4"  # change when what is stored changes
_ROWS_A_STEP = 256


def fingerprint() -> str:
    """SHA-256 of everything the two files are made from: the asset table, our own words, network and format."""
    state = hashlib.sha256(f"{_FORMAT} {embedding.VERSION}".encode())
    for package in packages():
        for entry in package.files:
            if entry.path.startswith("pictures/"):
                state.update(f"{entry.path} {entry.sha256}".encode())
    state.update(concepts.KEYWORDS.read_bytes())
    return state.hexdigest()


def is_current() -> bool:
    """Whether both files are in place and made from the present sources."""
    path = assets_dir() / INDEX
    if not path.exists() or not (assets_dir() / illustrations.DATABASE).exists():
        return False
    with np.load(path, allow_pickle=False) as stored:
        return str(stored["fingerprint"]) == fingerprint()


def prepare() -> Iterator[str]:
    """Build both files unless they are current; yields lines of progress (under a minute on two cores).

    Raises ``AssetMissing`` when the sets have not been fetched.
    """
    if is_current():
        return
    available = {picture_set: illustrations.iconify_names(picture_set) for picture_set in illustrations.SETS}
    found = concepts.read(available)
    wanted = {s: {c.names[s] for c in found if s in c.names} for s in illustrations.SETS}
    with tempfile.TemporaryDirectory(dir=assets_dir() / "pictures", prefix=".build-") as folder:
        database, index = Path(folder, "drawings.sqlite"), Path(folder, "meanings.npz")
        yield from illustrations.build(database, wanted)
        _write_concepts(database, found)
        texts = [concept.text(language) for language in LANGUAGES for concept in found]
        labels = [concept.label[language] for language in LANGUAGES for concept in found]
        rows = []
        every = texts + labels
        for start in range(0, len(every), _ROWS_A_STEP):
            rows.append(embedding.embed(every[start : start + _ROWS_A_STEP], kind="passage"))
            yield f"pictures: the meaning of {min(start + _ROWS_A_STEP, len(every))} of {len(every)} texts"
        vectors = np.concatenate(rows).reshape(2, len(LANGUAGES), len(found), embedding.DIMENSIONS)
        np.savez(
            index,
            vectors=vectors.astype(np.float16),
            fingerprint=np.array(fingerprint()),
        )
        shutil.rmtree(assets_dir() / illustrations.RENDERED, ignore_errors=True)
        database.replace(assets_dir() / illustrations.DATABASE)
        index.replace(assets_dir() / INDEX)  # last: it vouches for both


def _write_concepts(database: Path, found: list[Concept]) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE concept (place INTEGER PRIMARY KEY, document TEXT)")
        rows = [
            (place, json.dumps(asdict(concept), ensure_ascii=False)) for place, concept in enumerate(found)
        ]
        connection.executemany("INSERT INTO concept VALUES (?, ?)", rows)


def load() -> tuple[list[Concept], NDArray[np.float32]]:
    """The concepts and their unit rows (2 texts: words and label, 2 languages, n, 384).

    Raises ``AssetMissing`` before set-up.
    """
    with np.load(asset_path(INDEX), allow_pickle=False) as stored:
        vectors = stored["vectors"].astype(np.float32)
    with closing(illustrations.open_database()) as connection:
        documents = connection.execute("SELECT document FROM concept ORDER BY place").fetchall()
    found = [_concept(json.loads(document)) for (document,) in documents]
    if len(found) != vectors.shape[2]:
        raise AssetMissing(
            "The index of the drawings does not fit them; run python -m generation.media.pictures --prepare."
        )
    return found, vectors


def _concept(raw: dict[str, Any]) -> Concept:
    words = {
        language: tuple((word, weight) for word, weight in rows) for language, rows in raw["words"].items()
    }
    return Concept(**{**raw, "words": words})
