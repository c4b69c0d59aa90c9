"""EVENT → … → FEED: the page a viewer is served next."""

from recommender.feed.page import LIMIT_MAX, Page, feed_page

__all__ = ["LIMIT_MAX", "Page", "feed_page"]
