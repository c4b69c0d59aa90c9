"""A folder or archive of pictures: told by content, copies found."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generation.collection.cleaning import _near_pictures, pictures_cleaned
from generation.collection.folder import FolderUnreadable, pictures_listed


def picture(seed: int, *, quality: int = 95, kind: str = "jpeg") -> bytes:
    coarse = np.random.default_rng(seed).integers(0, 255, (6, 6, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(coarse).resize((96, 96), Image.Resampling.BICUBIC).save(out, kind, quality=quality)
    return out.getvalue()


def test_copies_and_broken_files_go_and_the_rest_keeps_its_category(tmp_path: Path) -> None:
    place = tmp_path / "pictures.zip"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("cat/1.jpg", picture(1))
        archive.writestr("cat/1 again.jpg", picture(1))
        archive.writestr("cat/1 smaller.jpg", picture(1, quality=60))
        archive.writestr("dog/2.png", picture(2, kind="png"))
        archive.writestr("dog/broken.jpg", b"no picture")
        archive.writestr("../../outside.jpg", picture(3))
        archive.writestr("notes.txt", "nothing to see")
    rows = pictures_listed(place)
    kept, dropped, report = pictures_cleaned(rows)
    assert kept["name"].tolist() == ["../../outside.jpg", "cat/1 again.jpg", "dog/2.png"]
    assert kept["category"].tolist() == ["..", "cat", "dog"]
    assert dropped["reason"].value_counts().to_dict() == {
        "duplicate": 1,
        "near_duplicate": 1,
        "unreadable": 1,
    }
    assert report.before == report.after + len(dropped)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["pictures.zip"]


def test_a_folder_reads_as_its_archive_does_and_an_empty_one_says_so(tmp_path: Path) -> None:
    (tmp_path / "cat").mkdir()
    (tmp_path / "cat" / "1.jpg").write_bytes(picture(1))
    assert pictures_listed(tmp_path)["category"].tolist() == ["cat"]
    (tmp_path / "cat" / "1.jpg").unlink()
    with pytest.raises(FolderUnreadable, match="holds no pictures"):
        pictures_listed(tmp_path)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=30), st.data())
def test_near_copies_are_what_comparing_all_pairs_finds(values: list[int], data: st.DataObject) -> None:
    for value in list(values):
        flips = data.draw(st.lists(st.integers(0, 63), max_size=6, unique=True))
        values.append(value ^ sum(1 << bit for bit in flips))
    flags = _near_pictures([f"{value:016x}" for value in values], 4)
    kept: list[int] = []
    for value, flag in zip(values, flags):
        alike = any((value ^ other).bit_count() <= 4 for other in kept)
        assert alike == flag
        if not alike:
            kept.append(value)
