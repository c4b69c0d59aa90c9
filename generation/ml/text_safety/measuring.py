"""What a classifier of two classes is worth: three numbers and the counts they rest on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def measured(labels: Sequence[int], scores: NDArray[np.float64], threshold: float) -> dict[str, float]:
    """``auc``, ``f1`` of class 1 at ``threshold``, ``recall_at_precision_90``. Raises ``ValueError`` for one class only."""
    from sklearn.metrics import f1_score, precision_recall_curve, roc_auc_score

    truth = np.asarray(labels)
    if len(set(truth.tolist())) < 2:
        raise ValueError("AUC needs texts of both labels; these have one.")
    precision, recall, _ = precision_recall_curve(truth, scores)
    said = scores >= threshold
    return {
        "texts": len(truth),
        "offensive": int(truth.sum()),
        "auc": round(float(roc_auc_score(truth, scores)), 4),
        "f1": round(float(f1_score(truth, said)), 4),
        "recall_at_precision_90": round(float(recall[precision >= 0.9].max()), 4),
        "false_positive_rate": round(float(said[truth == 0].mean()), 4),
        "threshold": round(threshold, 4),
    }
