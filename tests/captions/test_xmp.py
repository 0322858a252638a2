"""Do keywords come into a sidecar and out of it, with every other byte as it was?"""

from __future__ import annotations

from pathlib import Path
from xml.dom import minidom
from xml.etree import ElementTree

import pytest

from joytag_core import caption_folder
from joytag_core.captions.lazy_model import LazyModel
from joytag_core.captions.xmp import read_keywords, with_keywords
from joytag_core.errors import CaptionError
from tests.captions.conftest import Draw

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
IN_DESCRIPTION = f"{{{RDF}}}RDF/{{{RDF}}}Description"
DARKTABLE = b"""<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/'>
<!-- mine -->
<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>
 <r:Description r:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='5'/>
</r:RDF></x:xmpmeta><?xpacket end='w'?>"""
XMP = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:d="http://darktable.sf.net/" xmlns:m="http://ns.adobe.com/xap/1.0/mm/">%s</rdf:RDF></x:xmpmeta>'
)


def _sidecar(properties: str, *, attributes: str = "") -> bytes:
    """Return a sidecar with properties, and with things beside them that XML writers like to rewrite."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\r\n'
        f"<x:xmpmeta xmlns:x='adobe:ns:meta/'   x:xmptk=\"XMP\"><!-- <dc:subject> -->\r\n<rdf:RDF xmlns:rdf='{RDF}'\n"
        f" xmlns:dc=\"{DC}\" xmlns:d='urn:d'><rdf:Description rdf:about='' d:history=\"a&#xA;b&#x9;c>'/>\"{attributes}>"
        f"{properties}<d:masks>a&#xD;\nb</d:masks><d:e></d:e><d:s ><![CDATA[<>&]]></d:s></rdf:Description >"
        '</rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>\n\n'
    ).encode()


def _bag(*items: str) -> str:
    return f"<dc:subject><rdf:Bag>{''.join(items)}</rdf:Bag></dc:subject>"


def _read_by_others(content: bytes) -> list[str | None]:
    """Return the keywords of the picture itself as another XML reader finds them."""
    root = ElementTree.fromstring(content.strip(b"\xef\xbb\xbf \r\n\0"))
    return [item.text for item in root.iterfind(f"{IN_DESCRIPTION}/{{{DC}}}subject/*/{{{RDF}}}li")]


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ("", _bag("<rdf:li>a &amp; b</rdf:li>", "<rdf:li>c</rdf:li>")),
        ("<dc:subject/>", _bag("<rdf:li>a &amp; b</rdf:li>", "<rdf:li>c</rdf:li>")),
        ("<dc:subject><rdf:Bag/></dc:subject>", _bag("<rdf:li>a &amp; b</rdf:li>", "<rdf:li>c</rdf:li>")),
        (_bag("<rdf:li><![CDATA[c]]></rdf:li>"), _bag("<rdf:li>a &amp; b</rdf:li>", "<rdf:li><![CDATA[c]]></rdf:li>")),
        (
            _bag("<rdf:li xml:lang='x'>&#99;</rdf:li>"),
            _bag("<rdf:li>a &amp; b</rdf:li>", "<rdf:li xml:lang='x'>&#99;</rdf:li>"),
        ),
        (
            f"<dc:subject><q:Seq xmlns:q='{RDF}'>\n <q:li>b</q:li>\n\n <q:li>c</q:li>\n</q:Seq></dc:subject>",
            f"<dc:subject><q:Seq xmlns:q='{RDF}'>\n <q:li>a &amp; b</q:li>\n <q:li>c</q:li>\n</q:Seq></dc:subject>",
        ),
        ("<dc:subject>c</dc:subject>", _bag("<rdf:li>a &amp; b</rdf:li>", "<rdf:li>c</rdf:li>")),
        ("<dc:subject><![CDATA[c]]></dc:subject>", _bag("<rdf:li>a &amp; b</rdf:li>", "<rdf:li>c</rdf:li>")),
    ],
    ids=["none", "empty", "empty-list", "cdata", "language", "sequence", "no-list", "no-list-cdata"],
)  # fmt: skip
def test_only_the_keywords_change(there: str, expected: str) -> None:
    """Every other byte stays, a keyword that stays too; without dc:subject it comes last in the description."""
    content = _sidecar(there)

    written = with_keywords(content, ["a & b", "c"])

    if there:
        assert _sidecar(expected) == written
    else:
        assert content.replace(b"</rdf:Description >", expected.encode() + b"</rdf:Description >") == written
    assert ["a & b", "c"] == read_keywords(written) == _read_by_others(written)
    assert written == with_keywords(written, ["a & b", "c"])


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ("", []),
        (_bag(), []),
        (_bag("<rdf:li/>", "<rdf:li> </rdf:li>"), []),
        (_bag("<rdf:li><![CDATA[my]]> kw</rdf:li>", "<rdf:li>\n a&#x26;b </rdf:li>"), ["my kw", "a&b"]),
        ("<dc:subject> single kw </dc:subject>", ["single kw"]),
    ],
)
def test_keywords_are_read_as_they_are_meant(there: str, expected: list[str]) -> None:
    """CDATA and references are text, blanks around a keyword are not; the same keywords again change no byte."""
    content = _sidecar(there)

    assert expected == read_keywords(content)
    assert content == with_keywords(content, expected)


def test_a_subject_of_another_thing_is_not_the_pictures() -> None:
    """An ingredient's keywords are neither read nor changed."""
    ingredient = "<d:Pantry><rdf:Bag><rdf:li rdf:parseType='Resource'>{}</rdf:li></rdf:Bag></d:Pantry>"
    ingredient = ingredient.format(_bag("<rdf:li>theirs</rdf:li>"))

    written = with_keywords(_sidecar(ingredient), ["mine"])

    assert [] == read_keywords(_sidecar(ingredient))
    assert ["mine"] == read_keywords(written) == _read_by_others(written)
    assert ingredient.encode() in written
    both = _sidecar(ingredient + _bag("<rdf:li>old</rdf:li>"))
    assert _sidecar(ingredient + _bag("<rdf:li>mine</rdf:li>")) == with_keywords(both, ["mine"])


