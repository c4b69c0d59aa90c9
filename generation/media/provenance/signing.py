"""The signed C2PA manifest: written last, over a file that already carries the ``AIGC`` field; read back from any file.

No network is asked: no time-stamp authority, no remote manifest, no revocation list. https://spec.c2pa.org
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
# of IPTC's kinds those that say AI, the most telling first
AI_KINDS = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "compositeSynthetic",
    "trainedAlgorithmicData",
)
LABELS_KEY = "lumen.labels"  # of an ingredient's metadata: what its file said of itself
_SOURCE_TYPE_KEY = "digitalsourcetype"
_SOUND = ("Valid", "Trusted")
_UNTRUSTED = "signingCredential.untrusted"


@dataclass(frozen=True)
class LabelledFile:
    """A labelled file that goes into a generated video: ``path`` of ``media_type``, with the hidden ``labels`` it came with."""

    title: str
    path: Path
    media_type: str
    labels: dict[str, Any]


def sign(
    source: Path,
    target: Path,
    *,
    identity: Identity,
    title: str,
    generator_version: str,
    kind: Literal["generated", "edited"],
    ingredient: Path | None = None,
    parts: Sequence[LabelledFile] = (),
) -> None:
    """Write ``source``, an mp4 with its AIGC field, to ``target`` with a manifest signed by ``identity``.

    ``generated`` says the whole was made by trained models; ``edited`` says a recording, ``ingredient``, was combined
    with such. Labels of ``parts`` go into the manifest beside them. ``target`` appears only when both labels read back from it. Raises ``LabelFailed``, ``DiskFull``,
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
                builder = _manifest(title, generator_version, ingredient, parts)
                builder.sign(_signer(identity), MP4, unsigned, signed)
        except c2pa.C2paError as error:
            raise LabelFailed(
                f"The video could not be signed ({error}); check the C2PA certificate."
            ) from error
        _check(partial, field)


def _manifest(
    title: str, version: str, ingredient: Path | None, parts: Sequence[LabelledFile]
) -> c2pa.Builder:
    definition = {
        "title": title,
        "format": MP4,
        "claim_generator_info": [{"name": GENERATOR_NAME, "version": version}],
    }
    builder = c2pa.Builder(definition, context=_context())
    if ingredient is None:
        kinds = c2pa.C2paDigitalSourceType
        builder.set_intent(c2pa.C2paBuilderIntent.CREATE, kinds.TRAINED_ALGORITHMIC_MEDIA)
        for part in parts:
            _add_part(builder, part)
        return builder
    builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
    with ingredient.open("rb") as stream:
        builder.add_ingredient({"title": ingredient.name, "relationship": "parentOf"}, MP4, stream)
    builder.add_action({"action": "c2pa.edited", "digitalSourceType": EDITED})
    return builder


def _add_part(builder: c2pa.Builder, part: LabelledFile) -> None:
    """An ingredient with the labels its file came with, and the action that placed it."""
    entry = {
        "title": part.title,
        "relationship": "componentOf",
        "label": part.title,
        "metadata": {LABELS_KEY: part.labels},
    }
    with part.path.open("rb") as stream:
        builder.add_ingredient(entry, part.media_type, stream)
    action: dict[str, Any] = {"action": "c2pa.placed", "parameters": {"ingredientIds": [part.title]}}
    if kind := _labelled_type(part.labels):
        action["digitalSourceType"] = kind
    builder.add_action(action)


def _labelled_type(labels: dict[str, Any]) -> str:
    """The source type that a file's hidden labels name; of a field that only says that it is AI, IPTC's word for that."""
    named = [labels.get(name, {}).get("digital_source_type", "") for name in ("c2pa", "iptc")]
    says_so = labels.get("aigc", {}).get("fields", {}).get("Label") == "1"
    kind = next((name for name in named if is_ai(name)), "") or (GENERATED if says_so else "") or max(named)
    return kind if "/" in kind or not kind else SOURCE_TYPES + kind


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
        "ingredient_labels": [],
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
        "digital_source_type": _source_type(store, active),
        "claim_generator": _claim_generator(active),
        "ingredients": [str(entry.get("title", "")) for entry in active.get("ingredients", [])],
        "ingredient_labels": _ingredient_labels(store, active),
        "problems": _problems(store),
    }


def is_ai(source_type: str) -> bool:
    """Whether a source type, as an address or a bare name, says that a trained model made the whole or a part."""
    return source_type.rstrip("/").rpartition("/")[2] in AI_KINDS


def _source_type(store: dict[str, Any], manifest: dict[str, Any]) -> str:
    """The most telling source type of a manifest: what says AI before what does not, the first of equals.

    Any action may name one, at its top or among its parameters under a maker's key; where none does, what the manifest
    of the file it was made from says.
    """
    kinds = list(_source_types(manifest))
    for ingredient in manifest.get("ingredients", []) if not kinds else []:
        inner = store.get("manifests", {}).get(ingredient.get("active_manifest"), {})
        if ingredient.get("relationship") == "parentOf":
            kinds += _source_types(inner)
    ranks = {name: rank for rank, name in enumerate(AI_KINDS)}
    return min(kinds, key=lambda kind: ranks.get(kind.rpartition("/")[2], len(ranks)), default="")


def _ingredient_labels(store: dict[str, Any], manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """``title``, ``digital_source_type`` and ``labels`` of each ingredient of which something is known."""
    found = []
    for entry in manifest.get("ingredients", []):
        labels = (entry.get("metadata") or {}).get(LABELS_KEY) or {}
        inner = store.get("manifests", {}).get(entry.get("active_manifest"), {})
        kind = _labelled_type(labels) or _source_type(store, inner)
        if labels or kind:
            title = str(entry.get("title", ""))
            found.append({"title": title, "digital_source_type": kind, "labels": labels})
    return found


def _source_types(manifest: dict[str, Any]) -> Iterator[str]:
    for assertion in manifest.get("assertions", []):
        if str(assertion.get("label", "")).startswith("c2pa.actions"):
            for action in assertion.get("data", {}).get("actions", []):
                yield from _named(action)


def _named(action: Any) -> Iterator[str]:
    """Values under a key such as ``digitalSourceType`` or ``com.example.digitalSourceType``, at any depth."""
    todo = [action]
    while todo:
        part = todo.pop(0)
        if isinstance(part, dict):
            for key, value in part.items():
                if isinstance(value, str) and str(key).rpartition(".")[2].lower() == _SOURCE_TYPE_KEY:
                    yield value
                else:
                    todo.append(value)
        elif isinstance(part, list):
            todo += part


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
