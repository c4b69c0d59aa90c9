"""A frame as a table that sorts, filters and turns pages."""

from __future__ import annotations

import dash_ag_grid as dag
import pandas as pd
from dash.development.base_component import Component

from analytics.dashboard.codes import spelled
from analytics.dashboard.columns import HIDDEN, column_text
from analytics.dashboard.grid_texts import grid_texts

TIME = {"minWidth": 170}  # pixels that a day and an hour take
ROWS_SHOWN, PAGE = 1000, 20


def table(frame: pd.DataFrame) -> Component:
    """Up to a thousand rows; the export has all."""
    rows = spelled(frame.head(ROWS_SHOWN)).copy()
    times = [column for column in rows.columns if pd.api.types.is_datetime64_any_dtype(rows[column])]
    short = len(rows) <= PAGE
    for column in rows.columns:
        if column in times:
            rows[column] = rows[column].dt.strftime("%Y-%m-%d %H:%M")
        elif pd.api.types.is_float_dtype(rows[column]):
            rows[column] = rows[column].round(4)
    return dag.AgGrid(
        rowData=rows.astype(object).where(rows.notna(), None).to_dict("records"),
        columnDefs=[
            {
                "field": str(column),
                "headerName": column_text(str(column)),
                **(TIME if column in times else {}),
            }
            for column in rows.columns
            if column not in HIDDEN
        ],
        defaultColDef={"sortable": True, "filter": True, "resizable": True, "minWidth": 110, "flex": 1},
        dashGridOptions={
            "pagination": not short,
            "paginationPageSize": PAGE,
            "animateRows": False,
            "domLayout": "autoHeight" if short else "normal",
            "localeText": grid_texts(),
        },
        className="dash-table short" if short else "dash-table",
    )
