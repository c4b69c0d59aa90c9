"""One search: words, their translations and meaning, each a ranking of its own, joined to one."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from generation.models import Video
from generation.selectors import videos_shown
from recommender.search import engines, lexicon, meanings
from recommender.search.documents import Texts, searchable, texts_of
from recommender.search.terms import QUERY_LENGTH, Word, query_words, spans, with_spelling

MOST = 300  # videos a search finds
MEANT = 30  # of them by meaning alone
STANDING = 2.2  # standard deviations above the rest of its language before a video counts as meant
RRF_K = 60.0
SNIPPET = 90  # signs


@dataclass(frozen=True)
class Part:
    """A stretch of a snippet; a marked one answers the query."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Hit:
    """A found video: ``words`` are those of the query that it holds, ``meant`` says that it stands near in meaning."""

    video: Video
    score: float
    words: tuple[str, ...]
    translated: tuple[str, ...]
    meant: bool
    snippet: tuple[Part, ...]


@dataclass(frozen=True)
class SearchResult:
    """A page of hits, best first; ``count`` is that of all pages, ``spelled`` what was read for a word nobody uses."""

    count: int
    hits: list[Hit]
    spelled: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ranking:
    """Scores of videos by one of the three ways, and which words each holds."""

    scores: dict[int, float]
    words: dict[int, list[str]]
    known: frozenset[str] = frozenset()  # words that some video holds

    def order(self) -> list[int]:
        return sorted(self.scores, key=lambda pk: (-self.scores[pk], -pk))


def search(
    query: str, *, category: str = "", language: str = "", limit: int = 24, offset: int = 0
) -> SearchResult:
    """Published videos for what a person typed; nothing for a query without a letter, digit or picture sign."""
    query = unicodedata.normalize("NFC", query).strip()[:QUERY_LENGTH]
    if not any(unicodedata.category(sign)[0] in "LN" or unicodedata.category(sign) == "So" for sign in query):
        return SearchResult(0, [])
    words, spelled = query_words(query), dict[str, str]()
    own = ranking(words)
    # a word that the dictionary translates is spelled right, whether or not some video holds it
    if unknown := [word for word in words if word.text not in own.known and not lexicon.translated([word])]:
        words, spelled = _spelled(words, unknown)
        own = ranking(words) if spelled else own
    translated = lexicon.translated(words)
    other = ranking(translated)
    meant = Ranking(meanings.near(query, least=STANDING, most=MEANT), {})
    scores = fused([own, other, meant])
    order = sorted(scores, key=lambda pk: (-scores[pk], -pk))[:MOST]
    shown = videos_shown().filter(pk__in=order)
    if category:
        shown = shown.filter(category=category)
    if language:
        shown = shown.filter(language=language)
    visible = set(shown.order_by().values_list("pk", flat=True))
    kept = [pk for pk in order if pk in visible]
    videos = searchable().in_bulk(kept[offset : offset + limit])
    hits = [
        Hit(
            video=videos[pk],
            score=scores[pk],
            words=tuple(own.words.get(pk, ())),
            translated=tuple(other.words.get(pk, ())),
            meant=pk in meant.scores,
            snippet=snippet(texts_of(videos[pk]), [*words, *translated]),
        )
        for pk in kept[offset : offset + limit]
        if pk in videos
    ]
    return SearchResult(len(kept), hits, spelled)


def ranking(words: Sequence[Word]) -> Ranking:
    """Videos by the words they hold: BM25 summed over the words, times the share of the query they cover."""
    scores: dict[int, float] = {}
    held: dict[int, list[str]] = {}
    weights: dict[str, float] = {}
    for word in words:
        found = engines.hits(word)
        weights[word.text] = 1.0 / (1.0 + len(found)) ** 0.5  # a word that few use says more
        for pk, score in found.items():
            scores[pk] = scores.get(pk, 0.0) + score
            held.setdefault(pk, []).append(word.text)
    total = sum(weights.values()) or 1.0
    covered = {pk: sum(weights[text] for text in texts) / total for pk, texts in held.items()}
    known = frozenset(itertools.chain.from_iterable(held.values()))
    return Ranking({pk: score * covered[pk] for pk, score in scores.items()}, held, known)


def fused(rankings: Sequence[Ranking]) -> dict[int, float]:
    """Reciprocal rank fusion (https://doi.org/10.1145/1571941.1572114): ranks can be added where scores cannot."""
    scores: dict[int, float] = {}
    for one in rankings:
        for rank, pk in enumerate(one.order()[:MOST], 1):
            scores[pk] = scores.get(pk, 0.0) + 1.0 / (RRF_K + rank)
    return scores


def _spelled(words: list[Word], unknown: list[Word]) -> tuple[list[Word], dict[str, str]]:
    """The words, those that no video holds as they must have been meant; and which were so read."""
    near = {word.text: known for word in unknown if (known := engines.spellings(word))}
    read = [with_spelling(word, near[word.text]) if word.text in near else word for word in words]
    return read, {text: known[0] for text, known in near.items()}


def snippet(texts: Texts, words: Sequence[Word]) -> tuple[Part, ...]:
    """The stretch of what is said or written that answers most, its answers marked; empty when only the title does."""
    best: list[tuple[int, int, str]] = []
    text = ""
    for source in (texts.spoken, texts.words):
        marks = spans(source, words)
        if len({said for *_, said in marks}) > len({said for *_, said in best}):
            best, text = marks, source
    if not best:
        return ()
    start = max(0, best[0][0] - SNIPPET // 4)
    while (
        start
        and not text[start - 1].isspace()
        and start > best[0][0] - SNIPPET // 2
        and text[start - 1].isascii()
    ):
        start -= 1
    end = min(len(text), start + SNIPPET)
    parts = [Part("…", False)] if start else []
    at = start
    for first, last, _ in best:
        if last > end:
            break
        parts += [Part(text[at:first], False), Part(text[first:last], True)]
        at = last
    parts.append(Part(text[at:end] + ("…" if end < len(text) else ""), False))
    return tuple(Part(" ".join(part.text.split("\n")), part.marked) for part in parts if part.text)
