"""Rows of numbers kept on disk under the hash of what they were made from, in one SQLite file that processes share.

A cache and nothing more: whatever is wrong with the file (no room, no right to write, damage, another's long write),
the caller computes as if it were not there, and the log says so once. A process killed at any line leaves whole rows.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

BYTES_A_ROW = 2500  # of 384 numbers with their key and their share of the file's own pages, as measured
_WAIT_SECONDS = 0.02  # for another's write; computing a row takes a quarter of it
_REST_SECONDS = 60.0  # before the file is tried again after it failed
_PART = 500  # keys a question, below SQLite's limit of variables
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_TABLE = (
    "CREATE TABLE IF NOT EXISTS vectors (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, row BLOB NOT NULL)"
)

_inherited: list[
    sqlite3.Connection
] = []  # after a fork: SQLite wants them neither used nor closed in the child


class VectorCache:
    """Unit rows (``dimensions``,) float32 by key (32 bytes); beyond ``most`` the rows written first go."""

    def __init__(self, file: Path, *, dimensions: int, most: int) -> None:
        self.file = file
        self._dimensions = dimensions
        self._most = most
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._process = 0
        self._rests_until = 0.0
        self._told = False

    def read(self, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The rows that are there and whole."""
        found: dict[bytes, NDArray[np.float32]] = {}
        with self._lock:
            try:
                connection = self._opened()
                for start in range(0, len(keys) if connection else 0, _PART):
                    assert connection is not None
                    part = keys[start : start + _PART]
                    marks = ",".join("?" * len(part))
                    question = f"SELECT key, row FROM vectors WHERE key IN ({marks})"  # noqa: S608 (only marks)
                    found.update(
                        (key, np.frombuffer(row, "<f4")) for key, row in connection.execute(question, part)
                    )
            except (sqlite3.Error, OSError, ValueError) as problem:
                self._rest(problem)
        return {key: row for key, row in found.items() if self._is_whole(row)}

    def write(self, rows: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Keep ``rows`` if the file lets us, in one transaction."""
        with self._lock:
            try:
                connection = self._opened()
                if connection is None:
                    return
                with connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.executemany(
                        "INSERT OR REPLACE INTO vectors (key, row) VALUES (?, ?)",
                        [(key, row.astype("<f4").tobytes()) for key, row in rows.items()],
                    )
                    connection.execute(
                        "DELETE FROM vectors WHERE id <= (SELECT max(id) FROM vectors) - ?", (self._most,)
                    )
            except (sqlite3.Error, OSError) as problem:
                self._rest(problem)

    def _opened(self) -> sqlite3.Connection | None:
        """The process's connection; none while the cache rests."""
        if self._connection is not None and self._process != os.getpid():
            _inherited.append(self._connection)
            self._connection = None
        if self._connection is None and time.monotonic() >= self._rests_until:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.file, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute(_TABLE)
            except sqlite3.Error:
                connection.close()
                raise
            self._connection, self._process = connection, os.getpid()
        return self._connection

    def _rest(self, problem: Exception) -> None:
        """Give the file up for a while, or only this once when another process writes just now."""
        code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
        if code in _BUSY and self._connection is not None:
            return
        self._rests_until = time.monotonic() + _REST_SECONDS
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
        if code in _DAMAGED:
            for ending in ("", "-wal", "-shm"):
                with suppress(OSError):
                    Path(f"{self.file}{ending}").unlink()
        if not self._told:
            self._told = True
            logger.warning(
                "%s cannot be used (%s); what it would keep is computed anew. %s",
                self.file,
                problem,
                "It was damaged and is begun afresh."
                if code in _DAMAGED
                else "See that its folder can be written and its disk has room.",
            )

    def _is_whole(self, row: NDArray[np.float32]) -> bool:
        """A unit row of the right size: bytes that rotted inside the file are no row."""
        return row.shape == (self._dimensions,) and abs(float(row @ row) - 1.0) < 1e-2
