"""Spoken words → caption pages: a few words at a time, broken where the voice pauses, written as the script is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from generation.media.scenes.line_breaks import break_evenly, pieces, unbreakable
from generation.media.scenes.typography import shape
from generation.storyboard import Cue

# what a page may hold in em of the heaviest weight: about 10 hanzi or 5 English words
PAGE_EM = {"zh": 10.1, "en": 10.1}
PAGE_WORDS = {"zh": 12, "en": 5}
SHORT_EM = {"zh": 5.0, "en": 7.0}  # a clause this short joins its neighbor
SENTENCE_END = frozenset("。！？!?.…")
CLAUSE_END = frozenset("，、；：,;:—")
HUSHED = "，、。；：,;:."  # marks that a page does without at its end
LINGER = 0.45  # seconds a page stays after its last word
JOIN = 0.7  # a gap shorter than this is bridged


@dataclass(frozen=True)
class CaptionWord:
    """What is marked at once: a word with the marks that cling to it; seconds as the cues count them."""

    text: str
    start: float
    end: float


@dataclass(frozen=True)
class CaptionPage:
    """Shown from ``start`` to before ``end``; ``words`` keep their own spaces."""

    words: tuple[CaptionWord, ...]
    start: float
    end: float

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words).strip()


def caption_pages(narration: str, cues: Sequence[Cue], language: str) -> list[CaptionPage]:
    """The pages of one narration; its punctuation comes from ``narration``, its times from ``cues``.

    A cue whose text is not in the narration is shown as the voice said it.
    """
    words = [piece for word in timed_words(narration, cues) for piece in _in_pieces(word, language)]
    groups = [page for clause in _clauses(words, language) for page in _split(clause, language)]
    pages = []
    for i, group in enumerate(groups):
        start = group[0].start
        end = group[-1].end + LINGER
        if i + 1 < len(groups):
            following = groups[i + 1][0].start
            end = following if following - group[-1].end < JOIN else min(end, following)
        else:
            end = max(end, start + 0.05)
        pages.append(CaptionPage(_hushed(group), round(start, 4), round(end, 4)))
    return pages


def timed_words(narration: str, cues: Sequence[Cue]) -> list[CaptionWord]:
    """The narration's unbreakable parts with the times of the cues inside them; in order, never overlapping."""
    text, spans, cursor = narration, [], 0
    for cue in cues:
        said = cue.text.strip()
        at = text.find(said, cursor) if said else cursor
        if at < 0:
            text = text[:cursor] + said + text[cursor:]
            at = cursor
        spans.append((at, at + len(said), cue))
        cursor = at + len(said)
    words: list[CaptionWord] = []
    position, held = 0, ""
    for part in unbreakable(text):
        stop = position + len(part)
        inside = [span for span in spans if span[0] < stop and span[1] > position]
        if inside:
            start, end = _moment(inside[0], position), _moment(inside[-1], stop)
            words.append(CaptionWord(held + part, start, end))
            held = ""
        elif words:
            words[-1] = CaptionWord(words[-1].text + part, words[-1].start, words[-1].end)
        else:
            held += part
        position = stop
    return _in_order(words)


def _moment(span: tuple[int, int, Cue], place: int) -> float:
    """When the voice is at ``place`` of the text within a cue of several parts, such as an address: by its letters."""
    first, last, cue = span
    share = min(max((place - first) / max(last - first, 1), 0.0), 1.0)
    return cue.start + share * (cue.end - cue.start)


def _in_pieces(word: CaptionWord, language: str) -> list[CaptionWord]:
    """A word that is wider than a page in pieces that are not, each while its share of the word is said."""
    parts = pieces(word.text, most_em=PAGE_EM[language], weight=800)
    share = (word.end - word.start) / max(sum(map(len, parts)), 1)
    made, at = [], word.start
    for part in parts:
        made.append(CaptionWord(part, at, at + share * len(part)))
        at = made[-1].end
    return made


def _in_order(words: list[CaptionWord]) -> list[CaptionWord]:
    ordered: list[CaptionWord] = []
    clock = 0.0
    for word in words:
        start = max(word.start, clock)
        clock = max(word.end, start)
        ordered.append(CaptionWord(word.text, start, clock))
    return ordered


@lru_cache(maxsize=4096)
def _em(text: str) -> float:
    return shape(text.strip(), weight=800).advance


def _length(words: Sequence[CaptionWord]) -> float:
    return _em("".join(word.text for word in words))


def _fits(words: Sequence[CaptionWord], language: str) -> bool:
    return len(words) <= PAGE_WORDS[language] and _length(words) <= PAGE_EM[language]


def _clauses(words: Sequence[CaptionWord], language: str) -> list[list[CaptionWord]]:
    """Runs of words between pauses; a short clause joins the one before it while the two fit one page."""
    clauses: list[list[CaptionWord]] = [[]]
    for word in words:
        clauses[-1].append(word)
        if word.text.rstrip(" ”’」』）)\"'")[-1:] in SENTENCE_END | CLAUSE_END:
            clauses.append([])
    merged: list[list[CaptionWord]] = []
    for clause in filter(None, clauses):
        before = merged[-1] if merged else []
        sentence_over = bool(before) and before[-1].text.rstrip()[-1:] in SENTENCE_END
        short = bool(before) and min(_length(before), _length(clause)) <= SHORT_EM[language]
        if before and short and not sentence_over and _fits(before + clause, language):
            before.extend(clause)
        else:
            merged.append(list(clause))
    return merged


def _split(clause: list[CaptionWord], language: str) -> list[list[CaptionWord]]:
    """A clause in as few even pages as hold it; a single word longer than a page stands alone."""
    texts = [word.text for word in clause]
    for count in range(1, len(clause) + 1):
        broken = break_evenly(texts, count, weight=800, family="sans")
        if broken is None:
            break
        pages, start = [], 0
        for line in broken:
            stop = start
            while stop < len(clause) and len("".join(texts[start:stop]).strip()) < len(line):
                stop += 1
            pages.append(clause[start:stop])
            start = stop
        pages[-1].extend(clause[start:])
        if all(page and _fits(page, language) for page in pages):
            return pages
    return [[word] for word in clause]


def _hushed(words: Sequence[CaptionWord]) -> tuple[CaptionWord, ...]:
    """Without the comma or full stop at the page's end: the page's end says as much."""
    *others, last = words
    text = last.text.rstrip()
    while len(text) > 1 and text[-1] in HUSHED and not text.endswith(("...", "p.m.", "a.m.")):
        text = text[:-1]
    return (*others, CaptionWord(text, last.start, last.end))
