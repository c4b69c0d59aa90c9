"""Labels of other makers, wherever they put them: read from any file, kept by uploads, carried into a finished video."""

from __future__ import annotations

import io
import json
import struct
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import c2pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from generation.media import provenance
from generation.media.ingest.probe import Limits
from generation.media.ingest.transcode import take
from generation.media.provenance.field import FIELDS, read_marks
from generation.media.provenance.packets import BOX_XMP, fields_of
from generation.media.provenance.signing import GENERATED, SOURCE_TYPES, _context, _signer
from generation.media.provenance.xmp import marks_of
from tests.generation.media.ingest.bad_files import box, picture
from tests.generation.media.ingest.good_clips import write_clip, write_sound
from tests.generation.media.rendering.small_films import film

CASES = Path(__file__).resolve().parents[5] / "shared" / "data" / "cases"
FIELD = provenance.aigc_field(producer="001191110000000000000X10000", produce_id="v0300-0001")
TRAINED = GENERATED
CAPTURE = SOURCE_TYPES + "digitalCapture"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
TC260 = 'xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"'
IPTC = 'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'


def packet(inner: str = "", attributes: str = "") -> str:
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF {RDF}><rdf:Description rdf:about="" {TC260} {IPTC} {attributes}>{inner}</rdf:Description>'
        '</rdf:RDF></x:xmpmeta>\n   <?xpacket end="w"?>'
    )


def quoted(text: str) -> str:
    return text.replace('"', "&quot;")


