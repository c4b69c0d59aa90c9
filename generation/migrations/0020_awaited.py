"""What a page waits for: the labels of a foreign file, a line of a script to be heard."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import generation.models

STATES = [("queued", "Waiting"), ("running", "Working"), ("done", "Done"), ("failed", "Failed")]
LANGUAGES = [("zh", "中文"), ("en", "English")]


def leased():
    """The columns that both tables share."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("lease_owner", models.CharField(blank=True, max_length=64)),
        ("lease_until", models.DateTimeField(blank=True, null=True)),
        ("attempts", models.IntegerField(default=0)),
        (
            "key",
            models.CharField(default=generation.models.random_key, editable=False, max_length=32, unique=True),
        ),
        ("state", models.CharField(choices=STATES, default="queued", max_length=8)),
        ("error_code", models.CharField(blank=True, max_length=40)),
        ("error", models.TextField(blank=True)),
        ("error_values", models.JSONField(blank=True, default=dict)),
        ("created", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0019_palettes_starters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LabelReading",
            fields=[
                *leased(),
                ("name", models.CharField(max_length=200)),
                ("file", models.CharField(blank=True, max_length=80)),
                ("labels", models.JSONField(blank=True, default=dict)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="label_readings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("created", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="failed") | ~models.Q(error_code=""),
                        name="reading_failed_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(state__in=("queued", "running")) | models.Q(file=""),
                        name="reading_ended_keeps_no_file",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NarrationPreview",
            fields=[
                *leased(),
                ("text", models.TextField()),
                ("language", models.CharField(choices=LANGUAGES, max_length=2)),
                ("voice", models.CharField(max_length=60)),
                ("speed", models.FloatField(default=1.0)),
                ("sound", models.CharField(blank=True, max_length=80)),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="narration_previews",
                        to="generation.generationjob",
                    ),
                ),
            ],
            options={
                "ordering": ("created", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(state="failed") | ~models.Q(error_code=""),
                        name="preview_failed_says_why",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(state="done") | ~models.Q(sound=""),
                        name="preview_done_has_sound",
                    ),
                ],
            },
        ),
    ]
