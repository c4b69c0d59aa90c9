"""The demonstration's queue: filled once, harmless, with a past and an appeal, and gone with the demonstration."""

from __future__ import annotations

from pathlib import Path

from generation.moderation.audit import audit_verify
from generation.moderation.models import Appeal, Case, Report
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
    assert audit_verify().holds
    demonstration_removed()
    assert not Case.objects.filter(state="open").exists() and not Report.objects.exists()
    assert not Case.objects.exclude(title="").exists()
