"""How fast composition is: drawing beside x264 alone, beside MoviePy 2, and how much memory it takes.

``python -m benchmarks.compose --json`` makes a 15 s video from a topic in a fresh process (seconds a stage, memory),
renders illustrated scenes (that video's own) and clip scenes at 1080 × 1920 with empty caches,
encodes the very same frames alone with the same settings in the same run, lets MoviePy 2 (requirements-dev) make
the first seconds of the same scene list, and measures the peak memory of a fresh process that renders.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks import measured
from benchmarks.compose.scenes import FPS, SIZE, clip_scenes, illustrated_scenes, overlays, test_clip
from benchmarks.compose.topic import GOAL_SHARE, LANGUAGE, TOPIC, timed_board
from benchmarks.measured import Figure
from generation.media.layers import Layer, SceneLayers
from generation.media.rendering import (
    EncoderSettings,
    RenderReport,
    Sidecar,
    draw_frames,
    render_scenes,
    warm_up,
)
from generation.media.rendering.compositing.frames import Frame
from generation.media.rendering.encoder import open_encoder
from generation.media.scenes.illustrated import IllustratedScenes
from generation.stages.render import stage_film

CHUNK_FRAMES = 90  # frames held drawn while the encoder alone is timed: 280 MB at 1080 × 1920
REST_SECONDS = 0.03  # without work after which the encoder's threads have finished
GOAL_RATIO, GOAL_MOVIEPY, GOAL_MEMORY_GB = 1.15, 12.0, 1.5


@dataclass(frozen=True)
class Cost:
    """Seconds of a piece of work by the clock, and of all the process's threads together."""

    wall: float
    cpu: float

    def less(self, start: Cost) -> Cost:
        return Cost(self.wall - start.wall, self.cpu - start.cpu)

    @classmethod
    def now(cls) -> Cost:
        return cls(time.perf_counter(), time.process_time())

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu)


@dataclass(frozen=True)
class Comparison:
    """One scene list: wall milliseconds a frame, and the ratio of the whole pipeline to the encoder alone.

    ``ratio`` is by the clock (the goal), ``cpu_ratio`` by processor time, which other work on the machine disturbs
    less; both are medians of paired runs, which are listed.
    """

    frames: int
    draw_ms: float
    encode_alone_ms: float
    pipeline_ms: float
    ratio: float
    cpu_ratio: float
    ratios: tuple[float, ...]
    cpu_ratios: tuple[float, ...]
    goal: float = GOAL_RATIO


def compare_with_encoder(
    scenes: Sequence[SceneLayers], over: Sequence[Layer], settings: EncoderSettings, repeats: int
) -> Comparison:
    """Alternate pipeline and encoder alone ``repeats`` times."""
    alone: list[Cost] = []
    drawn: list[Cost] = []
    piped: list[Cost] = []
    frames = 0
    for _ in range(repeats):
        cost, frames = time_pipeline(scenes, over, settings)
        piped.append(cost)
        encoding, drawing = time_encoder_alone(scenes, over, settings)
        alone.append(encoding)
        drawn.append(drawing)
    ratios = tuple(round(a.wall / b.wall, 3) for a, b in zip(piped, alone, strict=True))
    cpu_ratios = tuple(round(a.cpu / b.cpu, 3) for a, b in zip(piped, alone, strict=True))
    return Comparison(
        frames=frames,
        draw_ms=_milliseconds(drawn, frames),
        encode_alone_ms=_milliseconds(alone, frames),
        pipeline_ms=_milliseconds(piped, frames),
        ratio=round(statistics.median(ratios), 3),
        cpu_ratio=round(statistics.median(cpu_ratios), 3),
        ratios=ratios,
        cpu_ratios=cpu_ratios,
    )


def _milliseconds(costs: Sequence[Cost], frames: int) -> float:
    return round(1000 * statistics.median(cost.wall for cost in costs) / frames, 3)


def time_pipeline(
    scenes: Sequence[SceneLayers], over: Sequence[Layer], settings: EncoderSettings
) -> tuple[Cost, int]:
    """Cost from scenes to a silent mp4 with an empty cache, planning, hashing and joining included; and frames."""
    with tempfile.TemporaryDirectory() as folder:
        start = Cost.now()
        report = rendered(scenes, over, settings, Path(folder))
        return Cost.now().less(start), report.frames


