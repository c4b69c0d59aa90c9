"""What a benchmark measured, as a record: ``docs/measured/NAME.json``, from which the documents take their figures.

A benchmark builds its options with ``parser``, its figures as a dict of ``Figure`` and ends in ``tell``, which prints the
report and, only where ``--record`` was given, replaces the record. A record says when, by which command, on what kind of
machine and with which versions; nothing in it names the machine, its folders or its user. Plain Python, so that writing
the documents loads no model.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MEASURED = ROOT / "docs" / "measured"
BY_COMMAND = "measured by the command"
TRANSCRIBED = "transcribed from the documents of commit "
# options whose value says where or by whom a run was made, not what was measured
_FLAGS = frozenset({"--record"})
_UNTOLD = frozenset({"--note", "--base", "--token", "--bench", "--folder", "--rows"})


@dataclass(frozen=True)
class Figure:
    """One measured value in ``unit`` ("" for shares and counts), beside its goal where there is one."""

    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where none was set."""
        if self.at_least is None and self.at_most is None:
            return None
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)

    def to_json(self) -> dict[str, Any]:
        """Value, then what there is of unit, goal and ``met``."""
        cells: dict[str, Any] = {"value": self.value}
        if self.unit:
            cells["unit"] = self.unit
        for name in ("at_least", "at_most"):
            if getattr(self, name) is not None:
                cells[name] = getattr(self, name)
        return cells if self.met is None else cells | {"met": self.met}

    @classmethod
    def from_json(cls, cells: Mapping[str, Any]) -> Figure:
        """Raises ``ValueError`` when ``met`` was written by hand and is not so."""
        figure = cls(cells["value"], cells.get("unit", ""), cells.get("at_least"), cells.get("at_most"))
        if cells.get("met") is not figure.met:
            raise ValueError(
                f"met says {cells.get('met')}, but the value {figure.value} with its goal is {figure.met}."
            )
        return figure


@dataclass(frozen=True)
class Record:
    """The content of one file; ``figures`` by dotted key, e.g. ``batch_200.ratio``."""

    name: str
    command: str
    date: str  # of the measurement, YYYY-MM-DD
    source: str
    figures: dict[str, Figure]
    machine: dict[str, Any]
    versions: dict[str, str] = field(default_factory=dict)
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The file's object, in the order in which a person reads it."""
        return {
            "name": self.name,
            "command": self.command,
            "date": self.date,
            "source": self.source,
            "note": self.note,
            "machine": self.machine,
            "versions": self.versions,
            "figures": {key: figure.to_json() for key, figure in self.figures.items()},
        }

    @classmethod
    def from_json(cls, cells: Mapping[str, Any]) -> Record:
        """Raises ``KeyError`` or ``ValueError`` where something is missing or contradicts itself."""
        figures = {key: Figure.from_json(value) for key, value in cells["figures"].items()}
        rest = {name: cells[name] for name in ("name", "command", "date", "source", "machine", "versions")}
        return cls(**rest, figures=figures, note=cells.get("note", ""))


def read(folder: Path = MEASURED) -> dict[str, Record]:
    """Every record of a folder by name. Raises ``ValueError`` naming the file that is none."""
    found = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found[path.stem] = Record.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name} is not a record of figures: {error!r}") from error
        if found[path.stem].name != path.stem:
            raise ValueError(
                f"{path.name} calls itself {found[path.stem].name!r}; a record bears its file's name."
            )
    return found


