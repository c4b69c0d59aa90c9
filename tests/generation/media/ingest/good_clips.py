"""Clips, pictures and recordings made by code, whose content is known exactly."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

Painter = Callable[[int, float], NDArray[np.uint8]]  # (number, seconds) → (h, w, 3) RGB


def painted(seed: int, width: int, height: int) -> NDArray[np.uint8]:
    """A picture with large soft areas of color: something to see, cheap to encode."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(20, 235, (4, 4, 3)).astype(np.uint8)
    return np.kron(coarse, np.ones((-(-height // 4), -(-width // 4), 1), np.uint8))[:height, :width]


def moving_box(width: int = 160, height: int = 120) -> Painter:
    """A bright box of 20 pixels that goes 40 pixels a second to the right, over a painted ground."""
    ground = painted(1, width, height)

    def paint(number: int, t: float) -> NDArray[np.uint8]:
        picture = ground.copy()
        left = round(40 * t) % (width - 20)
        picture[40:60, left : left + 20] = 250
        return picture

    return paint


def write_clip(
    path: Path,
    *,
    seconds: float = 3.2,
    fps: int = 10,
    paint: Painter | None = None,
    tone_hz: float | None = 440.0,
    amplitude: float = 0.1,
    codec: str = "libx264",
    audio_codec: str = "aac",
    pixel_format: str = "yuv420p",
    times: list[float] | None = None,
    rotate: int = 0,
    set_up: Callable[[Any], None] | None = None,
    tags: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """A clip; ``times`` sets the time of each picture, ``rotate`` the display rotation in degrees."""
    paint = paint or moving_box()
    with av.open(str(path), "w", options=options or {}) as container:
        container.metadata.update(tags or {})
        video = container.add_stream(codec, rate=fps)
        first = paint(0, 0.0)
        video.height, video.width = first.shape[:2]
        video.pix_fmt = pixel_format
        video.codec_context.time_base = Fraction(1, 1000)
        if codec == "libx264":
            video.options = {"preset": "ultrafast", "crf": "16", "bf": "0"}
        if codec == "libvpx":
            video.options = {"deadline": "realtime", "cpu-used": "8"}
        if set_up:
            set_up(video)
        if rotate:
            video.set_display_rotation(rotate)
        audio = None
        if tone_hz is not None:
            audio = container.add_stream(audio_codec, rate=48000)
            audio.codec_context.layout = "stereo"
        shown = times if times is not None else [n / fps for n in range(round(seconds * fps))]
        for number, t in enumerate(shown):
            frame = av.VideoFrame.from_ndarray(paint(number, t), format="rgb24").reformat(format=pixel_format)
            frame.pts, frame.time_base = round(t * 1000), Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None:
            length = round((shown[-1] + 1 / fps) * 48000)
            wave = (amplitude * np.sin(2 * np.pi * tone_hz * np.arange(length) / 48000)).astype(np.float32)
            block = audio.codec_context.frame_size or 1024
            resampler = av.AudioResampler(format=audio.codec_context.format, layout="stereo", rate=48000)
            for start in range(0, length, block):
                part = np.stack([wave[start : start + block]] * 2)
                sound = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
                sound.sample_rate, sound.pts, sound.time_base = 48000, start, Fraction(1, 48000)
                for ready in resampler.resample(sound):
                    container.mux(audio.encode(ready))
            container.mux(audio.encode(None))
    return path


def write_sound(
    path: Path, *, codec: str, seconds: float = 2.0, amplitude: float = 0.05, rate: int = 48000
) -> Path:
    """A tone that comes and goes, mono."""
    t = np.arange(round(seconds * rate)) / rate
    wave = (amplitude * np.sin(2 * np.pi * 300 * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t))).astype(
        np.float32
    )
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.codec_context.layout = "mono"
        resampler = av.AudioResampler(
            format=stream.codec_context.format,
            layout="mono",
            rate=rate,
            frame_size=stream.codec_context.frame_size or 1024,
        )
        sound = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
        sound.sample_rate, sound.pts, sound.time_base = rate, 0, Fraction(1, rate)
        for ready in [*resampler.resample(sound), *resampler.resample(None)]:
            container.mux(stream.encode(ready))
        container.mux(stream.encode(None))
    return path
