"""From a scene's words to the drawings that fit them: keywords found in the text, then the meaning of the whole.

Keywords are exact and say why; meaning finds what no keyword names. Their sum ranks the concepts. Of an idiom neither its
words nor their meaning count, but what it stands for (``idioms``).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.languages import LANGUAGES
from generation.language import embedding
from generation.language.words import content_words, names_zh
from generation.media.pictures import index
from generation.media.pictures.concepts import FLAGS, SIGNS, TAG_WEIGHT, Concept, plain
from generation.media.pictures.idioms import Idiom, idioms_in, without
from generation.media.pictures.illustrations import SETS
from generation.media.pictures.keywords import KeywordIndex
from generation.media.pictures.senses import senses_in

KEYWORD_SHARE = 1.0
MEANING_SHARE = 0.75
_OTHER_MATCHES = 0.3  # what a second keyword of the same drawing adds, as a share of its own strength
_WHOLE_TEXT = 0.4  # what a word of ours or a label adds where it is the whole text
_OF_SUBJECT = 0.4  # standing in meaning from which a subject alone brings a drawing to mind
_WITHIN = 0.45  # standing in meaning from which a drawing belongs to a subject, as ``meaning_scores`` counts
_WORD_WITHIN = 0.5  # what a word of the text adds to a drawing that belongs, as a share of its standing
_NAMED_SCORE = 0.95  # of a drawing that was asked for by its character
_LONGEST = 1000  # letters that are read of a text, as many as its meaning is made of
_LONE = 0.3  # standing in meaning without which one hanzi is another word's, as ``meaning_scores`` counts
_CLEAR = 0.6  # a total below which a drawing that no word names only looks alike
_LOOK_ALIKE = 0.5  # what is left of the standing of a drawing that shares a hanzi with a name
_AS_IT_STANDS = 0.5  # standing in meaning from which the rest of a text speaks of an idiom's letters
_UNSURE = 0.25  # from which it may
_OF_SENSE = (0.9, 0.75, 0.6)  # strength of the drawings of a word's sense, best first
NEVER = -10.0  # strength of a drawing that only another sense of a word stands for
_FULL_MEANING_SIGMA = 5.0  # a cosine this many standard deviations above the mean counts as certain


@dataclass(frozen=True)
class Illustration:
    """A drawing and why it was chosen: ``because`` is the word of the text that decided; ``score`` is in [0, 1).

    An alternative (not the first) that only the sense of the whole text suggests has no such word: ``because`` is "".
    """

    name: str
    set: str
    score: float
    because: str


@dataclass(frozen=True)
class PhraseReading:
    """A text with what is said in figures: ``plain`` is the rest of it, the text itself where that has no word."""

    text: str
    rest: str  # as long as the text, with nothing where an idiom stands
    idioms: tuple[Idiom, ...]

    @property
    def plain(self) -> str:
        return self.rest if any(sign.isalnum() for sign in self.rest) else self.text


@dataclass(frozen=True)
class Scored:
    """The ``index`` of a concept in the concept list with its parts of the score."""

    index: int
    total: float
    keyword: float
    because: str


class Searcher:
    """The drawings of ``setup`` with what is needed to search them; read-only after construction."""

    def __init__(self) -> None:
        self.concepts, vectors = index.load()
        self._vectors: dict[str, NDArray[np.float32]] = {
            language: np.concatenate([vectors[0, i], vectors[1, i]]) for i, language in enumerate(LANGUAGES)
        }  # (2n, 384): words of every concept, then labels
        self._worth = np.array([concept.worth for concept in self.concepts], dtype=np.float32)
        self._by_character = {concept.character: at for at, concept in enumerate(self.concepts)}
        self._letters = [frozenset("".join(word for word, _ in c.words["zh"])) for c in self.concepts]
        self._by_keyword: dict[str, dict[str, list[tuple[int, float]]]] = {}
        self._index: dict[str, KeywordIndex] = {}
        for language in LANGUAGES:
            table: dict[str, list[tuple[int, float]]] = defaultdict(list)
            for at, concept in enumerate(self.concepts):
                for word, weight in concept.words[language]:
                    table[word].append((at, weight))
            self._by_keyword[language] = table
            self._index[language] = KeywordIndex(table)

    def named(self, text: str) -> list[int]:
        """Indexes of the concepts whose characters ``text`` consists of, parted by spaces; none for a text with words."""
        if any(sign.isalpha() for sign in text):
            return []
        found = (self._by_character.get(plain(character)) for character in text.split())
        return list(dict.fromkeys(at for at in found if at is not None))

    def read(self, text: str, language: str) -> PhraseReading:
        """The text with its idioms, but for those that the rest shows to be meant as they stand: cake at a birthday.

        Where it is not sure an idiom draws nothing, neither its meaning nor its letters: the rest of the text decides.
        """
        found = idioms_in(text, language)
        unsure = [idiom for idiom in found if idiom.is_both_ways]
        rest = without(text, found, language)
        if unsure and any(sign.isalnum() for sign in rest):
            meaning = self.meaning_scores(rest, language)
            for idiom in unsure:
                letters = self._letters_of(text, idiom, language, parts_only=True)
                standing = max((float(meaning[at]) for at in letters), default=0.0)
                if standing >= _AS_IT_STANDS:
                    found.remove(idiom)
                elif standing >= _UNSURE:
                    found[found.index(idiom)] = replace(idiom, draw=())
            rest = without(text, found, language)
        return PhraseReading(text, rest, tuple(found))

    def _letters_of(self, text: str, idiom: Idiom, language: str, *, parts_only: bool = False) -> set[int]:
        """Concepts that the words inside an idiom name; with ``parts_only`` none that it names as a whole."""
        said = text[idiom.start : idiom.end].lower()
        table = self._by_keyword[language]
        words = {match.keyword for match in self._index[language].find(said)}
        if language == "zh":  # an idiom is one word to the segmenter, so that no hanzi of it is
            ends = range(len(said) + 1)
            words |= {said[start:end] for end in ends for start in range(end) if said[start:end] in table}
        whole = len(said) if parts_only else len(said) + 1
        found = {at for word in words if len(word) < whole for at, _ in table[word]}
        return found | {at for sense in senses_in(said, language) for at in self._indexes(sense.sense.draw)}

    def keyword_scores(
        self, reading: PhraseReading, language: str, *, meaning: NDArray[np.float32] | None = None
    ) -> dict[int, tuple[float, str]]:
        """Index of a concept → (strength in [0, about 1.5], the word of the text that gave most of it).

        With the text's ``meaning`` one hanzi counts only for drawings that the whole text comes near to. A drawing of
        another sense of a word than it has here, or of the letters of an idiom, has strength ``NEVER``.
        """
        text = reading.rest
        hits: dict[int, list[tuple[float, str]]] = defaultdict(list)
        whole = len(reading.text.strip())
        never: dict[int, str] = {}
        for idiom in reading.idioms:
            said = reading.text[idiom.start : idiom.end]
            drawn = self._indexes(idiom.draw)
            for rank, at in enumerate(drawn):
                hits[at].append((_OF_SENSE[min(rank, len(_OF_SENSE) - 1)], said))
            never |= dict.fromkeys(self._letters_of(reading.text, idiom, language) - set(drawn), said)
        figures = frozenset(never.values())
        for sense in senses_in(text, language):
            for rank, at in enumerate(self._indexes(sense.sense.draw)):
                hits[at].append((_OF_SENSE[min(rank, len(_OF_SENSE) - 1)], sense.word))
            wrong = {at for at, _ in self._by_keyword[language].get(sense.keyword, [])}
            wrong |= set(self._indexes(sense.others))
            never |= dict.fromkeys(wrong - set(self._indexes(sense.sense.draw)), sense.word)
        for searched in (language,) if language == "en" else LANGUAGES:
            table = self._by_keyword[searched]
            for found in self._index[searched].find(text):
                rarity = self._rarity(len(table[found.keyword]))
                for at, weight in table[found.keyword]:
                    is_lone = found.end - found.start == 1 and whole > 1
                    if meaning is not None and is_lone and meaning[at] < _LONE:
                        continue
                    strength = found.fit * weight * rarity * float(self._worth[at])
                    if found.end - found.start == whole and weight > TAG_WEIGHT:
                        strength += _WHOLE_TEXT * weight
                    hits[at].append((strength, text[found.start : found.end]))
                    if at in never and never[at] in figures:
                        del never[at]  # the text speaks of it beside the idiom too
        scores = {}
        for at, rows in hits.items():
            if at in never:
                continue
            best: dict[str, float] = {}
            for strength, word in rows:
                best[word] = max(best.get(word, 0.0), strength)
            ordered = sorted(best.items(), key=lambda item: -item[1])
            extra = sum(strength for _, strength in ordered[1:])
            scores[at] = (ordered[0][1] + _OTHER_MATCHES * extra, ordered[0][0])
        return scores | {at: (NEVER, word) for at, word in never.items()}

    def _indexes(self, characters: Iterable[str]) -> list[int]:
        found = (self._by_character.get(plain(character)) for character in characters)
        return [at for at in found if at is not None]

    def _rarity(self, count: int) -> float:
        """1 for a keyword of one drawing, less the more drawings share it (idf, in [0, 1])."""
        return 1.0 - math.log(count) / math.log(len(self.concepts))

    def meaning_scores(self, text: str, language: str) -> NDArray[np.float32]:
        """(n,) strength in about [-1, 1]: how far each concept's cosine stands above the average one."""
        row = embedding.embed([text], kind="query")[0]
        return self._standardized(row, language)

    def _standardized(self, row: NDArray[np.float32], language: str) -> NDArray[np.float32]:
        cosines = self._vectors[language] @ row
        n = len(self.concepts)
        parts = cosines.reshape(2, n)
        parts = (parts - parts.mean(axis=1, keepdims=True)) / parts.std(axis=1, keepdims=True)
        standing: NDArray[np.float32] = (0.7 * parts[0] + 0.3 * parts[1]) / _FULL_MEANING_SIGMA
        return standing

    def rank(
        self,
        text: str,
        language: str,
        *,
        keyword_share: float = KEYWORD_SHARE,
        meaning_share: float = MEANING_SHARE,
    ) -> list[Scored]:
        """Every concept with a positive score, best first."""
        totals = np.zeros(len(self.concepts), dtype=np.float32)
        reading = self.read(text, language)
        meaning = self.meaning_scores(reading.plain, language) if meaning_share else None
        keywords = self.keyword_scores(reading, language, meaning=meaning) if keyword_share else {}
        if meaning is not None:
            totals += meaning_share * meaning * self._worth
            if keyword_share:
                totals[self._look_alikes(reading.rest, language, keywords)] *= _LOOK_ALIKE
            flags = [i for i, c in enumerate(self.concepts) if c.group == FLAGS and i not in keywords]
            totals[flags] = -1.0
        for at, (strength, _) in keywords.items():
            totals[at] += keyword_share * strength
        order = np.argsort(-totals, kind="stable")
        return [
            Scored(int(i), float(totals[i]), *keywords.get(int(i), (0.0, "")))
            for i in order[:100]
            if totals[i] > 0
        ]

    def _look_alikes(self, text: str, language: str, keywords: Container[int]) -> list[int]:
        """Concepts that no word of a Chinese text names, and that share a name's first hanzi: 钱学森 is no money."""
        if language != "zh":
            return []
        first = {name[0] for name in names_zh(text) if len(name) > 1}
        return [at for at, letters in enumerate(self._letters) if at not in keywords and letters & first]

    def because(self, at: int, text: str, language: str) -> str:
        """The word of ``text`` nearest in meaning to a concept that no keyword found."""
        words = content_words(text, language)[:12]
        if len(words) < 2:
            return words[0] if words else text.strip()
        rows = embedding.embed(words, kind="query")
        standings = [float(self._standardized(row, language)[at]) for row in rows]
        return words[int(np.argmax(standings))]


