"""The arrows of import that a linter cannot see: plain rooms open without Django."""

import ast
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLAIN = [
    "core.errors",
    "core.files",
    "core.languages",
    "core.endpoints",
    "generation.generators",
    "generation.bank",
    "generation.errors",
    "generation.language",
    "generation.storyboard",
    "generation.media",
    "generation.script",
    "generation.stages",
    "generation.ml",
    "recommender.ml",
    "recommender.errors",
    "analytics.stats",
    "analytics.errors",
]


def modules(package):
    place = ROOT.joinpath(*package.split("."))
    if not place.is_dir():
        return [package]
    names = []
    for file in sorted(place.rglob("*.py")):
        if file.name != "__main__.py":
            names.append(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    return names


@pytest.mark.parametrize("package", PLAIN)
def test_plain_rooms_open_without_the_web_framework(package):
    code = (
        f"import importlib, sys\nfor name in {modules(package)!r}: importlib.import_module(name)\n"
        "found = sorted({'django', 'celery', 'rest_framework'} & set(sys.modules))\n"
        "sys.exit(f'imports {found}' if found else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr.strip().splitlines()[-1:]


def test_no_file_names_a_path_of_one_machine_or_a_registry():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    forbidden = ["/wo" + "rk/", "/far" + "m/", "/tmp/" + "h/", "pypi." + "org", "registry." + "npmjs"]
    for name in listed:
        place = ROOT / name
        if (
            place.suffix in {".py", ".md", ".html", ".js", ".css", ".toml", ".json", ".txt", ".po"}
            and place.is_file()
        ):
            text = place.read_text(encoding="utf-8")
            assert not [word for word in forbidden if word in text], name


# Of two classes with one name in an app, a reader who meets it in a message must ask which.
@pytest.mark.parametrize("app", ["aigc_platform", "core", "generation", "recommender", "analytics"])
def test_a_public_class_name_is_unique_in_its_app(app):
    homes = defaultdict(list)
    for file in sorted((ROOT / app).rglob("*.py")):
        if {"migrations", "commands"} & set(file.parts):  # Django wants every command called Command
            continue
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(str(file.relative_to(ROOT)))
    twice = {name: files for name, files in homes.items() if len(files) > 1}
    assert twice == {}
