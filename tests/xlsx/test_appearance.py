"""Number formats and colours, judged by what Excel shows."""

from __future__ import annotations

import pytest

from calculator.xlsx.appearance import (
    PARTS,
    Look,
    looks,
    styled_in,
    styles_of,
)
from calculator.xlsx.hidden import Hidden, hidden_in
from calculator.xlsx.source import Element
from calculator.xlsx.spelling import usual


def styles(*elements: tuple[str, dict[str, str]]) -> list[Element]:
    return [Element(name, attributes, "") for name, attributes in elements]


def test_the_looks_of_a_styles_part() -> None:
    """Borders have colours, too; and named styles have formats that are no cell's own."""
    found = looks(
        styles(
            ("numFmt", {"numFmtId": "164", "formatCode": ";;;"}),
            ("fonts", {}),
            ("font", {}),
            ("font", {}),
            ("color", {"rgb": "FFFFFFFF"}),
            ("font", {}),
            ("color", {"theme": "0"}),
            ("font", {}),
            ("color", {"theme": "0", "tint": "-0.5"}),
            ("fills", {}),
            ("fill", {}),
            ("patternFill", {"patternType": "none"}),
            ("fill", {}),
            ("patternFill", {"patternType": "solid"}),
            ("fgColor", {"rgb": "ff000000"}),
            ("borders", {}),
            ("color", {"rgb": "FFFFFFFF"}),
            ("cellStyleXfs", {}),
            ("xf", {"numFmtId": "164"}),
            ("cellXfs", {}),
            ("xf", {"numFmtId": "0", "fontId": "0", "fillId": "0"}),
            ("xf", {"numFmtId": "164", "fontId": "0", "fillId": "0"}),
            ("xf", {"numFmtId": "10", "fontId": "1", "fillId": "0"}),
            ("xf", {"numFmtId": "3", "fontId": "2", "fillId": "1"}),
            ("xf", {"numFmtId": "1", "fontId": "3", "fillId": "0"}),
            ("xf", {"numFmtId": "14", "fontId": "0", "fillId": "1"}),
            ("cellStyles", {}),
            ("dxfs", {}),
            ("font", {}),
        )
    )
    assert found == (
        Look("General", unseen=False),
        Look(";;;", unseen=False),
        Look("0.00%", unseen=True),
        Look("#,##0", unseen=False),
        Look("0", unseen=False),
        Look("yyyy", unseen=True),
    )
    assert {"font", "fill", "xf", "numFmt"} <= set(PARTS)


@pytest.mark.parametrize(
    ("colour", "unseen"),
    [
        ({"rgb": "FFF7F7F7"}, True),
        ({"rgb": "FFFFFFE0"}, True),
        ({"theme": "0", "tint": "-0.049989318521683403"}, True),
        ({"theme": "1", "tint": "0.95"}, True),
        ({"rgb": "FF808080"}, False),
        ({"theme": "0", "tint": "-0.35"}, False),
        ({"theme": "4"}, False),
        ({"theme": "2"}, True),
        ({"indexed": "26"}, True),
    ],
)
def test_colours_that_are_nearly_alike(colour: dict[str, str], unseen: bool) -> None:
    elements = styles(
        *(("fonts", {}), ("font", {}), ("color", colour), ("fills", {}), ("fill", {})),
        *(("cellXfs", {}), ("xf", {"fontId": "0", "fillId": "0"})),
    )
    assert looks(elements) == (Look("General", unseen),)


@pytest.mark.parametrize(
    ("font", "unseen"),
    [
        *(("Symbol", True), ("Symbol MT", True), ("Wingdings 2", True), ("ZapfDingbats", True)),
        *(("MS Outlook", True), ("Segoe MDL2 Assets", True), ("Libre Barcode 39", True)),
        *(("MS Reference Specialty", True), ("Bookshelf Symbol 7", True), ("Adobe Blank", True)),
        *(("MS Reference Sans Serif", False), ("Source Code Pro", False), ("Redaction", False)),
        *(("Segoe UI Symbol", False), ("Noto Sans Symbols2", False), ("Symbols Nerd Font", False)),
    ],
)
def test_fonts_of_signs(font: str, *, unseen: bool) -> None:
    xf = (("cellXfs", {}), ("xf", {"fontId": "0"}))
    [found] = looks(styles(("fonts", {}), ("font", {}), ("name", {"val": font}), *xf))
    assert found.unseen is unseen


