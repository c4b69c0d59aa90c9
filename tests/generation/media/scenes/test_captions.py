"""Captions: pages follow the voice, layers stand where the feed leaves room, files parse."""

from __future__ import annotations

import io
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generation.media.scenes import PALETTES, is_safe
from generation.media.scenes.captions import (
    CaptionPage,
    CaptionWord,
    caption_box,
    caption_layers,
    caption_pages,
    srt,
    webvtt,
)
from generation.media.scenes.line_breaks import CLOSING
from generation.storyboard import FRAME_SIZES, Cue
from tests.generation.media.scenes.test_typography import SENTENCE

STYLES = ("pill", "outline", "karaoke", "pop", "bar")
ZH = "周末去露营，你猜大家最容易漏带什么？每人每天要带4升水，头灯也不能少。"
EN = "Quick guess: what do first-time campers forget most often? It isn't the tent, it's 4.5 liters of water."


def cues_of(text: str, step: float = 0.25) -> list[Cue]:
    """One cue per hanzi, Latin word or number, as the voice gives them."""
    spoken = re.findall(r"[一-鿿]|[A-Za-z0-9][A-Za-z0-9.'’-]*[A-Za-z0-9%]|[A-Za-z0-9]", text)
    return [
        Cue(part, round(0.3 + i * step, 3), round(0.3 + (i + 0.9) * step, 3)) for i, part in enumerate(spoken)
    ]


def bare(text: str) -> str:
    return re.sub(r"[^\w]", "", text)


@pytest.mark.parametrize(("text", "language"), [(ZH, "zh"), (EN, "en")])
def test_pages_hold_the_whole_narration_in_small_pieces(text: str, language: str) -> None:
    pages = caption_pages(text, cues_of(text), language)
    assert bare("".join(page.text for page in pages)) == bare(text)
    for page in pages:
        assert len(page.text.split()) <= 5 if language == "en" else len(page.text) <= 12
        assert page.text[0] not in CLOSING
    assert len(pages) >= 4


def test_pages_break_at_the_narrations_punctuation() -> None:
    texts = [page.text for page in caption_pages(ZH, cues_of(ZH), "zh")]
    assert texts[0] == "周末去露营"  # the comma has done its work
    assert any(text.endswith("什么？") for text in texts)


def test_words_start_when_they_are_said() -> None:
    cues = cues_of(ZH)
    pages = caption_pages(ZH, cues, "zh")
    starts = [word.start for page in pages for word in page.words]
    assert starts == sorted(starts)
    first = {cue.start for cue in cues}
    assert all(start in first for start in starts)
    assert pages[0].start == cues[0].start
    assert pages[-1].end >= cues[-1].end


def test_a_pause_clears_the_screen() -> None:
    cues = cues_of("走吧。好的。")
    late = [Cue(cue.text, cue.start + 5, cue.end + 5) if i >= 2 else cue for i, cue in enumerate(cues)]
    pages = caption_pages("走吧。好的。", late, "zh")
    assert len(pages) == 2
    assert pages[0].end < pages[1].start - 3


def test_a_cue_that_is_not_in_the_script_is_shown_as_said() -> None:
    pages = caption_pages("你好。", [Cue("你", 0, 0.2), Cue("好", 0.2, 0.4), Cue("呀", 0.4, 0.6)], "zh")
    assert "呀" in "".join(page.text for page in pages)


@settings(max_examples=80, deadline=None)
@given(SENTENCE, st.sampled_from(("zh", "en")))
@example("“好”（真）", "zh")
def test_any_narration_gives_ordered_pages_without_overlap(text: str, language: str) -> None:
    cues = cues_of(text)
    pages = caption_pages(text, cues, language) if cues else []
    assert bare("".join(page.text for page in pages)) == bare(text)
    for before, after in pairwise(pages):
        assert before.end <= after.start + 1e-6
    for page in pages:
        assert page.start < page.end
        assert page.text[0] not in CLOSING


