"""Files on their way in: what a request has brought is on the disk no longer than the request lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class IncomingFileHandler(TemporaryFileUploadHandler):
    """Django's handler, which takes its files away as soon as the disk refuses one more byte.

    Django leaves that to the collector, as the error's own traceback still holds them; it comes late, and until then what
    filled the disk keeps it full.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made: list[TemporaryUploadedFile] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        with self._removed_on_refusal():
            super().new_file(*args, **kwargs)
            self.made.append(self.file)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        with self._removed_on_refusal():
            super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        with self._removed_on_refusal():
            return super().file_complete(file_size)

    @contextmanager
    def _removed_on_refusal(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            for file in self.made:
                with suppress(
                    OSError
                ):  # what is still to be written is refused again; the file goes all the same
                    file.close()
            raise
