"""The table of reports, below the recommender, whose migration moves the rows here."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q

REASONS = [
    ("misleading", "False or misleading"),
    ("hate", "Hate or insult"),
    ("sexual", "Sexual content"),
    ("violence", "Violence or danger"),
    ("copyright", "Somebody else’s work"),
    ("spam", "Spam or fraud"),
    ("unlabeled", "AI content without a label"),
    ("other", "Something else"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [("generation", "0009_shown_is_published")]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reporter", models.BigIntegerField()),
                ("counted", models.BooleanField(default=True)),
                ("comment", models.BigIntegerField(blank=True, null=True)),
                ("reason", models.CharField(choices=REASONS, max_length=12)),
                ("text", models.CharField(blank=True, max_length=500)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "video",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="generation.video"
                    ),
                ),
            ],
            options={
                "ordering": ("-created",),
                "indexes": [models.Index(fields=["reporter"], name="report_of_reporter")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(comment__isnull=True),
                        fields=("reporter", "video"),
                        name="report_of_video_once_each",
                    ),
                    models.UniqueConstraint(
                        condition=Q(comment__isnull=False),
                        fields=("comment", "reporter"),
                        name="report_of_comment_once_each",
                    ),
                ],
            },
        ),
    ]
