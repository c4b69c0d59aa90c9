"""Which layout each point is told in: one that its content fills, and none that was there in the two scenes before."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.languages import Language
from generation.bank.topic import Figure, Form, clauses
from generation.language.length import length
from generation.script.drafting import ScriptPoint
from generation.script.script import ScriptScene
from generation.script.understanding import question_of
from generation.storyboard import FigureData, HookKind, LayoutName, VersusData

_APART = 2  # scenes before in which a layout shall not have been
_MOST = {"checklist": 2, "chat": 1, "quiz": 1, "quote": 1}  # of one kind in a video
_CHECKLIST_FROM, _STATIONS_FROM = 3, 3
_CHAT_CLAUSES = {"zh": 14, "en": 8}  # hanzi or words that an answer in a chat has at least
_BEFORE_ANSWER = {"zh": 5, "en": 3}  # hanzi or words that are said before a quiz is solved
_STRIKING = {
    "zh": re.compile(r"不是|不如|胜过|永远|才是|越.+越|先.+再|没有|只有|等于"),
    "en": re.compile(
        r"\b(?:not|never|always|beats|only|nobody|isn't|don't|won't|can't|less|more)\b", re.IGNORECASE
    ),
}
_QUOTE_FROM = 3  # point scenes, from which one may be a quote
_DONT = {
    "zh": re.compile(r"^(?:千万)?(?:别|不要|勿|不能|禁止)"),
    "en": re.compile(r"^(?:don't|do not|never|avoid|no)\b", re.IGNORECASE),
}
_IN_TURN = {
    "zh": re.compile(r"步骤|教程|做法|流程|怎么做|怎么煮|怎么泡|怎么安装|第一步|首先|然后|接着"),
    "en": re.compile(
        r"\b(?:steps?|recipe|tutorial|how to (?:make|cook|build|fix|install|set up|tie|brew)|first|then|next)\b",
        re.IGNORECASE,
    ),
}
_FIGURE_IN_LINE = {
    "zh": re.compile(
        r"(?<![\d.:：-])(\d+(?:\.\d+)?)\s?(%|小时|分钟|秒|天|周|个月|年|岁|度|厘米|毫米|公里|千米|米|公斤|斤|克|毫升|升|次|遍|步|倍|元)(?!\d)"
    ),
    "en": re.compile(
        r"(?<![\d.:-])(\d+(?:\.\d+)?)\s?(%|percent|minutes|hours|seconds|days|weeks|months|years|degrees|meters"
        r"|centimeters|millimeters|inches|feet|grams|ounces|cups|liters|times|steps|miles|kilometers)\b",
        re.IGNORECASE,
    ),
}
_YEAR = re.compile(
    r"(?P<before>公元前|前)?(?P<zh>\d{2,4}|[〇零一二三四五六七八九]{4})年(?!代|前|后|内|级)"
    r"|\b(?:[Ii]n|[Bb]y|[Ss]ince|[Oo]f|[Uu]ntil|[A-Z][a-z]+,?)\s(?P<en>1\d{3}|20\d{2})\b(?P<bc> BC)?|^(?P<bare>\d{3,4})$"
)
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_SIGNS = frozenset("🚫❌⛔✅☑✔➡⬇⬆↔⚠➕➖⭕")
Fill = Callable[[ScriptScene], ScriptScene]


@dataclass(frozen=True)
class Telling:
    """What a video tells: its points in scenes of their own with what is said of each, and how they hang together."""

    points: tuple[ScriptPoint, ...]
    said: tuple[str, ...]
    form: Form
    hook_kind: HookKind
    language: Language


def laid_out(scenes: Sequence[ScriptScene], telling: Telling, rng: random.Random) -> list[ScriptScene]:
    """The points' ``scenes`` with their layouts; ``rng`` chooses among those that fit equally well."""
    made: list[ScriptScene] = []
    quoted, dated = _quoted(telling, rng), _dated(telling)
    for place, scene in enumerate(scenes):
        used = [other.layout for other in made]
        ways = list(_ways(telling, place, rng, quoted=place == quoted, dated=dated))
        free = [way for way in ways if used.count(way[0]) < _MOST.get(way[0], len(scenes))]
        apart = [way for way in free if way[0] not in used[-_APART:]]
        name, fill = (apart or [way for way in free if way[0] not in used[-1:]] or ways)[0]
        made.append(replace(fill(scene), layout=name, year=dated.get(scene.line, "")))
    return made


def form_of(topic: str, points: Sequence[ScriptPoint], language: Language) -> Form:
    """How points that no bank's topic tells hang together, by the words of the brief and of the points."""
    text = " ".join([topic, *(point.full for point in points)])
    asks = question_of(topic, language).asks
    if asks == "story":
        return "timeline" if sum(year_of(point.full) is not None for point in points) >= 3 else "story"
    if asks == "why":
        return "reasons"
    if asks == "compare":
        return "compare"
    if asks in ("what", "whether"):
        return "facts"
    return "steps" if _IN_TURN[language].search(text) else "tips"


def year_of(text: str) -> tuple[int, str] | None:
    """The first year that a text names, as a number (negative before our era) and as it is written; ``None`` without one."""
    found = _YEAR.search(text)
    if found is None:
        return None
    digits = (found["zh"] or found["en"] or found["bare"]).translate(_DIGITS)
    old = bool(found["before"] or found["bc"])
    if found["zh"]:
        label = f"{'前' if old else ''}{digits}年"
    else:
        label = f"{digits}{' BC' if old else ''}"
    return (-int(digits) if old else int(digits)), label


