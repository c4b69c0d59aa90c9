"""The exported discriminator tells foreign pictures from those it was trained on."""

import json
import subprocess
import sys

import numpy as np
import pytest

from generation.ml.gan.errors import GanModelInvalid
from generation.ml.gan.outliers import OutlierScorer, area_under_curve, export_discriminator
from generation.ml.gan.training import train
from generation.moderation.scorers.contract import ScreeningItem
from generation.moderation.scorers.unlike import UNREADABLE
from generation.moderation.screening.combination import risks_of
from generation.moderation.screening.scoring import signals_asked
from generation.moderation.screening.suite import scorers_asked, suite_forget
from generation.selectors import version_folder
from tests import factories
from tests.generation.media.watching.test_watching import FPS, film


@pytest.fixture(scope="module")
def run(pictures, tmp_path_factory):
    from generation.ml.gan.config import GanConfig

    folder = tmp_path_factory.mktemp("run")
    train(pictures, folder, GanConfig(size=32, width=16, batch=8, eyes_side=32), minutes=1, steps=10)
    return folder


def foreign(count, side=32):
    return np.random.default_rng(2).integers(0, 255, (count, side, side, 3), np.uint8)


def test_foreign_pictures_score_higher_than_usual_ones_and_the_file_says_the_same(run, pictures, tmp_path):
    scorer = export_discriminator(run, pictures, tmp_path)
    usual, strange = scorer.ood_score(pictures.images), scorer.ood_score(foreign(20))
    assert area_under_curve(usual, strange) > 0.95
    np.testing.assert_array_equal(OutlierScorer.load(tmp_path).ood_score(pictures.images), usual)
    assert scorer.ood_score(foreign(3, side=48)).shape == (3,)
    assert {place.suffix for place in tmp_path.iterdir()} == {".safetensors", ".json"}


def test_strangeness_is_one_half_where_one_training_picture_in_a_hundred_is_stranger(run, pictures, tmp_path):
    scorer = export_discriminator(run, pictures, tmp_path)
    apart, told = scorer.ood_score(pictures.images), scorer.strangeness(pictures.images)
    assert scorer.usual == pytest.approx(np.quantile(apart, 0.99))
    np.testing.assert_allclose(told, apart / (apart + np.quantile(apart, 0.99)), rtol=1e-5)
    assert (told > 0.5).mean() == pytest.approx(0.01, abs=0.02)
    assert 0.5 < scorer.strangeness(foreign(20)).min() <= scorer.strangeness(foreign(20)).max() < 1
    assert len(scorer.version) == 12 and json.loads((tmp_path / "outliers.json").read_text())[
        "sha256"
    ].startswith(scorer.version)


def test_the_visual_version_that_serves_is_asked_in_screening(
    run, pictures, tmp_path, db, var_dir, media_root, settings
):
    settings.SCREENING_SCORERS = []
    suite_forget()

    def told(clip):
        [asked] = [one for one in scorers_asked() if one.name == "discriminator"]
        [signal] = signals_asked(asked, ScreeningItem(file=clip))
        assert signal["policy"] == "other" and not signal["required"] and risks_of([signal], {}) == {}
        return signal

    usual, strange = (
        film(tmp_path / f"{name}.mp4", [picture.repeat(5, 0).repeat(5, 1) for picture in some for _ in range(FPS)])
        for name, some in (("usual", pictures.images[:2]), ("strange", foreign(2)))
    )  # fmt: skip
    assert told(usual)["state"] == "no_model"
    version = factories.version(kind="visual", folder="versions/gan", state="production")
    folder = version_folder(version) / "discriminator"
    scorer = export_discriminator(run, pictures, folder)
    signal = told(strange)
    assert (signal["state"], signal["version"]) == ("scored", scorer.version)
    assert signal["evidence"] and signal["score"] > 0.5
    assert signal["score"] > told(usual)["score"] > 0

    about = json.loads((folder / "outliers.json").read_text())
    older = {name: value for name, value in about.items() if name != "usual"}
    for broken in (older, {**about, "usual": 0.0}, {**about, "config": {"unknown": 1}}, []):
        (folder / "outliers.json").write_text(json.dumps(broken))
        suite_forget()
        assert (told(strange)["state"], told(strange)["detail"]) == ("no_model", UNREADABLE)
    (folder / "outliers.json").write_text(json.dumps(about))
    (folder / "outliers.safetensors").write_bytes((folder / "outliers.safetensors").read_bytes()[:100])
    suite_forget()
    assert (told(strange)["state"], told(strange)["detail"]) == ("no_model", UNREADABLE)
    suite_forget()


def test_the_area_under_the_curve_agrees_with_the_reference():
    from sklearn.metrics import roc_auc_score

    draw = np.random.default_rng(0)
    usual, strange = draw.integers(0, 9, 200).astype(np.float32), draw.integers(3, 12, 150).astype(np.float32)
    expected = roc_auc_score([0] * 200 + [1] * 150, np.concatenate([usual, strange]))
    assert area_under_curve(usual, strange) == pytest.approx(expected)


def test_a_folder_without_a_discriminator_is_refused_in_words(pictures, tmp_path):
    with pytest.raises(GanModelInvalid, match="no trained discriminator"):
        export_discriminator(tmp_path, pictures, tmp_path)
    with pytest.raises(GanModelInvalid, match="holds no exported discriminator"):
        OutlierScorer.load(tmp_path)


def test_samples_and_the_area_are_printed_by_commands(run, picture_folder, tmp_path):
    def said(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "generation.ml.gan", *map(str, arguments)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return json.loads(done.stdout)

    said("sample", "--model", run, "--count", 6, "--category", "disks", "--output", tmp_path / "s.npz")
    with np.load(tmp_path / "s.npz") as kept:
        assert kept["images"].shape == (6, 32, 32, 3) and kept["images"].dtype == np.uint8
    told = said(
        "export",
        "--model",
        run,
        "--images",
        picture_folder,
        "--foreign",
        picture_folder,
        "--output",
        tmp_path,
    )
    assert abs(told["auc"] - 0.5) < 0.2
