"""The records of moderation, a file a family."""

from generation.moderation.models.audit import AuditEntry, AuditHead
from generation.moderation.models.cases import Case, CaseNote, CaseSkip
from generation.moderation.models.decisions import Appeal, Decision, Statement, Strike
from generation.moderation.models.people import Exposure, Moderator
from generation.moderation.models.policies import Calibration, Policy, PolicyVersion
from generation.moderation.models.quality import GoldenAnswer, GoldenCase, SecondOpinion
from generation.moderation.models.reports import Report
from generation.moderation.models.screening import BlockedHash, Screening

__all__ = [
    "Appeal",
    "AuditEntry",
    "AuditHead",
    "BlockedHash",
    "Calibration",
    "Case",
    "CaseNote",
    "CaseSkip",
    "Decision",
    "Exposure",
    "GoldenAnswer",
    "GoldenCase",
    "Moderator",
    "Policy",
    "PolicyVersion",
    "Report",
    "Screening",
    "SecondOpinion",
    "Statement",
    "Strike",
]
