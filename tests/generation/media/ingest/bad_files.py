"""Bad uploads made by code: name → (kind, file name, code of the refusal, maker of its bytes)."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from tests.generation.media.ingest.good_clips import painted, write_clip, write_sound

Maker = Callable[["Kit"], bytes]


@dataclass(frozen=True)
class Bad:
    kind: str
    name: str
    code: str
    make: Maker


class Kit:
    """Good files to spoil, each made once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, bytes] = {}

    def file(self, name: str, write: Callable[[Path], object]) -> bytes:
        if name not in self._made:
            write(self.folder / name)
            self._made[name] = (self.folder / name).read_bytes()
        return self._made[name]

    @property
    def mp4(self) -> bytes:
        return self.file("good.mp4", lambda path: write_clip(path))

    @property
    def webm(self) -> bytes:
        return self.file("good.webm", lambda path: write_clip(path, codec="libvpx", audio_codec="libopus"))

    @property
    def fast_start(self) -> bytes:
        return self.file("fast.mp4", lambda path: write_clip(path, options={"movflags": "+faststart"}))

    @property
    def png(self) -> bytes:
        return picture("PNG")


def picture(form: str, size: tuple[int, int] = (120, 90), **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(painted(3, *size)).save(out, form, **options)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("payload.sh", "#!/bin/sh\necho hidden\n")
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return out.getvalue()


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def after_ftyp(mp4: bytes, extra: bytes) -> bytes:
    """Put ``extra`` behind the first box. The media's places shift, but nothing gets as far as reading them."""
    length = int.from_bytes(mp4[:4], "big")
    return mp4[:length] + extra + mp4[length:]


def patched(data: bytes, old: bytes, new: bytes, *, every: bool = False) -> bytes:
    assert old in data and len(old) == len(new), old
    return data.replace(old, new) if every else data.replace(old, new, 1)


def outgrown(mp4: bytes) -> bytes:
    """A track longer than the index that holds it."""
    at = mp4.index(b"trak") - 4
    return mp4[:at] + b"\x7f\xff\xff\xff" + mp4[at + 4 :]


def claiming(mp4: bytes, factor: float) -> bytes:
    """Another length in every header, not in the samples."""
    for name in (b"mdhd", b"mvhd"):
        at = -1
        while (at := mp4.find(name, at + 1)) >= 0:
            place = at + 20
            value = round(int.from_bytes(mp4[place : place + 4], "big") * factor)
            mp4 = mp4[:place] + value.to_bytes(4, "big") + mp4[place + 4 :]
    return mp4


def webm_claiming(webm: bytes, seconds: float) -> bytes:
    """Another Duration element (in milliseconds, a float of eight bytes)."""
    at = webm.index(b"\x44\x89\x88") + 3
    return webm[:at] + struct.pack(">d", seconds * 1000) + webm[at + 8 :]


def png_claiming(png: bytes, width: int, height: int) -> bytes:
    """Another size in the header, with a checksum that fits."""
    header = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + header + struct.pack(">I", zlib.crc32(header)) + png[33:]


def giant(number: int, t: float) -> np.ndarray:
    return np.full((2176, 4096, 3), 60 + 20 * number, np.uint8)


def many_tracks(path: Path) -> None:
    import av

    with av.open(str(path), "w", format="mp4") as container:
        tracks = [container.add_stream("aac", rate=8000) for _ in range(100)]
        for track in tracks:
            track.codec_context.layout = "mono"
        for track in tracks:
            for start in range(0, 3072, 1024):
                frame = av.AudioFrame.from_ndarray(
                    np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
                )
                frame.sample_rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
                container.mux(track.encode(frame))
            container.mux(track.encode(None))


def garbled(mp4: bytes) -> bytes:
    """The media data overwritten with noise."""
    start = mp4.index(b"mdat") + 4
    length = int.from_bytes(mp4[start - 8 : start - 4], "big") - 8
    noise = np.random.default_rng(0).integers(0, 256, length).astype(np.uint8).tobytes()
    return mp4[:start] + noise + mp4[start + length :]


def plain(number: int, t: float) -> np.ndarray:
    return np.full((120, 160, 3), 200, np.uint8)


def _rapid(path: Path) -> None:
    write_clip(path, fps=1000, times=[n / 1000 for n in range(3200)], paint=lambda n, t: small, tone_hz=None)


small = painted(2, 64, 64)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
JS = b"/*" + b"\x20\x20" + b"ftypmp42*/alert(1);//" + b"x" * 400

BAD: dict[str, Bad] = {
    "empty": Bad("clip", "a.mp4", "upload_empty", lambda kit: b""),
    "HLS playlist": Bad(
        "clip", "a.mp4", "upload_playlist", lambda kit: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
    ),
    "concat script": Bad(
        "clip", "a.mp4", "upload_playlist", lambda kit: b"ffconcat version 1.0\nfile /etc/passwd\n"
    ),
    "DASH manifest": Bad(
        "clip",
        "a.mp4",
        "upload_playlist",
        lambda kit: b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash"></MPD>',
    ),
    "session description": Bad(
        "clip", "a.mp4", "upload_playlist", lambda kit: b"v=0\no=- 0 0 IN IP4 10.0.0.1\n"
    ),
    "SVG as clip": Bad("clip", "a.mp4", "upload_vector_drawing", lambda kit: SVG),
    "SVG as image": Bad("image", "a.png", "upload_vector_drawing", lambda kit: SVG),
    "web page": Bad(
        "clip", "a.mp4", "upload_web_page", lambda kit: b"<!doctype html><html><body>hi</body></html>"
    ),
    "PDF": Bad("clip", "a.mp4", "upload_document", lambda kit: b"%PDF-1.7\n1 0 obj\n"),
    "zip": Bad("clip", "a.mp4", "upload_archive", lambda kit: zipped()),
    "gzip": Bad("clip", "a.mp4", "upload_archive", lambda kit: gzip.compress(b"x" * 1000)),
    "tar": Bad("clip", "a.mp4", "upload_archive", lambda kit: tarred()),
    "ELF program": Bad("clip", "a.mp4", "upload_program", lambda kit: b"\x7fELF" + bytes(500)),
    "shell script": Bad("clip", "a.mp4", "upload_program", lambda kit: b"#!/bin/sh\nrm -rf /\n"),
    "plain text": Bad("clip", "a.mp4", "upload_text", lambda kit: "只是文字 just words\n".encode() * 20),
    "subtitles": Bad(
        "clip", "a.mp4", "upload_subtitles", lambda kit: b"1\n00:00:01,000 --> 00:00:02,000\nhi\n"
    ),
    "GIF": Bad("image", "a.gif", "upload_format", lambda kit: picture("GIF")),
    "AVI": Bad("clip", "a.avi", "upload_format", lambda kit: b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(600)),
    "HEIC": Bad(
        "image", "a.heic", "upload_format", lambda kit: box(b"ftyp", b"heic\0\0\0\0mif1heic") + bytes(400)
    ),
    "noise": Bad(
        "clip",
        "a.mp4",
        "upload_unknown",
        lambda kit: np.random.default_rng(1).integers(0, 256, 5000, np.uint8).tobytes(),
    ),
    "picture as clip": Bad("clip", "photo.jpg", "upload_wrong_kind", lambda kit: picture("JPEG")),
    "picture named mp4": Bad("clip", "a.mp4", "upload_misnamed", lambda kit: picture("JPEG")),
    "webm named mp4": Bad("clip", "a.mp4", "upload_misnamed", lambda kit: kit.webm),
    "film named txt": Bad("clip", "a.txt", "upload_misnamed", lambda kit: kit.mp4),
    "film as voice-over": Bad("audio", "a.mp4", "upload_wrong_kind", lambda kit: kit.mp4),
    "mp4 and zip": Bad("clip", "a.mp4", "upload_polyglot", lambda kit: kit.mp4 + zipped()),
    "mp4 with zip in a box": Bad(
        "clip", "a.mp4", "upload_polyglot", lambda kit: kit.mp4 + box(b"free", zipped())
    ),
    "mp4 and PDF": Bad(
        "clip", "a.mp4", "upload_polyglot", lambda kit: after_ftyp(kit.mp4, box(b"free", b"\n%PDF-1.4\n"))
    ),
    "mp4 and web page": Bad(
        "clip",
        "a.mp4",
        "upload_polyglot",
        lambda kit: after_ftyp(kit.mp4, box(b"free", b"<script>alert(1)</script>")),
    ),
    "mp4 and program": Bad(
        "clip", "a.mp4", "upload_polyglot", lambda kit: kit.mp4 + box(b"skip", b"\x7fELF" + bytes(60))
    ),
    "mp4 and JavaScript": Bad("clip", "a.mp4", "upload_polyglot", lambda kit: JS),
    "webm and zip": Bad("clip", "a.webm", "upload_polyglot", lambda kit: kit.webm + zipped()),
    "PNG and zip": Bad("image", "a.png", "upload_polyglot", lambda kit: kit.png + zipped()),
    "mp4 with rar behind": Bad(
        "clip", "a.mp4", "upload_trailing_data", lambda kit: kit.mp4 + b"Rar!\x1a\x07\x00" * 9
    ),
    "PNG with foreign tail": Bad(
        "image", "a.png", "upload_trailing_data", lambda kit: kit.png + b"hidden" * 9
    ),
    "truncated mp4": Bad(
        "clip", "a.mp4", "upload_truncated", lambda kit: kit.fast_start[: len(kit.fast_start) // 2]
    ),
    "truncated webm": Bad("clip", "a.webm", "upload_truncated", lambda kit: kit.webm[: len(kit.webm) // 2]),
    "truncated PNG": Bad("image", "a.png", "upload_truncated", lambda kit: kit.png[:-100]),
    "truncated JPEG": Bad("image", "a.jpg", "upload_truncated", lambda kit: picture("JPEG")[:-200]),
    "no index": Bad("clip", "a.mp4", "upload_unfinished", lambda kit: kit.mp4[: kit.mp4.index(b"moov") - 4]),
    "broken box": Bad("clip", "a.mp4", "upload_malformed", lambda kit: outgrown(kit.mp4)),
    "encrypted mp4": Bad(
        "clip", "a.mp4", "upload_encrypted", lambda kit: patched(kit.mp4, b"avc1\0\0\0\0", b"encv\0\0\0\0")
    ),
    "media elsewhere": Bad(
        "clip",
        "a.mp4",
        "upload_external_reference",
        lambda kit: patched(kit.mp4, b"url \0\0\0\1", b"url \0\0\0\0"),
    ),
    "a hundred tracks": Bad(
        "clip", "a.mp4", "upload_too_many_streams", lambda kit: kit.file("tracks.mp4", many_tracks)
    ),
    "odd codec": Bad(
        "clip",
        "a.mkv",
        "upload_codec",
        lambda kit: kit.file("odd.mkv", lambda path: write_clip(path, codec="ffv1")),
    ),
    "sound only": Bad(
        "clip",
        "a.mp4",
        "upload_no_video",
        lambda kit: kit.file("sound.m4a", lambda path: write_sound(path, codec="aac")),
    ),
    "no picture decodes": Bad(
        "clip", "a.mp4", "upload_no_frames", lambda kit: garbled(kit.file("mute.mp4", _mute))
    ),
    "blank": Bad(
        "clip",
        "a.mp4",
        "upload_blank",
        lambda kit: kit.file("blank.mp4", lambda path: write_clip(path, paint=plain, tone_hz=None)),
    ),
    "mp4 that claims less": Bad("clip", "a.mp4", "upload_duration_lie", lambda kit: claiming(kit.mp4, 0.1)),
    "webm that claims more": Bad(
        "clip", "a.webm", "upload_duration_lie", lambda kit: webm_claiming(kit.webm, 60)
    ),
    "too short": Bad(
        "clip",
        "a.mp4",
        "upload_too_short",
        lambda kit: kit.file("short.mp4", lambda path: write_clip(path, seconds=1)),
    ),
    "too long": Bad(
        "clip",
        "a.mp4",
        "upload_too_long",
        lambda kit: kit.file("long.mp4", lambda path: write_clip(path, seconds=95, fps=1, tone_hz=None)),
    ),
    "giant pictures": Bad(
        "clip",
        "a.mp4",
        "upload_too_many_pixels",
        lambda kit: kit.file(
            "giant.mp4", lambda path: write_clip(path, fps=1, seconds=4, paint=giant, tone_hz=None)
        ),
    ),
    "PNG bomb": Bad(
        "image", "a.png", "upload_too_many_pixels", lambda kit: png_claiming(kit.png, 60000, 60000)
    ),
    "tiny": Bad(
        "clip",
        "a.mp4",
        "upload_too_small",
        lambda kit: kit.file(
            "tiny.mp4", lambda path: write_clip(path, paint=lambda n, t: painted(n, 40, 40))
        ),
    ),
    "ribbon": Bad("image", "a.png", "upload_odd_shape", lambda kit: picture("PNG", (1200, 100))),
    "a thousand pictures a second": Bad(
        "clip", "a.mp4", "upload_frame_rate", lambda kit: kit.file("rapid.mp4", _rapid)
    ),
    "animated WebP": Bad(
        "image",
        "a.webp",
        "upload_animated",
        lambda kit: picture("WEBP", save_all=True, append_images=[Image.fromarray(painted(5, 120, 90))]),
    ),
    "silent recording": Bad(
        "audio",
        "a.wav",
        "upload_silent",
        lambda kit: kit.file("silent.wav", lambda path: write_sound(path, codec="pcm_s16le", amplitude=0)),
    ),
}


def _mute(path: Path) -> None:
    write_clip(path, tone_hz=None)
