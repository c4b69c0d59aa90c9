"""Public collections of titles in the layouts they are published in: trending lists and randomized headlines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from generation.collection.rows import rows_of
from generation.collection.tables import TableUnreadable, table_read


def _youtube_trending(table: pd.DataFrame) -> pd.DataFrame:
    """A row a video: its first trending day, whose counts its later days would only repeat."""
    first = table.drop_duplicates(["title", "channel_title"], keep="first")
    names = {
        "channel_title": "channel",
        "category_id": "category",
        "publish_time": "published",
        "comment_count": "comments",
    }
    return first.rename(columns=names).assign(language="en")


def _hot_titles(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename(columns={"first_seen": "published"}).assign(language="zh")


def _headline_tests(table: pd.DataFrame) -> pd.DataFrame:
    """Randomized headlines; ``week`` (year and week as 201446) becomes the Monday it began on."""
    weeks = pd.to_datetime(table["week"].astype(str) + "-1", format="%G%V-%u", errors="coerce", utc=True)
    return table.rename(columns={"headline": "title"}).assign(published=weeks, language="en")


LAYOUTS: dict[str, tuple[frozenset[str], Callable[[pd.DataFrame], pd.DataFrame]]] = {
    "headline tests": (frozenset({"test", "headline", "impressions", "clicks"}), _headline_tests),
    "YouTube trending": (frozenset({"trending_date", "title", "channel_title", "views"}), _youtube_trending),
    "hot titles": (frozenset({"first_seen", "title"}), _hot_titles),
}


def layout_read(path: Path, *, origin: str) -> tuple[pd.DataFrame, str]:
    """The rows of a published collection, and which layout it has. Raises ``TableUnreadable`` when none fits."""
    table = table_read(path)
    for name, (needs, mapped) in LAYOUTS.items():
        if needs <= set(table.columns):
            return rows_of(mapped(table).reset_index(drop=True), origin=origin), name
    raise TableUnreadable(
        f"{path.name} has none of the layouts known here ({', '.join(LAYOUTS)}). Give it as a table and say which column "
        "is the title."
    )
