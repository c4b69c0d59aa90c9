"""What the container says of itself: length, codecs, color tags, tracks, and whether the index comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from generation.errors import MediaUnreadable
from generation.media.provenance.reader import opened
from generation.stages.check.report import Check
from generation.storyboard import Storyboard

SAMPLE_RATE_HZ = 48_000
DURATION_TOLERANCE_SECONDS = 1.0
BT709 = "1/1/1/1"  # primaries, transfer, matrix, limited range as FFmpeg numbers them


@dataclass(frozen=True, eq=False)
class Facts:
    """``seconds`` of the picture; ``pcm`` is (samples, 2) float32 at 48 kHz, empty without sound."""

    seconds: float
    frames: int
    fps: float
    size: tuple[int, int]
    codecs: str
    color: str
    has_captions: bool
    index_first: bool
    pcm: NDArray[np.float32]


def read_facts(path: Path) -> Facts:
    """Everything but the pictures, in one pass over the packets. Raises ``MediaUnreadable``."""
    with opened(path) as container:
        video = next(iter(container.streams.video), None)
        if video is None:
            raise MediaUnreadable(f"{path.name} holds no picture; render it again.")
        audio = next(iter(container.streams.audio), None)
        context = video.codec_context
        names = [f"{context.name} {context.pix_fmt}"]
        if audio is not None:
            names.append(f"{audio.codec_context.name} {audio.rate} Hz {audio.layout.name}")
        colors = (context.color_primaries, context.color_trc, context.colorspace, context.color_range)
        frames, blocks, end = 0, [], 0.0
        resampler = av.AudioResampler(format="flt", layout="stereo", rate=SAMPLE_RATE_HZ)
        for packet in container.demux([stream for stream in (video, audio) if stream is not None]):
            if packet.stream_index == video.index:
                if packet.pts is not None and packet.time_base is not None:
                    frames += 1
                    end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
                continue
            for frame in packet.decode():
                if isinstance(frame, av.AudioFrame):
                    blocks += [_samples(block) for block in resampler.resample(frame)]
        if audio is not None:
            blocks += [_samples(block) for block in resampler.resample(None)]
        pcm = np.concatenate(blocks) if blocks else np.zeros((0, 2), np.float32)
        return Facts(
            seconds=end,
            frames=frames,
            fps=float(video.average_rate or 0),
            size=(video.width, video.height),
            codecs=", ".join(names),
            color="/".join(str(int(color)) for color in colors),
            has_captions=bool(container.streams.subtitles),
            index_first=_index_first(path),
            pcm=pcm,
        )


def _samples(block: av.AudioFrame) -> NDArray[np.float32]:
    return np.asarray(block.to_ndarray().reshape(-1, 2), dtype=np.float32)


def check_container(facts: Facts, board: Storyboard, size: tuple[int, int]) -> list[Check]:
    """Length as asked, everything else as the site's player and the phones expect it."""
    target, frames = board.target_seconds, round(facts.seconds * board.fps)
    least, most = target - DURATION_TOLERANCE_SECONDS, target + DURATION_TOLERANCE_SECONDS
    wanted = f"h264 yuv420p, aac {SAMPLE_RATE_HZ} Hz stereo"
    speaks = any(scene.cues for scene in board.scenes)
    width, height = size
    return [
        Check(
            "duration", least <= facts.seconds <= most, round(facts.seconds, 2), f"{least:g}–{most:g}", "s"
        ),
        Check("size", facts.size == size, f"{facts.size[0]}×{facts.size[1]}", f"{width}×{height}", "px"),
        Check(
            "frames",
            abs(facts.fps - board.fps) < 0.01 and abs(facts.frames - frames) <= 1,
            f"{facts.frames} ({facts.fps:g}/s)",
            f"{frames} ({board.fps}/s)",
        ),
        Check("codecs", facts.codecs == wanted, facts.codecs, wanted),
        Check("color", facts.color == BT709, facts.color, f"{BT709} (BT.709)"),
        Check("faststart", facts.index_first, facts.index_first, "✓"),
        Check("captions", facts.has_captions or not speaks, facts.has_captions, "✓" if speaks else "–"),
    ]


def _index_first(path: Path) -> bool:
    names = [name for name, _ in _boxes(path)]
    return b"moov" in names and b"mdat" in names and names.index(b"moov") < names.index(b"mdat")


def _boxes(path: Path) -> Iterator[tuple[bytes, int]]:
    """Name and place of the file's outermost boxes."""
    whole, place = path.stat().st_size, 0
    with path.open("rb") as stream:
        while place + 8 <= whole:
            stream.seek(place)
            head = stream.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            yield head[4:8], place
            if length < 8:  # 0: up to the end; less cannot be
                return
            place += length
