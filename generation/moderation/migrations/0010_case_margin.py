from typing import Any

from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Abs, Least


def margins_fill(apps: Any, schema_editor: Any) -> None:
    """Open cases learn how far their risk lies from the nearest line of the acting policy."""
    case, version = (apps.get_model("moderation", name) for name in ("Case", "PolicyVersion"))
    for row in version.objects.filter(state="active"):
        lines = [Abs(F("risk") - row.auto_approve_below), Abs(F("risk") - row.hold_above)]
        case.objects.filter(state="open", policy=row.policy_id).update(margin=Least(*lines))


class Migration(migrations.Migration):
    dependencies = [("moderation", "0009_spotted_cases")]

    operations = [
        migrations.AddField(model_name="case", name="margin", field=models.FloatField(default=1.0)),
        migrations.RunPython(margins_fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "margin", "id"], name="case_by_margin"),
        ),
    ]
