"""How do keywords get into an XMP sidecar (`dc:subject`), as Immich, digiKam and darktable read it, and out of it?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from ..errors import CaptionError
from .xml_places import Element, PlacedXml, place_xml, xml_text

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_SUBJECT = f"{_DC} subject"
_LISTS = tuple(f"{_RDF} {kind}" for kind in ("Bag", "Seq", "Alt"))
_ABOUT = (f"{_RDF} about", "about")  # the second is old RDF's
_LANGUAGE = "http://www.w3.org/XML/1998/namespace lang"
_CDATA = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)

_EMPTY = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="{_RDF}">
  <rdf:Description rdf:about="" xmlns:dc="{_DC}">
   <dc:subject>
    <rdf:Bag>
    </rdf:Bag>
   </dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""


def read_keywords(content: bytes) -> list[str]:
    """Return the keywords of a sidecar's picture, not those of what is described inside another property.

    Raises:
        CaptionError: it is no XMP, or its keywords stand there in a way that cannot be changed without loss.
    """
    placed = place_xml(content)
    return _keywords(placed, _picture(placed))


def with_keywords(content: bytes | None, keywords: Sequence[str]) -> bytes:
    """Return a sidecar with these keywords; every byte beside them stays, and so does a keyword that was there.

    None makes a new one.

    Raises:
        CaptionError: as `read_keywords`.
    """
    placed = place_xml(_EMPTY.encode("utf-8") if content is None else content)
    rdf = _picture(placed)
    if _keywords(placed, rdf) == list(keywords):
        return placed.content
    subjects = _subjects(rdf)
    if len(subjects) > 1 or _attributes(rdf):
        return with_keywords(_with_one_subject(placed, rdf), keywords)
    if not subjects:
        place = rdf.children[0] if rdf.children else rdf
        return placed.refilled(place, placed.inner(place) + placed.encoded(_new_subject(place, keywords)))
    (subject,) = subjects
    if not subject.children:
        return placed.refilled(subject, placed.encoded(_new_list(subject, keywords)))
    (bag,) = subject.children
    return placed.refilled(bag, _refilled_list(placed, bag, keywords))


def _picture(placed: PlacedXml) -> Element:
    """Return the rdf:RDF whose descriptions are all of the picture."""
    found = [element for element in placed.elements if element.name == f"{_RDF} RDF"]
    if not found:
        raise CaptionError("the sidecar holds no rdf:RDF, so it is no XMP; it is left alone")
    if len(found) > 1:
        _refuse("it holds rdf:RDF more than once")
    names = {name for child in found[0].children for key, name in child.attributes.items() if key in _ABOUT and name}
    if len(names) > 1:
        _refuse(f"it describes several things: {', '.join(sorted(names))}")
    for child in found[0].children:
        if child.name != f"{_RDF} Description":
            _refuse(f"{child.tag.decode('ascii', 'replace')} stands where rdf:Description belongs")
    return found[0]


def _subjects(rdf: Element) -> list[Element]:
    """Return the picture's dc:subject, a property directly in one of its descriptions; a right sidecar has one."""
    return [child for description in rdf.children for child in description.children if child.name == _SUBJECT]


def _attributes(rdf: Element) -> list[str]:
    """Return the values of dc:subject as an attribute of a description, which is not proper but read."""
    return [description.attributes[_SUBJECT] for description in rdf.children if _SUBJECT in description.attributes]


def _with_one_subject(placed: PlacedXml, rdf: Element) -> bytes:
    """Return the sidecar without all that says dc:subject but the first element."""
    places = [place for description in rdf.children for place in placed.attribute_places(description, _SUBJECT)]
    if len(places) != len(_attributes(rdf)):
        _refuse("dc:subject is an attribute whose prefix is not plain")
    places += [(subject.start, subject.end) for subject in _subjects(rdf)[1:]]
    content = placed.content
    for start, end in sorted(places, reverse=True):
        content = content[:start] + content[end:]
    return content


def _keywords(placed: PlacedXml, rdf: Element) -> list[str]:
    texts = _attributes(rdf) + [item.text for subject in _subjects(rdf) for item in _items(placed, subject)]
    return [keyword for text in texts if (keyword := text.strip())]


def _items(placed: PlacedXml, subject: Element) -> list[Element]:
    """Return the elements that hold a keyword each: those of the list, or dc:subject itself where it has none."""
    items = _list_items(placed, subject) if subject.children else [subject]
    if any(b"<" in _CDATA.sub(b"", placed.inner(item)) for item in items):
        _refuse("a keyword in dc:subject is more than a text")
    if any(set(element.attributes) - {_LANGUAGE} for element in (subject, *subject.children, *items)):
        _refuse("dc:subject or a keyword in it has attributes")
    return items


def _list_items(placed: PlacedXml, subject: Element) -> list[Element]:
    first, *others = subject.children
    if others or first.name not in _LISTS or _has_more(placed, subject):
        _refuse("there is something beside one list of keywords in dc:subject")
    if any(item.name != f"{_RDF} li" for item in first.children) or _has_more(placed, first):
        _refuse("there is something beside keywords in the list of dc:subject")
    return first.children


def _has_more(placed: PlacedXml, element: Element) -> bool:
    """Say whether a text, a comment or the like stands beside an element's children."""
    return any(gap.strip() for gap in placed.gaps(element))


def _refilled_list(placed: PlacedXml, bag: Element, keywords: Sequence[str]) -> bytes:
    """Return what comes between the tags of a list: those that stay as they are written, and new ones."""
    own = {item.text.strip(): placed.raw(item) for item in bag.children}
    tag = bag.tag[: -len("Bag")] + b"li"  # with the list's own prefix; Seq and Alt have three letters too
    gaps = placed.gaps(bag)
    items = (own.get(text) or b"<%b>%b</%b>" % (tag, placed.encoded(xml_text(text)), tag) for text in keywords)
    return b"".join(gaps[0] + item for item in items) + gaps[-1]


def _new_list(around: Element, keywords: Sequence[str]) -> str:
    items = "".join(f"<rdf:li>{xml_text(keyword)}</rdf:li>" for keyword in keywords)
    return f"<rdf:Bag{_declaration(around, 'rdf', _RDF)}>{items}</rdf:Bag>"


def _new_subject(around: Element, keywords: Sequence[str]) -> str:
    """Return a dc:subject for a description, with a description of its own for an rdf:RDF that has none."""
    subject = f"<dc:subject{_declaration(around, 'dc', _DC)}>{_new_list(around, keywords)}</dc:subject>"
    if around.name == f"{_RDF} Description":
        return subject
    rdf = _declaration(around, "rdf", _RDF)
    return f'<rdf:Description{rdf} rdf:about="">{subject}</rdf:Description>'


def _declaration(around: Element, prefix: str, namespace: str) -> str:
    return "" if around.namespaces.get(prefix) == namespace else f' xmlns:{prefix}="{namespace}"'


def _refuse(unusual: str) -> NoReturn:
    raise CaptionError(
        f"the sidecar's keywords cannot be changed without losing something: {unusual}; "
        "it is left alone: save it with the program that made it, or take that out, and run again"
    )
