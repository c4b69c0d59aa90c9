"""Files as phones, cameras, editors and browsers make them are taken as they come; each test makes members of one kind."""

from __future__ import annotations

import io
import json
import struct
import wave
import zlib
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from generation.errors import UploadRejected
from generation.media.ingest.audio import on_both_sides
from generation.media.ingest.probe import Limits, check
from generation.media.ingest.refusals import NOTES
from generation.media.ingest.transcode import take
from generation.media.music.mixing import measure
from tests.generation.media.ingest.bad_files import box, picture, zipped
from tests.generation.media.ingest.good_clips import painted, write_clip, write_sound

CASES = Path(__file__).resolve().parents[5] / "shared" / "data" / "cases"
RATE = 48_000


def taken(place: Path, kind: str = "clip") -> tuple[dict[str, Any], Path]:
    folder = place.parent / f"made-{place.name}"
    folder.mkdir(exist_ok=True)
    return take(kind, str(place), str(folder), place.name, asdict(Limits()), lambda done: None), folder


def refused(place: Path, kind: str = "clip") -> UploadRejected:
    with pytest.raises(UploadRejected) as caught:
        taken(place, kind)
    return caught.value


def written(place: Path, content: bytes) -> Path:
    place.write_bytes(content)
    return place


def sound_of(place: Path) -> np.ndarray:
    """(n, channels) float32"""
    with av.open(str(place)) as container:
        parts = [frame.to_ndarray() for frame in container.decode(audio=0)]
    whole = np.concatenate(parts, axis=1)
    return (whole.reshape(-1, 1) / 32768 if whole.dtype == np.int16 else whole.T).astype(np.float32)


