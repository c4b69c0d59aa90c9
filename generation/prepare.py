"""Set-up of everything under ``assets/``: fetch, then build what is derived from it (timed voice, picture index).

``python -m generation.prepare`` is safe to run again: what is in place and current is passed over.
"""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

from core.errors import PlatformError
from generation import assets

STEPS = 1  # raise when a step below changes


def _fingerprint() -> str:
    """Changes with the table, the steps, or the code that derives files."""
    state = hashlib.sha256(f"{STEPS}".encode())
    here = Path(__file__).parent
    for place in (
        here / "assets.json",
        *sorted((here / "media" / "pictures").glob("*")),
        here / "media" / "speech" / "kokoro.py",
        here / "language" / "words.py",
        here / "language" / "stop_words.json",
    ):
        if place.is_file():
            state.update(place.read_bytes())
    return state.hexdigest()


def is_prepared() -> bool:
    stamp = assets.assets_dir() / ".prepared"
    return stamp.exists() and stamp.read_text() == _fingerprint() and not assets.missing()


def prepare() -> None:
    """Bring and derive what is missing, telling each step. Raises ``AssetMissing``."""
    for line in assets.fetch_all():
        print(line, flush=True)
    # they open assets when imported or used
    from generation.media import pictures, rendering, speech

    for name, step in (
        ("the voice's timings", speech.prepare),
        ("the picture index (about a minute)", pictures.prepare),
        ("the drawing kernels", rendering.warm_up),
    ):
        began = time.monotonic()
        print(f"Preparing {name} …", flush=True)
        for line in step() or ():
            print(f"  {line}", flush=True)
        print(f"  done in {time.monotonic() - began:.0f} s", flush=True)
    (assets.assets_dir() / ".prepared").write_text(_fingerprint())


def main() -> int:
    """1 with a sentence when something cannot be had."""
    if is_prepared():
        return 0
    try:
        prepare()
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    size = sum(place.stat().st_size for place in assets.assets_dir().rglob("*") if place.is_file())
    print(
        f"Models and pictures are in place ({size / 1e6:.0f} MB in {assets.assets_dir().name}/).", flush=True
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
