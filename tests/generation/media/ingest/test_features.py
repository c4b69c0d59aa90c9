from __future__ import annotations

import colorsys
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from generation.media.ingest.features import (
    FeatureCollector,
    Rgb,
    colorfulness,
    palette,
    phash,
    poster_score,
    speech_share,
)
from generation.media.ingest.transcripts import caption_lines, webvtt
from generation.storyboard import Cue
from tests.generation.media.ingest.good_clips import painted


def soft(seed: int) -> Rgb:
    """Clouds of color with detail at all sizes, as photographs have."""
    rng = np.random.default_rng(seed)
    clouds = sum(gaussian_filter(rng.normal(size=(240, 320, 3)), (s, s, 0)) * s for s in (4, 12, 30))
    return np.clip(128 + 60 * clouds / np.std(clouds), 0, 255).astype(np.uint8)


def described(pictures: list[Rgb], *, step: float = 0.1) -> dict:
    collector = FeatureCollector()
    for number, picture in enumerate(pictures):
        collector.add(number * step, picture)
    return collector.describe(len(pictures) * step)


def test_brightness_is_the_mean_luma() -> None:
    assert described([np.full((90, 160, 3), 51, np.uint8)] * 3)["brightness"] == pytest.approx(0.2, abs=1e-3)
    green = np.zeros((90, 160, 3), np.uint8)
    green[..., 1] = 255
    assert described([green])["brightness"] == pytest.approx(0.7152, abs=1e-3)


def test_colorfulness_is_zero_for_gray_and_grows_with_saturation() -> None:
    hues = np.array([colorsys.hsv_to_rgb(h, 1, 1) for h in np.linspace(0, 1, 160, endpoint=False)])
    vivid = np.repeat((hues * 255).astype(np.uint8)[None], 90, axis=0)
    gray = np.repeat(np.linspace(0, 255, 160).astype(np.uint8)[None, :, None], 3, axis=2)
    pale = (vivid * 0.25 + 160).astype(np.uint8)
    assert colorfulness(gray) == pytest.approx(0, abs=1e-6)
    assert 0 < colorfulness(pale) < colorfulness(vivid)
    assert colorfulness(vivid) > 80  # "extremely colorful" begins at 109 in the paper, "highly" at 82


def test_colorfulness_follows_the_formula_of_the_paper() -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[:, 0] = (200, 0, 0)
    # rg is 200 or 0, yb is 100 or 0: deviations 100 and 50, means 100 and 50
    assert colorfulness(picture) == pytest.approx(np.hypot(100, 50) * 1.3)


def test_palette_finds_planted_colors_with_their_shares() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[:50], picture[50:80], picture[80:] = (220, 30, 40), (20, 90, 200), (250, 250, 240)
    found = palette(picture.reshape(-1, 3))
    assert [color["hex"] for color in found] == ["#dc1e28", "#145ac8", "#fafaf0"]
    assert [color["share"] for color in found] == pytest.approx([0.5, 0.3, 0.2], abs=0.01)


@given(st.integers(0, 2**32 - 1))
def test_palette_shares_sum_to_one(seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (400, 3)).astype(np.uint8)
    found = palette(pixels)
    assert 1 <= len(found) <= 5
    assert sum(color["share"] for color in found) == pytest.approx(1, abs=0.001)
    assert found == palette(pixels)


def test_planted_cuts_are_counted_and_placed() -> None:
    pictures = [painted(scene, 160, 90) for scene in range(6) for _ in range(20)]
    found = described(pictures)
    assert found["cuts_per_minute"] == pytest.approx(60 * 5 / 12)
    assert found["cut_seconds"] == [2.0, 4.0, 6.0, 8.0, 10.0]
    assert found["motion_energy"] == 0.0


def test_a_fade_and_a_pan_are_no_cuts() -> None:
    first, second = (painted(seed, 160, 90).astype(float) for seed in (1, 2))
    fade = [(first * (1 - a) + second * a).astype(np.uint8) for a in np.linspace(0, 1, 30)]
    wide = painted(3, 640, 90)
    pan = [wide[:, 12 * n : 12 * n + 160] for n in range(40)]
    assert described(fade)["cuts_per_minute"] == 0
    assert described(pan)["cuts_per_minute"] == 0


