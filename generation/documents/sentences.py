"""A text in sentences that know where they stand: paragraphs, headings and lists are told apart, wrapped lines joined.

Works on a text that ``prepared`` has put in order; every sentence is a span of it. No model, no network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from core.languages import Language
from generation.language.cleaning import text_cleaned
from generation.language.hanzi import HANZI, HANZI_CLASS
from generation.language.length import length

BlockKind = Literal["heading", "paragraph", "item"]

_REFERENCE = re.compile(
    r"(?<=\S)[ ]?(?:\[(?:\d{1,3}(?:[,–-] ?\d{1,3})*|[a-z]|note \d+|citation needed|来源请求|[注註] ?\d+)\]|［\d{1,3}］)"
)
_MARKED_HEADING = re.compile(r"^(#{1,6})\s+(?=\S)")
_ITEM = re.compile(
    r"^(?:[-–—•·*+◆●■□▪]\s+|[(（]?\d{1,2}[.)、）．](?!\d)\s*|[(（][一二三四五六七八九十]{1,3}[)）]\s*|[①-⑳]\s*"
    r"|[一二三四五六七八九十]{1,3}、\s*)(?=\S)"
)
_ENDS = re.compile(r"[。！？!?…；;]['\"”’」』)）]*$|\.['\"”’)]*$")
_SEVERAL = re.compile(r"[。！？]|[.!?][\"”’]?\s")  # sentences on one line
_LEADS = re.compile(r"[:：]$")
# From here on an article lists where it comes from; nothing of it is told
_BACK_MATTER = re.compile(
    r"^(?:references|notes|see also|external links|further reading|bibliography|sources|footnotes|acknowledge?ments?"
    r"|参考(?:文献|资料|来源)?|參考(?:文獻|資料)?|注释|註釋|脚注|参见|參見|另见|外部(?:链接|連結)|延伸阅读|扩展阅读|相关条目|致谢)[:：]?$",
    re.IGNORECASE,
)
_BOOK_START = re.compile(r"^\*{3} ?START OF .*$", re.MULTILINE)
_BOOK_END = re.compile(r"^\*{3} ?END OF .*$", re.MULTILINE)
_LONGEST_HEADING = {"zh": 26, "en": 14}  # hanzi, words
_WRAPPED_FROM = {"zh": 20, "en": 45}  # letters of a line, from which its end may be where a page ended
_FULL_LINE = 0.72  # of the usual width

_ZH_END = re.compile(r"[。！？!?]+|…{1,2}(?=[”’」』]|\s|$)|\.(?=\s|$)")
_EN_END = re.compile(r"[.!?…]+")
_CLOSING = "”’」』\"')）]】》"
_QUOTES = {"“": "”", "「": "」", "『": "』"}
_LONGEST_QUOTE = 300  # letters, after which an open quote is taken for a slip
_ABBREVIATION = re.compile(
    r"(?:^|[\s(“\"])(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|Mt|Ft|Gen|Col|Capt|Lt|Sgt|Rev|Hon|Gov|Sen|Rep|Pres|Esq|Messrs|Mme|Mlle"
    r"|No|Nos|Vol|vol|Ch|ch|Fig|fig|Figs|Eq|Sec|sec|pp|p|vs|v|cf|ca|c|approx|ed|eds|al|etc|e\.g|i\.e|a\.m|p\.m|Inc|Ltd|Co|Corp"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|viz|Art|art|Op|op|[A-Z]|(?:[A-Za-z]\.)+[A-Za-z])$"
)
_MAYBE_LAST = re.compile(
    r"(?:etc|a\.m|p\.m|Inc|Ltd|Co|Corp|Jr|Sr|(?:[A-Z]\.)+[A-Z])$"
)  # may end a sentence too
_OPENS = re.compile(r"[\"“‘'(\[]*(?:[A-Z0-9$£€]|[" + HANZI_CLASS + "])")
_PART_LEAST = {"zh": 10, "en": 7}  # of a part between semicolons that is told alone
_PARTED_FROM = {"zh": 36, "en": 26}  # a sentence as long as this is parted at its semicolons


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or an item of a list: ``[start, end)`` of the text, without the mark before it."""

    kind: BlockKind
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """``text`` is the span ``[start, end)`` on one line; ``block`` and ``place`` count from 0, ``of`` is the block's sentences.

    ``first_in_section`` is the first after a heading; ``listed`` one in a list.
    """

    text: str
    start: int
    end: int
    block: int
    place: int
    of: int
    heading: str = ""
    first_in_section: bool = False
    listed: bool = False


