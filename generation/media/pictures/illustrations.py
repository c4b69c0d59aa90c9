"""The drawings themselves: SVG bodies of three licensed sets in one SQLite file, and their pixels.

The sets arrive as Iconify JSON (https://iconify.design/docs/types/iconify-json.html), one of them 104 MB: set-up copies
what can be chosen into ``pictures/drawings.sqlite`` once, so that a request reads one row.
"""

from __future__ import annotations

import io
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from generation.assets import asset_path, assets_dir
from generation.errors import PictureUnknown

# in order of preference; every one is the work of one hand, so a video keeps to one where it can
SETS = ("fluent-emoji", "fluent-emoji-flat", "noto")
# where each set says which drawing belongs to which character; the two Fluent sets share their names
CHARACTERS = {
    "fluent-emoji": "fluent-emoji-flat.chars.json",
    "fluent-emoji-flat": "fluent-emoji-flat.chars.json",
    "noto": "noto.chars.json",
}
DATABASE = "pictures/drawings.sqlite"
MAX_SIZE_PX = 2048
RENDERED = "pictures/rendered"
# The soft 3-D drawings stack many shapes with one outline, which hardens its edge: small ones are made twice as large first.
_SMALL_PX = 320
_KEPT_FILES = 800  # about 60 MB

Rgba = NDArray[np.uint8]


def build(database: Path, wanted: dict[str, set[str]]) -> Iterator[str]:
    """Write the drawings named in ``wanted`` (set → names) into a new SQLite file; yields a line a set."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "CREATE TABLE drawing (picture_set TEXT, name TEXT, body TEXT, width REAL, height REAL,"
            " PRIMARY KEY (picture_set, name)) WITHOUT ROWID"
        )
        for picture_set in SETS:
            icons = json.loads(asset_path(f"pictures/{picture_set}.json").read_text(encoding="utf-8"))
            rows = [(picture_set, name, *_resolved(icons, name)) for name in sorted(wanted[picture_set])]
            connection.executemany("INSERT INTO drawing VALUES (?, ?, ?, ?, ?)", rows)
            yield f"pictures: {len(rows)} drawings of {picture_set}"


def _resolved(icons: dict[str, Any], name: str) -> tuple[str, float, float]:
    """(body, width, height) of one icon; an alias may mirror its parent."""
    icon = icons["icons"].get(name)
    alias = {} if icon else icons["aliases"][name]
    icon = icon or icons["icons"][alias["parent"]]
    width = float(icon.get("width", icons.get("width", 16)))
    height = float(icon.get("height", icons.get("height", 16)))
    body = icon["body"]
    if alias.get("hFlip"):
        body = f'<g transform="translate({width:g} 0) scale(-1 1)">{body}</g>'
    if alias.get("vFlip"):
        body = f'<g transform="translate(0 {height:g}) scale(1 -1)">{body}</g>'
    return body, width, height


def iconify_names(picture_set: str) -> set[str]:
    """Every name of one set's Iconify file, aliases among them (set-up only: this reads the whole file)."""
    icons = json.loads(asset_path(f"pictures/{picture_set}.json").read_text(encoding="utf-8"))
    return set(icons["icons"]) | {n for n, a in icons["aliases"].items() if a["parent"] in icons["icons"]}


@lru_cache(maxsize=len(SETS))
def names_in(picture_set: str) -> frozenset[str]:
    """The names that ``rasterize`` knows in one set; empty for a set that does not exist.

    Raises ``AssetMissing`` before set-up.
    """
    with closing(open_database()) as connection:
        rows = connection.execute("SELECT name FROM drawing WHERE picture_set = ?", (picture_set,)).fetchall()
    return frozenset(name for (name,) in rows)


def open_database() -> sqlite3.Connection:
    """The built database, read-only; raises ``AssetMissing`` before set-up."""
    return sqlite3.connect(f"{asset_path(DATABASE).absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def svg(name: str, picture_set: str) -> str:
    """One drawing as an SVG document.

    Raises ``PictureUnknown`` when the set has no such drawing, ``AssetMissing`` before set-up.
    """
    with closing(open_database()) as connection:
        row = connection.execute(
            "SELECT body, width, height FROM drawing WHERE picture_set = ? AND name = ?", (picture_set, name)
        ).fetchone()
    if row is None:
        raise PictureUnknown(
            f"No drawing {name!r} in the set {picture_set!r}; choose one that the search names."
        )
    body, width, height = row
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">{body}</svg>'


@lru_cache(maxsize=64)
def rasterize(name: str, picture_set: str, size_px: int) -> Rgba:
    """One drawing in a square, (size_px, size_px, 4) uint8 RGBA with straight alpha; read-only, because it is shared.

    Raises ``PictureUnknown`` as ``svg`` does and when ``size_px`` is not in [8, 2048].
    """
    if not 8 <= size_px <= MAX_SIZE_PX:
        raise PictureUnknown(
            f"A drawing can be 8 to {MAX_SIZE_PX} px large, not {size_px}; ask for a size within."
        )
    image = Image.open(
        io.BytesIO(_png(name, picture_set, size_px * (2 if size_px <= _SMALL_PX else 1)))
    ).convert("RGBA")
    square = Image.new("RGBA", (size_px, size_px))
    image.thumbnail((size_px, size_px), Image.Resampling.LANCZOS)
    square.paste(image, ((size_px - image.width) // 2, (size_px - image.height) // 2))
    pixels = np.asarray(square)
    pixels.setflags(write=False)
    return pixels


def _png(name: str, picture_set: str, size_px: int) -> bytes:
    """One drawing as PNG, from the folder of those made before: a soft shadow at 600 px takes resvg 0.3 s."""
    path = assets_dir() / RENDERED / f"{picture_set}-{name}-{size_px}.png"
    document = svg(name, picture_set)  # before the look-up, so that an unknown name never touches the folder
    with suppress(OSError):
        return path.read_bytes()
    png = bytes(resvg_py.svg_to_bytes(svg_string=document, skip_system_fonts=True, width=size_px))
    _keep(path, png)
    return png


def _keep(path: Path, png: bytes) -> None:
    """Write a made drawing whole or not at all; beyond ``_KEPT_FILES`` the older half of the folder goes."""
    with suppress(OSError):  # a read-only or full disk only costs the time of drawing again
        path.parent.mkdir(parents=True, exist_ok=True)
        others = sorted(path.parent.glob("*.png"), key=lambda other: other.stat().st_mtime)
        if len(others) >= _KEPT_FILES:
            for other in others[: len(others) // 2]:
                other.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as partial:
            partial.write(png)
        Path(partial.name).replace(path)
