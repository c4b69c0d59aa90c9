"""Who may see a video gets a column of its own."""

from django.db import migrations, models

CHOICES = [
    ("private", "Only its creator"),
    ("public", "Everybody"),
    ("demoted", "Everybody, not recommended"),
    ("removed", "Taken down"),
]


class Migration(migrations.Migration):
    dependencies = [("generation", "0006_registry")]

    operations = [
        migrations.AddField(
            model_name="video",
            name="visibility",
            field=models.CharField(choices=CHOICES, default="private", max_length=8),
        ),
        migrations.AddField(
            model_name="video",
            name="visibility_reason",
            field=models.CharField(blank=True, max_length=40),
        ),
    ]
