"""The signed C2PA manifest: written last, over a file that already carries the ``AIGC`` field; read back from any file.

No network is asked: no time-stamp authority, no remote manifest, no revocation list. https://spec.c2pa.org
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import c2pa

from core.files import atomic_path, disk_errors
from generation.errors import LabelFailed
from generation.media.provenance.certificates import DEVELOPMENT_ORGANIZATION, Identity
from generation.media.provenance.field import read_aigc

GENERATOR_NAME = "Lumen"
MP4 = "video/mp4"
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GENERATED = SOURCE_TYPES + "trainedAlgorithmicMedia"
EDITED = SOURCE_TYPES + "compositeWithTrainedAlgorithmicMedia"
_SOUND = ("Valid", "Trusted")
_UNTRUSTED = "signingCredential.untrusted"


def sign(
    source: Path,
    target: Path,
    *,
    identity: Identity,
    title: str,
    generator_version: str,
    kind: Literal["generated", "edited"],
    ingredient: Path | None = None,
) -> None:
    """Write ``source``, an mp4 with its AIGC field, to ``target`` with a manifest signed by ``identity``.

    ``generated`` says the whole was made by trained models; ``edited`` says a recording, ``ingredient``, was combined
    with such. ``target`` appears only when both labels read back from it. Raises ``LabelFailed``, ``DiskFull``,
    ``MediaFolderUnwritable``, ``MediaUnreadable``.
    """
    if (kind == "edited") != (ingredient is not None):
        raise LabelFailed("An edited video names the recording it was made from, and only that one does.")
    field = read_aigc(source)
    if field is None or not field["valid"]:
        raise LabelFailed(
            f"{source.name} must carry a valid AIGC field before it is signed; render it again."
        )
    with atomic_path(target) as partial:
        try:
            with disk_errors(target.parent), source.open("rb") as unsigned, partial.open("w+b") as signed:
                builder = _manifest(title, generator_version, ingredient)
                builder.sign(_signer(identity), MP4, unsigned, signed)
        except c2pa.C2paError as error:
            raise LabelFailed(
                f"The video could not be signed ({error}); check the C2PA certificate."
            ) from error
        _check(partial, field)


def _manifest(title: str, version: str, ingredient: Path | None) -> c2pa.Builder:
    definition = {
        "title": title,
        "format": MP4,
        "claim_generator_info": [{"name": GENERATOR_NAME, "version": version}],
    }
    builder = c2pa.Builder(definition, context=_context())
    if ingredient is None:
        kinds = c2pa.C2paDigitalSourceType
        builder.set_intent(c2pa.C2paBuilderIntent.CREATE, kinds.TRAINED_ALGORITHMIC_MEDIA)
        return builder
    builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
    with ingredient.open("rb") as stream:
        builder.add_ingredient({"title": ingredient.name, "relationship": "parentOf"}, MP4, stream)
    builder.add_action({"action": "c2pa.edited", "digitalSourceType": EDITED})
    return builder


def _signer(identity: Identity) -> c2pa.Signer:
    info = c2pa.C2paSignerInfo(identity.algorithm.encode(), identity.chain, identity.key, None)
    return c2pa.Signer.from_info(info)


def _check(signed: Path, field: dict[str, Any]) -> None:
    """The file as written must say again what it was given."""
    manifest = read_c2pa(signed)
    if not manifest["valid"]:
        told = "; ".join(problem["detail"] for problem in manifest["problems"]) or "no manifest found"
        raise LabelFailed(f"The signed video does not validate ({told}); check the C2PA certificate.")
    if read_aigc(signed) != field:
        raise LabelFailed("Signing changed the AIGC field of the video; the file was discarded.")


def read_c2pa(path: Path) -> dict[str, Any]:
    """What the C2PA manifest of the file at ``path`` says and whether it holds; never raises for a bad manifest.

    ``valid`` means signature and hashes hold, ``trusted`` that the signer is also on the C2PA trust list, and
    ``development`` that the signer calls itself a development one.
    """
    answer: dict[str, Any] = {
        "present": False,
        "valid": False,
        "trusted": False,
        "development": False,
        "issuer": "",
        "title": "",
        "digital_source_type": "",
        "claim_generator": "",
        "ingredients": [],
        "problems": [],
    }
    try:
        with path.open("rb") as stream, c2pa.Reader(stream, context=_context()) as reader:
            store = json.loads(reader.json())
    except (c2pa.C2paError.ManifestNotFound, c2pa.C2paError.NotSupported):
        return answer
    except (c2pa.C2paError, ValueError) as error:
        detail = f"The C2PA manifest cannot be read ({str(error)[:200]})."
        return answer | {"present": True, "problems": [{"code": "c2pa_unreadable", "detail": detail}]}
    active = store.get("manifests", {}).get(store.get("active_manifest"), {})
    state = store.get("validation_state")
    issuer = str(active.get("signature_info", {}).get("issuer", ""))
    return answer | {
        "present": True,
        "valid": state in _SOUND,
        "trusted": state == "Trusted",
        "development": issuer == DEVELOPMENT_ORGANIZATION,
        "issuer": issuer,
        "title": str(active.get("title", "")),
        "digital_source_type": _source_type(active),
        "claim_generator": _claim_generator(active),
        "ingredients": [str(entry.get("title", "")) for entry in active.get("ingredients", [])],
        "problems": _problems(store),
    }


def _source_type(manifest: dict[str, Any]) -> str:
    for assertion in manifest.get("assertions", []):
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            for action in assertion.get("data", {}).get("actions", []):
                if action.get("digitalSourceType"):
                    return str(action["digitalSourceType"])
    return ""


def _claim_generator(manifest: dict[str, Any]) -> str:
    for entry in manifest.get("claim_generator_info") or []:
        return f"{entry.get('name', '')} {entry.get('version', '')}".strip()
    return str(manifest.get("claim_generator", ""))


def _problems(store: dict[str, Any]) -> list[dict[str, str]]:
    """Failures of the manifest on show; an unknown signer alone does not make it invalid, and is told by ``trusted``."""
    failures = store.get("validation_results", {}).get("activeManifest", {}).get("failure", [])
    return [
        {"code": f"c2pa_{entry['code']}", "detail": f"C2PA: {entry.get('explanation') or entry['code']}."}
        for entry in failures
        if entry["code"] != _UNTRUSTED
    ]


def _context() -> c2pa.Context:
    """Nothing is fetched, no thumbnail stored. Made anew each time: after a fork the library drops those at hand."""
    return c2pa.Context.from_dict(
        {
            "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
            "builder": {"thumbnail": {"enabled": False}},
        }
    )
