"""Texts to learn from: a file of lines, a table with a column ``title`` or ``text``, or JSON lines with controls.

The order of a file is taken as the order of time (a column ``first_seen`` or ``date`` sorts it): what is newest counts most
for what is written next, and the newest part is what settings are chosen on.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generation.ml.language_model.controls import control_tokens
from generation.ml.language_model.errors import CorpusUnusable

LEAST_TEXTS = 20
LONGEST_CHARACTERS = 400
_TEXT, _DATE = ("title", "text", "headline"), ("first_seen", "date", "week", "created_at")


@dataclass(frozen=True)
class Text:
    """One text, the control tokens that describe it and the words it is ``about``, which stand before it but are not predicted.

    ``day`` sorts it ("" where no date is known).
    """

    text: str
    controls: tuple[str, ...] = ()
    day: str = ""
    about: str = ""


@dataclass(frozen=True)
class Corpus:
    """Texts in order of time. ``skipped`` are empty lines and texts over 400 characters."""

    texts: tuple[Text, ...]
    skipped: int = field(default=0, compare=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 over texts and controls in their order, 16 hex digits."""
        digest = hashlib.sha256()
        for one in self.texts:
            digest.update(f"{' '.join(one.controls)}\t{one.about}\t{one.text}\n".encode())
        return digest.hexdigest()[:16]

    @property
    def characters(self) -> int:
        """Letters of all texts, each with its end."""
        return sum(len(one.text) + 1 for one in self.texts)

    def split(self, newest: int) -> tuple[Corpus, Corpus]:
        """All but the ``newest`` texts, and those."""
        return Corpus(self.texts[: len(self.texts) - newest]), Corpus(self.texts[len(self.texts) - newest :])


def read_corpus(path: Path) -> Corpus:
    """Read ``.txt``, ``.tsv``, ``.csv`` or ``.jsonl``, gzipped or not. Raises ``CorpusUnusable``."""
    try:
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        raw = io.StringIO(data.decode("utf-8-sig"), newline="")
    except FileNotFoundError:
        raise CorpusUnusable(f"There is no file {path.name}. Name a text, tsv, csv or jsonl file.") from None
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise CorpusUnusable(f"{path.name} can't be read as UTF-8 text: {error}.") from None
    name = path.name.removesuffix(".gz")
    try:
        if name.endswith(".jsonl"):
            found: Iterable[Text] = _of_json(raw)
        elif name.endswith((".tsv", ".csv")):
            found = _of_table(raw, "\t" if name.endswith(".tsv") else ",", path.name)
        else:
            found = (Text(line.strip()) for line in raw)
        return corpus_of(found)
    except (ValueError, csv.Error) as error:
        raise CorpusUnusable(f"{path.name} can't be read: {error}.") from None


def corpus_of(texts: Iterable[Text]) -> Corpus:
    """The usable ones, sorted by day where days are known; equal days keep their order."""
    every = list(texts)
    kept = [one for one in every if one.text and len(one.text) <= LONGEST_CHARACTERS]
    return Corpus(tuple(sorted(kept, key=lambda one: one.day)), len(every) - len(kept))


def _of_json(raw: io.StringIO) -> Iterator[Text]:
    for line in raw:
        if line.strip():
            cells = json.loads(line)
            if not isinstance(cells, Mapping) or not isinstance(cells.get("text"), str):
                raise ValueError('each line must be an object with a text, {"text": …, "controls": {…}}')
            yield Text(
                cells["text"].strip(),
                tuple(control_tokens(cells.get("controls", {}))),
                str(cells.get("date", "")),
                str(cells.get("about", "")),
            )


def _of_table(raw: io.StringIO, separator: str, name: str) -> Iterator[Text]:
    if separator == "\t":
        rows = csv.DictReader(raw, delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        rows = csv.DictReader(raw)
    columns = rows.fieldnames or []
    text = next((c for c in _TEXT if c in columns), None)
    if text is None:
        raise CorpusUnusable(f"{name} needs a column {' or '.join(_TEXT)}. It has {', '.join(columns)}.")
    date = next((c for c in _DATE if c in columns), None)
    for row in rows:
        yield Text((row[text] or "").strip(), (), (row[date] or "") if date else "")
