"""The finished file, opened again and judged: an independent look at what was really written."""

from generation.stages.check.judge import judge
from generation.stages.check.report import NAMES, SENTENCES, Check, CheckReport

__all__ = ["NAMES", "SENTENCES", "Check", "CheckReport", "judge"]
