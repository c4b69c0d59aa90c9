"""Rendering small videos for real: drawn, encoded, kept, joined, and opened again."""

from __future__ import annotations

import math
import platform
import threading
import time
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from core.errors import DiskFull, MediaFolderUnwritable, WorkCancelled
from core.files import disk_errors
from generation.errors import MediaUnreadable
from generation.media.layers import ClipSource, Layer, Placement, Rgb, Rgba, SceneLayers, Transition
from generation.media.rendering import (
    EncoderSettings,
    Sidecar,
    draw_frame,
    draw_frames,
    frame_hashes,
    render_scenes,
    trim_cache,
    warm_up,
)
from generation.media.rendering.clips import ClipBackground, crop_window
from generation.media.rendering.compositing.frames import Frame
from generation.media.rendering.memory import give_back
from generation.media.rendering.segments import segment_path
from generation.storyboard import Cue

SIZE = (96, 128)
FPS = 30


def gradient(seed: int) -> Rgb:
    small = np.random.default_rng(seed).integers(0, 256, (4, 3, 3), np.uint8)
    return np.asarray(Image.fromarray(small).resize(SIZE, Image.Resampling.BICUBIC))


def card(seed: int) -> Rgba:
    rgba = np.zeros((40, 40, 4), np.uint8)
    rgba[4:-4, 4:-4] = [*np.random.default_rng(seed).integers(0, 256, 3), 255]
    return rgba


def demo(count: int = 3, seconds: float = 0.8) -> list[SceneLayers]:
    kinds = ("cut", "crossfade", "wipe", "zoom")
    return [
        SceneLayers(
            seconds,
            gradient(i),
            f"g{i}",
            (
                Layer(card(i), lambda t: Placement(30, 40), "still"),
                Layer(
                    card(9 + i),
                    lambda t: Placement(50 + 20 * t, 80, 0.5 + t, 90 * t, min(1, 3 * t)),
                    "moving",
                ),
            ),
            Transition(kinds[i % 4], 0.3),  # type: ignore[arg-type]
        )
        for i in range(count)
    ]


def tone(seconds: float) -> np.ndarray:
    wave = 0.2 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * 48_000)) / 48_000)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def luma_planes(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray()[: SIZE[1], : SIZE[0]]) for frame in container.decode(video=0)]


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    warm_up()


def test_the_file_holds_pictures_sound_captions_and_tags(tmp_path: Path) -> None:
    output = tmp_path / "out" / "video.mp4"
    sidecar = Sidecar(
        tone(2.4),
        [Cue("你好，世界", 0.2, 1.0), Cue("Hello", 1.2, 2.0)],
        "zh",
        {"AIGC": '{"Label":"1"}', "title": "试"},
    )
    report = render_scenes(
        demo(), size=SIZE, fps=FPS, output=output, cache_dir=tmp_path / "kept", sidecar=sidecar
    )
    assert (report.frames, report.frames_drawn, report.segments) == (72, 72, 5)
    with av.open(str(output)) as container:
        assert container.metadata["AIGC"] == '{"Label":"1"}' and container.metadata["title"] == "试"
        assert container.duration == pytest.approx(2_400_000, abs=30_000)
        video, audio, captions = (
            container.streams.video[0], container.streams.audio[0], container.streams.subtitles[0],
        )  # fmt: skip
        context = video.codec_context
        tags = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        assert tags == (1, 1, 1, 1) and context.profile == "High" and context.pix_fmt == "yuv420p"
        assert (context.width, context.height, video.average_rate, video.frames) == (*SIZE, FPS, 72)
        assert (audio.codec_context.name, audio.rate, audio.layout.name) == ("aac", 48_000, "stereo")
        packets = [packet for packet in container.demux(captions) if packet.size > 2]
        samples = [(float(packet.pts * packet.time_base), bytes(packet)[2:].decode()) for packet in packets]
        assert samples == [(0.2, "你好，世界"), (1.2, "Hello")]
    raw = output.read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat")
    assert [path.name for path in output.parent.iterdir()] == ["video.mp4"]


def test_the_encoded_frames_are_the_drawn_ones_in_their_order(tmp_path: Path) -> None:
    scenes = demo()
    output = tmp_path / "video.mp4"
    render_scenes(
        scenes,
        size=SIZE,
        fps=FPS,
        output=output,
        cache_dir=tmp_path / "kept",
        settings=EncoderSettings(crf=8),
    )
    shown = luma_planes(output)
    assert len(shown) == 72
    for frame in (0, 10, 24, 40, 47, 48, 71):
        drawn = Frame.of_rgb(draw_frame(scenes, (), (frame + 0.5) / FPS, SIZE, FPS)).visible_planes()[0]
        assert np.abs(shown[frame].astype(int) - drawn).mean() < 2.5, frame


def test_equal_inputs_give_equal_frames_and_a_cut_of_layers_does_not() -> None:
    scenes = demo()
    first, second = (frame_hashes(scenes, size=SIZE, fps=FPS) for _ in range(2))
    assert first == second and len(first) == 72
    bare = [replace(scenes[0], layers=()), *scenes[1:]]
    third = frame_hashes(bare, size=SIZE, fps=FPS)
    assert third[0] != first[0] and third[-1] == first[-1]


