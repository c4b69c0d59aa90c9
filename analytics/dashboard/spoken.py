"""The sentences of a video below its curve: the picture meanwhile, what is said, and how many it loses."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component
from django.conf import settings
from django.utils.translation import gettext as _


def spoken(rows: pd.DataFrame, media: str) -> Component:
    """A row a sentence of ``selectors.videos.sentences``; its text opens it in the editor."""
    return html.Ol([_row(row, media) for row in rows.to_dict("records")], className="dash-sentences")


def _row(row: dict[str, object], media: str) -> Component:
    middle = (float(row["start"]) + float(row["end"])) / 2  # type: ignore[arg-type]
    text = str(row["text"])
    return html.Li(
        [
            html.Video(
                src=f"{settings.MEDIA_URL}{media}#t={middle:.2f}",
                muted=True,
                preload="metadata",
                className="thumb",
                tabIndex="-1",
                **{"aria-hidden": "true"},  # type: ignore[arg-type]
            ),
            html.Span(f"{row['start']:.1f} – {row['end']:.1f} s", className="muted small number"),
            html.A(text, href=str(row["link"]), className="grow")
            if row["link"]
            else html.Span(text, className="grow"),
            html.Span(
                [html.B(f"−{max(float(row['lost']), 0.0):.0%}", className="number"), " ", _("lost")],  # type: ignore[arg-type]
                className="small",
            ),
            html.Span(_("loses most"), className="badge warn") if row["worst"] else None,
        ],
        className="worst" if row["worst"] else "",
    )