PARTS = "".join(f"<TC260:{name}>{value}</TC260:{name}>" for name, value in json.loads(FIELD).items())
FORMS = {
    "element": packet(f"<TC260:AIGC>{FIELD}</TC260:AIGC>"),
    "attribute": packet(attributes=f'TC260:AIGC="{quoted(FIELD)}"'),
    "wrapped": packet(f'<TC260:AIGC>{{"AIGC":{FIELD}}}</TC260:AIGC>'),
    "parts": packet(f'<TC260:AIGC rdf:parseType="Resource">{PARTS}</TC260:AIGC>'),
    "list": packet(f"<TC260:AIGC><rdf:Alt><rdf:li>{FIELD}</rdf:li></rdf:Alt></TC260:AIGC>"),
}
SOURCES = {
    "attribute": packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{TRAINED}"'),
    "element": packet(f"<Iptc4xmpExt:DigitalSourceType>{TRAINED}</Iptc4xmpExt:DigitalSourceType>"),
    "resource": packet(f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{TRAINED}"/>'),
    "lower case": packet(f"<Iptc4xmpExt:digitalSourceType>{TRAINED}</Iptc4xmpExt:digitalSourceType>"),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_field_is_read_in_every_form_of_xmp(form: str) -> None:
    read = provenance.parse_aigc(marks_of(FORMS[form]).aigc)
    assert read["valid"] and tuple(read["fields"]) == FIELDS
    assert read["fields"]["ProduceID"] == "v0300-0001"


@pytest.mark.parametrize("form", SOURCES)
def test_the_source_type_is_read_in_every_form_of_xmp(form: str) -> None:
    assert marks_of(SOURCES[form]).source_type == TRAINED


@given(st.text(max_size=300) | st.text("<>/&;:=\"'!AIGCTrdf[] \n", max_size=300).map(packet))
def test_any_packet_is_read_or_called_broken(text: str) -> None:
    marks_of(text)


def test_entities_are_never_followed() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "AAAA"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert marks_of(bomb).broken


# --- the places of a file ------------------------------------------------------------------------------------------

PACKET = packet(f"<TC260:AIGC>{FIELD}</TC260:AIGC>", f'Iptc4xmpExt:DigitalSourceType="{TRAINED}"')


def jpeg(place: Path) -> Path:
    content = picture("JPEG")
    segment = b"http://ns.adobe.com/xap/1.0/\x00" + PACKET.encode()
    place.write_bytes(content[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + content[2:])
    return place


def png(place: Path, *, packed: bool = False) -> Path:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", PACKET, zip=packed)
    Image.open(io.BytesIO(picture("PNG"))).save(place, "PNG", pnginfo=info)
    return place


def webp(place: Path) -> Path:
    place.write_bytes(picture("WEBP", xmp=PACKET.encode()))
    return place


def mp4(place: Path, *, inside: bool = False) -> Path:
    extra = box(b"uuid", BOX_XMP + PACKET.encode())
    content = write_clip(place, tone_hz=None).read_bytes()
    if inside:
        at = content.index(b"moov") - 4
        length = int.from_bytes(content[at : at + 4], "big")
        extra = box(b"udta", box(b"XMP_", PACKET.encode()))
        content = content[:at] + struct.pack(">I", length + len(extra)) + content[at + 4 :]
    place.write_bytes(content + extra)
    return place


def wav(place: Path) -> Path:
    content = write_sound(place, codec="pcm_s16le").read_bytes()
    raw = PACKET.encode() + b" " * (len(PACKET.encode()) % 2)
    chunk = b"_PMX" + struct.pack("<I", len(raw)) + raw
    length = int.from_bytes(content[4:8], "little") + len(chunk)
    place.write_bytes(b"RIFF" + struct.pack("<I", length) + content[8:] + chunk)
    return place


def mp3(place: Path) -> Path:
    content = write_sound(place, codec="libmp3lame").read_bytes()
    frame = b"XMP\x00" + PACKET.encode()
    sevens = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    whole = 10 + len(frame)
    tag = b"ID3\x04\x00\x00" + bytes(whole >> shift & 127 for shift in (21, 14, 7, 0))
    place.write_bytes(tag + b"PRIV" + sevens + b"\x00\x00" + frame + content)
    return place


MADE = {
    "a.jpg": ("image", jpeg),
    "a.png": ("image", png),
    "packed.png": ("image", lambda place: png(place, packed=True)),
    "a.webp": ("image", webp),
    "a.mp4": ("clip", mp4),
    "inside.mp4": ("clip", lambda place: mp4(place, inside=True)),
    "a.wav": ("audio", wav),
    "a.mp3": ("audio", mp3),
}


def uploaded(place: Path, kind: str) -> tuple[dict[str, Any], Path]:
    folder = place.parent / f"made-{place.name}"
    folder.mkdir()
    return take(kind, str(place), str(folder), place.name, asdict(Limits()), lambda done: None), folder


@pytest.mark.parametrize("name", MADE)
def test_an_upload_keeps_both_labels_of_its_xmp(name: str, tmp_path: Path) -> None:
    kind, make = MADE[name]
    place = make(tmp_path / name)
    told = provenance.verify(place)
    assert told["aigc"]["valid"] and told["iptc"] == {"present": True, "digital_source_type": TRAINED}
    found, folder = uploaded(place, kind)
    assert found["labels"]["aigc"]["fields"]["ProduceID"] == "v0300-0001"
    assert found["labels"]["iptc"]["digital_source_type"] == TRAINED
    assert provenance.says_ai(found["labels"])
    if kind == "clip":
        again = provenance.verify(folder / "file.mp4")
        assert again["aigc"]["fields"] == told["aigc"]["fields"] and again["iptc"] == told["iptc"]


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.m4a", "aac"),
        ("a.mp3", "libmp3lame"),
        ("a.flac", "flac"),
        ("a.ogg", "libopus"),
        ("a.mka", "libopus"),
    ],
)
def test_a_recording_keeps_the_field_of_its_tags(name: str, codec: str, tmp_path: Path) -> None:
    import av

    plain = write_sound(tmp_path / f"plain-{name}", codec=codec)
    options = {"movflags": "+use_metadata_tags"} if name.endswith("m4a") else {}
    with av.open(str(plain)) as source, av.open(str(tmp_path / name), "w", options=options) as out:
        out.metadata["AIGC"] = FIELD
        track = out.add_stream_from_template(source.streams.audio[0])
        for part in source.demux():
            if part.dts is not None:
                part.stream = track
                out.mux(part)
    found, _ = uploaded(tmp_path / name, "audio")
    assert found["labels"]["aigc"]["valid"]


def test_a_text_chunk_and_a_camera_comment_hold_the_field_too(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("AIGC", FIELD)
    Image.open(io.BytesIO(picture("PNG"))).save(tmp_path / "a.png", pnginfo=info)
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + f'{{"AIGC":{FIELD}}}'.encode()
    (tmp_path / "a.jpg").write_bytes(picture("JPEG", exif=exif))
    for name in ("a.png", "a.jpg"):
        read = provenance.read_aigc(tmp_path / name)
        assert read is not None and read["valid"], name


def test_files_without_a_label_have_none(tmp_path: Path) -> None:
    for name, form in (("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")):
        (tmp_path / name).write_bytes(picture(form))
        assert provenance.labels_of(tmp_path / name) == {}
        told = provenance.verify(tmp_path / name)
        assert told["visible"]["problems"][0]["code"] == "visible_still" and not told["aigc"]["present"]
    assert not provenance.says_ai({}) and not provenance.says_ai({"iptc": {"digital_source_type": CAPTURE}})


@given(st.sampled_from(sorted(MADE)), st.integers(0, 2**32), st.binary(min_size=1, max_size=8))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_broken_file_is_searched_without_a_crash(
    labelled: dict[str, bytes], tmp_path: Path, name: str, at: int, noise: bytes
) -> None:
    content = labelled[name]
    at %= len(content)
    place = tmp_path / name
    place.write_bytes(content[:at] + noise + content[at + len(noise) :])
    assert all(len(text) <= 1_000_000 for _, text in fields_of(place))


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("labelled")
    return {name: make(folder / name).read_bytes() for name, (_, make) in MADE.items()}


def test_a_packet_that_unpacks_into_a_flood_is_cut(tmp_path: Path) -> None:
    flood = zlib.compress(b"<x>" + b"A" * 30_000_000)
    content = b"XML:com.adobe.xmp\0\1\0\0\0" + flood
    chunk = struct.pack(">I", len(content)) + b"iTXt" + content + bytes(4)
    still = picture("PNG")
    place = tmp_path / "a.png"
    place.write_bytes(still[:33] + chunk + still[33:])
    [(_, text)] = fields_of(place)
    assert len(text) <= 1_000_000 and read_marks(place).aigc is None


# --- signed manifests ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> provenance.Identity:
    return provenance.signing_identity(tmp_path_factory.mktemp("identity"))


def signed_elsewhere(place: Path, identity: provenance.Identity, actions: list[dict[str, Any]]) -> Path:
    """A film signed by another program: opened or created as ``actions`` say."""
    plain = film(place.with_name(f"plain-{place.name}"))
    builder = c2pa.Builder(
        {"title": "clip", "claim_generator_info": [{"name": "Some Editor"}]}, context=_context()
    )
    if actions[0]["action"] == "c2pa.opened":
        builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
        with plain.open("rb") as stream:
            builder.add_ingredient(
                {"title": "p.mp4", "relationship": "parentOf", "label": "p"}, "video/mp4", stream
            )
    for action in actions:
        builder.add_action(action)
    with plain.open("rb") as unsigned, place.open("w+b") as target:
        builder.sign(_signer(identity), "video/mp4", unsigned, target)
    return place


@pytest.mark.parametrize(
    "actions",
    [
        [
            {
                "action": "c2pa.opened",
                "parameters": {"ingredientIds": ["p"], "com.adobe.digitalSourceType": TRAINED},
            }
        ],
        [{"action": "c2pa.opened", "parameters": {"ingredientIds": ["p"], "digitalSourceType": TRAINED}}],
        [
            {"action": "c2pa.opened", "parameters": {"ingredientIds": ["p"]}, "digitalSourceType": CAPTURE},
            {"action": "c2pa.color_adjustments"},
            {"action": "c2pa.edited", "digitalSourceType": TRAINED},
        ],
        [
            {"action": "c2pa.created", "digitalSourceType": CAPTURE},
            {"action": "c2pa.edited", "parameters": {"org.maker.digitalSourceType": TRAINED}},
        ],
    ],
)
def test_the_source_type_of_any_action_is_found(
    actions: list[dict[str, Any]], identity: provenance.Identity, tmp_path: Path
) -> None:
    told = provenance.verify(signed_elsewhere(tmp_path / "a.mp4", identity, actions))["c2pa"]
    assert told["valid"] and told["digital_source_type"] == TRAINED


def test_a_capture_stays_a_capture(identity: provenance.Identity, tmp_path: Path) -> None:
    actions = [{"action": "c2pa.created", "digitalSourceType": CAPTURE}]
    place = signed_elsewhere(tmp_path / "a.mp4", identity, actions)
    assert provenance.verify(place)["c2pa"]["digital_source_type"] == CAPTURE
    assert not provenance.says_ai(provenance.labels_of(place))


def test_labels_of_parts_stand_in_the_manifest_of_the_video(
    identity: provenance.Identity, tmp_path: Path
) -> None:
    parts = []
    for name, kind, media_type in (("a.png", "image", "image/jpeg"), ("a.wav", "audio", "audio/wav")):
        found, folder = uploaded(MADE[name][1](tmp_path / name), kind)
        file = next(folder.glob("file.*"))
        parts.append(provenance.LabelledFile(f"{kind}-1", file, media_type, found["labels"]))
    capture = {"iptc": {"present": True, "digital_source_type": "digitalCapture"}}
    parts.append(provenance.LabelledFile("image-2", parts[0].path, "image/jpeg", capture))
    source = film(tmp_path / "film.mp4", tags={"AIGC": FIELD})
    target = tmp_path / "signed.mp4"
    provenance.sign(
        source, target, identity=identity, title="t", generator_version="1", kind="generated", parts=parts
    )
    told = provenance.verify(target)["c2pa"]
    assert told["valid"] and told["digital_source_type"] == TRAINED
    assert told["ingredients"] == ["image-1", "audio-1", "image-2"]
    first, second, third = told["ingredient_labels"]
    assert first["labels"]["aigc"]["fields"]["ProduceID"] == "v0300-0001"
    assert (first["digital_source_type"], second["digital_source_type"]) == (TRAINED, TRAINED)
    assert third["digital_source_type"] == CAPTURE


@pytest.mark.skipif(not CASES.is_dir(), reason="the shared cases are not on this machine")
def test_the_reported_labels_are_read(tmp_path: Path) -> None:
    for case in json.loads((CASES / "field1.json").read_text(encoding="utf-8")):
        expected = case["expected"]
        if case["kind"] != "upload" or not {"labels_has", "digital_source_type_ends"} & set(expected):
            continue
        labels = provenance.labels_of(CASES / case["input"]["file"])
        if "labels_has" in expected:
            assert expected["labels_has"] in labels, case["note"]
        else:
            assert labels["c2pa"]["digital_source_type"].endswith(expected["digital_source_type_ends"])
