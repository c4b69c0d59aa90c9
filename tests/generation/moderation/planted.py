"""Scorers whose word is planted in what they read, so that a test knows the answer."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

from generation.moderation.scorers.contract import Evidence, ScreeningItem, Signal

PLANTED = re.compile(r"\[(\w+):([\d.]+)\]")  # "[hate:0.9]" in a title is what the scorer says


class PlantedText:
    """Says what is written in brackets, with the words' place."""

    name, version, required = "planted_text", "1", True

    def signals(self, item: ScreeningItem) -> list[Signal]:
        found = []
        for where, text in item.texts.items():
            for hit in PLANTED.finditer(text):
                piece = Evidence(where, hit[0], hit.start(), hit.end(), score=float(hit[2]))
                found.append(Signal(self.name, self.version, hit[1], float(hit[2]), (piece,)))
        return found


class PlantedAbsent:
    """An optional part that is not there."""

    name, version, required = "planted_gan", "0", False

    def signals(self, item: ScreeningItem) -> list[Signal]:
        return [Signal(self.name, self.version, "other", 0.0, state="no_model", detail="none is trained")]


class PlantedTrouble:
    """Does what the file at ``order`` says: crash, hang, no_model, die (once), nothing."""

    name, version, required = "planted_trouble", "1", True

    def __init__(self, order: str) -> None:
        self.order = Path(order)

    def signals(self, item: ScreeningItem) -> list[Signal]:
        order = self.order.read_text() if self.order.is_file() else ""
        if order == "crash":
            raise RuntimeError("the network is gone")
        if order == "hang":
            time.sleep(5)
        if order == "die":
            self.order.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "no_model":
            return [Signal(self.name, self.version, "other", 0.0, state="no_model", detail="no weights")]
        return []


class PlantedCount(PlantedText):
    """Counts in a file how often it was asked."""

    name = "planted_count"

    def __init__(self, file: str) -> None:
        self.file = Path(file)

    def signals(self, item: ScreeningItem) -> list[Signal]:
        with self.file.open("a") as stream:
            stream.write("x")
        return []


def entry(scorer: type, **options: str) -> dict[str, object]:
    """As ``settings.SCREENING_SCORERS`` names it."""
    return {"BACKEND": f"{__name__}.{scorer.__name__}", "OPTIONS": options}
