"""What creators can export of themselves: YouTube Studio, Douyin, Bilibili; told apart by their columns' names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from generation.collection.rows import rows_of
from generation.collection.tables import TableUnreadable, table_read


@dataclass(frozen=True)
class ExportLayout:
    """``columns`` is theirs (lower case, no unit in brackets) → ours; ``needs`` tells it from the others."""

    name: str
    needs: frozenset[str]
    columns: dict[str, str]
    hours: frozenset[str] = frozenset()  # columns given in hours that we keep in seconds


def _layout(name: str, needs: str, columns: str, hours: str = "") -> ExportLayout:
    pairs = (pair.split("=") for pair in columns.split(";"))
    return ExportLayout(
        name,
        frozenset(needs.split(";")),
        {theirs.strip(): ours.strip() for theirs, ours in pairs},
        frozenset(filter(None, hours.split(";"))),
    )


LAYOUTS = (
    _layout(
        "YouTube Studio",
        "video title;video publish time",
        "video title=title;video publish time=published;duration=duration_seconds;views=views;watch time=watch_seconds;"
        "average view duration=watch_seconds_mean;average percentage viewed=watch_ratio;likes=likes;dislikes=dislikes;"
        "comments added=comments;shares=shares;subscribers=follows;impressions=impressions;"
        "impressions click-through rate=click_rate",
        "watch_seconds",
    ),
    _layout(
        "YouTube Studio (中文)",
        "视频标题;视频发布时间",
        "视频标题=title;视频发布时间=published;时长=duration_seconds;观看次数=views;观看时长=watch_seconds;"
        "平均观看时长=watch_seconds_mean;平均观看百分比=watch_ratio;顶=likes;踩=dislikes;评论数=comments;分享次数=shares;"
        "订阅人数=follows;展示次数=impressions;展示点击率=click_rate",
        "watch_seconds",
    ),
    _layout(
        "抖音",
        "作品名称;播放量",
        "作品名称=title;发布时间=published;播放量=views;完播率=completion_rate;5s完播率=completion_rate_5s;"
        "2s跳出率=bounce_rate_2s;平均播放时长=watch_seconds_mean;封面点击率=click_rate;点赞量=likes;评论量=comments;"
        "分享量=shares;收藏量=favorites;粉丝增量=follows;曝光量=impressions;作品时长=duration_seconds",
    ),
    _layout(
        "哔哩哔哩",
        "稿件标题;播放量",
        "稿件标题=title;视频标题=title;发布时间=published;投稿时间=published;播放量=views;弹幕数=danmaku;弹幕量=danmaku;"
        "评论数=comments;评论量=comments;点赞数=likes;点赞量=likes;硬币数=coins;投币数=coins;收藏数=favorites;"
        "收藏量=favorites;分享数=shares;分享量=shares;完播率=completion_rate;平均播放进度=watch_ratio;"
        "涨粉量=follows;封面标题点击率=click_rate;曝光量=impressions;视频时长=duration_seconds",
    ),
)
_PERCENT_COLUMNS = ("watch_ratio", "completion_rate", "completion_rate_5s", "bounce_rate_2s", "click_rate")
_BRACKETS = re.compile(r"\s*[（(]([^)）]*)[)）]\s*$")
_TOTALS = {"total", "totals", "总计", "合计"}


def export_read(path: Path, *, origin: str) -> tuple[pd.DataFrame, str]:
    """A creator's export as rows, and whose layout it has. The line of totals is left out.

    Raises ``TableUnreadable`` when no layout fits.
    """
    table = table_read(path)
    named = {_bare(name): str(name) for name in table.columns}
    layout = next((layout for layout in LAYOUTS if layout.needs <= named.keys()), None)
    if layout is None:
        known = ", ".join(layout.name for layout in LAYOUTS)
        raise TableUnreadable(
            f"{path.name} looks like no creator's export known here ({known}); its columns are "
            f"{', '.join(map(str, table.columns[:12]))}. Give it as a table and say which column is the title."
        )
    chosen: dict[str, pd.Series] = {}
    for theirs, ours in layout.columns.items():
        if theirs in named and ours not in chosen:
            chosen[ours] = _scaled(table[named[theirs]], named[theirs], ours)
    frame = pd.DataFrame(chosen)
    first = table.iloc[:, 0].astype(str).str.strip().str.lower()
    rows = rows_of(frame[~first.isin(_TOTALS)].reset_index(drop=True), origin=origin)
    for name in layout.hours:
        rows[name] = rows[name] * 3600.0
    return rows, layout.name


def _bare(name: object) -> str:
    """``Watch time (hours)`` → ``watch time``."""
    return _BRACKETS.sub("", str(name).strip().lstrip("\ufeff")).lower()


def _scaled(column: pd.Series, name: str, ours: str) -> pd.Series:
    """Percent without its sign, where the column's name has it: ``Average percentage viewed (%)`` 45.2 → 45.2%."""
    unit = _BRACKETS.search(name)
    percent = (unit is not None and "%" in unit.group(1)) or "percentage" in name.lower() or "百分比" in name
    if ours not in _PERCENT_COLUMNS or not percent:
        return column
    texts = column.astype(str).str.strip()
    return texts.where(texts.str.endswith("%") | (texts == ""), texts + "%")
