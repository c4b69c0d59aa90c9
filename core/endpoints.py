"""A call to a server of somebody else: bounded in time and size, tried again when that may help, its key in one header.

Plain Python. What goes wrong is raised as the caller's own kind of error, in words that never hold the key.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

_TRIES = 4  # calls for one answer
_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))  # HTTP states that may pass
_LONGEST_WAIT_SECONDS = 20.0


class _TryAgain(Exception):
    """The call failed in a way that may pass; ``wait`` is what the server asked for, in seconds."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class Endpoint:
    """``POST``s JSON to addresses under ``url``.

    ``name`` ("script endpoint") and ``setting`` ("AIGC_SCRIPT_", before ``URL`` and ``KEY``) stand in its sentences,
    which ``error`` makes an exception of; ``instead`` is the way out when the server does not answer.
    ``timeout_seconds`` bounds connecting, each wait for data, and reading the answer as a whole; at most ``max_bytes``
    are read. Redirects, which could carry the key away, are not followed.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        name: str,
        setting: str,
        instead: str,
        error: Callable[[str], Exception],
        max_bytes: int,
        timeout_seconds: float,
        backoff_seconds: float = 0.5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/")
        self._api_key = api_key
        self._name = name
        self._setting = setting
        self._instead = instead
        self._error = error
        self._max_bytes = max_bytes
        self._timeout_seconds = timeout_seconds
        self._backoff_seconds = backoff_seconds
        self._sleep = sleep

    def check(self) -> None:
        """Raises the caller's error for an address that cannot be called or holds a password."""
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self._error(f"The {self._name} needs an http or https address. Set {self._setting}URL.")
        if parts.username or parts.password:
            raise self._error(
                f"The {self._name}'s address must hold no password. Use {self._setting}KEY instead."
            )

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body of the answer to ``body`` at ``path``. Raises the caller's error when none comes."""
        reason = ""
        for attempt in range(_TRIES):
            try:
                return self._call(path, body)
            except _TryAgain as failure:
                reason = str(failure)
                if attempt + 1 < _TRIES:
                    wait = max(self._backoff_seconds * 2**attempt, failure.wait)
                    self._sleep(min(wait, _LONGEST_WAIT_SECONDS))
        raise self._error(
            f"The {self._name} did not answer in {_TRIES} tries; last: {reason}. Try later or {self._instead}."
        )

    def check_status(self, status: int, *, wanted: str) -> None:
        """Raises the caller's error for any status but 200; ``wanted`` is what should have come ("a script")."""
        if status in (401, 403):
            raise self._error(f"The {self._name} refused the key ({status}). Check {self._setting}KEY.")
        if status == 404:
            raise self._error(
                f"The {self._name} knows no such address or model (404). Check {self._setting}URL and NAME."
            )
        if status != 200:
            raise self._error(f"The {self._name} answered {status} instead of {wanted}.")

    def _call(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body of one call."""
        headers = {
            "Accept-Encoding": "identity"
        }  # nothing to unpack: no small answer that becomes a huge one
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        until = time.monotonic() + self._timeout_seconds
        received = bytearray()
        # Errors are raised from None: httpx's own hold the request, and with it the key.
        try:
            with (
                httpx.Client(timeout=self._timeout_seconds, follow_redirects=False) as client,
                client.stream("POST", f"{self._url}{path}", json=body, headers=headers) as response,
            ):
                if response.status_code in _PASSING:
                    raise _TryAgain(f"it answered {response.status_code}", _retry_after(response))
                for chunk in response.iter_raw():
                    received += chunk
                    if len(received) > self._max_bytes:
                        raise self._error(
                            f"The {self._name}'s answer is larger than {self._max_bytes // 1000} kB and was not read."
                        )
                    if time.monotonic() > until:
                        raise _TryAgain(f"it took longer than {self._timeout_seconds:g} s")
                return response.status_code, bytes(received)
        except httpx.TimeoutException:
            raise _TryAgain(f"it took longer than {self._timeout_seconds:g} s") from None
        except httpx.TransportError as error:
            raise _TryAgain(f"no connection ({type(error).__name__})") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise self._error(f"The {self._name} cannot be called ({type(error).__name__}).") from None


def _retry_after(response: httpx.Response) -> float:
    try:
        return min(max(float(response.headers.get("retry-after", "0")), 0.0), _LONGEST_WAIT_SECONDS)
    except ValueError:
        return 0.0
