"""What the documents promise is there, and what is there is documented."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import get_commands

import analytics.errors  # noqa: F401 - so that its classes are known
import generation.errors  # noqa: F401
import recommender.errors  # noqa: F401
from aigc_platform import documents, environment
from benchmarks import measured, quoted
from core.errors import PlatformError
from generation.assets import packages
from tests.test_access import routes

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def documented() -> list[Path]:
    return quoted.documents(DOCS)


def test_generated_documents_are_up_to_date():
    assert documents.outdated() == [], "run python -m aigc_platform.documents"


def test_an_outdated_document_is_noticed(tmp_path):
    (tmp_path / "settings.md").write_text("# Settings\n", encoding="utf-8")
    assert documents.outdated(tmp_path) == ["settings.md", "models.md", "metrics.md", "features.md"]


def test_every_setting_is_listed_with_its_default_and_reason():
    page = text("docs/settings.md")
    assert len(environment.VARIABLES) > 30
    for variable in environment.VARIABLES.values():
        line = next(line for line in page.splitlines() if line.startswith(f"| `{variable.name}` |"))
        assert variable.reason in line
        assert len(variable.reason) > 10, variable.name


def test_every_variable_that_code_or_text_names_is_a_setting():
    places = [ROOT / "run", ROOT / "test", *documented()]
    for room in ("aigc_platform", "generation", "recommender", "templates", "static/js"):
        places += [p for p in (ROOT / room).rglob("*") if p.suffix in {".py", ".html", ".js"}]
    constants = {"AIGC_LABELS", "AIGC_KEY", "AIGC_FIELDS"}
    for place in places:
        named = set(re.findall(r"\bAIGC_[A-Z0-9_]*[A-Z0-9]\b", place.read_text(encoding="utf-8"))) - constants
        named = {
            name
            for name in named
            if f'"{name}"' in place.read_text(encoding="utf-8") or place.suffix == ".md"
        }
        assert named <= set(environment.VARIABLES), place.name


def test_every_package_of_models_and_pictures_is_listed_with_version_and_hash():
    page = text("docs/models.md")
    for package in packages():
        assert f"`{package.package}` | {package.version} |" in page
        for entry in package.files:
            assert entry.sha256 in page


def test_every_address_of_the_api_is_documented_and_no_other():
    page = text("docs/api.md")
    gaps = {"<int:pk>": "ID", "<slug:code>": "CODE", "<int:number>": "N", "<str:key>": "KEY"}
    addresses = set()
    for route in (r for r in routes() if r.startswith("api/")):
        for gap, name in gaps.items():
            route = route.replace(gap, name)
        addresses.add(f"/{route}")
    assert set(re.findall(r"`(/api/[^`]*)`", page)) == addresses


def test_every_command_of_ours_is_documented():
    pages = "".join(text(str(place.relative_to(ROOT))) for place in documented())
    rooms = {app.name for app in apps.get_app_configs() if (ROOT / app.name.split(".")[0]).is_dir()}
    ours = [name for name, app in get_commands().items() if app in rooms]
    assert {"generate", "train_ranker"} <= set(ours)
    for name in ours:
        assert re.search(rf"(manage\.py|\./run) {name}\b", pages), name


def test_every_documented_code_exists_in_the_code():
    import_module("generation.stages.palette_training")  # trainers are loaded when they are asked for
    classes, names = [PlatformError], set()
    while classes:
        one = classes.pop()
        names.add(one.code)
        classes += one.__subclasses__()
    framework = {"invalid", "parse_error", "not_authenticated", "authentication_failed", "permission_denied"}
    framework |= {"not_found", "unsupported_media_type", "throttled", "name_locked"}
    framework |= {"bad_request", "csrf_failed", "internal_error"}  # answered by aigc_platform.pages
    paragraph = text("docs/api.md").split("## Codes")[1].split("A failed job")[0]
    assert set(re.findall(r"`([a-z_]+)`", paragraph)) <= names | framework


@pytest.mark.parametrize("place", documented(), ids=lambda place: place.name)
def test_links_lead_to_files_that_exist(place):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", place.read_text(encoding="utf-8")):
        if "docs/images/" not in target:  # drawn by benchmarks/screenshots.py, checked below
            assert (place.parent / target).exists(), target


def test_every_python_command_in_the_documents_is_a_module():
    for place in documented():
        for name in re.findall(r"python -m ([a-z_.]+)", place.read_text(encoding="utf-8")):
            if not name.startswith(("pip", "venv", "pytest")):
                path = ROOT / name.replace(".", "/")
                assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), name


# --- figures ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path):
    """A copy of README.md and docs that a test may spoil."""
    shutil.copytree(DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("images"))
    shutil.copy(ROOT / "README.md", tmp_path)
    return tmp_path


def replaced(place: Path, old: str, new: str) -> None:
    before = place.read_text(encoding="utf-8")
    assert old in before
    place.write_text(before.replace(old, new), encoding="utf-8")


def test_every_quoted_figure_is_recorded_and_every_record_is_quoted():
    assert quoted.rendered(DOCS)[1] == []


def test_a_table_and_a_sentence_that_differ_from_their_records_are_noticed(house):
    assert documents.outdated(house / "docs") == []
    replaced(house / "README.md", "| **0.44 ×: missed** |", "| 0.54 × |")
    replaced(
        house / "docs/events.md", "28,680<!-- = events_kill.stored -->", "28,679<!-- = events_kill.stored -->"
    )
    assert set(documents.outdated(house / "docs")) == {"../README.md", "events.md"}


def test_a_record_that_changes_changes_the_documents_and_the_verdict(house):
    place = house / "docs/measured/events.json"
    record = json.loads(place.read_text(encoding="utf-8"))
    record["figures"]["batch_200.ratio"] |= {"value": 0.61, "met": True}
    place.write_text(json.dumps(record), encoding="utf-8")
    told = {path.name: text for path, text in documents.texts(house / "docs")[0].items()}
    assert "| ≥ 0.5 × | 0.61 × |" in told["README.md"]
    assert "0.44" not in told["events.md"]


def test_a_figure_that_no_record_has_is_named_with_the_nearest(house):
    replaced(house / "docs/search.md", "= search_speed.p50_ms", "= search_speed.p51_ms")
    (sentence,) = quoted.rendered(house / "docs")[1]
    assert sentence.startswith("docs/search.md: search_speed.json has no figure 'p51_ms'. Near it: ")
    assert "p50_ms" in sentence.partition("Near it")[2]


def test_a_table_that_no_template_gives_and_a_mark_behind_no_number_are_named(house):
    replaced(house / "docs/feed.md", "<!-- measured: feed -->", "<!-- measured: fed -->")
    replaced(house / "docs/search.md", "67<!-- = search", "many <!-- = search")
    feed, search = quoted.rendered(house / "docs")[1]
    assert "There is no template passages/fed.md. Near it: feed" in feed
    assert "<!-- = search_speed.p50_ms --> marks nothing" in search


def test_a_record_and_a_template_that_nothing_quotes_are_named(house):
    folder = house / "docs/measured"
    record = measured.read(folder)["demo"]
    measured.write(replace(record, name="forgotten"), folder)
    (folder / "passages/lost.md").write_text("{demo.minutes}\n")
    assert quoted.rendered(house / "docs")[1] == [
        "forgotten.json is quoted nowhere; quote it or delete it.",
        "passages/lost.md is used nowhere.",
    ]


def test_the_check_fails_for_what_is_quoted_wrongly(house, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["documents", "--check"])
    assert documents.main() == 0
    monkeypatch.setattr(documents.texts, "__defaults__", (house / "docs",))
    (house / "docs/measured/demo.json").unlink()
    assert documents.main() == 1
    assert "There is no record demo.json" in capsys.readouterr().err


def test_sections_about_measurements_hold_no_figure_typed_by_hand():
    """A decimal, or a number of ms, MB, GB or ×, is measured or a goal; either has a name. Decisions are of their day."""
    typed = re.compile(r"\d[\d,]*\.\d+|\d[\d,]*(?= ?(?:ms|MB|GB|×)(?!\w))")
    parts = [
        (place.name, section)
        for place in documented()
        if "decisions" not in place.parts
        for section in re.split(r"(?m)^(?=#)", place.read_text(encoding="utf-8"))
        if quoted.BLOCK.search(section) or quoted.INLINE.search(section)
    ]
    assert {name for name, _ in parts} >= {"README.md", "events.md", "feed.md", "recommender.md", "search.md"}
    parts += [
        (path.name, path.read_text(encoding="utf-8")) for path in (DOCS / "measured/passages").glob("*.md")
    ]
    for name, section in parts:
        rest = quoted.BRACES.sub("", quoted.INLINE.sub("", quoted.BLOCK.sub("", section)))
        rest = re.sub(r"`[^`]*`|\]\([^)]*\)", "", rest)
        assert typed.findall(rest) == [], name


def test_records_say_when_and_how_and_nothing_about_whose_machine():
    records = measured.read()
    assert len(records) > 10
    for name, record in records.items():
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", record.date), name
        assert record.source == measured.BY_COMMAND or record.source.startswith(measured.TRANSCRIBED), name
        assert set(record.machine) == {"cores", "processor", "memory_gb"}, name
        assert record.figures, name
        whole = json.dumps(record.to_json())
        assert not re.search(r"/(home|root|tmp|work|mnt|Users)\b|\.\./|--token", whole), name


def test_no_document_and_no_benchmark_names_a_folder_outside_the_repository():
    for place in [*documented(), *(ROOT / "benchmarks").rglob("*.py")]:
        assert not re.search(r"\.\./shared|parents\[[2-9]\]", place.read_text(encoding="utf-8")), place.name


def benchmarks_in_the_documents() -> list[str]:
    pages = "".join(place.read_text(encoding="utf-8") for place in documented())
    return sorted(set(re.findall(r"python -m (benchmarks\.[a-z_]+)", pages)))


@pytest.mark.parametrize("name", benchmarks_in_the_documents())
def test_every_benchmark_in_the_documents_says_what_it_does_and_can_record_it(name, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    has_rooms = (ROOT / name.replace(".", "/")).is_dir()
    with pytest.raises(SystemExit) as left:
        importlib.import_module(f"{name}.__main__" if has_rooms else name).main()
    told = capsys.readouterr().out
    assert left.value.code == 0
    assert "--json" in told
    assert "--record" in told
