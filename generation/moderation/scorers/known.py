"""Matching: does the file, or any of its frames, stand on a list that moderators keep?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generation.media.matching.index import HashIndex
from generation.media.matching.pdq import MATCH_DISTANCE, dihedral_hashes, pdq_hash
from generation.moderation.scorers.contract import Evidence, ScreeningItem, Signal
from generation.moderation.scorers.watching import Watching

MOST_EVIDENCE = 10
# Meta advises 50; an empty street has 30 and is found again without false matches (benchmarks.moderation). A frame that
# is asked may have lost a little to whoever changed it.
LISTED_QUALITY, ASKED_QUALITY = 25, 15
CROPS = (0.015, 0.025, 0.035, 0.05)  # of each side
EDGE = 0.05  # of one side, or of two that meet
REGION = 0.25  # of the height or width left out


@dataclass(frozen=True)
class KnownHash:
    """One line of a list: what it means (policy) and whom it names (label, such as a case or the first upload)."""

    hex: str
    kind: Literal["pdq", "sha256"]
    policy: str
    label: str = ""


class KnownList:
    """Listed hashes, ready to be asked; built anew when the list changes."""

    def __init__(self, entries: Iterable[KnownHash], *, version: str = "") -> None:
        told = list(entries)
        self.version = version or f"{len(told)} hashes"
        self._files = {entry.hex: entry for entry in told if entry.kind == "sha256"}
        self._frames = [entry for entry in told if entry.kind == "pdq"]
        self._index = HashIndex([bytes.fromhex(entry.hex) for entry in self._frames])

    def file(self, sha256: str) -> KnownHash | None:
        return self._files.get(sha256.lower())

    def frame(self, rgb: NDArray[np.uint8]) -> tuple[KnownHash, int] | None:
        """The nearest listed frame and its distance, also of ``rgb`` turned, mirrored, cropped or under a logo."""
        if not len(self._index):
            return None
        matches = [
            match
            for part in (rgb, *_regions(rgb))
            for form in dihedral_hashes(part).values()
            if form.quality >= ASKED_QUALITY
            for match in self._index.search(form.bits)[:1]
        ]
        if not matches:
            return None
        best = min(matches, key=lambda match: match.distance)
        return self._frames[best.row], best.distance


def hashes_to_list(rgb: NDArray[np.uint8]) -> list[str]:
    """The hashes under which a frame is listed: whole, in its regions, and as it looks with edges cut off; [] if flat.

    A logo in a corner changes the hash of the whole frame, but not of the regions that it lies outside of.
    """
    found = [pdq_hash(part) for part in (rgb, *_regions(rgb), *_cropped(rgb))]
    return list(dict.fromkeys(one.hex for one in found if one.quality >= LISTED_QUALITY))


def _regions(rgb: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """All but the top, the bottom, the left and the right of a frame."""
    height, width = rgb.shape[:2]
    down, across = round(height * REGION), round(width * REGION)
    return [rgb[down:], rgb[: height - down], rgb[:, across:], rgb[:, : width - across]]


def _cropped(rgb: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """As it looks with a little cut off all around, along one side, or along two: PDQ bears a shift of half a percent."""
    height, width = rgb.shape[:2]
    found: list[NDArray[np.uint8]] = []
    for share in CROPS:
        down, across = round(height * share), round(width * share)
        found.append(rgb[down : height - down, across : width - across])
    down, across = round(height * EDGE), round(width * EDGE)
    rows = (slice(None), slice(down, None), slice(None, height - down))
    columns = (slice(None), slice(across, None), slice(None, width - across))
    found += [rgb[row, column] for row in rows for column in columns][1:]
    return found


class KnownScorer:
    """Required. Score 1 for the same file; for a frame 1 at no differing bit, one half at the last that matches."""

    name = "known_hashes"
    required = True

    def __init__(self, watching: Watching, known: KnownList) -> None:
        self._watching, self._known = watching, known
        self.version = known.version

    def signals(self, item: ScreeningItem) -> list[Signal]:
        """One signal a policy that is met, or ``other`` with score 0."""
        by_policy: dict[str, list[Evidence]] = {}
        same = self._known.file(item.sha256) if item.sha256 else None
        if same:
            evidence = Evidence("hash", item.sha256, shown=same.label, score=1.0)
            by_policy.setdefault(same.policy, []).append(evidence)
        for still in self._watching.of(item).stills:
            met = self._known.frame(still.rgb)
            if met:
                score = round(1 - met[1] / (2 * MATCH_DISTANCE), 4)
                evidence = Evidence("frame", seconds=round(still.seconds, 2), shown=met[0].label, score=score)
                by_policy.setdefault(met[0].policy, []).append(evidence)
        if not by_policy:
            return [Signal(self.name, self.version, "other", 0.0)]
        return [self._signal(policy, found) for policy, found in sorted(by_policy.items())]

    def _signal(self, policy: str, found: list[Evidence]) -> Signal:
        best = sorted(found, key=lambda one: -one.score)
        return Signal(self.name, self.version, policy, best[0].score, tuple(best[:MOST_EVIDENCE]))
