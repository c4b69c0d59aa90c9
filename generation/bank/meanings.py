"""What the names of the bank's topics mean, as numbers: made once by ``python -m generation.bank --meanings`` and kept beside this file.

To embed every name takes a newcomer's machine minutes, so ``meanings.npz`` travels with the topics: in each of two spaces,
the *meaning* of all names (multilingual-e5-small) and the *paraphrase* of the English ones (all-MiniLM-L6-v2), unit rows less
their mean, turned to the ``DIMENSIONS`` directions in which names differ most (principal components, which also takes off the
cone that all rows of such a network lie in), a byte a number. A name that the file does not know is embedded when it is met.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.files import atomic_path
from core.languages import LANGUAGES, Language
from generation.bank.reading import topics
from generation.bank.topic import Topic, TopicText
from generation.language import embedding, paraphrase

FILE = Path(__file__).with_name("meanings.npz")
DIMENSIONS = 128
SpaceName = Literal["meaning", "paraphrase"]
SPACES: dict[SpaceName, tuple[Language, ...]] = {"meaning": LANGUAGES, "paraphrase": ("en",)}
VERSION = f"{embedding.VERSION} {paraphrase.VERSION}"
_BACKGROUND = 160  # topics whose content says what any text is like
_STEP = 128  # texts a progress line
_FULL = 127.0


@dataclass(frozen=True)
class Space:
    """SHA-256 prefix of a name → its row; ``mean`` (384,) and ``basis`` (384, DIMENSIONS) take a row of the network there."""

    codes: dict[bytes, NDArray[np.int8]]
    mean: NDArray[np.float32]
    basis: NDArray[np.float32]

    def projected(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 384) rows of the network as (n, DIMENSIONS) unit rows."""
        turned = (rows - self.mean) @ self.basis
        units: NDArray[np.float32] = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
        return units


@dataclass(frozen=True)
class Meanings:
    """The file's content; ``background`` is language → (n, 384) unit rows of e5."""

    spaces: dict[SpaceName, Space]
    background: dict[str, NDArray[np.float32]]


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
        if str(stored["version"]) != VERSION:
            raise ValueError(f"{FILE.name} was made with {stored['version']}: make it again.")
        return Meanings(
            {name: _space_in(stored, name) for name in SPACES},
            {language: stored[f"background_{language}"].astype(np.float32) for language in LANGUAGES},
        )


def _space_in(stored: Any, name: SpaceName) -> Space:
    keys = [key.tobytes() for key in stored[f"{name}_keys"]]
    return Space(
        dict(zip(keys, stored[f"{name}_codes"], strict=True)),
        stored[f"{name}_mean"].astype(np.float32),
        stored[f"{name}_basis"].astype(np.float32),
    )


def rows_of(names: Sequence[str], space: SpaceName = "meaning") -> NDArray[np.float32]:
    """(n, DIMENSIONS) unit rows; a name that the file does not know is embedded."""
    known = kept().spaces[space]
    found: NDArray[np.float32] = np.zeros((len(names), DIMENSIONS), dtype=np.float32)
    unknown = []
    for at, name in enumerate(names):
        code = known.codes.get(_key(name))
        if code is None:
            unknown.append(at)
        else:
            found[at] = code
    found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    if unknown:
        found[unknown] = known.projected(_embedded([names[at] for at in unknown], space))
    return found


def row_of(text: str, space: SpaceName = "meaning") -> NDArray[np.float32]:
    """(DIMENSIONS,) unit row of what somebody types."""
    row: NDArray[np.float32] = kept().spaces[space].projected(_embedded([text], space))[0]
    return row


def _embedded(texts: Sequence[str], space: SpaceName) -> NDArray[np.float32]:
    """(n, 384) unit rows of the space's network."""
    return embedding.embed(texts, kind="query") if space == "meaning" else paraphrase.paraphrase_rows(texts)


def _key(name: str) -> bytes:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()[:8]


def make() -> Iterator[str]:
    """Write the file anew, embedding only what it does not know yet; yields lines of progress."""
    spaces: dict[SpaceName, Space] = {}
    for space, languages in SPACES.items():
        names = list(
            dict.fromkeys(
                name
                for topic in topics()
                for language in languages
                for name in names_of(topic.texts[language])
            )
        )
        spaces[space] = yield from _space_of(names, space)
    _write(Meanings(spaces, {language: _contents(language) for language in LANGUAGES}))
    kept.cache_clear()


def _space_of(names: list[str], space: SpaceName) -> Generator[str, None, Space]:
    before = _space_before(space)
    unknown = sorted((name for name in names if before is None or _key(name) not in before.codes), key=len)
    fresh: list[NDArray[np.float32]] = []
    for start in range(0, len(unknown), _STEP):
        fresh.append(_embedded(unknown[start : start + _STEP], space))
        yield f"the {space} of {min(start + _STEP, len(unknown))} of {len(unknown)} names"
    full = np.concatenate(fresh) if fresh else np.zeros((0, embedding.DIMENSIONS), np.float32)
    turned = _turned(full) if before is None else before
    codes = {
        **turned.codes,
        **{_key(name): row for name, row in zip(unknown, _coded(turned.projected(full)), strict=True)},
    }
    keys = [_key(name) for name in names]
    return Space({key: codes[key] for key in keys}, turned.mean, turned.basis)


def _space_before(space: SpaceName) -> Space | None:
    """The space as the file holds it, whichever network made the other one; ``None`` where it has to be made from nothing."""
    try:
        return kept().spaces[space]
    except (OSError, ValueError, KeyError):
        return None


def _contents(language: Language) -> NDArray[np.float32]:
    return embedding.embed([content_of(topic.texts[language]) for topic in background()], kind="passage")


def _turned(rows: NDArray[np.float32]) -> Space:
    """No row yet, and the directions in which ``rows`` differ most."""
    mean = rows.mean(axis=0)
    _, _, directions = np.linalg.svd(rows - mean, full_matrices=False)
    return Space({}, mean, directions[:DIMENSIONS].T.astype(np.float32))


def _coded(rows: NDArray[np.float32]) -> NDArray[np.int8]:
    """A byte a number: the largest of a row is 127."""
    largest = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-9) if len(rows) else 1.0
    return np.round(rows / largest * _FULL).astype(np.int8)


def _write(file: Meanings) -> None:
    parts: dict[str, Any] = {"version": np.array(VERSION)}
    for name, space in file.spaces.items():
        parts[f"{name}_keys"] = np.array([np.frombuffer(key, np.uint8) for key in space.codes])
        parts[f"{name}_codes"] = np.stack(list(space.codes.values()))
        parts[f"{name}_mean"] = space.mean.astype(np.float32)
        parts[f"{name}_basis"] = space.basis.astype(np.float16)
    for language, rows in file.background.items():
        parts[f"background_{language}"] = rows.astype(np.float16)
    with atomic_path(FILE) as partial, partial.open("wb") as stream:
        np.savez_compressed(stream, **parts)
