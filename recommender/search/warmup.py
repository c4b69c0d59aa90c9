"""Reading what a search needs before somebody waits for it: the network, the lexicon, the rows."""

from __future__ import annotations

import threading

from django.db import connection

from recommender.search.query import search

_once = threading.Lock()


def warm() -> None:
    """Make a first search in a thread of its own; once a process, later calls cost nothing."""
    if _once.acquire(blocking=False):
        threading.Thread(target=_search, name="search-warming", daemon=True).start()


def _search() -> None:
    try:
        search("tent 帐篷")
    finally:
        connection.close()
