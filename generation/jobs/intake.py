"""A foreign file becomes files of ours in a folder, or is refused in words: what uploads and ``check_file`` share. No row."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from generation.errors import SandboxLimit
from generation.media.ingest.probe import Limits
from generation.media.ingest.refusals import refusal
from generation.media.ingest.sandbox import run_sandboxed

log = logging.getLogger(__name__)

_TRANSCODE = "generation.media.ingest.transcode.take"
_READ = "generation.media.ingest.documents.reading.take"
# A document is text: whatever needs more than this is no honest one
DOCUMENT_BOUNDS: dict[str, Any] = {
    "cpu_seconds": 40,
    "wall_seconds": 90.0,
    "memory_bytes": 1_500_000_000,
    "file_bytes": 5_000_000,
}
LIMIT_CODES = {
    "cpu": "upload_too_slow",
    "wall": "upload_too_slow",
    "memory": "upload_too_much_memory",
    "file": "upload_too_large_result",
    "crash": "upload_breaks_decoder",
}


def file_take(
    kind: str,
    source: Path,
    folder: Path,
    *,
    name: str,
    progress: Callable[[float], None] | None = None,
    check: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Check and normalize ``source`` in the sandbox; what is said there of the files it wrote into ``folder``.

    ``kind`` is clip, image, audio or document, ``name`` what the sender calls the file; ``progress`` is told numbers in
    [0, 1], ``check`` may raise to stop. Raises ``UploadRejected``, also for a file that the sandbox could not stand.
    """
    if kind == "document":
        work: tuple[Any, ...] = (_READ, str(source), str(folder), name, settings.DOCUMENT_MAX_BYTES)
        limits = DOCUMENT_BOUNDS
    else:
        work = (_TRANSCODE, kind, str(source), str(folder), name, asdict(_limits()))
        limits = bounds()
    try:
        found: dict[str, Any] = run_sandboxed(
            *work, reads=[source], writes=[folder], **limits, progress=progress, check=check
        )
    except SandboxLimit as limit:
        log.warning("%s was refused: %s", source.name, limit)
        raise refusal(LIMIT_CODES.get(limit.limit, "upload_breaks_decoder")) from limit
    return found


def document_text(source: Path, *, name: str) -> tuple[str, dict[str, Any]]:
    """(text, facts) of a document, opened in the sandbox; nothing is kept.

    ``facts`` are format, letters, language and title. Raises ``UploadRejected``.
    """
    with tempfile.TemporaryDirectory(prefix="document-") as folder:
        found = file_take("document", source.resolve(), Path(folder), name=name)
        return Path(folder, "file.txt").read_text(encoding="utf-8"), found["features"]


def bounds() -> dict[str, Any]:
    """What a process that reads an upload may use, as ``run_sandboxed`` takes it."""
    return {
        "cpu_seconds": settings.UPLOAD_CPU_SECONDS,
        "wall_seconds": settings.UPLOAD_CPU_SECONDS * 2.0,  # a busy machine gives a process half its time
        "memory_bytes": settings.UPLOAD_MEMORY_BYTES,
        "file_bytes": settings.UPLOAD_MAX_BYTES * 2,
    }


def _limits() -> Limits:
    return Limits(
        min_seconds=settings.UPLOAD_MIN_SECONDS,
        max_seconds=settings.UPLOAD_MAX_SECONDS,
        max_pixels=settings.UPLOAD_MAX_PIXELS,
        max_fps=settings.UPLOAD_MAX_FPS,
        max_bytes=settings.UPLOAD_MAX_BYTES,
    )