def lively(kind: str) -> tuple[list[SceneLayers], list[Layer]]:
    """Two scenes in which drawings stand, spring in, float between pixels, leave and come back, under overlays."""

    def floats(t: float) -> Placement | None:
        if t < 0.2:
            return Placement(48, 70, scale=0.2 + 4 * t, rotation_degrees=40 - 200 * t)
        return Placement(48, 70 + 3 * math.sin(5 * t))

    def blinks(t: float) -> Placement | None:
        return Placement(30, 40, opacity=0.6) if int(t * 3) % 2 == 0 else None

    def stands(t: float) -> Placement | None:
        return Placement(60, 90) if t > 0.1 else Placement(60.5, 90 - 40 * t)

    scenes = [
        SceneLayers(
            1.1,
            gradient(seed),
            f"g{seed}",
            tuple(
                Layer(card(seed + i), moves, "") for i, moves in enumerate((stands, blinks, floats, stands))
            ),
            Transition(kind, 0.3),  # type: ignore[arg-type]
        )
        for seed in (1, 2)
    ]
    over = [
        Layer(card(7), blinks, ""),
        Layer(card(8), lambda t: Placement(48, 110, shown=(0, 0, min(t / 2.2, 1), 1)), ""),
    ]
    return scenes, over


@pytest.mark.parametrize("kind", ["cut", "slide", "zoom"])
def test_a_frame_drawn_in_a_run_is_the_frame_drawn_from_nothing(kind: str) -> None:
    """What stands still is kept in a base picture and sprites are kept ready; alone, a frame has no such history."""
    scenes, over = lively(kind)
    running = [picture.to_rgb() for picture in draw_frames(scenes, over, size=SIZE, fps=FPS)]
    assert len(running) == 66
    for frame in range(0, 66, 3):
        alone = draw_frame(scenes, over, (frame + 0.5) / FPS, SIZE, FPS)
        assert np.array_equal(running[frame], alone), frame


def test_a_second_rendering_draws_nothing_and_a_changed_scene_only_its_own(tmp_path: Path) -> None:
    scenes = demo(4)

    def render(pictures: list[SceneLayers]) -> tuple[int, list[tuple[int, int]]]:
        told: list[tuple[int, int]] = []
        report = render_scenes(
            pictures, size=SIZE, fps=FPS, output=tmp_path / "v.mp4", cache_dir=tmp_path / "kept",
            progress=lambda done, total: told.append((done, total)),
        )  # fmt: skip
        assert told == sorted(told) and told[-1] == (report.frames, report.frames)
        return report.segments_drawn, told

    assert render(scenes)[0] == 7
    assert render(scenes)[0] == 0
    changed = [replace(s, background=gradient(77)) if i == 2 else s for i, s in enumerate(scenes)]
    assert render(changed)[0] == 3
    assert len(luma_planes(tmp_path / "v.mp4")) == 96


def test_freed_memory_goes_back_to_the_system() -> None:
    status = Path("/proc/self/status")
    if not status.exists() or platform.libc_ver()[0] != "glibc":
        pytest.skip("Resident memory is read from /proc, and glibc is what is asked.")

    def resident_kb() -> int:
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1])

    give_back()
    pieces = [bytearray(60_000) for _ in range(2000)]  # 120 MB in pieces too small to be mapped one by one
    keep = pieces[-1]
    full = resident_kb()
    del pieces
    give_back()
    assert full - resident_kb() > 60_000
    assert len(keep) == 60_000


def test_a_damaged_kept_segment_is_made_again(tmp_path: Path) -> None:
    options = {"size": SIZE, "fps": FPS, "output": tmp_path / "v.mp4", "cache_dir": tmp_path / "kept"}
    report = render_scenes(demo(1), **options)  # type: ignore[arg-type]
    path = segment_path(tmp_path / "kept", report.keys[0])
    path.write_bytes(path.read_bytes()[:-7])
    assert render_scenes(demo(1), **options).segments_drawn == 1  # type: ignore[arg-type]


def test_trimming_the_kept_segments_frees_the_oldest_first(tmp_path: Path) -> None:
    render_scenes(demo(3), size=SIZE, fps=FPS, output=tmp_path / "v.mp4", cache_dir=tmp_path / "kept")
    sizes = {path: path.stat().st_size for path in (tmp_path / "kept").glob("*/*.seg")}
    freed = trim_cache(tmp_path / "kept", sum(sizes.values()) - 1)
    assert freed in sizes.values() and len(list((tmp_path / "kept").glob("*/*.seg"))) == len(sizes) - 1


@pytest.mark.parametrize("at", [0, 1, 30, 71, 72])
def test_cancelling_stops_at_once_and_leaves_nothing(tmp_path: Path, at: int) -> None:
    raised = []

    def progress(done: int, total: int) -> None:
        if done >= at:
            raised.append(time.perf_counter())
            raise WorkCancelled("The creator cancelled.")

    before = set(threading.enumerate())
    with pytest.raises(WorkCancelled):
        render_scenes(
            demo(),
            size=SIZE,
            fps=FPS,
            output=tmp_path / "v.mp4",
            cache_dir=tmp_path / "kept",
            progress=progress,
        )
    assert time.perf_counter() - raised[0] < 0.3
    assert set(threading.enumerate()) <= before
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".seg"]
    assert left == []


