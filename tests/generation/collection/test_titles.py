"""Tables, exports and published layouts become one table; cleaning loses nothing silently; a snapshot never changes."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.collection.cleaning import NEAR, _near, folded, titles_cleaned
from generation.collection.exports import export_read
from generation.collection.layouts import layout_read
from generation.collection.rows import COLUMNS, Provenance, number_of, rows_of
from generation.collection.snapshots import fingerprint_of, snapshot_read, snapshot_write, split_by_time
from generation.collection.tables import TableUnreadable, titles_read

HERE = Provenance("mine", "titles.csv", "own", "given by its creator", "2026-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1,234", 1234),
        ("3.5万", 35000),
        ("1.2亿", 1.2e8),
        ("12.3%", 0.123),
        ("4.1K", 4100),
        ("1:02:03", 3723),
    ],
)
def test_a_number_is_read_as_exports_write_it(written: str, number: float) -> None:
    assert number_of(written) == pytest.approx(number)
    assert np.isnan(number_of("–"))


def test_a_youtube_export_becomes_rows_without_its_total(tmp_path: Path) -> None:
    place = tmp_path / "Table data.csv"
    place.write_text(
        "Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,Average percentage viewed (%),"
        "Impressions,Impressions click-through rate (%)\n"
        'Total,,,,100,2,1,40,,\nabc,"Bread, but flat","Jan 5, 2026",75,100,2.5,1,45.2,2000,4.1\n'
    )
    rows, name = export_read(place, origin="mine")
    assert name == "YouTube Studio" and list(rows.columns) == list(COLUMNS) and len(rows) == 1
    row = rows.iloc[0]
    assert row["title"] == "Bread, but flat" and row["published"] == pd.Timestamp("2026-01-05", tz="UTC")
    assert row["watch_seconds"] == 9000 and row["watch_ratio"] == pytest.approx(0.452)
    assert row["click_rate"] == pytest.approx(0.041) and row["follows"] == 1


def test_douyin_and_bilibili_exports_are_told_apart_in_the_encodings_they_come_in(tmp_path: Path) -> None:
    douyin, bilibili = tmp_path / "作品.csv", tmp_path / "稿件.csv"
    douyin.write_bytes(
        "作品名称,发布时间,播放量,完播率,收藏量\n怎么挑西瓜,2026-01-05 12:00,1.2万,31.5%,88\n".encode(
            "gb18030"
        )
    )
    bilibili.write_bytes(
        "稿件标题\t发布时间\t播放量\t硬币数\n养猫第一周\t2026-02-01\t5,300\t12\n".encode("utf-16")
    )
    rows, name = export_read(douyin, origin="a")
    assert (
        name == "抖音"
        and rows.loc[0, "completion_rate"] == pytest.approx(0.315)
        and rows.loc[0, "views"] == 12000
    )
    rows, name = export_read(bilibili, origin="b")
    assert name == "哔哩哔哩" and rows.loc[0, "coins"] == 12 and rows.loc[0, "title"] == "养猫第一周"


def test_a_table_that_is_no_export_says_so_and_is_taken_with_its_columns_named(tmp_path: Path) -> None:
    place = tmp_path / "list.json"
    place.write_text(
        '{"rows": [{"headline": "How to pick a melon", "ctr": "4%"}, {"headline": "Why cats purr"}]}'
    )
    with pytest.raises(TableUnreadable, match="no creator's export known"):
        export_read(place, origin="x")
    with pytest.raises(TableUnreadable, match="Say which one it is"):
        titles_read(place, origin="x")
    with pytest.raises(TableUnreadable, match="no column 'name'"):
        titles_read(place, origin="x", columns={"name": "title"})
    rows = titles_read(place, origin="x", columns={"headline": "title", "ctr": "click_rate"})
    assert rows["title"].tolist() == ["How to pick a melon", "Why cats purr"]
    assert rows["click_rate"].tolist()[0] == pytest.approx(0.04)


def test_published_layouts_are_recognized_gzipped_too(tmp_path: Path) -> None:
    place = tmp_path / "tests.csv.gz"
    lines = "test,week,image,headline,impressions,clicks\n0,201446,0,They said no,3000,150\n0,201446,0,She said no,3100,90\n"
    place.write_bytes(gzip.compress(lines.encode()))
    rows, name = layout_read(place, origin="x")
    assert name == "headline tests" and rows["published"].iloc[0] == pd.Timestamp("2014-11-10", tz="UTC")
    assert rows["clicks"].tolist() == [150, 90]


def test_an_empty_file_and_a_broken_one_get_a_sentence(tmp_path: Path) -> None:
    empty, broken = tmp_path / "a.csv", tmp_path / "b.json"
    empty.write_text(" \n")
    broken.write_text("{")
    with pytest.raises(TableUnreadable, match=r"a\.csv is empty"):
        titles_read(empty, origin="x")
    with pytest.raises(TableUnreadable, match=r"b\.json cannot be read as JSON"):
        titles_read(broken, origin="x")


def titles(*names: str, **columns: object) -> pd.DataFrame:
    return rows_of(pd.DataFrame({"title": list(names), **columns}), origin="mine")


def test_cleaning_takes_away_each_for_one_reason_and_keeps_what_it_took() -> None:
    rows = titles(
        "How to pick a ripe watermelon at the market",
        "HOW TO PICK A RIPE WATERMELON AT THE MARKET!",  # the same, folded
        "How to pick a ripe watermelon at the market now",  # nearly the same
        "",
        "うどんの作り方",
        "Hi",
        "x" * 400,
        "怎么挑西瓜才甜",
        "this one is unsafe to learn from",
    )
    kept, dropped, report = titles_cleaned(rows, unsafe=lambda texts: ["unsafe" in text for text in texts])
    assert kept["title"].tolist() == ["How to pick a ripe watermelon at the market", "怎么挑西瓜才甜"]
    assert kept["language"].tolist() == ["en", "zh"]
    reasons = dict(zip(dropped["origin_row"], dropped["reason"]))
    assert reasons == {
        1: "duplicate", 2: "near_duplicate", 3: "no_title", 4: "language_unknown", 5: "too_short", 6: "too_long", 8: "unsafe",
    }  # fmt: skip
    assert report.before == report.after + sum(step.removed for step in report.steps) == 9


def test_of_two_copies_the_one_that_says_more_stays() -> None:
    kept, _, _ = titles_cleaned(titles("How to pick a melon", "How to pick a melon", views=[None, 12]))
    assert kept["views"].tolist() == [12]


def test_variants_of_one_randomized_test_are_no_near_duplicates() -> None:
    names = ("She said no to the king of the hill", "She said no to the king of the hills")
    kept, _, _ = titles_cleaned(titles(*names, test=["7", "7"], image=["0", "0"]))
    assert len(kept) == 2
    kept, _, _ = titles_cleaned(titles(*names))
    assert len(kept) == 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="abcdef", min_size=8, max_size=14), min_size=1, max_size=40))
def test_near_duplicates_are_what_comparing_all_pairs_finds(names: list[str]) -> None:
    texts = [folded(name) for name in names]
    flags = _near(texts, np.ones(len(texts), dtype=bool))
    grams = [{text[i : i + 3] for i in range(max(1, len(text) - 2))} for text in texts]
    kept: list[int] = []
    for place, gram in enumerate(grams):
        alike = any(len(gram & grams[k]) / len(gram | grams[k]) >= NEAR for k in kept)
        assert alike == flags[place]
        if not alike:
            kept.append(place)


def test_a_snapshot_is_named_by_its_rows_and_written_once(tmp_path: Path) -> None:
    kept, dropped, report = titles_cleaned(titles(*(f"Title number {n} about {n * n}" for n in range(20))))
    first = snapshot_write(tmp_path, kept, dropped, report=report, origins=[HERE])
    stamp = (first.folder / "rows.parquet").stat().st_mtime_ns
    again = snapshot_write(tmp_path, kept, dropped, report=report, origins=[HERE])
    assert (
        again.fingerprint == first.fingerprint and (again.folder / "rows.parquet").stat().st_mtime_ns == stamp
    )
    fewer = snapshot_write(tmp_path, kept.iloc[1:], dropped, report=report, origins=[HERE])
    assert fewer.fingerprint != first.fingerprint
    read = snapshot_read(first.folder)
    assert read.manifest["origins"][0]["consent"] == "given by its creator"
    assert len(read.rows()) == report.after and read.dropped().empty
    assert [place.name for place in tmp_path.iterdir() if place.name.startswith(".")] == []


def test_the_split_is_by_time_and_keeps_a_randomized_test_together() -> None:
    times = pd.date_range("2026-01-01", periods=100, tz="UTC")
    rows = titles(
        *(f"Title {n}" for n in range(100)), published=times, test=[str(n // 3) for n in range(100)]
    )
    split = split_by_time(rows)
    assert split["split"].value_counts()["train"] >= 75
    latest = {
        name: split.loc[split["split"] == name, "published"] for name in ("train", "validation", "test")
    }
    assert latest["train"].max() < latest["validation"].min() < latest["test"].min()
    assert (split.groupby("test")["split"].nunique() == 1).all()


def test_the_fingerprint_sees_every_value() -> None:
    rows = titles("How to pick a melon", views=[1])
    assert fingerprint_of(rows) != fingerprint_of(rows.assign(views=2.0))
    assert fingerprint_of(rows) == fingerprint_of(rows.copy())