def rendered(
    scenes: Sequence[SceneLayers],
    over: Sequence[Layer],
    settings: EncoderSettings,
    folder: Path,
    sidecar: Sidecar | None = None,
) -> RenderReport:
    """The scene list as an mp4 in ``folder``, nothing kept from before."""
    return render_scenes(
        scenes,
        size=SIZE,
        fps=FPS,
        output=folder / "video.mp4",
        cache_dir=folder / "kept",
        overlays=over,
        settings=settings,
        sidecar=sidecar,
    )


def time_encoder_alone(
    scenes: Sequence[SceneLayers], over: Sequence[Layer], settings: EncoderSettings
) -> tuple[Cost, Cost]:
    """(cost of one x264 over all frames, cost of drawing them): chunks are drawn first, then encoded.

    The encoder is one for the whole video, so it pays for no segment's start, and it pays for what its threads still
    do when a chunk has been handed over: either clock stops when the process has come to rest.
    """
    context = open_encoder(settings, SIZE, FPS)
    ring = [av.VideoFrame(*SIZE, "yuv420p") for _ in range(CHUNK_FRAMES)]
    targets = [Frame.of_frame(frame) for frame in ring]
    pictures = draw_frames(scenes, over, size=SIZE, fps=FPS)
    encoding = drawing = Cost(0.0, 0.0)
    position, filled = 0, CHUNK_FRAMES
    while filled == CHUNK_FRAMES:
        filled = 0
        start = Cost.now()
        for target, picture in zip(targets, pictures, strict=False):
            target.copy_from(picture)
            filled += 1
        rest = at_rest()
        drawing += rest.less(start)
        start = Cost.now()
        for frame in ring[:filled]:
            frame.pts = position
            context.encode(frame)
            position += 1
        rest = at_rest()
        encoding += rest.less(start)
    start = Cost.now()
    context.encode(None)
    return encoding + Cost.now().less(start), drawing


def at_rest() -> Cost:
    """The moment from which on no thread of this process has worked, not counting the time spent finding that out."""
    while True:
        before = Cost.now()
        time.sleep(REST_SECONDS)
        if time.process_time() - before.cpu < REST_SECONDS / 50:
            return before


def compare_with_moviepy(
    scenes: Sequence[SceneLayers], over: Sequence[Layer], settings: EncoderSettings, seconds: float
) -> dict[str, Any]:
    """Frames a second of both for the first ``seconds`` of the scene list, without transitions in either."""
    from benchmarks.compose.beside_moviepy import cut_to, render_with_moviepy

    shorter = cut_to(scenes, seconds)
    ours, frames = time_pipeline(shorter, over, settings)
    with tempfile.TemporaryDirectory() as folder:
        theirs = render_with_moviepy(shorter, over, Path(folder) / "moviepy.mp4", SIZE, FPS, settings)
    return {
        "frames": frames,
        "ours_ms_per_frame": round(1000 * ours.wall / frames, 2),
        "moviepy_ms_per_frame": round(1000 * theirs / frames, 2),
        "times_faster": round(theirs / ours.wall, 1),
        "goal": GOAL_MOVIEPY,
    }


def from_topic(seconds: float) -> dict[str, Any]:
    """Topic to judged file in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.compose.topic", TOPIC, "--seconds", str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    made: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return made


def peak_memory_gb(kind: str, seconds: float, clip: Path) -> float:
    """ru_maxrss of a fresh process that renders one scene list with sound, in GB."""
    command = [sys.executable, "-m", "benchmarks.compose", "--render-only", kind, "--seconds", str(seconds)]
    done = subprocess.run([*command, "--clip", str(clip)], capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["peak_gb"])


def build(kind: str, seconds: float, clip: Path) -> tuple[list[SceneLayers], list[Layer]]:
    """The scene list that ``kind`` names, with its overlays: a topic's own, synthetic sprites, or a clip."""
    if kind == "illustrated":
        with tempfile.TemporaryDirectory() as folder:
            board = timed_board(TOPIC, LANGUAGE, seconds, 7, Path(folder))
        film = stage_film(board, visuals=IllustratedScenes(), quality="full")
        return list(film.scenes), list(film.overlays)
    if kind == "synthetic":
        return illustrated_scenes(seconds), overlays(seconds)
    return clip_scenes(seconds, clip, hashlib.sha256(clip.read_bytes()).hexdigest()), overlays(seconds)


