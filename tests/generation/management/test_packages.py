"""What the site is made of, and what is known of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import django
import pytest
from django.core.management import CommandError, call_command

from generation.assets import packages

ROOT = Path(__file__).resolve().parents[3]


def test_the_list_of_parts_names_every_package_and_every_model_with_its_hash(tmp_path: Path) -> None:
    call_command("sbom", "--output", str(tmp_path / "bom.json"))
    told = json.loads((tmp_path / "bom.json").read_text(encoding="utf-8"))
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    addresses = {part.get("purl") for part in told["components"]}
    assert f"pkg:pypi/django@{django.__version__}" in addresses and len(addresses) > 80
    references = [part["bom-ref"] for part in told["components"]]
    assert len(references) == len(set(references))
    hashes = {
        entry["hashes"][0]["content"] for part in told["components"] for entry in part.get("components", ())
    }
    assert {entry.sha256 for package in packages() for entry in package.files} == hashes


def test_without_a_network_the_audit_says_that_nobody_was_asked() -> None:
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}
    for more, status in (((), 0), (("--strict",), 1)):
        done = subprocess.run(
            [sys.executable, "manage.py", "audit_packages", *more],
            cwd=ROOT, env={**os.environ, **nowhere}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, "Nobody could be asked" in done.stdout + done.stderr) == (status, True), done


def test_a_known_weakness_is_named_and_fails(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    weak = {"name": "sample", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
    told = {"dependencies": [weak, {"name": "sound", "version": "2.0", "vulns": []}], "fixes": []}

    def run(command: list[str], **_: Any) -> Any:
        return subprocess.CompletedProcess(command, 1, json.dumps(told), "")

    monkeypatch.setattr("generation.management.commands.audit_packages.subprocess.run", run)
    with pytest.raises(CommandError, match="1 known weaknesses"):
        call_command("audit_packages")
    assert "sample 1.0: PYSEC-1; mended in 1.1" in capsys.readouterr().out
