"""What a document becomes, and in which words it is refused. The sandbox around this has its own tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generation.documents.checks import MAX_TEXT_LETTERS
from generation.errors import UploadRejected
from generation.media.ingest.documents.reading import take
from tests.generation.documents.texts import POTATO, TEA
from tests.generation.media.ingest.documents import docx, locked, pdf, zipped

LINES = [
    "The lighthouse was built in 1859 on a rock that the sea covers at high tide,",
    "and its keepers lived there for weeks without any news of the main-",
    "land. It is empty now.",
]
PROSE = "The lighthouse was built in 1859 on a rock that the sea covers at high tide. It is empty now."
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 60
SRT = """1
00:00:01,000 --> 00:00:03,000
<i>The lighthouse was built in 1859</i>

2
00:00:03,100 --> 00:00:05,000
on a rock that the sea covers.

3
00:00:05,100 --> 00:00:06,000
[wind]

4
00:00:09,000 --> 00:00:11,000
KEEPER: It is empty now.
"""


def taken(folder: Path, content: bytes, name: str) -> tuple[str, dict[str, Any]]:
    place = folder / "sent"
    place.write_bytes(content)
    found = take(str(place), str(folder), name, 1_000_000)
    return (folder / "file.txt").read_text(encoding="utf-8"), found["features"]


@pytest.mark.parametrize(
    ("encoding", "text", "language"),
    [
        ("utf-8", TEA, "zh"), ("utf-8-sig", POTATO, "en"), ("utf-16", TEA, "zh"), ("utf-16-le", POTATO, "en"),
        ("gb18030", TEA, "zh"), ("big5", "燈塔建於礁石之上，漲潮時會被海水淹沒。燈塔守護人在那裡住了很久，如今已經沒有人了。" * 4, "zh"),
        ("cp1252", POTATO.replace("Parmentier", "Ménard"), "en"),
    ],
)  # fmt: skip
def test_a_text_is_read_in_whatever_encoding_it_was_saved(encoding, text, language, tmp_path):
    read, facts = taken(tmp_path, text.encode(encoding), "notes.txt")
    assert "".join(read.split()) == "".join(text.split())
    assert (facts["language"], facts["format"]) == (language, "txt")


def test_markdown_gives_its_words(tmp_path):
    marked = (
        "---\ntitle: The lighthouse\n---\n\n## A rock\n\nIt was **built** in [1859](http://x.example) on a `rock`.\n\n"
        "![the tower](tower.png)\n\n```python\nprint('no words')\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> It is *empty* now.\n"
    )
    read, facts = taken(tmp_path, marked.encode(), "a.md")
    assert read == "# The lighthouse\n\n## A rock\n\nIt was built in 1859 on a rock.\n\nIt is empty now."
    assert facts["title"] == "The lighthouse"


def test_subtitles_become_sentences(tmp_path):
    wanted = "The lighthouse was built in 1859 on a rock that the sea covers.\n\nIt is empty now."
    assert taken(tmp_path, SRT.encode(), "film.srt")[0] == wanted
    vtt = "WEBVTT\n\nNOTE made by hand\n\n" + SRT.replace(",", ".")
    read, facts = taken(tmp_path, vtt.encode(), "film.vtt")
    assert (read, facts["format"]) == (wanted, "subtitles")


def test_a_transcript_without_punctuation_becomes_a_sentence_a_phrase(tmp_path):
    said = ["我们今天来讲讲灯塔", "它建在海边的礁石上", "涨潮的时候会被淹没"]
    cues = [
        f"{n + 1}\n00:00:0{2 * n},000 --> 00:00:0{2 * n + 1},000\n{words}\n" for n, words in enumerate(said)
    ]
    read, _ = taken(tmp_path, "\n".join(cues).encode(), "a.srt")
    assert read == "我们今天来讲讲灯塔。\n\n它建在海边的礁石上。\n\n涨潮的时候会被淹没"


def test_a_word_document_gives_headings_lists_and_paragraphs(tmp_path):
    content = docx(
        [("Heading1", "The lighthouse"), ("", PROSE), ("list", "Bring a lamp & a rope."), ("", "")]
    )
    read, facts = taken(tmp_path, content, "a.docx")
    assert read == f"# The lighthouse\n\n{PROSE}\n\n- Bring a lamp & a rope."
    assert (facts["title"], facts["format"]) == ("The lighthouse", "docx")


def test_a_pdf_gives_its_lines_without_running_heads_and_hyphens(tmp_path):
    pages = [
        ["Annual report", *LINES, f"The {name} one fell.", str(number)]
        for number, name in enumerate(("oldest", "second", "tallest", "last"), 1)
    ]
    read, facts = taken(tmp_path, pdf(pages), "a.pdf")
    assert "Annual report" not in read and "\n3" not in read
    assert read.count("mainland. It is empty now.") == 4
    assert facts["format"] == "pdf"
    assert (
        taken(tmp_path, locked(pdf(pages), "", owner="boss"), "a.pdf")[0] == read
    )  # only its printing is locked


FRENCH = "Le phare a été construit sur un rocher que la mer recouvre à marée haute, et ses gardiens y vivaient sans nouvelles."
BOMB = docx([("", "x")], extra={"word/document.xml": b" " * 41_000_000})
ENTITIES = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.txt", b"", "upload_empty"),
        ("a.txt", b"x" * 1_000_001, "upload_too_many_bytes"),
        ("a.txt", b"12345 --- 678\n", "document_wordless"),
        ("a.txt", FRENCH.encode(), "document_language"),
        ("a.txt", "灯台は岩の上に建てられました。満潮になると海に沈みます。".encode(), "document_language"),
        ("a.txt", PROSE.encode() * (MAX_TEXT_LETTERS // len(PROSE) + 1), "document_too_long"),
        ("a.txt", bytes(range(1, 32)) * 40, "document_undecodable"),
        ("a.txt", PNG, "upload_wrong_kind"),
        ("a.md", zipped({"a.txt": b"hello"}), "upload_archive"),
        ("a.html", b"<!DOCTYPE html><html><body>Hello</body></html>", "document_web_page"),
        ("a.rtf", b"{\\rtf1 Hello}", "upload_format"),
        ("a.xlsx", zipped({"xl/workbook.xml": b"<x/>"}), "upload_format"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "document_old_word"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "document_encrypted"),
        ("a.docx", PROSE.encode(), "document_broken"),
        ("a.docx", pdf([LINES]), "upload_misnamed"),
        ("a.pdf", docx([("", PROSE)]), "upload_misnamed"),
        ("a.docx", docx([("", PROSE)])[:-40], "document_broken"),
        ("a.docx", docx([("", PROSE)], head=ENTITIES), "document_bomb"),
        ("a.docx", BOMB, "document_bomb"),
        ("a.pdf", locked(pdf([LINES]), "secret"), "document_encrypted"),
        ("a.pdf", pdf([[], []]), "document_scanned"),
        ("a.pdf", pdf([LINES])[:120], "document_broken"),
        ("a.pdf", pdf([["x"]] * 301), "document_too_many_pages"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::UserWarning")  # zipfile, of a name that comes twice
def test_what_is_not_taken_is_refused_in_words(name, content, code, tmp_path):
    with pytest.raises(UploadRejected) as refused:
        taken(tmp_path, content, name)
    assert refused.value.code == code
    assert str(refused.value).endswith(".") and "{" not in str(refused.value)
    assert not (tmp_path / "file.txt").exists()
