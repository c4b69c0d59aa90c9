"""What a video looks and sounds like as one short row of numbers of about unit spread.

The measures are those of ``generation.media.ingest.features``; the center and spread of each are those of ordinary short videos,
fixed here so that a row never changes because other videos came.
"""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = "media-2"  # 1 took nobody for speaking in a generated video
# (measure, center, spread)
MEASURES = (
    ("brightness", 0.5, 0.2),
    ("colorfulness", 45.0, 25.0),
    ("motion_energy", 0.02, 0.02),
    ("cuts_per_minute", 10.0, 12.0),
    ("loudness_lufs", -16.0, 5.0),
    ("speech_share", 0.5, 0.35),
)
DIMENSIONS = len(MEASURES) + 6  # and hue (2), saturation, value, contrast of the palette, length
LIMIT = 2.5  # no measure counts for more than this many spreads


def media_row(features: Mapping[str, Any], *, seconds: float) -> NDArray[np.float32]:
    """One row (DIMENSIONS,) within ±``LIMIT``; a measure that is missing sits at its center, 0."""
    row = []
    for name, center, spread in MEASURES:
        value = features.get(name)
        row.append((float(value) - center) / spread if isinstance(value, int | float) else 0.0)
    row += _palette(features.get("palette") or [])
    row.append((np.log2(max(seconds, 1.0)) - np.log2(20.0)) / 1.0)
    return np.clip(np.array(row, np.float32), -LIMIT, LIMIT)


def _palette(colors: list[Any]) -> list[float]:
    """Mean hue as a point in the plane (longer where colors are vivid), mean saturation and value, and their spread."""
    if not colors:
        return [0.0] * 5
    shares = np.array([float(color["share"]) for color in colors])
    shares = shares / max(shares.sum(), 1e-9)
    hsv = np.array([colorsys.rgb_to_hsv(*_rgb(str(color["hex"]))) for color in colors])
    angle, vivid = 2 * np.pi * hsv[:, 0], shares * hsv[:, 1]
    mean_value = float(shares @ hsv[:, 2])
    contrast = float(np.sqrt(shares @ (hsv[:, 2] - mean_value) ** 2))
    return [
        float(vivid @ np.cos(angle)) * 2,
        float(vivid @ np.sin(angle)) * 2,
        (float(shares @ hsv[:, 1]) - 0.4) / 0.25,
        (mean_value - 0.6) / 0.25,
        (contrast - 0.2) / 0.15,
    ]


def _rgb(hex_color: str) -> tuple[float, float, float]:
    number = int(hex_color.lstrip("#"), 16)
    return (number >> 16 & 255) / 255, (number >> 8 & 255) / 255, (number & 255) / 255
