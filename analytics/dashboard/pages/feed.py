"""How the recommender is: what fills the feed, how much of it by chance, how widely, and which version chose."""

from __future__ import annotations

import pandas as pd
from django.utils.translation import gettext as _

from analytics.dashboard.content import Chart, Content
from analytics.dashboard.figures import plain
from analytics.dashboard.pages.tiles import tiles_of
from analytics.dashboard.state import View
from analytics.dashboard.words import name_of
from analytics.selectors import audience, making
from analytics.selectors import feed as selectors
from generation.models import ModelKind

HEADLINES = (
    "exploration_share",
    "mean_propensity",
    "watch_seconds_per_impression",
    "skip_rate",
    "refusal_rate",
)


def feed(view: View) -> Content:
    """The page about the recommender."""
    scope, before = view.scope, view.scope.before()
    served, watched = selectors.over_time(scope), audience.over_time(scope)
    now = selectors.totals(scope) | audience.totals(scope)
    earlier = selectors.totals(before) | audience.totals(before) if view.compare else None
    both = together(served, watched)
    spread = selectors.spread(scope)
    gini = f"{selectors.gini(spread):.2f}" if len(spread) else "–"
    return Content(
        heading=_("Recommender"),
        tiles=tiles_of(HEADLINES, now, earlier, clusters=both),
        charts=[
            Chart(
                "sources",
                _("Where slots come from"),
                lambda: selectors.sources(scope),
                lambda frame, style: plain.bars(frame, style, label="source", value="share", share=True),
            ),
            Chart(
                "exploration",
                _("Exploration"),
                lambda: served,
                lambda frame, style: plain.lines(
                    frame,
                    style,
                    x="time",
                    named={
                        "exploration_share": name_of("exploration_share"),
                        "effective_share": _("Effective sample of an off-policy estimate"),
                    },
                    share=True,
                ),
            ),
            Chart(
                "spread",
                _("How widely impressions are spread"),
                lambda: spread,
                lambda frame, style: plain.lines(
                    frame,
                    style,
                    x="videos",
                    named={"impressions": _("Share of impressions")},
                    share=True,
                    fill=True,
                ),
                note=_(
                    "Published videos from least to most shown. Gini coefficient: %(gini)s (0: all alike)."
                )
                % {"gini": gini},
            ),
            Chart(
                "value",
                _("Watch time that a slot earns"),
                lambda: earned(watched),
                lambda frame, style: plain.lines(
                    frame, style, x="time", named={"seconds": name_of("watch_seconds_per_impression")}
                ),
            ),
            Chart(
                "rankers",
                _("Rankers"),
                lambda: making.versions(ModelKind.RANKER),
                note=_("Every trained version with its metrics on held-out viewings; promoted where it won."),
                kind="table",
                empty=_("No ranker has been trained yet."),
                wide=True,
            ),
        ],
    )


def earned(watched: pd.DataFrame) -> pd.DataFrame:
    frame = watched[["time", "watch_seconds", "impressions"]].copy()
    frame["seconds"] = frame["watch_seconds"] / frame["impressions"].where(frame["impressions"] > 0)
    return frame


def together(served: pd.DataFrame, watched: pd.DataFrame) -> list[dict[str, float]]:
    """Slots and viewings of each day or hour together, as the delta method takes them."""
    both = watched.merge(served, on="time", how="left").fillna(0.0)
    return both.to_dict("records")  # type: ignore[return-value]
