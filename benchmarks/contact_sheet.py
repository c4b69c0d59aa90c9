"""A contact sheet: frames of an mp4, or of a storyboard drawn directly, side by side in one PNG.

``python -m benchmarks.contact_sheet video.mp4 --output sheet.png`` or the same with ``storyboard.json``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from PIL import Image

from generation.media.layers import Rgb
from generation.media.rendering import draw_frame
from generation.media.scenes import scene_picture
from generation.storyboard import FRAME_SIZES, Storyboard


def frames_of_video(path: Path, count: int) -> list[Rgb]:
    """``count`` frames spread evenly over a video."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        total = stream.frames or int(float(container.duration or 0) / 1e6 * float(stream.average_rate or 30))
        wanted = {round((i + 0.5) * total / count) for i in range(count)}
        found = [f.to_ndarray(format="rgb24") for i, f in enumerate(container.decode(stream)) if i in wanted]
        return [np.asarray(picture, np.uint8) for picture in found]


def frames_of_storyboard(board: Storyboard, size: tuple[int, int], count: int) -> list[Rgb]:
    """``count`` frames spread evenly over a storyboard's video, captions left out."""
    scenes = [scene_picture(board, index, size=size) for index in range(len(board.scenes))]
    return [draw_frame(scenes, [], (i + 0.5) * board.seconds / count, size) for i in range(count)]


def sheet(frames: Sequence[Rgb], *, columns: int, height: int, gap: int = 10) -> Image.Image:
    """Frames scaled to ``height`` pixels, ``columns`` in a row."""
    images = [Image.fromarray(np.asarray(frame)) for frame in frames]
    small = [i.resize((round(i.width * height / i.height), height), Image.Resampling.LANCZOS) for i in images]
    width = max(image.width for image in small)
    rows = -(-len(small) // columns)
    out = Image.new("RGB", (columns * (width + gap) + gap, rows * (height + gap) + gap), "#f6f5f1")
    for i, image in enumerate(small):
        out.paste(image, (gap + i % columns * (width + gap), gap + i // columns * (height + gap)))
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="an mp4, or a storyboard as JSON")
    parser.add_argument("--output", type=Path, default=Path("contact_sheet.png"))
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--columns", type=int, default=6)
    parser.add_argument("--height", type=int, default=480, help="pixels per frame")
    args = parser.parse_args()
    if args.source.suffix == ".json":
        board = Storyboard.from_json(json.loads(args.source.read_text(encoding="utf-8")))
        frames = frames_of_storyboard(board, FRAME_SIZES["full"][board.aspect], args.count)
    else:
        frames = frames_of_video(args.source, args.count)
    sheet(frames, columns=args.columns, height=args.height).save(args.output)
    print(args.output)


if __name__ == "__main__":
    main()
