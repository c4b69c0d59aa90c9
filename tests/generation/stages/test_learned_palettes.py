"""Learned palettes: readable, named by their colors, and no copies of each other."""

import numpy as np
import pytest

from generation.media.scenes.palettes import PALETTES, named
from generation.ml.palettes import variety
from generation.stages.learned_palettes import as_lab, contrast, fit_palettes, sample_palettes


@pytest.fixture(scope="module")
def sixteen():
    return sample_palettes(fit_palettes(steps=200, seed=1), 16, seed=3)


def test_type_is_readable_on_every_learned_palette(sixteen):
    for palette in sixteen:
        ink, marker, on = (np.array(c, np.uint8) for c in (palette.ink, palette.marker, palette.on_marker))
        assert contrast(ink, np.array(palette.ground[0], np.uint8)) >= 4.4
        assert min(contrast(ink, np.array(blob, np.uint8)) for blob in palette.ground[1:]) >= 2.9
        assert contrast(on, marker) >= 4.4


def test_a_learned_palette_is_its_name(sixteen):
    assert all(named(palette.name) == palette for palette in sixteen)
    with pytest.raises(ValueError, match="choose one of"):
        named("learned-zz")


def test_sixteen_learned_palettes_differ_from_each_other(sixteen):
    learned = variety(np.stack([as_lab(palette) for palette in sixteen]))
    made = variety(np.stack([as_lab(palette) for palette in PALETTES.values()]))
    assert learned > 0.5 * made


def test_the_contrast_agrees_with_the_standard():
    white, black = np.array([255] * 3, np.uint8), np.array([0] * 3, np.uint8)
    assert contrast(white, black) == pytest.approx(21) and contrast(white, white) == pytest.approx(1)
    assert contrast(np.array([118] * 3, np.uint8), white) == pytest.approx(4.54, abs=0.02)