def render_only(kind: str, seconds: float, clip: Path, settings: EncoderSettings) -> dict[str, float]:
    scenes, over = build(kind, seconds, clip)
    sound = np.zeros((round(seconds * 48_000), 2), np.float32)
    with tempfile.TemporaryDirectory() as folder:
        report = rendered(scenes, over, settings, Path(folder), Sidecar(sound))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"peak_gb": round(peak, 3), "seconds": report.total_seconds}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = measured.parser(__doc__)
    parser.add_argument(
        "--seconds", type=float, default=15.0, help="length of the scene lists (default: %(default)s)"
    )
    parser.add_argument(
        "--repeats", type=int, default=3, help="paired runs per scene list (default: %(default)s)"
    )
    parser.add_argument("--clip", type=Path, help="a clip to use instead of the generated one")
    parser.add_argument("--preset", default="veryfast", help="x264 preset (default: %(default)s)")
    parser.add_argument(
        "--moviepy-seconds", type=float, default=2.0, help="0 leaves MoviePy out (default: %(default)s)"
    )
    parser.add_argument("--render-only", choices=("illustrated", "clip"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    settings = EncoderSettings(preset=options.preset)
    with tempfile.TemporaryDirectory() as folder:
        clip = options.clip or test_clip(Path(folder) / "clip.mp4")
        if options.render_only:
            print(json.dumps(render_only(options.render_only, options.seconds, clip, settings)))
            return
        warm_up()
        results = measure(options, clip, settings)
    measured.tell(
        results,
        options,
        name="compose",
        figures=figures,
        packages=("av", "moviepy", "numpy"),
        lines=measured.by_line,
    )


def figures(report: dict[str, Any]) -> dict[str, Figure]:
    """What the documents quote; ``x264_share`` is the encoder's time alone, in lengths of the video."""
    topic, frames = report["topic"], report["illustrated"]["frames"]
    alone_ms = report["illustrated"]["encode_alone_ms"]
    found = {
        "topic.share_of_duration": Figure(topic["share_of_duration"], "×", at_most=GOAL_SHARE),
        "topic.total_seconds": Figure(topic["total_seconds"], "s"),
        "topic.peak_gb": Figure(topic["peak_gb"], "GB", at_most=GOAL_MEMORY_GB),
        "x264_share": Figure(round(alone_ms * frames / 1000 / report["seconds"], 2), "×"),
        "x264_frames_per_second": Figure(round(1000 / alone_ms, 1)),
    }
    for kind in ("illustrated", "clip"):
        found[f"{kind}.ratio"] = Figure(report[kind]["ratio"], "×", at_most=GOAL_RATIO)
        found[f"{kind}.cpu_ratio"] = Figure(report[kind]["cpu_ratio"], "×")
    if "moviepy" in report:
        found["moviepy.times_faster"] = Figure(report["moviepy"]["times_faster"], "×", at_least=GOAL_MOVIEPY)
    return found


def measure(options: argparse.Namespace, clip: Path, settings: EncoderSettings) -> dict[str, Any]:
    results: dict[str, Any] = {
        "size": SIZE,
        "fps": FPS,
        "seconds": options.seconds,
        "encoder": asdict(settings),
        "topic": from_topic(options.seconds),
    }
    for kind in ("illustrated", "clip"):
        scenes, over = build(kind, options.seconds, clip)
        results[kind] = asdict(compare_with_encoder(scenes, over, settings, options.repeats))
        results[kind]["peak_gb"] = peak_memory_gb(kind, options.seconds, clip)
    results["peak_gb_goal"] = GOAL_MEMORY_GB
    if options.moviepy_seconds > 0:
        scenes, over = build("illustrated", options.seconds, clip)
        results["moviepy"] = compare_with_moviepy(scenes, over, settings, options.moviepy_seconds)
    return results


if __name__ == "__main__":
    main()
