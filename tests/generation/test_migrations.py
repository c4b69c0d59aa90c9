"""What a migration makes of rows that an older version of the site left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.migrating import moved, opened

BEFORE, AFTER = ("generation", "0004_recipes_as_made"), ("generation", "0005_upload_error_values")


def test_a_refusals_values_come_from_the_features_or_else_once_from_the_sentence(
    tmp_path: Path, django_db_blocker: Any
) -> None:
    sentence = "The file lasts 95.20 s; at most 90 s are taken. Cut it and send the best part."
    odd = "The picture is 900×64, more than 8 times as long as wide. Crop it and send that."
    rows = {
        "kept": ("upload_too_long", sentence, {"refusal": {"seconds": "95.20", "limit": "90"}}),
        "read": ("upload_odd_shape", odd, {}),
        "reworded": ("upload_too_long", "Too long.", {}),
        "no rule": ("disk_full", "The disk is full.", {"refusal": {}}),
    }
    with django_db_blocker.unblock(), opened(tmp_path / "older.sqlite3") as connection:
        tables = moved(connection, [BEFORE])
        creator = tables("auth", "User").create(username="cora")
        old_uploads = tables("generation", "Upload")
        for name, (code, error, features) in rows.items():
            old_uploads.create(
                owner_id=creator.pk, kind="clip", state="rejected", original_name=name,
                error_code=code, error=error, features=features,
            )  # fmt: skip
        ready = old_uploads.create(
            owner_id=creator.pk, kind="clip", state="ready", original_name="ready", file="a.mp4",
            features={"brightness": 0.5},
        )  # fmt: skip

        uploads = moved(connection, [AFTER])("generation", "Upload")
        found = {row.original_name: row for row in uploads.filter(state="rejected")}
        assert {name: row.error_values for name, row in found.items()} == {
            "kept": {"seconds": "95.20", "limit": "90"},
            "read": {"width": "900", "height": "64", "limit": "8"},
            "reworded": {},
            "no rule": {},
        }
        assert all(row.features == {} for row in found.values())
        assert uploads.get(pk=ready.pk).features == {"brightness": 0.5}

        back = moved(connection, [BEFORE])("generation", "Upload")
        assert back.get(original_name="kept").features == rows["kept"][2]
