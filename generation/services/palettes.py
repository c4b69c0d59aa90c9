"""Palettes learned from what was watched: made with a policy's version, kept in its folder, chosen with it.

A version's generator is asked once, when it is trained; creation only reads the names of the palettes it proposed, so no web
process loads a network. A name holds its palette's colors, so whatever becomes of the version the video stays what it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from core.files import atomic_path
from generation.errors import PolicyUnreadable
from generation.media.scenes import PALETTES
from generation.media.scenes.palettes import named

FILE, FORMAT = "palettes.json", 1
PROPOSED = 64
STEPS = 1500


def palettes_trained(
    rewards: Mapping[str, float], folder: Path, *, seed: int, steps: int = STEPS
) -> dict[str, float]:
    """Train a generator on palettes, met the more often the higher their plain ``rewards`` in [0, 1], by name; keep what it proposes in ``folder``.

    Marks: ``variety`` of the proposed as a share of the hand-made ones'. The same arguments give the same palettes.
    """
    import numpy as np

    from generation.ml.palettes import variety
    from generation.stages.learned_palettes import as_lab, fit_palettes, sample_palettes

    proposed = sample_palettes(fit_palettes(rewards, steps=steps, seed=seed), PROPOSED, seed=seed)
    labs = [np.stack([as_lab(one) for one in palettes]) for palettes in (proposed, PALETTES.values())]
    with atomic_path(folder / FILE) as part:
        part.write_text(
            json.dumps({"format": FORMAT, "palettes": [one.name for one in proposed]}), encoding="utf-8"
        )
    return {"variety": round(variety(labs[0]) / variety(labs[1]), 4)}


@lru_cache(maxsize=4)
def palettes_in(folder: Path) -> tuple[str, ...]:
    """The names of the palettes that a version proposes; none where it has no generator. A folder is written once.

    Raises ``PolicyUnreadable``.
    """
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        names = tuple(told["palettes"])
        for name in names:
            named(name)
    except FileNotFoundError:
        return ()
    except (KeyError, TypeError, ValueError) as error:
        raise PolicyUnreadable(
            f"The palettes of a policy cannot be read: {error!r}. Run a cycle again."
        ) from error
    return names
