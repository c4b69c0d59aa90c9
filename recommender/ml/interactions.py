"""A frame of interactions becomes a log: codes instead of ids, one sequence a user, one matrix."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.sparse as sp

from recommender.errors import InteractionsInvalid

Codes = npt.NDArray[np.int64]
Times = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

PADDING = -1  # where a row of recommendations has nothing left to offer


@dataclass(frozen=True)
class Log:
    """Interactions sorted by user, then time (ties keep the frame's order).

    ``users`` and ``items`` are codes into ``user_ids`` and ``item_ids`` (both ascending); ``times`` are seconds;
    user ``u`` owns rows ``starts[u]:starts[u + 1]``; ``order`` lists the rows by time over all users.
    """

    user_ids: Codes  # (U,)
    item_ids: Codes  # (I,)
    users: Codes  # (N,)
    items: Codes  # (N,)
    times: Times  # (N,)
    starts: Codes  # (U + 1,)
    order: Codes  # (N,)

    def __len__(self) -> int:
        return len(self.items)

    @property
    def user_count(self) -> int:
        return len(self.user_ids)

    @property
    def item_count(self) -> int:
        return len(self.item_ids)

    def matrix(self) -> sp.csr_matrix:
        """Who met what: ones, shape (users, items), duplicates merged."""
        ones = np.ones(len(self), np.float32)
        matrix = sp.csr_matrix((ones, (self.users, self.items)), (self.user_count, self.item_count))
        matrix.data[:] = 1
        return matrix

    def history(self, user: int) -> tuple[Codes, Times]:
        """Item codes and times of one user code, oldest first."""
        rows = slice(self.starts[user], self.starts[user + 1])
        return self.items[rows], self.times[rows]

    def histories(self, users: Codes) -> list[tuple[Codes, Times]]:
        """Items and times of several user codes."""
        return [self.history(int(user)) for user in users]

    def rows(self, keep: npt.NDArray[np.bool_]) -> Log:
        """The log of the kept rows with the same users and items: some may have none left."""
        users = self.users[keep]
        return _log(
            self.user_ids, self.item_ids, users, self.items[keep], self.times[keep], _times_order(self, keep)
        )

    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that change with any interaction."""
        digest = hashlib.sha256()
        for part in (self.user_ids, self.item_ids, self.users, self.items, self.times):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()[:16]


def read_interactions(frame: pd.DataFrame, *, items: pd.DataFrame | None = None) -> Log:
    """Check a frame ``user, item, timestamp`` (seconds) and code it; ``items`` adds items nobody has met.

    Raises ``InteractionsInvalid`` for missing columns, no rows, ids that are not whole numbers, or times that are
    not finite.
    """
    _require_columns(frame, ["user", "item", "timestamp"], "Interactions")
    if frame.empty:
        raise InteractionsInvalid(
            "Interactions need at least one row, the frame has none; collect events first."
        )
    users = whole_numbers(frame["user"], "user")
    items_met = whole_numbers(frame["item"], "item")
    times = frame["timestamp"].to_numpy(np.float64)
    if not np.isfinite(times).all():
        row = int(np.flatnonzero(~np.isfinite(times))[0])
        raise InteractionsInvalid(
            f"Timestamps are finite seconds; row {row} has {times[row]}; drop or repair it."
        )
    item_ids = np.unique(items_met)
    if items is not None:
        _require_columns(items, ["item"], "Items")
        item_ids = np.union1d(item_ids, whole_numbers(items["item"], "item"))
    by_time = np.argsort(times, kind="stable")
    user_ids, codes = np.unique(users, return_inverse=True)
    by_user = by_time[np.argsort(codes[by_time], kind="stable")]
    place = np.empty(len(by_user), np.int64)
    place[by_user] = np.arange(len(by_user))
    item_codes = np.searchsorted(item_ids, items_met)
    return _log(user_ids, item_ids, codes[by_user], item_codes[by_user], times[by_user], place[by_time])


def whole_numbers(column: pd.Series[int] | Sequence[int] | npt.NDArray[np.int64], name: str) -> Codes:
    """Ids as int64. Raises ``InteractionsInvalid`` when one is not a whole number."""
    values = np.asarray(column)
    if values.dtype.kind in "iu":
        return values.astype(np.int64)
    try:
        numbers = values.astype(np.float64)
    except (TypeError, ValueError):
        raise InteractionsInvalid(
            f"Column {name!r} holds whole numbers, got {values[:1].tolist()}."
        ) from None
    bad = ~np.isfinite(numbers) | (numbers != np.floor(numbers))
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise InteractionsInvalid(f"Column {name!r} holds whole numbers; row {row} has {values[row]!r}.")
    return numbers.astype(np.int64)


def codes_of(ids: Codes, wanted: Codes) -> Codes:
    """Places of ``wanted`` in the ascending ``ids``; -1 where unknown."""
    if not len(ids):
        return np.full(len(wanted), PADDING, np.int64)
    places = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[places] == wanted, places, PADDING)


def _require_columns(frame: pd.DataFrame, names: Sequence[str], what: str) -> None:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise InteractionsInvalid(
            f"{what} need the columns {', '.join(names)}; {', '.join(missing)} is missing from {list(frame.columns)}."
        )


def _log(user_ids: Codes, item_ids: Codes, users: Codes, items: Codes, times: Times, order: Codes) -> Log:
    starts = np.concatenate([[0], np.cumsum(np.bincount(users, minlength=len(user_ids)))])
    return Log(user_ids, item_ids, users, items, times, starts, order)


def _times_order(log: Log, keep: npt.NDArray[np.bool_]) -> Codes:
    new_place = np.cumsum(keep) - 1
    return new_place[log.order[keep[log.order]]]
