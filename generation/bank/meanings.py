"""What the names of the bank's topics mean, as numbers: made once by ``python -m generation.bank --meanings`` and kept beside this file.

To embed every name takes a newcomer's machine minutes, so ``meanings.npz`` travels with the topics: unit rows of
multilingual-e5-small less their mean, turned to the ``DIMENSIONS`` directions in which names differ most (principal
components, which also takes off the cone that all rows of that network lie in), a byte a number. A name that the file does
not know is embedded when it is met.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.files import atomic_path
from core.languages import LANGUAGES, Language
from generation.bank.reading import topics
from generation.bank.topic import Topic, TopicText
from generation.language import embedding

FILE = Path(__file__).with_name("meanings.npz")
DIMENSIONS = 128
_BACKGROUND = 160  # topics whose content says what any text is like
_STEP = 128  # texts a progress line
_FULL = 127.0


@dataclass(frozen=True)
class Meanings:
    """The file's content: SHA-256 prefix of a name → its row; ``mean`` and ``basis`` take a row of the network there."""

    codes: dict[bytes, NDArray[np.int8]]
    mean: NDArray[np.float32]  # (384,)
    basis: NDArray[np.float32]  # (384, DIMENSIONS)
    background: dict[str, NDArray[np.float32]]  # language → (n, 384) unit rows of the network

    def projected(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 384) rows of the network as (n, DIMENSIONS) unit rows."""
        turned = (rows - self.mean) @ self.basis
        units: NDArray[np.float32] = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
        return units


def names_of(text: TopicText) -> list[str]:
    """What names a topic: its title and the other ways to ask for it; each once."""
    return list(dict.fromkeys([text.title, *text.aliases]))


def content_of(text: TopicText) -> str:
    """What a topic tells, in one short passage."""
    return f"{text.title}: {', '.join(text.aliases[:2])}, {', '.join(point.line for point in text.points)}"


def background() -> Sequence[Topic]:
    """Topics spread over the whole bank."""
    bank = topics()
    return bank[:: max(1, len(bank) // _BACKGROUND)]


@lru_cache(maxsize=1)
def kept() -> Meanings:
    """What the file holds. Raises ``OSError`` or ``ValueError`` for a file that is not whole."""
    with np.load(FILE, allow_pickle=False) as stored:
        if str(stored["version"]) != embedding.VERSION:
            raise ValueError(f"{FILE.name} was made with {stored['version']}: make it again.")
        keys = [key.tobytes() for key in stored["keys"]]
        return Meanings(
            dict(zip(keys, stored["codes"], strict=True)),
            stored["mean"].astype(np.float32),
            stored["basis"].astype(np.float32),
            {language: stored[f"background_{language}"].astype(np.float32) for language in LANGUAGES},
        )


def rows_of(names: Sequence[str]) -> NDArray[np.float32]:
    """(n, DIMENSIONS) unit rows; a name that the file does not know is embedded."""
    file = kept()
    found: NDArray[np.float32] = np.zeros((len(names), DIMENSIONS), dtype=np.float32)
    unknown = []
    for at, name in enumerate(names):
        code = file.codes.get(_key(name))
        if code is None:
            unknown.append(at)
        else:
            found[at] = code
    found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    if unknown:
        found[unknown] = file.projected(embedding.embed([names[at] for at in unknown], kind="query"))
    return found


def row_of(text: str) -> NDArray[np.float32]:
    """(DIMENSIONS,) unit row of what somebody types."""
    row: NDArray[np.float32] = kept().projected(embedding.embed([text], kind="query"))[0]
    return row


def _key(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8]


def make() -> Iterator[str]:
    """Write the file anew, embedding only what it does not know yet; yields lines of progress."""
    names = list(
        dict.fromkeys(
            name for topic in topics() for language in LANGUAGES for name in names_of(topic.texts[language])
        )
    )
    file = kept() if FILE.exists() else None
    unknown = sorted((name for name in names if file is None or _key(name) not in file.codes), key=len)
    fresh: list[NDArray[np.float32]] = []
    for start in range(0, len(unknown), _STEP):
        fresh.append(embedding.embed(unknown[start : start + _STEP], kind="query"))
        yield f"the meaning of {min(start + _STEP, len(unknown))} of {len(unknown)} names"
    full = np.concatenate(fresh) if fresh else np.zeros((0, embedding.DIMENSIONS), np.float32)
    if file is None:
        file = _turned(full)
    codes = {
        **file.codes,
        **{_key(name): row for name, row in zip(unknown, _coded(file.projected(full)), strict=True)},
    }
    keys = [_key(name) for name in names]
    _write(
        Meanings(
            {key: codes[key] for key in keys},
            file.mean,
            file.basis,
            {lang: _contents(lang) for lang in LANGUAGES},
        )
    )
    kept.cache_clear()


def _contents(language: Language) -> NDArray[np.float32]:
    return embedding.embed([content_of(topic.texts[language]) for topic in background()], kind="passage")


def _turned(rows: NDArray[np.float32]) -> Meanings:
    """No row yet, and the directions in which ``rows`` differ most."""
    mean = rows.mean(axis=0)
    _, _, directions = np.linalg.svd(rows - mean, full_matrices=False)
    return Meanings({}, mean, directions[:DIMENSIONS].T.astype(np.float32), {})


def _coded(rows: NDArray[np.float32]) -> NDArray[np.int8]:
    """A byte a number: the largest of a row is 127."""
    largest = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-9) if len(rows) else 1.0
    return np.round(rows / largest * _FULL).astype(np.int8)


def _write(file: Meanings) -> None:
    with atomic_path(FILE) as partial, partial.open("wb") as stream:
        parts: dict[str, Any] = {
            "version": np.array(embedding.VERSION),
            "keys": np.array([np.frombuffer(key, np.uint8) for key in file.codes]),
            "codes": np.stack(list(file.codes.values())),
            "mean": file.mean.astype(np.float32),
            "basis": file.basis.astype(np.float16),
        }
        for language, rows in file.background.items():
            parts[f"background_{language}"] = rows.astype(np.float16)
        np.savez_compressed(stream, **parts)
