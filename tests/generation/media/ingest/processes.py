"""Looking at processes from a test."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def waited(condition: Callable[[], bool], seconds: float = 20) -> bool:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return True
        time.sleep(0.05)
    return False


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(parent: int | None = None) -> list[int]:
    """Processes of the sandbox below ``parent`` (this process by default)."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            below = int((place / "stat").read_text().rsplit(")", 1)[1].split()[1]) == (parent or os.getpid())
            if below and b"generation.media.ingest.sandbox" in (place / "cmdline").read_bytes():
                found.append(int(place.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