@lru_cache(maxsize=1)
def searcher() -> Searcher:
    """The one searcher of this process (about 0.3 s at the first call)."""
    return Searcher()


@lru_cache(maxsize=1)
def signs() -> frozenset[tuple[str, str]]:
    """(set, name) of the drawings that are signs: arrows, crosses, warnings."""
    return frozenset(
        (picture_set, name)
        for concept in searcher().concepts
        if concept.group == SIGNS
        for picture_set, name in concept.names.items()
    )


def search(
    text: str,
    *,
    language: str,
    k: int = 5,
    preferred: str | None = None,
    sets: Sequence[str] | None = None,
    topic: str = "",
) -> list[Illustration]:
    """The ``k`` drawings that fit ``text`` best, best first, no concept twice.

    They come from the ``preferred`` set, then from ``sets`` in their order; a concept that none of these draws comes
    from the other sets. The first thousand letters are read. A text that consists of drawings' characters ("🍉 👂") names
    them: these come first. A text that nothing depicts, neither a word of it nor its sense, gets its ``topic``'s drawing
    first, where a word of that names one. Empty for a text without a word. Raises ``AssetMissing`` before set-up.
    """
    text = text[:_LONGEST]
    if not text.strip():
        return []
    found = searcher()
    named = found.named(text)
    if named:
        return [*named_pictures(text, language=language, preferred=preferred, sets=sets)][:k] + _others(
            found.concepts[named[0]].label[language], named, language, k - len(named), preferred, sets
        )
    pictures = []
    ranked = found.rank(text, language)
    said = found.read(text, language).plain
    if topic.strip() and ranked and ranked[0].keyword <= 0 and ranked[0].total < _CLEAR:
        of_topic = found.rank(topic[:_LONGEST], language)[:1]
        if of_topic and of_topic[0].keyword > 0:
            ranked = of_topic + [scored for scored in ranked if scored.index != of_topic[0].index]
            said = topic
    for i, scored in enumerate(ranked[:k]):
        because = scored.because
        if not because:  # worth the time of embedding every word only for the drawing that is shown
            because = found.because(scored.index, said, language) if i == 0 else ""
        pictures.append(
            _picture(found.concepts[scored.index], _confidence(scored.total), because, preferred, sets)
        )
    return pictures


