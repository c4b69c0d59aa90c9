"""A secret key for one machine, made once and kept readable by its owner only."""

import os
import secrets
from pathlib import Path


def local_secret(place: Path) -> str:
    """The key in ``place``, made when absent; two processes starting together agree on one key."""
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return place.read_text()
    key = secrets.token_urlsafe(50)
    with os.fdopen(handle, "w") as stream:
        stream.write(key)
    return key
