"""What is to be heard beside words: jumps of loudness that startle. What is said goes to the text scorers."""

from __future__ import annotations

from generation.media.watching.loudness import SPIKE_DB, spikes
from generation.moderation.scorers.contract import Evidence, ScreeningItem, Signal

WORST_DB = 40.0


class LoudnessScorer:
    """Extra. 0.5 for a jump of 18 dB, 1 from 40 dB on; it never decides alone."""

    name = "loudness"
    version = "1"
    required = False

    def signals(self, item: ScreeningItem) -> list[Signal]:
        found = spikes(item.file) if item.file is not None else []
        evidence = tuple(
            Evidence("sound", seconds=one.seconds, shown=f"+{one.above_db:g} dB", score=_risk(one.above_db))
            for one in found
        )
        return [
            Signal(
                self.name, self.version, "other", max((one.score for one in evidence), default=0.0), evidence
            )
        ]


def _risk(above_db: float) -> float:
    return round(min(0.5 + 0.5 * (above_db - SPIKE_DB) / (WORST_DB - SPIKE_DB), 1.0), 3)
