"""Markdown as plain text: headings and lists keep their marks, code, pictures, tables and comments go, links keep their words."""

from __future__ import annotations

import re

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_DROPPED = (
    re.compile(r"^(`{3,}|~{3,}).*?(?:^\1\s*$|\Z)", re.DOTALL | re.MULTILINE),  # fenced code
    re.compile(r"<!--.*?-->", re.DOTALL),
    re.compile(r"^[ \t]*\|.*\|[ \t]*$", re.MULTILINE),  # rows of a table
    re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE),  # a rule
    re.compile(r"^\[[^\]]+\]:\s+\S+.*$", re.MULTILINE),  # where a link leads
    re.compile(r"^\[\^[^\]]+\]:.*$", re.MULTILINE),
    re.compile(r"\[\^[^\]]+\]"),
    re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])"),
    re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]{0,200})?/?>"),
)
_LINK = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])")
_EMPHASIS = re.compile(
    r"(\*\*|__|~~|`)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])"
)
_UNDERLINED = re.compile(r"^(\S.*)\n(?:=+|-{2,})\s*$", re.MULTILINE)
_QUOTE = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)


def text_of_markdown(text: str) -> str:
    """The words of a Markdown document; a title in its head becomes its first heading."""
    text = text.replace("\r\n", "\n")
    title = ""
    if front := _FRONT.match(text):
        found = _FRONT_TITLE.search(front[1])
        title = f"# {found[1]}\n\n" if found else ""
        text = text[front.end() :]
    text = _UNDERLINED.sub(r"# \1", text)
    for pattern in _DROPPED:
        text = pattern.sub("", text)
    text = _QUOTE.sub("", _LINK.sub(r"\1", text))
    return title + _EMPHASIS.sub(lambda found: found[2] or found[3], text)
