"""Tests on several workers (``-n 2``): what shares something costly stays together, what takes long comes first.

Loaded before anything that starts threads (``-p tests.workers``): workers divide the machine's cores among them. A test
marked ``quiet`` measures how long something takes that needs all cores; while it runs, the other workers wait.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

THREADS = (
    "OMP_NUM_THREADS",  # torch, LightGBM, scikit-learn, the sentence encoder
    "OPENBLAS_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "AIGC_SPEECH_THREADS",
    "AIGC_RECOGNITION_THREADS",
    "AIGC_RENDER_THREADS",
)
if (count := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))) > 1:
    share = max(1, len(os.sched_getaffinity(0)) // count)
    os.environ.update(dict.fromkeys(THREADS, str(share)))

# Files that take longest beside the browser's: begun early, so that no worker has one left when the other has nothing
LONGEST = (
    "tests/generation/jobs/test_pipeline.py",
    "tests/test_hostile_input.py",
    "tests/generation/script/test_matching.py",
    "tests/test_access.py",
    "tests/recommender/test_migrations.py",
)


class Turn:
    """Says who may run: many tests side by side, or a quiet one alone. Files shared by the workers of one run."""

    def __init__(self, run: str) -> None:
        folder = Path(tempfile.gettempdir())
        self.places = [folder / f"lumen-tests-{run}.{name}" for name in ("gate", "room")]
        self.gate, self.room = (place.open("wb") for place in self.places)

    def begin(self, *, alone: bool) -> None:
        how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
        fcntl.flock(self.gate, how)  # who waits to be alone holds the gate, so that nobody slips in before
        fcntl.flock(self.room, how)
        fcntl.flock(self.gate, fcntl.LOCK_UN)

    def end(self) -> None:
        fcntl.flock(self.room, fcntl.LOCK_UN)

    def close(self) -> None:
        self.gate.close()
        self.room.close()
        for place in self.places:
            place.unlink(missing_ok=True)


turn = Turn(os.environ["PYTEST_XDIST_TESTRUNUID"]) if "PYTEST_XDIST_WORKER" in os.environ else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if turn is None:
        return (yield)
    turn.begin(alone=item.get_closest_marker("quiet") is not None)
    try:
        return (yield)
    finally:
        turn.end()


def pytest_unconfigure() -> None:
    if turn is not None:
        turn.close()


def unit_of(test: str) -> str:
    """What a test is handed to a worker with: its file, whose fixtures are made once; all of the browser's, for one Chromium."""
    file = test.split("::", 1)[0]
    return "the browser" if "/e2e/" in file else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    from xdist.scheduler import LoadScopeScheduling

    class Units(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return unit_of(nodeid)

    config.option.loadscopereorder = False  # not most tests first, but in the order below
    return Units(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On workers, the units that hold slow or browser tests come first, then the longest: none of them is what all wait for."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    long = {
        unit_of(item.nodeid)
        for item in items
        if item.get_closest_marker("slow") or item.get_closest_marker("browser")
    }

    def rank(item: pytest.Item) -> int:
        unit = unit_of(item.nodeid)
        return 0 if unit in long else 1 if unit in LONGEST else 2

    items.sort(key=rank)
