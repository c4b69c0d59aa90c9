"""A frame as a table that sorts, filters and turns pages."""

from __future__ import annotations

import dash_ag_grid as dag
import pandas as pd
from dash.development.base_component import Component

from analytics.dashboard.columns import HIDDEN, column_text

ROWS_SHOWN = 1000


def table(frame: pd.DataFrame) -> Component:
    """Up to a thousand rows; the export has all."""
    rows = frame.head(ROWS_SHOWN).copy()
    for column in rows.columns:
        if pd.api.types.is_datetime64_any_dtype(rows[column]):
            rows[column] = rows[column].dt.strftime("%Y-%m-%d %H:%M")
        elif pd.api.types.is_float_dtype(rows[column]):
            rows[column] = rows[column].round(4)
    return dag.AgGrid(
        rowData=rows.astype(object).where(rows.notna(), None).to_dict("records"),
        columnDefs=[
            {"field": str(column), "headerName": column_text(str(column))}
            for column in rows.columns
            if column not in HIDDEN
        ],
        defaultColDef={"sortable": True, "filter": True, "resizable": True, "minWidth": 110},
        dashGridOptions={
            "pagination": True,
            "paginationPageSize": 20,
            "animateRows": False,
        },
        className="dash-table",
    )
