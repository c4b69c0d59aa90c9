"""What an XMP packet says about AI: TC260's ``AIGC`` field (GB 45438-2025, TC260-PG-20253A) and IPTC's source type.

https://cv.iptc.org/newscodes/digitalsourcetype/
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

FIELDS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)

AIGC, SOURCE_TYPE = "AIGC", "digitalsourcetype"
RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
MOST_CHARACTERS = 400  # of a source type's address


@dataclass(frozen=True)
class XmpMarks:
    """``aigc`` is the field's text, ``source_type`` an address or a bare name; both "" where they are absent."""

    aigc: str = ""
    source_type: str = ""
    broken: bool = False


def marks_of(packet: str) -> XmpMarks:
    """What ``packet`` says; entities and document types are never followed. A packet that is no XML is ``broken``."""
    start = packet.find("<")
    try:
        root = fromstring(packet[max(start, 0) :].encode(), forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, RecursionError):
        return XmpMarks(broken=True)
    aigc, source_type = "", ""
    for name, text, element in _properties(root):
        if name == AIGC and not aigc:
            aigc = text or _from_parts(element)
        elif name.lower() == SOURCE_TYPE and not source_type:
            source_type = text[:MOST_CHARACTERS]
    return XmpMarks(aigc, source_type)


def _properties(root: ElementTree.Element) -> Iterator[tuple[str, str, ElementTree.Element]]:
    """(name without its space, text, element) of attributes and elements; of a list the first entry's text."""
    for element in root.iter():
        for key, value in element.attrib.items():
            yield _local(key), value.strip(), element
        text = (element.text or "").strip() or element.get(RESOURCE, "").strip()
        if not text:
            text = next(
                (inner.text.strip() for inner in element.iter() if inner.text and _local(inner.tag) == "li"),
                "",
            )
        yield _local(element.tag), text, element


def _from_parts(element: ElementTree.Element) -> str:
    """The field where its parts are properties of their own, as JSON."""
    found: dict[str, Any] = {}
    for inner in element.iter():
        for name, value in ((inner.tag, inner.text or ""), *inner.attrib.items()):
            if _local(name) in FIELDS:
                found.setdefault(_local(name), value.strip())
    return json.dumps(found) if found else ""


def _local(name: Any) -> str:
    return str(name).rpartition("}")[2]
