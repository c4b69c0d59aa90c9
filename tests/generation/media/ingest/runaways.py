"""What a hostile file might make a decoder do; called inside the sandbox by its tests."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generation.errors import UploadRejected


def answer(value: Any) -> Any:
    return {"value": value}


def refuse() -> None:
    raise UploadRejected("No 7 is taken.", code="upload_seven", values={"number": "7"})


def spin() -> None:
    while True:
        pass


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def hoard() -> int:
    return len([bytearray(100_000_000) for _ in range(100)])


def flood(path: str) -> None:
    with Path(path).open("wb") as out:
        for _ in range(100):
            out.write(bytes(1_000_000))


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def chatter() -> str:
    print("x" * 100_000)
    return "done"


def environment() -> dict[str, str]:
    return dict(os.environ)


def count(progress: Callable[[float], None]) -> str:
    for step in range(11):
        progress(step / 10)
        time.sleep(0.05)
    return "counted"


def told(attempt: Callable[[], object]) -> str:
    """What became of something that shall not succeed."""
    try:
        attempt()
    except PermissionError:
        return "forbidden"
    return "done"


def breed() -> str:
    return told(os.fork)


def read(path: str) -> str:
    return told(Path(path).read_bytes)


def write(path: str) -> str:
    return told(lambda: Path(path).write_bytes(b"x"))


def remove(path: str) -> str:
    return told(Path(path).unlink)


def work_inside(source: str, folder: str) -> str:
    """What a decoder is there for: read the file, leave others in the folder, in threads."""
    made = Path(folder) / "part"
    made.write_bytes(Path(source).read_bytes())
    made.rename(Path(folder) / "whole")
    (Path(folder) / "inner").mkdir()
    thread = threading.Thread(target=(Path(folder) / "inner" / "more").touch)
    thread.start()
    thread.join()
    return "worked"


def end_parent() -> str:
    return told(lambda: os.kill(os.getppid(), signal.SIGTERM))


def call_kernel(number: int) -> int:
    """The error number of a system call with nothing but zeros; 0 where it succeeds."""
    libc = ctypes.CDLL(None, use_errno=True)
    return ctypes.get_errno() if libc.syscall(number, 0, 0, 0, 0, 0, 0) < 0 else 0


def call_out() -> str:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    except PermissionError:
        return "forbidden"
    return "open"


def start_program() -> str:
    try:
        subprocess.run(["/bin/true"], check=True)
    except PermissionError:
        return "forbidden"
    return "started"


def open_many() -> int:
    count = 0
    try:
        while count < 1000:
            os.open("/dev/null", os.O_RDONLY)
            count += 1
    except OSError:
        pass
    return count
