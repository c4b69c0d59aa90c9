"""Templates as a reviewer reads them. ./test checks their indentation with djhtml."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

LONGEST = 160
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def test_no_line_of_a_template_is_too_long_to_review() -> None:
    long = [
        f"{path.relative_to(TEMPLATES)}:{number} has {len(line)} characters"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > LONGEST
    ]
    assert not long, f"Break them at {LONGEST}, where white space does not show: {long[:5]}"


def test_scripts_that_are_swapped_into_a_page_get_no_nonce_of_it() -> None:
    told = [path.name for path in TEMPLATES.rglob("*.html") if "inlineScriptNonce" in path.read_text("utf-8")]
    assert not told, "An injected script would run in spite of the Content-Security-Policy."