def write(record: Record, folder: Path = MEASURED) -> Path:
    """Replace the record in one step: whoever reads sees the old one or the new one. Returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{record.name}.json"
    text = json.dumps(record.to_json(), ensure_ascii=False, indent=1) + "\n"
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, suffix=".part", delete=False) as part:
        try:
            part.write(text)
            part.flush()
            os.fsync(part.fileno())
            Path(part.name).chmod(0o644)  # a temporary file is its owner's alone
            Path(part.name).replace(path)
        except OSError:
            Path(part.name).unlink(missing_ok=True)
            raise
    return path


def parser(doc: str | None) -> argparse.ArgumentParser:
    """The options that every quoted benchmark has: ``--json``, ``--record`` and ``--note``."""
    made = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--json", action="store_true", help="print JSON only")
    made.add_argument(
        "--record",
        action="store_true",
        help="also replace the record in docs/measured that the documents quote",
    )
    made.add_argument(
        "--note", default="", help="what the record shall say of the machine, e.g. what else it did"
    )
    return made


def tell(
    report: Any,
    asked: argparse.Namespace,
    *,
    name: str,
    figures: Callable[[Any], dict[str, Figure]],
    packages: Sequence[str] = (),
    lines: Callable[[Any], str] | None = None,
    indent: int | None = 1,
) -> None:
    """Print ``report`` as JSON, or as ``lines`` says it where not only JSON was asked for; record its ``figures`` if asked."""
    plain = asked.json or lines is None
    print(json.dumps(report, ensure_ascii=False, indent=indent) if plain or lines is None else lines(report))
    keep(name, figures, report, asked, packages=packages)


def keep(
    name: str,
    figures: Callable[[Any], dict[str, Figure]],
    report: Any,
    asked: argparse.Namespace,
    *,
    packages: Sequence[str] = (),
) -> None:
    """Replace the record where ``--record`` asks for it; for a benchmark that keeps more than one."""
    if asked.record:
        path = write(recorded(name, figures(report), packages=packages, note=asked.note))
        print(
            f"wrote {path.relative_to(ROOT)}; python -m aigc_platform.documents puts it into the documents",
            file=sys.stderr,
        )


def by_line(report: Mapping[str, Any]) -> str:
    """``name: value`` a line."""
    return "\n".join(f"{name}: {value}" for name, value in report.items())


def recorded(
    name: str, figures: dict[str, Figure], *, packages: Sequence[str] = (), note: str = ""
) -> Record:
    """A record of a run that has just ended in this process."""
    return Record(
        name=name,
        command=command(module_of(Path(sys.argv[0])), sys.argv[1:]),
        date=datetime.now(UTC).date().isoformat(),
        source=BY_COMMAND,
        figures=figures,
        machine=machine(),
        versions=versions(packages),
        note=note,
    )


def module_of(script: Path) -> str:
    """The name under ``benchmarks`` of what Python was asked to run: a benchmark with rooms is its folder's name."""
    return script.parent.name if script.stem == "__main__" else script.stem


def command(module: str, arguments: Sequence[str]) -> str:
    """The command line without what is nobody's business: tokens, addresses, and the folders above a path."""
    words, rest = [f"python -m benchmarks.{module}"], iter(arguments)
    for word in rest:
        if word in _FLAGS:
            continue
        if word.split("=", 1)[0] in _UNTOLD:
            if "=" not in word:
                next(rest, None)
            continue
        outside = word.startswith(("/", "~")) or ".." in Path(word).parts
        words.append(Path(word).name if outside else word)
    return " ".join(words)


def machine() -> dict[str, Any]:
    """Cores this process may use, the processor's model and the memory: the kind of machine, not which one."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _field("/proc/cpuinfo", "model name") or platform.machine(),
        "memory_gb": round(int(_field("/proc/meminfo", "MemTotal").split()[0] or 0) / 1e6),
    }


def _field(path: str, name: str) -> str:
    """The first value of a ``name : value`` file of the system, "0" where it has none."""
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "0" if name == "MemTotal" else ""


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Versions of Python, of ``packages``, and of this repository: its commit, with a + where files had changed."""
    return {
        "python": platform.python_version(),
        **{package: metadata.version(package) for package in packages},
        "commit": _git("rev-parse", "--short", "HEAD")
        + ("+" if _git("status", "--porcelain", "-uno") else ""),
    }


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "unknown"
