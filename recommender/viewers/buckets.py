"""Where a viewer falls by chance, the same every time: who sees which arm, and who never sees any.

A bucket is the hash of a salt and the viewer's key, uniform in [0, 1). Every experiment has its own salt, so what
somebody sees in one says nothing of another. The hold-out has a salt that never changes: its viewers are left out of all
experiments and of every generator on trial, so that what all of them were worth together can be told.
"""

from __future__ import annotations

import hashlib
import uuid

from django.conf import settings

HOLDOUT_SALT = "holdout-1"  # changing it would end the hold-out
HOLDOUT = "holdout"  # how its impressions are marked
_SPAN = float(1 << 64)


def bucket_of(key: uuid.UUID, salt: str) -> float:
    """A number in [0, 1) that only the viewer's ``key`` and ``salt`` decide."""
    digest = hashlib.blake2b(key.bytes, digest_size=8, key=salt.encode()[:64]).digest()
    return int.from_bytes(digest, "big") / _SPAN


def is_held_out(key: uuid.UUID) -> bool:
    """Whether the viewer belongs to the permanent hold-out."""
    return bucket_of(key, HOLDOUT_SALT) < settings.EXPERIMENTS_HOLDOUT
