"""PDQ against the reference where it is installed and against its own promises; the index against looking at all."""

import numpy as np
import pytest
from PIL import Image

from generation.media.matching.exchange import (
    ListedHash,
    ListUnreadable,
    read_list,
    written_csv,
    written_json,
)
from generation.media.matching.index import HashIndex
from generation.media.matching.pdq import MATCH_DISTANCE, dihedral_hashes, distance, pdq_hash


def picture(seed: int, width: int = 320, height: int = 240) -> np.ndarray:
    """Colored blobs with shape at all the frequencies that are hashed."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (36, 48, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC))


@pytest.mark.parametrize("size", [(64, 64), (320, 240), (517, 391)])
def test_hash_is_bit_for_bit_that_of_the_reference(size):
    reference = pytest.importorskip("pdqhash", reason="the reference implementation is not installed")
    for seed in range(5):
        rgb = picture(seed, *size)
        bits, quality = reference.compute(rgb)
        mine = pdq_hash(rgb)
        assert distance(np.packbits(bits).tobytes(), mine.bits) <= 2  # sums in another order
        assert abs(quality - mine.quality) <= 1


def test_same_picture_smaller_recompressed_and_darker_still_matches(tmp_path):
    for seed in range(8):
        rgb = picture(seed)
        Image.fromarray(rgb).resize((200, 150)).save(tmp_path / "again.jpg", quality=40)
        again = (np.asarray(Image.open(tmp_path / "again.jpg")) * 0.8).astype(np.uint8)
        assert distance(pdq_hash(rgb).bits, pdq_hash(again).bits) <= MATCH_DISTANCE


def test_other_pictures_differ_in_about_half_of_the_bits():
    hashes = [pdq_hash(picture(seed)).bits for seed in range(40)]
    apart = [distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(apart) > 64 and 110 < np.mean(apart) < 146


def test_half_of_the_bits_are_set():
    assert int.from_bytes(pdq_hash(picture(3)).bits, "big").bit_count() == 128


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("mirrored", lambda p: p[:, ::-1]),
        ("flipped", lambda p: p[::-1]),
        ("turned_180", lambda p: p[::-1, ::-1]),
        ("turned_90", lambda p: np.rot90(p)),
        ("turned_270", lambda p: np.rot90(p, 3)),
        ("transposed", lambda p: p.transpose(1, 0, 2)),
        ("antitransposed", lambda p: p[::-1, ::-1].transpose(1, 0, 2)),
    ],
)
def test_each_dihedral_hash_is_that_of_the_turned_picture(name, made):
    rgb = picture(11)
    forms = dihedral_hashes(rgb)
    turned = pdq_hash(np.ascontiguousarray(made(rgb))).bits
    assert distance(forms[name].bits, turned) <= MATCH_DISTANCE
    assert min(forms, key=lambda key: distance(forms[key].bits, turned)) == name


def test_flat_picture_has_no_quality():
    assert pdq_hash(np.full((90, 160, 3), 128, np.uint8)).quality == 0


def test_index_finds_exactly_what_looking_at_all_finds():
    rng = np.random.default_rng(5)
    stored = [rng.bytes(32) for _ in range(3000)]
    index = HashIndex(stored)
    for turns in (0, 1, 15, 30, 31, 32, 40):
        asked = bytearray(stored[77])
        for bit in rng.choice(256, turns, replace=False):
            asked[bit // 8] ^= 1 << (bit % 8)
        by_hand = [row for row, one in enumerate(stored) if distance(one, bytes(asked)) <= MATCH_DISTANCE]
        found = index.search(bytes(asked))
        assert [match.row for match in found] == by_hand
        assert (77 in by_hand) == (turns <= 31)


def test_index_of_nothing_finds_nothing_and_refuses_what_it_cannot_promise():
    assert HashIndex([]).search(bytes(32)) == []
    with pytest.raises(ValueError, match="31"):
        HashIndex([bytes(32)]).search(bytes(32), within=32)


@pytest.mark.parametrize("written", [written_json, written_csv])
def test_list_that_was_exported_reads_back_the_same(written):
    entries = [
        ListedHash("ab" * 32, "HASH_PDQ", '=cmd, "quoted"', ("hate", "minors"), 88, "2026-11-30"),
        ListedHash("01" * 32, "HASH_SHA256", "文件"),
    ]
    assert read_list(written(entries).encode()) == entries


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"{", "JSON"),
        (b'{"data": [{"indicator": "xyz"}]}', "Entry 1"),
        (b"hash\nabc\n", "indicator"),
        (b'[{"indicator": "' + b"a" * 64 + b'", "type": "HASH_TMK"}]', "HASH_TMK"),
    ],
)
def test_list_with_a_wrong_entry_is_refused_with_its_place(data, said):
    with pytest.raises(ListUnreadable, match=said):
        read_list(data)
