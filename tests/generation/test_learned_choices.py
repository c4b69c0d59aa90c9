"""What a version offers at creation: palettes of its own, kept as names and read without any network, and voices on offer."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from generation import policy as policies
from generation.errors import PolicyUnreadable
from generation.media.scenes import PALETTES
from generation.media.scenes.palettes import named
from generation.models import ModelVersion
from generation.policy import RecipePolicy
from generation.recipe import Recipe
from generation.script.brief import Brief
from generation.services.palettes import FILE, PROPOSED, palettes_in, palettes_trained
from generation.services.policies import OfferedChoice, choices_offered
from tests import factories

VOICES = ("zf_xiaoni", "zf_xiaoxiao", "zm_yunxi", "af_heart")  # the first is offered no more


def document() -> dict[str, Any]:
    """A policy from before the voice was withdrawn: it speaks three videos in five, and is drawn by chance too."""
    rows = [[0.6, [0, 0], 0.4, 0.5], [0.3, [1, 1], 0.4, 0.5], [0.1, [2, 0], 0.4, 0.5]]
    return {
        "format": policies.FORMAT,
        "fields": [
            {"name": "voice", "options": list(VOICES), "allowed": {"zh": [0, 1, 2], "en": [3]}},
            {"name": "palette", "options": ["ocean", "gold"]},
        ],
        "shares": [1.0],
        "explore": 0.4,
        "contexts": {"zh|": [rows], "en|": [[[1.0, [3, 0], 0.4, 0.5]]]},
        "effects": [{}],
    }


@pytest.fixture
def serving(db: None, var_dir: Path, settings: Any) -> ModelVersion:
    """The version in production, which has a say in every video."""
    settings.RECIPE_HOLDOUT_SHARE, settings.RECIPE_PALETTES_SHARE = 0.0, 1.0
    version = factories.version(kind="recipe_policy", folder="versions/recipe_policy/one", state="production")
    folder = var_dir / version.folder
    folder.mkdir(parents=True)
    (folder / policies.FILE).write_text(json.dumps(document()), encoding="utf-8")
    return version


def offered(seed: int) -> OfferedChoice:
    return next(choices_offered(Recipe(), brief=Brief("露营", "zh", 20), seed=seed, ticket=seed))


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


def test_a_voice_that_is_offered_no_more_is_not_chosen_and_propensities_are_of_what_is_drawn() -> None:
    old = RecipePolicy.from_json(document())
    policy = old.offering("voice", "zh", set(VOICES[1:]))
    drawn = [policy.choose(language="zh", category="", seed=n, ticket=n) for n in range(2000)]
    assert "zf_xiaoni" in {
        old.choose(language="zh", category="", seed=n, ticket=n).values["voice"] for n in range(9)
    }
    seen = Counter((one.values["voice"], one.values["palette"]) for one in drawn)
    chances = {(one.values["voice"], one.values["palette"]): one.propensity for one in drawn}
    assert {voice for voice, _ in seen} == {"zf_xiaoxiao", "zm_yunxi"} and sum(
        chances.values()
    ) == pytest.approx(1)
    for choice, count in seen.items():
        assert count / len(drawn) == pytest.approx(chances[choice], abs=0.04), choice
    assert policy.choose(language="en", category="", seed=1, ticket=1).values["voice"] == "af_heart"


def test_a_policy_of_which_only_a_voice_withdrawn_is_chosen_takes_another_and_of_none_says_so() -> None:
    told = document()
    told["contexts"]["zh|"] = [[[1.0, [0, 1], 0.4, 0.5]]]
    policy = RecipePolicy.from_json(told | {"explore": 0.0}).offering("voice", "zh", {"zm_yunxi"})
    chosen = policy.choose(language="zh", category="", seed=1, ticket=1)
    assert chosen.values == {"voice": "zm_yunxi", "palette": "gold"} and chosen.propensity == pytest.approx(1)
    with pytest.raises(PolicyUnreadable, match="voice is offered for zh"):
        policy.offering("voice", "zh", {"af_heart"})


def test_creation_never_meets_a_voice_that_was_withdrawn_since(serving: ModelVersion) -> None:
    chosen = [offered(seed) for seed in range(30)]
    assert {one.recipe.voice for one in chosen} == {"zf_xiaoxiao", "zm_yunxi"}
    assert all(one.record["arm"] == "production" for one in chosen)


def test_damaged_palettes_take_nothing_else_from_a_policy(
    serving: ModelVersion, var_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (var_dir / serving.folder / FILE).write_text("{", encoding="utf-8")
    chosen = offered(1)
    assert chosen.record["arm"] == "production" and chosen.recipe.palette in ("ocean", "gold")
    assert f"palettes of policy {serving.pk} cannot be read" in caplog.text
