"""A page of the feed names its ranker in the registry: the same number, another table."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("recommender", "0009_rankers_into_the_registry")]
    operations = [
        migrations.AlterField(
            model_name="feedrequest",
            name="ranker",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                to="generation.modelversion",
            ),
        ),
    ]
