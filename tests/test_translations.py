"""Every text of the pages can be translated, and the Simplified Chinese catalogues are complete."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext, ngettext, override

from generation.management.commands.compile_translations import compile_catalogue
from generation.media.ingest.refusals import REFUSALS
from generation.stages.check import report
from generation.web.error_texts import failure_text

ROOT = Path(settings.BASE_DIR)
CATALOGUES = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# Names that are the same in every language, and the two languages' own names.
NAMES = {"流光", "Lumen", "中文", "EN", "MP4", "VTT", "SRT", "AI 生成", "AI-generated", "500"}
NAMES |= {*"ABCDEFGJKLMNOQRSTUW", "⇧ G", "⇧ B", "Ctrl ↵"}  # keys of a keyboard
NAMES |= {"NDCG@10", "Recall@20"}  # metrics
SAID = ("aria-label", "alt", "title", "placeholder", "label")


def catalogue(name: str) -> Catalog:
    with (CATALOGUES / f"{name}.po").open("rb") as stream:
        return read_po(stream, locale="zh_Hans")


def messages(name: str) -> list[Message]:
    return [message for message in catalogue(name) if message.id]


def strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, (tuple, list)) else [message.string]


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_every_message_is_translated_and_none_is_a_guess(name: str) -> None:
    for message in messages(name):
        assert all(strings(message)), f"{message.id!r} is not translated."
        assert not message.fuzzy, f"{message.id!r} is only a guess of msgmerge."


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_a_translation_fills_the_same_places_as_its_source(name: str) -> None:
    holes = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w+\}")
    for message in messages(name):
        source = message.id[-1] if isinstance(message.id, tuple) else message.id
        for text in strings(message):
            found, wanted = sorted(set(holes.findall(text))), sorted(set(holes.findall(source)))
            # "5 %" and "%" alone are text; gettext escapes the sign in formats of JavaScript only
            assert found == wanted, f"{source!r} and {text!r} differ in their places."


def test_chinese_texts_use_chinese_punctuation() -> None:
    for message in messages("django"):
        for text in strings(message):
            assert not re.search(r"[㐀-鿿][,;!?]", text), text


def source_texts() -> Iterator[tuple[str, str]]:
    """Every literal handed to a gettext function in Python, with its file."""
    functions = {"gettext", "_", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "pgettext_lazy"}
    for path in [
        *(ROOT / "generation").rglob("*.py"),
        *(ROOT / "aigc_platform").rglob("*.py"),
        *(ROOT / "analytics").rglob("*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                not isinstance(node, ast.Call)
                or not isinstance(node.func, ast.Name)
                or node.func.id not in functions
            ):
                continue
            place = 1 if node.func.id.startswith("pgettext") else 0
            if len(node.args) > place and isinstance(node.args[place], ast.Constant):
                yield str(node.args[place].value), path.name


def template_texts() -> Iterator[tuple[str, str]]:
    """What templates look up; Django doubles a percent sign that stands there."""
    tag = re.compile(r"""\{%\s*translate\s+("([^"]*)"|'([^']*)')""")
    for path in TEMPLATES:
        for found in tag.finditer(path.read_text(encoding="utf-8")):
            yield (found[2] or found[3]).replace("%", "%%"), path.name


def test_the_catalogue_holds_every_text_of_code_and_templates() -> None:
    known = {message.id[0] if isinstance(message.id, tuple) else message.id for message in messages("django")}
    lost = {(text, file) for text, file in [*source_texts(), *template_texts()] if text not in known}
    assert not lost, f"Run makemessages and translate: {sorted(lost)[:5]}"


def test_the_catalogue_holds_every_text_of_the_scripts() -> None:
    known = {
        message.id[0] if isinstance(message.id, tuple) else message.id for message in messages("djangojs")
    }
    for path in sorted((ROOT / "static" / "js").rglob("*.js")):
        for text in re.findall(r"""\bn?gettext\("([^"]+)\"""", path.read_text(encoding="utf-8")):
            assert text in known, f"{path.name}: {text!r} is not in djangojs.po"


class Texts(HTMLParser):
    """Collects the words of a template that are outside every translation tag."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.found += [value for name, value in attrs if name in SAID and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_holds_words_outside_a_translation(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}", "", text)
    text = re.sub(r"\{%\s*blocktranslate.*?\{%\s*endblocktranslate\s*%\}", " ", text, flags=re.S)
    text = re.sub(r"\{% block body_class %\}.*?\{% endblock %\}", " ", text)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "  ", text, flags=re.S)
    parser = Texts()
    # A partial may hold only attributes; inside a tag they are read as such.
    parser.feed(text if "<" in text else f"<br {text}>")
    for words in parser.found:
        for part in re.split(r"\s{2,}|[·›×:#…]|\n", words):
            part = part.strip(" .,/-—()“”∙%")
            assert not re.search(r"[A-Za-z㐀-鿿]", part) or part in NAMES, (
                f"{path.name}: {part!r} is not translated."
            )


def test_every_refusal_of_an_upload_has_chinese_words() -> None:
    with override("zh-hans"):
        for sentence in REFUSALS.values():
            assert re.search(r"[㐀-鿿]", gettext(sentence)), sentence


def test_a_refusal_is_told_in_chinese_with_its_values() -> None:
    values = {"seconds": "95.2", "limit": "90"}
    sentence = REFUSALS["upload_too_long"].format(**values)
    with override("zh-hans"):
        told = failure_text("upload_too_long", sentence, values)
        assert told == "文件长 95.2 秒，最多接受 90 秒。请剪出最好的一段。"
        assert failure_text("upload_too_long", "something else") == "something else"
    with override("en"):
        assert failure_text("upload_too_long", sentence, values) == sentence


def test_every_check_of_the_report_has_chinese_words() -> None:
    with override("zh-hans"):
        for text in [*report.NAMES.values(), *report.SENTENCES.values()]:
            assert re.search(r"[㐀-鿿]", gettext(text)), text


def test_compiling_in_python_gives_a_catalogue_django_reads(tmp_path: Path) -> None:
    call_command("compile_translations", verbosity=0)
    with override("zh-hans"):
        assert gettext("Library") == "作品库"
        assert ngettext("%(number)d video", "%(number)d videos", 3) % {"number": 3} == "3 条视频"
    copy = tmp_path / "django.po"
    copy.write_bytes((CATALOGUES / "django.po").read_bytes())
    assert compile_catalogue(copy) and not compile_catalogue(copy)
