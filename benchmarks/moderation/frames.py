"""Frames found again by PDQ after what re-uploads do to them, and the time a 30 s clip's screening takes.

Real clips give half of the frames or more; the rest are drawn scenes (captions, blobs, panels), as our own videos look.
A frame counts as found when one of the hashes under which it is listed lies within 31 bits of the changed frame's.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance

from generation.moderation.scorers.contract import ScreeningItem
from generation.moderation.scorers.known import KnownHash, KnownList, hashes_to_list
from generation.moderation.scorers.suite import asked, suite

Rgb = NDArray[np.uint8]
CLIPS = ("big-buck-bunny-480p-30s.mp4", "car-detection.mp4")
SIDE = 512


def clip_frames(place: Path, count: int) -> list[Rgb]:
    """``count`` frames of a clip, evenly spread, at most 512 pixels wide or high."""
    with av.open(str(place)) as container:
        total = container.streams.video[0].frames or 900
        step, found = max(total // count, 1), list[Rgb]()
        for place_in, frame in enumerate(container.decode(video=0)):
            if place_in % step == 0 and len(found) < count:
                scale = min(SIDE / max(frame.width, frame.height), 1)
                size = (round(frame.width * scale), round(frame.height * scale))
                small = frame.reformat(*size, format="rgb24", interpolation="AREA")
                found.append(np.asarray(small.to_ndarray(), np.uint8))
    return found


def drawn_scenes(seed: int, count: int, width: int = 288, height: int = 512) -> Iterator[Rgb]:
    """Scenes as a motion designer would lay them out: gradient, shapes, panels, bars for lines of text."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        ends = rng.integers(0, 255, (2, 3))
        ramp = np.linspace(0, 1, height)[:, None, None]
        ground = (ends[0] * (1 - ramp) + ends[1] * ramp) * np.ones((1, width, 1))
        picture = Image.fromarray(ground.astype(np.uint8))
        draw = ImageDraw.Draw(picture)
        for _ in range(int(rng.integers(5, 14))):
            x, y = int(rng.integers(-20, width)), int(rng.integers(-20, height))
            w, h = int(rng.integers(20, width // 2)), int(rng.integers(20, height // 4))
            color = tuple(int(v) for v in rng.integers(0, 255, 3))
            (draw.ellipse if rng.random() < 0.5 else draw.rectangle)((x, y, x + w, y + h), fill=color)
        yield np.asarray(picture)


def recompressed(rgb: Rgb) -> Rgb:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=30)
    return np.asarray(Image.open(file).convert("RGB"))


def resized(rgb: Rgb) -> Rgb:
    return np.asarray(
        Image.fromarray(rgb).resize((rgb.shape[1] * 3 // 5, rgb.shape[0] * 3 // 5), Image.Resampling.BILINEAR)
    )


def shifted_color(rgb: Rgb) -> Rgb:
    warm = np.clip(rgb.astype(np.float32) * np.array([1.12, 1.0, 0.85], np.float32) + 6, 0, 255)
    return np.asarray(ImageEnhance.Color(Image.fromarray(warm.astype(np.uint8))).enhance(1.25))


def mirrored(rgb: Rgb) -> Rgb:
    return np.ascontiguousarray(rgb[:, ::-1])


def with_logo(rgb: Rgb) -> Rgb:
    picture = Image.fromarray(rgb.copy())
    height, width = rgb.shape[:2]
    draw = ImageDraw.Draw(picture)
    box = (round(width * 0.78), round(height * 0.04), round(width * 0.96), round(height * 0.14))
    draw.rounded_rectangle(box, 6, fill=(250, 250, 250))
    draw.ellipse((box[0] + 4, box[1] + 4, box[0] + box[3] - box[1], box[3] - 4), fill=(220, 30, 60))
    return np.asarray(picture)


def cropped(rgb: Rgb) -> Rgb:
    """5 % of the width and of the height cut off, from the middle outward a little to one side."""
    height, width = rgb.shape[:2]
    return np.ascontiguousarray(
        rgb[
            round(height * 0.02) : height - round(height * 0.03),
            round(width * 0.03) : width - round(width * 0.02),
        ]
    )


CHANGES: dict[str, tuple[Callable[[Rgb], Rgb], float]] = {
    "recompressed": (recompressed, 0.99),
    "resized": (resized, 0.99),
    "color_shifted": (shifted_color, 0.99),
    "mirrored": (mirrored, 0.95),
    "logo": (with_logo, 0.90),
    "cropped_5": (cropped, 0.80),
}


def recall(data: Path, frames: int, others: int, seed: int = 3) -> dict[str, Any]:
    """Recall by change over ``frames``, half of the clips and half drawn, and false matches among ``others``."""
    own = [frame for name in CLIPS for frame in clip_frames(data / "clips" / name, frames // 4)]
    real = len(own)
    own += list(drawn_scenes(seed, frames - real))
    listed = [hashes_to_list(rgb) for rgb in own]
    usable = [place for place, hashes in enumerate(listed) if hashes]
    lists = [KnownList([KnownHash(one, "pdq", "other") for one in hashes]) for hashes in listed]
    found = {
        name: sum(lists[place].frame(change(own[place])) is not None for place in usable) / len(usable)
        for name, (change, _) in CHANGES.items()
    }
    everything = KnownList(
        [KnownHash(one, "pdq", "other", str(place)) for place in usable for one in listed[place]]
    )
    false = sum(everything.frame(rgb) is not None for rgb in drawn_scenes(seed + 1, others, 72, 128))
    across = _across(own[:real], listed[:real])
    return {
        "frames": len(usable),
        "of_real_clips": sum(place < real for place in usable),
        "too_flat_to_list": len(own) - len(usable),
        "recall": {name: round(value, 4) for name, value in found.items()},
        "false_matches": false + across,
        "other_frames": others + real,
    }


def _across(real: list[Rgb], listed: list[list[str]]) -> int:
    """Frames of each real clip that match the other's list."""
    half = len(real) // 2
    false = 0
    for mine, other in ((range(half), range(half, len(real))), (range(half, len(real)), range(half))):
        known = KnownList([KnownHash(one, "pdq", "other") for place in other for one in listed[place]])
        false += sum(known.frame(real[place]) is not None for place in mine)
    return false


def screening(data: Path, text_model: Path | None) -> dict[str, float]:
    """Seconds and processor seconds to ask every scorer about a 30 s clip, models loaded before."""
    from generation.moderation.scorers.suite import SuiteParts

    clip = data / "clips" / CLIPS[0]
    scorers = suite(SuiteParts(text_model=text_model))
    asked(scorers, ScreeningItem(texts={"title": "warm up"}))
    item = ScreeningItem(
        texts={
            "title": "A rabbit wakes up",
            "script": "A big rabbit wakes up, stretches and smells a flower. " * 4,
        },
        language="en",
        file=clip,
        transcript="a big rabbit wakes up and smells a flower",
        account={"strikes": 0, "age_days": 90},
    )
    began, spent = time.monotonic(), time.process_time()
    signals = asked(scorers, item)
    seconds, cpu = time.monotonic() - began, time.process_time() - spent
    if any(signal.state == "failed" for signal in signals):
        raise SystemExit(f"A scorer failed: {[one.detail for one in signals if one.state == 'failed']}")
    return {"clip_seconds": 30.0, "seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2)}
