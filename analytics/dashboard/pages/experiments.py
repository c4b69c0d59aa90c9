"""Experiments that run and ran. Whoever keeps experiments says here what there is to show of them."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from analytics.dashboard.content import Chart, Content
from analytics.dashboard.state import View

# each gives charts of the period; added by the modules that know experiments
SHOWN: list[Callable[[View], list[Chart]]] = []


def experiments(view: View) -> Content:
    """The page about experiments."""
    charts = [chart for shown in SHOWN for chart in shown(view)]
    lead = "" if charts else _("No experiment has been started yet.")
    return Content(heading=_("Experiments"), charts=charts, lead=lead)
