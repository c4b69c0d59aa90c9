"""Which topic of the bank answers a brief: the same thing and the same question, as one calibrated chance.

How near the brief is to a topic's best name and to its title in meaning (e5), by itself and against the rest of the bank, in
English also by a network that tells which questions ask the same; which share of the brief's words it knows, and which share
of its name the brief says, rare words weighing more; whether the brief names its subject, or nothing but its subject; whether
it gives the kind of answer that was asked for. Boosted trees turn them into the chance that a person would say it answers; most
features may only raise it. They are grown by ``python -m benchmarks.topics --fit`` on the half of the labelled briefs for that.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from core.languages import LANGUAGES, Language
from generation.bank import meanings
from generation.bank.reading import topics
from generation.bank.topic import Topic, TopicText
from generation.language.hanzi import HANZI_RUN
from generation.language.stems import stem
from generation.language.stop_words import STOP_EN, STOP_ZH
from generation.language.words import commonness_zh, latin_words, segment_zh
from generation.script.trees import Trees
from generation.script.understanding import Asked, question_of

WEIGHTS = Path(__file__).with_name("matching_trees.json")
FEATURES = (
    "meaning", "title_meaning", "standing", "lead", "named", "told", "beyond_title", "focus", "said_of_name", "said_of_title",
    "subject", "question", "called", "paraphrase", "title_paraphrase", "paraphrase_lead",
)  # fmt: skip
_NEAREST = 64  # topics by each of three ways of being near that the trees look at
_LONGEST = 1000  # letters
_LATEST = 16  # briefs whose chances are remembered, 40 kB each
_LIKELY = 0.3  # chance from which a topic that is not taken may still be just what was asked

# How well a topic that gives one kind of answer (second) answers a brief that asks for another (first); same kinds: 1
_KIN: dict[tuple[Asked, Asked], float] = {
    ("how", "list"): 0.8, ("list", "how"): 0.8, ("list", "what"): 0.8, ("what", "list"): 0.8, ("what", "story"): 0.6,
    ("story", "what"): 0.6, ("why", "what"): 0.6, ("what", "why"): 0.6, ("why", "story"): 0.5, ("story", "why"): 0.5,
    ("what", "how"): 0.4, ("how", "what"): 0.4, ("whether", "what"): 0.5, ("whether", "how"): 0.4, ("how", "whether"): 0.4,
    ("whether", "why"): 0.4, ("why", "whether"): 0.3, ("what", "whether"): 0.4, ("compare", "what"): 0.5, ("what", "compare"): 0.5,
    ("compare", "how"): 0.5, ("how", "compare"): 0.5, ("compare", "list"): 0.4, ("compare", "whether"): 0.4, ("whether", "compare"): 0.3,
    ("list", "why"): 0.2, ("why", "list"): 0.2, ("how", "why"): 0.1, ("why", "how"): 0.1, ("list", "story"): 0.3, ("story", "list"): 0.3,
}  # fmt: skip
_RAREST = 8.0  # weight of a word that nobody uses
_COMMON_ZH = 0.5  # of it that each e-fold of a Chinese word's commonness takes
_VOTERS = 8  # topics that say which category a text is of
_SUBJECTS = 3  # of a topic that are looked at
_LATER_SUBJECT = 0.8  # what the second and third count against the first
_BARE = 0.8  # a brief without a question, before any topic about its subject
# Words that say what kind of answer is wanted, not about what
_ASKING: dict[Language, frozenset[str]] = {
    "zh": frozenset(
        "怎样 如何 咋 咋办 怎么办 为啥 为何 哪些 哪种 哪个 多久 多少 几种 是否 能否 能不能 可不可以 会不会 要不要 该不该 有没有 有什么 方法 技巧 教程 步骤"
        " 攻略 做法 办法 妙招 窍门 指南 秘诀 入门 新手 小白 零基础 正确 科普 介绍 讲讲 说说 聊聊 一下 原因 原理 区别 差别 注意 事项 知识 冷知识 建议"
        " 真的 到底 究竟 什么样 怎么样 怎么回事 是什么 什么是 什么意思 意思 简单 快速 最好 适合 比较 学会 教你 教我 学 想 问 分钟 秒 清楚 讲 视频 短视频".split()
    ),
    "en": frozenset(
        "tip tips guide guides way ways best explain explained easy easily simple simply quick quickly beginner beginners basics"
        " properly correctly right actually really difference differences between versus vs reason reasons cause causes work works"
        " trick tricks hack hacks step steps mean means meaning video short seconds minute like im five".split()
    ),
}
_SAME_ZH = (
    (re.compile("怎样|如何|咋(?!呼)|怎么样(?=[^\\s。？?])"), "怎么"),
    (re.compile("为啥|为何|为甚么"), "为什么"),
    (re.compile("[\\s，。！？、,.!?；;：:“”\"'《》~～…]+"), ""),
)


@dataclass(frozen=True)
class TopicMatch:
    """A topic near a brief; ``similarity`` in [0, 1] is the chance that a person would say that it answers the brief."""

    topic_id: str
    category: str
    similarity: float
    title: str

    @property
    def is_likely(self) -> bool:
        """Whether it may well be what was asked, sure or not."""
        return self.similarity >= _LIKELY

    def to_json(self) -> dict[str, Any]:
        """What clients read of it: id, title, similarity."""
        return {"id": self.topic_id, "title": self.title, "similarity": self.similarity}


@dataclass(frozen=True)
class AnswerModel:
    """Trees over ``FEATURES``, and the chance from which a topic is taken as the answer."""

    trees: Trees
    threshold: float


@lru_cache(maxsize=1)
def fitted() -> dict[str, AnswerModel]:
    """What was grown for each language."""
    raw: dict[str, Any] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return {
        language: AnswerModel(Trees.of(one["bias"], one["trees"], len(FEATURES)), one["threshold"])
        for language, one in raw.items()
    }


def near_enough(similarity: float, language: str) -> bool:
    """Whether a topic with this similarity answers the brief."""
    return similarity >= fitted()[language].threshold


def nearest_topics(text: str, *, language: Language, k: int = 5) -> list[TopicMatch]:
    """The ``k`` topics nearest to a brief, nearest first; empty for an empty text or an empty bank.

    The first thousand letters are read, as many as the meaning of a text is made of.
    """
    text = text[:_LONGEST].strip()
    bank = topics()
    if not text or not bank or k <= 0:
        return []
    chances = _index(language).chances(text)
    order = np.argsort(-chances, kind="stable")[:k]
    return [
        TopicMatch(bank[i].id, bank[i].category, round(float(chances[i]), 4), bank[i].texts[language].title)
        for i in order
    ]


def category_of(text: str, language: Language) -> str:
    """The category that the topics nearest in meaning vote for, nearer ones with more weight; "" for an empty text."""
    if not text.strip():
        return ""
    near = _index(language).likeness(text[:_LONGEST])
    votes: dict[str, float] = defaultdict(float)
    for rank, at in enumerate(np.argsort(-near, kind="stable")[:_VOTERS]):
        votes[topics()[at].category] += float(near[at]) / (2 + rank)
    return max(votes, key=lambda category: votes[category])


def topic_titled(text: str, language: Language) -> Topic | None:
    """The topic that bears just this title, whatever marks and spaces."""
    found = _titled(language).get(plain(text, language))
    return None if found is None else topics()[found]


def answering(text: str, language: Language) -> TopicMatch | None:
    """The topic that answers a brief: the one that it calls by its title, else the nearest if that is near enough."""
    titled = topic_titled(text, language)
    if titled is not None:
        return TopicMatch(titled.id, titled.category, 1.0, titled.texts[language].title)
    found = nearest_topics(text, language=language, k=1)
    return found[0] if found and near_enough(found[0].similarity, language) else None


@lru_cache(maxsize=len(LANGUAGES))
def _titled(language: Language) -> dict[str, int]:
    table: dict[str, int] = {}
    for at, topic in enumerate(topics()):
        text = topic.texts[language]
        table.setdefault(plain(text.title, language), at)
    return table


def plain(text: str, language: Language) -> str:
    """A question in the one form in which it is compared: without marks, its question word the common one."""
    text = text.casefold()
    if language == "zh":
        for pattern, instead in _SAME_ZH:
            text = pattern.sub(instead, text)
        return text
    return " ".join(word for word, _, _ in latin_words(text) if word not in ("a", "an", "the"))


def features(text: str, language: Language) -> NDArray[np.float64]:
    """(topics, len(FEATURES)): what the similarity is made of, each about in [-1, 3]."""
    return _index(language).features(text)


class _Bags:
    """Many small sets of words, and how much of each a brief says, rare words weighing more."""

    def __init__(self, bags: Sequence[frozenset[str]], weigh: Callable[[str], float]) -> None:
        places: dict[str, list[int]] = defaultdict(list)
        for at, bag in enumerate(bags):
            for word in bag:
                places[word].append(at)
        self._places = {word: np.array(found) for word, found in places.items()}
        self._weigh = weigh
        self._totals = np.array([sum(map(weigh, bag)) or np.inf for bag in bags])

    def said(self, words: Iterable[str]) -> NDArray[np.float64]:
        """(bags,) the weight of the words that each bag shares."""
        found = np.zeros(len(self._totals))
        for word in words:
            if word in self._places:
                found[self._places[word]] += self._weigh(word)
        return found

    def holding(self, word: str) -> NDArray[np.bool_]:
        """(bags,) which hold the word."""
        found = np.zeros(len(self._totals), dtype=bool)
        found[self._places.get(word, [])] = True
        return found

    def shares(self, words: Iterable[str]) -> NDArray[np.float64]:
        """(bags,) in [0, 1]: the same, as a share of the bag; 0 for an empty one."""
        shares: NDArray[np.float64] = self.said(words) / self._totals
        return shares


class _Index:
    """The topics of one language: rows of meaning, and which words name which topic."""

    def __init__(self, bank: Sequence[Topic], language: Language) -> None:
        self._language: Language = language
        # a title is a name too, and topics share subjects: each text is read once
        read = cache(partial(telling_words, language=language))
        texts = [topic.texts[language] for topic in bank]
        asked = [question_of(text.title, language).asks for text in texts]
        answers = [{topic.asks, *({told} - {"bare"})} for topic, told in zip(bank, asked, strict=True)]
        self._kinship = {
            kind: np.array([max(_kinship(kind, own) for own in given) for given in answers])
            for kind in get_args(Asked)
        }
        names = [meanings.names_of(text) for text in texts]
        self._spaces: list[meanings.SpaceName] = [
            space for space, languages in meanings.SPACES.items() if language in languages
        ]
        every_name = [name for own in names for name in own]
        self._name_rows = {space: meanings.rows_of(every_name, space) for space in self._spaces}
        self._starts = np.cumsum([0, *(len(own) for own in names[:-1])])
        bags = [[read(name) for name in own] for own in names]
        known = [frozenset().union(*own) for own in bags]
        self._weight = _weights(texts, known, language)
        self._names = _Bags([bag for own in bags for bag in own], self._weigh)
        self._named = _Bags(known, self._weigh)
        self._points = [[f"{p.line} {p.spoken} {p.more}".lower() for p in text.points] for text in texts]
        self._whole = ["\n".join(points) for points in self._points]
        headed = [
            frozenset().union(*(read(head) for head in (*text.titles, *text.subjects))) for text in texts
        ]
        self._headed = _Bags(headed, self._weigh)
        self._titles = _Bags([read(text.title) for text in texts], self._weigh)
        subjects = [text.subjects for text in texts]
        firsts = {
            subject: at for at, subject in enumerate(dict.fromkeys(own[0].casefold() for own in subjects))
        }
        self._subject = np.array([firsts[own[0].casefold()] for own in subjects])
        self._subjects = [
            _Bags(
                [read(own[place]) if place < len(own) else frozenset() for own in subjects],
                self._weigh,
            )
            for place in range(_SUBJECTS)
        ]
        # who asks whether a topic answers asks next which ones are near
        self.chances = lru_cache(maxsize=_LATEST)(self._chances)

    def _weigh(self, word: str) -> float:
        known = self._weight.get(word)
        if known is None:
            known = self._weight[word] = _RAREST - (
                _COMMON_ZH * commonness_zh(word) if self._language == "zh" else 0.0
            )
        return known

    def likeness(self, text: str) -> NDArray[np.float64]:
        """(topics,) how near each is in meaning and as a paraphrase, as the features count them."""
        return 2 * self._near(text, "meaning")[0] + 2 * self._near(text, "paraphrase")[0]

    def features(self, text: str) -> NDArray[np.float64]:
        """(topics, len(FEATURES)) of every topic."""
        return self._table(text, None)[1]

    def _table(self, text: str, count: int | None) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """The topics among the ``count`` nearest, in order (all of them for ``None``), and their features, a row each.

        How often each point of a topic speaks of the brief's words takes longest, and is only looked up for these.
        """
        meaning, title = self._near(text, "meaning")
        paraphrase, title_paraphrase = self._near(text, "paraphrase")
        words = telling_words(text, self._language)
        total = sum(map(self._weigh, words)) or 1.0
        named = self._named.said(words) / total
        of_name = np.maximum.reduceat(self._names.shares(words), self._starts)
        rows = (
            np.arange(len(named)) if count is None else _nearest(meaning, paraphrase, named + of_name, count)
        )
        told, beyond, focus = self._told(words, rows)
        subject = np.max(
            [
                bags.shares(words) * (1.0 if place == 0 else _LATER_SUBJECT)
                for place, bags in enumerate(self._subjects)
            ],
            axis=0,
        )
        asks = question_of(text, self._language).asks
        question = self._kinship[asks]
        called = self._subjects[0].said(words) / total * (asks == "bare")
        standing = (meaning - meaning.mean()) / (float(meaning.std()) or 1.0)
        columns = (
            2 * meaning[rows], 2 * title[rows], standing[rows] / 3, 2 * self._lead(meaning)[rows], named[rows],
            told / total, beyond / total, focus, of_name[rows],
            self._titles.shares(words)[rows], subject[rows], question[rows], called[rows],
            2 * paraphrase[rows], 2 * title_paraphrase[rows], 2 * self._lead(paraphrase)[rows],
        )  # fmt: skip
        return rows, np.stack(columns, axis=1)

    def _near(self, text: str, space: meanings.SpaceName) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Two columns in [-1, 1], a row a topic: how near the text is to its nearest name, and to its title; zeros in a space
        that does not know the language."""
        if space not in self._spaces:
            return np.zeros(len(self._starts)), np.zeros(len(self._starts))
        row = meanings.row_of(plain(text, "zh") if self._language == "zh" else text, space)
        near = (self._name_rows[space] @ row).astype(np.float64)
        return np.maximum.reduceat(near, self._starts), near[self._starts]

    def _lead(self, near: NDArray[np.float64]) -> NDArray[np.float64]:
        """(topics,) by how much each is nearer than the nearest topic about another thing than the nearest one is."""
        best = int(np.argmax(near))
        beside = self._subject == self._subject[best]  # topics about the same thing are no rivals
        lead: NDArray[np.float64] = near - np.where(beside, near[~beside].max(initial=-1.0), near[best])
        return lead

    def _told(self, words: frozenset[str], rows: NDArray[np.intp]) -> tuple[NDArray[np.float64], ...]:
        """Three columns, one of each of the ``rows``: the weight of the words that the topic names or tells, that of those
        which its titles do not hold, and the share of its points, in [0, 1], that speak of the latter: 1 where the titles hold
        every word."""
        told, beyond, spoken = np.zeros((3, len(rows)))
        for word in words:
            weight, counts = self._weigh(word), self._spoken(word, rows)
            new = ~self._headed.holding(word)[rows]
            told += weight * (self._named.holding(word)[rows] | (new & (counts > 0)))
            beyond += weight * new
            spoken += weight * np.where(new, counts, 0)
        lengths = np.array([len(self._points[at]) for at in rows])
        focus = np.divide(spoken, beyond * lengths, out=np.ones_like(spoken), where=beyond > 0)
        return told, beyond, focus

    def _spoken(self, word: str, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """(rows,) how many points of each topic speak of ``word``."""
        found = np.zeros(len(rows), dtype=np.int64)
        for place, at in enumerate(rows):
            if word in self._whole[at]:
                found[place] = sum(word in point for point in self._points[at])
        return found

    def _chances(self, text: str) -> NDArray[np.float64]:
        """(topics,) in [0, 1]; 0 for a topic that is near in no way."""
        near, table = self._table(text, _NEAREST)
        chances = np.zeros(len(self._points))
        chances[near] = fitted()[self._language].trees.chances(table)
        chances.flags.writeable = False
        return chances


def nearest_rows(table: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """The rows of ``features`` that are among the ``count`` nearest in meaning, as a paraphrase, or by words, in order."""
    column = {name: at for at, name in enumerate(FEATURES)}
    words = table[:, column["named"]] + table[:, column["said_of_name"]]
    return _nearest(table[:, column["meaning"]], table[:, column["paraphrase"]], words, count)


def _nearest(
    meaning: NDArray[np.float64], paraphrase: NDArray[np.float64], words: NDArray[np.float64], count: int
) -> NDArray[np.intp]:
    ways = (meaning, paraphrase, words)
    return np.unique(np.concatenate([np.argsort(-way, kind="stable")[:count] for way in ways]))


def _kinship(asks: Asked, own: Asked) -> float:
    """How well a topic that gives one kind of answer answers a brief that asks for another, in [0, 1]."""
    if asks == own:
        return 1.0
    return _BARE if asks == "bare" else _KIN.get((asks, own), 0.0)


def _weights(
    texts: Sequence[TopicText], known: Sequence[frozenset[str]], language: Language
) -> dict[str, float]:
    """How much a word tells: in English by how few topics use it; in Chinese by how rare it is, in the bank's names and at all."""
    spread: Counter[str] = Counter()
    for text, own in zip(texts, known, strict=True):
        spread.update(own)
        if language == "en":
            told = " ".join(f"{p.line} {p.spoken} {p.more}" for p in text.points)
            spread.update(telling_words(told, language) - own)
    most = math.log(1 + len(texts))
    weights = {word: _RAREST * math.log((1 + len(texts)) / count) / most for word, count in spread.items()}
    if language == "zh":
        weights = {
            word: min(weight, _RAREST - _COMMON_ZH * commonness_zh(word)) for word, weight in weights.items()
        }
    return weights


@lru_cache(maxsize=len(LANGUAGES))
def _index(language: Language) -> _Index:
    return _Index(topics(), language)


def telling_words(text: str, language: Language) -> frozenset[str]:
    """Content words: jieba's words and their pairs of hanzi in Chinese, stems in English and for Latin words."""
    asking = _ASKING[language]
    found = {
        stem(word) for word, _, _ in latin_words(text) if word not in STOP_EN and word not in _ASKING["en"]
    }
    if language == "zh":
        for word in segment_zh(text):
            if HANZI_RUN.fullmatch(word) and word not in STOP_ZH and word not in asking:
                found.add(word)
                if len(word) > 2:
                    found.update(word[i : i + 2] for i in range(len(word) - 1))
    return frozenset(found)
