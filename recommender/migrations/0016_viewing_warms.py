"""What makes a trend is a viewing now, not a viewer: those of viewers that made none keep out of heat."""

from django.db import migrations, models


def forwards(apps, schema_editor):
    viewings = apps.get_model("recommender", "Viewing").objects.using(schema_editor.connection.alias)
    viewings.filter(viewer__makes_trends=False).update(warms=False)


class Migration(migrations.Migration):
    dependencies = [("recommender", "0015_viewer_makes_trends")]

    operations = [
        migrations.AddField(
            model_name="viewing", name="warms", field=models.BooleanField(default=True)
        ),
        migrations.RunPython(forwards, migrations.RunPython.noop),
        migrations.RemoveField(model_name="viewer", name="makes_trends"),
    ]
