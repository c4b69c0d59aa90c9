"""The implicit label and the signed manifest: written, read back, and missed where they are gone."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from generation.errors import LabelFailed, MediaUnreadable
from generation.media import provenance
from generation.media.provenance.field import FIELDS
from generation.media.provenance.signing import EDITED, GENERATED
from tests.generation.media.rendering.small_films import film, stream_copy

FIELD = provenance.aigc_field(producer="studio-1", produce_id="job-7-abc")


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> provenance.Identity:
    return provenance.signing_identity(tmp_path_factory.mktemp("identity"))


@pytest.fixture
def signed(tmp_path: Path, identity: provenance.Identity) -> Path:
    source = film(tmp_path / "film.mp4", tags={"AIGC": FIELD, "title": "标题"})
    return sign(source, tmp_path / "signed.mp4", identity)


def sign(source: Path, target: Path, identity: provenance.Identity, **options: Any) -> Path:
    choices = {"title": "露营清单", "generator_version": "1.2", "kind": "generated", **options}
    provenance.sign(source, target, identity=identity, **choices)
    return target


def test_the_field_is_flat_json_of_seven_texts_in_the_standards_order() -> None:
    assert FIELD == (
        '{"Label":"1","ContentProducer":"studio-1","ProduceID":"job-7-abc","ReservedCode1":"",'
        '"ContentPropagator":"studio-1","PropagateID":"job-7-abc","ReservedCode2":""}'
    )


@pytest.mark.parametrize("value", ["", "a b", 'a"b', "a\\b", "流光", "a\tb", "é"])
def test_a_value_that_the_standard_forbids_is_refused(value: str) -> None:
    with pytest.raises(LabelFailed, match="ContentProducer"):
        provenance.aigc_field(producer=value, produce_id="x")
    with pytest.raises(LabelFailed, match="ProduceID"):
        provenance.aigc_field(producer="x", produce_id=value)
    with pytest.raises(LabelFailed, match="one of 1, 2, 3"):
        provenance.aigc_field(producer="x", produce_id="x", label=value)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"\\'), min_size=1))
def test_what_is_written_is_read_back(value: str) -> None:
    read = provenance.parse_aigc(provenance.aigc_field(producer=value, produce_id=value, label="3"))
    assert read["valid"] and not read["problems"]
    assert tuple(read["fields"]) == FIELDS
    assert read["fields"]["ContentPropagator"] == read["fields"]["ContentProducer"] == value


@given(
    st.text()
    | st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*FIELDS, "AIGC", "x"]), inner),
    ).map(json.dumps)
)
def test_a_foreign_field_is_never_a_crash_and_valid_only_when_whole(text: str) -> None:
    read = provenance.parse_aigc(text)
    assert read["valid"] == (not read["problems"])
    if read["valid"]:
        assert set(read["fields"]) == set(FIELDS)
    json.dumps(read)


def test_the_wrapped_form_is_read_too() -> None:
    wrapped = provenance.parse_aigc(json.dumps({"AIGC": json.loads(FIELD)}))
    assert wrapped["valid"] and wrapped["wrapped"]
    assert wrapped["fields"] == provenance.parse_aigc(FIELD)["fields"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "aigc_not_json"),
        ("[1]", "aigc_not_json"),
        ("[" * 4000, "aigc_not_json"),
        (FIELD.replace('"ReservedCode1":"",', ""), "aigc_field_missing"),
        (FIELD.replace('"Label":"1"', '"Label":1'), "aigc_field_not_text"),
        (FIELD.replace('"Label":"1"', '"Label":"9"'), "aigc_label_unknown"),
        (FIELD.replace("studio-1", "a b"), "aigc_field_characters"),
        (FIELD.replace("{", '{"Extra":"1",'), "aigc_field_unknown"),
    ],
)
def test_a_malformed_field_says_what_is_wrong(text: str, code: str) -> None:
    read = provenance.parse_aigc(text)
    assert code in {problem["code"] for problem in read["problems"]}
    assert not read["valid"]


@pytest.mark.parametrize("name", ["film.mp4", "film.mov", "film.mkv"])
def test_the_field_is_found_in_each_container(tmp_path: Path, name: str) -> None:
    found = provenance.read_aigc(film(tmp_path / name, tags={"AIGC": FIELD}))
    assert found is not None and found["valid"] and found["fields"]["ProduceID"] == "job-7-abc"


def test_a_plain_stream_copy_drops_the_field_and_one_with_the_flag_keeps_it(tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4", tags={"AIGC": FIELD})
    assert provenance.read_aigc(stream_copy(source, tmp_path / "plain.mp4")) is None
    kept = provenance.read_aigc(stream_copy(source, tmp_path / "kept.mp4", keep_tags=True))
    assert kept is not None and kept["valid"]


@pytest.mark.parametrize(
    "content", [b"", b"#EXTM3U\nfile:///etc/passwd\n", b"ffconcat version 1.0", bytes(64)]
)
def test_what_is_no_video_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "film.mp4"
    place.write_bytes(content)
    with pytest.raises(MediaUnreadable, match=r"film\.mp4"):
        provenance.verify(str(place))
    with pytest.raises(MediaUnreadable, match=r"absent\.mp4"):
        provenance.verify(str(tmp_path / "absent.mp4"))


def test_a_signed_video_reads_back_both_labels(signed: Path) -> None:
    answer = provenance.verify(str(signed))
    assert answer["aigc"]["valid"] and answer["aigc"]["fields"]["ContentProducer"] == "studio-1"
    manifest = answer["c2pa"]
    assert manifest["present"] and manifest["valid"] and not manifest["problems"]
    assert manifest["development"] and not manifest["trusted"] and "development" in manifest["issuer"]
    assert manifest["digital_source_type"] == GENERATED
    assert manifest["claim_generator"] == "Lumen 1.2"
    assert manifest["title"] == "露营清单"
    json.dumps(answer)


def test_one_changed_bit_of_the_film_breaks_the_manifest(signed: Path) -> None:
    content = bytearray(signed.read_bytes())
    content[content.rindex(b"mdat") + 40] ^= 1
    signed.write_bytes(content)
    manifest = provenance.verify(str(signed))["c2pa"]
    assert manifest["present"] and not manifest["valid"]
    assert "c2pa_assertion.bmffHash.mismatch" in {problem["code"] for problem in manifest["problems"]}


def test_a_changed_field_breaks_the_manifest_too(signed: Path) -> None:
    signed.write_bytes(signed.read_bytes().replace(b"studio-1", b"studio-2"))
    answer = provenance.verify(str(signed))
    assert answer["aigc"]["fields"]["ContentProducer"] == "studio-2"
    assert not answer["c2pa"]["valid"]


def test_a_stream_copy_of_a_signed_video_has_lost_its_manifest(signed: Path, tmp_path: Path) -> None:
    answer = provenance.verify(str(stream_copy(signed, tmp_path / "copy.mp4", keep_tags=True)))
    assert answer["aigc"]["valid"] and not answer["c2pa"]["present"]


def test_an_edited_recording_names_its_source(tmp_path: Path, identity: provenance.Identity) -> None:
    recording = film(tmp_path / "holiday.mp4")
    source = film(tmp_path / "effects.mp4", tags={"AIGC": FIELD})
    target = sign(source, tmp_path / "signed.mp4", identity, kind="edited", ingredient=recording)
    manifest = provenance.verify(str(target))["c2pa"]
    assert manifest["valid"] and manifest["digital_source_type"] == EDITED
    assert manifest["ingredients"] == ["holiday.mp4"]
    with pytest.raises(LabelFailed, match="recording"):
        sign(source, tmp_path / "other.mp4", identity, kind="edited")
    with pytest.raises(LabelFailed, match="recording"):
        sign(source, tmp_path / "other.mp4", identity, ingredient=recording)


def test_a_manifest_over_an_edited_signed_video_keeps_the_first_one(
    signed: Path, tmp_path: Path, identity: provenance.Identity
) -> None:
    source = film(tmp_path / "again.mp4", tags={"AIGC": FIELD})
    target = sign(source, tmp_path / "second.mp4", identity, kind="edited", ingredient=signed)
    with c2pa.Reader(str(target)) as reader:
        assert len(json.loads(reader.json())["manifests"]) == 2


def test_a_video_without_the_field_is_not_signed(tmp_path: Path, identity: provenance.Identity) -> None:
    with pytest.raises(LabelFailed, match="AIGC"):
        sign(film(tmp_path / "film.mp4"), tmp_path / "signed.mp4", identity)
    assert [place.name for place in tmp_path.iterdir()] == ["film.mp4"]


def test_a_signer_that_c2pa_refuses_leaves_no_file(tmp_path: Path) -> None:
    source = film(tmp_path / "film.mp4", tags={"AIGC": FIELD})
    refused = provenance.signing_identity(
        tmp_path, **pem_files(tmp_path, usage=ExtendedKeyUsageOID.SERVER_AUTH)
    )
    with pytest.raises(LabelFailed, match="certificate"):
        sign(source, tmp_path / "signed.mp4", refused)
    assert not list(tmp_path.glob("*signed*"))


def test_the_development_identity_is_made_once_and_its_key_is_private(tmp_path: Path) -> None:
    first, second = (
        provenance.signing_identity(tmp_path / "c2pa"),
        provenance.signing_identity(tmp_path / "c2pa"),
    )
    assert first == second and first.development and first.algorithm == "es256"
    assert (tmp_path / "c2pa" / "development" / "key.pem").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in repr(first)
    leaf, authority = x509.load_pem_x509_certificates(first.chain)
    leaf.verify_directly_issued_by(authority)
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical and usage.value.digital_signature and not usage.value.key_cert_sign
    purposes = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    named = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert named == authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)


def _chain(folder: Path) -> bytes:
    return provenance.signing_identity(folder).chain


def test_processes_that_start_together_share_one_identity(tmp_path: Path) -> None:
    with get_context("spawn").Pool(3) as pool:
        chains = pool.map(_chain, [tmp_path / "c2pa"] * 6, chunksize=1)
    assert len(set(chains)) == 1
    assert [place.name for place in (tmp_path / "c2pa").iterdir()] == ["development"]


def test_a_real_certificate_replaces_the_development_one(tmp_path: Path) -> None:
    real = provenance.signing_identity(tmp_path / "c2pa", **pem_files(tmp_path))
    assert not real.development and real.organization == "Real Studio" and not (tmp_path / "c2pa").exists()
    source = film(tmp_path / "film.mp4", tags={"AIGC": FIELD})
    manifest = provenance.verify(str(sign(source, tmp_path / "signed.mp4", real)))["c2pa"]
    assert manifest["valid"] and manifest["issuer"] == "Real Studio" and not manifest["development"]


def test_a_signer_that_cannot_be_used_says_why(tmp_path: Path) -> None:
    real, other = pem_files(tmp_path / "a"), pem_files(tmp_path / "b")
    old = pem_files(tmp_path / "c", days=-1)
    with pytest.raises(LabelFailed, match="both"):
        provenance.signing_identity(tmp_path, certificate=real["certificate"])
    with pytest.raises(LabelFailed, match=r"absent\.pem"):
        provenance.signing_identity(tmp_path, certificate=str(tmp_path / "absent.pem"), key=real["key"])
    with pytest.raises(LabelFailed, match="belong"):
        provenance.signing_identity(tmp_path, certificate=real["certificate"], key=other["key"])
    with pytest.raises(LabelFailed, match="PEM"):
        provenance.signing_identity(tmp_path, certificate=real["key"], key=real["key"])
    with pytest.raises(LabelFailed, match="expired on"):
        provenance.signing_identity(tmp_path, **old)


def pem_files(
    folder: Path, *, usage: x509.ObjectIdentifier = ExtendedKeyUsageOID.EMAIL_PROTECTION, days: int = 30
) -> dict[str, str]:
    """Chain and key of a CA that is not ours, as an administrator would have them."""
    folder.mkdir(parents=True, exist_ok=True)
    key, authority_key = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP384R1())
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Real Studio")])
    issuer = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Real CA")])
    now = datetime.now(UTC)
    leaf = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(
            x509.KeyUsage(True, False, False, False, False, False, False, False, False), critical=True
        )
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA384())
    )
    plain = serialization.NoEncryption()
    (folder / "chain.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return {"certificate": str(folder / "chain.pem"), "key": str(folder / "key.pem")}
