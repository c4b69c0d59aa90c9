"""Every stored hash within a Hamming distance of a given one, among a million, without looking at each.

256 bits are cut into 16 words of 16. Two hashes that differ in at most 31 bits differ in at most one bit of some word
(16 × 2 = 32), so it is enough to compare those that share a word or a word with one bit turned: 16 × 17 short lists.
(Multi-index hashing, https://arxiv.org/abs/1307.2982.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generation.media.matching.pdq import MATCH_DISTANCE

WORDS, WORD_BITS = 16, 16
MOST_DISTANCE = 2 * WORDS - 1
_TURNED = np.array([0, *(1 << bit for bit in range(WORD_BITS))], np.uint16)


@dataclass(frozen=True)
class Match:
    row: int  # place of the stored hash in what the index was built from
    distance: int


class HashIndex:
    """A fixed set of 32-byte hashes; built in about 2 s for 10^6, 100 bytes a hash."""

    def __init__(self, hashes: Sequence[bytes]) -> None:
        if any(len(one) != 32 for one in hashes):
            raise ValueError("A PDQ hash has 32 bytes.")
        stored = np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32)
        self._long = np.ascontiguousarray(stored).view(np.uint64)  # (n, 4)
        words = np.ascontiguousarray(stored).view(">u2").astype(np.uint16)  # (n, 16)
        self._rows = [np.argsort(words[:, k], kind="stable").astype(np.int32) for k in range(WORDS)]
        counts = [np.bincount(words[:, k], minlength=1 << WORD_BITS) for k in range(WORDS)]
        self._starts = [np.concatenate([[0], np.cumsum(count)]) for count in counts]

    def __len__(self) -> int:
        return len(self._long)

    def search(self, bits: bytes, *, within: int = MATCH_DISTANCE) -> list[Match]:
        """Stored hashes at most ``within`` (0–31) bits away, nearest first."""
        if not 0 <= within <= MOST_DISTANCE:
            raise ValueError(f"The index finds distances up to {MOST_DISTANCE}, not {within}.")
        if not len(self):
            return []
        rows = self._candidates(np.frombuffer(bits, ">u2").astype(np.uint16))
        apart = np.bitwise_count(self._long[rows] ^ np.frombuffer(bits, np.uint64)).sum(axis=1)
        near = np.flatnonzero(apart <= within)
        found = [Match(int(rows[place]), int(apart[place])) for place in near]
        return sorted(found, key=lambda match: (match.distance, match.row))

    def _candidates(self, words: NDArray[np.uint16]) -> NDArray[np.int32]:
        parts = [
            self._rows[k][self._starts[k][word] : self._starts[k][word + 1]]
            for k in range(WORDS)
            for word in (words[k] ^ _TURNED).tolist()
        ]
        return np.unique(np.concatenate(parts))
