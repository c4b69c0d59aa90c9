"""What is made and by what: jobs, stages, failures, versions of the generators and their trainings."""

from __future__ import annotations

import pandas as pd
from django.utils.translation import gettext as _

from analytics.dashboard.content import Chart, Content
from analytics.dashboard.figures import plain
from analytics.dashboard.pages.tiles import tiles_of
from analytics.dashboard.state import View
from analytics.selectors import comparisons, making
from generation.models import GenerationJob
from generation.web.choices import STAGES

HEADLINES = (
    "videos_published", "videos_per_creator", "making_failures", "cpu_seconds_per_watched_hour", "held_rate",
    "report_rate",
)  # fmt: skip


def generators(view: View) -> Content:
    """The page about production."""
    scope = view.scope
    return Content(
        heading=_("Generators"),
        tiles=tiles_of(HEADLINES, making.sums(scope), making.sums(scope.before()) if view.compare else None),
        charts=[
            Chart(
                "output",
                _("Videos made and published"),
                lambda: making.output(scope),
                lambda frame, style: plain.lines(
                    frame, style, x="day", named={"made": _("Made"), "published": _("Published")}, fill=True
                ),
                wide=True,
            ),
            Chart(
                "states",
                _("Jobs by state"),
                states,
                lambda frame, style: plain.bars(frame, style, label="name", value="jobs"),
            ),
            Chart(
                "stages",
                _("Median seconds of a stage"),
                stages,
                lambda frame, style: plain.bars(frame, style, label="name", value="seconds"),
                empty=_("No stage has finished yet."),
            ),
            Chart(
                "failures",
                _("Failures by reason"),
                lambda: making.failures(scope),
                lambda frame, style: plain.bars(frame, style, label="code", value="jobs"),
                empty=_("No job has failed."),
            ),
            Chart(
                "languages",
                _("Videos by language"),
                making.languages,
                lambda frame, style: plain.bars(frame, style, label="language", value="videos"),
                empty=_("No videos yet"),
            ),
            Chart(
                "cycles",
                _("Optimization cycles"),
                lambda: comparisons.cycles_frame(scope),
                kind="table",
                empty=_("No cycle in this period."),
                wide=True,
            ),
            Chart(
                "versions",
                _("Versions"),
                making.versions,
                kind="table",
                empty=_("Nothing has been trained yet."),
                wide=True,
            ),
            Chart(
                "trainings",
                _("Trainings"),
                making.trainings,
                kind="table",
                empty=_("Nothing has been trained yet."),
                wide=True,
            ),
        ],
    )


def states() -> pd.DataFrame:
    labels = dict(GenerationJob.State.choices)
    frame = making.states()
    return frame.assign(name=[str(labels[state]) for state in frame["state"]])


def stages() -> pd.DataFrame:
    frame = making.stage_seconds()
    return frame.assign(name=[str(STAGES.get(name, name)) for name in frame["stage"]])
