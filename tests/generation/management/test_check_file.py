"""``manage.py check_file``: what an upload would become, with an exit status for scripts, and nothing left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.generation.documents.texts import TEA
from tests.generation.media.ingest.bad_files import BAD, Kit, picture
from tests.generation.media.ingest.documents import docx
from tests.generation.media.ingest.good_clips import write_clip, write_sound


class Place:
    """A site of its own whose every folder is known, so that anything left behind is seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("var", "tmp", "sent"):
            (folder / name).mkdir()
        self.environment = {
            **os.environ,
            "AIGC_VAR_DIR": str(folder / "var"),
            "AIGC_MEDIA_DIR": str(folder / "media"),
            "TMPDIR": str(folder / "tmp"),
        }

    def started(self, file: Path, kind: str) -> subprocess.Popen[str]:
        command = [sys.executable, "manage.py", "check_file", str(file), "--as", kind]
        return subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def told(self, file: Path, kind: str) -> tuple[int, dict[str, Any]]:
        process = self.started(file, kind)
        said, noise = process.communicate(timeout=120)
        assert "Traceback" not in noise, noise
        return process.returncode, json.loads(said)

    def left(self) -> list[str]:
        """Files with content outside ``sent``, but for the mark that onnxruntime sets when it is imported."""
        return sorted(
            str(found.relative_to(self.folder))
            for found in self.folder.rglob("*")
            if found.is_file()
            and found.stat().st_size
            and found.parent.name != "sent"
            and found.name != ".ses"
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def told_here(file: Path, kind: str) -> tuple[int, dict[str, Any]]:
    """The same in this process, for the many cases."""
    out, status = StringIO(), 0
    try:
        call_command("check_file", str(file), "--as", kind, stdout=out)
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, json.loads(out.getvalue())


def test_a_good_clip_is_ready_and_leaves_no_row_and_no_file(place: Place) -> None:
    clip = write_clip(place.folder / "sent/a.mp4")
    before = clip.read_bytes()
    status, answer = place.told(clip, "clip")
    assert (status, answer) == (
        0,
        {"state": "ready", "seconds": 3.2, "width": 160, "height": 120, "labels": {}},
    )
    assert clip.read_bytes() == before
    assert place.left() == ["var/secret_key"]


def test_a_refused_file_has_the_code_and_sentence_of_an_upload_and_leaves_nothing(place: Place) -> None:
    bad = BAD["HLS playlist"]
    sent = place.folder / "sent" / bad.name
    sent.write_bytes(bad.make(Kit(place.folder / "tmp")))
    for file in (place.folder / "tmp").rglob("*"):
        if file.is_file():
            file.unlink()
    status, answer = place.told(sent, bad.kind)
    assert status == 1
    assert answer == {
        "state": "refused",
        "code": "upload_playlist",
        "detail": "This is a playlist, which only points to other files. Send the video itself.",
        "labels": {},
    }
    assert place.left() == ["var/secret_key"]


def test_a_pipe_is_not_waited_for(place: Place) -> None:
    os.mkfifo(place.folder / "sent/pipe.mp4")
    status, answer = place.told(place.folder / "sent/pipe.mp4", "clip")
    assert (status, answer["code"]) == (1, "file_irregular")
    assert "pipe.mp4 is a pipe" in answer["detail"] and answer["detail"].endswith("Name a file.")


@pytest.mark.slow
def test_whoever_ends_the_check_finds_no_file_of_it(place: Place) -> None:
    clip = write_clip(place.folder / "sent/a.mp4", seconds=80, fps=25, tone_hz=None)
    process = place.started(clip, "clip")
    deadline = time.monotonic() + 60
    while not list((place.folder / "tmp").glob("check-*/*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert process.poll() is None, "the check ended before it could be interrupted"
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=30)
    assert (process.returncode, said) == (128 + signal.SIGTERM, "")
    assert place.left() == ["var/secret_key"]
    assert not [folder for folder in (place.folder / "tmp").iterdir() if folder.is_dir()]


def test_a_picture_has_no_length_and_a_recording_no_size(tmp_path: Path) -> None:
    image = tmp_path / "a.webp"
    image.write_bytes(picture("WEBP", (300, 200)))
    assert told_here(image, "image") == (0, {"state": "ready", "width": 300, "height": 200, "labels": {}})
    status, answer = told_here(write_sound(tmp_path / "a.wav", codec="pcm_s16le"), "audio")
    assert (status, answer["state"], set(answer)) == (0, "ready", {"state", "seconds", "labels"})
    assert answer["seconds"] == pytest.approx(2, abs=0.1)
    status, answer = told_here(image, "clip")
    assert (status, answer["state"], answer["code"]) == (1, "refused", "upload_wrong_kind")


def test_a_document_says_what_was_read(tmp_path: Path) -> None:
    sent = tmp_path / "tea.docx"
    sent.write_bytes(docx([("Title", "茶的历史"), ("", TEA)]))
    status, answer = told_here(sent, "document")
    letters = answer.pop("letters")
    assert (status, answer) == (
        0,
        {"state": "ready", "format": "docx", "language": "zh", "title": "茶的历史", "labels": {}},
    )
    assert abs(letters - len(TEA)) < 20


@pytest.mark.parametrize(
    ("name", "kind", "code", "words"),
    [
        ("absent.mp4", "clip", "file_missing", "There is no file"),
        ("folder", "clip", "file_irregular", "is a folder"),
        ("x" * 300, "clip", "file_missing", "File name too long"),
        ("empty.mp4", "clip", "upload_empty", "The file is empty."),
        ("notes.pdf", "document", "document_broken", "The file cannot be read as a PDF document"),
    ],
)
def test_what_cannot_be_checked_is_refused_in_a_sentence(
    name: str, kind: str, code: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.7\n")
    status, answer = told_here(tmp_path / name, kind)
    assert (status, answer["state"], answer["code"]) == (1, "refused", code)
    assert words in answer["detail"] and answer["detail"].endswith(".")
