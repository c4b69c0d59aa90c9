"""Tables as people have them: CSV of any encoding and separator, JSON, JSON lines, Parquet, gzipped or not."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pandas as pd
from charset_normalizer import from_bytes

from core.errors import PlatformError
from generation.collection.rows import COLUMNS, rows_of

BYTES_MAX = 2 << 30
_SEPARATORS = ",\t;|"


class TableUnreadable(PlatformError):
    """A file that is no table, or has no column of titles."""

    code = "table_unreadable"


def table_read(path: Path) -> pd.DataFrame:
    """The file's rows, texts as they are; the first row names the columns. Raises ``TableUnreadable``."""
    kind = path.name.lower().removesuffix(".gz").rsplit(".", 1)[-1]
    if kind == "parquet":
        return _checked(pd.read_parquet(path), path)
    data = _bytes(path)
    if not data.strip():
        raise TableUnreadable(f"{path.name} is empty.")
    try:
        if kind in ("json", "jsonl", "ndjson"):
            return _checked(_json(_text(data)), path)
        return _checked(_csv(_text(data)), path)
    except (ValueError, csv.Error) as problem:
        raise TableUnreadable(f"{path.name} cannot be read as {kind.upper()}: {problem}") from problem


def titles_read(path: Path, *, origin: str, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Any table of titles as rows; ``columns`` says which of its columns is what (theirs → ours).

    Columns that have our names already need no word. Raises ``TableUnreadable``.
    """
    table = table_read(path)
    for theirs, ours in (columns or {}).items():
        if theirs not in table:
            raise TableUnreadable(
                f"{path.name} has no column {theirs!r}; it has {', '.join(map(str, table.columns))}."
            )
        if ours not in COLUMNS:
            raise TableUnreadable(f"There is nothing called {ours!r}; known are {', '.join(COLUMNS)}.")
    named = table.rename(columns=dict(columns or {}))
    if "title" not in named:
        raise TableUnreadable(
            f"{path.name} has no column of titles; it has {', '.join(map(str, table.columns))}. Say which one it is."
        )
    return rows_of(named, origin=origin)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        plain = gzip.GzipFile(fileobj=file) if path.name.lower().endswith(".gz") else file
        data = plain.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise TableUnreadable(f"{path.name} has more than {BYTES_MAX >> 30} GiB. Split it.")
    return data


def _text(data: bytes) -> str:
    with suppress(UnicodeDecodeError):
        return data.decode("utf-8-sig")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    best = from_bytes(data[: 1 << 20], cp_isolation=["gb18030", "big5", "cp1252"]).best()
    encoding = best.encoding if best is not None else "gb18030"
    return data.decode("gb18030" if encoding == "gb2312" else encoding, errors="strict")


def _csv(text: str) -> pd.DataFrame:
    head = text[: text.find("\n") + 1] or text
    separator = max(_SEPARATORS, key=head.count)
    quoted = csv.QUOTE_NONE if separator == "\t" and '"' not in head else csv.QUOTE_MINIMAL
    return pd.read_csv(
        io.StringIO(text),
        sep=separator,
        dtype=str,
        keep_default_na=False,
        quoting=quoted,
        on_bad_lines="error",
    )


def _json(text: str) -> pd.DataFrame:
    try:
        read = json.loads(text)
        rows = read if isinstance(read, list) else next(v for v in read.values() if isinstance(v, list))
    except json.JSONDecodeError:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (AttributeError, StopIteration) as problem:
        raise ValueError("it holds no list of rows") from problem
    return pd.DataFrame([row for row in rows if isinstance(row, dict)])


def _checked(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    if table.empty:
        raise TableUnreadable(f"{path.name} has no rows.")
    return table.rename(columns=lambda name: str(name).strip())
