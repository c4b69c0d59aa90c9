"""A creator's own points and topic, made sayable: one clean sentence, a short line for the screen, picture words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from generation.bank.topic import clauses
from generation.language.cleaning import line_cleaned
from generation.language.hanzi import HANZI, HANZI_CLASS
from generation.language.length import length
from generation.language.words import content_words, segment_zh

LINE_LIMIT = {"zh": 14, "en": 7}  # hanzi, words
_LONG_WORD = re.compile(r"[!-~]{25,}")
_TELLING = {"zh": 4, "en": 3}  # a shorter clause ("wait", "好的") says nothing alone
_LONGEST_WORD = 24  # letters of one word on the screen

_MARKER = re.compile(r"^\s*(?:[-–—•·]+\s*|\*+\s+|#{1,6}\s+|\(?\d{1,2}(?:[.)、）:：](?!\d))|[①-⑩])\s*")
_UNSAYABLE = re.compile(r"[\U0001F000-\U0001FAFF☀-➿️‍]")  # what no font here draws
# Markup says how a text looks; every other sign says something: 2~3, >100, C#, 10^5, 3*4
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]{0,80})?/?>")
_EMPHASIS = re.compile(
    r"(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1|(?<![A-Za-z0-9*_])([*_])(?=[^\s*_])([^*_]*?)(?<=\S)\3(?![A-Za-z0-9*_])"
)
_HASHTAG = re.compile(r"(?<![\w&#])#(?=[^\W\d_])")
_DOTS = re.compile(r"\.{2,}|。{2,}|…+")
_INVISIBLE = ("Cf", "Co", "Cn")  # direction marks, zero-width letters, no letters at all
_LEADING = re.compile(r"^[，。！？；：、,.!?;:…·\s]+(?!\d)")
_TRAILING = re.compile(r"[，、；：。,;:.…·~\s]+$")
_SENTENCE_END = re.compile(r"[。！？.!?…][”\"’)）]?$")
_WIDE = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？"}
_NARROW = str.maketrans({"，": ", ", "。": ". ", "；": "; ", "：": ": ", "！": "! ", "？": "? ", "、": ", "})
_WEAK_ENDS = frozenset(
    "a an the and or but of to in on at by for with from as is are was were be that than your my our their his her its"
    " where when which who while if because so then until before after through into over under about only it this".split()
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
    """Without list markers, emoji and markup; punctuation of the language; quotes paired; nothing hanging at the ends.

    No sign that means something is taken away, doubled or made another.
    """
    text = "".join(c for c in line_cleaned(text) if unicodedata.category(c) not in _INVISIBLE)
    text = _MARKER.sub("", _UNSAYABLE.sub(" ", _TAG.sub("", text)))
    text = _EMPHASIS.sub(lambda m: m.group(2) or m.group(4), text)
    text = _paired(_DOTS.sub("…", _HASHTAG.sub("", text)))
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
        text = re.sub(r"\s+([,!?;:]|\.(?!\d))", r"\1", text)
    text = re.sub(r"([，、,；;：:])[，、,；;：:\s]*([，。！？!?；;]|[,.](?!\d))", r"\2", text)
    text = re.sub(r"([，。！？；：、;]|,(?!\d))[，、,]+", r"\1", text)
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
    body = _LONG_WORD.sub(lambda word: _abridged(word.group()), _TRAILING.sub("", text))
    if length(body, language) <= limit:
        return body
    parts = clauses(body)[:2]
    first = next((part for part in parts if _TELLING[language] <= length(part, language) <= limit), "")
    first = first or max(parts, key=lambda part: 0 < length(part, language) <= limit)
    if length(first, language) <= limit and length(first, language) >= 2:
        return _unquoted(_TRAILING.sub("", first.strip()))
    words = _whole_words(first) if language == "zh" else first.split()
    kept: list[str] = []
    joint = "" if language == "zh" else " "
    for word in words:
        if length(joint.join([*kept, word]), language) > limit:
            break
        kept.append(word)
    weak = _WEAK_ENDS_ZH if language == "zh" else _WEAK_ENDS
    while len(kept) > 1 and (kept[-1].lower() in weak or not kept[-1].strip()):
        kept.pop()
    if language == "en":
        kept = _whole_phrases(kept, words[len(kept) : len(kept) + 1])
    if not kept:  # one word longer than a line
        kept = [_abridged(words[0])]
    return _unquoted(_TRAILING.sub("", joint.join(kept).strip()))


def _whole_phrases(kept: list[str], following: list[str]) -> list[str]:
    """Without the beginning of a phrase that goes on behind the cut: "listen for a deep" becomes "listen"."""
    if not following or following[0].lower() in _WEAK_ENDS:
        return kept
    last = max((at for at, word in enumerate(kept) if word.lower() in _WEAK_ENDS), default=0)
    while last > 0 and kept[last - 1].lower() in _WEAK_ENDS:
        last -= 1
    return kept[:last] if last >= _TELLING["en"] else kept


def _whole_words(text: str) -> list[str]:
    """Chinese words; a number keeps its sign and its unit, a Latin name or an address stays one piece."""
    words: list[str] = []
    for piece in re.split(
        r"([<>≤≥≈±~～#$¥￥€£]?[A-Za-z0-9](?:[^\s\u3000-\u9fff\uff00-\uffef]*[A-Za-z0-9%‰℃℉°#+])?)", text
    ):
        if not piece:
            continue
        if piece[-1].isascii() and any(c.isalnum() for c in piece):
            words.append(piece)
            continue
        cut = segment_zh(piece)
        if words and words[-1][-1:].isdigit() and cut[0] and HANZI.match(cut[0]) and len(cut[0]) <= 2:
            words[-1] += cut.pop(0)
        words += cut
    return words


def _abridged(word: str) -> str:
    """The beginning of a word or an address that no line holds."""
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", word)
    return bare if len(bare) <= _LONGEST_WORD else bare[: _LONGEST_WORD - 1] + "…"


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
    for left, right in ("“”", "「」", "『』", "（）", "()"):
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
