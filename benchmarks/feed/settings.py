"""The site's own settings with one address more: the constant page that the feed is compared with."""

from aigc_platform.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.feed.urls"
