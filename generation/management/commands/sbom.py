"""List what the site is made of, as a CycloneDX 1.6 document: Python packages as installed, models and pictures with hashes."""

from __future__ import annotations

import json
import sys
import uuid
from argparse import ArgumentParser
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from core.revision import code_revision
from generation.assets import AssetPackage, packages


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, help="the file to write (default: standard output)")

    def handle(self, *args: Any, **options: Any) -> None:
        text = json.dumps(document(), ensure_ascii=False, indent=2)
        if options["output"] is None:
            self.stdout.write(text)
        else:
            options["output"].write_text(text + "\n", encoding="utf-8")


def document() -> dict[str, Any]:
    """https://cyclonedx.org/docs/1.6/json/"""
    installed = {one.metadata["Name"].lower(): one for one in distributions() if one.metadata["Name"]}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": timezone.now().isoformat(timespec="seconds"),
            "component": {
                "type": "application",
                "bom-ref": "site",
                "name": settings.SITE_NAME["en"],
                "version": code_revision(),
            },
            "properties": [{"name": "python", "value": sys.version.split()[0]}],
        },
        "components": [
            *(_package(one) for _, one in sorted(installed.items())),
            *(_assets(one) for one in packages()),
        ],
    }


def _package(one: Distribution) -> dict[str, Any]:
    name, version = one.metadata["Name"], one.version
    address = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
    }
    if licence := one.metadata.json.get("license_expression"):
        component["licenses"] = [{"expression": licence}]
    elif licence := str(one.metadata.json.get("license") or "").strip().split("\n")[0][:80]:
        component["licenses"] = [{"license": {"name": licence}}]
    return component


def _assets(one: AssetPackage) -> dict[str, Any]:
    """A package that only its data is taken of: a model, a font, a set of pictures."""
    return {
        "type": "data",
        "bom-ref": f"asset:{one.package}@{one.version}",
        "name": one.package,
        "version": one.version,
        "components": [
            {
                "type": "file",
                "name": entry.path,
                "hashes": [{"alg": "SHA-256", "content": entry.sha256}],
            }
            for entry in one.files
        ],
    }
