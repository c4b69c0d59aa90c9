"""Older states of the tables, in a database file of their own: made forwards from nothing, so the tests' own is left alone.

Going back from the newest state and forwards again takes three times as long, and every test after it waits for that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

ALIAS = "older"
APPS = ("generation", "moderation", "recommender", "analytics")
Target = tuple[str, str]
Tables = Callable[[str, str], Any]  # (app, name of the model as it was) → its rows


@contextmanager
def opened(file: Path) -> Iterator[BaseDatabaseWrapper]:
    """The database in ``file``, with the site's own options; its log is in the file when it is closed."""
    connections.settings[ALIAS] = {**connections.settings["default"], "NAME": str(file)}
    connection = connections[ALIAS]
    try:
        yield connection
    finally:
        connection.close()
        del connections[ALIAS], connections.settings[ALIAS]


def moved(connection: BaseDatabaseWrapper, targets: list[Target]) -> Tables:
    """The tables as of the targets, to which the database is brought, forwards or back."""
    apps = MigrationExecutor(connection).migrate(targets).apps
    return lambda app, name: apps.get_model(app, name).objects.using(connection.alias)


def newest(connection: BaseDatabaseWrapper) -> list[Target]:
    """The last migration of each of our apps."""
    graph = MigrationExecutor(connection).loader.graph
    return [leaf for app in APPS for leaf in graph.leaf_nodes(app)]
