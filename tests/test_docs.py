"""What the documents promise is there, and what is there is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

import generation.errors  # noqa: F401 - so that its classes are known
import recommender.errors  # noqa: F401
from aigc_platform import documents, environment
from core.errors import PlatformError
from generation.assets import packages
from tests.test_access import routes

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def documented() -> list[Path]:
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def test_generated_documents_are_up_to_date():
    assert documents.outdated() == [], "run python -m aigc_platform.documents"


def test_an_outdated_document_is_noticed(tmp_path):
    (tmp_path / "settings.md").write_text("# Settings\n", encoding="utf-8")
    assert documents.outdated(tmp_path) == ["settings.md", "models.md"]


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
    addresses = {f"/{r.replace('<int:pk>', 'ID')}" for r in routes() if r.startswith("api/")}
    assert set(re.findall(r"`(/api/[^`]*)`", page)) == addresses


def test_every_command_of_ours_is_documented():
    pages = "".join(text(str(place.relative_to(ROOT))) for place in documented())
    ours = [name for name, app in get_commands().items() if app == "generation"]
    assert "generate" in ours
    for name in ours:
        assert re.search(rf"(manage\.py|\./run) {name}\b", pages), name


def test_every_documented_code_exists_in_the_code():
    classes, names = [PlatformError], set()
    while classes:
        one = classes.pop()
        names.add(one.code)
        classes += one.__subclasses__()
    framework = {"invalid", "parse_error", "not_authenticated", "authentication_failed", "permission_denied"}
    framework |= {"not_found", "unsupported_media_type", "throttled", "name_locked"}
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
