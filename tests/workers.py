"""Tests on several workers (``-n 2``): what shares something costly stays together, what takes long comes first.

Loaded before anything that starts threads (``-p tests.workers``): workers divide the machine's cores among them.
"""

from __future__ import annotations

import os
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
    """On workers, the units that hold slow or browser tests come first, so that none of them is what all wait for."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    long = {
        unit_of(item.nodeid)
        for item in items
        if item.get_closest_marker("slow") or item.get_closest_marker("browser")
    }
    items.sort(key=lambda item: unit_of(item.nodeid) not in long)
