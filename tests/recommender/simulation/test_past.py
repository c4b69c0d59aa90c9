"""The demonstration's past of moderation: measured like any other, teaching nothing, and gone with the demonstration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from generation.models import Video
from generation.moderation.audit import audit_verify
from generation.moderation.models import Appeal, Case, Decision, GoldenCase, SecondOpinion, Statement, Strike
from generation.moderation.selectors.quality import (
    agreement_of_all,
    quality_of_moderators,
    quality_of_policies,
)
from generation.moderation.selectors.transparency import transparency
from generation.moderation.selectors.verdicts import persons_words
from generation.moderation.services.golden import golden_serve
from recommender.simulation.demonstration.channels import creators_made
from recommender.simulation.demonstration.past import SKILLS, past_filled, past_removed
from tests import factories

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def past(db: None, media_root: Path, var_dir: Path) -> dict[str, int]:
    people = [user for user, _ in creators_made()]
    for number in range(12):
        age = timedelta(days=3 + number % 9)
        factories.video(people[number % 10], state="published", title=f"video {number}", published=NOW - age)
    return past_filled(seed=5, now=NOW)


def test_quality_and_transparency_show_the_past_and_say_that_it_is_simulated(
    past: dict[str, int], administrator: User, client_of: Any
) -> None:
    since, until = NOW - timedelta(days=40), NOW + timedelta(seconds=1)
    lines = {row["moderator"]: row for row in quality_of_moderators(since=since, until=until)}
    best, worst = lines[SKILLS[0].pseudonym], lines[SKILLS[2].pseudonym]
    assert set(lines) == {skill.pseudonym for skill in SKILLS}
    assert best["overturned"] < worst["overturned"] and best["median_seconds"] < worst["median_seconds"]
    assert all(row["golden"] and row["second_opinions"] for row in lines.values())
    assert len(quality_of_policies(since=since, until=until)) >= 5
    assert agreement_of_all() is not None
    told = transparency(since=since, until=until)
    assert told["simulated"] == told["decisions"] >= past["cases"] and told["appeals_overturned"] > 0
    assert told["appeals_overturned"] < told["appeals_answered"] == past["appeals"]
    Decision.objects.update(created=datetime.now(UTC) - timedelta(days=1))
    for address in ("/moderation/quality/", "/transparency/"):
        page = client_of(administrator).get(address).content.decode()
        assert "made up by the demonstration" in page, address


def test_nothing_in_it_contradicts_what_is_shown(past: dict[str, int]) -> None:
    assert not Strike.objects.exists() and audit_verify().holds
    assert not Case.objects.filter(state="open").exists()
    assert set(Video.objects.values_list("visibility", flat=True)) == {"public"}
    standing = Statement.objects.filter(withdrawn__isnull=True)
    assert standing.exists() and not standing.filter(video__isnull=False).exists()
    for case in Case.objects.select_related("video"):
        assert case.opened <= case.decided <= NOW
        assert case.video is None or case.video.published <= case.opened
    assert Appeal.objects.filter(state="overturned").exists() and SecondOpinion.objects.exists()


def test_it_teaches_nothing_and_leaves_in_no_export(
    past: dict[str, int], administrator: User, moderator: User, settings: Any, client_of: Any
) -> None:
    assert Case.objects.filter(simulated=False).count() == 0 and persons_words() == {}
    span = {"since": "2020-01-01T00:00:00Z", "until": "2030-01-01T00:00:00Z"}
    answer = client_of(administrator).get("/api/v1/moderation/statements/", span)
    assert answer.status_code == 200 and answer.json() == {"statements": []}
    settings.GOLDEN_SHARE = 1.0
    assert golden_serve(moderator=moderator, severe=True) is None and GoldenCase.objects.exists()


def test_the_same_seed_makes_the_same_past_once_and_it_can_be_taken_away(past: dict[str, int]) -> None:
    told = list(Decision.objects.order_by("pk").values_list("action", "created", "spent_seconds"))
    assert past_filled(seed=5, now=NOW)["cases"] == 0 and Decision.objects.count() == len(told)
    past_removed()
    assert not Case.objects.exists() and not Statement.objects.exists()
    past_filled(seed=5, now=NOW)
    assert list(Decision.objects.order_by("pk").values_list("action", "created", "spent_seconds")) == told
