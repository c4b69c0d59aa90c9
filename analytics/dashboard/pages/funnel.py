"""The way from being shown to being followed."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from django.utils.translation import gettext as _


def funnel(sums: Mapping[str, float]) -> pd.DataFrame:
    """``step``, viewings that came so ``far``, and their ``share`` of impressions."""
    steps = {
        "impressions": _("Shown"),
        "plays": _("Started to play"),
        "held_3": _("3 seconds"),
        "held_5": _("5 seconds"),
        "halfway": _("Half of the video"),
        "completes": _("To the end"),
        "interacted": _("Liked, commented, shared or followed"),
        "follows": _("Followed the creator"),
    }
    rows = [(label, sums.get(name, 0.0)) for name, label in steps.items()]
    frame = pd.DataFrame(rows, columns=["step", "far"])
    frame["share"] = frame["far"] / max(sums.get("impressions", 0.0), 1.0)
    return frame
