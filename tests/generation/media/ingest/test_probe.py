from __future__ import annotations

import struct
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.errors import UploadRejected
from generation.media.ingest.formats import sniff
from generation.media.ingest.probe import Limits, check
from generation.media.ingest.refusals import REFUSALS, refusal
from generation.media.ingest.transcode import take
from tests.generation.media.ingest.bad_files import BAD, Kit
from tests.generation.media.ingest.good_clips import write_clip, write_sound

CLIPS = Path(__file__).resolve().parents[5] / "shared" / "data" / "clips"
real_clips = pytest.mark.skipif(not CLIPS.is_dir(), reason="the shared clips are not on this machine")


@pytest.fixture(scope="session")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    return Kit(tmp_path_factory.mktemp("kit"))


def taken(kind: str, path: Path, folder: Path, name: str, **limits: Any) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    return take(kind, str(path), str(folder), name, asdict(Limits(**limits)), lambda done: None)


@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_refused_for_its_own_reason(name: str, kit: Kit, tmp_path: Path) -> None:
    bad = BAD[name]
    place = tmp_path / "sent.bin"
    place.write_bytes(bad.make(kit))
    with pytest.raises(UploadRejected) as caught:
        taken(bad.kind, place, tmp_path / "made", bad.name)
    assert caught.value.code == bad.code, str(caught.value)
    sentence = str(caught.value)
    assert sentence.endswith(".") and "{" not in sentence and str(tmp_path) not in sentence


def test_many_kinds_of_bad_files_have_many_reasons() -> None:
    assert len(BAD) >= 50
    assert len({bad.code for bad in BAD.values()}) >= 30


def test_every_reason_is_a_whole_sentence_with_a_code_that_fits_the_row() -> None:
    for code, template in REFUSALS.items():
        assert code.startswith(("upload_", "document_")) and len(code) <= 40
        assert template.endswith(".") and template[0].isupper() | template.startswith("{")


@real_clips
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("minimal.mp4", "upload_too_short"),
        ("short-cenc.mp4", "upload_encrypted"),
        ("video_rotation_90.mp4", "upload_too_short"),
        ("white.mp4", "upload_blank"),
    ],
)
def test_real_broken_clip_is_refused(name: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(UploadRejected) as caught:
        taken("clip", CLIPS / "broken" / name, tmp_path / "made", name)
    assert caught.value.code == code


@real_clips
@pytest.mark.parametrize("name", ["big-buck-bunny-480p-30s.mp4", "car-detection.mp4"])
def test_real_clip_passes_the_check(name: str) -> None:
    facts = check(CLIPS / name, kind="clip", name=name, limits=Limits())
    assert facts.seconds == pytest.approx(30, abs=0.3)


@pytest.mark.parametrize(
    ("name", "codec", "sound"),
    [
        ("a.mp4", "libx264", "aac"),
        ("a.mov", "libx264", "pcm_s16le"),
        ("a.webm", "libvpx", "libopus"),
        ("a.mkv", "mpeg4", "mp3"),
    ],
)
def test_usual_containers_and_codecs_pass(name: str, codec: str, sound: str, tmp_path: Path) -> None:
    place = write_clip(tmp_path / name, codec=codec, audio_codec=sound)
    facts = check(place, kind="clip", name=name, limits=Limits())
    assert facts.seconds == pytest.approx(3.2, abs=0.11)
    assert facts.audio is not None


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.wav", "pcm_s16le"), ("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.ogg", "libopus")],
)
def test_usual_recordings_pass(name: str, codec: str, tmp_path: Path) -> None:
    place = write_sound(tmp_path / name, codec=codec)
    assert check(place, kind="audio", name=name, limits=Limits()).seconds == pytest.approx(2, abs=0.1)


def test_settings_move_the_limits(kit: Kit, tmp_path: Path) -> None:
    place = tmp_path / "a.mp4"
    place.write_bytes(kit.mp4)
    for limits, code in (
        (Limits(max_bytes=1000), "upload_too_many_bytes"),
        (Limits(max_seconds=3.0), "upload_too_long"),
        (Limits(min_seconds=5.0), "upload_too_short"),
        (Limits(max_pixels=100), "upload_too_many_pixels"),
        (Limits(max_fps=5), "upload_frame_rate"),
    ):
        with pytest.raises(UploadRejected) as caught:
            check(place, kind="clip", name="a.mp4", limits=limits)
        assert caught.value.code == code


@given(st.binary(min_size=1, max_size=300), st.sampled_from(["clip", "image", "audio"]))
def test_any_bytes_are_known_or_refused_in_words(tmp_path_factory: Any, data: bytes, kind: str) -> None:
    place = tmp_path_factory.getbasetemp() / "any.bin"
    place.write_bytes(data)
    try:
        sniff(place, kind=kind, name="any")
    except UploadRejected as error:
        assert error.code in REFUSALS


def test_refusal_keeps_the_values_of_its_sentence() -> None:
    error = refusal("upload_too_short", seconds="1.00", limit=3)
    assert str(error) == "The file lasts 1.00 s; at least 3 s are needed. Send a longer one."
    assert error.values == {"seconds": "1.00", "limit": "3"}


@pytest.mark.parametrize("channels", [0, 65_535])
def test_a_header_with_an_impossible_number_of_channels_is_not_called_silence(
    channels: int, tmp_path: Path
) -> None:
    form = struct.pack("<HHIIHH", 1, channels, 16_000, 32_000, 2, 16)
    data = b"\x01\x10" * 40_000
    content = (
        b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    )
    place = tmp_path / "sent.bin"
    place.write_bytes(b"RIFF" + struct.pack("<I", len(content)) + content)
    with pytest.raises(UploadRejected) as caught:
        taken("audio", place, tmp_path / "made", "a.wav")
    assert caught.value.code == "upload_channels" and "mono or stereo" in str(caught.value)
