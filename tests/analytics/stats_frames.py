"""Events of a small invented audience, as the archive holds them."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def events(viewings: int = 300, *, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Events with the columns of the archive's schema, and the videos with their seconds."""
    rng = np.random.default_rng(seed)
    lengths = {video: float(rng.choice([4.5, 10.0, 22.3])) for video in range(1, 7)}
    rows = []
    for number in range(viewings):
        video, viewer = int(rng.integers(1, 7)), int(rng.integers(1, 25))
        began = START + timedelta(minutes=float(rng.uniform(0, 3 * 1440)))
        watch = float(min(rng.exponential(6), lengths[video]))
        ended = watch >= lengths[video]
        loops = int(ended and rng.random() < 0.4)
        detail: dict[str, object] = {"loops": loops, "quartile": min(4, int(watch / lengths[video] * 4))}
        if rng.random() < 0.5:
            detail["seconds"] = [1 + loops] * int(watch) + [1]
        page = uuid.uuid4().hex if rng.random() < 0.7 else None
        told = round((watch + loops * lengths[video]) * 1000)
        kinds: list[tuple[str, int | None, dict[str, object]]] = [("impression", None, {})]
        if rng.random() < 0.9:
            kinds += [("play", 0, {}), ("complete" if ended else "skip", told, detail)]
        kinds += [
            (kind, None, {})
            for kind in ("like", "share", "follow", "comment", "report")
            if rng.random() < 0.1
        ]
        for place, (kind, watch_ms, said) in enumerate(kinds):
            happened = began + timedelta(seconds=place)
            rows.append(
                {
                    "id": str(uuid.uuid4()), "viewer": viewer, "simulated": viewer % 5 == 0, "type": kind, "video": video,
                    "session": f"s{number}", "request": page, "position": None if page is None else number % 8,
                    "watch_ms": watch_ms, "detail": json.dumps(said, sort_keys=True), "happened": happened,
                    "received": happened, "flags": "", "counted": bool(rng.random() > 0.03),
                }
            )  # fmt: skip
    frame = pd.DataFrame(rows).astype({"position": "Int16", "watch_ms": "Int32"})
    return frame, pd.DataFrame({"video": list(lengths), "seconds": list(lengths.values())})