def test_how_wide_digits_are() -> None:
    """By the size of their font, and not at all where they fit themselves to the cell."""
    found = looks(
        styles(
            *(("fonts", {}), ("font", {}), ("sz", {"val": "10"})),
            *(("font", {}), ("sz", {"val": "?"}), ("font", {}), ("sz", {"val": "20"})),
            *(("cellStyleXfs", {}), ("xf", {}), ("alignment", {"shrinkToFit": "1"})),
            *(("cellXfs", {}), ("xf", {"fontId": "0"}), ("alignment", {"horizontal": "center"})),
            *(("xf", {"fontId": "1"}), ("xf", {"fontId": "2"})),
            *(("xf", {"fontId": "0"}), ("alignment", {"shrinkToFit": "1"})),
            *(("xf", {"fontId": "0"}), ("alignment", {"textRotation": "90"})),
        )
    )
    assert [each.digit for each in found] == [1, 1.1, 2, 1, 1]


def test_a_text_that_is_repeated() -> None:
    fill, left = ("alignment", {"horizontal": "fill"}), ("alignment", {"horizontal": "left"})
    found = looks(styles(("cellXfs", {}), ("xf", {}), fill, ("xf", {}), left))
    assert [(each.is_repeated, each.is_odd) for each in found] == [(True, True), (False, False)]


def test_a_palette_of_its_own() -> None:
    ink = ("color", {"indexed": "26"})
    fonts = (("fonts", {}), ("font", {}), ink, ("cellXfs", {}), ("xf", {"fontId": "0"}))
    own = [("rgbColor", {"rgb": "FF000000"})] * 64
    assert styles_of(styles(*fonts)).every["0"].unseen
    assert not styles_of(styles(*fonts, ("colors", {}), *own)).every["0"].unseen


def test_formats_by_number() -> None:
    numbers = ("0", "9", "11", "14", "30", "48", "57")
    xfs = [("xf", {"numFmtId": number}) for number in numbers]
    found = looks(styles(("cellXfs", {}), *xfs))
    expected = ["General", "0%", "0.00E+00", "yyyy", "yyyy", "##0.0E+0", "yyyy"]
    assert [each.number_format for each in found] == expected


def test_the_looks_of_rules() -> None:
    """What a rule leaves as it is counts as black on white; its borders are no letters."""
    found = styles_of(
        styles(
            *(("cellXfs", {}), ("xf", {}), ("dxfs", {}), ("dxf", {}), ("font", {})),
            *(("color", {"rgb": "FFFFFFFF"}), ("dxf", {}), ("fill", {}), ("patternFill", {})),
            *(("bgColor", {"rgb": "FFC6EFCE"}), ("border", {}), ("color", {"rgb": "FFFFFFFF"})),
            *(("dxf", {}), ("numFmt", {"formatCode": ";;;"}), ("dxf", {}), ("font", {})),
            *(("tableStyles", {}), ("colors", {}), ("color", {"rgb": "FFFFFFFF"})),
        )
    )
    assert found.odd == {}
    assert found.of_rules == (
        Look("General", unseen=True),
        Look("General", unseen=False, is_green=True),
        Look(";;;", unseen=False),
        Look("General", unseen=False),
    )


@pytest.mark.parametrize(
    ("code", "is_green"),
    [("[Green]General", True), ("[Color10]0;[Green]-0", True), ("[Green]0;[Red]-0", False)],
)
def test_a_rule_whose_format_is_green_for_what_is_below_0(code: str, *, is_green: bool) -> None:
    elements = styles(("dxfs", {}), ("dxf", {}), ("numFmt", {"formatCode": code}))
    [found] = styles_of(elements).of_rules
    assert found.is_green is is_green


def test_where_a_style_is() -> None:
    look = Look(";;;", unseen=False)
    part = b'<c r="A2" s="12" t="str"><v>s="3"</v></c><c r="B2" t="n" s="3"/><c r="C2" s="33"/>'
    assert styled_in(part, {"3": look}) == {(2, 2): look}


def test_what_strangers_write_does_no_harm() -> None:
    columns = b'<col width="" min="1"/><col width="." min="1" max="99999"/><sheetData>'
    assert hidden_in(columns).narrow == {}
    merged = b'<mergeCell ref="A1:XFD1048576"/>' * 5_000 + b'<mergeCell ref="ZZZ1:ZZZ9999999"/>'
    assert len(hidden_in(b"<sheetData></sheetData>" + merged).merged) == 1_000
    look = Look(";;;", unseen=False)
    assert styled_in(b'<!-- <c r="ZZZ9999999" s="3" --><c r="A1" s="3"/>', {"3": look}) == {
        (1, 1): look
    }
    odd = {"numFmtId": "x", "fontId": "\u00b2", "fillId": "-1"}
    colour = ("color", {"tint": "much", "rgb": "?"})
    found = looks(styles(("fonts", {}), ("font", {}), colour, ("cellXfs", {}), ("xf", odd)))
    assert found == (Look("General", unseen=False),)


