"""Shared fixtures: users by role, folders that vanish, one factory a table in tests/factories.py."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation

from core.roles import ANALYST, CREATOR, MODERATOR, ROLES, VIEWER, role_add
from generation.assets import assets_dir, missing


@pytest.fixture(scope="session", autouse=True)
def assets_in_place() -> None:
    """Models and pictures are part of the set-up: a missing one fails, it does not skip."""
    lost = missing()
    assert not lost, f"{lost[0]} is missing from {assets_dir().name}/; run ./run --setup"


def copy_within(kept: sqlite3.Connection, target: sqlite3.Connection, *, seconds: float) -> None:
    """Copy ``kept`` over ``target``; where somebody else holds that, wait so long, then raise ``sqlite3.OperationalError``.

    ``Connection.backup`` alone would try for ever.
    """
    until = time.monotonic() + seconds

    def go_on(status: int, remaining: int, total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
            raise sqlite3.OperationalError(
                f"The database is locked and was not put back in {seconds:g} s: the test left a thread or a process behind "
                "that is in a transaction. End it before the test ends."
            )

    kept.backup(target, progress=go_on)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What the migrations made is kept, and copied back after a test that commits.

    Django would empty table by table and write permissions anew, which takes five times as long, and whatever else the
    migrations put there would be gone.
    """
    with closing(sqlite3.connect(":memory:")) as kept, pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            connection.ensure_connection()
            connection.connection.backup(kept)

        def put_back(_: TransactionTestCase) -> None:
            connection.ensure_connection()
            copy_within(kept, connection.connection, seconds=connection.settings_dict["OPTIONS"]["timeout"])

        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        yield


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Tests look at pages without collected, hashed files."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # a client's first request would else look through a thousand collected files
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CELERY_BROKER_URL = "memory://"


@pytest.fixture(autouse=True)
def language_of_its_own() -> Iterator[None]:
    """The language that a request or a worker's thread left behind is not the next test's."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def var_dir(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    settings.LABEL_DIR = settings.VAR_DIR / "c2pa"
    return Path(settings.VAR_DIR)


def make_user(name: str, *roles: str) -> User:
    user = User.objects.create_user(name, f"{name}@example.org", "correct horse battery")
    for role in roles:
        role_add(user=user, role=role)
    return user


@pytest.fixture
def viewer(db: None) -> User:
    return make_user("vera", VIEWER)


@pytest.fixture
def creator(db: None) -> User:
    return make_user("cora", VIEWER, CREATOR)


@pytest.fixture
def other_creator(db: None) -> User:
    return make_user("otto", VIEWER, CREATOR)


@pytest.fixture
def moderator(db: None) -> User:
    return make_user("mo", VIEWER, MODERATOR)


@pytest.fixture
def analyst(db: None) -> User:
    return make_user("ana", VIEWER, ANALYST)


@pytest.fixture
def administrator(db: None) -> User:
    return make_user("ada", *ROLES)


@pytest.fixture
def client_of() -> Any:
    def signed_in(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in
