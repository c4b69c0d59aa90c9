"""Pages without a queue and with their own media folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generation import tasks


@pytest.fixture(autouse=True)
def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs stay queued: these tests look at pages, not at workers."""
    monkeypatch.setattr(tasks.job_run, "delay_on_commit", lambda *args: None)
    monkeypatch.setattr(tasks.upload_run, "delay_on_commit", lambda *args: None)


@pytest.fixture(autouse=True)
def media(media_root: Path, settings: Any, tmp_path: Path) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "core.counts.CountsCache", "LOCATION": tmp_path / "counts.sqlite3"},
    }
