"""The log of what was done: sealed, signed, and caught when somebody writes into it."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from generation.moderation.audit import audit_append, audit_verify, entry_hash, head_sign, heads_kept
from generation.moderation.errors import AuditAppendOnly
from generation.moderation.models import AuditEntry, AuditHead


@pytest.fixture
def log(db: None, settings: Any, tmp_path: Path) -> list[AuditEntry]:
    settings.AUDIT_DIR = tmp_path / "audit"
    return [
        audit_append(
            actor="user:1", action="decide_reject", subject=f"case:{n}", data={"risk": 0.1 * n, "词": "中"}
        )
        for n in range(1, 7)
    ]


def rewritten(number: int, **values: Any) -> None:
    """Change an entry behind the log's back and seal everything after it anew, as one with the database can."""
    columns = {name: json.dumps(value) if name == "data" else value for name, value in values.items()}
    with connection.cursor() as cursor:
        for name, value in columns.items():
            cursor.execute(f"UPDATE moderation_auditentry SET {name} = %s WHERE number = %s", [value, number])
        previous = AuditEntry.objects.get(number=number).previous
        for entry in AuditEntry.objects.filter(number__gte=number).order_by("number"):
            entry.previous = previous
            previous = entry_hash(entry)
            cursor.execute(
                "UPDATE moderation_auditentry SET previous = %s, hash = %s WHERE number = %s",
                [entry.previous, previous, entry.number],
            )
        cursor.execute("UPDATE moderation_audithead SET hash = %s WHERE id = 1", [previous])


def test_a_whole_log_verifies_and_says_how_far_it_is_signed(log: list[AuditEntry]) -> None:
    place = head_sign()
    assert place is not None and place.suffix == ".jsonl"
    audit_append(actor="machine", action="screened", subject="video:1")
    verdict = audit_verify()
    assert verdict.holds and (verdict.entries, verdict.heads, verdict.signed_up_to) == (7, 1, 6)
    head_sign()
    assert head_sign() is None, "nothing was done since"
    assert [line["number"] for line in heads_kept()] == [6, 7]


def test_an_edited_row_is_caught(log: list[AuditEntry]) -> None:
    AuditEntry.objects.filter(number=3).update(action="decide_approve")
    assert audit_verify().problems == ["Entry 3 was changed after it was written."]


def test_a_row_edited_and_all_after_it_chained_again_is_still_caught(log: list[AuditEntry]) -> None:
    head_sign()
    rewritten(3, action="decide_approve")
    out = StringIO()
    with pytest.raises(CommandError, match="does not hold"):
        call_command("verify_audit", stdout=out)
    assert "Entry 6 is not the one whose head was signed." in out.getvalue()
    assert "was changed" not in out.getvalue(), "the chain alone would not have told"


def test_entries_cut_off_or_taken_out_are_caught(log: list[AuditEntry]) -> None:
    head_sign()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM moderation_auditentry WHERE number > 4")
        cursor.execute("UPDATE moderation_audithead SET number = 4, hash = %s", [log[3].hash])
    assert any("cut off" in problem for problem in audit_verify().problems)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM moderation_auditentry WHERE number = 2")
    assert any("Entry 2 is missing" in problem for problem in audit_verify().problems)


def test_a_head_that_somebody_else_signed_is_caught(log: list[AuditEntry], settings: Any) -> None:
    head_sign()
    rewritten(2, actor="user:9")
    key, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 50
    place = next(Path(settings.AUDIT_DIR).glob("*.jsonl"))
    place.unlink()
    head_sign()
    settings.SECRET_KEY = key
    assert any("signature" in problem for problem in audit_verify().problems)


def test_the_log_is_only_added_to(log: list[AuditEntry]) -> None:
    entry = AuditEntry.objects.get(number=2)
    entry.action = "nothing"
    with pytest.raises(AuditAppendOnly):
        entry.save()
    with pytest.raises(AuditAppendOnly):
        entry.delete()
    assert AuditHead.objects.get().number == 6


def test_the_command_answers_in_json_and_signs(log: list[AuditEntry]) -> None:
    out = StringIO()
    call_command("verify_audit", "--json", "--sign", stdout=out)
    answer = json.loads(out.getvalue().splitlines()[0])
    assert answer["holds"] and answer["entries"] == 6 and len(answer["key"]) == 64
    assert len(list(heads_kept())) == 1
