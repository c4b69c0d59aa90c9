"""Reports move to generation.moderation with their numbers, and what several viewers reported is demoted as it was.

Backward the rows come back; one whose viewer or comment is gone has nobody to belong to and cannot.
"""

from django.core.management.color import no_style
from django.db import migrations
from django.db.models import Count

BATCH = 1000
REPORTS_DEMOTE = 3


def forwards(apps, schema_editor):
    old, new = apps.get_model("recommender", "Report"), apps.get_model("moderation", "Report")
    alias = schema_editor.connection.alias
    rows = old.objects.using(alias).order_by("pk").select_related("viewer")
    _copy(
        (
            new(
                pk=row.pk, reporter=row.viewer_id, counted=row.viewer.flagged == "", video_id=row.video_id,
                comment=row.comment_id, reason=row.reason, text=row.text, created=row.created,
            )
            for row in rows.iterator(BATCH)
        ),
        new,
        schema_editor.connection,
    )
    counted = new.objects.using(alias).filter(comment=None, counted=True).order_by().values("video")
    many = counted.annotate(reporters=Count("reporter", distinct=True)).filter(reporters__gte=REPORTS_DEMOTE)
    videos = apps.get_model("generation", "Video").objects.using(alias)
    reported = list(many.values_list("video", flat=True))
    videos.filter(pk__in=reported, visibility="public").update(visibility="demoted", visibility_reason="reports")


def backwards(apps, schema_editor):
    old, new = apps.get_model("recommender", "Report"), apps.get_model("moderation", "Report")
    alias = schema_editor.connection.alias
    viewers = apps.get_model("recommender", "Viewer").objects.using(alias)
    comments = apps.get_model("recommender", "Comment").objects.using(alias)
    rows = new.objects.using(alias).filter(reporter__in=viewers.values("pk")).order_by("pk")
    rows = rows.filter(comment=None) | rows.filter(comment__in=comments.values("pk"))
    _copy(
        (
            old(
                pk=row.pk, viewer_id=row.reporter, video_id=row.video_id, comment_id=row.comment,
                reason=row.reason, text=row.text, created=row.created,
            )
            for row in rows.iterator(BATCH)
        ),
        old,
        schema_editor.connection,
    )
    videos = apps.get_model("generation", "Video").objects.using(alias)
    videos.filter(visibility="demoted", visibility_reason="reports").update(
        visibility="public", visibility_reason="owner"
    )
    new.objects.using(alias).all().delete()


def _copy(rows, model, connection):
    model.objects.using(connection.alias).bulk_create(rows, batch_size=BATCH)
    with connection.cursor() as cursor:  # the next number comes after the copied ones
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("recommender", "0011_rankers_own_table_goes"), ("moderation", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
