"""Measures of generated pictures against cases whose answer is known."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from generation.ml import fidelity
from generation.ml.efficientnet_lite import FoldedConv, _folded, pretrained


def normal(seed, count=1500, shift=0.0, scale=1.0):
    return (np.random.default_rng(seed).normal(size=(count, 8)) * scale + shift).astype(np.float32)


def test_the_frechet_distance_of_normal_sets_is_the_formula_of_their_means_and_spreads():
    real = normal(0)
    assert fidelity.frechet_distance(real, real) == pytest.approx(0, abs=1e-6)
    assert fidelity.frechet_distance(real, real + 0.5) == pytest.approx(8 * 0.25, rel=1e-5)
    center = real.mean(0)
    wider = (real - center) * 3 + center
    trace = float(np.trace(np.cov(real, rowvar=False)))
    assert fidelity.frechet_distance(real, wider) == pytest.approx((3 - 1) ** 2 * trace, rel=1e-4)


def test_the_kernel_distance_is_zero_on_average_for_one_distribution_and_not_for_two():
    assert abs(fidelity.kernel_distance(normal(0), normal(1))) < 0.02
    assert fidelity.kernel_distance(normal(0), normal(1, shift=1.0)) > 1.0


def test_precision_falls_outside_the_real_pictures_and_recall_where_half_is_left_out():
    real = np.concatenate([normal(0, 400), normal(1, 400, shift=20)])
    equal = fidelity.manifold_measures(real, np.concatenate([normal(2, 400), normal(3, 400, shift=20)]))
    assert min(equal.values()) > 0.7
    half = fidelity.manifold_measures(real, normal(4, 800))
    assert half["precision"] > 0.7 and half["recall"] < 0.6 and half["coverage"] < 0.6
    outside = fidelity.manifold_measures(real, normal(5, 800, shift=-30))
    assert outside["precision"] == outside["density"] == outside["coverage"] == 0


def test_a_copied_picture_is_found_beside_its_original():
    real = normal(0, 50)
    copied = real[[7, 3, 42]] * 1.01
    assert fidelity.nearest_rows(real, copied).tolist() == [7, 3, 42]


def test_a_folded_convolution_is_the_convolution_and_its_batch_norm():
    draw = torch.Generator().manual_seed(0)
    weights = {"c.weight": torch.randn(6, 4, 3, 3, generator=draw)}
    weights |= {
        f"n.{key}": torch.rand(6, generator=draw) + 0.5
        for key in ("weight", "bias", "running_mean", "running_var")
    }
    folded: FoldedConv = _folded(weights, "c", "n", stride=2, active=True)
    x = torch.randn(2, 4, 8, 8, generator=draw)
    same = F.conv2d(
        F.pad(x, (0, 1, 0, 1)), weights["c.weight"], stride=2
    )  # TensorFlow pads an even side at its end
    told = [weights[f"n.{key}"] for key in ("running_mean", "running_var", "weight", "bias")]
    expected = F.relu6(F.batch_norm(same, *told, eps=1e-3))
    torch.testing.assert_close(folded(x), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("network", "width"), [("lite0", 1280), ("lite2", 1280), ("open_nsfw", 1024)])
def test_pooled_features_have_their_width_and_tell_pictures_apart(network, width):
    pictures = np.zeros((2, 32, 32, 3), np.uint8)
    pictures[1, ::2] = 255
    side = None if network == "open_nsfw" else 64
    found = fidelity.features_of(pictures, network, side=side)
    assert found.shape == (2, width) and found.dtype == np.float32
    assert np.abs(found[0] - found[1]).mean() > 1e-3


def test_an_unknown_network_is_refused_and_the_fixed_weights_are_not_trained():
    with pytest.raises(ValueError, match="lite0, lite2, open_nsfw"):
        fidelity.features_of(np.zeros((1, 8, 8, 3), np.uint8), "inception")
    assert not list(pretrained("lite0").parameters())
