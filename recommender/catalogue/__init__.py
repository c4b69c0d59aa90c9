"""All published videos in memory, so that ranking a page asks the database only about its viewer."""

from recommender.catalogue.keeper import Keeper
from recommender.catalogue.snapshot import Snapshot

__all__ = ["Keeper", "Snapshot", "keeper"]

keeper = Keeper()
