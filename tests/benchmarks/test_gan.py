"""The comparison of the GAN with its peers, at the smallest size that still runs all of it."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from benchmarks import gan
from benchmarks.peers.mean_flow import MeanFlow, MeanVelocity, flow_loss
from benchmarks.peers.plain_loop import PlainLoop
from generation.ml import fidelity
from generation.ml.gan.config import GanConfig
from generation.ml.gan.data import ImageSet

# torch registers its own forward-mode derivatives by the deprecated scripting, once a process
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")


@pytest.fixture
def pictures():
    draw = np.random.default_rng(0)
    colors = draw.integers(0, 255, (32, 1, 1, 3))
    images = np.broadcast_to(colors, (32, 32, 32, 3)).astype(np.uint8).copy()
    images[:, 8:24, 8:24] = 255 - images[:, 8:24, 8:24]
    return ImageSet(images, np.arange(32) % 2, ("a", "b"), tuple(map(str, range(32))), "fingerprint")


@pytest.mark.slow
def test_contenders_stand_side_by_side_and_the_goals_leave_out_what_is_in_the_loss(pictures, monkeypatch):
    calls = []

    def features(images, network, side=None):
        calls.append(network)
        return images.reshape(len(images), -1)[:, ::96].astype(np.float32)

    monkeypatch.setattr(fidelity, "features_of", features)
    asked = SimpleNamespace(
        size=32, minutes=0.2 / 60, count=24, seed=0, only=gan.CONTENDERS, networks=fidelity.NETWORKS,
        loop_seconds=0.05, sheets=None,
    )  # fmt: skip
    report = gan.measure(pictures, asked)
    for name in gan.CONTENDERS:
        cells = report["contenders"][name]
        assert cells["images"] > 0 and set(fidelity.NETWORKS) < set(cells)
    told = gan.figures(report)
    assert told["fid_ratio.lite0"].at_most is None and told["fid_ratio.open_nsfw"].at_most == 0.5
    assert told["loop.ratio"].value > 0 and "FID, ours / DCGAN" in gan.told(report)


def test_the_plain_loop_plays_the_served_networks(pictures):
    loop = PlainLoop(
        pictures, replace(GanConfig(batch=4, width=16, eyes_side=32), categories=pictures.categories)
    )
    before = [p.detach().clone() for p in (*loop.g.parameters(), *loop.d.parameters())]
    loop.step()
    after = [p.detach() for p in (*loop.g.parameters(), *loop.d.parameters())]
    moved = sum(not torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert moved > 0.8 * len(before)


def test_the_flow_loss_is_zero_for_the_mean_velocity_towards_one_picture_and_not_for_others():
    """With one picture x as all data, the path from e is straight: u(z, r, t) = (z − x) / t whatever r is."""
    torch.manual_seed(0)
    x = torch.rand(8, 3, 8, 8) * 2 - 1

    class Exact(torch.nn.Module):
        def forward(self, z, r, t, labels):
            return (z - x) / t[:, None, None, None]

    class Late(Exact):
        def forward(self, z, r, t, labels):
            return super().forward(z, r, t, labels) * (1 + t - r)[:, None, None, None]

    labels = torch.zeros(8, dtype=torch.long)
    assert flow_loss(Exact(), x, labels) < 1e-4
    assert sum(float(flow_loss(Late(), x, labels)) for _ in range(5)) > 0.5


def test_the_flow_draws_pictures_of_its_size_and_trains_all_its_weights():
    torch.manual_seed(0)
    network = MeanVelocity(2)
    flow_loss(network, torch.rand(4, 3, 8, 8), torch.tensor([0, 1, 0, 1])).backward()
    assert network.leave.weight.grad.abs().sum() > 0
    assert MeanFlow(network, 2, 8, 0, 0.0).samples(5, seed=1).shape == (5, 8, 8, 3)
