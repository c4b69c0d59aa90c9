"""A deleted person stands nowhere: not in written mail, sign-in records, the administration's log, SQLite's files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.db import connection

from core.roles import CREATOR
from recommender.privacy.decisions import account_remove
from tests import factories
from tests.conftest import make_user

MARK = "zqxtraces"


@pytest.fixture
def person(db: None, media_root: Path, var_dir: Path, settings: Any) -> User:
    settings.EMAIL_FILE_PATH = var_dir / "mail"
    return make_user(MARK, CREATOR)


def mailed(settings: Any, *messages: tuple[str, str]) -> Path:
    """One file of the mail folder with messages (to, text)."""
    folder = Path(settings.EMAIL_FILE_PATH)
    backend = EmailBackend(file_path=str(folder))
    backend.send_messages([EmailMessage("s", text, "site@example.org", [to]) for to, text in messages])
    (new,) = folder.glob("2*.log")
    return new.rename(folder / f"kept-{len(list(folder.iterdir()))}.log")


def test_mail_to_the_person_or_about_them_goes_and_others_stays(person: User, settings: Any) -> None:
    alone = mailed(settings, (person.email.upper(), "重置密码"))
    among = mailed(
        settings,
        ("otto@example.org", "für dich"),
        (person.email, "hers"),
        ("new@example.org", f"账号 {MARK} 将使用"),
    )
    other = mailed(settings, ("otto@example.org", f"{MARK}2 is somebody else"))
    account_remove(user=person)
    assert not alone.exists()
    assert b"otto" in among.read_bytes() and b"hers" not in among.read_bytes()
    assert among.read_bytes().count(b"Subject:") == 1
    assert other.exists()


def test_sign_in_records_go_in_whatever_spelling(person: User) -> None:
    for typed in (MARK, MARK.upper(), f" {MARK} ", "ｚｑｘtraces", person.email.upper(), "somebody"):
        AccessAttempt.objects.create(username=typed, failures_since_start=1)
        AccessLog.objects.create(username=typed)
        AccessFailureLog.objects.create(username=typed)
    account_remove(user=person)
    for table in (AccessAttempt, AccessLog, AccessFailureLog):
        assert [row.username for row in table.objects.all()] == ["somebody"], table


def test_the_administrations_log_forgets_what_was_theirs(person: User, administrator: User) -> None:
    job = factories.job(person, state="done", topic=MARK)
    video = factories.video(person, job=job, title=MARK)
    theirs = (person, job, video, factories.upload(person))
    for row in (*theirs, administrator):
        LogEntry.objects.create(
            user=administrator, content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk),
            object_repr=str(row), action_flag=CHANGE,
        )  # fmt: skip
    account_remove(user=person)
    assert [entry.object_repr for entry in LogEntry.objects.all()] == [str(administrator)]


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_the_database_or_its_log_names_the_person(person: User) -> None:
    for n in range(20):
        factories.job(person, topic=f"{MARK} {n}", text=MARK * 200)
    files = [Path(f"{connection.settings_dict['NAME']}{end}") for end in ("", "-wal")]
    assert any(MARK.encode() in place.read_bytes() for place in files if place.exists())
    account_remove(user=person)
    for place in files:
        assert not place.exists() or MARK.encode() not in place.read_bytes(), place
