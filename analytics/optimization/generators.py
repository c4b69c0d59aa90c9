"""Step 4: generators that learn from rewards too, and go on trial with the candidate: now that of palettes.

What it proposes is chosen for a share of the candidate's videos, so one trial and one verdict judge both. Where the rewards of
palettes are not foretold by those of palettes like them, or what is proposed is too much alike, the candidate goes without.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from analytics.optimization.work import CycleWork
from analytics.stats.palette_rewards import PALETTES_LEAST, foretold, foretold_bound, palette_rewards
from generation.media.scenes.palettes import is_named, named
from generation.services.palettes import FILE, palettes_trained

VARIETY_LEAST = 0.5  # of that of the hand-made palettes


def step_generators(work: CycleWork) -> dict[str, Any]:
    version = work.cycle.version
    assert version is not None
    recipes = work.videos["recipe"]
    palettes = {
        int(video): recipe["palette"]
        for video, recipe in recipes.items()
        if is_named(recipe.get("palette") or "")
    }
    table = palette_rewards(work.dataset.rewards.videos, palettes)
    told: dict[str, Any] = {"palettes": len(table), "rows": [], "passed": False}
    if len(table) < PALETTES_LEAST:
        return told
    value = foretold(_labs(list(table.index)), table["reward"].to_numpy(np.float64))
    told["rows"].append(_row("palettes_foretold", value, foretold_bound(len(table))))
    if not told["rows"][0]["passed"]:
        return told
    folder = Path(settings.VAR_DIR) / version.folder
    rewards = {str(name): float(reward) for name, reward in table["reward"].items()}
    marks = palettes_trained(rewards, folder, seed=work.cycle.seed)
    told["rows"].append(_row("palettes_variety", marks["variety"], VARIETY_LEAST))
    told["passed"] = told["rows"][1]["passed"]
    if not told["passed"]:
        (folder / FILE).unlink()
    return told


def _labs(names: list[str]) -> Any:
    from generation.stages.learned_palettes import as_lab

    return np.stack([as_lab(named(name)) for name in names]).astype(np.float64)


def _row(name: str, value: float, bound: float) -> dict[str, Any]:
    return {"name": name, "value": round(value, 4), "bound": round(bound, 4), "passed": bool(value >= bound)}
