"""A run: it learns, goes on after a kill to the same numbers, stops when told, and says when it has collapsed."""

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch

from generation.ml.gan.collapse import CollapseWatch, spread
from generation.ml.gan.config import GanConfig
from generation.ml.gan.data import load_images
from generation.ml.gan.errors import GanConfigInvalid, GanModelInvalid, TrainingImagesInvalid
from generation.ml.gan.sampling import load_gan, samples
from generation.ml.gan.training import Rhythm, train

EVERY_STEP = Rhythm(report_steps=1, sheet_seconds=1e9, checkpoint_seconds=1e9)
LOSSES = ("loss_d", "loss_g", "d_real", "d_fake", "spread")


def log(folder):
    lines = (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def losses(reports):
    return [[report[name] for name in LOSSES] for report in reports]


@pytest.mark.parametrize("architecture", ["projected", "dcgan"])
def test_a_run_that_was_cut_goes_on_to_the_same_losses(pictures, tiny, tmp_path, architecture):
    config = replace(tiny, architecture=architecture)
    train(pictures, tmp_path / "whole", config, minutes=1, steps=4, rhythm=EVERY_STEP)
    train(pictures, tmp_path / "cut", config, minutes=1, steps=2, rhythm=EVERY_STEP)
    train(pictures, tmp_path / "cut", config, minutes=1, steps=4, rhythm=EVERY_STEP)
    assert losses(log(tmp_path / "cut")) == losses(log(tmp_path / "whole"))
    drawn = [samples(load_gan(tmp_path / name), 4, seed=3) for name in ("whole", "cut")]
    np.testing.assert_array_equal(*drawn)


@pytest.mark.slow
def test_a_killed_process_goes_on_to_the_losses_of_one_that_was_not(picture_folder, tmp_path):
    command = [
        sys.executable,
        "-m",
        "generation.ml.gan",
        "train",
        "--images",
        str(picture_folder),
        "--size",
        "32",
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}

    def run(name, steps):
        told = ["--steps", str(steps), "--batch", "8", "--report-steps", "5"]
        return [*command, *told, "--output", str(tmp_path / name)]

    subprocess.run(run("whole", 30), check=True, env=environment, capture_output=True)
    subprocess.run(run("cut", 10), check=True, env=environment, capture_output=True)
    process = subprocess.Popen(run("cut", 10_000), env=environment, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while len(log(tmp_path / "cut")) < 4 and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    subprocess.run(run("cut", 30), check=True, env=environment, capture_output=True)
    assert losses(log(tmp_path / "cut"))[-1] == losses(log(tmp_path / "whole"))[-1]


def test_a_checkpoint_of_another_run_is_refused_in_words(pictures, tiny, tmp_path):
    train(pictures, tmp_path, tiny, minutes=1, steps=1, rhythm=EVERY_STEP)
    with pytest.raises(GanModelInvalid, match="another config"):
        train(pictures, tmp_path, replace(tiny, seed=9), minutes=1, steps=2)
    place = next(tmp_path.glob("checkpoint-*.safetensors"))
    place.write_bytes(place.read_bytes()[:-8])
    with pytest.raises(GanModelInvalid, match="damaged"):
        train(pictures, tmp_path, tiny, minutes=1, steps=2)


@pytest.mark.slow
def test_the_generated_pictures_come_nearer_to_the_real_ones(pictures, tiny, tmp_path):
    real = pictures.images.reshape(len(pictures), -1, 3).mean(1) / 255.0

    def distance(folder):
        fake = samples(load_gan(folder), 48).reshape(48, -1, 3).mean(1) / 255.0
        nearest = np.abs(fake[:, None] - real[None]).sum(2).min(1)
        return nearest.mean()

    train(pictures, tmp_path / "first", tiny, minutes=1, steps=1)
    train(pictures, tmp_path / "later", tiny, minutes=1, steps=120)
    assert distance(tmp_path / "later") < 0.5 * distance(tmp_path / "first")


def test_progress_rises_to_one_and_a_stop_leaves_a_run_that_goes_on(pictures, tiny, tmp_path):
    shares = []
    told = train(
        pictures, tmp_path, tiny, minutes=1, steps=5, rhythm=EVERY_STEP,
        progress=lambda share, report: shares.append(share), stop=lambda: len(shares) == 3,
    )  # fmt: skip
    assert told["stopped"] and told["steps"] == 3
    told = train(
        pictures,
        tmp_path,
        tiny,
        minutes=1,
        steps=5,
        rhythm=EVERY_STEP,
        progress=lambda s, _: shares.append(s),
    )
    assert not told["stopped"] and shares == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    assert list(tmp_path.glob("samples-*.png"))
    assert not [place for place in tmp_path.iterdir() if place.suffix in (".pt", ".pth", ".pkl")]


def test_pictures_all_alike_and_a_discriminator_that_always_wins_are_called_a_collapse(pictures):
    real = torch.from_numpy(pictures.images).permute(0, 3, 1, 2).float() / 127.5 - 1
    labels = torch.from_numpy(pictures.labels)
    watch = CollapseWatch(spread(real, labels))
    one_each = real[labels * 24]  # each category always the same picture
    noise = 0.01 * torch.randn(one_each.shape, generator=torch.Generator().manual_seed(0))
    assert "alike" in watch.verdict(fake_spread=spread(one_each + noise, labels), d_real=0.6, d_fake=0.4)
    assert watch.verdict(fake_spread=spread(real, labels), d_real=0.6, d_fake=0.4) == ""
    said = [watch.verdict(fake_spread=spread(real, labels), d_real=0.999, d_fake=0.001) for _ in range(3)]
    assert said[:2] == ["", ""] and "tells all pictures apart" in said[2]


def test_a_folder_and_a_zip_of_the_same_pictures_are_one_data_set(picture_folder, pictures, tmp_path):
    archive = tmp_path / "pictures.zip"
    with zipfile.ZipFile(archive, "w") as written:
        for place in sorted(picture_folder.rglob("*.png")):
            written.write(place, place.relative_to(picture_folder).as_posix())
        written.writestr("disks/broken.png", b"no picture")
    packed = load_images(archive, 32)
    assert packed.fingerprint == pictures.fingerprint
    assert packed.categories == ("disks", "stripes") and packed.labels.tolist() == [0] * 24 + [1] * 24


def test_what_cannot_be_trained_on_is_refused_in_words(pictures, tiny, tmp_path):
    with pytest.raises(TrainingImagesInvalid, match="0 readable pictures"):
        load_images(tmp_path, 32)
    with pytest.raises(TrainingImagesInvalid, match="no folder or zip"):
        load_images(tmp_path / "nowhere", 32)
    with pytest.raises(TrainingImagesInvalid, match="64 pixels"):
        train(pictures, tmp_path, replace(tiny, size=64), minutes=1, steps=1)
    with pytest.raises(GanConfigInvalid, match="32, 64 or 128"):
        GanConfig(size=48)
    with pytest.raises(GanModelInvalid, match="no trained GAN"):
        load_gan(tmp_path)


@pytest.mark.slow
def test_two_processes_give_the_losses_of_one_with_the_doubled_batch(picture_folder, tmp_path):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    told = ["--images", str(picture_folder), "--size", "32", "--steps", "2", "--report-steps", "1"]
    module = ["-m", "generation.ml.gan", "train", *told]
    two = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", *module]
    subprocess.run(
        [*two, "--batch", "8", "--output", str(tmp_path / "two")],
        check=True,
        env=environment,
        capture_output=True,
    )
    subprocess.run(
        [sys.executable, *module, "--batch", "16", "--output", str(tmp_path / "one")],
        check=True, env=environment, capture_output=True,
    )  # fmt: skip
    one, both = log(tmp_path / "one"), log(tmp_path / "two")
    assert [r["images"] for r in one] == [r["images"] for r in both]
    # the order of sums differs in the last digit, by processor; Adam and the game of two make ten times as much of it a step
    assert len(one) == 2
    np.testing.assert_allclose(losses(both)[:1], losses(one)[:1], rtol=1e-3, atol=1e-4)
    np.testing.assert_allclose(losses(both), losses(one), rtol=1e-2, atol=2e-3)
