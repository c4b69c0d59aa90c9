"""Loaded before settings are read (``-p tests.isolation``): tests never touch the real database, media or keys."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest

SCRATCH = Path(tempfile.mkdtemp(prefix="lumen-tests-"))
os.environ["AIGC_VAR_DIR"] = str(SCRATCH / "var")
os.environ["AIGC_MEDIA_DIR"] = str(SCRATCH / "media")
os.environ["AIGC_TRAINING_DIR"] = str(SCRATCH / "training-data")  # nothing of this machine's
os.environ["AIGC_FEED_REFRESH"] = "0"  # each page reads the rows of its test, and no thread outlives one
os.environ["AIGC_STARTERS"] = "0"  # nothing trains beside a site that a test starts
os.environ["AIGC_SCREENING"] = "0"  # tests of it turn it on, with scorers whose word is planted
os.environ["AIGC_SECOND_OPINIONS"] = os.environ["AIGC_AUTOMATIC_CHECKS"] = os.environ["AIGC_GOLDEN"] = "0"
os.environ["AIGC_TREND_VIEWINGS"] = (
    "1000000"  # tests share an address, and their videos have the same numbers
)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop lives in the test's thread
# What a text means to a network depends on nothing but both, and is most of what some tests wait for: the file of it, whose
# keys name both, is kept from run to run and shared by the workers
KEPT = Path(__file__).resolve().parents[1] / ".pytest_cache" / "embeddings.sqlite3"
KEPT.parent.mkdir(exist_ok=True)
(SCRATCH / "var").mkdir()
(SCRATCH / "var" / KEPT.name).symlink_to(KEPT)
for name in ("AIGC_PRODUCTION", "AIGC_DEBUG", "AIGC_SECRET_KEY"):
    os.environ.pop(name, None)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(SCRATCH, ignore_errors=True)
