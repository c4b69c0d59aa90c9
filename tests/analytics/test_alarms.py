"""Unusual hours: found against their own kind of hour, kept once, and told to whom the settings name."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import numpy as np
import pytest
from django.core import mail

from analytics.alarms import delivery, finding
from analytics.models import Alert, SiteHour
from analytics.stats.anomalies import comparable_hours, unusual

NOW = datetime(2026, 3, 18, 21, 7, tzinfo=UTC)  # a Wednesday
HOUR = timedelta(hours=1)


@pytest.fixture
def four_weeks(db: None) -> None:
    """Evenings have a thousand impressions, nights a hundred, weekends twice that; a tenth more or less by chance."""
    rng = np.random.default_rng(5)
    rows = []
    for back in range(1, 29 * 24):
        hour = NOW.replace(minute=0) - back * HOUR
        level = (1000 if hour.hour >= 18 else 100) * (2 if hour.weekday() >= 5 else 1)
        shown = round(level * (1 + 0.1 * rng.standard_normal()))
        rows.append(
            SiteHour(hour=hour, impressions=shown, plays=shown, viewed=shown // 2, completes=shown // 4)
        )
    SiteHour.objects.bulk_create(rows)


def test_hours_are_compared_with_their_own_kind() -> None:
    hours = comparable_hours(datetime(2026, 3, 14, 20, tzinfo=UTC))  # a Saturday
    assert {h.weekday() for h in hours} == {5, 6} and {h.hour for h in hours} == {20} and len(hours) == 8


def test_the_score_counts_in_robust_deviations() -> None:
    rng = np.random.default_rng(1)
    history = list(rng.normal(100, 10, 4000))
    found = unusual(150.0, [*history, 10_000.0])  # an outlier moves it little
    assert found is not None and found.score == pytest.approx(5.0, abs=0.3)
    assert unusual(1.0, [1.0] * 3) is None


def test_an_ordinary_evening_alarms_nobody(four_weeks: None) -> None:
    assert finding.alarms_find(NOW) == []


def test_a_night_level_in_the_evening_is_one_alert_told_once(
    four_weeks: None, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.ALERT_MAIL = ["ops@example.org"]
    SiteHour.objects.filter(hour=NOW.replace(minute=0) - HOUR).update(impressions=100, plays=100, viewed=50)
    assert [alert.metric for alert in finding.alarms_find(NOW)][:1] == ["impressions"]
    assert finding.alarms_find(NOW) == []
    alert = Alert.objects.get(metric="impressions")
    assert alert.score < -4 and 900 < alert.usual < 1100
    delivery.alarms_tell()
    delivery.alarms_tell()
    told = [message for message in mailoutbox if "impressions" in message.subject]
    assert len(told) == 1 and "below the usual" in told[0].body


def test_a_webhook_that_failed_is_asked_again(four_weeks: None, settings: Any) -> None:
    bodies: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if len(bodies) == 1 else 204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.ALERT_WEBHOOK = f"http://127.0.0.1:{server.server_port}/alerts"
    Alert.objects.create(metric="skip_rate", hour=NOW - HOUR, value=0.9, usual=0.5, score=7.0)
    try:
        assert delivery.alarms_tell() == 0 and delivery.alarms_tell() == 1 and delivery.alarms_tell() == 0
    finally:
        server.shutdown()
        server.server_close()
    assert [body["metric"] for body in bodies] == ["skip_rate", "skip_rate"]
    assert mail.outbox == []
