"""The peers of ``benchmarks.recommender``, each with the settings its literature recommends for a log of this size.

Popularity, recent popularity, item-kNN, EASE^R, ALS and BPR (package ``implicit``), SASRec, and the blend of three of
them that a good engineer builds in an afternoon: the one to beat.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

Scores = npt.NDArray[np.float32]
ROWS_AT_ONCE = 512


class Peer:
    """Fits on ``user, item, timestamp`` and ranks what a user has not met by ``score``."""

    users: npt.NDArray[np.int64]
    items: npt.NDArray[np.int64]
    met: Any  # (users, items), 1 where they met

    def fit(self, train: pd.DataFrame) -> Peer:
        self.users, self.items = np.sort(train["user"].unique()), np.sort(train["item"].unique())
        rows, columns = np.searchsorted(self.users, train["user"]), np.searchsorted(self.items, train["item"])
        shape = (len(self.users), len(self.items))
        self.met = sp.csr_matrix((np.ones(len(train), np.float32), (rows, columns)), shape)
        self.met.data[:] = 1
        self.learn(train)
        return self

    def learn(self, train: pd.DataFrame) -> None:
        """What ``score`` needs; nothing for some."""

    def score(self, rows: npt.NDArray[np.int64]) -> Scores:
        """``(len(rows), items)`` for users by their place."""
        raise NotImplementedError

    def recommend(self, users: npt.NDArray[np.int64], k: int) -> npt.NDArray[np.int64]:
        """``(len(users), k)`` ids of the best items not met."""
        rows, found = np.searchsorted(self.users, users), []
        for first in range(0, len(rows), ROWS_AT_ONCE):
            part = rows[first : first + ROWS_AT_ONCE]
            scores, met = np.array(self.score(part), np.float32), self.met[part]
            scores[np.repeat(np.arange(len(part)), np.diff(met.indptr)), met.indices] = -np.inf
            top = np.argpartition(-scores, k, 1)[:, :k]
            order = np.argsort(-np.take_along_axis(scores, top, 1), 1, kind="stable")
            found.append(self.items[np.take_along_axis(top, order, 1)])
        return np.concatenate(found)


class Pop(Peer):
    """Most met first."""

    def score(self, rows: npt.NDArray[np.int64]) -> Scores:
        return np.tile(np.asarray(self.met.sum(0)).ravel(), (len(rows), 1))


class RecentPop(Peer):
    """Most met lately: an interaction's weight falls by e every twentieth of the log's span."""

    def learn(self, train: pd.DataFrame) -> None:
        newest, oldest = train["timestamp"].max(), train["timestamp"].min()
        age = (newest - train["timestamp"]) / max(1, newest - oldest)
        self.weights = np.bincount(
            np.searchsorted(self.items, train["item"]), np.exp(-age / 0.05), len(self.items)
        )

    def score(self, rows: npt.NDArray[np.int64]) -> Scores:
        return np.tile(self.weights, (len(rows), 1)).astype(np.float64)  # type: ignore[return-value]


class ItemKNN(Peer):
    """Cosine of items' audiences, shrunk by 10, the 100 nearest kept."""

    nearest = 100

    def learn(self, train: pd.DataFrame) -> None:
        likeness = (self.met.T @ self.met).toarray().astype(np.float32)
        norm = np.sqrt(np.diag(likeness))
        likeness /= norm[:, None] * norm[None] + 10
        np.fill_diagonal(likeness, 0)
        least = -np.partition(-likeness, self.nearest, 1)[:, self.nearest - 1 : self.nearest]
        likeness[likeness < least] = 0
        self.likeness = likeness.T

    def score(self, rows: npt.NDArray[np.int64]) -> Scores:
        scores: Scores = self.met[rows] @ self.likeness
        return scores


class EASE(Peer):
    """The closed-form linear model of Steck 2019 (https://arxiv.org/abs/1905.03375)."""

    penalty = 300.0

    def learn(self, train: pd.DataFrame) -> None:
        gram = (self.met.T @ self.met).toarray().astype(np.float64)
        diagonal = np.arange(len(gram))
        gram[diagonal, diagonal] += self.penalty
        inverse = np.linalg.inv(gram)
        weights = inverse / -np.diag(inverse)
        weights[diagonal, diagonal] = 0
        self.weights = weights.astype(np.float32)

    def score(self, rows: npt.NDArray[np.int64]) -> Scores:
        scores: Scores = self.met[rows] @ self.weights
        return scores


class Factors(Peer):
    """A factorization by the package ``implicit``."""

    def model(self) -> Any:
        raise NotImplementedError

    def learn(self, train: pd.DataFrame) -> None:
        self.fitted = self.model()
        self.fitted.fit(self.met, show_progress=False)

    def score(self, rows: npt.NDArray[np.int64]) -> Scores:
        scores: Scores = self.fitted.user_factors[rows] @ self.fitted.item_factors.T
        return scores


