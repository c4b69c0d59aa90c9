"""Memory that was freed, given back to the system, so that the next stage of a job does not stand on top of it."""

from __future__ import annotations

import ctypes


def give_back() -> None:
    """Ask glibc to return freed pages; elsewhere the allocator does so by itself or cannot be asked.

    A rendering frees some 200 MB of sprites and pictures in pieces that glibc would keep for the process.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
