"""The log of everything that was done: each entry is sealed to the one before, and its head is signed and kept elsewhere.

Whoever can write to the database can change an entry and seal the chain anew; the heads, signed with a key that follows
from the site's SECRET_KEY and written to ``settings.AUDIT_DIR``, no longer match then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.files import atomic_path
from generation.moderation.models import AuditEntry, AuditHead

MACHINE = "machine"
START = "0" * 64


def actor_of(user: Any) -> str:
    """How a person stands in the log: their number, never their name."""
    return MACHINE if user is None else f"user:{user.pk}"


@transaction.atomic
def audit_append(*, actor: str, action: str, subject: str, data: dict[str, Any] | None = None) -> AuditEntry:
    """Write down what was done, in the transaction in which it is done."""
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    entry = AuditEntry(
        number=head.number + 1,
        at=timezone.now(),
        actor=actor,
        action=action,
        subject=subject,
        data=data or {},
        previous=head.hash,
    )
    entry.hash = entry_hash(entry)
    entry.save()
    AuditHead.objects.filter(pk=1).update(number=entry.number, hash=entry.hash)
    return entry


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over everything the entry says and the hash before, as 64 hex digits."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [entry.number, at, entry.actor, entry.action, entry.subject, entry.data, entry.previous]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


# --- the heads -------------------------------------------------------------------------------------------------------
def _key() -> Ed25519PrivateKey:
    info = b"lumen:audit head"
    return Ed25519PrivateKey.from_private_bytes(
        HKDF(SHA256(), 32, salt=None, info=info).derive(settings.SECRET_KEY.encode())
    )


def public_key() -> str:
    """What anybody can check the heads with, as hex."""
    return _key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _signed_text(number: int, digest: str, at: str) -> bytes:
    return f"{number}\n{digest}\n{at}".encode()


def head_sign(*, now: datetime | None = None) -> Path | None:
    """Sign the newest entry and keep the signature in the day's file; ``None`` when nothing was done since the last."""
    head = AuditHead.objects.filter(pk=1).first()
    lines = list(heads_kept())
    if head is None or head.number == 0 or (lines and lines[-1]["number"] == head.number):
        return None
    at = (now or timezone.now()).astimezone(UTC).isoformat(timespec="seconds")
    signature = _key().sign(_signed_text(head.number, head.hash, at)).hex()
    line = {"number": head.number, "hash": head.hash, "at": at, "signature": signature, "key": public_key()}
    place = Path(settings.AUDIT_DIR) / f"heads-{at[:10]}.jsonl"
    kept = place.read_text(encoding="utf-8") if place.is_file() else ""
    with atomic_path(place) as partial:
        partial.write_text(kept + json.dumps(line) + "\n", encoding="utf-8")
    return place


def heads_kept() -> Iterator[dict[str, Any]]:
    """Every signed head, oldest first."""
    for place in sorted(Path(settings.AUDIT_DIR).glob("heads-*.jsonl")):
        for line in place.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


# --- looking whether it holds ----------------------------------------------------------------------------------------
@dataclass
class AuditVerdict:
    """How the log stands: entries, signed heads, the newest signed number, and what is wrong."""

    entries: int = 0
    heads: int = 0
    signed_up_to: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problems


def audit_verify() -> AuditVerdict:
    """Recompute the whole chain and compare it with every signed head; the problems are sentences.

    What is written meanwhile is left for the next time: signatures are read first, then where the log ends, then the log.
    """
    verdict = AuditVerdict()
    heads = _heads_checked(verdict)
    head = AuditHead.objects.filter(pk=1).first()
    entries = AuditEntry.objects.filter(number__lte=head.number) if head else AuditEntry.objects.all()
    previous, number = START, 0
    for entry in entries.order_by("number").iterator(chunk_size=2000):
        number += 1
        if entry.number != number:
            verdict.problems.append(f"Entry {number} is missing; the next one is {entry.number}.")
            number = entry.number
        if entry.previous != previous:
            verdict.problems.append(f"Entry {entry.number} does not follow the one before it.")
        if entry.hash != entry_hash(entry):
            verdict.problems.append(f"Entry {entry.number} was changed after it was written.")
        if entry.number in heads and heads[entry.number] != entry.hash:
            verdict.problems.append(f"Entry {entry.number} is not the one whose head was signed.")
        previous = entry.hash
        verdict.entries += 1
    _ends_checked(verdict, number, previous, head)
    return verdict


def _heads_checked(verdict: AuditVerdict) -> dict[int, str]:
    """The signed heads by number; a signature that does not hold is a problem."""
    found: dict[int, str] = {}
    key = _key().public_key()
    for line in heads_kept():
        verdict.heads += 1
        number, digest = int(line["number"]), str(line["hash"])
        try:
            key.verify(bytes.fromhex(line["signature"]), _signed_text(number, digest, line["at"]))
        except (InvalidSignature, ValueError):
            verdict.problems.append(f"The signature of the head at entry {number} does not hold.")
            continue
        if number < verdict.signed_up_to:
            verdict.problems.append(f"The head at entry {number} was signed after a later one.")
        verdict.signed_up_to = max(verdict.signed_up_to, number)
        found[number] = digest
    return found


def _ends_checked(verdict: AuditVerdict, number: int, newest: str, head: AuditHead | None) -> None:
    if verdict.signed_up_to > number:
        verdict.problems.append(
            f"The log ends at entry {number}, but entry {verdict.signed_up_to} was signed: entries were cut off."
        )
    if head is not None and (head.number, head.hash) != (number, newest):
        verdict.problems.append(f"The log's end does not match its head at entry {head.number}.")
    last = AuditEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
    now = AuditHead.objects.filter(pk=1).first()  # read after the last entry: never behind it
    if now is not None and last > now.number:
        verdict.problems.append(
            f"Entries after {now.number} do not belong to the log: its head does not know them."
        )