@pytest.fixture(scope="module")
def mp4(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Index first, so that boxes behind the media move nothing."""
    place = tmp_path_factory.mktemp("field") / "a.mp4"
    return write_clip(place, options={"movflags": "+faststart"}, tone_hz=None).read_bytes()


# --- boxes -------------------------------------------------------------------------------------------------------


def large_box(name: bytes, content: bytes) -> bytes:
    """A box whose length is told in eight bytes."""
    return struct.pack(">I4sQ", 1, name, 16 + len(content)) + content


def open_box(name: bytes, content: bytes) -> bytes:
    """A box of length 0: to the end of the file, or of what holds it."""
    return struct.pack(">I4s", 0, name) + content


def inside(data: bytes, path: list[bytes], extra: bytes) -> bytes:
    """``extra`` at the end of the box that ``path`` leads to, all lengths around it grown; media behind it moves not."""
    at, end, places = 0, len(data), []
    for name in path:
        while data[at + 4 : at + 8] != name:
            at += int.from_bytes(data[at : at + 4], "big")
            assert at < end, name
        places.append(at)
        end, at = at + int.from_bytes(data[at : at + 4], "big"), at + 8
    grown = bytearray(data)
    for place in places:
        length = int.from_bytes(data[place : place + 4], "big") + len(extra)
        grown[place : place + 4] = length.to_bytes(4, "big")
    return bytes(grown[:end]) + extra + bytes(grown[end:])


def media_first(place: Path) -> bytes:
    """FFmpeg's usual order, so that the index may grow."""
    return write_clip(place, tone_hz=None).read_bytes()


@given(
    follows=st.sampled_from([b"<", b"MZ", b"\x1f\x8b", b"#!", b"BZh", b"PK\x03\x04"]),
    rest=st.binary(max_size=3),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_empty_filler_is_not_read_past_its_end(
    mp4: bytes, tmp_path: Path, follows: bytes, rest: bytes
) -> None:
    """The length of the box behind it may begin with the letters of anything."""
    start = (bytes(max(3 - len(follows), 0)) + follows + rest)[:4].ljust(4, b"\0")
    length = int.from_bytes(start, "big")
    if not 16 <= length <= 100_000:
        length = int.from_bytes(b"\0\0" + follows[:2].ljust(2, b"\xff"), "big")
    content = mp4 + box(b"free", b"") + box(b"wide", bytes(length - 8))
    assert check(written(tmp_path / "a.mp4", content), kind="clip", name="a.mp4", limits=Limits())


@pytest.mark.parametrize("name", [b"free", b"skip", b"uuid", b"sefd", b"beam", b"\xa9xyz", b"GPMF"])
@pytest.mark.parametrize("make", [box, large_box], ids=["usual", "large"])
@pytest.mark.parametrize("content", [b"", bytes(40), b"Invalid_Data" * 9])
def test_boxes_of_any_maker_stand_at_the_outer_level(
    name: bytes, make: Callable[[bytes, bytes], bytes], content: bytes, mp4: bytes, tmp_path: Path
) -> None:
    if name == b"uuid":
        content = content.ljust(16, b"\1")  # its name
    first = int.from_bytes(mp4[:4], "big")
    for place, data in (
        ("behind.mp4", mp4 + make(name, content)),
        ("twice.mp4", mp4 + make(name, content) * 2 + box(b"free", b"")),
        ("before.mp4", mp4[:first] + make(name, content) + mp4[first:]),
    ):
        assert check(written(tmp_path / place, data), kind="clip", name=place, limits=Limits()).seconds > 3


@pytest.mark.parametrize(
    "path",
    [
        [b"moov"],
        [b"moov", b"trak"],
        [b"moov", b"trak", b"mdia"],
        [b"moov", b"trak", b"mdia", b"minf", b"stbl"],
    ],
)
@pytest.mark.parametrize("extra", [box(b"free", b""), large_box(b"free", bytes(9)), open_box(b"free", bytes(5)),
                                   open_box(b"free", b""), box(b"vndr", b"x" * 30), bytes(4)])  # fmt: skip
def test_fillers_stand_at_every_level_of_the_index(path: list[bytes], extra: bytes, tmp_path: Path) -> None:
    place = tmp_path / "a.mp4"
    place.write_bytes(inside(media_first(place), path, extra))
    assert check(place, kind="clip", name="a.mp4", limits=Limits()).seconds == pytest.approx(3.2, abs=0.11)


def test_an_open_filler_ends_a_file(mp4: bytes, tmp_path: Path) -> None:
    assert taken(written(tmp_path / "a.mp4", mp4 + open_box(b"free", bytes(100))))[0]["seconds"] == 3.2


@pytest.mark.parametrize(
    "trailer",
    [
        b"\x00\x00\x01\x0a\x0e\x00\x00\x00Image_UTC_Data1638443343" + b"SEFH" + bytes(24) + b"\x24\0\0\0SEFT",
        bytes(200) + b"x" * 5000 + b"8db42d694ccc418790edff439fe026bf",
        b"LIGOGPSINFO" + bytes(70),
        b"APETAGEX\xd0\x07\0\0" + b"x" * 80,
        b"TAG" + b"title".ljust(125, b"\0"),
        bytes(3_000),
    ],
    ids=["Samsung", "Insta360", "dash camera", "APE", "ID3", "zeros"],
)
def test_trailers_of_cameras_and_taggers_are_left_behind(trailer: bytes, mp4: bytes, tmp_path: Path) -> None:
    found, folder = taken(written(tmp_path / "a.mp4", mp4 + trailer))
    assert found["seconds"] == 3.2
    assert not any(trailer) or trailer not in (folder / "file.mp4").read_bytes()


@pytest.mark.parametrize(
    ("tail", "code"),
    [
        (b"Rar!\x1a\x07\x00" * 9 + b"SEFT", "upload_trailing_data"),
        (b"hidden" * 9, "upload_trailing_data"),
        (box(b"sefd", b"\x7fELF" + bytes(60)), "upload_polyglot"),
        (box(b"uuid", bytes(16) + b"<script>alert(1)</script>"), "upload_polyglot"),
        (large_box(b"free", b"PK\x03\x04" + bytes(60)), "upload_polyglot"),
        (box(b"sefd", b"x")[:-1] + zipped(), "upload_polyglot"),
    ],
)
def test_what_hides_in_boxes_and_trailers_is_still_refused(
    tail: bytes, code: str, mp4: bytes, tmp_path: Path
) -> None:
    assert refused(written(tmp_path / "a.mp4", mp4 + tail)).code == code


# --- pictures ----------------------------------------------------------------------------------------------------


def with_second_picture(size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    first, second = Image.fromarray(painted(3, 200, 150)), Image.fromarray(painted(4, *size))
    first.save(out, "MPO", save_all=True, append_images=[second, second])
    return out.getvalue()


@pytest.mark.parametrize("size", [(200, 150), (64, 48), (600, 400)])
@pytest.mark.parametrize(
    "tail", [b"", b"\x00\x00\x00\x18ftypmp42" + bytes(500)], ids=["plain", "motion photo"]
)
def test_a_photo_with_further_pictures_is_its_first(
    size: tuple[int, int], tail: bytes, tmp_path: Path
) -> None:
    found, folder = taken(written(tmp_path / "a.jpg", with_second_picture(size) + tail), "image")
    assert (found["width"], found["height"]) == (200, 150)
    with Image.open(folder / "file.jpg") as made:
        assert np.abs(np.asarray(made).astype(int) - painted(3, 200, 150)).mean() < 8
        assert made.format == "JPEG" and getattr(made, "n_frames", 1) == 1


def test_an_animation_of_one_picture_is_a_picture(tmp_path: Path) -> None:
    still = picture("PNG")
    head, rest = still[:33], still[33:]

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    for count, is_taken in ((1, True), (2, False)):
        place = written(tmp_path / f"{count}.png", head + chunk(b"acTL", struct.pack(">II", count, 0)) + rest)
        if is_taken:
            assert taken(place, "image")[0]["width"] == 120
        else:
            assert refused(place, "image").code == "upload_animated"


# --- sound -------------------------------------------------------------------------------------------------------


def tone(seconds: float = 3.0, hz: float = 300.0, rate: int = RATE) -> np.ndarray:
    t = np.arange(round(seconds * rate)) / rate
    return (0.2 * np.sin(2 * np.pi * hz * t) * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * t))).astype(np.float32)


def write_wav(place: Path, sides: np.ndarray, rate: int = RATE) -> Path:
    """(n, 2) in [-1, 1] as sixteen bits."""
    with wave.open(str(place), "wb") as out:
        out.setnchannels(sides.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((sides * 32767).astype("<i2").tobytes())
    return place


@pytest.mark.parametrize(
    ("left", "right"), [(1.0, -1.0), (1.0, -0.9), (0.3, -0.4), (1.0, 0.0), (0.0, 0.5), (0.05, 1.0)]
)
@pytest.mark.parametrize("rate", [8000, RATE])
def test_a_voice_of_opposite_phase_or_on_one_side_is_heard(
    left: float, right: float, rate: int, tmp_path: Path
) -> None:
    voice = tone(rate=rate)
    place = write_wav(tmp_path / "a.wav", np.stack([left * voice, right * voice], axis=1), rate)
    found, folder = taken(place, "audio")
    assert found["notes"] == ["one_side"]
    assert measure(sound_of(folder / "file.wav"), RATE).lufs == pytest.approx(-16, abs=0.6)


def test_usual_stereo_is_left_as_it_is() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.normal(0, 0.1, (2, RATE)).astype(np.float32)
    for sides in ((left, left), (left, right), (left, 0.7 * left), (left, 0.5 * right + 0.5 * left)):
        pcm = np.stack(sides, axis=1)
        assert on_both_sides(pcm) is pcm
    assert on_both_sides(silent := np.zeros((RATE, 2), np.float32)) is silent


def test_a_film_of_opposite_phase_is_heard_on_one_loudspeaker(tmp_path: Path) -> None:
    voice = tone(3.2)
    place = joined(tmp_path, [np.stack([voice, -voice], axis=1)])
    found, folder = taken(place)
    assert found["notes"] == ["one_side"]
    assert measure(sound_of(folder / "file.mp4").mean(axis=1), RATE).lufs > -20


def joined(folder: Path, sounds: list[np.ndarray], *, pictures: int = 32, name: str = "a.mkv") -> Path:
    """A film of ten pictures a second with a sound track for each of ``sounds``, (n, 2) samples."""
    plain = write_clip(folder / "plain.mp4", seconds=pictures / 10, tone_hz=None)
    place = folder / name
    with av.open(str(plain)) as source, av.open(str(place), "w") as out:
        film = out.add_stream_from_template(source.streams.video[0])
        tracks = [out.add_stream("pcm_s16le", rate=RATE) for _ in sounds]
        for track in tracks:
            track.codec_context.layout = "stereo"
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = film
                out.mux(packet)
        for track, sound in zip(tracks, sounds, strict=True):
            pcm = np.ascontiguousarray((sound * 32767).astype(np.int16).reshape(1, -1))
            frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
            out.mux(track.encode(frame))
    return place


def sides(voice: np.ndarray) -> np.ndarray:
    return np.stack([voice, voice], axis=1)


def test_a_later_track_speaks_where_the_first_is_silent(tmp_path: Path) -> None:
    still = np.zeros((round(3.2 * RATE), 2), np.float32)
    found, folder = taken(joined(tmp_path, [still, still, sides(tone(3.2))]))
    assert found["notes"] == ["other_track"] and found["has_sound"]
    assert measure(sound_of(folder / "file.mp4"), RATE).lufs == pytest.approx(-14, abs=1)
    found, _ = taken(joined(tmp_path, [sides(tone(3.2)), still], name="b.mkv"))
    assert found["notes"] == []
    found, _ = taken(joined(tmp_path, [still, still], name="c.mkv"))
    assert found["notes"] == [] and not found["has_sound"]


@pytest.mark.parametrize("extra", [0.3, 2.0])
def test_the_last_picture_stays_while_the_sound_goes_on(extra: float, tmp_path: Path) -> None:
    found, folder = taken(joined(tmp_path, [sides(tone(3.2 + extra))]))
    stays = extra > 0.5
    assert found["seconds"] == pytest.approx(3.2 + extra if stays else 3.2, abs=0.11)
    assert found["notes"] == (["picture_stays"] if stays else [])
    with av.open(str(folder / "file.mp4")) as container:
        last = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)][-1].astype(int)
    assert np.abs(last - painted(1, 160, 120))[80:].mean() < 8


