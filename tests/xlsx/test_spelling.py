"""However XML is spelled, the same is said of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

from calculator.xlsx.spelling import is_usual, usual
from tests.helpers import FEW_TYPES, Raw, content, report_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
_TAG = re.compile(r"<(?![?!])[^<>]*>")


def in_tags(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda part: _TAG.sub(lambda tag: change(tag[0]), part)


def prefixed(part: str) -> str:
    part = re.sub("(</?)(?=[a-zA-Z0-9]+[ />])", r"\1y:", part).replace(" xmlns=", " xmlns:y=", 1)
    return part.replace("x14:", "z:").replace("xmlns:x14", "xmlns:z")


#: Each says the same as before.
SPELLINGS: dict[str, Callable[[str], str]] = {
    "prefixes": prefixed,
    "single quotes": in_tags(lambda tag: tag if "'" in tag else tag.replace('"', "'")),
    "blanks": in_tags(lambda tag: re.sub(' ([a-z0-9:A-Z]+)="', '\n \\1 = "', tag)),
    "numbers for letters": in_tags(
        lambda tag: re.sub('"([01e])', lambda one: f'"&#{ord(one[1])};', tag)
    ),
    "comments": lambda part: re.sub(
        "(<(?:c|si|cols|conditionalFormatting)[ >])", r"<!-- <f> -->\1", part
    ),
    "truths": in_tags(lambda tag: re.sub('(hidden|customWidth)="1"', r'\1=" true "', tag)),
    "plus signs": in_tags(lambda tag: re.sub(' (s|ht|min|max|dxfId)="', r' \1="+0', tag)),
    "two bytes a letter": lambda part: part.replace('encoding="UTF-8"', 'encoding="UTF-16"'),
}
_RULE = '<cfRule type="expression" priority="9" dxfId="{}"><formula>TRUE</formula></cfRule>'
_OF_OTHER_SHEETS = (
    f'<extLst><ext xmlns:x14="{X14}"><x14:conditionalFormattings><x14:conditionalFormatting '
    f'xmlns:xm="{XM}"><x14:cfRule type="expression"><xm:f>TRUE</xm:f><x14:dxf><font>'
    '<color rgb="FFFFFFFF"/></font></x14:dxf></x14:cfRule><xm:sqref>F5</xm:sqref>'
    "</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst></worksheet>"
)


@cache
def raw() -> Raw:
    """A workbook of which much is not seen, or as others."""
    made = Raw(content("vpc-cni", rows=3, catalog=FEW_TYPES))
    made.replace("Plan", "<cols>", '<cols><col min="8" max="8" hidden="1"/>')
    made.replace("Plan", '<row r="6"', '<row r="6" ht="0.75"')
    made.replace("Plan", "</worksheet>", _OF_OTHER_SHEETS)
    styles = made.parts["xl/styles.xml"].decode()
    number = styles.count("<dxf>")
    hides = '<dxf><font><color rgb="FFFFFFFF"/></font></dxf></dxfs>'
    made.parts["xl/styles.xml"] = styles.replace("</dxfs>", hides).encode()
    rule = f'<conditionalFormatting sqref="E5">{_RULE.format(number)}</conditionalFormatting>'
    made.replace("Plan", "<dataValidations", f"{rule}<dataValidations")
    made.replace("WarmENI", "<sheetView ", '<sheetView showFormulas="1" ')
    white = '<r><rPr><color rgb="FFFFFFFF"/></rPr><t>IPs used</t></r>'
    made.replace_in("xl/sharedStrings.xml", "<t>IPs used</t>", white)
    made.put("InstanceTypes", "B2", 3.0, "1+2")
    return made


def said(changed: Raw) -> list[tuple[str, str | None, str]]:
    return [(each.code, each.place, each.message) for each in report_of(changed).findings]


@pytest.fixture(scope="module")
def found() -> list[tuple[str, str | None, str]]:
    every = said(raw())
    assert {code for code, *_ in every} >= {"hidden", "unseen", "conditional-format"}
    assert ("input-formula", "InstanceTypes!B2") in [each[:2] for each in every]
    assert len([code for code, *_ in every if code == "conditional-format"]) == 2
    return every


@pytest.mark.thorough
@pytest.mark.parametrize("name", SPELLINGS)
def test_the_findings_are_the_same(name: str, found: list[tuple[str, str | None, str]]) -> None:
    changed = raw().copied()
    parts = [changed.sheets[each] for each in ("Plan", "WarmENI", "InstanceTypes")]
    changed.sheets.clear()  # which are read as they are spelled here
    for part in (*parts, "xl/sharedStrings.xml", "xl/tables/table1.xml"):
        encoding = "utf-16" if name == "two bytes a letter" else "utf-8"
        changed.parts[part] = SPELLINGS[name](changed.parts[part].decode()).encode(encoding)
    assert said(changed) == found


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("<a><b/></a>", None),
        ('<a xmlns="m"><b c="1" hidden="true">&gt; "</b>\n</a>', None),
        ('<a b="&amp;"/>', None),
        ("<a><b></b></a>", None),
        ("<a b='\"'/>", '<a b="&quot;"/>'),
        ("<a><!-- <b/> --><![CDATA[<b> & ]]]></a>", "<a>&lt;b&gt; &amp; ]</a>"),
        ("<a><?b <c/>?><c></c></a>", "<a><c/></a>"),
        ('<m:a xmlns:m="m"><m:b m:c=" 1 "/></m:a>', '<a xmlns:m="m"><b m:c=" 1 "/></a>'),
        (f'<a><x:b xmlns:x="{X14}"/></a>', f'<a><x14:b xmlns:x="{X14}"/></a>'),
        (f'<a xmlns="m"><b xmlns="{X14}"/></a>', f'<a xmlns="m"><x14:b xmlns="{X14}"/></a>'),
        ('<a xmlns="m"><b xmlns="n"/></a>', '<a xmlns="m"><other:b xmlns="n"/></a>'),
        ('<a hidden=" 1 " s="+05" x="+05"/>', '<a hidden="1" s="5" x="+05"/>'),
        ('<a ht=".75"/>', '<a ht="0.75"/>'),
        ('<a ht="7.5E-1"/>', '<a ht="0.75"/>'),
        ('<a width="none " hidden=" true"/>', '<a width="none" hidden="true"/>'),
        (
            '<a><row><c s="2"/><c/></row><row r="5"><c/></row></a>',
            '<a><row r="1"><c r="A1" s="2"/><c r="B1"/></row><row r="5"><c r="A5"/></row></a>',
        ),
        (
            '<a><row r="1"><c s="2" r="C1"/><c r="ZZZ1"/></row></a>',
            '<a><row r="1"><c r="C1" s="2"/><c r="ZZZ1"/></row></a>',
        ),
        ("<!DOCTYPE a><a/>", ""),
        ("<a><b ><c", "<a><b>"),
    ],
)
def test_the_usual_spelling(part: str, expected: str | None) -> None:
    assert usual(part.encode()).decode() == (part if expected is None else expected)
    assert is_usual(part.encode()) is (expected is None)
    for encoding in ("utf-16", "utf-16-le"):
        read = usual(part.encode(encoding))
        assert read == usual(read)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<cols>", "<cols><col min='8' max='8' hidden='1'/>"),
        ("<cols>", '<cols><col min="8" max="8" hidden = "1"/>'),
        ("<cols>", '<cols><col min="8" max="8" hidden="&#49;"/>'),
        ("<sheetView ", '<sheetView\nshowFormulas="1" '),
        ('<row r="6"', '<row r="6" ht=".75"'),
        ('<row r="6"', '<row r="6" ht="7.5E-1"'),
        ('<row r="6"', '<row r="6" ht="+1"'),
        ('<row r="6"', '<row r="6" hidden=" 1 "'),
        ("</sheetData>", "</sheetData><mergeCells><mergeCell ref='D5:G5'/></mergeCells>"),
    ],
)
def test_one_tag_that_is_spelled_otherwise(old: str, new: str) -> None:
    changed = Raw(content("vpc-cni", rows=3, catalog=FEW_TYPES))
    changed.replace("Plan", old, new)
    assert "hidden" in [code for code, *_ in said(changed)]
