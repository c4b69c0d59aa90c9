"""Labels that are probably wrong: confident learning (Northcutt, Jiang and Chuang 2021, https://arxiv.org/abs/1911.00068).

Written from the paper, for two classes: a page of code instead of the package of its authors, cleanlab, with three others that
it brings. Its 2.9.0 (``find_label_issues``, pruned by noise rate) named the same first five rows in the same order on planted
flips; the order of the rest was not compared.
A row is confidently of a class when its probability reaches the mean probability of the rows labelled so. Rows that are
confidently of the class that their label denies make up the off-diagonal of the confident joint; scaled to the labels'
counts it says how many labels are wrong, and so many, the least believable first, are named.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LabelErrors:
    rows: NDArray[np.int64]  # the least believable first
    estimated: float  # how many of all labels are wrong


def label_errors(labels: NDArray[np.bool_], probabilities: Floats) -> LabelErrors:
    """``probabilities`` (n,) of "yes", said of each row by what had not seen its label. Both answers must be there.

    Raises ``ValueError`` for labels of one class only.
    """
    truth = np.asarray(labels, dtype=np.int64)
    if len(set(truth.tolist())) < 2:
        raise ValueError("Labels of one class only tell nothing about errors.")
    said = np.stack([1.0 - probabilities, probabilities], axis=1)  # (n, 2)
    least = np.array([said[truth == label, label].mean() for label in (0, 1)])
    reaches = said >= least  # (n, 2)
    confident = np.where(reaches.any(axis=1), np.where(reaches, said, -1.0).argmax(axis=1), -1)
    joint = np.array([[np.sum((truth == i) & (confident == j)) for j in (0, 1)] for i in (0, 1)], float)
    counts = np.bincount(truth, minlength=2)
    sums = np.maximum(joint.sum(axis=1), 1.0)
    scaled = joint / sums[:, None] * counts[:, None]
    own = said[np.arange(len(truth)), truth]
    margin = own - (1.0 - own)  # how much more the label is believed than its contrary
    doubted = []
    for label in (0, 1):
        mine = np.flatnonzero(truth == label)
        most = round(float(scaled[label, 1 - label]))
        doubted += mine[np.argsort(margin[mine], kind="stable")][:most].tolist()
    rows = np.array(sorted(doubted, key=lambda row: margin[row]), dtype=np.int64)
    return LabelErrors(rows, float(scaled[0, 1] + scaled[1, 0]))


def said_out_of_fold(
    features: NDArray[np.float64], labels: NDArray[np.bool_], folds: NDArray[np.int64], *, strength: float
) -> Floats:
    """Probabilities (n,) of "yes": each row by a regression that saw no row of its fold.

    ``features`` (n, d) may be sparse. A fold beside which only one answer is left says how often that answer was given.
    """
    from sklearn.linear_model import LogisticRegression

    told = np.full(len(labels), float(np.mean(labels)))
    for fold in np.unique(folds):
        held = folds == fold
        if len(set(labels[~held].tolist())) < 2:
            continue
        regression = LogisticRegression(C=strength, max_iter=500)
        regression.fit(features[~held], labels[~held])
        told[held] = regression.predict_proba(features[held])[:, 1]
    return told
