"""PDQ, Meta's perceptual hash of a picture: 256 bits that survive recompression, resizing and mild changes of color.

Written from the published description
(https://github.com/facebook/ThreatExchange/blob/main/hashing/hashing.pdf): luma, two passes of a box filter in each
direction ("Jarosz" filter), 64 × 64 samples, the 16 × 16 lowest frequencies of a DCT without the constant ones, one bit
for each above their median. Two pictures match at a Hamming distance of at most ``MATCH_DISTANCE``. A flat picture has
no shape to hash: its quality is near 0, and who compares hashes sets the least that counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]  # (h, w, 3)
Coefficients = NDArray[np.float32]  # (16, 16), row = vertical frequency − 1
Bits = NDArray[np.uint8]  # (32,), big-endian: the byte order of the hex form

MATCH_DISTANCE = 31
SIDE = 64
LOW = 16
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
DIHEDRAL = (
    "as_is",
    "turned_90",
    "turned_180",
    "turned_270",
    "mirrored",
    "flipped",
    "transposed",
    "antitransposed",
)
_DCT = (
    np.sqrt(2.0 / SIDE)
    * np.cos(np.pi / (2 * SIDE) * np.outer(np.arange(1, LOW + 1), 2 * np.arange(SIDE) + 1))
).astype(np.float32)  # (16, 64)


@dataclass(frozen=True)
class PdqHash:
    """``bits`` (32 bytes) with ``quality`` 0 (flat) to 100."""

    bits: bytes
    quality: int

    @property
    def hex(self) -> str:
        return self.bits.hex()


def pdq_hash(rgb: Rgb) -> PdqHash:
    """The hash of one picture, (h, w, 3) uint8 sRGB."""
    coefficients, quality = _transformed(rgb)
    return PdqHash(_packed(coefficients), quality)


def dihedral_hashes(rgb: Rgb) -> dict[str, PdqHash]:
    """Hashes of the eight turned and mirrored forms by name, at the price of one transform."""
    coefficients, quality = _transformed(rgb)
    odd = np.where(np.arange(LOW) % 2 == 0, -1.0, 1.0).astype(np.float32)  # frequencies 1, 3, 5 … change sign
    across, down = odd[None, :], odd[:, None]
    turned = coefficients.T
    forms = (
        coefficients,
        turned * down,
        coefficients * across * down,
        turned * across,
        coefficients * across,
        coefficients * down,
        turned,
        turned * across * down,
    )
    return {name: PdqHash(_packed(form), quality) for name, form in zip(DIHEDRAL, forms, strict=True)}


def distance(first: bytes, second: bytes) -> int:
    """Bits in which two hashes differ, 0–256."""
    return (int.from_bytes(first, "big") ^ int.from_bytes(second, "big")).bit_count()


def _transformed(rgb: Rgb) -> tuple[Coefficients, int]:
    small = _sampled(rgb.astype(np.float32) @ LUMA)
    return (_DCT @ small @ _DCT.T).astype(np.float32), _quality(small)


def _sampled(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w) → (64, 64): what the box filters leave, taken at the middles of the tiles."""
    for axis in (0, 1):
        window = (luma.shape[axis] + 2 * SIDE - 1) // (2 * SIDE)
        for _ in range(2):
            luma = _box(luma, window, axis)
    rows, columns = (((np.arange(SIDE) + 0.5) * size / SIDE).astype(int) for size in luma.shape)
    tiles: NDArray[np.float32] = luma[np.ix_(rows, columns)]
    return tiles


def _box(values: NDArray[np.float32], window: int, axis: int) -> NDArray[np.float32]:
    """Mean over ``window`` neighbors, shorter at the edges."""
    size = values.shape[axis]
    ahead = (window + 2) // 2
    places = np.arange(size)
    low, high = np.maximum(places + ahead - window, 0), np.minimum(places + ahead, size)
    sums = np.cumsum(values, axis=axis, dtype=np.float64)
    sums = np.concatenate([np.zeros_like(np.take(sums, [0], axis=axis)), sums], axis=axis)
    shape = (-1, 1) if axis == 0 else (1, -1)
    means = (np.take(sums, high, axis=axis) - np.take(sums, low, axis=axis)) / (high - low).reshape(shape)
    told: NDArray[np.float32] = means.astype(np.float32)
    return told


def _quality(small: NDArray[np.float32]) -> int:
    """How much shape there is: the sum of the steps between neighbors, in whole percents of the range."""
    steps = sum(int(np.abs(np.trunc(np.diff(small, axis=axis) * 100 / 255)).sum()) for axis in (0, 1))
    return min(steps // 90, 100)


def _packed(coefficients: Coefficients) -> bytes:
    flat = coefficients.ravel()
    median = np.partition(flat, LOW * LOW // 2 - 1)[LOW * LOW // 2 - 1]  # the lower of the two in the middle
    return np.packbits((flat > median)[::-1]).tobytes()