@pytest.mark.parametrize("name", ["a.mkv", "a.mov"])
def test_one_picture_with_sound_lasts_as_long_as_the_sound(name: str, tmp_path: Path) -> None:
    found, _ = taken(joined(tmp_path, [sides(tone(6.0))], pictures=1, name=name))
    assert found["seconds"] == pytest.approx(6, abs=0.15)
    assert found["notes"] == ["picture_stays"]


def mp3(folder: Path, *, seconds: float = 2.0) -> bytes:
    place = write_sound(folder / "plain.mp3", codec="libmp3lame", seconds=seconds)
    content = place.read_bytes()
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte
    return content[10 + size :] if content.startswith(b"ID3") else content


def id3(content: bytes) -> bytes:
    size = len(content)
    return (
        b"ID3\x04\x00\x00"
        + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127])
        + content
    )


@pytest.mark.parametrize("zeros", [1, 240, 4096, 5000, 200_000])
def test_an_mp3_behind_zeros_is_taken(zeros: int, tmp_path: Path) -> None:
    for name, start in (("a.mp3", bytes(zeros)), ("b.mp3", id3(bytes(300)) + bytes(zeros))):
        found, _ = taken(written(tmp_path / name, start + mp3(tmp_path)), "audio")
        assert found["seconds"] == pytest.approx(2, abs=0.3)


