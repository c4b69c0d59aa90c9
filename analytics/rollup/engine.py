"""The engine that evaluates the expressions of ``analytics.stats`` over frames of the database or the archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

Tables = Mapping[str, "pd.DataFrame | pa.Table"]


@contextmanager
def duckdb(threads: int = 1) -> Iterator[Backend]:
    """A DuckDB of its own, in memory, in UTC."""
    engine = ibis.duckdb.connect(threads=threads)
    try:
        engine.con.execute("SET TimeZone='UTC'")
        yield engine
    finally:
        engine.disconnect()


def table(engine: Backend, name: str, frame: pd.DataFrame | pa.Table) -> ir.Table:
    """A frame under a name. (``create_table`` of this ibis writes a DROP that DuckDB 2 does not read.)"""
    engine.con.register(name, frame)
    return engine.table(name)


def stored(engine: Backend, name: str, expression: ir.Table) -> ir.Table:
    """The rows of an expression, evaluated once. (``cache`` of this ibis writes such a DROP too.)"""
    engine.con.execute(f"CREATE OR REPLACE TABLE {name} AS {engine.compile(expression)}")
    return engine.table(name)
