"""A call to a server of somebody else: bounded in time and size, tried again when that may help, its key in one header.

Plain Python. What goes wrong is raised as the caller's own kind of error, in words that never hold the key.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

import httpx

_TRIES = 4  # calls for one answer
# Where clouds answer any program on the machine with its secrets; nobody's language model is there.
_METADATA = tuple(
    ip_network(net)
    for net in ("169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32", "fe80::/10", "fd00:ec2::/32")
)
_PASSING = frozenset((408, 425, 429, 500, 502, 503, 504))  # HTTP states that may pass
_LONGEST_WAIT_SECONDS = 20.0


class _TryAgain(Exception):
    """The call failed in a way that may pass; ``wait`` is what the server asked for, in seconds."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


def address_refusal(url: str, *, has_key: bool) -> str:
    """Why no server is called at ``url``, as a sentence; "" where it may be.

    This machine and the network at home are where language models stand, so loopback and private addresses are allowed.
    Refused are addresses that only a cloud's own machinery or nobody answers, and a key over plain HTTP outside the house.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "The address cannot be read."
    if parts.scheme not in ("http", "https") or not host:
        return "The address must begin with http:// or https://."
    if parts.username or parts.password:
        return "The address must hold no password; a key has its own field."
    if parts.query or parts.fragment:
        return "The address must end with its path, such as /v1; no “?” and no “#”."
    try:
        found = socket.getaddrinfo(host, port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return f"No machine called {host} can be found."
    places = [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if any(_is_nobodys(place) for place in places):
        return f"{host} is an address at which no language model stands."
    if has_key and parts.scheme == "http" and not all(place.is_private for place in places):
        return "A key would travel in clear over http:// to another network. Use https://."
    return ""


def _is_nobodys(place: IPv4Address | IPv6Address) -> bool:
    if isinstance(place, IPv6Address) and place.ipv4_mapped is not None:
        place = place.ipv4_mapped
    if place.is_unspecified or place.is_multicast or (place.is_reserved and not place.is_private):
        return True
    return any(place in network for network in _METADATA)


class Endpoint:
    """``POST``s JSON to addresses under ``url``.

    ``name`` ("script endpoint") and ``setting`` ("AIGC_SCRIPT_", before ``URL``, ``KEY`` and ``NAME``) stand in its
    sentences, which ``error`` makes an exception of; without a ``setting`` they speak of address, key and name.
    ``instead`` is the way out when the server does not answer in as many ``tries``. A ``guarded`` address is one that
    somebody typed into a page: ``address_refusal`` is asked before each call.
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
        tries: int = _TRIES,
        guarded: bool = False,
    ) -> None:
        self._tries = tries
        self._guarded = guarded
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
        if self._guarded:
            if refusal := address_refusal(self._url, has_key=bool(self._api_key)):
                raise self._error(refusal)
            return
        parts = urlsplit(self._url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self._error(f"The {self._name} needs an http or https address. Set {self._called('URL')}.")
        if parts.username or parts.password:
            raise self._error(
                f"The {self._name}'s address must hold no password. Use {self._called('KEY')} instead."
            )

    def post(self, path: str, body: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body of the answer to ``body`` at ``path``. Raises the caller's error when none comes."""
        reason = ""
        for attempt in range(self._tries):
            try:
                return self._call(path, body)
            except _TryAgain as failure:
                reason = str(failure)
                if attempt + 1 < self._tries:
                    wait = max(self._backoff_seconds * 2**attempt, failure.wait)
                    self._sleep(min(wait, _LONGEST_WAIT_SECONDS))
        raise self._error(
            f"The {self._name} did not answer in {self._tries} tries; last: {reason}. Try later or {self._instead}."
        )

    def check_status(self, status: int, *, wanted: str) -> None:
        """Raises the caller's error for any status but 200; ``wanted`` is what should have come ("a script")."""
        if status in (401, 403):
            raise self._error(f"The {self._name} refused the key ({status}). Check {self._called('KEY')}.")
        if status == 404:
            raise self._error(
                f"The {self._name} knows no such address or model (404). Check {self._called('URL')} and {self._called('NAME')}."
            )
        if status != 200:
            raise self._error(f"The {self._name} answered {status} instead of {wanted}.")

    def _called(self, field: str) -> str:
        """What the person who reads a sentence knows the field by."""
        plain = {"URL": "the address", "KEY": "the key", "NAME": "the model's name"}
        return f"{self._setting}{field}" if self._setting else plain[field]

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
