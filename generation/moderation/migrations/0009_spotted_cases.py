"""Cases that a moderator opens where they meet something: of these too one at a time is open."""

from django.db import migrations, models

KINDS = [
    ("screening", "Screening"), ("report", "Reports"), ("spotted", "Noticed by a moderator"), ("appeal", "Appeal"),
    ("adjudication", "Two moderators disagree"), ("golden", "Known answer"), ("second", "Second opinion"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("moderation", "0008_statements_for_all")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="kind",
            field=models.CharField(choices=KINDS, default="screening", max_length=12),
        ),
        migrations.RemoveConstraint(model_name="case", name="case_one_open_a_video"),
        migrations.RemoveConstraint(model_name="case", name="case_one_open_a_comment"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                fields=("video",),
                condition=models.Q(
                    state="open", comment__isnull=True, kind__in=("screening", "report", "spotted")
                ),
                name="case_one_open_a_video",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                fields=("comment",),
                condition=models.Q(
                    state="open", comment__isnull=False, kind__in=("screening", "report", "spotted")
                ),
                name="case_one_open_a_comment",
            ),
        ),
    ]
