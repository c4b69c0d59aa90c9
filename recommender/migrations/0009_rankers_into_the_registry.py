"""The rankers' versions go into the registry of all kinds, under the numbers they have; going back takes them out again."""

from django.core.management.color import no_style
from django.db import migrations

SAME = ("state", "folder", "metrics", "data_fingerprint", "cutoff", "parent_id", "created", "promoted")


def copy(apps, schema_editor):
    old, new = apps.get_model("recommender", "RankerVersion"), apps.get_model("generation", "ModelVersion")
    rows = list(old.objects.using(schema_editor.connection.alias).order_by("pk"))
    known = {row.pk for row in rows}
    copies = []
    for row in rows:
        config = dict(row.config)
        replaced = config.pop("before", None)
        values = {name: getattr(row, name) for name in SAME}
        copies.append(
            new(pk=row.pk, kind="ranker", config=config, replaced_id=replaced if replaced in known else None, **values)
        )
    new.objects.using(schema_editor.connection.alias).bulk_create(copies)
    with schema_editor.connection.cursor() as cursor:  # new numbers begin after the copied ones
        for statement in schema_editor.connection.ops.sequence_reset_sql(no_style(), [new]):
            cursor.execute(statement)


def remove(apps, schema_editor):
    apps.get_model("generation", "ModelVersion").objects.using(schema_editor.connection.alias).filter(kind="ranker").delete()


class Migration(migrations.Migration):
    dependencies = [("generation", "0006_registry"), ("recommender", "0008_impression_best_score")]
    operations = [migrations.RunPython(copy, remove)]