def rf64(name: bytes, pcm: np.ndarray) -> bytes:
    """EBU Tech 3306: lengths of eight bytes in a chunk of their own."""
    data = (pcm * 32767).astype("<i2").tobytes()
    ds64 = struct.pack("<4sIQQQI", b"ds64", 28, 36 + 36 + len(data), len(data), len(pcm), 0)
    fmt = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return name + b"\xff" * 4 + b"WAVE" + ds64 + fmt + b"data" + b"\xff" * 4 + data


@pytest.mark.parametrize("name", [b"RF64", b"BW64"])
def test_wav_of_long_lengths_is_taken(name: bytes, tmp_path: Path) -> None:
    found, _ = taken(written(tmp_path / "a.wav", rf64(name, tone(2.0))), "audio")
    assert found["seconds"] == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("tagged", [False, True])
def test_flac_is_taken(tagged: bool, tmp_path: Path) -> None:
    content = write_sound(tmp_path / "plain.flac", codec="flac").read_bytes()
    place = written(tmp_path / "a.flac", id3(bytes(6000)) + content if tagged else content)
    assert taken(place, "audio")[0]["seconds"] == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(
    ("name", "content", "lacks", "has"),
    [
        ("a.heic", box(b"ftyp", b"heic\0\0\0\0mif1heic") + bytes(400), "mp4", "JPEG"),
        ("a.heif", box(b"ftyp", b"mif1\0\0\0\0mif1heic") + bytes(400), "mp4", "JPEG"),
        ("a.avif", box(b"ftyp", b"avif\0\0\0\0mif1avif") + bytes(400), "mp4", "JPEG"),
        ("a.aiff", b"FORM\0\0\x10\0AIFFCOMM" + bytes(400), "mp4", "mp3"),
        ("a.amr", b"#!AMR\n" + bytes(400), "mp4,", "mp3"),
        ("a.aac", b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(400), "mp4,", "m4a"),
        ("a.avi", b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(400), "JPEG", "mp4"),
        ("a.gif", picture("GIF"), "mp4", "PNG"),
    ],
)
@pytest.mark.parametrize("kind", ["clip", "image", "audio"])
def test_advice_fits_what_was_sent(
    kind: str, name: str, content: bytes, lacks: str, has: str, tmp_path: Path
) -> None:
    error = refused(written(tmp_path / name, content), kind)
    assert error.code == "upload_format"
    assert lacks not in str(error) and has in str(error)