@dataclass(frozen=True)
class Document:
    """A prepared ``text`` with its sentences in order; ``title`` is "" where it has none."""

    text: str
    language: Language
    title: str
    sentences: tuple[Sentence, ...]


def prepared(text: str) -> str:
    """``text`` without what nobody sees, without reference marks and without a library's words around a book."""
    text = text_cleaned(text)
    if start := _BOOK_START.search(text):
        text = text[start.end() :]
    if end := _BOOK_END.search(text):
        text = text[: end.start()]
    return text_cleaned(_REFERENCE.sub("", text))


def document_of(text: str, language: Language) -> Document:
    """The sentences of a text as it was pasted or read; empty where it holds none."""
    text = prepared(text)
    blocks = list(_blocks(text, language))
    title, heading = "", ""
    found: list[Sentence] = []
    fresh = False
    for number, block in enumerate(blocks):
        words = one_line(text[block.start : block.end], language)
        if block.kind == "heading":
            if _BACK_MATTER.match(words):
                break
            if not title and not found:
                title = words
            else:
                heading = words
            fresh = True
            continue
        spans = list(_spans(text, block, language))
        for place, (start, end) in enumerate(spans):
            found.append(
                Sentence(
                    one_line(text[start:end], language),
                    start,
                    end,
                    number,
                    place,
                    len(spans),
                    heading,
                    first_in_section=fresh and place == 0,
                    listed=block.kind == "item",
                )
            )
        fresh = fresh and not spans
    return Document(text, language, title, tuple(found))


def one_line(text: str, language: str) -> str:
    """A span of a text as one line: where a Chinese line was wrapped nothing stood, where an English one was, a space."""
    if language == "zh":
        text = re.sub(rf"(?<=[{HANZI_CLASS}，。！？；：、”』」）])\n(?=[{HANZI_CLASS}“『「（])", "", text)
    return " ".join(re.sub(r"(?<=[A-Za-z])-\n(?=[a-z])", "-", text).split())


def _blocks(text: str, language: Language) -> Iterator[Block]:
    lines = _lines(text)
    width = _width([line for line, _ in lines if line], language)
    at = 0
    while at < len(lines):
        line, start = lines[at]
        if not line:
            at += 1
            continue
        blank_before = at == 0 or not lines[at - 1][0]
        following = lines[at + 1][0] if at + 1 < len(lines) else ""
        if mark := _MARKED_HEADING.match(line):
            yield Block("heading", start + mark.end(), start + len(line))
            at += 1
            continue
        if _is_heading(line, following, blank_before, language):
            yield Block("heading", start, start + len(line))
            at += 1
            continue
        mark = _ITEM.match(line)
        begin = start + (mark.end() if mark else 0)
        while at + 1 < len(lines) and _goes_on(lines[at][0], lines[at + 1][0], width, language):
            at += 1
        yield Block("item" if mark else "paragraph", begin, lines[at][1] + len(lines[at][0]))
        at += 1


def _lines(text: str) -> list[tuple[str, int]]:
    """Each line with the place where it begins."""
    found, at = [], 0
    for line in text.split("\n"):
        found.append((line, at))
        at += len(line) + 1
    return found


def _width(lines: list[str], language: Language) -> int:
    """How long a full line is, in letters; 0 where the lines are not wrapped."""
    lengths = sorted(len(line) for line in lines)
    if len(lengths) < 4:
        return 0
    usual = lengths[int(0.9 * (len(lengths) - 1))]
    near = sum(_FULL_LINE * usual <= n <= 1.15 * usual for n in lengths)
    return usual if usual >= _WRAPPED_FROM[language] and near >= 0.5 * len(lengths) else 0


