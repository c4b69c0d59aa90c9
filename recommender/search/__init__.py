"""Finding videos: by the words they say, by those words in the other language, and by what they mean."""

from recommender.search.query import Hit, Part, SearchResult, search
from recommender.search.warmup import warm

__all__ = ["Hit", "Part", "SearchResult", "search", "warm"]
