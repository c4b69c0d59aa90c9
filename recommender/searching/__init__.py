"""Finding videos: by the words they say, by those words in the other language, and by what they mean."""

from recommender.searching.finding import Found, Hit, Part, search
from recommender.searching.warming import warm

__all__ = ["Found", "Hit", "Part", "search", "warm"]
