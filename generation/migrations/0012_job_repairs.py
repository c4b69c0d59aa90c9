from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generation", "0011_language_model"),
    ]

    operations = [
        migrations.AddField(
            model_name="generationjob",
            name="repairs",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
