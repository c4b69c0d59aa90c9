"""What a refused upload's sentence was filled with gets a column of its own, so that a page can say it in its language.

Until now the values lay among the features of the picture, and pages read them back out of the English sentence. Rows
without them are read out of their sentence here, once; a sentence of other words keeps none, and is shown as it is.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import migrations, models


def forwards(apps: Any, editor: Any) -> None:
    from generation.media.ingest.refusals import REFUSALS

    for row in apps.get_model("generation", "Upload").objects.using(editor.connection.alias).filter(state="rejected").iterator():
        kept = row.features.pop("refusal", None)
        row.error_values = kept or values_in(row.error, REFUSALS.get(row.error_code, ""))
        row.save(update_fields=["features", "error_values"])


def backwards(apps: Any, editor: Any) -> None:
    for row in apps.get_model("generation", "Upload").objects.using(editor.connection.alias).filter(state="rejected").iterator():
        row.features = {**row.features, "refusal": row.error_values}
        row.save(update_fields=["features"])


def values_in(sentence: str, template: str) -> dict[str, str]:
    """What ``template``'s places hold in ``sentence``; nothing when the words differ."""
    pattern = ""
    for at, part in enumerate(re.split(r"\{(\w+)\}", template)):
        place = f"(?P={part})" if f"(?P<{part}>" in pattern else f"(?P<{part}>.+?)"
        pattern += place if at % 2 else re.escape(part)
    found = re.fullmatch(pattern, sentence, re.DOTALL) if template else None
    return found.groupdict() if found else {}


class Migration(migrations.Migration):
    dependencies = [("generation", "0004_recipes_as_made")]

    operations = [
        migrations.AddField("upload", "error_values", models.JSONField(blank=True, default=dict)),
        migrations.RunPython(forwards, backwards),
    ]
