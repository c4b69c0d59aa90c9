from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from generation.errors import UploadRejected
from generation.media.ingest.orientation import upright_size
from generation.media.ingest.probe import Limits, Track
from generation.media.ingest.transcode import constant_rate, take
from generation.media.music.mixing import measure
from generation.media.provenance import aigc_field, read_aigc
from tests.generation.media.ingest.bad_files import picture
from tests.generation.media.ingest.good_clips import moving_box, painted, write_clip, write_sound


def made_from(path: Path, kind: str = "clip") -> tuple[dict[str, Any], Path]:
    folder = path.parent / f"made-{path.name}"
    folder.mkdir()
    found = take(kind, str(path), str(folder), path.name, asdict(Limits()), lambda done: None)
    return found, folder


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def sound_of(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1).T


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    label = aigc_field(producer="someone-else", produce_id="42")
    folder = tmp_path_factory.mktemp("usual")
    options = {"movflags": "+use_metadata_tags"}
    return made_from(write_clip(folder / "a.mp4", tags={"AIGC": label}, options=options, amplitude=0.02))


def test_file_is_h264_high_bt709_with_stereo_aac(usual: tuple[dict[str, Any], Path]) -> None:
    found, folder = usual
    with av.open(str(folder / "file.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, video.codec_context.profile) == ("h264", "High")
        assert video.codec_context.pix_fmt == "yuv420p"
        context = video.codec_context
        assert {int(context.color_primaries), int(context.color_trc), int(context.colorspace)} == {1}
        assert (audio.codec_context.name, audio.rate, audio.layout.name) == ("aac", 48000, "stereo")
        assert video.average_rate == 10
        assert float(video.duration * video.time_base) == pytest.approx(3.2, abs=0.01)
    assert (found["seconds"], found["width"], found["height"]) == (3.2, 160, 120)


def test_index_stands_before_the_media(usual: tuple[dict[str, Any], Path]) -> None:
    data = (usual[1] / "file.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_sound_has_the_promised_loudness(usual: tuple[dict[str, Any], Path]) -> None:
    found, folder = usual
    loudness = measure(sound_of(folder / "file.mp4"), 48000)
    assert loudness.lufs == pytest.approx(-14, abs=1)
    assert loudness.true_peak_dbtp <= -1
    assert found["features"]["loudness_lufs"] < -30


def test_foreign_label_is_told_and_stays_on_the_file(usual: tuple[dict[str, Any], Path]) -> None:
    found, folder = usual
    assert found["labels"]["aigc"]["fields"]["ContentProducer"] == "someone-else"
    kept = read_aigc(folder / "file.mp4")
    assert kept is not None and kept["fields"]["ProduceID"] == "42"


def test_poster_is_a_small_jpeg_of_the_clip(usual: tuple[dict[str, Any], Path]) -> None:
    with Image.open(usual[1] / "poster.jpg") as poster:
        assert poster.format == "JPEG" and poster.size == (160, 120)
        ground = painted(1, 160, 120)
        assert np.abs(np.asarray(poster).astype(int) - ground)[100:].mean() < 8


def test_picture_keeps_its_colors(usual: tuple[dict[str, Any], Path]) -> None:
    ground = painted(1, 160, 120).astype(int)
    last = frames_of(usual[1] / "file.mp4")[-1].astype(int)
    assert np.abs(last - ground)[80:].mean() < 8


@pytest.mark.parametrize("degrees", [90, -90, 180])
def test_rotated_clip_stands_upright_without_a_display_matrix(degrees: int, tmp_path: Path) -> None:
    shown = painted(6, 96, 160)  # what a viewer should see
    turns = {90: -1, -90: 1, 180: 2}[degrees]
    stored = np.ascontiguousarray(np.rot90(shown, turns))
    place = write_clip(tmp_path / "a.mp4", rotate=degrees, paint=lambda n, t: stored, tone_hz=None)
    with av.open(str(place)) as container:
        assert abs(next(container.decode(video=0)).rotation) == abs(degrees)
    found, folder = made_from(place)
    with av.open(str(folder / "file.mp4")) as container:
        assert next(container.decode(video=0)).rotation == 0
    seen = frames_of(folder / "file.mp4")[3].astype(int)
    assert (found["height"], found["width"]) == shown.shape[:2] == seen.shape[:2]
    assert np.abs(seen - shown).mean() < 12


def test_uneven_times_become_a_constant_rate_with_pictures_at_their_moments(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.08, 0.12, 0.5, 1.0, 1.04, 1.08, 1.12, 2.0, 2.04, 2.08, 2.12, 3.0, 3.04, 3.08]

    def paint(number: int, t: float) -> np.ndarray:
        ground = painted(1, 160, 120) // 4
        ground[20:60, 20:140] = 12 * number + 40
        return ground

    place = write_clip(tmp_path / "a.mp4", fps=25, times=times, paint=paint, tone_hz=None)
    _, folder = made_from(place)
    with av.open(str(folder / "file.mp4")) as container:
        steps = np.diff([frame.pts * float(frame.time_base) for frame in container.decode(video=0)])
        assert np.ptp(steps) < 1e-3
    seen = frames_of(folder / "file.mp4")
    rate = round(1 / float(np.mean(steps)))
    for t in (0.3, 0.8, 1.6, 2.6, 3.06):
        number = max(n for n, start in enumerate(times) if start <= t + 1e-6)
        assert seen[round(t * rate)][30:50, 40:120].mean() == pytest.approx(12 * number + 40, abs=5)


def test_wide_pixels_become_square(tmp_path: Path) -> None:
    def anamorphic(stream: Any) -> None:
        stream.codec_context.sample_aspect_ratio = Fraction(2)

    place = write_clip(tmp_path / "a.mp4", set_up=anamorphic, tone_hz=None)
    found, _ = made_from(place)
    assert found["width"] / found["height"] == pytest.approx(2 * 160 / 120, rel=0.03)


def test_ten_bit_pictures_become_eight_bit(tmp_path: Path) -> None:
    place = write_clip(tmp_path / "a.mkv", pixel_format="yuv420p10le", tone_hz=None)
    _, folder = made_from(place)
    seen = frames_of(folder / "file.mp4")[-1].astype(int)
    assert np.abs(seen - painted(1, 160, 120))[80:].mean() < 8


@pytest.mark.slow  # FFmpeg spends some seconds on the table of colors
def test_high_dynamic_range_is_mapped_so_that_paper_white_stays_nearly_white(tmp_path: Path) -> None:
    def hdr(stream: Any) -> None:
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 9, 16, 9

    def paint(number: int, t: float) -> np.ndarray:
        ground = np.full((120, 160, 3), 148, np.uint8)  # 0.58 of PQ: 203 cd/m², the reference white
        ground[:, :40] = 20 + number
        return ground

    place = write_clip(tmp_path / "a.mkv", pixel_format="yuv420p10le", paint=paint, set_up=hdr, tone_hz=None)
    _, folder = made_from(place)
    seen = frames_of(folder / "file.mp4")[5]
    assert seen[60, 100].mean() > 220  # without mapping it would stay at 148
    with av.open(str(folder / "file.mp4")) as container:
        assert int(container.streams.video[0].codec_context.color_trc) == 1


def test_clip_without_sound_gets_a_silent_track(tmp_path: Path) -> None:
    found, folder = made_from(write_clip(tmp_path / "a.mp4", tone_hz=None))
    sound = sound_of(folder / "file.mp4")
    assert not np.any(sound) and len(sound) / 48000 == pytest.approx(3.2, abs=0.05)
    assert not found["has_sound"]


def test_sound_stays_in_step_with_the_picture(tmp_path: Path) -> None:
    """A flash and a click at the same moment are still at the same moment afterwards."""

    def paint(number: int, t: float) -> np.ndarray:
        return np.full((96, 128, 3), 255, np.uint8) if number == 15 else painted(1, 128, 96) // 2

    place = write_clip(tmp_path / "a.mp4", paint=paint, tone_hz=None)
    silent = tmp_path / "b.mkv"
    with av.open(str(place)) as source, av.open(str(silent), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        sound = out.add_stream("pcm_s16le", rate=48000)
        sound.codec_context.layout = "stereo"
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
        pcm = np.zeros((1, 2 * round(3.2 * 48000)), np.int16)
        pcm[0, 2 * 72000 : 2 * 74400] = 12000
        frame = av.AudioFrame.from_ndarray(pcm, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
        out.mux(sound.encode(frame))
    _, folder = made_from(silent)
    bright = [picture.mean() for picture in frames_of(folder / "file.mp4")]
    level = np.abs(sound_of(folder / "file.mp4")[:, 0])
    click = int(np.argmax(level > level.max() / 2)) / 48000
    assert int(np.argmax(bright)) == 15
    assert click == pytest.approx(1.5, abs=0.03)


def test_sound_that_turns_from_stereo_to_mono_is_heard_to_its_end(tmp_path: Path) -> None:
    """Two AAC recordings behind one another in one track, as broadcasts have them."""
    parts = [tmp_path / "stereo.aac", tmp_path / "mono.aac"]
    t = np.arange(96_000, dtype=np.float32) / 48_000
    for place, layout, channels in zip(parts, ("stereo", "mono"), (2, 1), strict=True):
        with av.open(str(place), "w", format="adts") as container:
            stream = container.add_stream("aac", rate=48_000)
            stream.codec_context.layout = layout
            tone = np.stack([np.float32(0.2) * np.sin(2 * np.pi * 440 * t)] * channels)
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = 48_000, 0, Fraction(1, 48_000)
            for ready in av.AudioResampler(
                format="fltp", layout=layout, rate=48_000, frame_size=1024
            ).resample(frame):
                container.mux(stream.encode(ready))
            container.mux(stream.encode(None))
    (tmp_path / "both.aac").write_bytes(b"".join(part.read_bytes() for part in parts))
    place = tmp_path / "a.mkv"
    with av.open(str(tmp_path / "both.aac"), format="aac") as source, av.open(str(place), "w") as out:
        copy = out.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = copy
                out.mux(packet)
    found, folder = made_from(place, "audio")
    sound = sound_of(folder / "file.wav")[:, 0]
    assert found["seconds"] == pytest.approx(4, abs=0.2)
    assert np.abs(sound[-24_000:-4_800]).max() > 0.3 * np.abs(sound[24_000:48_000]).max()


def test_features_of_a_clip_match_what_was_planted(tmp_path: Path) -> None:
    def paint(number: int, t: float) -> np.ndarray:
        return painted(int(t / 1.0), 160, 120)

    found, _ = made_from(write_clip(tmp_path / "a.mp4", seconds=4, paint=paint))
    features = found["features"]
    truth = np.mean([painted(n, 160, 120) @ [0.2126, 0.7152, 0.0722] / 255 for n in range(4)])
    assert features["brightness"] == pytest.approx(truth, abs=0.02)
    assert features["cuts_per_minute"] == pytest.approx(45)
    assert features["motion_energy"] < 0.01
    assert len(features["phash"]) == 16 and len(features["phashes"]) == 5
    assert len(features["palette"]) == 5


def test_mostly_damaged_clip_is_refused(tmp_path: Path) -> None:
    place = write_clip(
        tmp_path / "a.mp4", paint=moving_box(320, 240), tone_hz=None, options={"movflags": "+faststart"}
    )
    data = bytearray(place.read_bytes())
    start = data.index(b"mdat") + 2000
    noise = np.random.default_rng(0).integers(0, 256, len(data) - start).astype(np.uint8).tobytes()
    place.write_bytes(bytes(data[:start]) + noise)
    with pytest.raises(UploadRejected) as caught:
        made_from(place)
    assert caught.value.code in ("upload_damaged", "upload_no_frames")


@pytest.mark.parametrize(("name", "codec"), [("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.ogg", "libopus")])
def test_recording_becomes_mono_wav_at_minus_sixteen(name: str, codec: str, tmp_path: Path) -> None:
    found, folder = made_from(write_sound(tmp_path / name, codec=codec, seconds=3), "audio")
    sound = sound_of(folder / "file.wav").astype(np.float32) / 32768
    loudness = measure(sound, 48000)
    assert loudness.lufs == pytest.approx(-16, abs=0.5)
    assert loudness.true_peak_dbtp <= -1
    assert found["seconds"] == pytest.approx(3, abs=0.1)


def test_picture_is_upright_and_without_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"  # turned a quarter; a description
    place = tmp_path / "a.jpg"
    place.write_bytes(picture("JPEG", (200, 100), exif=exif, quality=95))
    found, folder = made_from(place, "image")
    assert (found["width"], found["height"]) == (100, 200)
    with Image.open(folder / "file.jpg") as made:
        assert not made.getexif() and b"taken at home" not in (folder / "file.jpg").read_bytes()
        shown = np.rot90(painted(3, 200, 100), -1).astype(int)
        assert np.abs(np.asarray(made).astype(int) - shown).mean() < 6


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_see_through_parts_become_white(form: str, tmp_path: Path) -> None:
    layered = Image.fromarray(np.dstack([painted(3, 120, 90), np.zeros((90, 120), np.uint8)]))
    place = tmp_path / f"a.{form.lower()}"
    layered.save(place, form)
    _, folder = made_from(place, "image")
    with Image.open(folder / "file.jpg") as made:
        assert np.asarray(made).min() > 250


@given(st.integers(64, 4000), st.integers(64, 4000), st.fractions(Fraction(1, 4), 4), st.booleans())
def test_upright_size_is_even_bounded_and_in_proportion(
    width: int, height: int, aspect: Fraction, turned: bool
) -> None:
    wide, high = upright_size(width, height, pixel_aspect=aspect, turned=turned, longest=1920)
    assert wide % 2 == high % 2 == 0 and min(wide, high) >= 2 and max(wide, high) <= 1920
    assert wide * high <= width * height * 1.1 + 4000
    shown = width * float(aspect) / height
    if min(wide, high) > 100:
        assert wide / high == pytest.approx(1 / shown if turned else shown, rel=0.03)


@pytest.mark.parametrize(
    ("interval", "rate"),
    [
        (1 / 30, 30),
        (1001 / 30000, Fraction(30000, 1001)),
        (0.04, 25),
        (1 / 120, 60),
        (1 / 240, 60),
        (0.033, 30),
        (1, 10),
    ],
)
def test_constant_rate_is_a_usual_one_up_to_sixty(interval: float, rate: Fraction) -> None:
    assert constant_rate(Track(0, 0.0, 4.0, 120, interval)) == rate


def test_answer_is_plain_json(usual: tuple[dict[str, Any], Path]) -> None:
    assert json.loads(json.dumps(usual[0])) == usual[0]
