"""All published videos in memory, so that ranking a page asks the database only about its viewer."""

from recommender.catalogue.refresher import CatalogueRefresher
from recommender.catalogue.snapshot import Snapshot

__all__ = ["CatalogueRefresher", "Snapshot", "refresher"]

refresher = CatalogueRefresher()
