"""How far the numbers can be trusted."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analytics.dashboard.content import Chart, Content
from analytics.dashboard.figures import plain
from analytics.dashboard.pages.tiles import tiles_of
from analytics.dashboard.state import View
from analytics.dashboard.words import name_of
from analytics.selectors import quality as selectors

HEADLINES = ("events_left_out", "events_late", "event_delay_seconds")


def quality(view: View) -> Content:
    """The page about events and roll-ups."""
    scope = view.scope
    arrived = selectors.over_time(scope)
    return Content(
        heading=_("Data quality"),
        tiles=tiles_of(
            HEADLINES,
            selectors.totals(scope),
            selectors.totals(scope.before()) if view.compare else None,
            clusters=arrived.to_dict("records"),  # type: ignore[arg-type]
        ),
        charts=[
            Chart(
                "arrived",
                _("Events received"),
                lambda: arrived,
                lambda frame, style: plain.lines(
                    frame, style, x="time", named={"events": _("Events")}, fill=True
                ),
                wide=True,
            ),
            Chart(
                "types",
                _("Events by type"),
                lambda: selectors.by_type(scope),
                lambda frame, style: plain.bars(frame, style, label="type", value="events"),
            ),
            Chart(
                "flags",
                _("Events by flag"),
                lambda: selectors.by_flag(scope),
                lambda frame, style: plain.bars(frame, style, label="flag", value="events"),
                empty=_("No event bears a flag."),
            ),
            Chart(
                "late",
                name_of("events_late"),
                lambda: arrived,
                lambda frame, style: plain.lines(
                    frame, style, x="time", named={"late_share": name_of("events_late")}, share=True
                ),
            ),
            Chart(
                "bots",
                _("Viewers that count no more, by rule"),
                selectors.left_out_viewers,
                lambda frame, style: plain.bars(frame, style, label="rule", value="viewers"),
                empty=_("No viewer met a rule for bots."),
            ),
            Chart("waiting", _("Read up to"), selectors.waiting, kind="table", wide=True),
        ],
    )
