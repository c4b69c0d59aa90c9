"""Decisions of moderation that write, a file a family; what other apps ask of it is named here."""

from generation.moderation.screening.weighing import reports_weigh
from generation.moderation.services.cases import cases_reach_set
from generation.moderation.services.comments import comment_take_down
from generation.moderation.services.reports import (
    comment_forget,
    report_file,
    reports_discount,
    reports_forget,
    reports_move,
    reports_told,
)
from generation.moderation.services.screening import comment_submit

__all__ = [
    "cases_reach_set",
    "comment_forget",
    "comment_submit",
    "comment_take_down",
    "report_file",
    "reports_discount",
    "reports_forget",
    "reports_move",
    "reports_told",
    "reports_weigh",
]