@pytest.mark.parametrize("codec", ["adpcm_ima_wav", "adpcm_ms"])
def test_a_recording_in_an_odd_coding_is_not_told_to_become_a_film(codec: str, tmp_path: Path) -> None:
    error = refused(write_sound(tmp_path / "a.wav", codec=codec), "audio")
    assert error.code == "upload_codec"
    assert codec in str(error) and "H.264" not in str(error) and "mp3" in str(error)


# --- films -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [2.0, 8.0])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm", "a.mov"])
@pytest.mark.parametrize("b_frames", ["0", "2"])
def test_a_slide_show_lasts_as_long_as_it_says(step: float, name: str, b_frames: str, tmp_path: Path) -> None:
    codec = "libvpx" if name.endswith("webm") else "libx264"
    if codec == "libvpx" and b_frames != "0":
        pytest.skip("VP8 has no pictures out of order")

    def set_up(stream: Any) -> None:
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "bf": b_frames}

    times = [0.0, step, 2 * step]
    place = write_clip(
        tmp_path / name, times=times, codec=codec, set_up=set_up, tone_hz=None, paint=lambda n, t: painted(n + 1, 160, 120)
    )  # fmt: skip
    facts = check(place, kind="clip", name=name, limits=Limits())
    assert facts.seconds == pytest.approx(2 * step, abs=0.15)


