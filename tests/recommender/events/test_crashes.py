"""SIGKILL to the web server and to the roll-up while clients send: nothing acknowledged is missing or doubled."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
def test_killing_the_server_at_random_moments_loses_no_acknowledged_event() -> None:
    command = [sys.executable, "-m", "benchmarks.events", "--kill", "4", "--seed", "3", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)["kill"]
    assert found["acknowledged"] > 100
    assert found["broken_sendings"] > 0  # the kills did hit somebody
    assert (found["missing"], found["doubled"], found["strangers"]) == (0, 0, 0)
    assert found["counted_watch_seconds"] == found["expected_watch_seconds"]
