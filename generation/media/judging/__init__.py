"""The finished file, opened again and judged: an independent look at what was really written."""

from generation.media.judging.judge import judge
from generation.media.judging.report import NAMES, SENTENCES, Check, Report

__all__ = ["NAMES", "SENTENCES", "Check", "Report", "judge"]
