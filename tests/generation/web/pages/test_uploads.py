"""The page of uploads: a file that is not even stored is refused in the reader's language."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from generation.models import Upload


@pytest.mark.parametrize(
    ("language", "content", "sentence"),
    [
        ("zh-hans", b"", "文件是空的，请换一个有内容的文件。"),
        ("zh-hans", b"x" * 2_600_000, "3 MB"),
        ("en", b"x" * 2_600_000, "The file has 3 MB; at most 2 MB are taken. Shorten or compress it."),
    ],
)
def test_an_empty_or_large_file_is_refused_in_the_language_of_the_page(
    language: str, content: bytes, sentence: str, creator: User, client_of: Any, settings: Any
) -> None:
    settings.UPLOAD_MAX_BYTES = 2_000_000
    answer = client_of(creator).post(
        "/upload/",
        {"kind": "clip", "file": SimpleUploadedFile("a.mp4", content)},
        headers={"Accept-Language": language, "HX-Request": "true"},
    )
    told = answer.content.decode()
    assert answer.status_code == 422 and sentence in told
    assert language == "en" or "file" not in told
    assert not Upload.objects.exists()