class ALS(Factors):
    def model(self) -> Any:
        from implicit.als import AlternatingLeastSquares

        return AlternatingLeastSquares(
            factors=64, regularization=0.05, iterations=15, alpha=20, random_state=0
        )


class BPR(Factors):
    def model(self) -> Any:
        from implicit.bpr import BayesianPersonalizedRanking

        return BayesianPersonalizedRanking(
            factors=63, learning_rate=0.05, regularization=0.01, iterations=200, random_state=0
        )


class SASRec(Peer):
    """Kang & McAuley 2018 (https://arxiv.org/abs/1808.09781) with the softmax over the whole catalogue."""

    width, length, blocks, heads, dropout = 64, 100, 2, 1, 0.3
    epochs, batch, rate = 60, 64, 1e-3

    def learn(self, train: pd.DataFrame) -> None:
        import torch
        import torch.nn.functional as F

        torch.manual_seed(0)
        torch.set_num_threads(2)
        train = train.sort_values("timestamp", kind="stable")
        places = np.searchsorted(self.items, train["item"]) + 1  # 0 pads
        rows = np.searchsorted(self.users, train["user"])
        counts = np.bincount(rows, minlength=len(self.users))
        self.pasts = np.split(places[np.argsort(rows, kind="stable")], np.cumsum(counts)[:-1])
        self.network = network = self._network()
        optimizer = torch.optim.Adam(network.parameters(), self.rate, betas=(0.9, 0.98))
        padded = torch.tensor(
            np.stack([_padded(past, self.length + 1) for past in self.pasts if len(past) > 1])
        )
        for _ in range(self.epochs):
            for part in torch.randperm(len(padded)).split(self.batch):
                past, following = padded[part, :-1], padded[part, 1:]  # (B, L)
                known = (following > 0) & (past > 0)
                logits = network(past)[known] @ network.item.weight[1:].T  # (positions, items)
                loss = F.cross_entropy(logits, following[known] - 1)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        network.eval()

    def score(self, rows: npt.NDArray[np.int64]) -> Scores:
        import torch

        with torch.no_grad():
            past = torch.tensor(np.stack([_padded(self.pasts[row], self.length) for row in rows]))
            scores: Scores = (self.network(past)[:, -1] @ self.network.item.weight[1:].T).numpy()
        return scores

    def _network(self) -> Any:
        import torch
        from torch import nn

        peer, count = self, len(self.items)

        class Network(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.item = nn.Embedding(count + 1, peer.width, padding_idx=0)
                self.place = nn.Embedding(peer.length, peer.width)
                self.dropout = nn.Dropout(peer.dropout)
                nn.init.normal_(self.item.weight, std=0.02)
                nn.init.normal_(self.place.weight, std=0.02)
                block = nn.TransformerEncoderLayer(
                    peer.width, peer.heads, peer.width * 2, peer.dropout, activation="gelu", batch_first=True,
                    norm_first=True,
                )  # fmt: skip
                self.blocks = nn.TransformerEncoder(block, peer.blocks, enable_nested_tensor=False)
                self.norm = nn.LayerNorm(peer.width)
                future = torch.ones(peer.length, peer.length, dtype=torch.bool)
                self.register_buffer("future", torch.triu(future, 1))

            def forward(self, past: torch.Tensor) -> torch.Tensor:  # (B, L) → (B, L, width)
                hidden = self.dropout(self.item(past) + self.place.weight)
                out: torch.Tensor = self.norm(self.blocks(hidden, mask=self.future))
                return out

        return Network()


def _padded(past: npt.NDArray[np.int64], length: int) -> npt.NDArray[np.int64]:
    """The last ``length`` items, zeros before them."""
    kept = past[-length:]
    return np.pad(kept, (length - len(kept), 0))


class Blend(Peer):
    """Sum of standardized EASE, SASRec and log recent popularity.

    Weights: the best of 55 sets on the validation part of MovieLens-100k, one set a protocol.
    """

    weights = (1.0, 1.0, 1.0)

    def learn(self, train: pd.DataFrame) -> None:
        self.parts = [EASE().fit(train), SASRec().fit(train), RecentPop().fit(train)]

    def score(self, rows: npt.NDArray[np.int64]) -> Scores:
        total = np.zeros((len(rows), len(self.items)), np.float32)
        for weight, part in zip(self.weights, self.parts, strict=True):
            scores = np.asarray(part.score(rows), np.float32)
            if isinstance(part, RecentPop):
                scores = np.log(scores + 1e-3)
            spread = scores.std(1, keepdims=True) + 1e-6
            total = total + weight * (scores - scores.mean(1, keepdims=True)) / spread
        return total


class BlendLoo(Blend):
    weights = (0.5, 2.0, 0.25)


class BlendTemporal(Blend):
    weights = (0.0, 1.0, 2.0)