def named_pictures(
    text: str, *, language: str, preferred: str | None = None, sets: Sequence[str] | None = None
) -> list[Illustration]:
    """The drawings whose characters ``text`` consists of, in its order; empty for any other text."""
    found = searcher()
    concepts = [found.concepts[at] for at in found.named(text[:_LONGEST])]
    return [_picture(concept, _NAMED_SCORE, concept.label[language], preferred, sets) for concept in concepts]


def search_within(
    text: str,
    subject: str,
    *,
    language: str,
    k: int = 5,
    preferred: str | None = None,
    of_subject: bool = False,
) -> list[Illustration]:
    """The ``k`` drawings that fit ``text`` as part of what is told about ``subject``, best first.

    The sense of both together ranks them; a word of the text counts only for drawings that belong there, so that "pick"
    in a text on watermelons is no pickaxe. A text that nothing depicts gets its subject's drawing. With ``of_subject`` only
    drawings are found that the subject alone brings to mind: no doughnut for a sweet watermelon.
    """
    text, subject = text[:_LONGEST], subject[:_LONGEST]
    if not text.strip():
        return []
    found = searcher()
    reading = found.read(text, language)
    senses = found.meaning_scores(f"{subject}. {reading.rest}", language)
    keywords = found.keyword_scores(reading, language)
    totals = senses * np.array([concept.worth for concept in found.concepts], dtype=np.float32)
    totals[
        [i for i, concept in enumerate(found.concepts) if concept.group == FLAGS and i not in keywords]
    ] = -1.0
    if of_subject:
        totals[found.meaning_scores(subject, language) < _OF_SUBJECT] = -1.0
    words: dict[int, str] = {}
    for at, (strength, word) in keywords.items():
        if strength == NEVER:
            totals[at] = -1.0
        elif senses[at] >= _WITHIN:
            totals[at] *= 1.0 + _WORD_WITHIN * strength
            words[at] = word
    order = [int(i) for i in np.argsort(-totals, kind="stable")[:k] if totals[i] > 0]
    return [
        _picture(
            found.concepts[i],
            _confidence(float(totals[i])),
            words.get(i) or (found.because(i, f"{subject} {text}", language) if place == 0 else ""),
            preferred,
            None,
        )
        for place, i in enumerate(order)
    ]


def _others(
    text: str,
    left_out: Sequence[int],
    language: str,
    k: int,
    preferred: str | None,
    sets: Sequence[str] | None,
) -> list[Illustration]:
    """Drawings near to ``text`` to swap in, without those that are there."""
    found = searcher()
    near = [scored for scored in found.rank(text, language) if scored.index not in left_out][: max(k, 0)]
    return [_picture(found.concepts[s.index], _confidence(s.total), "", preferred, sets) for s in near]


def _picture(
    concept: Concept, score: float, because: str, preferred: str | None, sets: Sequence[str] | None
) -> Illustration:
    order = dict.fromkeys([*(s for s in (preferred, *(sets or ())) if s in SETS), *SETS])
    chosen = next(s for s in order if s in concept.names)
    return Illustration(concept.names[chosen], chosen, round(score, 4), because)


def _confidence(total: float) -> float:
    """A total in [0, ∞) as a score in [0, 1): 0.63 is where a clear keyword alone stands."""
    return 1.0 - math.exp(-max(total, 0.0))
