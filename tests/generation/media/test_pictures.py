"""Words find drawings, say why, and the drawings become pixels."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.pictures import GOALS, WAYS, labelled, shares_right
from generation.errors import AssetMissing, PictureUnknown
from generation.language.stems import stem
from generation.language.words import segment_zh
from generation.media.pictures import SETS, illustrations, names_in, prepare, rasterize, search, svg
from generation.media.pictures.concepts import own_keywords
from generation.media.pictures.index import is_current
from generation.media.pictures.keywords import KeywordIndex, KeywordMatch
from generation.media.pictures.retrieval import searcher


@pytest.mark.parametrize(
    ("text", "language", "names", "because"),
    [
        ("周末去露营，先搭帐篷", "zh", {"tent", "camping"}, {"露营", "帐篷", "搭帐篷"}),
        ("为什么你越努力存钱", "zh", {"money-bag"}, {"存钱"}),
        ("Three coffee mistakes", "en", {"hot-beverage"}, {"coffee"}),
        (
            "Children should brush their teeth",
            "en",
            {"toothbrush", "tooth"},
            {"brush their teeth", "teeth", "brush"},
        ),
        ("AI会抢走工作吗", "zh", {"robot", "briefcase"}, {"AI", "工作"}),
    ],
)
def test_the_word_that_decided_is_named(text: str, language: str, names: set[str], because: set[str]) -> None:
    best = search(text, language=language, k=1)[0]
    assert best.name in names
    assert best.because in because
    assert best.because in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_labelled_lines_reach_their_goals_and_beat_either_half_alone(language: str) -> None:
    rows = [row for row in labelled() if row["language"] == language]
    assert len(rows) == 120
    results = {way: shares_right(rows, searcher(), shares) for way, shares in WAYS.items()}
    assert results["combined"]["top1"] >= GOALS["top1"]
    assert results["combined"]["top5"] >= GOALS["top5"]
    assert results["combined"]["top1"] > max(results["keyword_only"]["top1"], results["meaning_only"]["top1"])


def test_every_accepted_name_of_the_labelled_lines_can_be_drawn() -> None:
    every = set().union(*(names_in(picture_set) for picture_set in SETS))
    assert not {name for row in labelled() for name in row["accept"]} - every


def test_pictures_come_best_first_from_the_preferred_set_and_never_twice() -> None:
    for preferred in SETS:
        found = search("猫和狗一起睡觉", language="zh", k=8, preferred=preferred)
        assert len({picture.name for picture in found}) == 8
        scores = [picture.score for picture in found]
        assert scores == sorted(scores, reverse=True)
        assert {picture.set for picture in found} <= {preferred, *SETS}
        assert sum(picture.set == preferred for picture in found) >= 6


def test_a_drawing_that_only_another_set_has_fills_in() -> None:
    best = search("treasure chest", language="en", k=1, preferred="fluent-emoji")[0]
    assert (best.name, best.set) == ("treasure-chest", "noto")


def test_a_long_word_hides_the_short_words_inside_it() -> None:
    index = KeywordIndex(["火", "车", "火车", "水", "水平"])
    assert [found.keyword for found in index.find("坐火车")] == ["火车"]
    assert [found.keyword for found in index.find("提高水平")] == ["水平"]


def kept_pair_by_pair(index: KeywordIndex, text: str) -> list[KeywordMatch]:
    """What ``find`` keeps, each candidate held against every kept one."""
    kept: list[KeywordMatch] = []
    found = index._find_zh(text.lower()) + index._find_en(text)
    for one in sorted(found, key=lambda f: (-(f.end - f.start) * f.fit, f.start)):
        if all(
            one.end <= k.start or one.start >= k.end or (one.start, one.end) == (k.start, k.end) for k in kept
        ):
            kept.append(one)
    return sorted(kept, key=lambda f: f.start)


@given(
    st.lists(
        st.sampled_from(
            ["火车", "火", "车", "1", "(1)", "brush", "their teeth", "brush-their", " ", "露营", "İ", "a cup"]
        ),
        max_size=40,
    )
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_keywords_are_kept_as_if_each_were_held_against_every_other(parts: list[str]) -> None:
    text = "".join(parts)
    for index in searcher()._index.values():
        assert index.find(text) == kept_pair_by_pair(index, text)


@pytest.mark.parametrize("part", ["(1)", "火车", "brush-their teeth "])
def test_a_text_ten_times_as_long_takes_no_hundred_times_as_long(part: str) -> None:
    def seconds(letters: int) -> float:
        text = (part * letters)[:letters]
        began = time.process_time()
        for index in searcher()._index.values():
            index.find(text)
        return time.process_time() - began

    seconds(100)
    short, long = min(seconds(2_000) for _ in range(3)), min(seconds(20_000) for _ in range(2))
    assert long < 60 * short and long < 3.0, (
        f"{short:.3f} s, then {long:.3f} s"
    )  # 10 × as long, 100 × if quadratic


def test_forms_of_a_word_share_their_stem() -> None:
    for forms in (
        ["bake", "baking", "baked", "bakes"],
        ["run", "running", "runs", "ran"],
        ["story", "stories"],
        ["child", "children"],
        ["box", "boxes"],
        ["sleep", "slept", "sleeping"],
    ):
        assert len({stem(form) for form in forms}) == 1, forms
    assert stem("bus") != stem("but")


@settings(deadline=None)
@given(st.text(alphabet="水火车帐篷abc 12，。", max_size=30))
def test_found_keywords_stand_in_the_text_and_do_not_overlap(text: str) -> None:
    index = KeywordIndex(["水", "火车", "帐篷", "ab", "abc"])
    found = index.find(text)
    for one in found:
        assert text[one.start : one.end] in (one.keyword, one.keyword + "s")
        assert 0 < one.fit <= 1
    assert all(a.end <= b.start for a, b in pairwise(found))


@settings(deadline=None)
@given(st.text(max_size=40))
def test_segments_joined_are_the_text(text: str) -> None:
    assert "".join(segment_zh(text)) == text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.sampled_from(["zh", "en"]), st.integers(0, 7))
def test_any_text_gives_at_most_k_drawings_that_exist(text: str, language: str, k: int) -> None:
    found = search(text, language=language, k=k)
    assert len(found) <= k
    for picture in found:
        assert picture.name in names_in(picture.set)
        assert 0.0 <= picture.score < 1.0


def test_no_skin_tone_gender_or_letter_variant_can_be_chosen() -> None:
    names = set().union(*(names_in(picture_set) for picture_set in SETS))
    assert not [name for name in names if "skin-tone" in name or name.endswith(("-dark", "-medium-light"))]
    assert not {"man-running", "woman-cook", "keycap-1", "three-oclock", "middle-finger"} & names
    assert {"tent", "hot-beverage", "person-running", "family"} <= names


def test_our_own_keywords_belong_to_drawings_that_exist() -> None:
    characters = {concept.character for concept in searcher().concepts}
    unknown = set(own_keywords()) - characters
    assert len(own_keywords()) > 600
    assert len(unknown) <= 8, unknown


@pytest.mark.parametrize("picture_set", SETS)
def test_a_drawing_is_a_square_with_clear_corners(picture_set: str) -> None:
    pixels = rasterize("hot-beverage", picture_set, 96)
    assert pixels.shape == (96, 96, 4)
    assert pixels.dtype == np.uint8
    assert pixels[0, 0, 3] == 0
    assert 0.25 < (pixels[..., 3] > 128).mean() < 0.95
    assert not pixels.flags.writeable


def test_a_drawing_scaled_down_equals_the_drawing_made_small() -> None:
    large = rasterize("tent", "noto", 256).astype(float)
    small = rasterize("tent", "noto", 64).astype(float)
    mean = large.reshape(64, 4, 64, 4, 4).mean(axis=(1, 3))
    assert np.abs(mean[..., 3] - small[..., 3]).mean() < 2.0


def test_every_thirtieth_drawing_of_each_set_is_well_formed_and_visible() -> None:
    for picture_set in SETS:
        for name in sorted(names_in(picture_set))[::30]:
            ElementTree.fromstring(svg(name, picture_set).replace("xlink:href", "href"))
            assert (rasterize(name, picture_set, 32)[..., 3] > 0).mean() > 0.03, (picture_set, name)


def test_an_unknown_drawing_is_refused_in_words() -> None:
    with pytest.raises(PictureUnknown, match="No drawing 'no-such' in the set 'noto'"):
        svg("no-such", "noto")
    with pytest.raises(PictureUnknown, match="8 to 2048 px large, not 4000"):
        rasterize("tent", "noto", 4000)
    assert names_in("clip-art") == frozenset()


def test_a_finished_set_up_has_nothing_to_do() -> None:
    assert is_current()
    assert list(prepare()) == []


def test_without_set_up_the_error_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIGC_ASSETS_DIR", str(tmp_path))
    with pytest.raises(AssetMissing, match=r"Run \./run"):
        svg("tent", "noto")


def test_a_drawing_made_once_is_read_from_the_disk_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    first = rasterize("tent", "noto", 72)
    rasterize.cache_clear()
    monkeypatch.setattr(illustrations.resvg_py, "svg_to_bytes", lambda **_: pytest.fail("drawn again"))
    np.testing.assert_array_equal(rasterize("tent", "noto", 72), first)


def test_the_folder_of_made_drawings_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(illustrations, "_KEPT_FILES", 4)
    for i in range(7):
        illustrations._keep(tmp_path / f"{i}.png", b"png")
    assert len(list(tmp_path.iterdir())) <= 4
    assert (tmp_path / "6.png").read_bytes() == b"png"


@pytest.mark.slow
def test_the_command_prints_json_best_first() -> None:
    command = [sys.executable, "-m", "generation.media.pictures", "周末去露营", "--language", "zh", "-k", "3"]
    rows = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert len(rows) == 3
    assert {"name", "set", "score"} <= rows[0].keys()
    assert rows[0]["name"] in ("tent", "camping")
