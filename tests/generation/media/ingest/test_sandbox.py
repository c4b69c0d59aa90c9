from __future__ import annotations

import ctypes
import os
import platform
import subprocess
import sys
import time
from errno import ENOSYS, EPERM
from pathlib import Path
from typing import Any

import pytest

import generation
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
        run("flood", str(tmp_path / "big"), writes=[tmp_path], file_bytes=3_000_000)
    assert caught.value.limit == "file"
    assert (tmp_path / "big").stat().st_size <= 3_000_000


def test_no_child_is_born_that_could_outlive_it() -> None:
    assert run("breed") == "forbidden"


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


# --- files: the database, its folder, keys, code, others' uploads -----------------------------------------------------------
HAS_LANDLOCK = ctypes.CDLL(None).syscall(444, None, 0, 1) >= 1
landlock = pytest.mark.skipif(not HAS_LANDLOCK, reason="this kernel has no Landlock")


@landlock
def test_nothing_of_the_disk_is_there_but_what_was_handed_over(tmp_path: Path) -> None:
    for name in ("platform.sqlite3", "secret_key", "source", "neighbour"):
        (tmp_path / name).write_bytes(b"x")
    handed = {"reads": [tmp_path / "source"]}
    assert run("read", str(tmp_path / "source"), **handed) == "done"
    assert run("write", str(tmp_path / "source"), **handed) == "forbidden"
    for place in (
        tmp_path / "platform.sqlite3",
        tmp_path / "secret_key",
        tmp_path / "neighbour",
        "/etc/passwd",
    ):
        assert run("read", str(place), **handed) == "forbidden", place
        assert run("write", str(place), **handed) == "forbidden", place
        assert run("remove", str(place), **handed) == "forbidden", place


@landlock
def test_the_sites_own_code_and_settings_folder_are_out_of_reach(settings: Any) -> None:
    code = Path(generation.__file__).with_name("errors.py")
    assert run("write", str(code)) == "forbidden"
    assert run("write", str(Path(settings.VAR_DIR) / "new")) == "forbidden"
    key = Path(settings.VAR_DIR) / "secret_key"
    if key.exists():
        assert run("read", str(key)) == "forbidden"


@landlock
def test_the_worker_and_its_memory_are_out_of_reach() -> None:
    assert run("end_parent") == "forbidden"
    assert run("read", f"/proc/{os.getpid()}/environ") == "forbidden"
    assert run("write", f"/proc/{os.getpid()}/mem") == "forbidden"


def test_what_was_handed_over_can_be_worked_with(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"bytes")
    folder = tmp_path / "out"
    folder.mkdir()
    told = run(
        "work_inside", str(tmp_path / "source"), str(folder), reads=[tmp_path / "source"], writes=[folder]
    )
    assert told == "worked" and (folder / "whole").read_bytes() == b"bytes"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="numbers of this machine")
def test_no_other_way_to_a_socket_or_another_process_is_answered() -> None:
    """io_uring ×3, unshare, setns, process_vm ×2, bpf, pidfd ×2; all of them under their second numbers; processes."""
    for number in (425, 426, 427, 272, 308, 310, 311, 321, 434, 438, 41 | 0x40000000, 56, 57, 58):
        assert run("call_kernel", number) == EPERM, number
    assert (
        run("call_kernel", 435) == ENOSYS
    )  # clone3: the C library takes clone, whose flags can be looked at


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
