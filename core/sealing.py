"""Secrets of other sites kept in our database: unreadable in a copy of it, because the key is the site's SECRET_KEY.

Whoever has the database and the secret key (the whole of ``var/``) can read them; a backup of the database alone, a table
dump or a page of the administration cannot show them.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from core.errors import PlatformError


class SecretUnreadable(PlatformError):
    """A kept secret was sealed with another SECRET_KEY."""

    code = "secret_unreadable"
    status = 409


def sealed(secret: str, *, purpose: str) -> str:
    """``secret`` as text that only ``opened`` with the same ``purpose`` can read; "" stays ""."""
    return _box(purpose).encrypt(secret.encode()).decode() if secret else ""


def opened(text: str, *, purpose: str) -> str:
    """The secret in ``text``. Raises ``SecretUnreadable`` when the site's SECRET_KEY has changed since."""
    if not text:
        return ""
    try:
        return _box(purpose).decrypt(text.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable(
            "A kept key cannot be read, because AIGC_SECRET_KEY has changed since. Enter the key again."
        ) from None


def _box(purpose: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=f"lumen:{purpose}".encode()).derive(
        settings.SECRET_KEY.encode()
    )
    return Fernet(base64.urlsafe_b64encode(derived))
