"""What a title is expected to be clicked more or less than others for the same video, learned from randomized tests.

A score is the expected difference in log odds of a click to an average title: the sum over blocks (``views``) of weights
(``ridge``) times rows. Scores of two titles for one video compare; how well a video does by itself is not in them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from core.errors import WorkCancelled
from core.files import atomic_path
from generation.errors import TitleModelInvalid
from generation.ml.title_reward import form, views
from generation.ml.title_reward.headlines import arms as arms_of
from generation.ml.title_reward.headlines import checked, pairs_of, read_tests
from generation.ml.title_reward.intervals import Conformal, conformal_of
from generation.ml.title_reward.ridge import evidence_of, fitted, unexplained
from generation.ml.title_reward.views import NgramVocabulary, Scale, scale_of, vocabulary_of

Floats = NDArray[np.float64]
Progress = Callable[[float], None]
Stop = Callable[[], bool]

FORMAT = 1
# What share of a title's expected effect each block may explain before any evidence; chosen on weeks before the last.
SHARES = {"meaning": 1.0, "phrasing": 1.0, "words": 0.2, "form": 0.1}
PENALTY = 300.0
FOLDS = 5
TERMS = 1000  # words and pairs of words, the most frequent
_ENGLISH = 0.5  # share of titles in Latin letters from which the English network helps


@dataclass(frozen=True)
class Config:
    """Everything that decides what training makes of a table."""

    seed: int = 0
    penalty: float = PENALTY
    shares: dict[str, float] = field(default_factory=lambda: dict(SHARES))


class TitleModel:
    """Scores of titles; made by ``train`` or ``load``."""

    def __init__(
        self,
        *,
        vocabulary: NgramVocabulary,
        scales: dict[str, Scale],
        weights: dict[str, Floats],
        places: Floats,
        conformal: Conformal,
        facts: dict[str, Any],
    ) -> None:
        self.vocabulary, self.scales, self.weights = vocabulary, scales, weights
        self.places = (
            places  # sorted out-of-fold scores of the titles it learned from: a score's place among them
        )
        self.conformal = conformal
        self.facts = facts  # metrics, config, fingerprint: JSON
        # (n,) of the rows of ``headlines.arms``, each test by weights learned without it; only right after training
        self.out_of_fold: Floats | None = None

    @property
    def blocks(self) -> tuple[str, ...]:
        return tuple(self.weights)

    @property
    def residual_variance(self) -> float:
        """Squared error (log odds) of the scores inside a test that counting clicks does not explain."""
        return float(self.facts["residual_variance"])

    def score(self, titles: Sequence[str], *, on_disk: bool = True) -> Floats:
        """(n,) expected log odds of a click less those of an average title; higher = expected to be clicked more."""
        total = np.zeros(len(titles))
        for block, rows in raw_blocks(titles, self.vocabulary, self.blocks, on_disk=on_disk).items():
            total += self.scales[block].applied(rows) @ self.weights[block]
        return total

    def place(self, score: float) -> float:
        """The share (0–1) of the titles it learned from that are expected to be clicked less."""
        return float(np.searchsorted(self.places, score) / len(self.places))

    def word_weights(self) -> Floats:
        """What one unit of each term of the vocabulary adds to a score (log odds)."""
        return np.asarray(self.weights["words"] * self.scales["words"].factor)

    def form_weights(self) -> Floats:
        """What one more of each of ``form.NAMES`` adds to a score (log odds)."""
        return np.asarray(self.weights["form"] * self.scales["form"].factor)

    def save(self, folder: Path) -> None:
        """``title_reward.safetensors`` and, last, ``title_reward.json``; no code in either."""
        folder.mkdir(parents=True, exist_ok=True)
        arrays = {"idf": self.vocabulary.idf, "places": self.places, **self.conformal.arrays()}
        for block, weights in self.weights.items():
            scale = self.scales[block]
            arrays |= {f"{block}.w": weights, f"{block}.c": scale.center, f"{block}.f": scale.factor}
        with atomic_path(folder / "title_reward.safetensors") as path:
            save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, path)
        document = {
            "format": FORMAT,
            "terms": self.vocabulary.terms,
            "blocks": self.blocks,
            "facts": self.facts,
        }
        with atomic_path(folder / "title_reward.json") as path:
            path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> TitleModel:
        """Raises ``TitleModelInvalid`` when files are missing, broken or of another format."""
        try:
            document = json.loads((folder / "title_reward.json").read_text(encoding="utf-8"))
            if document["format"] != FORMAT:
                raise TitleModelInvalid(
                    f"The title model in {folder.name} has format {document['format']}, this reads {FORMAT}. Train it again."
                )
            arrays = {
                name: array.astype(float)
                for name, array in load_file(folder / "title_reward.safetensors").items()
            }
            return cls(
                vocabulary=NgramVocabulary(tuple(document["terms"]), arrays["idf"]),
                scales={b: Scale(arrays[f"{b}.c"], arrays[f"{b}.f"]) for b in document["blocks"]},
                weights={b: arrays[f"{b}.w"] for b in document["blocks"]},
                places=arrays["places"],
                conformal=Conformal.of(arrays),
                facts=document["facts"],
            )
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise TitleModelInvalid(
                f"The folder {folder.name} holds no whole title model ({error}). Train it again."
            ) from None


def raw_blocks(
    titles: Sequence[str], vocabulary: NgramVocabulary, blocks: Sequence[str], *, on_disk: bool = True
) -> dict[str, Floats]:
    """The rows of each of ``blocks``, not scaled yet."""
    makers: dict[str, Callable[[], Floats]] = {
        "meaning": lambda: views.meaning_rows(titles, on_disk=on_disk),
        "phrasing": lambda: views.phrasing_rows(titles, on_disk=on_disk),
        "words": lambda: np.asarray(vocabulary.rows(titles).todense()),
        "form": lambda: form.form_rows(titles),
    }
    return {block: makers[block]() for block in blocks}


def train_frame(
    frame: pd.DataFrame,
    *,
    config: Config | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> TitleModel:
    """A model of all tests in ``frame``; the last weeks' figures out of fold are in its facts.

    Raises ``TitleDataInvalid`` when there is nothing to compare, ``WorkCancelled`` when ``stop`` says so.
    """
    return _Training(
        checked(frame), config or Config(), progress or (lambda _: None), stop or (lambda: False)
    ).run()


class _Training:
    """One training, step by step."""

    def __init__(self, frame: pd.DataFrame, config: Config, progress: Progress, stop: Stop) -> None:
        self.frame, self.config, self.progress, self.stop = frame, config, progress, stop
        self.arms = arms_of(frame)
        self.titles = sorted(set(self.arms["headline"]))
        self.row_of = {title: at for at, title in enumerate(self.titles)}
        self.at = self.arms["headline"].map(self.row_of).to_numpy(np.int64)
        self.evidence = evidence_of(self.arms)

    def run(self) -> TitleModel:
        self._reach(0.02)
        vocabulary = vocabulary_of(self.titles, most=TERMS)
        rows = self._embedded(vocabulary)
        scales = {block: scale_of(table, self.config.shares[block]) for block, table in rows.items()}
        table = np.hstack([scales[block].applied(part) for block, part in rows.items()])
        self._reach(0.7)
        out_of_fold = self._out_of_fold(table)
        residual = unexplained(self.evidence, out_of_fold)
        self._reach(0.9)
        weights = fitted(self.evidence, table[self.at], penalty=self.config.penalty)
        ends = np.cumsum([part.shape[1] for part in rows.values()])
        split = dict(zip(rows, np.split(weights, ends[:-1]), strict=True))
        model = TitleModel(
            vocabulary=vocabulary,
            scales=scales,
            weights=split,
            places=np.sort(out_of_fold),
            conformal=conformal_of(self.evidence, out_of_fold),
            facts=self._facts(out_of_fold, residual),
        )
        model.out_of_fold = out_of_fold
        self._reach(1.0)
        return model

    def _embedded(self, vocabulary: NgramVocabulary) -> dict[str, Floats]:
        """Raw rows of all titles, in parts so that progress is told and a stop is heard."""
        latin = np.mean(
            [title.isascii() or not any("\u3400" <= c <= "\u9fff" for c in title) for title in self.titles]
        )
        blocks = [b for b in self.config.shares if b != "phrasing" or latin >= _ENGLISH]
        parts: list[dict[str, Floats]] = []
        for start in range(0, len(self.titles), 256):
            parts.append(raw_blocks(self.titles[start : start + 256], vocabulary, blocks))
            self._reach(0.02 + 0.68 * min(1.0, (start + 256) / len(self.titles)))
        return {block: np.concatenate([part[block] for part in parts]) for block in blocks}

    def _out_of_fold(self, table: Floats) -> Floats:
        """Predictions (n arms,) of each test by weights learned without it; tests fall into folds by chance."""
        tests = self.arms["test"].to_numpy()
        names = np.unique(tests)
        fold_of = dict(
            zip(names, np.random.default_rng(self.config.seed).integers(0, FOLDS, len(names)), strict=True)
        )
        fold = np.array([fold_of[test] for test in tests])
        found = np.zeros(len(tests))
        for number in range(FOLDS):
            apart = fold == number
            if apart.any() and not apart.all():
                part = self.evidence.only(~apart)
                weights = fitted(part, table[self.at[~apart]], penalty=self.config.penalty)
                found[apart] = table[self.at[apart]] @ weights
            self._reach(0.7 + 0.04 * (number + 1))
        return found

    def _facts(self, out_of_fold: Floats, residual: float) -> dict[str, Any]:
        table = self.arms.assign(score=out_of_fold)
        pairs = pairs_of(table).known()
        right = pairs.ordered_rightly(out_of_fold)
        return {
            "config": {
                "seed": self.config.seed,
                "penalty": self.config.penalty,
                "shares": self.config.shares,
            },
            "tests": int(self.arms["group"].nunique()),
            "titles": len(self.titles),
            "pairs": len(right),
            "pair_accuracy": round(float(right.mean()), 4) if len(right) else None,
            "residual_variance": residual,
            "rate": float(self.arms["clicks"].sum() / self.arms["impressions"].sum()),
        }

    def _reach(self, share: float) -> None:
        if self.stop():
            raise WorkCancelled("The training was stopped.")
        self.progress(share)


def train(
    data: Path | pd.DataFrame,
    output: Path,
    *,
    seed: int = 0,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> dict[str, Any]:
    """Learn from a file (or frame) of title tests, write the model to ``output``; its metrics as plain JSON values.

    Raises ``TitleDataInvalid``; ``WorkCancelled`` when ``stop()`` answers yes between two steps.
    """
    frame = data if isinstance(data, pd.DataFrame) else read_tests(data)
    model = train_frame(frame, config=Config(seed=seed), progress=progress, stop=stop)
    model.save(output)
    return dict(model.facts)