@pytest.mark.parametrize(
    ("written", "unseen"),
    [
        *(("[White]0", {"white"}), ("[COLOR2]0", {"color2"}), ("0;[Color 2]-0", {"color 2"})),
        *(("[Yellow]0;[Red]0", {"yellow"}), ("[Color19]0", {"color19"}), ("[Green]0", set())),
    ],
)
def test_colours_by_the_number_format(written: str, unseen: set[str]) -> None:
    found = looks(
        styles(
            ("numFmt", {"numFmtId": "164", "formatCode": written}),
            *(("fonts", {}), ("font", {}), ("fills", {}), ("fill", {})),
            *(("cellXfs", {}), ("xf", {"numFmtId": "164", "fontId": "0", "fillId": "0"})),
        )
    )
    assert found == (Look(written, unseen=False, unseen_in=frozenset(unseen)),)
    assert found[0].is_odd is bool(unseen)


_HIDES = (
    '<worksheet xmlns="x"><cols><col min="2" max="3" hidden="1"/></cols><sheetData>'
    '<row r="4" hidden="1"><c r="A4" s="3"><v>1</v></c></row></sheetData>'
    '<mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>'
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x", "x"),
        (" ", "\n"),
        ("=", " = "),
        ('"', "'"),
        ('"1"', '"&#49;"'),
        ('hidden="1"', 'x=">" hidden="1"'),
        ('r="A4" s="3"', 's="3" r="A4"'),
        ('r="A4" ', ""),
        (' r="4" hidden="1"', ' hidden="1" r="4"'),
        ("<sheetData>", '<sheetData><row r="2"/><row/><!-- <c r="B9" s="3"> -->'),
        ("<v>1</v>", '<v><![CDATA[<c r="B9" s="3">]]></v>'),
        ("<", "<y:"),
    ],
)
def test_however_it_is_spelled(old: str, new: str) -> None:
    part = _HIDES.replace(old, new).replace("<y:/", "</y:")
    look = Look(";;;", unseen=False)
    for encoding in ("utf-8", "utf-16"):
        tags = usual(part.encode(encoding))
        assert hidden_in(tags) == Hidden(frozenset({4}), frozenset({2, 3}), ((1, 1, 2, 2),))
        assert styled_in(tags, {"3": look}) == {(4, 1): look}


def test_rows_that_count_from_the_one_before() -> None:
    rows = b'<row r="3"/><row hidden="1"><c s="3"/></row>'
    part = b"<worksheet><sheetData>%s</sheetData></worksheet>" % rows
    look = Look(";;;", unseen=False)
    assert hidden_in(usual(part)).rows == {4}
    assert styled_in(usual(part), {"3": look}) == {(4, 1): look}


def test_cells_that_name_no_style() -> None:
    part = b'<c r="A1"/><c r="B1" t="s"><v>1</v></c><c r="C1" s="0"/><c r="D1" s="1"/><c r="ZZZ1"/>'
    seen, unseen = Look("General", unseen=False), Look("General", unseen=True)
    assert styled_in(part, {"0": seen, "1": unseen}) == {(1, 3): seen, (1, 4): unseen}
    assert styled_in(part, {"0": unseen}) == dict.fromkeys([(1, 1), (1, 2), (1, 3)], unseen)


def test_what_most_programs_write_is_taken_as_it_is() -> None:
    part = _HIDES.encode()
    assert usual(part) is part
    assert usual(part[:-4]) is not part  # cut off


@pytest.mark.parametrize(
    ("font", "ground", "unseen"),
    [
        ([("name", {"val": "Wingdings 2"}), ("sz", {"val": "11"})], None, True),
        ([("sz", {"val": "11"}), ("name", {"val": "Symbol"})], None, True),
        ([("name", {"val": "Segoe UI"})], None, False),
        ([("name", {"val": "Any"}), ("charset", {"val": "2"}), ("sz", {"val": "9"})], None, True),
        ([("name", {"val": "Any"}), ("charset", {"val": "1"})], None, False),
        ([("color", {"theme": "4"})], {"theme": "4"}, True),
        ([("color", {"theme": "4"})], {"theme": "4", "tint": "0.4"}, False),
        ([("color", {"indexed": "10"})], {"indexed": "10"}, True),
        ([("color", {"auto": "1"})], {"auto": "1"}, False),
        ([("color", {"auto": "1"})], {"rgb": "FF000000"}, True),
        ([("color", {"rgb": "FF1F2933"})], {}, True),
    ],
)
def test_signs_and_colours_that_only_have_a_name(
    font: list[tuple[str, dict[str, str]]], ground: dict[str, str] | None, unseen: bool
) -> None:
    """A solid fill that names no colour is black."""
    fill = [("patternFill", {"patternType": "solid"})] * (ground is not None)
    fill += [("fgColor", ground)] * bool(ground)
    [look] = looks(
        styles(
            *(("fonts", {}), ("font", {}), *font, ("fills", {}), ("fill", {}), *fill),
            *(("cellXfs", {}), ("xf", {"fontId": "0", "fillId": "0"})),
        )
    )
    assert look.unseen is unseen
