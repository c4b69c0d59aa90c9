"""The words of a sentence that stand on the screen: a clause of it that fits, or the beginning of one.

A headline is a run of the sentence's own words that starts where a clause starts, so that nobody else's deed is told of its
subject; one that would leave out its clause's negation is never taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from core.languages import Language
from generation.documents.essentials import NEGATIONS
from generation.documents.ranking import key
from generation.language.hanzi import HANZI
from generation.language.length import length
from generation.language.words import content_words, segment_zh

LIMIT = {"zh": 14, "en": 7}  # hanzi, words of a line on the screen
_LEAST = {"zh": 4, "en": 3}
_REMARK = re.compile(r"\s?\([^()]*\)|（[^（）]*）")
_CLAUSES = {
    "zh": re.compile(r"[^，。！？；：、…—,!?;:()（）]+(?:、[^，。！？；：、…—,!?;:()（）]+)*"),
    "en": re.compile(r"(?:[^,;:!?()—–\s.]|(?<=\w)[.,:](?=\w)|\.(?=[a-z,])|\s(?![–—-]\s))+"),
}
_WEAK = {
    "zh": frozenset(
        "的 地 得 和 与 及 或 在 是 把 被 让 从 对 向 给 为 也 就 都 还 很 最 更 会 要 能 再 跟 比 用 以 而 且 但 如果 因为 所以 由 于 到 了 着 过 之 其 该 这 那 使 并 并且 以及 等 中 上 下 里 后 前 时 一个 一种 这个 那个 有 将 已 又 即 则 若 当 随着 根据 通过 由于 关于 对于 作为 成为 进行 称为 叫做".split()
    ),
    "en": frozenset(
        "a an the and or but nor of to in on at by for with from as is are was were be been being that than this these those"
        " which who whose whom where when while if because so then until before after through into over under about only it its"
        " their his her our your my he she they we has have had do does did can could may might will would shall should must"
        " very more most such also not no yet still just both either between among during against toward towards upon within"
        " without there here".split()
    ),
}

_DEPENDS_EN = frozenset(
    "which who whose whom where when while if because so then until before after and or but nor that although though as since"
    " unless whether with without by in on at for from to of it he she they this these those its his her their".split()
)
_DEPENDS_ZH = tuple(
    "因为 由于 所以 因此 如果 假如 假使 若 倘 但 却 而 即使 虽然 尽管 当 只要 只有 除非 除了 以及 并 也 还 又 则 就 就是 不过 然而 使 让 从而 以至 以便 例如 比如 包括"
    " 他 她 它 这 那 其 此".split()
)
_JOINS = frozenset("and or nor 和 与 及 或 以及".split())  # what follows belongs to the same phrase
_BOUND = frozenset(
    "的 地 得 了 着 过 之 等".split()
)  # they end the phrase before them, which is not whole without


def headline(text: str, weights: Mapping[str, float], language: Language) -> str:
    """A phrase of ``text`` for the screen, at most ``LIMIT`` long; "" where none keeps its meaning.

    ``weights`` are those of ``ranking.word_weights``.
    """
    best, worth = "", 0.0
    for clause, first in _clauses(text, language):
        denies = len(NEGATIONS[language].findall(clause))
        for phrase, is_clause, is_whole in _beginnings(clause, language):
            if len(NEGATIONS[language].findall(phrase)) < denies:
                continue
            told = {key(word, language) for word in content_words(phrase, language)}
            score = sum(weights.get(word, 0.0) for word in told)
            score += 2.5 * is_clause + 1.0 * first - 1.5 * (not is_whole) - 2.0 * _depends(clause, language)
            if told and score > worth:
                best, worth = phrase, score
    return best[:1].upper() + best[1:] if language == "en" else best


def _depends(clause: str, language: Language) -> bool:
    """Whether a clause says something only together with another."""
    if language == "zh":
        return clause.startswith(_DEPENDS_ZH)
    return clause.split()[0].lower() in _DEPENDS_EN


def _clauses(text: str, language: Language) -> Iterator[tuple[str, bool]]:
    """The clauses of a sentence, and whether each is the first."""
    text = _REMARK.sub("", text).rstrip(".。 ")
    for number, found in enumerate(_CLAUSES[language].finditer(text)):
        clause = found.group().strip(" “”\"'‘’「」『』《》.")
        if clause:
            yield clause, number == 0


def _beginnings(clause: str, language: Language) -> Iterator[tuple[str, bool, bool]]:
    """Beginnings of a clause that fit on the screen; whether each is all of it, and ends where a phrase may."""
    words = _words_zh(clause) if language == "zh" else clause.split()
    joint = "" if language == "zh" else " "
    weak = _WEAK[language]
    for end in range(1, len(words) + 1):
        phrase = joint.join(words[:end])
        size = length(phrase, language)
        if size > LIMIT[language]:
            break
        if size < _LEAST[language] or words[end - 1].lower().strip("”\"'") in weak or _breaks_a_pair(phrase):
            continue
        is_clause = end == len(words)
        if not is_clause and words[end][:1].isdigit():
            continue  # "no more than" what?
        yield phrase, is_clause, is_clause or words[end].lower() in weak - _BOUND - _JOINS


def _words_zh(clause: str) -> list[str]:
    """Chinese words; a number keeps its unit, a Latin name with its parts stays one piece."""
    words: list[str] = []
    for piece in re.split(r"([A-Za-z0-9][A-Za-z0-9 .&'’%‰℃°·-]*[A-Za-z0-9%‰℃°]|[A-Za-z0-9])", clause):
        if not piece:
            continue
        if piece[0].isascii() and piece[0].isalnum():
            words.append(piece)
            continue
        cut = segment_zh(piece)
        if words and words[-1][-1:].isdigit() and cut and HANZI.match(cut[0]) and len(cut[0]) <= 2:
            words[-1] += cut.pop(0)
        words += cut
    return words


def _breaks_a_pair(phrase: str) -> bool:
    pairs = (("“", "”"), ("「", "」"), ("《", "》"), ("(", ")"), ("（", "）"), ("‘", "’"))
    return phrase.count('"') % 2 == 1 or any(phrase.count(a) != phrase.count(b) for a, b in pairs if a != "‘")