def test_films_of_changing_size_keep_their_shapes(tmp_path: Path) -> None:
    """A stream of VP8 whose key frames come in other sizes, as browsers record a call."""

    def disc(width: int, height: int) -> np.ndarray:
        y, x = np.mgrid[:height, :width]
        ground = painted(2, width, height) // 3
        ground[np.hypot(x - width / 2, y - height / 2) < min(width, height) * 0.4] = 255
        return ground

    shapes = [(320, 180), (180, 320), (160, 90), (240, 240)]
    place = tmp_path / "a.webm"
    with av.open(str(place), "w") as out:
        track = out.add_stream("libvpx", rate=10)
        track.width, track.height, track.pix_fmt = *shapes[0], "yuv420p"
        for part, (width, height) in enumerate(shapes):
            coder = av.CodecContext.create("libvpx", "w")
            coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
            coder.time_base, coder.options = Fraction(1, 1000), {"deadline": "realtime", "cpu-used": "8"}
            packets = []
            for number in range(10):
                frame = av.VideoFrame.from_ndarray(disc(width, height), format="rgb24").reformat(
                    format="yuv420p"
                )
                frame.pts, frame.time_base = (10 * part + number) * 100, Fraction(1, 1000)
                packets += coder.encode(frame)
            for packet in [*packets, *coder.encode(None)]:
                packet.stream = track
                out.mux(packet)
    found, folder = taken(place)
    assert (found["width"], found["height"]) == shapes[0]
    assert found["notes"] == ["size_changes"]
    with av.open(str(folder / "file.mp4")) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    for part in range(len(shapes)):
        bright = frames[10 * part + 5] > 180
        wide, high = np.ptp(np.flatnonzero(bright.any(axis=0))), np.ptp(np.flatnonzero(bright.any(axis=1)))
        assert wide / high == pytest.approx(1, abs=0.06), f"part {part}"


def with_fonts(place: Path, count: int) -> Path:
    """A film as groups of subtitlers make them: fonts attached, some subtitles."""
    plain = write_clip(place.with_name("plain.mkv"), tone_hz=None)
    with av.open(str(plain)) as source, av.open(str(place), "w") as out:
        film = out.add_stream_from_template(source.streams.video[0])
        for number in range(count):
            out.add_attachment(f"font{number}.ttf", "application/x-truetype-font", b"\0\1\0\0" + bytes(3000))
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = film
                out.mux(packet)
    return place


@pytest.mark.parametrize("count", [18, 60])
def test_attached_fonts_are_no_tracks(count: int, tmp_path: Path) -> None:
    assert taken(with_fonts(tmp_path / "a.mkv", count))[0]["seconds"] == pytest.approx(3.2, abs=0.11)


# --- the reported files themselves ---------------------------------------------------------------------------------


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not on this machine")
def test_the_reported_files_come_out_as_expected(tmp_path: Path) -> None:
    for case in json.loads((CASES / "field1.json").read_text(encoding="utf-8")):
        if case["kind"] != "upload":
            continue
        source, kind, expected = CASES / case["input"]["file"], case["input"]["as"], case["expected"]
        folder = tmp_path / source.stem
        folder.mkdir(exist_ok=True)
        try:
            found = take(kind, str(source), str(folder), source.name, asdict(Limits()), lambda done: None)
        except UploadRejected as error:
            assert expected.get("detail_lacks", str(error)) not in str(error), case["note"]
            continue
        assert "detail_lacks" not in expected
        if "seconds" in expected:
            assert found["seconds"] == pytest.approx(expected["seconds"], abs=0.2), case["note"]


def test_every_note_is_a_sentence() -> None:
    assert set(NOTES) == {"picture_stays", "size_changes", "other_track", "one_side"}
    assert all(sentence.endswith(".") for sentence in NOTES.values())
