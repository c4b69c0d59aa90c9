"""Palettes that a version proposes: made once, kept as names, read by creation without any network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generation.errors import PolicyUnreadable
from generation.media.scenes import PALETTES
from generation.media.scenes.palettes import named
from generation.services.palettes import FILE, PROPOSED, palettes_in, palettes_trained


def test_what_is_proposed_can_be_drawn_and_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    light = {name: 1.0 if sum(palette.ground[0]) > 450 else 0.05 for name, palette in PALETTES.items()}
    folders = [tmp_path / name for name in ("a", "b")]
    for folder in folders:
        folder.mkdir()
    marks = [palettes_trained(light, folder, seed=3, steps=150) for folder in folders]
    proposed = palettes_in(folders[0])
    assert marks[0] == marks[1] and proposed == palettes_in(folders[1])
    assert len(proposed) == PROPOSED and not set(proposed) & set(PALETTES)
    grounds = [sum(named(name).ground[0]) / 3 for name in proposed]
    hand_made = [sum(palette.ground[0]) / 3 for palette in PALETTES.values()]
    assert sum(grounds) / len(grounds) > sum(hand_made) / len(hand_made), "light ones were liked"


def test_a_version_without_palettes_proposes_none_and_a_broken_file_says_so(tmp_path: Path) -> None:
    assert palettes_in(tmp_path) == ()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / FILE).write_text(json.dumps({"format": 1, "palettes": ["puce"]}), encoding="utf-8")
    with pytest.raises(PolicyUnreadable, match="puce"):
        palettes_in(broken)
