from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core.errors import WorkCancelled
from generation.errors import SandboxLimit, UploadRejected
from generation.media.ingest.sandbox import run_sandboxed
from tests.generation.media.ingest.processes import children, is_alive, waited

HERE = "tests.generation.media.ingest.runaways."


def run(name: str, *args: Any, **limits: Any) -> Any:
    return run_sandboxed(HERE + name, *args, **limits)


def test_answer_and_noise_do_not_mix() -> None:
    assert run("answer", [1, "二"]) == {"value": [1, "二"]}
    assert run("chatter") == "done"


def test_refusal_crosses_with_code_and_values() -> None:
    with pytest.raises(UploadRejected, match=r"No 7 is taken\.") as caught:
        run("refuse")
    assert caught.value.code == "upload_seven"
    assert caught.value.values == {"number": "7"}


@pytest.mark.parametrize(
    ("name", "limits", "which"),
    [
        ("spin", {"cpu_seconds": 1, "wall_seconds": 30}, "cpu"),
        ("hoard", {"memory_bytes": 500_000_000}, "memory"),
        ("crash", {}, "crash"),
    ],
)
def test_runaway_is_ended_and_named(name: str, limits: dict[str, Any], which: str) -> None:
    started = time.monotonic()
    with pytest.raises(SandboxLimit) as caught:
        run(name, **limits)
    assert caught.value.limit == which
    assert time.monotonic() - started < 10


def test_sleeper_is_ended_by_the_clock() -> None:
    with pytest.raises(SandboxLimit, match=r"longer than 0\.5 s") as caught:
        run("sleep", 60, wall_seconds=0.5)
    assert caught.value.limit == "wall"


def test_flood_stops_at_the_size_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(SandboxLimit) as caught:
        run("flood", str(tmp_path / "big"), file_bytes=3_000_000)
    assert caught.value.limit == "file"
    assert (tmp_path / "big").stat().st_size <= 3_000_000


def test_grandchildren_die_with_the_process(tmp_path: Path) -> None:
    with pytest.raises(SandboxLimit):
        run("breed", str(tmp_path / "sign"), wall_seconds=1.0)
    time.sleep(1.5)
    assert not (tmp_path / "sign").exists()


def test_cancel_ends_the_process_at_once() -> None:
    started = time.monotonic()

    def check() -> None:
        if time.monotonic() - started > 0.6:
            raise WorkCancelled("Stopped.")

    with pytest.raises(WorkCancelled):
        run("sleep", 60, check=check)
    assert time.monotonic() - started < 2


def test_progress_arrives_in_order() -> None:
    seen: list[float] = []
    assert run("count", progress=seen.append) == "counted"
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_environment_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_SECRET_KEY", "do not tell")
    inside = run("environment")
    assert "do not tell" not in inside.values()
    assert not [name for name in inside if name.startswith(("DJANGO", "AIGC_S"))]


def test_network_and_programs_are_out_of_reach() -> None:
    assert run("call_out") == "forbidden"
    assert run("start_program") == "forbidden"


def test_few_files_can_be_open_at_once() -> None:
    assert 100 < run("open_many") < 300


def test_working_folder_vanishes() -> None:
    folder = run("environment")["HOME"]
    assert not Path(folder).exists()
    assert folder != os.environ.get("HOME")


def test_sandbox_dies_with_a_killed_worker() -> None:
    """The worker is killed without a chance to clean up; what it started must not live on."""
    work = f"from generation.media.ingest.sandbox import run_sandboxed; run_sandboxed({HERE + 'sleep'!r}, 60)"
    worker = subprocess.Popen([sys.executable, "-c", work], cwd=Path(__file__).parents[4])
    assert waited(lambda: bool(children(worker.pid)))
    child = children(worker.pid)[0]
    assert waited(lambda: "Seccomp:\t2" in Path(f"/proc/{child}/status").read_text())  # it has locked itself
    worker.kill()
    worker.wait()
    assert waited(lambda: not is_alive(child))
