"""How a film sounds: tempo and key of pieces whose tempo and key are known, and silence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample_poly

from generation.media.music.composed import ComposedMusic
from generation.media.watching.loudness import FLOOR_DBFS, RATE_HZ
from generation.media.watching.sound import NAMES, described, key_of, tempo_of

ASKED = [("bright", "C"), ("calm", "Am")]
CADENCES = {
    "": [(0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)],
    "m": [(0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7)],
}


@pytest.fixture(scope="module")
def pieces() -> list[tuple[float, np.ndarray]]:
    """(tempo, samples) as the composer says it played them."""
    found = []
    for mood, key in ASKED:
        piece = ComposedMusic().piece(mood, 10.0, seed=3, key=key)
        found.append((piece.tempo, resample_poly(piece.samples.mean(axis=1), 1, 3).astype(np.float32)))
    return found


def test_the_tempo_of_a_piece_is_found_or_its_half_or_double(pieces):
    for tempo, samples in pieces:
        found = tempo_of(samples)
        assert found is not None
        assert min(abs(np.log2(found / tempo) - octave) for octave in (-1, 0, 1)) < 0.04


@pytest.mark.parametrize("mode", ["", "m"])
def test_the_key_of_a_cadence_is_found_in_every_key(mode):
    wrong = []
    for tonic, name in enumerate(NAMES):
        chords = [chord(*(60 + tonic + step for step in steps)) for steps in CADENCES[mode]]
        if (found := key_of(np.concatenate(chords))) != name + mode:
            wrong.append((name + mode, found))
    assert len(wrong) <= 2, wrong


def chord(*pitches: int) -> np.ndarray:
    """One and a half seconds of notes with three overtones each."""
    seconds = np.arange(round(1.5 * RATE_HZ)) / RATE_HZ
    hertz = [440 * 2 ** ((pitch - 69) / 12) for pitch in pitches]
    waves = [np.sin(2 * np.pi * n * tone * seconds) / n**2 for tone in hertz for n in (1, 2, 3, 4)]
    return (0.1 * np.sum(waves, axis=0) * np.exp(-seconds)).astype(np.float32)


def test_clicks_have_a_tempo():
    samples = np.zeros(RATE_HZ * 12, np.float32)
    for beat in range(24):
        samples[beat * RATE_HZ // 2 : beat * RATE_HZ // 2 + 200] = 0.8
    assert tempo_of(samples) == pytest.approx(120, abs=1)


def test_silence_has_neither_tempo_nor_key():
    told = described(np.zeros(RATE_HZ * 6, np.float32))
    assert (told.tempo, told.key, told.level_dbfs, told.level_spread_db) == (None, None, FLOOR_DBFS, 0.0)
    assert described(np.zeros(0, np.float32)).level_dbfs == FLOOR_DBFS


def test_what_grows_louder_has_more_spread_of_level():
    noise = np.random.default_rng(0).normal(0, 0.1, RATE_HZ * 5).astype(np.float32)
    even, rising = described(noise), described(noise * np.linspace(0.01, 1, len(noise), dtype=np.float32))
    assert rising.level_spread_db > 5 > even.level_spread_db
