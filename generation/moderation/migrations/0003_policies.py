"""The first wording of every policy, acting from the start."""

from django.db import migrations

from generation.moderation.founding import policies_found


def seed(apps, schema_editor):
    alias = schema_editor.connection.alias
    policies_found(
        apps.get_model("moderation", "Policy").objects.using(alias),
        apps.get_model("moderation", "PolicyVersion").objects.using(alias),
    )


def clear(apps, schema_editor):
    alias = schema_editor.connection.alias
    apps.get_model("moderation", "Policy").objects.using(alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("moderation", "0002_cases_and_decisions")]

    operations = [migrations.RunPython(seed, clear)]
