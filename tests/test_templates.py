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
