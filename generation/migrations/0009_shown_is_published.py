"""State and visibility cannot disagree, and the newest shown videos have the index."""

from django.db import migrations, models
from django.db.models import F, Q

SHOWN, HIDDEN = ("public", "demoted"), ("private", "removed")


class Migration(migrations.Migration):
    dependencies = [("generation", "0008_published_is_public")]

    operations = [
        migrations.RemoveIndex(model_name="video", name="video_newest"),
        migrations.AddIndex(
            model_name="video",
            index=models.Index(F("published").desc(), condition=Q(visibility__in=SHOWN), name="video_newest"),
        ),
        migrations.AddConstraint(
            model_name="video",
            constraint=models.CheckConstraint(
                condition=Q(state="published", visibility__in=SHOWN)
                | (~Q(state="published") & Q(visibility__in=HIDDEN)),
                name="video_shown_is_published",
            ),
        ),
    ]
