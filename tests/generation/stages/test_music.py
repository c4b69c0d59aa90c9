"""The sound keeps its peak as a listener's decoder makes it, whatever is to be mixed; the check's limits stay what they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample_poly

from generation.media.music.composed import Piece
from generation.media.music.mixing import SAMPLE_RATE, true_peak_dbtp
from generation.media.rendering.sound import aac_packets, add_aac, as_decoded
from generation.stages import music
from generation.stages.check import audio, container, video
from generation.stages.check.audio import check_sound
from generation.stages.check.container import read_facts
from generation.storyboard import Storyboard
from tests.generation.boards import board

SECONDS = 5.0
Pcm = NDArray[np.float32]


def square(hertz: float) -> Pcm:
    time = np.arange(round(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    bursts = np.sign(np.sin(2 * np.pi * hertz * time)) * (np.sin(2 * np.pi * 1.5 * time) > 0)
    return bursts.astype(np.float32)


def shouting() -> Pcm:
    """Clipped noise in syllables: what an overdriven microphone gives."""
    noise = np.random.default_rng(5).standard_normal(round(SECONDS * SAMPLE_RATE))
    time = np.arange(len(noise)) / SAMPLE_RATE
    return np.clip(noise * 3 * (np.sin(2 * np.pi * 4 * time) > 0.3), -1, 1).astype(np.float32)


HOSTILE = {
    "clipped squares": np.stack([square(80), square(81)], axis=1),
    "squares against each other": np.stack([square(55), -square(55)], axis=1),
    "clicks": (np.random.default_rng(2).random((round(SECONDS * SAMPLE_RATE), 2)) > 0.9995).astype(
        np.float32
    ),
}


@dataclass(frozen=True)
class Played:
    """Music of which every sample is known."""

    samples: Pcm
    version: str = "played"

    def piece(
        self, mood: str, seconds: float, *, seed: int, tempo: float | None = None, key: str | None = None
    ) -> Piece:
        return Piece(self.samples, 100.0, "C")


def short_board() -> Storyboard:
    whole = board(target_seconds=SECONDS)
    return replace(whole, scenes=tuple(replace(scene, seconds=SECONDS / 2) for scene in whole.scenes))


def written(place: Path, pcm: Pcm) -> Path:
    """A file with a picture and this sound, by the muxer's own encoder."""
    with av.open(str(place), "w", format="mp4") as file:
        picture = file.add_stream("libx264", rate=30)
        picture.width = picture.height = 64
        picture.pix_fmt = "yuv420p"
        sound = add_aac(file)
        for shade in range(3):
            file.mux(
                picture.encode(
                    av.VideoFrame.from_ndarray(np.full((64, 64, 3), shade, np.uint8), format="rgb24")
                )
            )
        file.mux(picture.encode(None))
        for _, packet in aac_packets(pcm, sound):
            file.mux(packet)
    return place


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("voice", [None, shouting()], ids=["music alone", "a shouting voice"])
def test_the_file_keeps_its_true_peak_however_hostile_the_sounds_are(
    name: str, voice: Pcm | None, tmp_path: Path
):
    made = music.soundtrack(short_board(), voice, music=Played(HOSTILE[name]))
    facts = read_facts(written(tmp_path / "film.mp4", made.samples))
    checks = {check.name: check for check in check_sound(facts.pcm, made.board)}
    assert checks["true_peak"].ok, checks["true_peak"]
    assert checks["true_peak"].value == pytest.approx(made.decoded_dbtp, abs=0.01)


def test_a_mix_that_the_encoder_raises_too_far_is_limited_lower():
    """Limited to just below full scale, no encoder can keep −1; the stage finds out and tries again."""
    voice = shouting() * np.hanning(round(SECONDS * SAMPLE_RATE)).astype(np.float32)
    made = music.soundtrack(short_board(), voice, music=Played(HOSTILE["clicks"]), ceiling_dbtp=-0.2)
    assert made.ceiling_dbtp < -0.2
    assert made.decoded_dbtp <= -1.0
    assert true_peak_dbtp(as_decoded(made.samples)) == made.decoded_dbtp


def test_a_decoder_of_the_file_hears_exactly_what_was_foreseen(tmp_path: Path):
    pcm = (0.3 * HOSTILE["clicks"] + 0.1 * shouting()[:, None]).astype(np.float32)
    heard = read_facts(written(tmp_path / "film.mp4", pcm)).pcm
    np.testing.assert_array_equal(as_decoded(pcm)[: len(pcm)], heard[: len(pcm)])


def test_silence_stays_silent():
    silent = replace(short_board(), music=replace(board().music, level=0.0))
    made = music.soundtrack(silent, None, music=Played(HOSTILE["clicks"]))
    assert not made.samples.any() and made.decoded_dbtp == -120.0


def test_a_peak_between_the_samples_counts():
    sine = np.sin(2 * np.pi * 12_000 * np.arange(4800) / SAMPLE_RATE + np.pi / 4)[:, None].astype(np.float32)
    finer = np.abs(resample_poly(sine[:, 0], 16, 1)).max()
    assert true_peak_dbtp(sine) == pytest.approx(20 * np.log10(finer), abs=0.2)


def test_no_limit_of_the_check_is_loosened():
    """What a video is held to: healing may only change the video, never these."""
    assert (audio.PEAK_DBTP, audio.TARGET_LUFS, audio.LOUDNESS_TOLERANCE_LU) == (-1.0, -14.0, 1.0)
    assert (audio.DC_LIMIT, audio.SILENCE_ALLOWANCE_SECONDS) == (0.005, 0.75)
    assert audio.NARRATION_LIMIT == {"zh": 0.35, "en": 0.25}
    assert container.DURATION_TOLERANCE_SECONDS == 1.0
    assert (video.BLACK_SECONDS, video.BLACK_LUMA, video.BLACK_SHARE) == (0.5, 20, 0.9)
    assert (video.FROZEN_SECONDS, video.STILL_CHANGE, video.LEAST_SECONDS) == (2.0, 3.0, 2.0)
