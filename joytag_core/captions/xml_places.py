"""Where in a file's bytes does each XML element stand, so that one can be changed and every other byte stays?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from ..errors import CaptionError

_START_TAG = re.compile(rb"<([^\s/>]+)(?:[^\"'>]+|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_NO_XML_TEXT = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class Element:
    """Hold an element: its name as `NAMESPACE local`, its attributes named alike, and its places as byte offsets."""

    name: str
    attributes: Mapping[str, str]
    namespaces: Mapping[str, str]
    """The namespaces that hold inside it, by prefix."""
    tag: bytes
    """Its name as written, prefix and all."""
    start: int
    inner_start: int
    inner_end: int = 0
    end: int = 0
    text: str = ""
    """The text directly in it, CDATA and references read."""
    children: list[Element] = field(default_factory=list)


@dataclass(slots=True)
class PlacedXml:
    """Hold a file's bytes and its elements in the order in which they begin."""

    content: bytes
    is_utf8: bool
    elements: list[Element]

    def raw(self, element: Element) -> bytes:
        """Return an element as it is written."""
        return self.content[element.start : element.end]

    def inner(self, element: Element) -> bytes:
        """Return what is written between an element's tags."""
        return self.content[element.inner_start : element.inner_end]

    def gaps(self, element: Element) -> list[bytes]:
        """Return what is written before, between and behind an element's children: one more than there are children."""
        starts = [child.start for child in element.children] + [element.inner_end]
        ends = [element.inner_start] + [child.end for child in element.children]
        return [self.content[end:start] for end, start in zip(ends, starts, strict=True)]

    def refilled(self, element: Element, inner: bytes) -> bytes:
        """Return the file with something else between an element's tags; `<a/>` becomes `<a>` and `</a>`."""
        if element.inner_end < element.end:
            return self.content[: element.inner_start] + inner + self.content[element.inner_end :]
        opened = self.content[: element.end].removesuffix(b"/>") + b">"
        return opened + inner + b"</" + element.tag + b">" + self.content[element.end :]

    def attribute_places(self, element: Element, name: str) -> list[tuple[int, int]]:
        """Return where in an element's start tag an attribute of a namespace stands, the blanks before it included."""
        places = []
        for match in _ATTRIBUTE.finditer(self.content, element.start + 1 + len(element.tag), element.inner_start):
            prefix, _, local = match[1].decode("utf-8", "replace").rpartition(":")
            if prefix and f"{element.namespaces.get(prefix)} {local}" == name:
                places.append(match.span())
        return places

    def encoded(self, xml: str) -> bytes:
        """Return XML as this file can hold it: where it is not UTF-8, signs beyond ASCII are references."""
        return xml.encode("utf-8" if self.is_utf8 else "ascii", "xmlcharrefreplace")


def place_xml(content: bytes) -> PlacedXml:
    """Read a file; blanks and a byte order mark around the XML, and zeros behind it, are passed over.

    Raises:
        CaptionError: it is no whole XML, is written in 16 bits a sign, or declares a document type.
    """
    body = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    first = len(content) - len(body)
    body = body.rstrip(b"\0 \t\r\n")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in body:
        raise CaptionError("the sidecar is UTF-16 or no text; it is left alone: save it as UTF-8")
    reader = _Reader(content, first)
    try:
        reader.parser.Parse(body, True)
    except (expat.ExpatError, ValueError) as error:
        raise CaptionError(f"the sidecar is no whole XML: {error}; it is left alone") from error
    return PlacedXml(content, reader.is_utf8, reader.elements)


def xml_text(text: str) -> str:
    """Return a text as XML writes it, without the control characters that XML has no way to write."""
    allowed = _NO_XML_TEXT.sub("", text)
    return allowed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Reader:
    """Collect the elements while expat reads."""

    def __init__(self, content: bytes, first: int) -> None:
        self._content = content
        self._first = first  # expat counts from where the XML begins
        self._open: list[Element] = []
        self._declared: dict[str, str] = {}
        self.elements: list[Element] = []
        self.is_utf8 = True
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._on_declaration
        self.parser.StartDoctypeDeclHandler = self._on_document_type
        self.parser.StartNamespaceDeclHandler = self._on_namespace
        self.parser.StartElementHandler = self._on_start
        self.parser.CharacterDataHandler = self._on_text
        self.parser.EndElementHandler = self._on_end

    def _on_declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self.is_utf8 = encoding is None or encoding.lower() == "utf-8"

    def _on_document_type(self, *_declared: object) -> None:
        raise CaptionError("the sidecar declares a document type, which XMP has not; it is left alone")

    def _on_namespace(self, prefix: str | None, uri: str | None) -> None:
        self._declared[prefix or ""] = uri or ""

    def _on_start(self, name: str, attributes: dict[str, str]) -> None:
        start = self._first + self.parser.CurrentByteIndex
        match = _START_TAG.match(self._content, start)
        if match is None:  # an encoding whose signs are not ASCII's
            raise ValueError(f"no tag at byte {start}")
        parent = self._open[-1] if self._open else None
        namespaces = {**(parent.namespaces if parent else {}), **self._declared}
        self._declared.clear()
        element = Element(name, attributes, namespaces, match[1], start, match.end())
        if parent:
            parent.children.append(element)
        self.elements.append(element)
        self._open.append(element)

    def _on_text(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text

    def _on_end(self, _name: str) -> None:
        element = self._open.pop()
        if self._content.endswith(b"/>", element.start, element.inner_start):
            element.inner_end = element.end = element.inner_start
        else:
            element.inner_end = self._first + self.parser.CurrentByteIndex
            element.end = self._content.index(b">", element.inner_end) + 1
