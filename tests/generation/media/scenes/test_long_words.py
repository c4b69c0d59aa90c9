"""One very long word, an address or a line without spaces shrinks nothing below what can be read."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.languages import Language
from generation.media.scenes import is_safe, text_boxes
from generation.media.scenes.captions import caption_pages
from generation.media.scenes.captions.drawing import SIZES, place_page
from generation.media.scenes.grid import Grid
from generation.media.scenes.line_breaks import fit_text, pieces
from generation.media.scenes.typography import shape, width
from generation.stages.render import caption_pages as pages_of_video
from generation.storyboard import FRAME_SIZES, Aspect, Cue
from tests.generation.media.scenes.scene_boards import LAYOUTS, board

LEAST_SHARE = 0.03  # of the shorter side: a capital's height
CAPITAL = 0.73  # em
LONGEST = "Pneumonoultramicroscopicsilicovolcanoconiosis"
ADDRESS = "https://www.averyveryverylongdomainname-example.com/with/path?and=query&more=1"
LINES: list[tuple[Language, str]] = [
    ("en", f"The gypsy jogged quickly, happily gulping {LONGEST}"),
    ("en", f"Visit {ADDRESS} now"),
    ("en", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"),
    (
        "en",
        "A line of quite usual words that simply goes on and on until nobody wants to read it any more at all",
    ),
    ("zh", f"打开{ADDRESS}就能看到"),
    ("zh", "哈" * 60),
    ("zh", "这是一行没有任何空格也没有标点而且特别特别长的中文标题它会一直写下去直到放不下为止"),
    ("zh", "88888888888888888888888888888888888888"),
]
WORDS = st.text(string.ascii_letters + string.digits + "-/._?&=", min_size=1, max_size=120)


@pytest.mark.parametrize("aspect", ["9:16", "1:1", "16:9"])
@pytest.mark.parametrize(("language", "line"), LINES)
def test_every_layout_keeps_its_letters_readable(language: Language, line: str, aspect: Aspect) -> None:
    size = FRAME_SIZES["draft"][aspect]
    story = board(language, aspect, line=line)
    for index, layout in enumerate(LAYOUTS):
        for box in text_boxes(story, index, size=size):
            if box.kind == "text":
                letters = (box.bottom - box.top) / 0.92 * CAPITAL
                assert letters >= LEAST_SHARE * min(size) - 1, (layout, box)
                assert is_safe(box, size), (layout, box)


@settings(max_examples=40, deadline=None)
@given(WORDS, st.sampled_from(["zh", "en"]), st.sampled_from(["9:16", "1:1", "16:9"]))
def test_captions_stay_at_their_usual_size(word: str, language: str, aspect: Aspect) -> None:
    size = FRAME_SIZES["full"][aspect]
    grid = Grid(*size)
    text = f"before {word} after"
    cues = [Cue("before", 0.0, 0.5), Cue(word, 0.5, 2.5), Cue("after", 2.5, 3.0)]
    pages = caption_pages(text, cues, language)
    for page in pages:
        placed = place_page(page, size)
        assert placed.style.size >= 0.9 * grid.px(SIZES[grid.shape])
        assert all(shown.left >= 0 and shown.left + shown.width <= size[0] for shown in placed.words)
    shown = "".join(page.text for page in pages)
    assert [letter for letter in shown if letter.isalnum()] == [letter for letter in text if letter.isalnum()]
    assert all(before.end <= after.start for before, after in pairwise(pages))


# a letter or emoji with what changes its looks
ONE_LETTER = re.compile(r".[\U0001f3fb-\U0001f3ff\ufe0f\u200d\u20e3]*")


@settings(max_examples=60, deadline=None)
@given(WORDS | st.text("长城不是一天修成的，。！😀👍🏽", min_size=1, max_size=60), st.floats(2.0, 12.0))
def test_pieces_are_the_word_and_fit(word: str, most_em: float) -> None:
    made = pieces(word, most_em=most_em, weight=800)
    assert "".join(piece.removesuffix("-") for piece in made).replace("-", "") == word.replace("-", "")
    for piece in made:
        fits = shape(piece.strip(), weight=800).advance <= most_em
        assert fits or ONE_LETTER.fullmatch(piece) or len(made) == len(word)


def test_a_word_breaks_with_a_hyphen_and_an_address_behind_its_marks() -> None:
    first, *others = pieces(LONGEST, most_em=9, weight=800)
    assert first.endswith("-") and not others[-1].endswith("-")
    assert [piece[-1] for piece in pieces(ADDRESS, most_em=14, weight=800)[:-1]] != ["-"]
    assert all(piece[-1] in "/.-_?&=:" for piece in pieces(ADDRESS, most_em=14, weight=800)[:1])
    assert pieces("tent", most_em=9, weight=800) == ("tent",)


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), st.integers(200, 900), st.integers(120, 400))
def test_a_text_with_a_floor_stands_at_it_and_fits(text: str, room: int, height: int) -> None:
    block = fit_text(
        text, max_width=room, max_height=height, max_size=100, max_lines=2, leading=1.2, least_size=40
    )
    assert block.style.size >= 40
    assert all(width(line, block.style) <= room + 1 for line in block.lines)
    assert len(block.lines) * 1.2 * block.style.size <= height + 1
    shown = "".join(block.lines)
    if not shown.endswith("…"):
        kept = [letter for letter in shown if letter.isalnum()]
        assert kept == [letter for letter in text if letter.isalnum()]


def test_a_number_is_never_cut_by_the_end_of_a_line() -> None:
    block = fit_text(
        "公司全年营业收入1476.94亿元，同比增长19.01%", max_width=300, max_height=100, max_size=80, max_lines=2,
        least_size=40,
    )  # fmt: skip
    shown = "".join(block.lines)
    assert "1476.94亿" in shown or "1476" not in shown


def test_captions_of_a_video_end_before_the_next_and_with_the_film() -> None:
    story = board("en")
    cues = (Cue("one", 0.2, 2.9), Cue("two", 2.9, 3.0))
    scenes = tuple(replace(scene, narration="one two", cues=cues) for scene in story.scenes)
    pages = pages_of_video(replace(story, scenes=scenes))
    assert all(before.end <= after.start for before, after in pairwise(pages))
    assert pages[-1].end <= sum(scene.seconds for scene in scenes)