def _ways(
    telling: Telling, place: int, rng: random.Random, *, quoted: bool, dated: Mapping[str, str]
) -> Iterator[tuple[LayoutName, Fill]]:
    """The layouts that the point at ``place`` can fill, those that show most of what it says first."""
    point, said = telling.points[place], telling.said[place]
    yield from _by_content(telling, place, rng, dated)
    own: list[tuple[LayoutName, Fill]] = []
    if telling.form == "steps" and len(telling.points) >= _STATIONS_FROM:
        own.append(("steps", _as_is))
    elif _CHECKLIST_FROM <= place + 1 < len(telling.points):  # after the last one all are shown again anyway
        own.append(("checklist", _as_is))
    if quoted:
        own.append(("quote", _as_is))
    if place == 0 and telling.hook_kind == "question" and telling.form != "steps":
        parts = len(clauses(said))
        if parts >= 2 and length(said, telling.language) >= _CHAT_CLAUSES[telling.language]:
            own.append(("chat", _as_is))
    yield from own
    common: list[tuple[LayoutName, Fill]] = [("point", _as_is)]
    if point.picture.strip():
        common.append(("detail", _as_is))
    if len(clauses(said)) >= 2:
        common.append(("split", _as_is))
    rng.shuffle(common)
    yield from common
    yield ("quote", _as_is)


def _by_content(
    telling: Telling, place: int, rng: random.Random, dated: Mapping[str, str]
) -> Iterator[tuple[LayoutName, Fill]]:
    """What only some points hold: two sides, a figure, a year, something not to do."""
    point, said, language = telling.points[place], telling.said[place], telling.language
    if point.versus is not None:
        v = point.versus
        versus = VersusData(v.left, v.left_picture, v.right, v.right_picture)
        advises = v.kind == "before_after" and telling.form in ("tips", "steps")
        kinds: list[LayoutName] = [v.kind, "do_dont"] if advises else [v.kind]
        rng.shuffle(kinds)
        for kind in kinds:
            yield kind, _with_versus(versus)
    figure = _figure(point, said, language)
    if figure is not None:
        charts: list[LayoutName] = ["big_number"]
        if figure.label:
            charts.append("chart")
        if figure.label and _is_said_late(figure, said, language):
            charts.append("quiz")
        rng.shuffle(charts)
        if figure.unit.strip() in ("%", "％") and "chart" in charts:
            charts.sort(key=lambda name: name != "chart")
        for chart in charts:
            yield chart, _with_figure(figure)
    if point.line in dated:
        yield "timeline", _as_is
    better = _better(telling, place)
    if better is not None:
        yield (
            "do_dont",
            _with_versus(VersusData(point.line, _thing(point.picture), better.line, _thing(better.picture))),
        )


def _dated(telling: Telling) -> dict[str, str]:
    """The lines that belong to a year → that year as it is written, where enough of them come in order."""
    if telling.form not in ("timeline", "story"):
        return {}
    years = {}
    for point in telling.points:
        year = year_of(point.year or point.full)
        if year is not None:
            years[point.line] = year
    in_order = all(a[0] <= b[0] for a, b in pairwise(years.values()))
    enough = len(years) >= _STATIONS_FROM
    return {line: label for line, (_, label) in years.items()} if in_order and enough else {}


def _better(telling: Telling, place: int) -> ScriptPoint | None:
    """For a point that says what not to do the nearest one told before that says what to do."""
    if not _is_dont(telling.points[place], telling.language):
        return None
    before = [point for point in telling.points[:place] if not _is_dont(point, telling.language)]
    fitting = [point for point in before if point.picture.strip() and not point.own]
    return fitting[-1] if fitting and telling.form in ("tips", "steps") else None


def _is_dont(point: ScriptPoint, language: str) -> bool:
    return point.dont or _DONT[language].search(point.line) is not None


def _thing(picture: str) -> str:
    """The first drawing that shows a thing, of several named by their characters; words as they are."""
    if any(sign.isalpha() for sign in picture):
        return picture
    named = picture.split()
    return next((one for one in named if one.rstrip("\ufe0f") not in _SIGNS), picture)


def _figure(point: ScriptPoint, said: str, language: str) -> FigureData | None:
    """The number that the point says now: its own, or one with its unit in its line."""
    if point.figure is not None:
        f = point.figure
        return FigureData(float(f.value), f.unit, f.label) if _says(f, said, point) else None
    found = _FIGURE_IN_LINE[language].search(point.line)
    if found is None or found[1] not in said.replace(",", ""):
        return None
    return FigureData(float(found[1]), found[2], "")


def _says(figure: Figure, said: str, point: ScriptPoint) -> bool:
    """Whether the number is heard now; one that stands in digits only in the part left out is not."""
    digits = f"{figure.value:g}"
    if digits in said.replace(",", ""):
        return True
    return digits not in point.full.replace(",", "")


def _is_said_late(figure: FigureData, said: str, language: str) -> bool:
    """Whether there is time to think before the figure is said."""
    before, found, _ = said.replace(",", "").partition(f"{figure.value:g}")
    return bool(found) and length(before, language) >= _BEFORE_ANSWER[language]


def _quoted(telling: Telling, rng: random.Random) -> int | None:
    """The place of the one striking sentence worth a quote, if any."""
    if len(telling.points) < _QUOTE_FROM:
        return None
    plain = [i for i, point in enumerate(telling.points) if point.figure is None and point.versus is None]
    striking = [i for i in plain if _STRIKING[telling.language].search(telling.points[i].line)]
    return rng.choice(striking) if striking else None


def _as_is(scene: ScriptScene) -> ScriptScene:
    return scene


def _with_versus(versus: VersusData) -> Fill:
    return lambda scene: replace(scene, versus=versus)


def _with_figure(figure: FigureData) -> Fill:
    return lambda scene: replace(scene, figure=figure)
