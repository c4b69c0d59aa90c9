"""Step 2: the audience's segments and the rewards by video, segment and epoch, with their fingerprint."""

from __future__ import annotations

import hashlib
from typing import Any

import pandas as pd

from analytics.optimization.work import CycleWork


def step_dataset(work: CycleWork) -> dict[str, Any]:
    data = work.dataset
    return {
        "rows": len(data.rows),
        "videos": len(data.video_ids),
        "segments": [round(float(share), 4) for share in data.segments.shares],
        "categories": list(data.categories),
        "epochs": int(data.rows.epoch.max()),
        "fingerprint": fingerprint(work),
    }


def fingerprint(work: CycleWork) -> str:
    """64 hexadecimal digits that change with any view or video learned from."""
    digest = hashlib.sha256()
    views = work.views.drop(columns=["started"])
    digest.update(pd.util.hash_pandas_object(views, index=False).to_numpy().tobytes())
    digest.update(
        repr([(video, sorted(recipe.items())) for video, recipe in work.videos["recipe"].items()]).encode()
    )
    return digest.hexdigest()
