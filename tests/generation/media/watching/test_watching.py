"""Planted flashes at known rates, areas and strengths; planted shots at known seconds."""

from pathlib import Path

import av
import numpy as np
import pytest

from generation.media.watching.flashes import FlashMeter
from generation.media.watching.frames import watched

FPS = 30


def film(place: Path, frames: list[np.ndarray]) -> Path:
    with av.open(str(place), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "18", "preset": "ultrafast"})
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = "yuv444p"
        for frame in frames:
            for packet in stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return place


def flashing(
    *, hertz: float, seconds: float = 2.0, low=(0, 0, 0), high=(255, 255, 255), area: float = 1.0
) -> list[np.ndarray]:
    """``hertz`` full flashes (there and back) a second over the left ``area`` of the picture."""
    frames = []
    for k in range(int(seconds * FPS)):
        frame = np.full((54, 96, 3), 40, np.uint8)
        lit = int(2 * hertz * k / FPS) % 2
        frame[:, : round(96 * area)] = high if lit else low
        frames.append(frame)
    return frames


def measured(frames: list[np.ndarray]) -> list[str]:
    meter = FlashMeter()
    for k, frame in enumerate(frames):
        meter.add(k / FPS, frame)
    return [event.kind for event in meter.found()]


def gray(luminance: float) -> tuple[int, int, int]:
    """The sRGB gray of a relative luminance."""
    value = 12.92 * luminance if luminance <= 0.0031308 else 1.055 * luminance ** (1 / 2.4) - 0.055
    return (round(value * 255),) * 3


def test_five_white_flashes_a_second_break_the_rule():
    assert "general" in measured(flashing(hertz=5))


def test_three_flashes_a_second_are_allowed():
    assert measured(flashing(hertz=3)) == []


def test_flashes_over_less_than_a_quarter_of_the_picture_are_allowed():
    assert measured(flashing(hertz=6, area=0.2)) == []
    assert measured(flashing(hertz=6, area=0.3)) == ["general"]


def test_changes_below_a_tenth_of_luminance_are_no_flashes():
    assert measured(flashing(hertz=6, low=gray(0.30), high=gray(0.38))) == []
    assert measured(flashing(hertz=6, low=gray(0.30), high=gray(0.45))) == ["general"]


def test_changes_between_bright_states_are_no_flashes():
    assert measured(flashing(hertz=6, low=gray(0.82), high=gray(1.0))) == []


def test_red_flashes_of_equal_luminance_break_the_red_rule_alone():
    red = (255, 0, 0)  # relative luminance 0.2126
    assert measured(flashing(hertz=5, low=red, high=gray(0.2126))) == ["red"]
    assert measured(flashing(hertz=3, low=red, high=gray(0.2126))) == []


def test_blue_and_gray_of_equal_luminance_do_not():
    assert measured(flashing(hertz=5, low=(0, 0, 255), high=gray(0.0722))) == []


def test_slow_fade_and_single_cut_are_no_flashes():
    fade = [np.full((27, 48, 3), int(255 * k / 60), np.uint8) for k in range(60)]
    assert measured(fade + fade[::-1]) == []
    assert measured([fade[0]] * 30 + [fade[-1]] * 30) == []


def test_flashes_survive_the_encoder_and_the_worst_second_is_named(tmp_path):
    calm = [np.full((54, 96, 3), 40, np.uint8)] * (2 * FPS)
    found = watched(film(tmp_path / "flash.mp4", calm + flashing(hertz=6) + calm)).flashes
    assert [event.kind for event in found] == ["general"]
    assert found[0].flashes >= 4 and found[0].area > 0.9
    assert 1.9 <= found[0].seconds <= 3.2


def test_every_shot_gives_a_still(tmp_path):
    rng = np.random.default_rng(0)
    shots = [
        np.kron(rng.integers(0, 255, (6, 8, 3)), np.ones((10, 12, 1))).astype(np.uint8) for _ in range(5)
    ]
    seen = watched(film(tmp_path / "shots.mp4", [shot for shot in shots for _ in range(FPS)]))
    for place, shot in enumerate(shots):
        inside = [still for still in seen.stills if place <= still.seconds < place + 1]
        assert inside, f"shot {place} was never looked at"
        assert min(np.abs(still.rgb.astype(int) - shot).mean() for still in inside) < 12
    assert len(seen.stills) <= 10
    assert seen.seconds == pytest.approx(5, abs=0.1)


def test_long_shot_is_looked_at_again(tmp_path):
    seen = watched(film(tmp_path / "long.mp4", [np.full((54, 96, 3), 90, np.uint8)] * (8 * FPS)))
    assert 3 <= len(seen.stills) <= 4
