"""A sound font with only the samples some instruments need: loading decodes every sample it finds.

Layout: SoundFont 2.04 specification, chapter 7; SF3 differs in that samples are Ogg Vorbis streams and their
headers count bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from pathlib import Path

from generation.errors import MediaUnreadable

_PRESET, _BAG, _GENERATOR, _INSTRUMENT, _SAMPLE = 38, 4, 4, 22, 46  # record sizes in bytes
_INSTRUMENT_OF_ZONE, _SAMPLE_OF_ZONE = 41, 53  # generator numbers


def with_samples_of(path: Path, presets: Iterable[tuple[int, int]]) -> bytes:
    """The font's bytes in which samples that no (bank, program) of ``presets`` uses are marked empty.

    Raises ``MediaUnreadable`` when the file is no sound font.
    """
    font = bytearray(path.read_bytes())
    if font[:4] != b"RIFF" or font[8:12] != b"sfbk":
        raise MediaUnreadable(f"{path.name} is no sound font; fetch it again with ./run.")
    chunks = _preset_chunks(font)
    wanted = set(presets)
    used: set[int] = set()
    for instrument in _instruments(font, chunks, wanted):
        used |= _zones(font, chunks, "inst", _INSTRUMENT, 20, instrument, "ibag", "igen", _SAMPLE_OF_ZONE)
    # a player that interpolates reads a little past the end of a sample: what follows must stay what it was
    used |= {sample + 1 for sample in used}
    start, size = chunks["shdr"]
    for sample in range(size // _SAMPLE - 1):
        if sample not in used:
            begins = start + sample * _SAMPLE + 20
            font[begins : begins + 8] = bytes(8)  # from byte 0 to byte 0: nothing to decode
    return bytes(font)


def _preset_chunks(font: bytearray) -> dict[str, tuple[int, int]]:
    """(offset, size) of each list inside the ``pdta`` list."""
    at = 12
    while at + 12 <= len(font):
        name, size = bytes(font[at : at + 4]), struct.unpack_from("<I", font, at + 4)[0]
        if name == b"LIST" and font[at + 8 : at + 12] == b"pdta":
            return dict(_inner(font, at + 12, at + 8 + size))
        at += 8 + size + size % 2
    raise MediaUnreadable("The sound font has no preset data; fetch it again with ./run.")


def _inner(font: bytearray, at: int, end: int) -> Iterable[tuple[str, tuple[int, int]]]:
    while at + 8 <= end:
        size = struct.unpack_from("<I", font, at + 4)[0]
        yield font[at : at + 4].decode("ascii"), (at + 8, size)
        at += 8 + size + size % 2


def _instruments(
    font: bytearray, chunks: dict[str, tuple[int, int]], wanted: set[tuple[int, int]]
) -> set[int]:
    start, size = chunks["phdr"]
    found: set[int] = set()
    for preset in range(size // _PRESET - 1):
        program, bank = struct.unpack_from("<HH", font, start + preset * _PRESET + 20)
        if (bank, program) in wanted:
            found |= _zones(font, chunks, "phdr", _PRESET, 24, preset, "pbag", "pgen", _INSTRUMENT_OF_ZONE)
    return found


def _zones(
    font: bytearray,
    chunks: dict[str, tuple[int, int]],
    table: str,
    record: int,
    bag_field: int,
    index: int,
    bags: str,
    generators: str,
    wanted: int,
) -> set[int]:
    """What the zones of one preset or instrument name by their ``wanted`` generator."""
    at = chunks[table][0] + index * record + bag_field
    first, last = (struct.unpack_from("<H", font, at + step * record)[0] for step in (0, 1))
    bag, generator = chunks[bags][0], chunks[generators][0]
    begin, end = (struct.unpack_from("<H", font, bag + zone * _BAG)[0] for zone in (first, last))
    pairs = (struct.unpack_from("<HH", font, generator + place * _GENERATOR) for place in range(begin, end))
    return {amount for number, amount in pairs if number == wanted}
