"""Foreign bytes are read in a process of their own, with limits on time, memory, files and system calls (``jail.py``).

``run_sandboxed("generation.media.provenance.verify", path)`` starts ``python -m generation.media.ingest.sandbox`` with a clean
environment in an empty folder. Request and answer are JSON over stdin and stdout; progress comes as lines on stderr.
"""

from __future__ import annotations

import ctypes
import importlib
import inspect
import json
import logging
import os
import resource
import selectors
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from errno import EFBIG
from pathlib import Path
from typing import Any

import core.errors
from core.errors import PlatformError
from core.processes import die_with
from generation import errors
from generation.assets import assets_dir
from generation.errors import GenerationError, SandboxLimit
from generation.media.ingest.jail import calls_limit, files_limit

log = logging.getLogger(__name__)

POLL_SECONDS = 0.2
MOST_ANSWER_BYTES = 8_000_000
OPEN_FILES = 256
PROGRESS = b"progress "
PASSED_ON = ("AIGC_ASSETS_DIR", "AIGC_RECOGNITION_THREADS")
ROOT = Path(__file__).resolve().parents[3]
# what a program needs of a machine beside its own code: libraries, fonts, what the processor can
SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/fonts", "/usr/local/share/fonts",
    "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/mime.types", "/dev/urandom",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system", "/sys/fs/cgroup",
)  # fmt: skip


def run_sandboxed(
    function: str,
    *args: Any,
    reads: Sequence[Path] = (),
    writes: Sequence[Path] = (),
    cpu_seconds: int = 60,
    memory_bytes: int = 2_000_000_000,
    wall_seconds: float = 120.0,
    file_bytes: int = 2_000_000_000,
    progress: Callable[[float], None] | None = None,
    check: Callable[[], None] | None = None,
) -> Any:
    """Call ``function`` (dotted name; JSON in, JSON out) in a limited process and return its answer.

    Of the disk it finds the site's code, the models and what the system needs; beside that it may read the files
    ``reads`` and use the folders ``writes``. Nothing else is there for it where the kernel has Landlock (since 5.13), not
    the database and no key; where it has not, files are kept apart by the rights of the site's user alone.

    A function with a parameter ``progress`` gets a callable for numbers in [0, 1], which arrive at ``progress`` here.
    ``check`` is called five times a second; what it or ``progress`` raises ends the process at once. Whatever happens,
    the whole process group is gone when this returns. Raises ``SandboxLimit`` for a limit or a crash, and again what
    the function raised, if that was a ``PlatformError``.
    """
    request = {
        "function": function,
        "args": args,
        "cpu_seconds": int(cpu_seconds),
        "memory_bytes": int(memory_bytes),
        "file_bytes": int(file_bytes),
        "parent": os.getpid(),
        "reads": [str(place.resolve()) for place in reads],
        "writes": [str(place.resolve()) for place in writes],
    }
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-s", "-m", "generation.media.ingest.sandbox"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        try:
            assert process.stdin is not None
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(request).encode())
                process.stdin.close()
            answer, noise = _listen(process, wall_seconds, progress, check)
            code = process.wait(timeout=5)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    with suppress(BrokenPipeError):
                        pipe.close()
    return _result(function, code, answer, noise)


def _environment(folder: str) -> dict[str, str]:
    """No variable of the server, so no secret, gets in; few threads and arenas, so memory means memory."""
    chosen = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "HOME": folder,
        "TMPDIR": folder,
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "2",
        **chosen,
    }


def _listen(
    process: subprocess.Popen[bytes],
    wall_seconds: float,
    progress: Callable[[float], None] | None,
    check: Callable[[], None] | None,
) -> tuple[bytes, bytes]:
    """Everything the process says until it closes both pipes."""
    assert process.stdout is not None and process.stderr is not None
    ends = time.monotonic() + wall_seconds
    answer, noise, checked = bytearray(), bytearray(), 0.0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, answer)
        selector.register(process.stderr, selectors.EVENT_READ, noise)
        while selector.get_map():
            for key, _ in selector.select(POLL_SECONDS):
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    selector.unregister(key.fileobj)
                key.data.extend(chunk)
            _tell_progress(noise, progress)
            now = time.monotonic()
            if check is not None and now - checked >= POLL_SECONDS:
                checked = now
                check()
            if now > ends:
                raise SandboxLimit(f"Reading the file took longer than {wall_seconds:g} s.", limit="wall")
            if len(answer) > MOST_ANSWER_BYTES:
                raise SandboxLimit("The process that reads the file said too much.", limit="crash")
            del noise[: max(len(noise) - MOST_ANSWER_BYTES, 0)]
    return bytes(answer), bytes(noise)


