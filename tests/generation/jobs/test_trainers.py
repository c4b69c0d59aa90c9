"""Every kind that the settings name is trained to a version whose files its reader reads."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from PIL import Image

from generation.media.scenes.palettes import PALETTES
from generation.selectors import version_folder
from generation.services.trainings import training_do
from generation.services.versions import version_promote, version_read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def pictures(place: Path) -> Path:
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(place, "w") as archive:
        for number in range(40):
            out = io.BytesIO()
            color = np.array([200, 60, 60] if number % 2 else [60, 60, 200])
            noisy = np.clip(color + rng.normal(0, 20, (32, 32, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(noisy).save(out, "png")
            archive.writestr(f"{'red' if number % 2 else 'blue'}/{number}.png", out.getvalue())
    return place


def titles(place: Path) -> Path:
    draw = random.Random(0)
    things = "bread tea rice shoes plants windows batteries melons kettles bikes".split()
    lines = [
        f"How to keep {draw.choice(things)} {draw.choice(['fresh', 'clean', 'dry'])} for {n} days"
        for n in range(200)
    ]
    place.write_text("\n".join(lines), encoding="utf-8")
    return place


def labelled(place: Path) -> Path:
    draw = random.Random(0)
    with place.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "label"])
        for number in range(160):
            bad = number % 2
            words = [
                draw.choice(
                    "idiot moron trash stupid".split() if bad else "garden music lovely bread".split()
                )
                for _ in range(4)
            ]
            rows.writerow([f"you are {' '.join(words)} {number}", bad])
    return place


def headline_tests(place: Path) -> Path:
    draw = random.Random(0)
    with place.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["test", "week", "image", "headline", "impressions", "clicks"])
        for test in range(60):
            for arm in range(3):
                shown, good = 3000, arm == 0
                text = f"{'You will not believe' if good else 'A report about'} number {draw.randint(1, 99)} of test {test}"
                rows.writerow([test, 201401 + test % 40, 0, text, shown, 150 if good else 60])
    return place


def rewarded(place: Path) -> Path:
    lines = [f"{name},{0.3 + 0.03 * number},200" for number, name in enumerate(PALETTES)]
    place.write_text("\n".join(["recipe_palette,reward,views", *lines, ""]), encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("kind", "made", "mark"),
    [
        ("visual", pictures, "steps"),
        ("script", titles, "bits_per_character"),
        ("text_safety", labelled, "auc"),
        ("title_reward", headline_tests, ""),
        ("palettes", rewarded, "variety"),
    ],
)
def test_a_kind_is_trained_registered_and_serves(
    kind: str, made: object, mark: str, tmp_path: Path, var_dir: Path
) -> None:
    data = made(tmp_path / {"visual": "pictures.zip", "script": "titles.txt"}.get(kind, "rows.csv"))  # type: ignore[operator]
    version = training_do(kind=kind, data=data, minutes=0.1, seed=1)
    assert len(version.data_fingerprint) >= 16
    assert not mark or version.metrics[mark] > 0
    assert any(version_folder(version).iterdir())
    assert version_read(version) is not None
    if version.state != "production":  # its gate has not let it serve already
        assert version_promote(version=version).state == "production"
    if kind == "visual":
        assert (version_folder(version) / "samples.png").is_file()
        assert (version_folder(version) / "discriminator").is_dir()
        assert 0 <= version.metrics["coverage"] <= 1


def test_every_trainer_has_a_reader() -> None:
    assert set(settings.TRAINERS) <= set(settings.VERSION_READERS)
