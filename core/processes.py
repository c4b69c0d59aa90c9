"""Processes that end with the one that started them; plain Python."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_libc = (
    ctypes.CDLL(None) if sys.platform == "linux" else None
)  # loaded here: a fresh fork should load nothing


def die_with(parent: int) -> None:
    """Called in a child process: the kernel ends it by force as soon as its parent, process ``parent``, is gone.

    Only Linux has this; elsewhere a child whose parent is killed by force lives on.
    """
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it went before this was asked for
        os._exit(1)
