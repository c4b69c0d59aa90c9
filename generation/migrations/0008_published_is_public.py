"""What is published is public: until now only creators decided that. Backward nothing is done: the column goes."""

from django.db import migrations


def forwards(apps, schema_editor):
    videos = apps.get_model("generation", "Video").objects.using(schema_editor.connection.alias)
    videos.filter(state="published").update(visibility="public", visibility_reason="owner")


class Migration(migrations.Migration):
    dependencies = [("generation", "0007_video_visibility")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
