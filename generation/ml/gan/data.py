"""Pictures to learn from: a folder or a zip, its first folder level being the category; all in memory as bytes."""

from __future__ import annotations

import hashlib
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from generation.ml.gan.errors import TrainingImagesInvalid

T = TypeVar("T")
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"})
LEAST = 16  # fewer pictures teach nothing
MOST_FILE_BYTES = 32 << 20


@dataclass(frozen=True)
class ImageSet:
    """``images`` (N, size, size, 3) uint8, ``labels`` (N,) int64 into ``categories`` (empty: no condition)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    categories: tuple[str, ...]
    names: tuple[str, ...]
    fingerprint: str  # SHA-256 over names and pixels

    def __len__(self) -> int:
        return len(self.images)


def load_images(place: Path, size: int, *, limit: int | None = None) -> ImageSet:
    """Every picture of a folder or zip, its center square scaled to ``size`` pixels; ``limit`` takes an even share.

    Raises ``TrainingImagesInvalid`` where there is no such place or it holds fewer than 16 readable pictures.
    """
    found = [
        (name, picture) for name, data in _files(place, limit) if (picture := _square(data, size)) is not None
    ]
    if len(found) < LEAST:
        raise TrainingImagesInvalid(
            f"{place.name} holds {len(found)} readable pictures; training needs at least {LEAST}."
        )
    names = tuple(name for name, _ in found)
    images = np.stack([picture for _, picture in found])
    labels, categories = _categories(names)
    state = hashlib.sha256("\n".join(names).encode())
    state.update(images.tobytes())
    return ImageSet(images, labels, categories, names, state.hexdigest())


def _files(place: Path, limit: int | None) -> Iterator[tuple[str, bytes]]:
    if place.is_dir():
        paths = _share(sorted(p for p in place.rglob("*") if p.suffix.lower() in SUFFIXES), limit)
        for path in paths:
            if path.stat().st_size <= MOST_FILE_BYTES:
                yield path.relative_to(place).as_posix(), path.read_bytes()
    elif place.is_file():
        try:
            with zipfile.ZipFile(place) as archive:
                wanted = (
                    i for i in archive.infolist() if PurePosixPath(i.filename).suffix.lower() in SUFFIXES
                )
                for info in _share(sorted(wanted, key=lambda i: i.filename), limit):
                    if info.file_size <= MOST_FILE_BYTES:
                        yield info.filename, archive.read(info)
        except zipfile.BadZipFile as error:
            raise TrainingImagesInvalid(f"{place.name} is neither a folder nor a readable zip.") from error
    else:
        raise TrainingImagesInvalid(f"There is no folder or zip {place.name}.")


def _share(entries: list[T], limit: int | None) -> list[T]:
    if limit is None or len(entries) <= limit:
        return entries
    return [entries[i * len(entries) // limit] for i in range(limit)]


def _square(data: bytes, size: int) -> NDArray[np.uint8] | None:
    """The center square, or None for what is no picture."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as opened:
                picture = opened.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        return None
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    picture = picture.crop((left, top, left + side, top + side))
    if side != size:
        picture = picture.resize(
            (size, size), Image.Resampling.LANCZOS if side > size else Image.Resampling.BICUBIC
        )
    return np.asarray(picture, np.uint8)


def _categories(names: tuple[str, ...]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """First folder level of each name; no condition where all lie in one folder or beside each other."""
    folders = [PurePosixPath(name).parts[0] if len(PurePosixPath(name).parts) > 1 else "" for name in names]
    known = tuple(sorted(set(folders)))
    if len(known) < 2:
        return np.zeros(len(names), np.int64), ()
    number = {name: i for i, name in enumerate(known)}
    return np.array([number[folder] for folder in folders], np.int64), known
