"""What names a person outside their own rows: mail that was written to a folder, sign-in records, the administration's log."""

from __future__ import annotations

import email
import email.policy
import re
import unicodedata
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from generation.models import AccessToken, GenerationJob, StoryboardVersion, Upload, Video
from recommender.models import Comment

_PARTED = re.compile(rb"^-{79}\n", re.MULTILINE)  # what Django's file backend writes after each message


def names_of(user: User) -> set[str]:
    """The person's name and addresses in their common form: whatever spelling of them is looked for."""
    addresses = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return {folded(name) for name in (user.username, user.email, *addresses) if name}


def folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def sign_ins_erase(names: set[str]) -> None:
    """Every sign-in record under one of the names, however it was typed."""
    for table in (AccessAttempt, AccessLog, AccessFailureLog):
        kept = table.objects.order_by().values_list("username", flat=True).distinct()
        typed = [name for name in kept if name and folded(name) in names]
        for start in range(0, len(typed), 500):
            table.objects.filter(username__in=typed[start : start + 500]).delete()


def administration_erase(user: User) -> None:
    """Entries of the administration's log about the person or anything of theirs: each holds a title or a name."""
    theirs: list[QuerySet[Any]] = [
        User.objects.filter(pk=user.pk),
        EmailAddress.objects.filter(user=user),
        AccessToken.objects.filter(user=user),
        Video.objects.filter(owner=user),
        Upload.objects.filter(owner=user),
        GenerationJob.objects.filter(owner=user),
        StoryboardVersion.objects.filter(job__owner=user),
        Comment.objects.filter(author=user),
    ]
    for rows in theirs:
        kind = ContentType.objects.get_for_model(rows.model)
        numbers = [str(pk) for pk in rows.values_list("pk", flat=True)]
        for start in range(0, len(numbers), 500):
            LogEntry.objects.filter(content_type=kind, object_id__in=numbers[start : start + 500]).delete()


def mail_erase(names: set[str]) -> None:
    """Messages to the person, or that name them, out of the folder where mail is written that nobody sends."""
    for place in sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log")):
        parts = [part for part in _PARTED.split(place.read_bytes()) if part.strip()]
        kept = [part for part in parts if not _is_about(part, names)]
        if not kept:
            place.unlink(missing_ok=True)
        elif len(kept) < len(parts):
            place.write_bytes(b"".join(part + b"-" * 79 + b"\n" for part in kept))


def _is_about(message: bytes, names: set[str]) -> bool:
    told = email.message_from_bytes(message, policy=email.policy.default)
    to = {folded(address) for _, address in getaddresses([str(line) for line in told.get_all("To", [])])}
    if to & names:
        return True
    body = folded(_text_of(told))
    return any(re.search(rf"(?<![\w@.+-]){re.escape(name)}(?![\w@+-])", body) for name in names)


def _text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    try:
        return str(body.get_content()) if body is not None else ""
    except (LookupError, ValueError):  # a character set that nobody knows
        return ""
