"""Moving grounds: the path closes, notes move it, frames are crisp, calm and as large as asked."""

import av
import numpy as np
import pytest

from generation.media.music import compose
from generation.media.scenes import PALETTES
from generation.media.scenes.backdrops import STYLES, Drive, closed_path, draw_crisp, heard, write_loop


def test_the_step_from_the_last_frame_to_the_first_is_like_any_other():
    score = compose("bright", 12.0, seed=3)
    path = closed_path(heard(score, 2.0, 4.0, 15), 64, seed=1)
    assert path.shape == (60, 64)
    steps = np.linalg.norm(np.roll(path, -1, 0) - path, axis=1)
    assert steps[-1] < 1.5 * np.max(steps[:-1]) and np.linalg.norm(path[0] - path[30]) > 3 * steps.mean()


def test_notes_hurry_the_path_and_chords_pull_it():
    score = compose("epic", 12.0, seed=3)
    drive = heard(score, 0.0, 12.0, 15)
    onsets = np.zeros(180)
    for part in score.parts:
        for note in part.notes:
            onsets[min(int(note.start * 15), 179)] += note.velocity
    assert np.corrcoef(drive.speed, onsets)[0, 1] > 0.3
    assert drive.speed.min() >= 1.0
    still = Drive(drive.speed, np.zeros_like(drive.chroma))
    assert not np.allclose(closed_path(drive, 16, seed=1), closed_path(still, 16, seed=1))
    assert np.allclose(drive.chroma.sum(1), 1, atol=1e-3)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["violet", "mint"])
def test_a_ground_keeps_to_its_palette_so_that_type_stays_readable(style, name):
    draw = np.random.default_rng(0)
    coarse = draw.integers(0, 255, (3, 4, 4, 3), np.uint8)
    pictures = coarse.repeat(8, 1).repeat(8, 2)
    frames = draw_crisp(pictures, PALETTES[name], (180, 320), style)
    assert len(frames) == 3 and frames[0].shape == (320, 180, 3) and frames[0].dtype == np.uint8
    assert frames[0].std() > 4  # there is something to see
    ink = np.array(PALETTES[name].ink, np.float32)
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    apart = np.abs(frames[0].astype(np.float32) @ weights - ink @ weights)
    assert np.percentile(apart, 5) > 50


def test_paper_is_cut_sharply_at_any_size():
    ramp = np.linspace(0, 255, 32, dtype=np.uint8)
    picture = np.broadcast_to(ramp[None, :, None], (32, 32, 3))[None].copy()
    frame = draw_crisp(picture, PALETTES["ocean"], (640, 640), "paper")[0].astype(np.float32)
    changes = np.abs(np.diff(frame[320], axis=0)).sum(1)
    assert (changes > 12).sum() <= 12  # four cuts, each at most three pixels wide
    assert changes.max() > 20


def test_a_loop_is_a_file_with_every_frame(tmp_path):
    frames = [np.full((64, 36, 3), 10 * i, np.uint8) for i in range(12)]
    write_loop(tmp_path / "loop.mp4", frames, fps=15)
    with av.open(str(tmp_path / "loop.mp4")) as container:
        stream = container.streams.video[0]
        decoded = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        assert stream.average_rate == 15
    assert len(decoded) == 12 and abs(int(decoded[6].mean()) - 60) < 6
    assert [place.name for place in tmp_path.iterdir()] == ["loop.mp4"]
