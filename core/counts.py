"""A cache backend for counts that must not be lost: one SQLite file that every process of the site shares.

Each call is one transaction of some 30 µs, so that requests side by side count right; what is stored stays until its time
is over, however much else is; a restart forgets nothing. Values are JSON. docs/decisions/0006 says why it is not one of
Django's own backends.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_BUSY_SECONDS = 10.0  # another process holds the file for far less
_TIDY_SECONDS = 60.0
_TABLES = (
    "CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS taken (key TEXT NOT NULL, at REAL NOT NULL, expires REAL NOT NULL)",
    "CREATE INDEX IF NOT EXISTS taken_key ON taken (key, at)",
)


class _File:
    """One connection a process; its threads take turns, which is fairer and faster than SQLite's own waiting."""

    def __init__(self, path: str) -> None:
        self.lock = threading.Lock()
        self.tidied = time.monotonic()
        self.connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", *_TABLES):
            self._made(line)

    def _made(self, line: str) -> None:
        """``line`` done, although another process may be making the same file: SQLite does not wait for every such lock."""
        until = time.monotonic() + _BUSY_SECONDS
        while True:
            try:
                self.connection.execute(line)
                return
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.01)


_files: dict[str, _File] = {}
_left: list[_File] = []  # of the process we were forked from: neither used nor closed here
_opening = threading.Lock()


def _file(path: str) -> _File:
    found = _files.get(path)
    if found is None:
        with _opening:
            found = _files.get(path) or _files.setdefault(path, _File(path))
    return found


def _forget() -> None:
    global _opening
    _opening = threading.Lock()
    _left.extend(_files.values())
    _files.clear()


os.register_at_fork(after_in_child=_forget)


class CountsCache(BaseCache):
    """``LOCATION`` is the file. Beside what every cache can do it takes turns: see ``take``."""

    def __init__(self, location: Any, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._path = str(location)

    def take(self, key: str, *, most: int, seconds: float) -> float:
        """Take one more of ``key`` where fewer than ``most`` were taken in the last ``seconds``.

        0.0 when it was taken; else nothing is, and the answer is the seconds until there is room.
        """
        if most < 1:
            return seconds
        with self._writing() as connection:
            now = (
                time.time()
            )  # with the file in hand: nobody's time lies after ours, unless the clock was set back
            connection.execute(
                "DELETE FROM taken WHERE key = ? AND (at <= ? OR at > ?)", (key, now - seconds, now + 1.0)
            )
            held = [
                at for (at,) in connection.execute("SELECT at FROM taken WHERE key = ? ORDER BY at", (key,))
            ]
            if len(held) < most:
                connection.execute("INSERT INTO taken VALUES (?, ?, ?)", (key, now, now + seconds))
                return 0.0
            return float(max(held[-most] + seconds - now, 0.001))

    def admit(self, pairs: Sequence[tuple[str, str]], *, most: int, seconds: float) -> list[bool]:
        """Whether each (key, member) is among the first ``most`` members of its key in its window of ``seconds``.

        A window begins with its first member; who is in it once stays in it. All in one transaction.
        """
        admitted = []
        with self._writing() as connection:
            now = time.time()
            for key, member in pairs:
                found = connection.execute(
                    "SELECT value, expires FROM entry WHERE key = ? AND expires > ?", (key, now)
                ).fetchone()
                members, ends = (json.loads(found[0]), found[1]) if found else ([], now + seconds)
                if member not in members and len(members) < most:
                    members.append(member)
                    row = (key, json.dumps(members), ends)
                    connection.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", row)
                admitted.append(member in members)
        return admitted

    def taken(self, key: str, *, seconds: float) -> int:
        """How many of ``key`` were taken in the last ``seconds``."""
        file = _file(self._path)
        with file.lock:
            row = file.connection.execute(
                "SELECT COUNT(*) FROM taken WHERE key = ? AND at > ?", (key, time.time() - seconds)
            ).fetchone()
        return int(row[0])

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        found = self._value(self.make_and_validate_key(key, version=version))
        return default if found is None else json.loads(found)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        row = (self.make_and_validate_key(key, version=version), json.dumps(value), self._expires(timeout))
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", row)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        row = (self.make_and_validate_key(key, version=version), json.dumps(value), self._expires(timeout))
        with self._writing() as connection:
            connection.execute("DELETE FROM entry WHERE key = ? AND expires <= ?", (row[0], time.time()))
            return connection.execute("INSERT OR IGNORE INTO entry VALUES (?, ?, ?)", row).rowcount == 1

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        place = self.make_and_validate_key(key, version=version)
        with self._writing() as connection:
            done = connection.execute(
                "UPDATE entry SET expires = ? WHERE key = ? AND expires > ?",
                (self._expires(timeout), place, time.time()),
            )
            return done.rowcount == 1

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        place = self.make_and_validate_key(key, version=version)
        with self._writing() as connection:
            found = connection.execute(
                "UPDATE entry SET value = CAST(value AS INTEGER) + ? WHERE key = ? AND expires > ? RETURNING value",
                (delta, place, time.time()),
            ).fetchone()
        if found is None:
            raise ValueError(f"Key {key!r} not found")
        return int(found[0])

    def delete(self, key: Any, version: int | None = None) -> bool:
        place = self.make_and_validate_key(key, version=version)
        with self._writing() as connection:
            done = connection.execute("DELETE FROM entry WHERE key = ? AND expires > ?", (place, time.time()))
            return done.rowcount == 1

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return self._value(self.make_and_validate_key(key, version=version)) is not None

    def clear(self) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM entry")
            connection.execute("DELETE FROM taken")

    def _value(self, place: str) -> str | None:
        file = _file(self._path)
        with file.lock:
            found = file.connection.execute(
                "SELECT value FROM entry WHERE key = ? AND expires > ?", (place, time.time())
            ).fetchone()
        return None if found is None else str(found[0])

    def _expires(self, timeout: Any) -> float:
        """The time in seconds at which an entry ends; never for ``None``."""
        ends = self.get_backend_timeout(timeout)
        return math.inf if ends is None else float(ends)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """The file for one transaction that nobody else's comes between."""
        file = _file(self._path)
        with file.lock:
            file.connection.execute("BEGIN IMMEDIATE")
            try:
                if time.monotonic() - file.tidied > _TIDY_SECONDS:
                    file.tidied = time.monotonic()
                    for table in ("entry", "taken"):
                        file.connection.execute(f"DELETE FROM {table} WHERE expires <= ?", (time.time(),))  # noqa: S608
                yield file.connection
            except BaseException:
                file.connection.execute("ROLLBACK")
                raise
            file.connection.execute("COMMIT")


def counts() -> CountsCache:
    """The site's counts."""
    found = caches["default"]
    assert isinstance(found, CountsCache)
    return found
