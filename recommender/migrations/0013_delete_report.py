"""The table whose rows have moved to generation.moderation goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("recommender", "0012_reports_to_moderation")]

    operations = [migrations.DeleteModel(name="Report")]
