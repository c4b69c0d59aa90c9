"""Layouts: each point is told in one that its content fills, and neighbors never look alike."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from core.languages import LANGUAGES, Language
from generation.bank.reading import topics
from generation.bank.topic import Form, Versus
from generation.script.brief import Brief
from generation.script.drafting import ScriptPoint
from generation.script.layouts import Telling, form_of, laid_out, year_of
from generation.script.planner import NOMINAL_RATES, BankWriter
from generation.script.script import Script, ScriptScene

WRITER = BankWriter()


def _script(topic_id: str, language: Language, seconds: float, seed: int) -> Script:
    topic = next(topic for topic in topics() if topic.id == topic_id)
    brief = Brief.checked(topic=topic.texts[language].title, language=language, seconds=seconds)
    return WRITER.write(brief, seed=seed, rate=NOMINAL_RATES[language])


def test_any_three_scenes_in_a_row_have_three_layouts() -> None:
    chance = random.Random(16)
    for topic in chance.sample(topics(), 60):
        language = chance.choice(LANGUAGES)
        script = _script(topic.id, language, chance.choice([15, 24, 40]), chance.randrange(1000))
        layouts = [scene.layout for scene in script.scenes]
        for three in zip(layouts, layouts[1:], layouts[2:], strict=False):
            assert len(set(three)) == 3, (topic.id, layouts)


def test_equal_seeds_give_equal_layouts_and_another_seed_may_choose_others() -> None:
    first = [[s.layout for s in _script("boston-tea-party", "en", 40, seed).scenes] for seed in range(6)]
    again = [[s.layout for s in _script("boston-tea-party", "en", 40, seed).scenes] for seed in range(6)]
    assert first == again
    assert len({tuple(layouts) for layouts in first}) > 1


def _told(points: list[ScriptPoint], form: Form, language: Language, seed: int = 0) -> list[ScriptScene]:
    said = tuple(point.full for point in points)
    telling = Telling(tuple(points), said, form, "question", language)
    scenes = [
        ScriptScene("point", point.line, point.full, point.picture, number=i)
        for i, point in enumerate(points, 1)
    ]
    return laid_out(scenes, telling, random.Random(seed))


def _point(line: str, said: str = "", **more: object) -> ScriptPoint:
    said = said or f"{line}. It helps, and it is quick."
    return replace(ScriptPoint(line, said, said, "🍋", line), **more)  # type: ignore[arg-type]


STEPS = [_point("Wash the rice"), _point("Soak it"), _point("Boil it"), _point("Let it rest")]


def test_steps_of_something_done_in_turn_are_told_step_by_step() -> None:
    layouts = [scene.layout for scene in _told(STEPS, "steps", "en")]
    assert layouts[0] == "steps" and layouts.count("steps") == 2
    assert "steps" not in [scene.layout for scene in _told(STEPS, "tips", "en")]


@pytest.mark.parametrize("seed", range(4))
def test_what_not_to_do_stands_beside_what_was_told_to_do(seed: int) -> None:
    points = [_point("Rest every hour"), _point("Don't sleep in them")]
    first, second = _told(points, "tips", "en", seed)
    assert first.versus is None
    assert second.layout == "do_dont" and second.versus is not None
    assert (second.versus.left, second.versus.right) == ("Don't sleep in them", "Rest every hour")


def test_years_in_order_make_a_timeline_and_years_out_of_order_none() -> None:
    years = [_point(f"Event {n}", f"In {n} it went on, and people saw it.") for n in (1770, 1773, 1775)]
    made = _told(years, "timeline", "en")
    assert made[0].layout == "timeline" and [scene.year for scene in made] == ["1770", "1773", "1775"]
    mixed = _told([years[1], years[0], years[2]], "timeline", "en")
    assert all(scene.layout != "timeline" and not scene.year for scene in mixed)


def test_a_number_with_its_unit_in_the_line_is_shown_large() -> None:
    scene = _told([_point("Rest for 20 minutes", "Rest for 20 minutes, then go on.")], "tips", "en")[0]
    assert scene.layout == "big_number" and scene.figure is not None
    assert (scene.figure.value, scene.figure.unit) == (20.0, "minutes")
    unsaid = _told([_point("Rest for 20 minutes", "Take a break, then go on.")], "tips", "en")[0]
    assert unsaid.figure is None


def test_two_sides_alternate_with_other_layouts() -> None:
    versus = Versus("compare", "Frog", "🐸", "Toad", "🐸")
    made = _told([_point(f"Difference {i}", versus=versus) for i in range(4)], "compare", "en")
    assert made[0].layout == "compare"
    assert all(a.layout != b.layout for a, b in pairwise(made))
    assert all((scene.versus is None) == (scene.layout != "compare") for scene in made)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("一七七三年，东印度公司能低价直销茶。", (1773, "1773年")),
        ("公元前221年，秦统一六国。", (-221, "前221年")),
        ("In 1848 Robert Fortune entered tea country.", (1848, "1848")),
        ("Soak it for 1500 seconds.", None),
        ("Keep 12 eggs.", None),
    ],
)
def test_a_year_is_read_as_it_is_written(text: str, year: tuple[int, str] | None) -> None:
    assert year_of(text) == year


def test_own_points_are_told_by_what_the_brief_asks() -> None:
    assert form_of("红烧肉的做法步骤", [_point("切块")], "zh") == "steps"
    assert form_of("怎么学好英语", [_point("每天听")], "zh") == "tips"
    assert form_of("Why is the sky blue", [_point("Light scatters")], "en") == "reasons"