def test_motion_energy_is_the_changed_area_times_its_contrast() -> None:
    def bar(left: int) -> Rgb:
        picture = np.zeros((90, 160, 3), np.uint8)
        picture[:, left : left + 20] = 255
        return picture

    slow = described([bar(2 * n) for n in range(40)])["motion_energy"]
    fast = described([bar(4 * n) for n in range(30)])["motion_energy"]
    assert slow == pytest.approx(2 * 2 / 160, abs=1e-4)  # two columns appear, two vanish
    assert fast == pytest.approx(2 * slow, rel=0.01)


def test_motion_energy_does_not_depend_on_the_frame_rate() -> None:
    wide = painted(3, 640, 90).astype(float)
    ramp = np.linspace(0, 200, 640)[None, :, None] + np.zeros_like(wide)
    at_ten = described([ramp[:, 4 * n : 4 * n + 160].astype(np.uint8) for n in range(20)], step=0.1)
    at_five = described([ramp[:, 8 * n : 8 * n + 160].astype(np.uint8) for n in range(20)], step=0.2)
    assert at_five["motion_energy"] == pytest.approx(at_ten["motion_energy"], rel=0.1)


def hamming(first: str, second: str) -> int:
    """In how many of 64 bits two hashes differ."""
    return (int(first, 16) ^ int(second, 16)).bit_count()


def test_perceptual_hash_survives_scaling_noise_and_light_but_not_another_picture() -> None:
    rng = np.random.default_rng(0)
    picture = soft(7)
    noisy = np.clip(picture + rng.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)
    darker = (picture * 0.8).astype(np.uint8)
    own = phash(picture)
    assert len(own) == 16
    for near in (picture[::2, ::2], noisy, darker):
        assert hamming(own, phash(near)) <= 8
    far = [hamming(own, phash(soft(seed))) for seed in range(8, 20)]
    assert min(far) > 14 and 26 < np.mean(far) < 38


def test_black_and_blurred_pictures_make_poor_posters() -> None:
    sharp = painted(4, 160, 90)
    assert poster_score(sharp) > poster_score((sharp * 0.1).astype(np.uint8))
    assert poster_score(sharp) > poster_score(np.full_like(sharp, 128))


def test_speech_share_bridges_short_gaps_only() -> None:
    words = [Cue("a", 1.0, 1.5), Cue("b", 1.6, 2.0), Cue("c", 4.0, 5.0)]
    assert speech_share(words, 10) == pytest.approx(0.2)
    assert speech_share([], 10) == 0
    assert speech_share([Cue("a", 0, 20)], 10) == 1


words_lists = st.lists(
    st.tuples(st.text("abc你好，。 <&", min_size=1, max_size=5), st.floats(0, 2), st.floats(0.01, 2)),
    max_size=40,
)


@given(words_lists)
def test_caption_lines_keep_every_word_in_order_without_overlap(raw: list[tuple[str, float, float]]) -> None:
    words, at = [], 0.0
    for text, pause, length in raw:
        words.append(Cue(text, at + pause, at + pause + length))
        at += pause + length
    lines = caption_lines(words)
    squeezed = "".join(word.text for word in words).replace(" ", "")
    assert "".join(line.text for line in lines).replace(" ", "") == squeezed
    for line, after in itertools.pairwise(lines):
        assert line.start < line.end <= after.start + 1e-6


def test_webvtt_breaks_at_pauses_and_escapes_marks() -> None:
    words = [Cue("Hello", 0.0, 0.4), Cue("<you>", 0.5, 0.9), Cue("再", 3.0, 3.2), Cue("见", 3.2, 3.4)]
    assert webvtt(words) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:00.900\nHello&lt;you&gt;\n\n00:00:03.000 --> 00:00:03.400\n再见\n"
    )
    assert webvtt([]) == ""
