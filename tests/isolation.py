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
os.environ["AIGC_TRAINING_DIR"] = str(
    SCRATCH / "training-data"
)  # what this machine's nights have written is not there
os.environ["AIGC_FEED_REFRESH"] = "0"  # each page reads the rows of its test, and no thread outlives one
os.environ["AIGC_STARTERS"] = "0"  # nothing trains beside a site that a test starts
os.environ["AIGC_SCREENING"] = "0"  # tests of it turn it on, with scorers whose word is planted
os.environ["AIGC_SECOND_OPINIONS"] = os.environ["AIGC_AUTOMATIC_CHECKS"] = os.environ["AIGC_GOLDEN"] = "0"
os.environ["AIGC_TREND_VIEWINGS"] = (
    "1000000"  # tests share an address, and their videos have the same numbers
)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop lives in the test's thread
for name in ("AIGC_PRODUCTION", "AIGC_DEBUG", "AIGC_SECRET_KEY"):
    os.environ.pop(name, None)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(SCRATCH, ignore_errors=True)