@pytest.mark.parametrize(
    ("properties", "attributes", "unusual"),
    [
        ("<dc:subject rdf:parseType='Resource'><d:a>kw</d:a></dc:subject>", "", "one list of keywords"),
        ("<dc:subject>kw<rdf:Bag/></dc:subject>", "", "one list of keywords"),
        ("<dc:subject><rdf:Bag/><rdf:Bag/></dc:subject>", "", "one list of keywords"),
        ("<dc:subject><!-- note -->kw</dc:subject>", "", "more than a text"),
        ("<dc:subject rdf:resource='urn:kw'/>", "", "has attributes"),
        (_bag("<rdf:_1>kw</rdf:_1>"), "", "beside keywords"),
        (_bag("<rdf:li>kw</rdf:li><!-- note -->"), "", "beside keywords"),
        (_bag("<rdf:li><rdf:Description/></rdf:li>"), "", "more than a text"),
        (_bag("<rdf:li rdf:resource='urn:kw'/>"), "", "has attributes"),
        ("</rdf:Description ><rdf:Description rdf:about='b'/><rdf:Description rdf:about='c'>", "", "things: b, c"),
        ("</rdf:Description ><d:Picture/><rdf:Description>", "", "d:Picture stands where"),
        ("<d:a rdf:parseType='Literal'><rdf:RDF/></d:a>", "", "rdf:RDF more than once"),
    ],
)  # fmt: skip
def test_what_cannot_be_changed_without_loss_is_refused(properties: str, attributes: str, unusual: str) -> None:
    """Reading and writing say what is unusual and what to do."""
    content = _sidecar(properties, attributes=attributes)

    with pytest.raises(CaptionError, match=rf"{unusual}.*left alone: save it with"):
        with_keywords(content, ["x"])
    with pytest.raises(CaptionError, match=unusual):
        read_keywords(content)


def test_several_descriptions_of_one_picture_are_one() -> None:
    """Older writers give each schema its own; an empty name and a name may stand side by side."""
    more = "</rdf:Description ><rdf:Description rdf:about='uuid:1'>"

    assert ["kw"] == read_keywords(_sidecar(more + _bag("<rdf:li>kw</rdf:li>")))


def test_what_says_dc_subject_again_becomes_one_list() -> None:
    """Attributes and further elements are read, and go; what looks like them in another value stays."""
    other = " d:a='x dc:subject=\"no\"' subject='no'"
    attribute = "\n dc:subject = 'a &lt;b>'"
    content = _sidecar(
        _bag("<rdf:li>c</rdf:li>") + _bag("<rdf:li>d</rdf:li>"), attributes=other + attribute + " d:z=''"
    )

    assert ["a <b>", "c", "d"] == read_keywords(content)
    assert content == with_keywords(content, ["a <b>", "c", "d"])
    expected = _sidecar(_bag("<rdf:li>a &lt;b&gt;</rdf:li>", "<rdf:li>c</rdf:li>"), attributes=other + " d:z=''")
    assert expected == with_keywords(content, ["a <b>", "c"])