def _tell_progress(noise: bytearray, progress: Callable[[float], None] | None) -> None:
    """Take whole progress lines out of ``noise`` and pass the newest on."""
    lines = bytes(noise).split(b"\n")
    values = [line for line in lines[:-1] if line.startswith(PROGRESS)]
    if values:
        noise[:] = b"\n".join(line for line in lines if line not in values)
        with suppress(ValueError):
            done = float(values[-1].removeprefix(PROGRESS))
            if progress is not None and 0 <= done <= 1:
                progress(done)


def _result(function: str, code: int, answer: bytes, noise: bytes) -> Any:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise SandboxLimit("Reading the file needed more processor time than allowed.", limit="cpu")
    try:
        told = json.loads(answer)
    except ValueError:
        told = None
    if code != 0 or not isinstance(told, dict):
        log.warning("%s ended with %s: %s", function, code, noise[-2000:].decode(errors="replace"))
        raise SandboxLimit(f"The process that reads the file broke down ({code}).", limit="crash")
    if "limit" in told:
        raise SandboxLimit(str(told["message"]), limit=str(told["limit"]))
    if "error" in told:
        name = str(told["error"])
        kind: type[PlatformError] = (
            getattr(errors, name, None) or getattr(core.errors, name, None) or GenerationError
        )
        if kind is errors.UploadRejected:
            raise errors.UploadRejected(told["message"], code=told["code"], values=told["values"])
        raise kind(told["message"])
    if "broken" in told:
        log.warning("%s broke: %s", function, told["broken"])
        raise SandboxLimit("The process that reads the file broke down.", limit="crash")
    return told["result"]


def main() -> None:
    """The inside: lock the door, do what was asked, say what came of it."""
    request = json.loads(sys.stdin.buffer.read())
    answer = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is noise, not the answer
    _lock(request)
    told = _call(request["function"], request["args"])
    with os.fdopen(answer, "wb") as out:
        out.write(json.dumps(told).encode())
    sys.stderr.flush()
    os._exit(0)  # threads of a decoder that hangs shall not keep the process


def _call(function: str, args: list[Any]) -> dict[str, Any]:
    module, _, name = function.rpartition(".")
    try:
        work = getattr(importlib.import_module(module), name)
        extra = {"progress": _say_progress} if "progress" in inspect.signature(work).parameters else {}
        return {"result": work(*args, **extra)}
    except PlatformError as error:
        values = getattr(error, "values", {})
        return {
            "error": type(error).__name__,
            "message": str(error),
            "code": error.code,
            "values": values,
        }
    except MemoryError:
        return {"limit": "memory", "message": "Reading the file needed more memory than allowed."}
    except Exception as error:
        if isinstance(error, OSError) and error.errno == EFBIG:
            return {"limit": "file", "message": "The file made from this one grew larger than allowed."}
        if isinstance(error, RuntimeError) and "thread" in str(error):
            return {"limit": "memory", "message": "Reading the file needed more memory than allowed."}
        return {"broken": traceback.format_exc()[-4000:]}


def _say_progress(done: float) -> None:
    os.write(2, b"\n" + PROGRESS + f"{min(max(done, 0.0), 1.0):.4f}\n".encode())


def _lock(request: dict[str, Any]) -> None:
    """Limits that cannot be raised again; the process dies with the worker that asked."""
    cpu, memory, size = request["cpu_seconds"], request["memory_bytes"], request["file_bytes"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    die_with(request["parent"])
    files_limit(
        libc,
        read=[*map(Path, (*SYSTEM, *request["reads"])), *_code(), Path(f"/proc/{os.getpid()}")],
        write=[Path.cwd(), *map(Path, request["writes"]), Path("/dev/null")],
        listed=[ROOT],
    )
    calls_limit(libc)


def _code() -> list[Path]:
    """Where Python, its packages, our own rooms and the models lie; never the folder of the database."""
    rooms = [place.parent for place in ROOT.glob("*/__init__.py")]
    packages = [Path(place) for place in sys.path if place and Path(place).resolve() != ROOT]
    return [*packages, *rooms, assets_dir().resolve()]


if __name__ == "__main__":
    main()