def test_a_cancelled_rendering_leaves_the_video_that_was_there(tmp_path: Path) -> None:
    output = tmp_path / "v.mp4"
    output.write_bytes(b"older")

    def cancel(done: int, total: int) -> None:
        if done == total:
            raise WorkCancelled("Cancelled.")

    with pytest.raises(WorkCancelled):
        render_scenes(
            demo(1), size=SIZE, fps=FPS, output=output, cache_dir=tmp_path / "kept", progress=cancel
        )
    assert output.read_bytes() == b"older"


def test_a_full_disk_and_a_closed_folder_are_said_in_words(tmp_path: Path) -> None:
    with (
        pytest.raises(DiskFull, match="is full"),
        disk_errors(tmp_path),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"x")
    (tmp_path / "file").write_text("")
    with pytest.raises(MediaFolderUnwritable, match="cannot be written"):
        render_scenes(
            demo(1), size=SIZE, fps=FPS, output=tmp_path / "v.mp4", cache_dir=tmp_path / "file" / "kept"
        )
    with pytest.raises(MediaFolderUnwritable, match="cannot be written"):
        render_scenes(
            demo(1), size=SIZE, fps=FPS, output=tmp_path / "file" / "v.mp4", cache_dir=tmp_path / "kept"
        )


def make_clip(path: Path, seconds: float = 1.0, size: tuple[int, int] = (160, 96)) -> None:
    """Frame n is as bright as n tells: 40 + 4n."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"crf": "10", "bf": "2"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for n in range(round(seconds * 24)):
            frame = av.VideoFrame.from_ndarray(np.full((size[1] * 3 // 2, size[0]), 128, np.uint8), "yuv420p")
            np.frombuffer(frame.planes[0], np.uint8)[:] = 40 + 4 * n
            frame.pts = n
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def test_a_clip_runs_at_its_own_speed_and_loops(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4")
    clip = ClipBackground(
        ClipSource(str(tmp_path / "clip.mp4"), "clip", "x", start=0.5), seconds=2.0, size=SIZE
    )
    out = Frame.empty(*SIZE)
    try:
        for seconds in (0.0, 0.1, 0.3, 0.6, 1.2, 1.8, 0.2):
            clip.draw(seconds, out)
            frame = int(((0.5 + seconds) % 1.0) * 24 + 1e-6)
            assert abs(float(out.y[:, :96].mean()) - (40 + 4 * frame)) <= 2, seconds
    finally:
        clip.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "clip-decoder"]


@pytest.mark.parametrize("size", [(96, 128), (36, 64), (128, 96), (400, 400)])
def test_a_clip_fills_frames_of_any_aspect_through_a_whole_render(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    make_clip(tmp_path / "clip.mp4", 0.5)
    scenes = [SceneLayers(0.7, ClipSource(str(tmp_path / "clip.mp4"), "clip", "x"), "clip")] * 2
    assert len(frame_hashes(scenes, size=size, fps=12)) == 17


def test_an_image_is_cropped_around_its_focus_point(tmp_path: Path) -> None:
    pixels = np.zeros((100, 300, 3), np.uint8)
    pixels[:, 200:] = 255
    Image.fromarray(pixels).save(tmp_path / "wide.png")
    for focus, level in (((0.0, 0.5), 0), ((1.0, 0.5), 255)):
        source = ClipSource(str(tmp_path / "wide.png"), "image", "x", focus=focus, zoom=1.0)
        frame = draw_frame([SceneLayers(1.0, source, "image")], (), 0.5, SIZE)
        assert np.abs(frame.astype(int) - level).max() <= 2


def test_a_file_that_is_no_clip_or_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "note.mp4").write_text("not a film")
    for kind in ("clip", "image"):
        source = ClipSource(str(tmp_path / "note.mp4"), kind, "x")  # type: ignore[arg-type]
        with pytest.raises(MediaUnreadable, match=r"note\.mp4 cannot be opened"):
            draw_frame([SceneLayers(1.0, source, "clip")], (), 0.0, SIZE)


def test_a_crop_window_has_the_targets_aspect_and_stays_inside() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        source = tuple(int(n) for n in rng.integers(2, 4000, 2))
        target = tuple(int(n) for n in rng.integers(2, 2000, 2))
        zoom = float(rng.uniform(1, 3))
        left, top, width, height = crop_window(source, target, tuple(rng.uniform(0, 1, 2)), zoom)  # type: ignore[arg-type]
        assert width / height == pytest.approx(target[0] / target[1])
        assert (
            min(left, top) >= -1e-9 and left + width <= source[0] + 1e-6 and top + height <= source[1] + 1e-6
        )


def test_a_background_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="must be 64×64 pixels, got 96×128"):
        frame_hashes(demo(1), size=(64, 64), fps=FPS)
