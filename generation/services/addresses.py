"""An account's e-mail address: another one counts once its owner has followed the link that was sent there.

Until then nothing is kept of it, and nothing changes; with it the old address opens nothing more.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from generation.errors import AddressLinkEnded

LINK_SECONDS = 3 * 24 * 3600
_SALT = "generation.addresses"


def address_is_taken(address: str, *, by_other_than: User) -> bool:
    """Whether another account has ``address``, in whatever case."""
    others = User.objects.exclude(pk=by_other_than.pk)
    return others.filter(Q(email__iexact=address) | Q(emailaddress__email__iexact=address)).exists()


def address_link(*, user: User, address: str) -> str:
    """What proves, for three days, that whoever brings it back reads the mail of ``address``.

    It ends with the present address and the present password.
    """
    return signing.dumps({"user": user.pk, "address": address.lower(), "mark": _mark(user)}, salt=_SALT)


def address_of_link(link: str) -> tuple[User, str]:
    """(account, new address). Raises ``AddressLinkEnded``."""
    try:
        told = signing.loads(link, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        told = {}
    user = User.objects.filter(pk=told.get("user"), is_active=True).first()
    if user is None or not constant_time_compare(told["mark"], _mark(user)):
        raise AddressLinkEnded(
            "This link was used already or is too old. Ask for another on the account page."
        )
    return user, told["address"]


@transaction.atomic
def address_change(*, link: str) -> tuple[User, str]:
    """Give the account the address of ``link`` in place of every other; (account, the address it had).

    Raises ``AddressLinkEnded``, also where another account has taken the address meanwhile.
    """
    user, address = address_of_link(link)
    user = User.objects.select_for_update().get(pk=user.pk)
    if address_is_taken(address, by_other_than=user):
        raise AddressLinkEnded("This address belongs to another account by now. Ask for another one.")
    before = user.email
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=address, primary=True, verified=True)
    user.email = address
    user.save(update_fields=["email"])
    return user, before


def _mark(user: User) -> str:
    words = f"{user.password}\0{user.email}"
    return salted_hmac(_SALT, words, secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()
