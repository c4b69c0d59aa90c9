"""Static files with hashed names, compressed once: a start with unchanged files compresses nothing.

Our modules import each other by their hashed names too: a module known under two names would run twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


class CompressedOnceStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    # Only our own: some packages' modules import files that they do not bring.
    patterns = (
        *HashedFilesMixin.patterns,
        ("js/*.js", HashedFilesMixin._js_module_import_aggregation_patterns[1]),  # type: ignore[attr-defined]
    )

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        yield from super().compress_files(path for path in paths if not self._is_compressed(path))

    def _is_compressed(self, path: str) -> bool:
        """A hashed name stands for its content, so its copy never ages; another's copy must be the younger one."""
        place = Path(self.path(path))
        copy = place.with_name(place.name + ".gz")
        if not copy.exists():
            return False
        return bool(_HASHED.search(place.name)) or copy.stat().st_mtime >= place.stat().st_mtime
