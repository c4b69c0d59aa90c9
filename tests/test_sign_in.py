"""Guessing passwords: at every door the account is counted, however its name is spelled, and its owner still gets in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client

from core.roles import ANALYST, CREATOR, MODERATOR, VIEWER
from tests.conftest import make_user

RIGHT = "correct horse battery"
SPELLINGS = (
    "cora",
    "Cora",
    "CORA",
    "ｃｏｒａ",
    "cora@example.org",
    "CORA@Example.ORG",
    " cora ",
    "Ｃora@example.org",
)
VISITOR = Client()  # one: a new one would look through all static files


@pytest.fixture(autouse=True)
def fresh_counts(db: None) -> Any:
    """What only slows an address down is not what is asked here."""
    cache.clear()
    yield
    cache.clear()


def _post(path: str, data: object, address: str, **more: str) -> Any:
    """What somebody without cookies at ``address`` is answered."""
    VISITOR.cookies.clear()
    return VISITOR.post(path, data, headers={"X-Forwarded-For": address} if address else {}, **more)


def token(name: str, password: str, address: str = "") -> int:
    cache.clear()  # ten a minute would hide what is counted
    body = json.dumps({"username": name, "password": password})
    answer = _post("/api/v1/token/", body, address, content_type="application/json")
    assert ("token" in answer.json()) == (answer.status_code == 200)
    return answer.status_code


def _form(path: str, field: str, name: str, password: str, address: str) -> int:
    cache.clear()
    answer = _post(path, {field: name, "password": password}, address)
    assert ("sessionid" in VISITOR.cookies) == (answer.status_code == 302)
    return answer.status_code


def administration(name: str, password: str, address: str = "") -> int:
    return _form("/admin/login/", "username", name, password, address)


def page(name: str, password: str, address: str = "") -> int:
    return _form("/accounts/login/", "login", name, password, address)


DOORS = pytest.mark.parametrize("door", [token, administration, page])


@pytest.fixture
def cora() -> Any:
    user = make_user("cora", VIEWER)
    user.is_staff = True  # or the administration would not let her in at all
    user.save()
    return user


@DOORS
def test_no_spelling_of_a_name_gives_more_tries_and_the_right_password_waits_in_every_one(
    cora, door, settings
):
    tries = [
        door(SPELLINGS[n % len(SPELLINGS)], f"wrong {n}") for n in range(3 * settings.AXES_FAILURE_LIMIT)
    ]
    judged = [status for status in tries if status != 429]
    assert len(judged) == settings.AXES_FAILURE_LIMIT - 1  # the last one that counts is told of the lock
    for other in (token, administration, page):
        assert {other(spelling, RIGHT) for spelling in SPELLINGS} == {429}, other.__name__


@DOORS
def test_a_few_wrong_passwords_are_forgiven(cora, door, settings):
    for n in range(settings.AXES_FAILURE_LIMIT - 1):
        assert door("Cora", f"wrong {n}") != 429
    assert door("cora", RIGHT) in (200, 302)


def test_names_of_nobody_are_counted_alike_so_that_nobody_learns_which_exist(cora, settings):
    for name, other in (("cora", "CORA"), ("nobody", "NOBODY")):
        tries = [token((name, other)[n % 2], "wrong") for n in range(settings.AXES_FAILURE_LIMIT)]
        assert tries == [403] * (settings.AXES_FAILURE_LIMIT - 1) + [429], name


def test_an_address_of_two_accounts_counts_against_both_and_one_cannot_free_the_other(cora, settings):
    mallory = make_user("mallory", VIEWER)
    mallory.email = cora.email  # nobody asks whether it is hers
    mallory.save()
    for n in range(settings.AXES_FAILURE_LIMIT):
        token(cora.email, f"wrong {n}")
        if n == 2:
            mallory.set_password("her own one, really")
            mallory.save()
            assert page("mallory", "her own one, really") == 302
    assert token("cora", RIGHT) == 429
    assert token(cora.email, RIGHT) == 429


def test_a_name_longer_than_any_is_refused_unjudged(cora):
    assert token("a" * 200_000, RIGHT) == 403
    assert administration("a" * 200_000, RIGHT) == 200
    assert page("a" * 200_000, RIGHT) == 200


# --- behind a proxy -------------------------------------------------------------------------------------------------
@DOORS
def test_strangers_behind_the_same_proxy_do_not_lock_the_owner_out(cora, door, settings):
    settings.PROXIES = 1
    for n in range(settings.AXES_FAILURE_LIMIT + 1):
        door("cora", f"wrong {n}", f"203.0.113.{n + 1}")
    assert door("cora", RIGHT, "198.51.100.7") in (200, 302)


@DOORS
def test_an_address_somebody_only_writes_into_the_header_is_not_believed(cora, door, settings):
    settings.PROXIES = 1
    tries = [
        door("cora", f"wrong {n}", f"203.0.113.{n}, 192.0.2.1") for n in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert tries[-1] == 429
    settings.PROXIES = 0
    AccessAttempt.objects.all().delete()
    tries = [door("cora", f"wrong {n}", f"203.0.113.{n}") for n in range(settings.AXES_FAILURE_LIMIT)]
    assert tries[-1] == 429


def test_an_ipv6_customer_is_one_address_and_a_port_behind_an_address_is_nothing(cora, settings):
    settings.PROXIES = 1
    tries = [
        page("cora", f"wrong {n}", f"[2001:db8:1:2::{n:x}]:{5000 + n}")
        for n in range(settings.AXES_FAILURE_LIMIT)
    ]
    assert tries[-1] == 429
    assert page("cora", RIGHT, "2001:db8:1:3::1") == 302
    assert page("cora", RIGHT, "198.51.100.7:4711") == 302
    tries = [page("cora", "wrong", f"198.51.100.8:{n}") for n in range(settings.AXES_FAILURE_LIMIT)]
    assert tries[-1] == 429


def test_many_addresses_together_get_a_bounded_number_of_tries_and_the_owner_at_home_does_not_wait(
    cora, settings
):
    settings.PROXIES = 1
    home, new = "198.51.100.7", "198.51.100.8"
    assert page("cora", RIGHT, home) == 302
    each = settings.AXES_FAILURE_LIMIT - 2  # never enough to be locked by themselves
    tries = [
        token(("cora", "CORA")[n % 2], f"wrong {n}", f"203.0.113.{n // each}")
        for n in range(2 * settings.ACCOUNT_TRIES)
    ]
    assert tries == [403] * settings.ACCOUNT_TRIES + [429] * settings.ACCOUNT_TRIES
    assert page("cora", RIGHT, new) == 429
    assert page("cora", RIGHT, home) == 302
    assert page("cora", RIGHT, new) == 429  # the owner's sign-in gives the strangers no new tries
    # refused tries made it no longer
    latest = AccessAttempt.objects.order_by("-attempt_time").first()
    assert latest is not None
    for row in AccessAttempt.objects.all():
        AccessAttempt.objects.filter(pk=row.pk).update(
            attempt_time=row.attempt_time - timedelta(minutes=settings.ACCOUNT_PAUSE_MINUTES, seconds=1)
        )
    assert page("cora", RIGHT, new) == 302


def test_signing_in_and_signing_up_are_slowed_down_by_client_not_by_proxy(cora, settings):
    settings.PROXIES = 1

    def status(n: int, address: str) -> int:
        fields = {"login": f"somebody{n}", "password": "wrong"}
        return int(_post("/accounts/login/", fields, address).status_code)

    def signed_up(n: int, address: str) -> int:
        return int(_post("/accounts/signup/", {"username": f"u{n}"}, address).status_code)

    assert [status(n, "203.0.113.9") for n in range(31)] == [200] * 30 + [429]
    assert status(40, "203.0.113.10") == 200
    assert [signed_up(n, "203.0.113.9") for n in range(21)] == [200] * 20 + [429]
    assert signed_up(40, "203.0.113.10") == 200


@pytest.mark.parametrize(
    ("roles", "room"),
    [
        ((VIEWER, CREATOR), "/create/"),
        ((VIEWER, ANALYST), "/dashboards/"),
        ((VIEWER, MODERATOR), "/moderation/"),
        ((VIEWER,), "/"),
    ],
)
def test_sign_in_leads_everybody_to_a_room_that_is_theirs(roles: tuple[str, ...], room: str) -> None:
    make_user("cora", *roles)
    client = Client()
    answer = client.post("/accounts/login/", {"login": "cora", "password": RIGHT})
    assert (answer.status_code, answer.headers["Location"]) == (302, room)
    assert client.get(room).status_code == 200
