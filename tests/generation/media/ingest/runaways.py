"""What a hostile file might make a decoder do; called inside the sandbox by its tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
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


def breed(path: str) -> None:
    """Fork a child that would write a file later, then wait."""
    if os.fork() == 0:
        time.sleep(1.5)
        Path(path).write_text("alive")
        os._exit(0)
    time.sleep(60)


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
