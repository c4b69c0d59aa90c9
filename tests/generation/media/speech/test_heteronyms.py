"""Hanzi and English words of two readings, read by what they mean in their clause."""

from __future__ import annotations

import pytest

from generation.media.speech.english import read_words
from generation.media.speech.mandarin import pinyin


@pytest.mark.parametrize(
    ("clause", "syllables"),
    [
        ("队伍长得吓人", "chang2 de5 xia4 ren2"),
        ("孩子长得真快", "zhang3 de5 zhen1 kuai4"),
        ("她头发长得垂到腰", "chang2 de5 chui2"),
        ("得马上出门", "dei3 ma3 shang4"),
        ("孩子得多喝水", "dei3 duo1 he1 shui3"),
        ("明天得交房租", "dei3 jiao1"),
        ("气得立刻走了", "qi4 de5 li4 ke4"),
        ("他得了冠军", "ta1 de2 le5"),
        ("跑得快", "pao3 de5 kuai4"),
        ("先还房贷", "huan2 fang2 dai4"),
        ("钱还没还", "hai2 mei2 huan2"),
        ("还在路上", "hai2 zai4"),
        ("茂盛的树", "mao4 sheng4"),
        ("盛大的晚会", "sheng4 da4"),
        ("盛一碗汤", "cheng2 yi4 wan3"),
        ("多重身份", "duo1 chong2 shen1"),
        ("多重要的事", "duo1 zhong4 yao4"),
        ("这箱子有多重", "duo1 zhong4"),
        ("隔着几重山", "ji3 chong2 shan1"),
        ("三幢房子", "san1 zhuang4"),
        ("曾老师不曾来过", "zeng1 lao3 shi1 bu4 ceng2"),
        ("姓单的区先生", "xing4 shan4 de5 ou1"),
    ],
)
def test_a_hanzi_is_read_by_its_meaning(clause: str, syllables: str) -> None:
    assert syllables in " ".join(pinyin(clause))


@pytest.mark.parametrize(
    ("clause", "word", "symbols"),
    [
        ("close your eyes", "close", "klˈOz"),
        ("shops close at nine", "close", "klˈOz"),
        ("a close friend", "close", "klˈOs"),
        ("stay close to me", "close", "klˈOs"),
        ("she read it", "read", "ɹˈɛd"),
        ("I read the book yesterday", "read", "ɹˈɛd"),
        ("we have read it", "read", "ɹˈɛd"),
        ("I read every day", "read", "ɹˈid"),
        ("did she read it", "read", "ɹˈid"),
        ("he wound the rope", "wound", "wˈWnd"),
        ("the wound healed", "wound", "wˈund"),
        ("wind up the toy", "wind", "wˈInd"),
        ("the wind blew", "wind", "wˈɪnd"),
        ("people live longer", "live", "lˈɪv"),
        ("a live show", "live", "lˈIv"),
        ("he lives here", "lives", "lˈɪvz"),
        ("it saves lives", "lives", "lˈIvz"),
        ("lead pipes", "lead", "lˈɛd"),
        ("they lead the team", "lead", "lˈid"),
        ("tear the page", "tear", "tˈɛɹ"),
        ("a tear fell", "tear", "tˈɪɹ"),
        ("take a bow", "bow", "bˈW"),
        ("a bow and arrow", "bow", "bˈO"),
        ("record the sound", "record", "ɹəkˈɔɹd"),
        ("minute details", "minute", "mInˈut"),
        ("content is king", "content", "kˈɑntɛnt"),
    ],
)
def test_an_english_word_is_read_by_its_part_of_speech(clause: str, word: str, symbols: str) -> None:
    words = clause.split()
    assert read_words(words, "us")[words.index(word)] == symbols
