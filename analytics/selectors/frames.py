"""Rows of a query as a frame whose numbers are numbers even where there is no row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd


def framed(rows: Iterable[Any], names: Sequence[str], numbers: Sequence[str]) -> pd.DataFrame:
    """``names`` as they are, then ``numbers`` as float64; ``rows`` are dicts."""
    found = pd.DataFrame(list(rows), columns=[*names, *numbers])
    return found.astype(dict.fromkeys(numbers, "float64"))
