"""What goes wrong in moderation, in words; plain Python."""

from __future__ import annotations

from generation.errors import GenerationError


class ReportInvalid(GenerationError):
    """A report that names the wrong comment or says too much."""

    code = "report_invalid"
