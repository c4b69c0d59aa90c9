"""The trainers of all kinds in one form (``generation.ml.training.Trainer``): what a file holds goes in, marks come out.

Each imports its library when it is called: whoever only looks at the registry needs none of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import PlatformError
from core.files import sha256_of
from generation.ml.training import Progress, Stop

if TYPE_CHECKING:
    from generation.ml.gan.data import ImageSet

GAN_SIZE = 32  # pixels a side, where none is asked for
JUDGED = 5  # of the labelled texts, every fifth judges and is not learned from
SAMPLES = "samples.png"
MARKED, MARK_NETWORK, MARK_SIDE = (
    256,
    "lite2",
    112,
)  # samples and pictures that marks are taken on, and how they are seen


def visual(
    data: Path,
    output: Path,
    *,
    seed: int,
    minutes: float,
    progress: Progress,
    stop: Stop,
    size: int = GAN_SIZE,
) -> Mapping[str, Any]:
    """A GAN of the pictures in a folder or zip archive, at 32, 64 or 128 pixels a side; its discriminator scores strange pictures for moderation."""
    from generation.ml.gan.config import GanConfig
    from generation.ml.gan.data import load_images
    from generation.ml.gan.outliers import export_discriminator
    from generation.ml.gan.training import train

    images = load_images(data, size)

    def tell(share: float, report: dict[str, Any]) -> None:
        _show_newest(output)
        progress(share, {name: value for name, value in report.items() if name not in ("images", "seconds")})

    config = GanConfig(size=size, seed=seed)
    told = train(images, output, config, minutes=minutes, progress=tell, stop=stop)
    if told["stopped"]:
        return {"data_fingerprint": images.fingerprint}
    _show_newest(output)
    export_discriminator(output, images, output / "discriminator")
    marks = {**told, **_fidelity(output, images, seed=seed)}
    return {**marks, "data_fingerprint": images.fingerprint, "pictures": len(images)}


def _fidelity(output: Path, images: ImageSet, *, seed: int) -> dict[str, float]:
    """How near the samples are to the pictures, on features that stand in no loss."""
    import numpy as np

    from generation.ml.fidelity import features_of, manifold_measures
    from generation.ml.gan.sampling import load_gan, samples

    count = min(MARKED, len(images))
    chosen = np.random.default_rng(seed).choice(len(images), count, replace=False)
    pictures = images.images[np.sort(chosen)], samples(load_gan(output), count, seed=seed)
    real, fake = (features_of(some, MARK_NETWORK, side=MARK_SIDE) for some in pictures)
    neighbors = max(1, min(5, count - 1))
    return {
        name: round(value, 4) for name, value in manifold_measures(real, fake, neighbors=neighbors).items()
    }


def script(
    data: Path, output: Path, *, seed: int, minutes: float, progress: Progress, stop: Stop
) -> Mapping[str, Any]:
    """The language model of a corpus; the newest tenth of the texts judges and is learned from by nothing."""
    from generation.ml.language_model.corpus import read_corpus
    from generation.ml.language_model.language_model import LanguageModel
    from generation.ml.language_model.training import train

    corpus = read_corpus(data)
    learned, judged = corpus.split(max(1, len(corpus.texts) // 10))
    result = train(
        learned,
        output,
        seed=seed,
        minutes=minutes,
        progress=progress,
        stop=stop,
    )
    if not result.finished:
        return {"data_fingerprint": corpus.fingerprint}
    bits = sum(LanguageModel.load(output).bits(judged.texts))
    return {
        "bits_per_character": round(bits / judged.characters, 4),
        "texts": len(learned.texts),
        "judged_texts": len(judged.texts),
        "steps": len(result.losses),
        "data_fingerprint": corpus.fingerprint,
    }


def title_reward(
    data: Path, output: Path, *, seed: int, minutes: float, progress: Progress, stop: Stop
) -> Mapping[str, Any]:
    """What makes a title work, from randomized headlines; it takes the time it takes."""
    from generation.ml.title_reward.model import train

    told = train(data, output, seed=seed, progress=_plain(progress), stop=stop)
    return {**told, "data_fingerprint": sha256_of(data)}


def text_safety(
    data: Path, output: Path, *, seed: int, minutes: float, progress: Progress, stop: Stop
) -> Mapping[str, Any]:
    """Offensive language, from labelled texts: judged on every fifth, then learned from all; it takes the time it takes."""
    from generation.ml.text_safety.__main__ import read_table
    from generation.ml.text_safety.classifier import TextSafetyModel, TextSafetySettings
    from generation.ml.text_safety.measuring import measured

    texts, labels = read_table(data)
    if -1 in labels:
        raise PlatformError(
            f"{data.name} has no column label to learn from.", code="training_invalid", field="data"
        )
    rows = range(len(texts))
    early, late = [i for i in rows if i % JUDGED], [i for i in rows if not i % JUDGED]
    settings = TextSafetySettings(seed=seed)
    progress(0.05, {})
    judged = TextSafetyModel.fit([texts[i] for i in early], [labels[i] for i in early], settings=settings)
    progress(0.5, {})
    truth = [labels[i] for i in late]
    marks = measured(truth, judged.score([texts[i] for i in late]), judged.threshold)
    if stop():
        return {"data_fingerprint": sha256_of(data)}
    TextSafetyModel.fit(texts, labels, settings=settings).save(output)
    return {**marks, "texts": len(texts), "data_fingerprint": sha256_of(data)}


def _show_newest(output: Path) -> None:
    """Keep a copy of the newest sheet of samples under the name that pages look for."""
    if sheets := sorted(output.glob("samples-*.png")):
        shutil.copy(sheets[-1], output / SAMPLES)


def _plain(progress: Progress) -> Callable[..., None]:
    """For a trainer that tells only how far it is."""
    return lambda share, told=None: progress(float(share), told if isinstance(told, Mapping) else {})
