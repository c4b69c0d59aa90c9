"""What is known and not wanted again: grown with one click, shared as a list of lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from core import media_files
from generation.media.watching.frames import watched
from generation.models import Video
from generation.moderation.audit import actor_of, audit_append
from generation.moderation.errors import DecisionInvalid
from generation.moderation.models import BlockedHash, Policy
from generation.moderation.scorers.known import hashes_to_list

HEX = re.compile(r"^[0-9a-f]{64}$")
COLUMNS = ("kind", "value", "policy", "label")
LINES_MOST = 100_000


def blocklist_add_video(*, video: Video, policy: Policy, by: User, label: str = "") -> int:
    """Block the video's file and every frame that looks like one of its stills; how many hashes were new.

    Takes about as long as decoding the video once.
    """
    label = label or f"video:{video.pk}"
    found = [("sha256", video.sha256)]
    place = media_files.absolute(video.file)
    if place.is_file():
        for still in watched(place).stills:
            found += [("pdq", value) for value in hashes_to_list(still.rgb)]
    return _kept(((kind, value, policy, label) for kind, value in found), by=by)


@transaction.atomic
def _kept(rows: Iterable[tuple[str, str, Policy, str]], *, by: User) -> int:
    """Add what is not there yet, and write down how much."""
    asked = list(
        {(kind, value): (kind, value, policy, label) for kind, value, policy, label in rows}.values()
    )
    there = set(BlockedHash.objects.filter(removed__isnull=True).values_list("kind", "value"))
    fresh = [
        BlockedHash(kind=kind, value=value, policy=policy, label=label, added_by=by)
        for kind, value, policy, label in asked
        if (kind, value) not in there
    ]
    BlockedHash.objects.bulk_create(fresh, batch_size=500)
    if fresh:
        data = {"added": len(fresh), "policy": fresh[0].policy.code}
        audit_append(actor=actor_of(by), action="blocklist_add", subject=fresh[0].label or "list", data=data)
    return len(fresh)


@transaction.atomic
def blocklist_remove(*, label: str, by: User) -> int:
    """Take back everything that was added under a label; how many hashes it was."""
    gone = BlockedHash.objects.filter(label=label, removed__isnull=True).update(removed=timezone.now())
    if gone:
        audit_append(actor=actor_of(by), action="blocklist_remove", subject=label, data={"removed": gone})
    return gone


def blocklist_export() -> str:
    """The list as CSV with the columns kind, value, policy, label."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(COLUMNS)
    rows = BlockedHash.objects.filter(removed__isnull=True).order_by("pk")
    lines.writerows(rows.values_list("kind", "value", "policy__code", "label").iterator(chunk_size=2000))
    return out.getvalue()


def blocklist_import(*, text: str, by: User) -> int:
    """Add the lines of such a list; how many were new. Raises ``DecisionInvalid`` and adds none where a line is wrong."""
    policies = {policy.code: policy for policy in Policy.objects.all()}
    rows = []
    for number, line in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        if number > LINES_MOST:
            raise DecisionInvalid(f"A list has at most {LINES_MOST:,} lines. Send it in parts.", field="text")
        kind, value = (line.get("kind") or "").strip(), (line.get("value") or "").strip().lower()
        policy = policies.get((line.get("policy") or "").strip())
        if kind not in BlockedHash.Kind.values or not HEX.match(value) or policy is None:
            raise DecisionInvalid(
                f"Line {number} needs kind (sha256 or pdq), value (64 hex digits) and policy (one of the table). "
                "Nothing was added.",
                field="text",
            )
        rows.append((kind, value, policy, (line.get("label") or "imported").strip()[:80]))
    return _kept(rows, by=by)
