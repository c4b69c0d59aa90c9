"""What all tests of the recommender share."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def heartbeat_rests(settings: Any) -> None:
    """Most tests commit nothing, so a training's heartbeat, which looks from a connection of its own, would find no run."""
    settings.JOB_LEASE_SECONDS = 3600.0
