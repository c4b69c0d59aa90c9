"""What the registry asks of whatever trains a kind: one function, files in, files out; plain Python."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

Progress = Callable[[float, Mapping[str, Any]], None]  # share done in [0, 1], and the numbers of this moment
Stop = Callable[[], bool]  # whether to come to an end; asked every few seconds at most


class Trainer(Protocol):
    """Trains one kind of model."""

    def __call__(
        self,
        data: Path,
        output: Path,
        *,
        seed: int,
        minutes: float,
        progress: Progress,
        stop: Stop,
        **options: Any,
    ) -> Mapping[str, Any]:
        """Train on ``data`` for at most ``minutes`` of wall-clock time and leave the version's files in ``output``.

        Called again with an ``output`` that a killed process left, it goes on from the last checkpoint there. ``options`` are
        those of the kind (``size`` in pixels of pictures), which only it takes. When ``stop`` turns true it leaves a
        checkpoint and returns early. ``progress`` may raise to end it.

        The answer is the version's marks, as JSON: numbers by name; ``data_fingerprint`` (hexadecimal, of what it learned
        from) is required; ``verdict = {"passed": bool, …}``, where there is a gate, says whether it should serve.
        Raises ``PlatformError`` for data that it cannot learn from.
        """
        ...
