"""What a language model's script is checked for: our own scripts pass, each kind of bad one fails by the check that is meant for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.languages import Language
from generation.script.answer_checks import checks_of, repeated_share, standing
from generation.script.brief import Brief
from generation.script.planner import BankWriter
from generation.script.script import Script

RATES = {"zh": 4.6, "en": 2.7}
OURS: tuple[tuple[Language, str], ...] = (("zh", "周末露营必备清单"), ("en", "What to Pack for Camping"))


def _ours(language: Language, topic: str) -> tuple[Brief, Script]:
    brief = Brief.checked(topic=topic, language=language, seconds=20)
    return brief, BankWriter().write(brief, seed=3, rate=RATES[language])


def _failed(script: Script, brief: Brief) -> list[str]:
    return [check.name for check in checks_of(script, brief, rate=RATES[brief.language]) if not check.passed]


def _saying(script: Script, *narrations: str) -> Script:
    """The script with other words in its scenes; the first ones again and again where there are too few."""
    words = [narrations[at % len(narrations)] for at in range(len(script.scenes))]
    return replace(
        script, scenes=tuple(replace(s, narration=text) for s, text in zip(script.scenes, words, strict=True))
    )


@pytest.mark.parametrize(("language", "topic"), OURS)
def test_a_script_of_our_own_passes_every_check(language: Language, topic: str) -> None:
    brief, script = _ours(language, topic)
    assert _failed(script, brief) == []


@pytest.mark.parametrize(("language", "topic"), OURS)
def test_a_script_about_something_else_fails_by_its_topic(language: Language, topic: str) -> None:
    _, script = _ours(language, topic)
    other = {"zh": "股票期权怎么定价", "en": "How are stock options priced"}[language]
    brief = Brief.checked(topic=other, language=language, seconds=20)
    assert _failed(script, brief) == ["topic"]
    assert standing(script.narration(), other, language) < standing(script.narration(), topic, language)


def test_other_tongues_fail_by_language() -> None:
    brief, script = _ours(*OURS[1])
    french = "Pour camper il faut une tente et un matelas chaud."
    german = "Beim Zelten braucht man ein Zelt und eine warme Matte."
    for text in (french, german, "露营要带帐篷和防潮垫。"):
        assert "language" in _failed(_saying(script, text), brief)
    brief, script = _ours(*OURS[0])
    for text in ("Pack a tent and a warm mat.", "キャンプにはテントとマットをもっていきましょう"):
        assert "language" in _failed(_saying(script, text), brief)


def test_what_goes_on_for_too_long_or_ends_too_soon_is_told_how_much_to_say() -> None:
    brief, script = _ours(*OURS[1])
    long = replace(script, scenes=script.scenes * 2)
    said = {check.name: check for check in checks_of(long, brief, rate=2.7)}["length"]
    assert not said.passed and said.value > 0.5 and "of 20 seconds" in said.sentence
    assert "length" in _failed(replace(script, scenes=script.scenes[:2]), brief)


def test_a_script_that_says_the_same_again_fails_by_repetition() -> None:
    brief, script = _ours(*OURS[1])
    assert "repetition" in _failed(_saying(script, "Pack a dry tent before the rain comes down."), brief)
    assert repeated_share(["a b c d", "a b c d"], "en") == 0.5
    assert repeated_share(["一二三四", "五六七八"], "zh") == 0.0
