"""Experiments that run and ran."""

from __future__ import annotations

import pandas as pd
from django.utils.translation import gettext as _

from analytics.dashboard.content import Chart, Content
from analytics.dashboard.figures import plain
from analytics.dashboard.state import View
from analytics.experiments.evidence import evidence
from analytics.models import Experiment
from analytics.selectors import comparisons
from analytics.selectors.scope import Scope

SHOWN = 20


def experiments(view: View) -> Content:
    """The page about experiments."""
    return Content(
        heading=_("Experiments"),
        charts=[
            Chart(
                "running",
                _("Impressions of what is compared now"),
                lambda: experiment_impressions(view.scope),
                lambda frame, style: plain.bars(
                    frame, style, label="title", value="impressions", link="link"
                ),
                note=_("A click opens the experiment with its intervals."),
                empty=_("No experiment is running, or nothing of it has been shown yet."),
                link="link",
                wide=True,
            ),
            Chart(
                "experiments",
                _("Experiments of the period"),
                lambda: comparisons.experiments_frame(view.scope),
                kind="table",
                empty=_("No experiment yet. Open one of your published videos and choose “Test titles”."),
                wide=True,
            ),
        ],
    )


def experiment_impressions(scope: Scope) -> pd.DataFrame:
    """``title`` of each arm of a running experiment and its ``impressions``, most first, with the ``link`` of its page."""
    rows = []
    for row in Experiment.objects.filter(state=Experiment.State.RUNNING, started__lt=scope.until)[:SHOWN]:
        told = evidence(row)
        for arm in row.arms.all():
            shown = float(told[arm.key].impressions.sum()) if arm.key in told else 0.0
            rows.append(
                {"title": arm.title or arm.key, "impressions": shown, "link": f"/experiments/{row.pk}/"}
            )
    frame = pd.DataFrame(rows, columns=["title", "impressions", "link"])
    return frame.sort_values("impressions", ascending=False, kind="stable")
