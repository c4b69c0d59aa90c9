"""The one base of everything that goes wrong in words, and the failures that belong to no single room; plain Python.

Every refusal of the site leaves as ``{code, detail, fields}`` (``aigc_platform.api``) or as a sentence on a page; both
are made from what an error says of itself here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class PlatformError(Exception):
    """A failure the user can read: ``str(error)`` is one sentence with rule, value and next step.

    ``code`` is stable, the sentence may change; ``status`` is the HTTP status; ``field`` names the part of the request
    it is about ("" for none); ``values`` are what the sentence was filled with, for saying it in another language.
    """

    code = "platform_error"
    status = 400
    field = ""

    def __init__(
        self, sentence: str = "", *, code: str = "", field: str = "", values: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        if code:
            self.code = code
        if field:
            self.field = field
        self.values = dict(values or {})

    @property
    def answer(self) -> dict[str, Any]:
        """What an API answer says beside code and sentence, as JSON; nothing for most."""
        return {}


class RoleMissing(PlatformError):
    """The account lacks the role that the action needs."""

    code = "role_missing"
    status = 403


class SignInNeeded(PlatformError):
    """Nobody is signed in, and what was asked for needs an account."""

    code = "not_authenticated"
    status = 403


class BodyTooLarge(PlatformError):
    """The request's body is larger than its address takes; it was not read."""

    code = "body_too_large"
    status = 413


class Busy(PlatformError):
    """As many as can be served at once are being served."""

    code = "busy"
    status = 503
    wait_seconds = 10


class DatabaseBusy(PlatformError):
    """The database was held by somebody else for longer than a request waits."""

    code = "database_busy"
    status = 503
    wait_seconds = 5


class TooOften(PlatformError):
    """More in a while than one person or address may ask for; ``wait_seconds`` until the next may come."""

    code = "throttled"
    status = 429

    def __init__(self, sentence: str, *, wait_seconds: int) -> None:
        super().__init__(sentence, values={"wait": str(wait_seconds)})
        self.wait_seconds = wait_seconds


class DiskFull(PlatformError):
    """The disk that should hold a file has no room left."""

    code = "disk_full"
    status = 507


class MediaFolderUnwritable(PlatformError):
    """A folder for videos or kept segments cannot be made, read or written."""

    code = "media_folder_unwritable"
    status = 507


class LeaseLost(PlatformError):
    """Another worker has taken the work over; this one must stop and leave no trace."""

    code = "lease_lost"
    status = 409


class WorkCancelled(PlatformError):
    """Somebody cancelled the work: raised by a progress callback to stop it at once."""

    code = "job_cancelled"
    status = 409
