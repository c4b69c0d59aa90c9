"""Terms found in a text however they are written, all at once (Aho–Corasick), with their place in the original.

A term counts
- in plain writing where it stands; of Latin letters only as a whole word (so Scunthorpe is a town);
- by its sound (homophones, whole pinyin) only where the letters are a word of their own or the hanzi are no words:
  people who write 沙比 mean something, people who write 沙壁 in 沙壁画 do not;
- by its initials (sb) as a whole word in a text that has hanzi, for in English sb is somebody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ahocorasick_rs import AhoCorasick, MatchKind

from generation.language.evasion.characters import tables
from generation.language.evasion.mapped import Mapped
from generation.language.evasion.parts import is_usual_word
from generation.language.evasion.readings import canonical
from generation.language.evasion.sounds import sounded
from generation.language.hanzi import HANZI

How = Literal["plain", "sound", "initials"]
LISTS = Path(__file__).parent
LEAST_SYLLABLES = 2
# of two hanzi, only these are looked for in other hanzi of the same sound; too many names sound like some abuse (陈楚生)
HEARD_PAIRS = frozenset("傻逼 煞笔 脑残 智障 黑鬼 支那 约炮 裸聊".split())
_SURE = {"plain": 1.0, "initials": 0.9, "sound": 0.85}  # how much a reading is trusted


@dataclass(frozen=True)
class Term:
    text: str  # in plain writing
    policy: str
    severity: float
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class TermHit:
    """A term at ``start:end`` of the original text, found in what way; ``score`` is 0–1."""

    term: Term
    start: int
    end: int
    how: How

    @property
    def score(self) -> float:
        return round(self.term.severity * _SURE[self.how], 3)


class TermList:
    """Groups of terms as a list file holds them; raises ``ValueError`` for a group that is none."""

    def __init__(self, groups: Iterable[dict[str, Any]], *, version: str = "") -> None:
        self.version = version
        self._terms: list[Term] = []
        exceptions: list[str] = []
        for group in groups:
            self._terms += _terms_of(group)
            exceptions += [canonical(text).text for text in group.get("exceptions", ())]
        self._plain = AhoCorasick([term.text for term in self._terms])
        self._exceptions = AhoCorasick(sorted(set(exceptions)), matchkind=MatchKind.Standard)
        heard = [sounded(Mapped.of(term.text)).text if _is_heard(term) else "" for term in self._terms]
        self._heard = [place for place, text in enumerate(heard) if len(text) >= LEAST_SYLLABLES]
        self._sounds = AhoCorasick([heard[place] for place in self._heard])
        by_text = {term.text: term for term in self._terms}
        slang = {short: by_text.get(whole) for short, whole in tables()["slang"].items()}
        self._slang = {
            short: term for short, term in slang.items() if term is not None and not short.isdecimal()
        }
        self._initials = AhoCorasick(list(self._slang))

    def __len__(self) -> int:
        return len(self._terms)

    def hits(self, text: str) -> list[TermHit]:
        """Where terms stand in ``text``, each place once by its strongest term."""
        plain = canonical(text)
        allowed = [(start, end) for _, start, end in _found(self._exceptions, plain.text)]
        hits = [*self._in_plain(plain, allowed), *self._by_sound(plain, allowed)]
        if HANZI.search(plain.text):
            hits += self._by_initials(plain)
        return _strongest(hits)

    def _in_plain(self, plain: Mapped, allowed: Sequence[tuple[int, int]]) -> list[TermHit]:
        found: list[TermHit] = []
        for place, start, end in _found(self._plain, plain.text):
            term = self._terms[place]
            inside = any(first <= start and end <= last for first, last in allowed)
            if inside or not _is_word(plain.text, start, end) or not _is_after(plain.text, start, term):
                continue
            found.append(TermHit(term, *plain.span(start, end), "plain"))
        return found

    def _by_sound(self, plain: Mapped, allowed: Sequence[tuple[int, int]]) -> list[TermHit]:
        heard = sounded(Mapped.of(plain.text))
        found: list[TermHit] = []
        for place, first, last in _found(self._sounds, heard.text):
            start, end = heard.span(first, last)
            written = plain.text[start:end]
            term = self._terms[self._heard[place]]
            inside = any(begin <= start and end <= until for begin, until in allowed)
            short = len(term.text) == 2 and term.text not in HEARD_PAIRS and HANZI.search(written)
            if inside or short or written == term.text or not _is_hidden(plain.text, start, end):
                continue
            found.append(TermHit(term, *plain.span(start, end), "sound"))
        return found

    def _by_initials(self, plain: Mapped) -> list[TermHit]:
        shorts = list(self._slang)
        return [
            TermHit(self._slang[shorts[place]], *plain.span(start, end), "initials")
            for place, start, end in _found(self._initials, plain.text)
            if _is_word(plain.text, start, end)
        ]


@cache
def known_terms() -> TermList:
    """The lists that come with the site, both languages in one."""
    lists = [json.loads(place.read_text(encoding="utf-8")) for place in sorted(LISTS.glob("*.json"))]
    versions = " ".join(f"{one['language']}-{one['version']}" for one in lists)
    return TermList([group for one in lists for group in one["groups"]], version=versions)


def _terms_of(group: dict[str, Any]) -> list[Term]:
    severity = float(group["severity"])
    if not 0 < severity <= 1:
        raise ValueError(f"A severity lies in (0, 1], not {severity:g}.")
    after = tuple(group.get("after", ()))
    texts = dict.fromkeys(canonical(text).text for text in group["terms"])
    return [Term(text, str(group["policy"]), severity, after) for text in texts if text]


def _found(machine: AhoCorasick, text: str) -> list[tuple[int, int, int]]:
    return list(machine.find_matches_as_indexes(text, overlapping=True))


def _is_heard(term: Term) -> bool:
    return not term.after and all(HANZI.match(one) for one in term.text)


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether Latin letters at both ends of the span end there."""
    opens = not (_is_latin(text[start]) and start > 0 and _is_latin(text[start - 1]))
    return opens and not (_is_latin(text[end - 1]) and end < len(text) and _is_latin(text[end]))


def _is_after(text: str, start: int, term: Term) -> bool:
    return not term.after or any(text[:start].endswith(one) for one in term.after)


def _is_hidden(text: str, start: int, end: int) -> bool:
    """Whether a span that only sounds like a term reads badly as it stands."""
    if not _is_word(text, start, end):
        return False
    written = text[start:end]
    if HANZI.search(written) is None:  # pinyin in a text that is not English
        return HANZI.search(text) is not None or len(written) >= 6
    around = range(max(start - 1, 0), min(end, len(text) - 1))
    return not any(is_usual_word(text[i : i + 2]) for i in around)


def _strongest(hits: list[TermHit]) -> list[TermHit]:
    kept: list[TermHit] = []
    for hit in sorted(hits, key=lambda one: (-one.score, one.start - one.end, one.start)):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda one: one.start)
