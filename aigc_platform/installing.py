"""``pip install`` that says what it fetches, how large it is and how far it is, and goes on after a broken connection.

Run as a file by ``./run``, before any package is there: standard library only. On a terminal one line is written over again;
elsewhere each package gets a line. pip itself goes on with a file that broke off (``--resume-retries``); what it has
fetched stays in its cache, so a whole run that failed for the connection is repeated and continues there.
"""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

PAUSES_SECONDS = (5.0, 15.0, 30.0, 60.0)  # before a run that lost its connection is repeated
# what pip says when a connection broke; an old one takes the half that came for a wrong file
BROKEN = re.compile(
    r"IncompleteRead|Connection ?broken|ConnectionReset|Connection reset|Connection aborted|ProtocolError|ReadTimeout"
    r"|timed out|NewConnectionError|ConnectTimeout|RemoteDisconnected|Temporary failure in name resolution"
    r"|Name or service not known|incomplete-download|Network is unreachable|Max retries exceeded|SSLEOFError|50[234] Server Error"
    r"|DO NOT MATCH THE HASHES",
    re.IGNORECASE,
)
_FETCHED = re.compile(r"^\s*(?:Downloading|Using cached) (\S+?)(?:\.metadata)? \(([\d.]+) ([kMG]?B)\)")
_RAW = re.compile(r"^Progress (\d+) of (\d+)")
_GOT = re.compile(r"^(?:Collecting|Processing|Requirement already satisfied:) ?(\S*)")
_UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
_TELL_SECONDS = 0.2
_KEPT_LINES = 25


class Progress:
    """What pip's lines tell so far: ``line`` is how far it is, for people."""

    def __init__(self) -> None:
        self.packages = 0
        self.file = ""
        self.bytes = 0.0  # of finished files
        self.share: tuple[int, int] | None = None  # of the file on its way
        self.size = 0.0  # of that file
        self.installing: list[str] = []

    def read(self, text: str) -> str:
        """Take one line of pip in; what is worth a line of its own, or ""."""
        if found := _RAW.match(text):
            self.share = int(found.group(1)), int(found.group(2))
            return ""
        if found := _FETCHED.match(text):
            if text.rstrip().partition(" (")[0].endswith(".metadata"):
                return ""
            self._finish()
            self.file = found.group(1).rpartition("/")[2]
            self.size = float(found.group(2)) * _UNITS[found.group(3)]
            cached = " (kept from before)" if "Using cached" in text else ""
            return f"{_name(self.file)}: {size_text(self.size)}{cached}"
        if text.startswith("Installing collected packages: "):
            self._finish()
            self.installing = text.partition(": ")[2].strip().split(", ")
            return f"Unpacking {len(self.installing)} packages"
        if _GOT.match(text):
            self.packages += 1
        return ""

    def _finish(self) -> None:
        self.bytes, self.size, self.share, self.file = self.bytes + self.size, 0.0, None, ""

    def line(self, unpacked: int | None = None) -> str:
        """One line without its end; ``unpacked`` packages are in place already."""
        fetched = self.bytes + (self.size * self.share[0] / max(self.share[1], 1) if self.share else 0.0)
        if self.installing:
            done = f"{min(unpacked or 0, len(self.installing))} of {len(self.installing)}"
            return f"Unpacking packages: {done}, {size_text(self.bytes)} fetched"
        parts = [f"{self.packages} packages", f"{size_text(fetched)} fetched"]
        if self.file:
            now = f"{_name(self.file)} {size_text(self.size)}"
            if self.share:
                now += f" {100 * self.share[0] // max(self.share[1], 1)} %"
            parts.append(now)
        return "Fetching: " + " · ".join(parts)


def size_text(count: float) -> str:
    for unit, scale in (("GB", 1e9), ("MB", 1e6)):
        if count >= scale:
            return f"{count / scale:.1f} {unit}"
    return f"{count / 1e3:.0f} kB"


def _name(file: str) -> str:
    """``torch 2.13.0`` of a wheel's or an archive's file name."""
    parts = re.sub(r"\.(?:whl|tar\.gz|zip)$", "", file).split("-")
    return " ".join(parts[:2])


class Screen:
    """Writes over one line on a terminal, whole lines elsewhere."""

    def __init__(self, out: TextIO, *, columns: int = 100) -> None:
        self._out, self._columns = out, columns
        self._terminal = out.isatty()
        self._told = 0.0

    def progress(self, text: str, *, now: bool = False) -> None:
        if self._terminal and (now or time.monotonic() - self._told > _TELL_SECONDS):
            self._told = time.monotonic()
            self._out.write(f"\r\033[K{text[: self._columns]}")
            self._out.flush()

    def line(self, text: str) -> None:
        """Kept on a terminal too when ``progress`` goes on below it."""
        self._out.write(f"\r\033[K{text}\n" if self._terminal else f"{text}\n")
        self._out.flush()

    def note(self, text: str) -> None:
        """A step of many: a line of its own only where nothing is written over."""
        if not self._terminal:
            self.line(text)


def install(
    arguments: Sequence[str],
    *,
    screen: Screen,
    pauses: Sequence[float] = PAUSES_SECONDS,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Run ``pip install ARGUMENTS``; its exit status. What it said last is written when it fails for good."""
    for number, pause in enumerate([*pauses, None]):
        status, last = _once(arguments, screen)
        if status == 0:
            return 0
        if pause is None or not any(BROKEN.search(text) for text in last):
            screen.line("\n".join(last))
            return status
        screen.line(
            f"A download broke off. Going on in {pause:.0f} s ({number + 1} of {len(pauses)}); "
            "what was fetched is kept. Ctrl-C stops; the next ./run continues."
        )
        sleep(pause)
    return 1


def _once(arguments: Sequence[str], screen: Screen) -> tuple[int, list[str]]:
    """One run of pip: its exit status, and its last lines."""
    said: deque[str] = deque(maxlen=_KEPT_LINES)
    progress, seen = Progress(), _in_place()
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *_talking(), *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1, errors="replace"
    ) as pip:
        assert pip.stdout is not None
        done = threading.Event()

        def watch() -> None:  # unpacking says nothing for minutes: count what is there
            while not done.wait(1.0):
                if progress.installing:
                    screen.progress(progress.line(_in_place() - seen), now=True)

        watching = threading.Thread(target=watch, daemon=True)
        watching.start()
        for text in pip.stdout:
            if not _RAW.match(text):
                said.append(text.rstrip())
            if told := progress.read(text):
                screen.note(told)
            screen.progress(progress.line())
        status = pip.wait()
        done.set()
        watching.join()
    screen.progress("", now=True)
    return status, list(said)


def _talking() -> list[str]:
    """How this pip is made to say its progress in numbers; an old one cannot."""
    import pip

    major = int(pip.__version__.partition(".")[0])
    return ["--progress-bar", "raw"] if major >= 25 else ["--progress-bar", "off"]


def _in_place() -> int:
    folder = next((Path(place) for place in sys.path if place.endswith("site-packages")), None)
    return sum(1 for _ in folder.glob("*.dist-info")) if folder else 0


if __name__ == "__main__":
    sys.path = [
        place for place in sys.path if Path(place or ".").resolve() != Path(__file__).resolve().parent
    ]
    try:
        sys.exit(install(sys.argv[1:], screen=Screen(sys.stdout)))
    except KeyboardInterrupt:
        sys.exit(130)
