"""The rankers' own table goes; going back makes it again and fills it from the registry."""

from django.core.management.color import no_style
from django.db import migrations

SAME = ("folder", "metrics", "data_fingerprint", "parent_id", "created", "promoted")


def copy_back(apps, schema_editor):
    old, new = apps.get_model("recommender", "RankerVersion"), apps.get_model("generation", "ModelVersion")
    rows = []
    for version in new.objects.using(schema_editor.connection.alias).filter(kind="ranker").order_by("pk"):
        config = dict(version.config)
        if version.promoted is not None:
            config["before"] = version.replaced_id
        rows.append(
            old(
                pk=version.pk,
                state="candidate" if version.state == "canary" else version.state,
                config=config,
                cutoff=version.cutoff or version.created,
                **{name: getattr(version, name) for name in SAME},
            )
        )
    old.objects.using(schema_editor.connection.alias).bulk_create(rows)
    with schema_editor.connection.cursor() as cursor:
        for statement in schema_editor.connection.ops.sequence_reset_sql(no_style(), [old]):
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("recommender", "0010_feed_names_the_registry")]
    operations = [
        migrations.RunPython(migrations.RunPython.noop, copy_back),
        migrations.DeleteModel(name="RankerVersion"),
    ]