def test_an_attribute_whose_prefix_is_not_plain_is_refused() -> None:
    """In another encoding than UTF-8 its place is not known; in UTF-8 it is."""
    sidecar = f"<r:RDF xmlns:r='{RDF}' xmlns:\xe9='{DC}'><r:Description \xe9:subject='a'/></r:RDF>"

    with pytest.raises(CaptionError, match=r"prefix is not plain.*left alone"):
        with_keywords(b"<?xml version='1.0' encoding='ISO-8859-1'?>" + sidecar.encode("latin-1"), ["b"])
    assert ["b"] == read_keywords(with_keywords(sidecar.encode(), ["b"]))


@pytest.mark.parametrize(
    "empty",
    [
        f"<RDF xmlns='{RDF}'/>",
        f"<RDF xmlns='{RDF}'></RDF>",
        f"<RDF xmlns='{RDF}'><Description about='' xmlns:dc='urn:other' /></RDF>",
        f"<dc:RDF xmlns:dc='{RDF}'><dc:Description/></dc:RDF>",
    ],
)
def test_any_prefix_and_an_empty_sidecar_will_do(empty: str) -> None:
    """Prefixes that are missing, or taken by something else, are declared where the keywords stand."""
    written = with_keywords(empty.encode(), ["x"])

    root = ElementTree.fromstring(written)
    assert ["x"] == [item.text for item in root.iterfind(f"{{{RDF}}}Description/{{{DC}}}subject/*/{{{RDF}}}li")]
    assert ["x", "y"] == read_keywords(with_keywords(written, ["x", "y"]))


def test_a_sidecar_in_another_encoding_stays_in_it() -> None:
    """What its signs cannot hold is written as a reference; bytes around the XML stay."""
    text = _sidecar(_bag("<rdf:li>caf\xe9</rdf:li>")).decode().replace("\ufeff", "")
    content = b'\xef\xbb\xbf\n<?xml version="1.0" encoding="ISO-8859-1"?>' + text.encode("latin-1") + b"\0\0"

    written = with_keywords(content, ["caf\xe9", "na\xefve \u5c11\u5973"])

    assert content.replace(b"</rdf:Bag>", b"<rdf:li>na&#239;ve &#23569;&#22899;</rdf:li></rdf:Bag>") == written
    assert ["caf\xe9", "na\xefve \u5c11\u5973"] == read_keywords(written) == _read_by_others(written)


def test_a_new_sidecar_holds_what_xml_can_hold() -> None:
    """Signs that XML cannot write go, everything else comes back; with a packet as XMP has it."""
    written = with_keywords(None, ["1girl", "a & <b>]]>, c", "\u5c11\u5973", "x\0\x1f\ud800\uffff y"])

    assert ["1girl", "a & <b>]]>, c", "\u5c11\u5973", "x y"] == read_keywords(written) == _read_by_others(written)
    assert written.startswith(b'<?xpacket begin="\xef\xbb\xbf"')
    assert [] == read_keywords(with_keywords(None, []))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<x/>",
        b"<x",
        DARKTABLE + b"<more/>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        DARKTABLE.replace(b"mine -->", b"mine -->&unknown;"),
        b"\xff\xfe\x00\x01",
        DARKTABLE.decode().encode("utf-16"),
        DARKTABLE.decode().encode("utf-16-le"),
        b"<?xml version='1.0' encoding='shift_jis'?>" + DARKTABLE,
    ],
)
def test_what_is_no_xmp_is_left_alone(content: bytes) -> None:
    """An error, never a new file over an unknown one."""
    with pytest.raises(CaptionError, match="left alone"):
        with_keywords(content, ["x"])


