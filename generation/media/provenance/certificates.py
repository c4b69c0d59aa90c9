"""Who signs: certificates of an administrator's choice, or a development pair made at first run.

The development leaf follows the C2PA certificate profile (https://spec.c2pa.org): ES256, critical key usage
digitalSignature, extended key usage emailProtection, key identifiers, an organization in the subject.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from core.files import disk_errors
from generation.errors import LabelFailed

DEVELOPMENT_ORGANIZATION = "Lumen (development, not to be trusted)"
DEVELOPMENT_YEARS = 5
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


@dataclass(frozen=True)
class Identity:
    """``chain`` is PEM, the leaf first; ``algorithm`` as C2PA names it; ``key`` is PEM and kept out of ``repr``."""

    chain: bytes
    key: bytes = field(repr=False)
    algorithm: str
    organization: str
    development: bool


def signing_identity(folder: Path, *, certificate: str = "", key: str = "") -> Identity:
    """The identity in the PEM files ``certificate`` (chain, leaf first) and ``key``, or the one of development.

    Without files, a CA and a leaf are made in ``folder`` at first use; of several processes that begin at once the
    first one's are kept. The CA's key is forgotten at once, so nothing else can be signed by it. Raises
    ``LabelFailed`` for files that are missing, damaged, expired or do not belong together.
    """
    if bool(certificate) != bool(key):
        raise LabelFailed("A C2PA signer needs both a certificate chain and a key; set both or neither.")
    if certificate:
        return _identity(_read(Path(certificate)), _read(Path(key)), development=False)
    made = folder / "development"
    if not (made / "key.pem").exists():
        _make(made)
    return _identity(_read(made / "chain.pem"), _read(made / "key.pem"), development=True)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LabelFailed(
            f"The signer's file {path.name} cannot be read ({error.strerror}); check the C2PA settings."
        ) from error


def _identity(chain: bytes, key: bytes, *, development: bool) -> Identity:
    try:
        leaf = x509.load_pem_x509_certificates(chain)[0]
        private = serialization.load_pem_private_key(key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise LabelFailed(
            f"The signer's certificate or key is no readable PEM without password ({error})."
        ) from error
    if _public(private) != leaf.public_key().public_bytes(*_SPKI):
        raise LabelFailed("The signer's key does not belong to the first certificate of its chain.")
    if leaf.not_valid_after_utc < datetime.now(UTC):
        step = "delete the folder of the development signer" if development else "renew it"
        raise LabelFailed(f"The signer's certificate expired on {leaf.not_valid_after_utc:%Y-%m-%d}; {step}.")
    names = leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    if not names:
        raise LabelFailed("The signer's certificate must name an organization (O=) in its subject.")
    return Identity(chain, key, _algorithm(private), str(names[0].value), development)


_SPKI = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _public(private: PrivateKeyTypes) -> bytes:
    return private.public_key().public_bytes(*_SPKI)


def _algorithm(private: PrivateKeyTypes) -> str:
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in _CURVES:
        return _CURVES[private.curve.name]
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size >= 2048:
        return "ps256"
    raise LabelFailed(
        "The signer's key must be EC (P-256, P-384, P-521), Ed25519 or RSA of at least 2048 bits."
    )


def _make(folder: Path) -> None:
    """Write CA, chain and key as one folder that appears at once; where it is already there, leave it."""
    with disk_errors(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".development-", dir=folder.parent))  # 0700
        try:
            authority, leaf, key = _development_pair()
            pem = serialization.Encoding.PEM
            _write(partial / "ca.pem", authority.public_bytes(pem), 0o644)
            _write(partial / "chain.pem", leaf.public_bytes(pem) + authority.public_bytes(pem), 0o644)
            plain = serialization.NoEncryption()
            _write(
                partial / "key.pem", key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain), 0o600
            )
            try:
                partial.rename(folder)
            except OSError:
                if not (folder / "key.pem").exists():  # not another process that was faster
                    raise
        finally:
            shutil.rmtree(partial, ignore_errors=True)


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _development_pair() -> tuple[x509.Certificate, x509.Certificate, ec.EllipticCurvePrivateKey]:
    authority_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_id = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    issued_by = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(authority_id)
    issuer = _name("Development CA")
    authority = (
        _draft(issuer, issuer, authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(authority_id, critical=False)
        .add_extension(issued_by, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    leaf = (
        _draft(_name("Development signer"), issuer, leaf_key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(leaf_key.public_key()), critical=False)
        .add_extension(issued_by, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    return authority, leaf, leaf_key


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEVELOPMENT_ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _draft(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    begin = datetime.now(UTC) - timedelta(days=1)  # a clock that lags must not make it invalid
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=365 * DEVELOPMENT_YEARS))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
