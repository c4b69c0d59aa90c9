"""Where a request comes from, as far as our own proxies can tell: what every limit is counted by."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

_HOST_BITS = (
    64  # of an IPv6 address: one customer is given a whole network of them, so the network is counted
)


def address_of(request: HttpRequest) -> str:
    """The client's address: the one that the outermost of our own ``AIGC_PROXIES`` saw, as nobody else's word counts.

    Of IPv6 it is the network (64 bits). A port that a proxy wrote behind it is dropped. "" where there is no address at
    all, as behind a socket file.
    """
    if settings.PROXIES:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")
        if address := _counted(forwarded[-min(settings.PROXIES, len(forwarded))]):
            return address
    return _counted(str(request.META.get("REMOTE_ADDR", "")))


def _counted(text: str) -> str:
    """The address in ``text`` as it is counted; "" for what is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> _HOST_BITS << _HOST_BITS))
    return str(address)