def test_a_document_type_in_a_text_is_none() -> None:
    """Only a declared one is refused."""
    content = _sidecar("<d:a><![CDATA[<!DOCTYPE x><!ENTITY>]]></d:a>")

    assert ["x"] == read_keywords(with_keywords(content, ["x"]))


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("<dc:subject><rdf:Bag><rdf:li><![CDATA[my kw]]></rdf:li></rdf:Bag></dc:subject>", ["my kw"]),
        ("<dc:subject>single kw</dc:subject>", ["single kw"]),
        ("<dc:subject><rdf:Seq><rdf:li>a</rdf:li><rdf:li>b</rdf:li></rdf:Seq></dc:subject>", ["a", "b"]),
        ("<dc:subject/>", []),
    ],
)
def test_keywords_are_found_however_they_are_written(inside: str, expected: list[str]) -> None:
    """And are in one bag afterwards."""
    content = (XMP % f"<rdf:Description>{inside}</rdf:Description>").encode()
    assert expected == read_keywords(content)
    after = with_keywords(content, [*expected, "new"])
    assert [*expected, "new"] == read_keywords(after)
    assert 1 == after.count(b"<dc:subject>")


def test_a_keyword_as_an_attribute_becomes_one_of_the_bag() -> None:
    """A property may not be there twice."""
    content = (XMP % '<rdf:Description dc:subject="attr kw"/>').encode()
    assert ["attr kw"] == read_keywords(content)
    after = with_keywords(content, ["attr kw", "new"])
    assert ["attr kw", "new"] == read_keywords(after)
    assert b'dc:subject="' not in after


def test_an_ingredient_s_keywords_are_not_the_picture_s() -> None:
    """They stay, and the picture gets its own."""
    theirs = "<dc:subject><rdf:Bag><rdf:li>theirs</rdf:li></rdf:Bag></dc:subject>"
    inner = f"<m:Pantry><rdf:Bag><rdf:li><rdf:Description>{theirs}</rdf:Description></rdf:li></rdf:Bag></m:Pantry>"
    content = (XMP % f"<rdf:Description>{inner}</rdf:Description>").encode()
    assert [] == read_keywords(content)
    after = with_keywords(content, ["mine"])
    assert ["mine"] == read_keywords(after)
    assert theirs in after.decode()


def test_written_out_signs_stay_what_they_are() -> None:
    """Line ends and tabs in values would be blanks for the next reader."""
    content = (XMP % '<rdf:Description d:history="a&#xA;b&#x9;c"><d:note>x&#xD;y</d:note></rdf:Description>').encode()
    before, after = minidom.parseString(content), minidom.parseString(with_keywords(content, ["k"]))
    for document in (before, after):
        (described,) = document.getElementsByTagName("rdf:Description")
        assert "a\nb\tc" == described.getAttribute("d:history")
        assert "x\ry" == document.getElementsByTagName("d:note")[0].firstChild.data


def test_sidecars_are_written_where_galleries_look(model: LazyModel, draw: Draw, tmp_path: Path) -> None:
    """`a.png.xmp`; a sidecar with keywords is a caption that is there, one without is not."""
    draw(tmp_path, ["a.png", "b.png", "c.png"])
    (tmp_path / "b.png.xmp").write_bytes(DARKTABLE)
    (tmp_path / "c.png.xmp").write_bytes(with_keywords(DARKTABLE, ["mine"]))

    summary = caption_folder(tmp_path, model=model, format="xmp")

    assert (2, 1) == (summary.written, summary.skipped)
    assert read_keywords((tmp_path / "a.png.xmp").read_bytes())[0].startswith("tag ")
    assert (tmp_path / "b.png.xmp").read_bytes().startswith(DARKTABLE[: DARKTABLE.index(b"/>")] + b"><dc:subject")
    caption_folder(tmp_path, model=model, format="xmp", existing="merge", triggers=["x"])
    assert ["x", "mine"] == read_keywords((tmp_path / "c.png.xmp").read_bytes())[:2]


@pytest.mark.parametrize("existing", ["skip", "overwrite", "append", "prune"])
def test_an_unusual_sidecar_fails_alone(model: LazyModel, draw: Draw, tmp_path: Path, existing: str) -> None:
    """Its bytes stay, it is told, and the next picture is captioned."""
    draw(tmp_path, ["a.png", "b.png"])
    unusual = _sidecar(_bag("<rdf:_1>kw</rdf:_1>"))
    (tmp_path / "a.png.xmp").write_bytes(unusual)

    summary = caption_folder(tmp_path, model=model, format="xmp", existing=existing)

    assert (1, 1) == (summary.written, len(summary.failed))
    assert "beside keywords" in str(summary.failed[0])
    assert unusual == (tmp_path / "a.png.xmp").read_bytes()
