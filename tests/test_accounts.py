"""What keeps an account its owner's: tokens that end, an address that is changed knowingly, names nobody is mistaken for."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.roles import ROLES
from generation.models import AccessToken
from generation.services.tokens import TOKENS_MOST, token_create
from tests import factories
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
RIGHT = "correct horse battery"
NEW = "another sturdy lantern"
VISITOR = Client()  # one: a new one would look through all static files


@pytest.fixture(autouse=True)
def fresh_counts() -> Any:
    cache.clear()
    yield
    cache.clear()


def stranger(method: str, path: str, data: Any = None, *, key: str = "") -> Any:
    """What somebody without cookies is answered; a program with ``key``."""
    cache.clear()
    VISITOR.cookies.clear()
    return getattr(VISITOR, method)(path, data, headers={"Authorization": f"Token {key}"} if key else {})


def signed_in(user: User) -> Client:
    VISITOR.cookies.clear()
    VISITOR.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = Client()
    session.handler = VISITOR.handler
    session.cookies.load(VISITOR.cookies.output(header=""))
    return session


def opens(key: str) -> bool:
    return bool(stranger("get", "/api/v1/jobs/", key=key).status_code == 200)


def signed_in_token(name: str = "cora", password: str = RIGHT) -> Any:
    return stranger("post", "/api/v1/token/", {"username": name, "password": password})


def made_on_the_page(client: Client, **values: Any) -> str:
    page = client.post("/account/token", {"name": "laptop", "days": "30", **values}).content.decode()
    found = re.search(r"data-new-token>([^<]+)<", page)
    return found[1] if found else ""


# --- tokens ---------------------------------------------------------------------------------------------------------
def test_a_token_is_shown_once_kept_as_a_hash_and_named(creator: User) -> None:
    client = signed_in(creator)
    key = made_on_the_page(client)
    assert len(key) > 40 and opens(key)
    page = client.get("/account/").content.decode()
    assert "laptop" in page and key not in page and key[:6] in page
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert not [row for row in cursor.fetchall() if key in str(row)], table


def test_one_token_is_revoked_and_the_others_stay(creator: User, other_creator: User) -> None:
    first, second = (token_create(user=creator, name=name, days=30) for name in ("laptop", "server"))
    row = AccessToken.objects.get(name="laptop")
    signed_in(other_creator).post("/account/token", {"action": "revoke", "token": row.pk})
    assert opens(first)
    signed_in(creator).post("/account/token", {"action": "revoke", "token": row.pk})
    assert (opens(first), opens(second)) == (False, True)


def test_every_door_to_a_new_password_ends_the_tokens(creator: User) -> None:
    client = signed_in(creator)
    kept = [made_on_the_page(client), signed_in_token().json()["token"]]
    assert all(map(opens, kept))
    fields = {"oldpassword": RIGHT, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", fields).status_code == 302
    assert not any(map(opens, kept))
    assert "laptop" not in client.get("/account/").content.decode()
    kept = [signed_in_token(password=NEW).json()["token"]]
    creator.refresh_from_db()
    creator.set_password(RIGHT)  # as the administration and the reset do
    creator.save()
    assert not any(map(opens, kept))


def test_a_token_ends_with_its_time_and_with_its_account(creator: User, settings: Any) -> None:
    settings.TOKEN_DAYS = 2
    key = signed_in_token().json()["token"]
    assert timedelta(days=1) < AccessToken.objects.get().expires - timezone.now() <= timedelta(days=2)
    User.objects.update(is_active=False)
    assert not opens(key)
    User.objects.update(is_active=True)
    assert opens(key)
    AccessToken.objects.update(expires=timezone.now())
    assert not opens(key)


def test_signing_in_again_and_again_keeps_a_bounded_number_and_takes_nobody_elses(creator: User) -> None:
    client = signed_in(creator)
    page = made_on_the_page(client)
    keys = [signed_in_token().json()["token"] for _ in range(TOKENS_MOST + 2)]
    assert AccessToken.objects.count() == TOKENS_MOST
    assert opens(page) and opens(keys[-1]) and not opens(keys[0])
    assert made_on_the_page(client) == ""
    assert str(TOKENS_MOST) in client.post("/account/token", {"name": "x", "days": "30"}).content.decode()


def test_a_token_without_a_name_or_with_another_end_is_refused(creator: User) -> None:
    client = signed_in(creator)
    for wrong in ({"name": " "}, {"name": "\u202e"}, {"name": "x" * 61}, {"days": "36500"}, {"days": ""}):
        assert made_on_the_page(client, **wrong) == "", wrong
    assert not AccessToken.objects.exists()


def test_a_token_fetches_its_owners_files_and_nobody_elses(
    creator: User, other_creator: User, media_root: Any
) -> None:
    video = factories.video(creator)
    mine, anothers = (token_create(user=user, name="files", days=1) for user in (creator, other_creator))
    for key in (anothers, "wrong", ""):
        assert stranger("get", f"/media/{video.file}", key=key).status_code == 404
    answer = stranger("get", f"/media/{video.file}", key=mine)
    assert answer.status_code == 200 and b"".join(answer.streaming_content) == b"0123456789"


# --- the e-mail address ---------------------------------------------------------------------------------------------
def asked(client: Client, email: str, password: str = RIGHT) -> Any:
    cache.clear()
    return client.post("/account/address", {"email": email, "password": password})


def link_in_mail() -> str:
    found = re.search(r"http://testserver(/account/address/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def test_an_address_changes_only_with_the_password_and_the_link(creator: User) -> None:
    EmailAddress.objects.create(user=creator, email=creator.email, primary=True)
    client = signed_in(creator)
    assert asked(client, "new@example.org", "wrong").status_code == 422 and not mail.outbox
    assert asked(client, "new@example.org").status_code == 302
    creator.refresh_from_db()
    assert creator.email == "cora@example.org" and mail.outbox[0].to == ["new@example.org"]
    link = link_in_mail()
    assert stranger("get", link).status_code == 200
    creator.refresh_from_db()
    assert creator.email == "cora@example.org"  # mail programs open links by themselves
    assert stranger("post", link).status_code == 200
    creator.refresh_from_db()
    assert creator.email == "new@example.org"
    assert [row.email for row in EmailAddress.objects.all()] == ["new@example.org"]
    assert mail.outbox[-1].to == ["cora@example.org"]  # the old one is told
    assert stranger("post", link).status_code == 410


def test_the_old_address_no_longer_resets_the_password_and_the_new_one_does(creator: User) -> None:
    asked(signed_in(creator), "new@example.org")
    stranger("post", link_in_mail())
    mail.outbox.clear()
    stranger("post", "/accounts/password/reset/", {"email": "cora@example.org"})
    assert not mail.outbox
    stranger("post", "/accounts/password/reset/", {"email": "new@example.org"})
    assert [message.to for message in mail.outbox] == [["new@example.org"]]


def test_a_new_password_ends_the_link(creator: User) -> None:
    asked(signed_in(creator), "new@example.org")
    creator.set_password(NEW)
    creator.save()
    assert stranger("post", link_in_mail()).status_code == 410


def test_an_address_of_somebody_else_is_not_given_and_nobody_learns_of_it(
    creator: User, other_creator: User
) -> None:
    client = signed_in(creator)
    free, taken = (asked(client, address) for address in ("free@example.org", "OTTO@example.org"))
    assert free.status_code == taken.status_code == 302
    assert "account/address" not in mail.outbox[-1].body
    other_creator.email = "free@example.org"  # taken between the mail and the click
    other_creator.save()
    link = re.search(r"http://testserver(/account/address/\S+)", str(mail.outbox[0].body))
    assert link and stranger("post", link[1]).status_code == 410
    creator.refresh_from_db()
    assert creator.email == "cora@example.org"


def test_no_other_page_adds_an_address(creator: User) -> None:
    client = signed_in(creator)
    client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    client.post("/account/", {"first_name": "Cora", "email": "new@example.org"})
    creator.refresh_from_db()
    assert creator.email == "cora@example.org" and not EmailAddress.objects.exists()


def test_a_stolen_session_gets_few_tries_at_the_password(creator: User) -> None:
    client = signed_in(creator)
    fields = {"email": "new@example.org", "password": "wrong"}
    tries = [client.post("/account/address", fields).content.decode() for _ in range(6)]
    assert ["not the account’s password" in page for page in tries] == [True] * 5 + [False]
    assert client.post("/account/address", {**fields, "password": RIGHT}).status_code == 422
    assert not mail.outbox


def test_a_stranger_does_not_mail_people_without_an_account() -> None:
    stranger("post", "/accounts/password/reset/", {"email": "nobody@example.org"})
    assert not mail.outbox


# --- signing up -----------------------------------------------------------------------------------------------------
def signs_up(name: str, address: str) -> Any:
    fields = {"username": name, "email": address, "password1": NEW, "password2": NEW}
    return stranger("post", "/accounts/signup/", fields)


@pytest.fixture
def mail_leaves(settings: Any) -> None:
    settings.ACCOUNT_PREVENT_ENUMERATION = "strict"  # as where AIGC_MAIL_HOST is set


def test_sign_up_answers_alike_whether_or_not_the_address_has_an_account(
    creator: User, mail_leaves: None
) -> None:
    EmailAddress.objects.create(user=creator, email=creator.email, primary=True, verified=True)
    answers = [signs_up("mallory", "Cora@example.org"), signs_up("frieda", "free@example.org")]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, "/create/")}
    accounts = {user.username: user for user in User.objects.all()}
    assert accounts.keys() == {"cora", "mallory", "frieda"}
    pages = [
        signed_in(accounts[name]).get("/account/").content.decode().count(accounts[name].email)
        for name in ("mallory", "frieda")
    ]
    assert pages[0] == pages[1] > 0


def test_only_the_mail_says_that_the_address_has_an_account(creator: User, mail_leaves: None) -> None:
    signs_up("mallory", "cora@example.org")
    signs_up("frieda", "free@example.org")
    theirs, fresh = mail.outbox
    assert (theirs.to, fresh.to) == (["cora@example.org"], ["free@example.org"])
    assert "which an account of yours has already" in str(theirs.body) and "mallory" in str(theirs.body)
    assert "http://testserver/accounts/password/reset/" in str(theirs.body)
    assert "already" not in str(fresh.body) and "frieda" in str(fresh.body)


def test_an_account_made_with_anothers_address_opens_nothing_of_that_one(
    creator: User, mail_leaves: None
) -> None:
    signs_up("mallory", "cora@example.org")
    answer = stranger("post", "/accounts/login/", {"login": "cora@example.org", "password": NEW})
    assert answer.status_code == 302 and answer.wsgi_request.user.username == "mallory"
    answer = stranger("post", "/accounts/login/", {"login": "cora@example.org", "password": RIGHT})
    assert answer.status_code == 302 and answer.wsgi_request.user == creator


def test_a_name_that_is_taken_is_said_to_be(creator: User, mail_leaves: None) -> None:
    assert signs_up("cora", "free@example.org").status_code == 200
    assert User.objects.count() == 1 and not mail.outbox


def test_a_mail_server_that_is_away_keeps_nobody_from_signing_up(
    mail_leaves: None, settings: Any, caplog: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    assert signs_up("frieda", "free@example.org").status_code == 302
    assert User.objects.filter(username="frieda").exists() and "could not be sent" in caplog.text


def test_without_mail_an_address_that_is_taken_is_said_to_be(creator: User) -> None:
    assert signs_up("mallory", "cora@example.org").status_code == 200
    assert User.objects.count() == 1 and not mail.outbox


# --- names ----------------------------------------------------------------------------------------------------------
def signed_up(name: str) -> bool:
    fields = {"username": name, "email": "mallory@example.org", "password1": NEW, "password2": NEW}
    return int(stranger("post", "/accounts/signup/", fields).status_code) == 302


@pytest.mark.parametrize(
    "name", ["ａｄｍｉｎ", "аdmin", "ADMIN", "Adm1n", "lumen", "流光", "官方客服", "moderator"]
)
def test_names_that_speak_for_the_site_are_refused(name: str) -> None:
    assert not signed_up(name)


@pytest.mark.parametrize("name", ["ｃｏｒａ", "cоra", "CORA", "с0ra", "c0ra", "córa"])
def test_names_that_look_like_somebody_elses_are_refused(creator: User, name: str) -> None:
    assert not signed_up(name)
    assert User.objects.count() == 1


@pytest.mark.parametrize("name", ["coral", "陈晨", "Анна", "supporter"])
def test_other_names_are_taken(creator: User, name: str) -> None:
    assert signed_up(name)


@pytest.mark.parametrize("name", ["Admin", "аdmin", "Lumen Support", "流光官方", "审核员", "A d m i n"])
def test_a_shown_name_does_not_speak_for_the_site(creator: User, name: str) -> None:
    page = signed_in(creator).post("/account/", {"first_name": name})
    assert page.status_code == 422 and "those who run this site" in page.content.decode()
    creator.refresh_from_db()
    assert creator.first_name == ""


def test_who_runs_the_site_may_say_so_and_others_have_names_of_their_own(creator: User) -> None:
    assert signed_in(make_user("ada", *ROLES)).post("/account/", {"first_name": "Admin"}).status_code == 302
    for name in ("林美", "Supporter of cats", "Cora"):
        assert signed_in(creator).post("/account/", {"first_name": name}).status_code == 302, name
