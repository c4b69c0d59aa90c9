"""The label of AI content: the ``AIGC`` field, the signed C2PA manifest, and reading all three labels back."""

from generation.media.provenance.certificates import Identity, signing_identity
from generation.media.provenance.field import aigc_field, parse_aigc, read_aigc
from generation.media.provenance.signing import LabelledFile, sign
from generation.media.provenance.verification import all_there, labels_of, says_ai, verify

__all__ = [
    "Identity",
    "LabelledFile",
    "aigc_field",
    "all_there",
    "labels_of",
    "parse_aigc",
    "read_aigc",
    "says_ai",
    "sign",
    "signing_identity",
    "verify",
]
