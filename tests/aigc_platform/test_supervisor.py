"""One command keeps every process alive and leaves none behind: real processes, real signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from aigc_platform import supervisor
from generation.jobs import label_reading

ROOT = Path(__file__).resolve().parents[2]
SERVER = "aigc_platform.server"


def alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits for its parent does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def waited(condition: Callable[[], object], seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def port_now_free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pids(folder: Path, name: str) -> list[int]:
    place = folder / name
    return [int(pid) for pid in place.read_text().split()] if place.exists() else []


@pytest.fixture
def dummies(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    command = [sys.executable, "-m", "tests.aigc_platform.dummy_services", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert waited(lambda: pids(tmp_path, "polite") and pids(tmp_path, "deaf"))
        yield process, tmp_path
    finally:
        process.kill()
        process.wait()
        for name in ("polite", "deaf"):
            for pid in pids(tmp_path, name):
                if alive(pid):
                    os.kill(pid, signal.SIGKILL)


def test_a_crashed_process_is_started_again_and_leaves_no_child(dummies):
    _, folder = dummies
    first, child = pids(folder, "polite")
    other = pids(folder, "deaf")
    os.kill(first, signal.SIGKILL)
    assert waited(lambda: pids(folder, "polite")[0] != first)
    assert waited(lambda: not alive(child))
    assert all(alive(pid) for pid in pids(folder, "polite"))
    assert pids(folder, "deaf") == other  # nobody else was disturbed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_ends_every_process_even_one_that_does_not_listen(dummies, number):
    process, folder = dummies
    running = pids(folder, "polite") + pids(folder, "deaf")
    process.send_signal(number)
    assert process.wait(15) == 0
    assert waited(lambda: not [pid for pid in running if alive(pid)], 3)


def test_a_supervisor_that_is_killed_takes_its_processes_with_it(dummies):
    process, folder = dummies
    running = [pids(folder, name)[0] for name in ("polite", "deaf")]
    process.kill()
    assert waited(lambda: not any(map(alive, running)), 3)


def test_a_process_that_keeps_dying_is_started_more_and_more_rarely(tmp_path):
    service = supervisor.Service("fragile", [sys.executable, "-c", "raise SystemExit(3)"])
    pauses = []
    for _ in range(7):
        service.due = 0.0
        service.watch()
        assert service.process is not None
        service.process.wait()
        service.watch()
        pauses.append(service.pause)
    assert pauses == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_an_errand_waits_until_the_site_is_open_and_is_not_started_again(tmp_path):
    counter = tmp_path / "count"
    code = f"open({str(counter)!r}, 'a').write('ran ')"
    errand = supervisor.Errand("starters", [sys.executable, "-c", code])
    errand.watch()
    assert errand.process is None
    errand.due = 0.0  # as soon as the site answers
    for _ in range(3):
        errand.watch()
        assert errand.process is not None
        errand.process.wait()
    assert counter.read_text() == "ran "


def test_an_errand_that_fails_is_told_once_and_leaves_the_site_alone(capsys):
    errand = supervisor.Errand("starters", [sys.executable, "-c", "raise SystemExit(3)"])
    errand.due = 0.0
    errand.watch()
    assert errand.process is not None
    errand.process.wait()
    errand.watch()
    errand.watch()
    assert capsys.readouterr().out == "starters ended with 3; the site goes on without.\n"


def test_starters_are_an_errand_unless_they_are_switched_off(monkeypatch):
    monkeypatch.setenv("AIGC_STARTERS", "0")
    assert supervisor.errands() == []
    monkeypatch.setenv("AIGC_STARTERS", "1")
    (errand,) = supervisor.errands()
    assert errand.command[1:] == ["manage.py", "train_starters", "--background"]


def test_a_taken_port_is_refused_with_a_sentence():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        command = [sys.executable, "-m", "aigc_platform.supervisor", "--port", str(port)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Port {port} is taken; choose another with --port.\n"


def test_what_takes_long_never_stands_before_what_is_due_every_few_seconds():
    served = {queue: name for name, queues in supervisor.WORKERS.items() for queue in queues.split(",")}
    routes = {task: served[route["queue"]] for task, route in settings.CELERY_TASK_ROUTES.items()}
    due = {
        routes.get(entry["task"], served[settings.CELERY_TASK_DEFAULT_QUEUE])
        for entry in settings.CELERY_BEAT_SCHEDULE.values()
        if isinstance(entry["schedule"], float) and entry["schedule"] <= 60
    }
    long = ("upload_run", "screening_run", "job_run", "training_run", "trial_run", "cycle_run")
    assert not due & {worker for task, worker in routes.items() if task.endswith(long)}
    awaited = {worker for task, worker in routes.items() if task.endswith(("reading_run", "preview_run"))}
    assert awaited == {"quick"} and [worker for worker in served.values() if worker in awaited] == ["quick"]


def test_what_a_page_waits_for_is_done_in_threads_enough_for_all_its_turns():
    turns = label_reading.AT_ONCE + 1  # and one narration
    commands = {service.name: service.command for service in supervisor.services("127.0.0.1", 8000)}
    at = commands["quick"].index("--pool")
    assert commands["quick"][at : at + 4] == ["--pool", "threads", "--concurrency", str(turns)]
    assert "prefork" in commands["light"] and "prefork" in commands["render"]


# --- the real thing -----------------------------------------------------------------------------------------------------
def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def family(pid: int) -> set[int]:
    """The process and all its descendants that run now."""
    parents = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                parents[int(place.name)] = int((place / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found, added = {pid}, True
    while added:
        more = {child for child, parent in parents.items() if parent in found} - found
        found, added = found | more, bool(more)
    return found


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def life(port: int, environment: dict[str, str], *, end: int = signal.SIGINT) -> tuple[float, str]:
    """Start the site, kill its web server, end it: seconds until it first answered, and what it printed."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "aigc_platform.supervisor", "--port", str(port)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )

    def started(part: str) -> int | None:
        others = sorted(family(process.pid) - {process.pid})
        return next((pid for pid in others if part in command_line(pid)), None)

    everyone: set[int] = set()
    try:
        assert waited(lambda: answers(port) or process.poll() is not None, 120)
        took = time.monotonic() - began
        assert waited(
            lambda: all(started(part) for part in (SERVER, "render@", "light@", "files@", "train@", " beat "))
        )
        web = started(SERVER)
        assert web is not None
        os.kill(web, signal.SIGKILL)
        assert waited(lambda: answers(port) and started(SERVER) not in (None, web), 60)
        everyone = family(process.pid)
        process.send_signal(end)
        output, _ = process.communicate(timeout=30)
        assert process.returncode == (-end if end == signal.SIGKILL else 0)
        assert waited(lambda: not any(map(alive, everyone)), 5)
        assert not answers(port)
        return took, output
    finally:
        for pid in filter(alive, everyone | family(process.pid)):
            os.kill(pid, signal.SIGKILL)
        process.wait()


@pytest.mark.slow
@pytest.mark.quiet
def test_the_site_starts_survives_a_crash_and_stops_whole(tmp_path):
    port = port_now_free()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIGC_")}
    environment |= {"AIGC_VAR_DIR": str(tmp_path / "var"), "AIGC_MEDIA_DIR": str(tmp_path / "media")}
    environment["AIGC_STARTERS"] = "0"
    _, output = life(port, environment)
    assert "Administrator: admin" in output
    assert "The site is ready" in output
    took, output = life(port, environment, end=signal.SIGKILL)
    assert "Administrator:" not in output
    began = time.monotonic()
    subprocess.run([sys.executable, "manage.py", "check"], cwd=supervisor.ROOT, env=environment, check=True)
    alone = time.monotonic() - began  # what loading the code takes on this machine, which may be a slow one
    assert took < max(10.0, 3 * alone), f"The second start took {took:.1f} s, a command alone {alone:.1f} s."