def _goes_on(line: str, following: str, width: int, language: Language) -> bool:
    """Whether the next line continues this one's paragraph."""
    if not following or _ITEM.match(following) or _MARKED_HEADING.match(following):
        return False
    if width and len(line) >= _FULL_LINE * width and len(line) <= 1.15 * width:
        return True
    if _ENDS.search(line) or _LEADS.search(line):
        return False
    if language == "en":
        return following[:1].islower()
    return line.endswith(("，", "、", ",")) or bool(width)


def _is_heading(line: str, following: str, blank_before: bool, language: Language) -> bool:
    if _ENDS.search(line) or _LEADS.search(line) or line.endswith((",", "，", "、")) or _ITEM.match(line):
        return bool(_BACK_MATTER.match(line))
    if (
        _SEVERAL.search(line)
        or length(line, language) > _LONGEST_HEADING[language]
        or not any(c.isalpha() for c in line)
    ):
        return False
    if language == "en" and not line[:1].isupper() and not line[:1].isdigit():
        return False
    # before a text, or alone between empty lines
    return blank_before and (not following or len(following) > 2 * len(line))


def _spans(text: str, block: Block, language: Language) -> Iterator[tuple[int, int]]:
    """(start, end) of the sentences in a block; a long one is parted at its semicolons."""
    for start, end in _whole_spans(text, block, language):
        words = text[start:end]
        if length(words, language) < _PARTED_FROM[language]:
            yield start, end
            continue
        parts = [
            (start + found.start(), start + found.end())
            for found in re.finditer(r"\S[^；;]*(?:[；;]|$)", words.replace("\n", " "))
        ]
        enough = all(
            length(text[a:b], language) >= _PART_LEAST[language] and _is_closed(text[a:b]) for a, b in parts
        )
        yield from parts if enough and len(parts) > 1 else [(start, end)]


def _is_closed(part: str) -> bool:
    """Whether every bracket and quote that a part opens or closes has its other half in it."""
    pairs = (("(", ")"), ("（", "）"), ("[", "]"), ("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"))
    return part.count('"') % 2 == 0 and all(part.count(a) == part.count(b) for a, b in pairs)


def _whole_spans(text: str, block: Block, language: Language) -> Iterator[tuple[int, int]]:
    pattern = _ZH_END if language == "zh" else _EN_END
    start, at = block.start, block.start
    while found := pattern.search(text, at, block.end):
        end = found.end()
        while end < block.end and text[end] in _CLOSING:
            end += 1
        at = end
        if not _really_ends(text, start, found, end, block.end, language):
            continue
        if any(c.isalnum() for c in text[start:end]):
            yield start, end
        start = at = _skipped(text, end, block.end)
    start = _skipped(text, start, block.end)
    if start < block.end and any(c.isalnum() for c in text[start : block.end]):
        yield start, block.end


def _skipped(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _really_ends(
    text: str, start: int, found: re.Match[str], end: int, block_end: int, language: Language
) -> bool:
    """Whether a mark ends its sentence: not inside a quote, an abbreviation or a number."""
    if _in_quote(text[start:end]):
        return False
    if language == "zh":
        if text[end - 1] in "”」』" and end < block_end and HANZI.match(text[end]):
            return False  # “好！”他说
        return found.group() != "." or bool(HANZI.search(text[max(found.start() - 1, 0)]))
    if end >= block_end:
        return True
    if not text[end].isspace():
        return False
    rest = text[_skipped(text, end, block_end) : block_end]
    if found.group() == ".":
        before = text[max(start, found.start() - 12) : found.start()]
        if _ABBREVIATION.search(before) and not (_MAYBE_LAST.search(before) and _OPENS.match(rest)):
            return False
    return bool(_OPENS.match(rest))


def _in_quote(text: str) -> bool:
    """Whether a quote that began in ``text`` is still open, and not for so long that its end was forgotten."""
    for left, right in _QUOTES.items():
        at = text.rfind(left)
        if at >= 0 and text.count(left) > text.count(right) and len(text) - at < _LONGEST_QUOTE:
            return True
    return False
