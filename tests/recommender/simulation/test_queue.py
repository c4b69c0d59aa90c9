"""The demonstration's queue: filled once, harmless, with a past and an appeal, and gone with the demonstration."""

from __future__ import annotations

from pathlib import Path

from generation.moderation.audit import audit_verify
from generation.moderation.models import Appeal, Case, Report
from generation.moderation.services import report_file
from recommender.models import Viewer
from recommender.simulation.demonstration.channels import creators_made
from recommender.simulation.demonstration.queue import queue_filled
from recommender.simulation.demonstration.reset import demonstration_removed
from tests import factories


def test_the_queue_is_filled_once_and_goes_with_the_demonstration(
    db: None, media_root: Path, var_dir: Path
) -> None:
    people = [user for user, _ in creators_made()]
    for number in range(40):
        factories.video(people[number % 10], state="published", title=f"video {number}")
    filled = queue_filled(seed=3)
    assert filled["reported"] == 20 and filled["decided"] == 5
    assert Case.objects.filter(state="open", kind="report").count() == 15
    assert Appeal.objects.filter(state="open").count() == 1 and filled["open"] == 16
    assert {report.counted for report in Report.objects.all()} == {True}
    assert set(Case.objects.values_list("simulated", flat=True)) == {True}
    assert audit_verify().holds
    demonstration_removed()
    assert not Case.objects.filter(state="open").exists() and not Report.objects.exists()
    assert not Case.objects.exclude(title="").exists()


def test_what_a_visitor_reported_is_neither_marked_nor_decided(
    db: None, media_root: Path, var_dir: Path
) -> None:
    people = [user for user, _ in creators_made()]
    videos = [
        factories.video(people[number % 10], state="published", title=f"video {number}")
        for number in range(12)
    ]
    visitor = Viewer.objects.create()
    for video in videos[:4]:
        report_file(reporter=visitor.pk, counted=True, video=video, reason="hate")
    real = set(Case.objects.values_list("pk", flat=True))
    report_file(
        reporter=Viewer.objects.create(simulated=True).pk, counted=True, video=videos[0], reason="hate"
    )
    assert queue_filled(seed=3)["decided"] == 1 and queue_filled(seed=4)["decided"] == 0
    assert set(Case.objects.filter(simulated=False).values_list("pk", flat=True)) == real
    assert set(Case.objects.filter(pk__in=real).values_list("state", flat=True)) == {"open"}
    assert Case.objects.filter(simulated=True).exists()
