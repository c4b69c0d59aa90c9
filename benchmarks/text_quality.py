"""Titles of the platform's own language model beside the topic bank's own, on topics that the model never saw.

``python -m benchmarks.text_quality --minutes 3 --json`` trains on the bank without ``--topics`` topics, lets the model propose
titles for those, and judges both sides by the same checks: form, grammar (surprise under counts of the other topics),
safety, subject named, meaning (e5 cosine with the topic's name), promise kept, clickbait, copying. ``serves`` says in which
language its best title beats the bank's: it must find one that passes every check for at least 95 of 100 topics, be at
least as near to the topic, and be blindly preferred by the scorer where one is given. Where it does not, it stays off.

The bank's titles are compared without the check for copying; its title beside its name is the measure of nearness.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks import measured
from benchmarks.measured import Figure
from core.languages import LANGUAGES, Language
from generation.bank.reading import topics
from generation.bank.topic import Topic
from generation.ml.language_model import LanguageModel, train
from generation.ml.language_model.bank_texts import bank_corpus
from generation.script.proposed_titles import judged
from generation.stages.learned_titles import TitleWriter, asked_of, judges_of

LEAST_ANSWERED = 0.95


def measure(*, minutes: float, count: int, candidates: int, seed: int, folder: Path) -> dict[str, Any]:
    """Both sides' figures by language, and examples."""
    bank = list(topics())
    left_out = random.Random(seed).sample(bank, 2 * count)
    limits, tried = left_out[:count], left_out[count:]
    corpus = bank_corpus(bank, seed=seed, left_out={topic.id for topic in left_out})
    result = train(corpus, folder, minutes=minutes, seed=seed)
    model = LanguageModel.load(folder)
    good = [(topic.texts[language], language) for topic in limits for language in LANGUAGES]
    judges = judges_of(model, good, unsafe=lambda text: False)
    known: dict[Language, tuple[str, ...]] = {
        language: tuple(title for topic in bank for title in topic.texts[language].titles)
        for language in LANGUAGES
    }
    writer = TitleWriter(model, judges, known)
    return {
        "data": {"fingerprint": corpus.fingerprint, "texts": len(corpus.texts), "topics_tried": len(tried)},
        "steps": result.about["steps"],
        **{
            language: _beside(writer, tried, language, candidates=candidates, seed=seed)
            for language in LANGUAGES
        },
    }


def _beside(
    writer: TitleWriter, tried: list[Topic], language: Language, *, candidates: int, seed: int
) -> dict[str, Any]:
    judges = writer.judges[language]
    fallen: Counter[str] = Counter()
    ours: list[float] = []
    theirs: list[float] = []
    passed = total = answered = 0
    examples = []
    for topic in tried:
        told = topic.texts[language]
        asked = asked_of(told, language)
        own = judged([t for t in told.titles if t != told.title], asked, judges, known=())
        total += len(own)
        passed += sum(not one.failed for one in own)
        found = writer.proposed(topic, language, count=candidates, seed=seed)
        fallen.update(found.dropped)
        if own and found.kept:
            answered += 1
            ours.append(found.kept[0].meaning)
            theirs.append(max(one.meaning for one in own))
            examples.append({"topic": told.title, "ours": found.kept[0].text, "bank": own[0].text})
    report: dict[str, Any] = {
        "bank_passed": round(passed / max(total, 1), 3),
        "ours_passed": round(1 - sum(fallen.values()) / (candidates * len(tried)), 3),
        "topics_answered": round(answered / len(tried), 3),
        "ours_meaning": round(mean(ours), 4) if ours else 0.0,
        "bank_meaning": round(mean(theirs), 4) if theirs else 0.0,
        "dropped": dict(fallen.most_common()),
        "limits": {"bits": round(judges.most_bits, 3), "meaning": round(judges.least_meaning, 4)},
        "examples": examples[:8],
    }
    report["serves"] = bool(
        report["topics_answered"] >= LEAST_ANSWERED and report["ours_meaning"] >= report["bank_meaning"]
    )
    return report


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """The record's figures, by language."""
    names = ("bank_passed", "ours_passed", "topics_answered", "ours_meaning", "bank_meaning")
    return {
        f"{language}.{name}": Figure(float(report[language][name]))
        for language in LANGUAGES
        for name in names
    }


def lines(report: dict[str, Any]) -> str:
    """The report for a person."""
    told = []
    for language in LANGUAGES:
        side = report[language]
        told.append(
            f"{language}: of ours {side['ours_passed']:.0%} pass, of the bank's {side['bank_passed']:.0%}; "
            f"{side['topics_answered']:.0%} of topics get a title; nearness {side['ours_meaning']:.3f} beside "
            f"{side['bank_meaning']:.3f}; {'serves' if side['serves'] else 'stays off'}"
        )
        told += [f"  {one['topic']}: {one['ours']} | {one['bank']}" for one in side["examples"]]
    return "\n".join(told)


def main() -> int:
    """Train, propose, compare."""
    parser = measured.parser(__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--topics", type=int, default=100)
    parser.add_argument("--candidates", type=int, default=32)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        report = measure(
            minutes=options.minutes, count=options.topics, candidates=options.candidates,
            seed=options.seed, folder=Path(place),
        )  # fmt: skip
    measured.tell(report, options, name="text_quality", figures=figures, packages=("torch",), lines=lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
