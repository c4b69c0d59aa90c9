"""The label of AI content: the ``AIGC`` field, the signed C2PA manifest, and reading all three labels back."""

from generation.media.provenance.certificates import Identity, signing_identity
from generation.media.provenance.field import aigc_field, parse_aigc, read_aigc
from generation.media.provenance.signing import sign
from generation.media.provenance.verification import all_there, verify

__all__ = [
    "Identity",
    "aigc_field",
    "all_there",
    "parse_aigc",
    "read_aigc",
    "sign",
    "signing_identity",
    "verify",
]
