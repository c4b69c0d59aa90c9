"""A benchmark replaces its record only where it was asked to, and what it writes can be read and quoted."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import learning, measured, quoted, search
from benchmarks.events import __main__ as events
from benchmarks.feed import __main__ as feed
from benchmarks.measured import Figure, Record


@pytest.fixture
def record() -> Record:
    figures = {"speed": Figure(12.5, "ms", at_most=10), "share": Figure(0.25)}
    return Record(
        "trial", "python -m benchmarks.trial", "2026-01-02", measured.BY_COMMAND, figures, measured.machine()
    )


def told(capsys, monkeypatch, folder, *options: str) -> str:
    monkeypatch.setattr(measured.write, "__defaults__", (folder,))
    monkeypatch.setattr(measured, "ROOT", folder)
    monkeypatch.setattr(sys, "argv", ["/somewhere/benchmarks/trial.py", *options])
    measured.tell(
        {"ratio": 0.5},
        measured.parser("A trial.").parse_args(list(options)),
        name="trial",
        figures=lambda report: {"ratio": Figure(report["ratio"], "×", at_least=0.4)},
        packages=("numpy",),
        lines=measured.by_line,
    )
    return capsys.readouterr().out


def test_a_trial_run_prints_and_records_nothing(tmp_path, capsys, monkeypatch):
    assert told(capsys, monkeypatch, tmp_path) == "ratio: 0.5\n"
    assert json.loads(told(capsys, monkeypatch, tmp_path, "--json")) == {"ratio": 0.5}
    assert list(tmp_path.iterdir()) == []


def test_a_recorded_run_prints_the_same_and_can_be_read(tmp_path, capsys, monkeypatch):
    options = ("--json", "--record", "--note", "quiet")
    assert json.loads(told(capsys, monkeypatch, tmp_path, *options)) == {"ratio": 0.5}
    (found,) = measured.read(tmp_path).values()
    assert (found.name, found.command, found.note) == ("trial", "python -m benchmarks.trial --json", "quiet")
    assert found.figures == {"ratio": Figure(0.5, "×", at_least=0.4)}
    assert found.versions.keys() == {"python", "numpy", "commit"}
    assert found.machine["cores"] >= 1
    assert [path.name for path in tmp_path.iterdir()] == ["trial.json"]  # and no part of a file


def test_a_write_that_fails_leaves_the_old_record(tmp_path, monkeypatch, record):
    measured.write(record, tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(measured.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        measured.write(replace(record, note="new"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["trial.json"]
    assert measured.read(tmp_path) == {"trial": record}


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["--data", "/home/someone/ml-100k", "--json"], "--data ml-100k --json"),
        (["--data", "../elsewhere/log.csv"], "--data log.csv"),
        (["--chart", "docs/images/learning.svg"], "--chart docs/images/learning.svg"),
        (["--token", "secret", "--base=http://studio.local", "--quality", "draft"], "--quality draft"),
        (["--record", "--seeds", "0", "1"], "--seeds 0 1"),
    ],
)
def test_a_recorded_command_holds_no_path_no_address_and_no_token(arguments, shown):
    assert measured.command("trial", arguments) == f"python -m benchmarks.trial {shown}"


@pytest.mark.parametrize(
    ("script", "name"), [("benchmarks/trial.py", "trial"), ("benchmarks/trial/__main__.py", "trial")]
)
def test_a_recorded_command_names_the_benchmark_whether_it_has_rooms_or_not(script, name):
    assert measured.module_of(Path("/somewhere") / script) == name


def test_a_verdict_written_by_hand_is_refused(tmp_path, record):
    path = measured.write(record, tmp_path)
    path.write_text(path.read_text().replace('"met": false', '"met": true'))
    with pytest.raises(ValueError, match=r"trial\.json is not a record.*met says True"):
        measured.read(tmp_path)


def test_a_record_under_another_name_is_refused(tmp_path, record):
    measured.write(record, tmp_path).rename(tmp_path / "other.json")
    with pytest.raises(ValueError, match=r"other\.json calls itself 'trial'"):
        measured.read(tmp_path)


@pytest.mark.parametrize(
    ("figure", "spec", "verdict", "bound"),
    [
        (Figure(0.444, "×", at_least=0.5), ".2f", "**0.44 ×: missed**", "≥ 0.5 ×"),
        (Figure(0.5, "×", at_least=0.5), ".2f", "0.50 ×", "≥ 0.5 ×"),
        (Figure(1234.4, "ms", at_most=2000), ".0f", "1,234 ms", "≤ 2,000 ms"),
        (Figure(-0.06, at_least=-0.05, at_most=0.05), "+.2f", "**−0.06: missed**", "≥ −0.05, ≤ 0.05"),
        (Figure(3957), "", "3,957", ""),
    ],
)
def test_a_missed_goal_stands_in_bold_beside_what_was_reached(figure, spec, verdict, bound):
    assert (quoted.judged(figure, spec), quoted.goal(figure)) == (verdict, bound)


def test_a_figure_in_a_sentence_keeps_its_decimals_and_its_sign(record):
    figures = {"a": Figure(-0.26094), "b": Figure(0.4587), "c": Figure(28680), "d": Figure(1, at_most=1.25)}
    quoting = quoted.Quoting({"trial": replace(record, figures=figures)}, {})
    text = "0.1<!-- = trial.a -->, +0.1<!-- = trial.b -->, **1<!-- = trial.c -->** of ≤ 9.00<!-- = goal trial.d -->"
    assert quoting.rendered(text) == (
        "−0.3<!-- = trial.a -->, +0.5<!-- = trial.b -->, **28,680<!-- = trial.c -->** of ≤ 1.25<!-- = goal trial.d -->"
    )


def test_what_benchmarks_report_holds_every_figure_that_the_documents_quote_of_them():
    """The keys of the records come from the benchmarks' own functions, so that a new run can be quoted as the old one."""
    row = dict.fromkeys(
        (
            "events_per_second", "bare_per_second", "ratio", "ratio_unsynced", "ratio_orm",
            "server_cpu_ms_per_batch", "bare_cpu_ms_per_batch",
        ),
        1.0,
    ) | {"ratios": (0.5, 2.0)}  # fmt: skip
    made = {"events": events.figures({f"batch_{size}": row for size in events.SIZES})}
    page = dict.fromkeys(("p50_ms", "p95_ms", "p99_ms", "cpu_ms", "requests_per_second"), 1.0)
    made["feed"] = feed.figures(
        [
            {
                "videos": size,
                "feed": page,
                "constant": page,
                "ratio": page,
                "first_page_ms": 8000.0,
                "memory_mb": 400,
            }
            for size in (1000, 100_000)
        ]
    )
    ways = ("words", "meaning", "words and meaning", "translated words", "joined")
    pairs = {f"{a}→{b}": 0.5 for a in ("zh", "en") for b in ("zh", "en")}
    found = {
        "videos": 320,
        "recall_at_10": dict.fromkeys(ways, pairs),
        "found_for_nothing": {"x": 1, "y": 10},
        "seconds": {"p50": 0.067, "p95": 0.087, "videos": 10_000},
    }
    made |= {"search": search.figures(found), "search_speed": search.figures_of_speed(found)}
    shown = {"oracle": [0.8, 0.7], "site": [0.4, 0.5], "popularity": [0.3, 0.3], "random": [0.2, 0.2]}
    made["learning"] = learning.figures(
        {
            "slots": 2,
            "interest": {name: sum(values) / 2 for name, values in shown.items()},
            "by_day": shown,
            "by_videos_seen": {"0–7": 0.33, "48+": 0.42},
        }
    )
    records = measured.read()
    for name, figures in made.items():
        assert set(records[name].figures) <= set(figures), name
    assert made["search_speed"]["p50_ms"] == Figure(67.0, "ms")
    assert made["learning"]["regret_share.last_day"] == Figure(0.4, "×", at_most=0.667)
    assert made["events"]["batch_200.ratio"].met
    assert not made["feed"]["videos_1000.feed.p99_ms"].value > feed.GOAL_P99_MS
