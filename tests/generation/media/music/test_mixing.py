"""The mix is as loud as promised, never clips, and makes room for the voice."""

from __future__ import annotations

import functools

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, resample_poly, sosfilt

from generation.errors import MixImpossible
from generation.media.music import compose, render
from generation.media.music.mixing import DUCK_DB, SAMPLE_RATE, Loudness, duck, measure, mix
from generation.media.music.mixing.dynamics import Limiter, compression, envelope_db
from generation.media.music.mixing.loudness import gated_loudness, longest_silence, true_peaks
from generation.storyboard import MOODS

SECONDS = 6.0


def speech(spans: list[tuple[float, float]], seconds: float, *, seed: int = 0, dc: float = 0.0) -> np.ndarray:
    """Noise shaped like speech: syllables at 5 Hz, most energy below 1 kHz, only within ``spans``."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    low = sosfilt(
        butter(2, (150, 900), "bandpass", fs=SAMPLE_RATE, output="sos"), rng.standard_normal(len(t))
    )
    high = sosfilt(
        butter(2, (1500, 5000), "bandpass", fs=SAMPLE_RATE, output="sos"), rng.standard_normal(len(t))
    )
    syllables = 0.55 + 0.45 * np.sin(2 * np.pi * 5 * t)
    speaking = np.zeros(len(t))
    for start, end in spans:
        speaking[(t >= start) & (t < end)] = 1
    return ((low + 0.3 * high) * syllables * speaking * 0.2 + dc).astype(np.float32)


@functools.cache
def music(mood: str, seconds: float = SECONDS) -> np.ndarray:
    return render(compose(mood, seconds, seed=1))


@pytest.mark.parametrize("rate", [44100, 48000])
def test_loudness_agrees_with_pyloudnorm(rate: int):
    rng = np.random.default_rng(3)
    noise = rng.standard_normal((rate * 4, 2)) * np.linspace(0.001, 0.3, rate * 4)[:, None]
    assert gated_loudness(noise.astype(np.float32), rate) == pytest.approx(
        pyloudnorm.Meter(rate).integrated_loudness(noise), abs=0.1
    )


def test_a_full_scale_sine_measures_as_the_standard_says():
    # BS.1770: a 997 Hz sine at 0 dBFS in one channel reads −3.01 LUFS
    t = np.arange(48000 * 2) / 48000
    sine = np.stack([np.sin(2 * np.pi * 997 * t), np.zeros_like(t)], axis=1).astype(np.float32)
    assert measure(sine, 48000).lufs == pytest.approx(-3.01, abs=0.05)


def test_true_peak_sees_between_the_samples():
    # at a quarter of the rate with 45° of phase every sample is at 0.707 of the real peak
    t = np.arange(48000) / 48000
    sine = np.sin(2 * np.pi * 12000 * t + np.pi / 4).astype(np.float32)[:, None]
    assert np.abs(sine).max() == pytest.approx(0.707, abs=0.001)
    assert true_peaks(sine)[1000:-1000].max() == pytest.approx(1.0, abs=0.02)


def test_silence_is_measured_as_silence_in_plain_numbers():
    assert measure(np.zeros((48000, 2), np.float32), 48000) == Loudness(-120.0, -120.0, 0.0, 1.0)


def test_the_longest_silence_is_found():
    pcm = np.full((48000 * 3, 2), 0.1, np.float32)
    pcm[48000:72000] = 0
    pcm[100000:101000] = 0
    assert longest_silence(pcm, 48000) == pytest.approx(0.5, abs=0.02)


span = st.tuples(st.floats(0, SECONDS - 1), st.floats(0.8, SECONDS)).map(
    lambda s: (s[0], min(s[0] + s[1], SECONDS))
)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([*MOODS, None]), st.lists(span, max_size=3), st.floats(0.2, 2), st.integers(0, 99))
def test_every_mix_is_as_loud_as_promised_and_below_its_peak(
    mood: str | None, spans: list[tuple[float, float]], level: float, seed: int
):
    narration = speech(spans, SECONDS, seed=seed, dc=0.02) if spans else None
    mixed = mix(narration, None if mood is None else music(mood), seconds=SECONDS, level=level)
    assert mixed.shape == (round(SECONDS * SAMPLE_RATE), 2) and mixed.dtype == np.float32
    if mood is None and narration is None:
        assert not mixed.any()
        return
    assert pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(mixed) == pytest.approx(-14, abs=1)
    measured = measure(mixed, SAMPLE_RATE)
    assert measured.true_peak_dbtp <= -1.5
    assert measured.dc < 1e-3
    finer = resample_poly(mixed.astype(np.float64), 8, 1, axis=0)
    assert 20 * np.log10(np.abs(finer).max()) <= -1.0
    if mood is not None:
        assert measured.longest_silence_seconds < 0.6


@pytest.mark.parametrize("mood", MOODS)
def test_music_is_at_least_six_decibels_lower_under_speech(mood: str):
    bed = music(mood)
    bed = bed * np.float32(10 ** ((-23 - (gated_loudness(bed, SAMPLE_RATE) or 0)) / 20))
    voice = speech([(2.0, 5.0)], SECONDS)
    voice *= np.float32(
        10 ** ((-16 - (gated_loudness(np.stack([voice, voice], axis=1), SAMPLE_RATE) or 0)) / 20)
    )
    ducked = duck(bed, voice)

    def lowered(start: float, end: float) -> float:
        part = slice(round(start * SAMPLE_RATE), round(end * SAMPLE_RATE))
        return float(10 * np.log10((bed[part] ** 2).mean() / (ducked[part] ** 2).mean()))

    assert 6 <= lowered(2.3, 4.9) <= DUCK_DB + 6
    assert lowered(0.2, 1.7) < 0.5  # untouched before the look-ahead
    assert lowered(2.0, 2.05) > 4  # already down when the first word comes


def test_the_voice_stands_well_above_the_music_in_the_mix():
    narration = speech([(1.0, 5.0)], SECONDS)
    with_music = mix(narration, music("epic"), seconds=SECONDS)
    pause, words = slice(0, 38400), slice(60000, 230000)
    quiet = gated_loudness(with_music[pause], SAMPLE_RATE)
    loud = gated_loudness(with_music[words], SAMPLE_RATE)
    assert quiet is not None and loud is not None and 5 < loud - quiet < 14


def test_level_zero_leaves_the_music_out():
    narration = speech([(0.5, 4)], SECONDS)
    assert np.array_equal(
        mix(narration, music("tech"), seconds=SECONDS, level=0), mix(narration, None, seconds=SECONDS)
    )
    assert not mix(None, music("tech"), seconds=SECONDS, level=0).any()


def test_the_mix_begins_and_ends_without_a_click():
    mixed = mix(speech([(0, SECONDS)], SECONDS), music("bright"), seconds=SECONDS)
    assert np.abs(mixed[0]).max() < 1e-4 and np.abs(mixed[-1]).max() < 1e-3


def test_the_same_sounds_give_the_same_mix():
    narration = speech([(1, 5)], SECONDS)
    first, second = (mix(narration, music("funny"), seconds=SECONDS) for _ in range(2))
    assert np.array_equal(first, second)


def test_narration_longer_than_the_video_is_refused_in_words():
    with pytest.raises(MixImpossible, match=r"6\.00 s but the video only 4\.00 s"):
        mix(speech([(0, SECONDS)], SECONDS), None, seconds=4.0)


def test_sounds_that_cannot_be_mixed_are_refused_in_words():
    with pytest.raises(MixImpossible, match="shape"):
        mix(np.zeros((100, 3), np.float32), None, seconds=1.0)
    with pytest.raises(MixImpossible, match="finite"):
        mix(np.full(100, np.nan, np.float32), None, seconds=1.0)
    with pytest.raises(MixImpossible, match="level"):
        mix(None, None, seconds=1.0, level=-1)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.5, 30), st.integers(0, 99))
def test_the_limiter_holds_any_drive_at_the_ceiling(gain: float, seed: int):
    rng = np.random.default_rng(seed)
    noise = (rng.standard_normal((9600, 2)) * 0.1).astype(np.float32)
    noise[4000] += 0.8
    limited = Limiter(noise, SAMPLE_RATE).drive(gain, 0.8)
    assert np.abs(limited).max() <= 0.8 + 1e-5


def test_compression_evens_loud_and_soft_words():
    t = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    tone = np.sin(2 * np.pi * 300 * t).astype(np.float32) * np.where(t < 0.5, 0.05, 0.5).astype(np.float32)
    pressed = tone * compression(tone, SAMPLE_RATE, threshold_db=-30, ratio=3)
    before, after = (envelope_db(x, SAMPLE_RATE) for x in (tone, pressed))

    def rise(levels: np.ndarray) -> float:
        return float(levels[-40:-10].mean() - levels[60:100].mean())

    assert rise(before) == pytest.approx(20, abs=0.5) and rise(after) < 9
