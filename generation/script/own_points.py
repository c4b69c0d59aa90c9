"""A creator's own points and topic, made sayable: one clean sentence, a short line for the screen, picture words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from generation.language.cleaning import line_cleaned
from generation.language.hanzi import HANZI_CLASS
from generation.language.length import length
from generation.language.words import content_words, segment_zh
from generation.script.bank import clauses

LINE_LIMIT = {"zh": 14, "en": 7}  # hanzi, words

_MARKER = re.compile(r"^\s*(?:[-–—•·*]+|\(?\d{1,2}(?:[.)、）:：](?!\d))|[①-⑩])\s*")
_UNSAYABLE = re.compile(r"[\U0001F000-\U0001FAFF☀-➿️‍*_#<>\[\]{}|\\`^~【】《》]")
_INVISIBLE = ("Cf", "Co", "Cn")  # direction marks, zero-width letters, no letters at all
_LEADING = re.compile(r"^[，。！？；：、,.!?;:…·~\s]+")
_TRAILING = re.compile(r"[，、；：。,;:.…·~\s]+$")
_SENTENCE_END = re.compile(r"[。！？.!?][”\"’]?$")
_WIDE = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}
_NARROW = str.maketrans({"，": ", ", "。": ". ", "；": "; ", "：": ": ", "！": "! ", "？": "? ", "、": ", "})
_WEAK_ENDS = frozenset(
    "a an the and or but of to in on at by for with from as is are was were be that than your my".split()
)
_VAGUE = frozenset("everything something anything nothing every thing things really always".split())
_WEAK_ENDS_ZH = frozenset(
    "的地得和与及或在是把被让从对向给为也就都还很最更会要能不没又再跟比用以而且但如果因为所以"
)


@dataclass(frozen=True)
class OwnPoint:
    """``spoken`` is the whole point, ``brief`` its first part (equal when it has only one)."""

    line: str
    spoken: str
    brief: str
    picture: str


def own_point(text: str, language: str) -> OwnPoint | None:
    """The point a creator typed, its words unchanged; ``None`` when nothing in it can be said."""
    spoken = sentence(text, language)
    if not spoken:
        return None
    return OwnPoint(
        shortened(spoken, language), spoken, _first_part(spoken, language), picture_words(spoken, language)
    )


def tidied(text: str, language: str) -> str:
    """Without list markers, emoji and markup; punctuation of the language; quotes paired; nothing hanging at the ends."""
    text = "".join(c for c in line_cleaned(text) if unicodedata.category(c) not in _INVISIBLE)
    text = _MARKER.sub("", _UNSAYABLE.sub(" ", text))
    text = text.replace("(", ",").replace(")", ",") if language == "en" else re.sub(r"[（）()]", "，", text)
    text = _paired(text)
    if language == "zh":
        text = re.sub(
            rf"(?<=[{HANZI_CLASS}”])\s*[,;:!?]\s*|[,;!?]\s*(?=[{HANZI_CLASS}“])",
            lambda m: _WIDE[m.group().strip()],
            text,
        )
        text = re.sub(rf"(?<=[{HANZI_CLASS}])\.(?!\d)", "。", text)
        text = re.sub(rf"(?<=[{HANZI_CLASS}，。！？；：、])\s+(?=[{HANZI_CLASS}])", "，", text)
    else:
        text = line_cleaned(text.translate(_NARROW))
        text = re.sub(r"\s+([,.!?;:])", r"\1", text)
    text = re.sub(r"([，、,；;：:])[，、,；;：:\s]*([，。！？,.!?；;])", r"\2", text)
    text = re.sub(r"([，。！？；：、,;])[，、,]+", r"\1", text)
    return _LEADING.sub("", line_cleaned(text)).strip()


def sentence(text: str, language: str) -> str:
    """``text`` as a sentence with its end mark, or "" when it has no letter."""
    text = tidied(text, language)
    if not any(c.isalnum() for c in text):
        return ""
    if language == "en":
        text = text[0].upper() + text[1:]
    if _SENTENCE_END.search(text):
        return text
    return _TRAILING.sub("", text) + ("。" if language == "zh" else ".")


def shortened(text: str, language: str) -> str:
    """A phrase for the screen: as many leading clauses as fit, else words of the first; no mark at either end."""
    limit = LINE_LIMIT[language]
    body = _TRAILING.sub("", text)
    if length(body, language) <= limit:
        return body
    first = max(clauses(body)[:2], key=lambda part: 0 < length(part, language) <= limit)
    if length(first, language) <= limit and length(first, language) >= 2:
        return _unquoted(_TRAILING.sub("", first.strip()))
    words = segment_zh(first) if language == "zh" else first.split()
    kept: list[str] = []
    joint = "" if language == "zh" else " "
    for word in words:
        if length(joint.join([*kept, word]), language) > limit:
            break
        kept.append(word)
    weak = _WEAK_ENDS_ZH if language == "zh" else _WEAK_ENDS
    while len(kept) > 1 and (kept[-1].lower() in weak or not kept[-1].strip()):
        kept.pop()
    if not kept:  # one word longer than a line
        kept = [first[:limit]]
    return _unquoted(_TRAILING.sub("", joint.join(kept).strip()))


def picture_words(text: str, language: str) -> str:
    """What names something drawable: the shown phrase in zh, whose words jieba may not know, its strong words in en."""
    line = shortened(text, language)
    if language == "zh":
        return line
    words = [word for word in content_words(line, language) if len(word) > 2 and word.lower() not in _VAGUE]
    return " ".join(words[:4]) or line


def _first_part(spoken: str, language: str) -> str:
    """The first sentence of several; a long lone sentence is cut after a clause that can stand alone."""
    parts = re.findall(r".+?(?:[。！？]|[.!?](?=\s|$))[”\"]?", spoken)
    if len(parts) > 1 and length(parts[0], language) >= (4 if language == "zh" else 3):
        return _whole(parts[0].strip(), spoken)
    if language == "zh" and length(spoken, language) > 24:
        cut = re.match(r".{8,}?[，；]", spoken)
        if cut and length(cut.group(), language) <= 24:
            return _whole(cut.group()[:-1] + "。", spoken)
    return spoken


def _whole(part: str, spoken: str) -> str:
    return part if _paired(part) == part else spoken


def _unquoted(text: str) -> str:
    return _paired(text).strip()


def _paired(text: str) -> str:
    """Straight quotes become curly pairs; a quote without its partner goes."""
    straight = text.count('"')
    for turn in range(straight - straight % 2):
        text = text.replace('"', "“" if turn % 2 == 0 else "”", 1)
    text = text.replace('"', "")
    for left, right in ("“”", "「」", "『』"):
        kept: list[str] = []
        opened: list[int] = []
        for c in text:
            if c == left:
                opened.append(len(kept))
            elif c == right:
                if not opened:
                    continue
                opened.pop()
            kept.append(c)
        for at in reversed(opened):
            del kept[at]
        text = "".join(kept)
    return text
