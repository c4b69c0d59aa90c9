"""The check's report and the labels of a file, in the viewer's words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from generation.stages.check.report import NAMES, SENTENCES

SOURCE_TYPES = {
    "trainedAlgorithmicMedia": gettext_lazy("made by AI"),
    "compositeWithTrainedAlgorithmicMedia": gettext_lazy("partly made by AI"),
    "compositeSynthetic": gettext_lazy("partly made by AI"),
    "algorithmicMedia": gettext_lazy("drawn by a program"),
    "digitalCapture": gettext_lazy("taken with a camera"),
}
AIGC_LABELS = {
    "1": gettext_lazy("is AI-generated"),
    "2": gettext_lazy("may be AI-generated"),
    "3": gettext_lazy("is suspected to be AI-generated"),
}


def report_lines(report: dict[str, Any]) -> list[dict[str, Any]]:
    """One line a check: ``title``, ``state`` and ``text``, a sentence where it failed.

    ``state`` is bad where the video is held for it, told where a limit is missed that holds nothing, else good; in
    that order.
    """
    lines = []
    for check in report.get("checks", []):
        name, ok = str(check.get("name", "")), bool(check.get("ok"))
        value = _plain(check.get("value"))
        if ok or name not in SENTENCES:
            text = "" if check.get("value") is True else f"{value} {check.get('unit', '')}".strip()
            if str(check.get("limit", "")).startswith("≤"):
                text += f" ({check['limit']})"
        else:
            text = _(SENTENCES[name]) % {"value": value, "limit": check.get("limit", "")}
        state = "good" if ok else "bad" if check.get("holds", True) else "told"
        lines.append({"title": _(NAMES[name]) if name in NAMES else name, "state": state, "text": text})
    return sorted(lines, key=lambda line: ("bad", "told", "good").index(line["state"]))


def _plain(value: Any) -> str:
    """A number with at most three decimals, yes and no in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return str(value)


def label_lines(labels: dict[str, Any]) -> list[dict[str, Any]]:
    """The three labels as lines: ``title``, ``state`` (good, bad, none), ``text``, ``problems``."""
    if not labels:
        return []
    lines = [_aigc_line(labels.get("aigc") or {}), _c2pa_line(labels.get("c2pa") or {})]
    if (labels.get("iptc") or {}).get("present"):
        lines.insert(1, _iptc_line(labels["iptc"]))
    if "visible" in labels:
        lines.insert(0, _visible_line(labels["visible"] or {}))
    return lines


def _line(title: str, state: str, text: str, found: dict[str, Any]) -> dict[str, Any]:
    problems = [
        str(entry.get("detail", entry)) if isinstance(entry, dict) else str(entry)
        for entry in found.get("problems", [])
    ]
    return {"title": title, "state": state, "text": text, "problems": problems}


def _visible_line(found: dict[str, Any]) -> dict[str, Any]:
    title = _("Visible label")
    if found.get("found"):
        return _line(title, "good", _("The picture shows our AI label from its first frame."), found)
    if found.get("checked", True):
        return _line(title, "none", _("Our visible AI label was not found in the picture."), found)
    return _line(title, "none", _("The picture was not looked at."), found)


def _aigc_line(found: dict[str, Any]) -> dict[str, Any]:
    title = _("AIGC field (GB 45438-2025)")
    if not found.get("present"):
        return _line(title, "none", _("The file has no AIGC field in its metadata."), found)
    fields = found.get("fields", {})
    says = AIGC_LABELS.get(str(fields.get("Label", "")), _("says nothing clear about AI"))
    text = _("The file says that it %(says)s. Producer: %(producer)s, number: %(number)s.") % {
        "says": says,
        "producer": fields.get("ContentProducer") or "–",
        "number": fields.get("ProduceID") or "–",
    }
    return _line(title, "good" if found.get("valid") else "bad", text, found)


def _iptc_line(found: dict[str, Any]) -> dict[str, Any]:
    kind = _kind_in_words(str(found.get("digital_source_type", "")))
    return _line(_("Source type (IPTC)"), "good", _("Content: %(kind)s.") % {"kind": kind}, found)


def _kind_in_words(address: str) -> str:
    kind = address.rstrip("/").rsplit("/", 1)[-1]
    return str(SOURCE_TYPES.get(kind, kind or "–"))


def _c2pa_line(found: dict[str, Any]) -> dict[str, Any]:
    title = _("Signed manifest (C2PA)")
    if not found.get("present"):
        return _line(title, "none", _("The file carries no C2PA manifest."), found)
    parts = [_("Content: %(kind)s.") % {"kind": _kind_in_words(str(found.get("digital_source_type", "")))}]
    if ingredients := found.get("ingredient_labels"):
        named = [f"{part['title']} ({_kind_in_words(part['digital_source_type'])})" for part in ingredients]
        parts.append(_("Made with: %(parts)s.") % {"parts": ", ".join(named)})
    if found.get("issuer"):
        parts.append(_("Signed by %(name)s.") % {"name": found["issuer"]})
    if found.get("development"):
        parts.append(_("This is a development signature: it shows changes but proves no identity."))
    elif found.get("valid") and not found.get("trusted"):
        parts.append(_("The signer is not on the C2PA trust list."))
    if not found.get("valid"):
        parts.append(_("The signature does not fit the content: the file was changed after signing."))
    return _line(title, "good" if found.get("valid") else "bad", " ".join(parts), found)
