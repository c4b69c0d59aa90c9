"""Learned colors from the recipe to the storyboard: offered where a generator serves, one palette a video, by its seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from generation.edits import SetLook, apply
from generation.errors import BriefInvalid, StoryboardInvalid
from generation.jobs import worker as work
from generation.media.scenes import named, scene_picture
from generation.media.scenes.palettes import is_named
from generation.models import GenerationJob, ModelVersion
from generation.selectors import palettes_offered, storyboard_current
from generation.services.jobs import job_request
from generation.services.versions import version_promote
from generation.stages.learned_palettes import contrast, fit_palettes
from generation.storyboard import Storyboard
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def serving(var_dir: Path) -> ModelVersion:
    version = factories.version(kind="palettes", folder="versions/palettes/one")
    fit_palettes(steps=20, seed=1).save(Path(settings.VAR_DIR) / version.folder)
    return version_promote(version=version)


def asked(owner: User, **values: Any) -> GenerationJob:
    brief = {"topic": "露营装备清单", "language": "zh", "seconds": 10, "quality": "draft", "seed": 5}
    return job_request(
        owner=owner, recipe={"palette": "learned"}, stop_after_script=True, **{**brief, **values}
    )


def board_of(job: GenerationJob) -> Storyboard:
    assert work.job_take(job.pk)
    row = storyboard_current(job)
    assert row is not None
    return Storyboard.from_json(row.document)


def test_colors_are_learned_where_the_recipe_says_so(creator: User, serving: ModelVersion) -> None:
    board = board_of(asked(creator))
    palette = named(board.look.palette)
    assert board.look.palette.startswith("learned-")
    assert board.versions["palettes"] == f"palettes-{serving.pk}"
    assert contrast(np.array(palette.ink, np.uint8), np.array(palette.ground[0], np.uint8)) >= 4.4
    assert scene_picture(board, 0, size=(180, 320)).layers
    other = board_of(asked(creator, seed=6, topic="手冲咖啡"))
    assert other.look.palette != board.look.palette


def test_an_edit_keeps_learned_colors_and_takes_none_that_the_video_does_not_have(
    creator: User, serving: ModelVersion
) -> None:
    job = asked(creator)
    board = board_of(job)
    kept = apply(board, [SetLook(op="look", palette=board.look.palette, caption_style="bar")], files={})
    assert (kept.look.palette, kept.look.caption_style) == (board.look.palette, "bar")
    with pytest.raises(StoryboardInvalid, match="palette must be one of"):
        apply(board, [SetLook(op="look", palette="learned-" + "0" * 60)], files={})


def test_learned_colors_are_refused_and_not_offered_where_no_generator_serves(
    creator: User, client: Client, var_dir: Path
) -> None:
    assert "learned" not in palettes_offered()
    with pytest.raises(BriefInvalid, match="must be one of"):
        asked(creator)
    client.force_login(creator)
    assert 'value="learned"' not in client.get("/create/").content.decode()


def test_the_page_offers_learned_colors_where_a_generator_serves(
    creator: User, client: Client, serving: ModelVersion
) -> None:
    client.force_login(creator)
    assert 'name="palette" value="learned"' in client.get("/create/").content.decode()


def test_a_generator_that_is_gone_when_the_script_is_written_ends_the_job_with_a_sentence(
    creator: User, serving: ModelVersion
) -> None:
    job = asked(creator)
    ModelVersion.objects.filter(pk=serving.pk).update(state="retired")
    work.job_take(job.pk)
    job.refresh_from_db()
    assert job.error_code == "learned_palettes_missing" and "Choose colors by name" in job.error


def test_colors_that_a_policy_proposed_say_which_policy(creator: User, var_dir: Path) -> None:
    job = job_request(
        owner=creator,
        topic="露营装备清单",
        language="zh",
        seconds=10,
        quality="draft",
        seed=5,
        stop_after_script=True,
    )
    job.recipe["palette"] = "learned-" + "0a" * 30
    job.policy = {"version": 7, "reasons": {"palette": {"kind": "generated"}}}
    job.save(update_fields=["recipe", "policy"])
    board = board_of(job)
    assert board.look.palette == job.recipe["palette"] and board.versions["palettes"] == "policy-7"


def test_only_palettes_named_by_their_colors_are_known() -> None:
    assert is_named("ocean") and is_named("learned-" + "0a" * 30)
    assert not is_named("learned") and not is_named("learned-" + "0" * 59)