@pytest.mark.parametrize("aspect", ["9:16", "1:1", "16:9"])
@pytest.mark.parametrize(("text", "language"), [(ZH, "zh"), (EN, "en")])
def test_captions_stand_in_the_safe_area(text: str, language: str, aspect: str) -> None:
    size = FRAME_SIZES["full"][aspect]
    for page in caption_pages(text, cues_of(text), language):
        box = caption_box(page, size)
        assert is_safe(box, size), page.text
        if aspect == "9:16":
            assert box.top >= 0.55 * size[1]
            assert box.bottom <= 0.70 * size[1] + 1


@pytest.mark.parametrize("style", STYLES)
def test_every_layer_of_every_style_stays_inside_the_caption_zone(style: str) -> None:
    size = (360, 640)
    pages = caption_pages(EN, cues_of(EN), "en")
    layers = caption_layers(pages, style=style, palette=PALETTES["sky"], size=size)
    for layer in layers:
        drawn = np.flatnonzero((layer.rgba[:, :, 3] > 160).any(axis=1))
        for frame in range(0, 200, 2):
            place = layer.motion(frame / 30)
            if place is not None and place.scale == 1.0:
                top = place.y - layer.rgba.shape[0] / 2
                assert top + drawn[0] >= 0.55 * 640 - 1
                assert top + drawn[-1] <= 0.705 * 640 + 1


@pytest.mark.parametrize("style", STYLES)
def test_captions_show_during_their_page_only(style: str) -> None:
    pages = caption_pages(ZH, cues_of(ZH), "zh")
    layers = caption_layers(pages, style=style, palette=PALETTES["violet"], size=(360, 640))
    assert all(layer.motion(pages[0].start - 0.1) is None for layer in layers)
    assert all(layer.motion(pages[-1].end + 0.01) is None for layer in layers)
    for page in pages:
        middle = (page.words[-1].start + page.words[-1].end) / 2
        assert any(layer.motion(middle) is not None for layer in layers)


@pytest.mark.parametrize("style", STYLES)
def test_the_spoken_word_is_told_apart(style: str) -> None:
    pages = caption_pages(ZH, cues_of(ZH), "zh")
    layers = caption_layers(pages, style=style, palette=PALETTES["violet"], size=(360, 640))

    def seen(t: float) -> list[object]:
        return [(i, layer.motion(t)) for i, layer in enumerate(layers) if layer.motion(t) is not None]

    first, second = pages[1].words[0], pages[1].words[1]
    assert seen(first.start + 0.12) != seen(second.start + 0.12)


def test_no_style_draws_nothing_and_an_unknown_one_is_refused() -> None:
    pages = caption_pages(ZH, cues_of(ZH), "zh")
    assert caption_layers(pages, style="none", palette=PALETTES["sky"], size=(360, 640)) == []
    with pytest.raises(ValueError, match="'neon'; choose one of none, pill"):
        caption_layers(pages, style="neon", palette=PALETTES["sky"], size=(360, 640))


def test_webvtt_parses_and_escapes() -> None:
    page = CaptionPage((CaptionWord("a<b ", 1.0, 1.4), CaptionWord("& c", 1.5, 2.0)), 1.0, 3661.25)
    assert webvtt([page]) == "WEBVTT\n\n00:00:01.000 --> 01:01:01.250\na&lt;b <00:00:01.500>&amp; c\n"
    assert webvtt([]) == "WEBVTT\n"


def test_srt_is_numbered_and_uses_commas() -> None:
    pages = [
        CaptionPage((CaptionWord("你好", 0, 1),), 0.0, 1.0),
        CaptionPage((CaptionWord("再见", 1, 2),), 1.0, 2.5),
    ]
    blocks = srt(pages).split("\n\n")
    assert blocks[0] == "1\n00:00:00,000 --> 00:00:01,000\n你好"
    assert io.StringIO(blocks[1]).readline() == "2\n"
