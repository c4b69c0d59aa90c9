"""The visual style gan: offered with a trained GAN, refused in words without, and the same loop each time."""

from dataclasses import replace

import av
import pytest

from generation import generators
from generation.errors import BriefInvalid
from generation.media.layers import ClipSource
from generation.recipe import Recipe
from generation.stages.learned_scenes import FPS, BackdropModelMissing, LearnedScenes
from generation.storyboard import Storyboard
from tests.generation.boards import board
from tests.generation.gans import untrained_gan

SIZE = (90, 160)


def test_a_scene_gets_a_loop_of_its_length_and_the_same_one_again(tmp_path):
    model = str(untrained_gan(tmp_path / "gan"))
    found = []
    for name in ("first", "second"):
        visuals = LearnedScenes(model, str(tmp_path / name))
        picture = visuals.scene(board(), 0, size=SIZE)
        assert isinstance(picture.background, ClipSource) and picture.background.zoom == 1.0
        found.append(picture.background.sha256)
        with av.open(picture.background.path) as container:
            stream = container.streams.video[0]
            assert (stream.width, stream.height) == SIZE
            assert sum(1 for _ in container.decode(stream)) == round(board().scenes[0].seconds * FPS)
    assert found[0] == found[1]
    other = LearnedScenes(model, str(tmp_path / "second")).scene(replace(board(), seed=8), 0, size=SIZE)
    assert other.background.sha256 != found[0]


def test_without_a_trained_gan_the_style_is_refused_in_words(tmp_path):
    with pytest.raises(BackdropModelMissing, match="AIGC_GAN_MODEL"):
        LearnedScenes("").scene(board(), 0, size=SIZE)
    configured = {"visuals": {"gan": {"OPTIONS": {"model": str(tmp_path)}}}}
    assert generators.visual_styles(configured) == ("illustrated",)
    untrained_gan(tmp_path)
    styles = generators.visual_styles(configured)
    assert styles == ("illustrated", "gan")
    known = {"palettes": (), "voices": ()}
    assert Recipe.asked({"visual_style": "gan"}, **known, styles=styles).visual_style == "gan"
    with pytest.raises(BriefInvalid, match="needs a trained GAN"):
        Recipe.asked({"visual_style": "gan"}, **known)


def test_a_board_written_before_styles_is_drawn_as_it_was():
    document = board().to_json()
    del document["look"]["style"]
    assert Storyboard.from_json(document).look.style == "illustrated"
