"""Put the figures of ``docs/measured`` into the documents, and say what does not fit.

A single figure carries its name in a comment behind it, ``0.44<!-- = events.batch_200.ratio -->``: the record, then the
figure's key. The number before it is replaced by the record's, with as many decimals as the writer gave it (and a plus
where it had one). ``<!-- = goal events.batch_200.ratio -->`` stands for the figure's goal.

A table, or any other passage, stands between ``<!-- measured: NAME -->`` and ``<!-- /measured -->``, each on a line of its
own, and comes from the template ``docs/measured/passages/NAME.md``, whose braces hold the figures:

| in braces | gives |
|---|---|
| ``events.batch_200.ratio:.2f`` | 0.44 |
| ``judged events.batch_200.ratio:.2f`` | 0.44 × – or, where the goal is missed, **0.44 ×: missed** |
| ``goal events.batch_200.ratio`` | ≥ 0.5 × |
| ``command events`` | the command that measured it |
| ``record events`` | a link to the record, its date and its note |
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.measured import BY_COMMAND, Figure, Record, read

BLOCK = re.compile(
    r"(?P<open><!-- measured: (?P<name>[\w-]+) -->\n).*?(?P<close><!-- /measured -->)", re.DOTALL
)
INLINE = re.compile(
    r"(?P<number>[+−]?\d[\d,]*(?:\.\d+)?)(?P<mark><!-- = (?P<goal>goal )?(?P<name>[\w.@-]+) -->)"
)
BRACES = re.compile(r"\{(?:(?P<what>judged|goal|command|record) )?(?P<name>[\w.@-]+)(?::(?P<spec>[^}]*))?\}")
# a mark that INLINE does not understand is a slip, not a comment
MARK = re.compile(r"<!-- (?:=|/?measured)[^>]*-->")


class FigureUnknown(LookupError):
    """A document quotes a figure, a record or a table that is not there, or writes the mark wrongly."""


@dataclass
class Quoting:
    """Records and templates of one folder; remembers which were used."""

    records: dict[str, Record]
    passages: dict[str, str]
    used_records: set[str] = field(default_factory=set)
    used_passages: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, folder: Path) -> Quoting:
        """The records of ``folder`` and the templates of its ``passages``."""
        templates = sorted((folder / "passages").glob("*.md"))
        return cls(read(folder), {path.stem: path.read_text(encoding="utf-8") for path in templates})

    def rendered(self, text: str, up: str = "") -> str:
        """``text`` with every figure and table as recorded; ``up`` leads from its folder to that of the records.

        Raises ``FigureUnknown``.
        """
        if stray := MARK.search(INLINE.sub("", BLOCK.sub("", text))):
            raise FigureUnknown(
                f"{stray[0]} marks nothing: it stands directly behind a number, or around a block."
            )
        return INLINE.sub(self._inline, BLOCK.sub(lambda found: self._block(found, up), text))

    def unused(self) -> list[str]:
        """Sentences about records and templates that no document rendered so far has used."""
        return [
            *(
                f"{name}.json is quoted nowhere; quote it or delete it."
                for name in sorted(set(self.records) - self.used_records)
            ),
            *(
                f"passages/{name}.md is used nowhere."
                for name in sorted(set(self.passages) - self.used_passages)
            ),
        ]

    def figure(self, name: str) -> Figure:
        """The figure called ``RECORD.KEY``. Raises ``FigureUnknown`` with the nearest names."""
        record, _, key = name.partition(".")
        figures = self.record(record).figures
        if key not in figures:
            raise FigureUnknown(f"{record}.json has no figure {key!r}.{_near(key, figures)}")
        return figures[key]

    def record(self, name: str) -> Record:
        """Raises ``FigureUnknown`` with the nearest names."""
        if name not in self.records:
            raise FigureUnknown(f"There is no record {name}.json.{_near(name, self.records)}")
        self.used_records.add(name)
        return self.records[name]

    def _block(self, found: re.Match[str], up: str) -> str:
        name = found["name"]
        if name not in self.passages:
            raise FigureUnknown(f"There is no template passages/{name}.md.{_near(name, self.passages)}")
        self.used_passages.add(name)
        return (
            found["open"]
            + BRACES.sub(lambda brace: self._brace(brace, up), self.passages[name])
            + found["close"]
        )

    def _brace(self, brace: re.Match[str], up: str) -> str:
        what, name, spec = brace["what"], brace["name"], brace["spec"] or ""
        if what == "command":
            return f"`{self.record(name).command}`"
        if what == "record":
            return cited(self.record(name), up)
        figure = self.figure(name)
        if what == "goal":
            return goal(figure)
        return judged(figure, spec) if what == "judged" else number(figure.value, spec)

    def _inline(self, found: re.Match[str]) -> str:
        figure, old = self.figure(found["name"]), found["number"]
        value = figure.value
        if found["goal"]:
            bound = figure.at_least if figure.at_least is not None else figure.at_most
            if bound is None:
                raise FigureUnknown(f"{found['name']} has no goal.")
            value = bound
        decimals = len(old.partition(".")[2])
        return number(value, f"{'+' if old.startswith('+') else ''}.{decimals}f") + found["mark"]


def number(value: float, spec: str = "") -> str:
    """``value`` as the documents write it: thousands parted by commas, a true minus sign."""
    plus = "+" if spec.startswith("+") else ""
    return format(value, f"{plus},{spec.removeprefix('+')}").replace("-", "−")


def with_unit(shown: str, unit: str) -> str:
    return f"{shown} {unit}" if unit else shown


def judged(figure: Figure, spec: str = "") -> str:
    """Value with unit; in bold and called missed where the goal is."""
    shown = with_unit(number(figure.value, spec), figure.unit)
    return f"**{shown}: missed**" if figure.met is False else shown


def goal(figure: Figure) -> str:
    """``≥ 0.5 ×``; empty where there is none."""
    bounds = [
        f"{sign} {with_unit(number(bound, 'g'), figure.unit)}"
        for sign, bound in (("≥", figure.at_least), ("≤", figure.at_most))
        if bound is not None
    ]
    return ", ".join(bounds)


def cited(record: Record, up: str) -> str:
    """A link to the record and, in words, when and on what it was measured."""
    said = [f"[{record.name}.json]({up}{record.name}.json)", record.date]
    if record.note:
        said.append(record.note)
    elif record.source == BY_COMMAND:
        said.append(f"{record.machine['cores']} cores of {record.machine['processor']}")
    return ", ".join(said)


def documents(docs: Path) -> list[Path]:
    """README.md beside ``docs`` and every document in it, templates left out."""
    found = [docs.parent / "README.md", *sorted(docs.rglob("*.md"))]
    return [path for path in found if path.is_file() and docs / "measured" not in path.parents]


def rendered(docs: Path) -> tuple[dict[Path, str], list[str]]:
    """What each document should say, and sentences about what is wrong with the quoting."""
    quoting = Quoting.of(docs / "measured")
    texts, wrong = {}, []
    for path in documents(docs):
        up = os.path.relpath(docs / "measured", path.parent).replace(os.sep, "/") + "/"
        try:
            texts[path] = quoting.rendered(path.read_text(encoding="utf-8"), up)
        except FigureUnknown as error:
            wrong.append(f"{os.path.relpath(path, docs.parent)}: {error}")
    return texts, wrong or quoting.unused()


def _near(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 3)
    return f" Near it: {', '.join(close)}." if close else ""
