"""Reads of moderation; what other apps ask of it is named here."""

from generation.moderation.selectors.cases import comments_not_shown, videos_in_queue
from generation.moderation.selectors.reports import (
    comment_reported,
    reports_by,
    reports_resolved,
)

__all__ = ["comment_reported", "comments_not_shown", "reports_by", "reports_resolved", "videos_in_queue"]
