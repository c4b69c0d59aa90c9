"""A file is received whatever letters its name is in."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.models import Upload
from generation.web.multipart import _DecodedHeads


def form(name: bytes, content: bytes) -> bytes:
    return (
        b'--XX\r\nContent-Disposition: form-data; name="kind"\r\n\r\nclip\r\n'
        b'--XX\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n'
        b"Content-Type: video/mp4\r\n\r\n" + content + b"\r\n--XX--\r\n"
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "kept"),
    [("视频.mp4".encode("gbk"), "视频.mp4"), ("视频.mp4".encode(), "视频.mp4"), (b"clip.mp4", "clip.mp4"),
     (b"\xff\xfe.mp4", ".mp4")],
)  # fmt: skip
def test_a_name_in_any_letters_loses_no_file(client_of, creator, media_root, name, kept):
    content = bytes(range(256)) * 700  # more than one block, every byte
    answer = client_of(creator).generic(
        "POST", "/api/v1/uploads/", form(name, content), content_type="multipart/form-data; boundary=XX"
    )
    assert answer.status_code == 201, answer.content
    row = Upload.objects.get(pk=answer.json()["id"])
    assert row.original_name.endswith(kept) and row.kind == "clip"
    assert (media_root / row.original).read_bytes() == content


@given(st.binary(max_size=400), st.binary(max_size=30).filter(lambda name: b"\r" not in name and b'"' not in name),
       st.integers(1, 70))  # fmt: skip
def test_whatever_the_blocks_only_heads_change(content: bytes, name: bytes, block: int) -> None:
    if b"--XX" in content + name:
        return
    stream, parts = _DecodedHeads(io.BytesIO(form(name, content)), b"XX"), []
    while chunk := stream.read(block):
        parts.append(chunk)
    try:
        name.decode()
    except UnicodeDecodeError:
        after = '"\r\nContent-Type'  # what ends a name decides how many of its last bytes are one letter
        name = (name + after.encode()).decode("gb18030", "replace").removesuffix(after).encode()
    assert b"".join(parts) == form(name, content)
