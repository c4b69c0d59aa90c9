from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.errors import NarrationImpossible
from generation.language.normalization import spoken
from generation.media.speech import SAMPLE_RATE_HZ, expected_seconds, synthesize, voice_found, voices
from generation.media.speech.english import read_words
from generation.media.speech.loanwords import LETTERS, PAIRS, WORDS
from generation.media.speech.mandarin import pinyin
from generation.media.speech.symbols import MAX_SYMBOLS, SYMBOL_IDS
from generation.media.speech.utterances import utterances


def test_every_hanzi_and_written_word_has_a_cue_in_order() -> None:
    text = "今天用AI写2024年的报告，只花10分钟。"
    narration = synthesize(text, language="zh", voice="zf_xiaoxiao")
    assert [cue.text for cue in narration.cues] == [
        token.written for token in spoken(text, "zh") if token.spoken and not token.is_pause
    ]
    times = [time for cue in narration.cues for time in (cue.start, cue.end)]
    assert times == sorted(times)
    assert times[0] >= 0 and times[-1] <= narration.seconds
    assert narration.seconds == len(narration.samples) / SAMPLE_RATE_HZ


def test_equal_arguments_give_equal_samples() -> None:
    first, second = (synthesize("Hello there.", language="en", voice="af_heart") for _ in range(2))
    assert np.array_equal(first.samples, second.samples)
    assert first.cues == second.cues


def test_nothing_to_say_is_an_error_with_a_next_step() -> None:
    with pytest.raises(NarrationImpossible, match="can be said"):
        synthesize("😀…", language="zh", voice="zf_xiaoxiao")


def test_the_site_s_own_voice_foretells_its_length_and_refuses_alike() -> None:
    text = "Reward your cat after each paw. Then stop."
    foretold = [
        expected_seconds(text, language="en", voice="bf_isabella", speed=speed) for speed in (0.9, 1.1)
    ]
    said = [synthesize(text, language="en", voice="bf_isabella", speed=speed).seconds for speed in (0.9, 1.1)]
    assert foretold == pytest.approx(said, rel=0.12)
    with pytest.raises(NarrationImpossible, match="can be said aloud"):
        expected_seconds("…", language="en", voice="bf_isabella")


def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(NarrationImpossible, match="zf_nobody"):
        synthesize("你好", language="zh", voice="zf_nobody")


def test_seven_chinese_and_fourteen_english_voices_are_offered() -> None:
    assert len(voices("zh")) == 7
    assert len(voices("en")) == 14


def test_a_voice_that_is_no_longer_offered_still_speaks() -> None:
    assert "zf_xiaoni" not in {voice.id for voice in voices()}
    assert voice_found("zf_xiaoni") is not None
    assert synthesize("你好", language="zh", voice="zf_xiaoni").samples.size


@pytest.mark.parametrize(
    ("hanzi", "said"),
    [
        ("一个", "yi2 ge4"),
        ("一起", "yi4 qi3"),
        ("第一", "di4 yi1"),
        ("星期一", "xing1 qi1 yi1"),
        ("二零一一年", "er4 ling2 yi1 yi1 nian2"),
        ("不要", "bu2 yao4"),
        ("不好", "bu4 hao3"),
        ("不一样", "bu4 yi2 yang4"),
        ("慢慢地走", "man4 man4 de5 zou3"),
        ("跑得很快", "pao3 de5 hen3 kuai4"),
        ("我得去银行还钱", "wo3 dei3 qu4 yin2 hang2 huan2 qian2"),
        ("银行行长重新", "yin2 hang2 hang2 zhang3 chong2 xin1"),
        ("长大以后头发很长", "zhang3 da4 yi3 hou4 tou2 fa5 hen3 chang2"),
        ("睡得更浅", "shui4 de5 geng4 qian3"),
        ("把菜切开再晒干", "ba3 cai4 qie1 kai1 zai4 shai4 gan1"),
        ("他在家干活", "ta1 zai4 jia1 gan4 huo2"),
        ("音量调到最小", "yin1 liang4 tiao2 dao4 zui4 xiao3"),
        ("想种番茄", "xiang3 zhong4 fan1 qie2"),
        ("这种番茄", "zhe4 zhong3 fan1 qie2"),
        ("教孩子数到十", "jiao1 hai2 zi5 shu3 dao4 shi2"),
        ("倒水的时候不要摔倒", "dao4 shui3 de5 shi2 hou5 bu2 yao4 shuai1 dao3"),
        ("睡不着就补觉", "shui4 bu4 zhao2 jiu4 bu3 jiao4"),
        ("还得起就去借", "huan2 de5 qi3 jiu4 qu4 jie4"),
    ],
)
def test_hanzi_are_read_by_their_neighbors(hanzi: str, said: str) -> None:
    assert " ".join(pinyin(hanzi)) == said


def test_the_and_to_follow_the_next_sound() -> None:
    assert read_words(["the", "apple"], "us")[0] == "ði"
    assert read_words(["the", "pear"], "us")[0] == "ðə"
    assert read_words(["to", "eat"], "us")[0] == "tʊ"
    assert read_words(["A", "I"], "us") == ["ˈA", "ˈI"]


def test_a_chinese_voice_says_photo_with_a_full_t() -> None:
    assert "ɾ" in read_words(["photo"], "us")[0]
    assert "tʰ" in read_words(["photo"], "zh")[0]


def test_letters_that_melt_are_one_word_in_a_chinese_voice_and_keep_their_cue() -> None:
    assert read_words(["A", "I"], "zh") == ["ˌAˈI", ""]
    assert read_words(["open", "A", "I"], "zh")[1:] == ["ˌAˈI", ""]
    assert read_words(["A", "P", "P"], "zh")[0] != "ˌAˈI" and all(read_words(["I", "A"], "zh"))
    tokens = spoken("用AI写", "zh")
    [part] = utterances(tokens, "zh")
    assert "ˌAˈI" in part.symbols
    assert {tokens[owner].written for owner in part.owners if owner >= 0} == {"用", "AI", "写"}


def test_every_letter_and_known_word_of_a_chinese_voice_is_written_in_its_symbols() -> None:
    for symbols in (*LETTERS.values(), *WORDS.values(), *PAIRS.values()):
        assert set(symbols) <= set(SYMBOL_IDS)
    assert all(word == word.lower() for word in WORDS)


def test_to_record_is_a_verb_and_a_record_a_noun() -> None:
    assert read_words(["to", "record"], "us")[1] != read_words(["a", "record"], "us")[1]


@settings(deadline=None)  # the first example loads dictionaries
@given(st.text(max_size=80), st.sampled_from(["zh", "en"]))
def test_any_text_gives_utterances_that_the_network_takes(text: str, language: str) -> None:
    for part in utterances(spoken(text, language), "zh" if language == "zh" else "us"):  # type: ignore[arg-type]
        assert 0 < len(part.symbols) <= MAX_SYMBOLS
        assert len(part.symbols) == len(part.owners)
        assert set(part.symbols) <= set(SYMBOL_IDS)


def test_a_long_text_is_cut_at_sentence_ends() -> None:
    parts = utterances(spoken("每天喝水很重要。" * 40, "zh"), "zh")
    assert len(parts) > 2
    assert all(part.symbols[-1] == "." for part in parts)


def test_a_text_without_marks_is_cut_between_words() -> None:
    parts = utterances(spoken("every day we drink some water " * 30, "en"), "us")
    assert len(parts) > 2
    assert sum(len(set(part.owners)) for part in parts) >= 180
