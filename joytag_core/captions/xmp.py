"""How do keywords get into an XMP sidecar (`dc:subject`), as Immich, digiKam and darktable read it, and out of it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.dom import minidom
from xml.parsers.expat import ExpatError

from ..errors import CaptionError

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_XMLNS = "http://www.w3.org/2000/xmlns/"

_HIDDEN = {"\n": "\ufdd0", "\t": "\ufdd1", "\r": "\ufdd2"}
"""Code points that are no characters, for signs that readers would change where they are not written out."""

_EMPTY = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="{_RDF}">
  <rdf:Description rdf:about="" xmlns:dc="{_DC}"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


def read_keywords(content: bytes) -> list[str]:
    """Return the keywords of a sidecar.

    Raises:
        CaptionError: it is no XMP.
    """
    document = _parsed(content)
    found = [one.getAttributeNS(_DC, "subject") for one in _descriptions(document)]
    for subject in _subjects(document):
        items = subject.getElementsByTagNameNS(_RDF, "li")
        found += [_text_of(item) for item in items or [subject]]
    return [keyword for keyword in found if keyword]


def with_keywords(content: bytes | None, keywords: Sequence[str]) -> bytes:
    """Return a sidecar with these keywords; everything else in it stays. None makes a new one.

    Raises:
        CaptionError: it is no XMP.
    """
    document = _parsed(content if content is not None else _EMPTY.encode("utf-8"))
    for described in _descriptions(document):
        if described.hasAttributeNS(_DC, "subject"):
            described.removeAttributeNS(_DC, "subject")
    first, *others = _subjects(document) or [_add_subject(document)]
    for other in others:
        other.parentNode.removeChild(other)
    while first.firstChild is not None:
        first.removeChild(first.firstChild)
    prefix = _prefix(document.documentElement, _RDF, "rdf")
    bag = first.appendChild(document.createElementNS(_RDF, f"{prefix}:Bag"))
    for keyword in keywords:
        item = bag.appendChild(document.createElementNS(_RDF, f"{prefix}:li"))
        item.appendChild(document.createTextNode(_allowed(keyword)))
    _hide(document)
    text = "".join(node.toxml() + "\n" for node in document.childNodes)
    for sign, hidden in _HIDDEN.items():
        text = text.replace(hidden, f"&#{ord(sign)};")
    return text.encode("utf-8")


def _parsed(content: bytes) -> Any:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise CaptionError("the sidecar declares a document type, which XMP has not; it is left alone")
    try:
        document = minidom.parseString(content.lstrip(b"\xef\xbb\xbf \t\r\n").rstrip(b"\0 \t\r\n"))
    except (ExpatError, ValueError) as error:
        raise CaptionError(f"the sidecar is no whole XML: {error}; it is left alone") from error
    if not document.getElementsByTagNameNS(_RDF, "RDF"):
        raise CaptionError("the sidecar holds no rdf:RDF, so it is no XMP; it is left alone")
    return document


def _descriptions(document: Any) -> list[Any]:
    """Return what describes the picture itself: not the ingredients, whose descriptions lie deeper."""
    return [
        node
        for rdf in document.getElementsByTagNameNS(_RDF, "RDF")[:1]
        for node in rdf.childNodes
        if (node.namespaceURI, node.localName) == (_RDF, "Description")
    ]


def _subjects(document: Any) -> list[Any]:
    return [
        node
        for described in _descriptions(document)
        for node in described.childNodes
        if (node.namespaceURI, node.localName) == (_DC, "subject")
    ]


def _hide(node: Any) -> None:
    """Put other signs in the place of those that have to be written out, which minidom does not."""
    if node.nodeType == node.ELEMENT_NODE:
        for name, value in list(node.attributes.items()):
            node.attributes[name].value = value.translate(str.maketrans(_HIDDEN))
    elif node.nodeType == node.TEXT_NODE:
        node.data = node.data.replace("\r", _HIDDEN["\r"])
    for child in node.childNodes:
        _hide(child)


def _add_subject(document: Any) -> Any:
    rdf = document.getElementsByTagNameNS(_RDF, "RDF")[0]
    described = _descriptions(document)
    if described:
        description = described[0]
    else:
        prefix = _prefix(rdf, _RDF, "rdf")
        description = rdf.appendChild(document.createElementNS(_RDF, f"{prefix}:Description"))
        description.setAttributeNS(_RDF, f"{prefix}:about", "")
    prefix = _prefix(description, _DC, "")
    if not prefix:
        prefix = "dc"
        description.setAttributeNS(_XMLNS, "xmlns:dc", _DC)
    return description.appendChild(document.createElementNS(_DC, f"{prefix}:subject"))


def _prefix(element: Any, namespace: str, otherwise: str) -> str:
    """Return the prefix that a namespace has at an element, or in the whole sidecar where only its root is asked."""
    nodes = [element, *element.getElementsByTagNameNS(namespace, "*")]
    for node in nodes:
        at = node
        while at is not None and at.nodeType == at.ELEMENT_NODE:
            for name, value in at.attributes.items():
                if value == namespace and name.startswith("xmlns:"):
                    return str(name[len("xmlns:") :])
            at = at.parentNode
    return otherwise


def _text_of(element: Any) -> str:
    texts = (node.data for node in element.childNodes if node.nodeType in (node.TEXT_NODE, node.CDATA_SECTION_NODE))
    return "".join(texts).strip()


def _allowed(text: str) -> str:
    """Return a text without the control characters that XML has no way to write."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")
