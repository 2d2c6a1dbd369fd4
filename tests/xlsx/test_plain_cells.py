"""The quick way to read a worksheet part: as the parser does, or not at all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from calculator import NodeGroup, Plan, verify_workbook
from calculator.errors import WorkbookError
from calculator.xlsx.cells import Cells, Strings, read_cells
from calculator.xlsx.hidden import hidden_in
from calculator.xlsx.package import Cell, CellError, Package
from calculator.xlsx.plain_cells import only_rows, plain_cells
from calculator.xlsx.reference import MAX_ROW
from calculator.xlsx.source import Fail, Limits, Source
from tests.helpers import examples, saved

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TEXTS = ["zero", "one", "a & b"]
LIMITS = Limits()


def part(rows: str, *, head: str = "<dimension ref='A1'/>", tail: str = "<x/>") -> bytes:
    """A worksheet part of these rows."""
    data = f"{head}<sheetData>{rows}</sheetData>{tail}"
    return f'{DECLARATION}<worksheet xmlns="{MAIN}">{data}</worksheet>'.encode()


def source(content: bytes, limits: Limits = LIMITS) -> Source:
    return Source("xl/sheet.xml", iter([content]), limits, Fail("a.xlsx"))


def strings() -> Strings:
    items = "".join(f"<si><t>{text.replace('&', '&amp;')}</t></si>" for text in TEXTS)
    return Strings(source(f"<sst>{items}</sst>".encode()))


def plain(content: bytes, last_row: int = MAX_ROW, limits: Limits = LIMITS) -> Cells | None:
    found = plain_cells(content, strings(), last_row, limits)
    return found and found[0]


def parsed(content: bytes, last_row: int = MAX_ROW) -> Cells:
    return read_cells(source(content), "S", strings(), last_row)


# --- what is written plainly ----------------------------------------------------------------------


def test_cells_of_every_type() -> None:
    content = part(
        '<row r="1" spans="1:9" ht="24" customHeight="1"><c r="A1" s="3" t="s"><v>2</v></c>'
        '<c r="B1"><v>1.5</v></c><c r="C1" t="n"><v>-2E3</v></c><c r="D1" t="b"><v>1</v></c>'
        '<c r="E1" t="e"><v>#N/A</v></c><c r="F1" t="str"><v>a &lt; b_x0041_</v></c></row>'
        '<row r="2"/><row r="4"><c r="A4" s="1"/><c r="B4"></c><c r="C4"><v></v></c>'
        '<c r="D4"><f>A1&amp;"&gt;"</f></c><c r="E4"><f aca="false">=1+1</f><v>2</v></c>'
        '<c r="F4" t="str"><f>""</f><v></v></c><c r="G4"><f></f><v>1</v></c>'
        '<c r="H4" t="s"><v></v></c></row>'
    )
    cells = plain(content)
    assert cells == parsed(content)
    assert cells == {
        (1, 1): Cell("a & b", None),
        (1, 2): Cell(1.5, None),
        (1, 3): Cell(-2000.0, None),
        (1, 4): Cell(True, None),
        (1, 5): Cell(CellError("#N/A"), None),
        (1, 6): Cell("a < bA", None),
        (4, 4): Cell(None, 'A1&">"'),
        (4, 5): Cell(2.0, "1+1"),
        (4, 6): Cell("", '""'),
        (4, 7): Cell(1.0, None),
    }
    assert [type(cells[1, column].value) for column in (4, 5)] == [bool, CellError]


def test_rows_after_the_last_that_is_wanted_are_left_out() -> None:
    content = part("".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 5, 6)))
    for last_row in (0, 1, 4, 5, 6):
        assert plain(content, last_row) == parsed(content, last_row)
    assert plain(content, 5) == {(1, 1): Cell(1.0, None), (5, 1): Cell(5.0, None)}


def sheets(path: Path) -> Iterator[tuple[Package, str, bytes]]:
    package = Package.open(path)
    with zipfile.ZipFile(path) as archive:
        for number, sheet in enumerate(package.sheets, 1):
            yield package, sheet, archive.read(f"xl/worksheets/sheet{number}.xml")


def test_a_workbook_of_ours_is_plain(tmp_path: Path) -> None:
    groups = [NodeGroup("m5.large", 1 + number, 7) for number in range(9)]
    saved(tmp_path / "a.xlsx", plan=Plan(node_groups=groups))
    for package, sheet, content in sheets(tmp_path / "a.xlsx"):
        found = plain_cells(content, package._strings, MAX_ROW, LIMITS)
        expected = read_cells(source(content), sheet, package._strings, MAX_ROW)
        if content.isascii():
            assert found is not None
            cells, low = found
            assert list(cells.items()) == list(expected.items())
            assert not hidden_in(content, low).rows
        assert package.cells(sheet) == expected


def test_hidden_rows_are_those_that_the_whole_part_has() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"/><row r="3" hidden="0"/>'
        '<row r="7" ht="3" hidden="true"><c r="A7" t="str"><v>hidden="1"</v></c></row>'
        '<row r="8"/><row r="9" hidden="1"/><row r="10" ht="9"/>'
    )
    content = f'{DECLARATION}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    found = plain_cells(content.encode(), strings(), MAX_ROW, LIMITS)
    assert found is not None
    assert found[1] == {2, 7, 9, 10}
    assert hidden_in(content.encode(), found[1]) == hidden_in(content.encode())
    assert hidden_in(content.encode()).rows == {2, 7, 9}


def test_the_texts_of_a_workbook_of_ours_are_plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object) -> None:
        raise AssertionError("the texts are for the parser")

    monkeypatch.setattr(Strings, "_prepare", parse)
    saved(tmp_path / "a.xlsx", plan=Plan(node_groups=[NodeGroup("m5.large", 1, 7)]))
    assert verify_workbook(tmp_path / "a.xlsx").clean


@pytest.mark.parametrize("number", [20, 22])
def test_no_more_plain_texts_than_are_allowed(number: int) -> None:
    items = "".join(f"<si><t>{each}</t></si>" for each in range(number))
    content = f'{DECLARATION}<sst xmlns="{MAIN}">{items}</sst>'.encode()
    texts = Strings(source(content, Limits(strings=20)))
    if number == 20:
        assert texts.by_index["19"] == "19"
    else:
        with pytest.raises(WorkbookError, match="texts"):
            _ = texts.by_index["20"]


def test_rows_that_follow_other_rows_than_before() -> None:
    one, two = ROW, '<row r="2"><c r="B2"><v>7</v></c></row>'
    three = f'<row r="3" ht="{"1" * 40_000}"><c r="A3"><v>3</v></c></row>'
    for rows in (one + two, one + three, one + two + three, two, one + two, two + three, one):
        assert plain(part(rows)) == parsed(part(rows))


def test_a_long_attribute_is_not_gone_over_again_and_again() -> None:
    content = part(f'<row r="1" ht="{"1" * (1 << 19)}"><c r="A1"><v>1</v></c></row>')
    assert plain(content) == parsed(content) == {(1, 1): Cell(1.0, None)}


CHARACTERS = st.text(st.sampled_from("ab1 <>&\"'=()+\t\n]_xé\r"), max_size=8)
VALUES = st.one_of(st.floats(-1e300, 1e300), CHARACTERS, st.booleans(), st.none())


@examples(40)
@given(st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)), VALUES), CHARACTERS)
def test_what_xlsxwriter_writes(values: dict[tuple[int, int], object], quoted: str) -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, ((row, column), value) in enumerate(values.items()):
            if number % 2 and isinstance(value, str):
                formula = '="' + quoted.replace('"', '""') + '"'
                sheet.write_formula(row, column, formula, None, value)
            else:
                sheet.write(row, column, value)
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        shared = "xl/sharedStrings.xml"
        content = archive.read("xl/worksheets/sheet1.xml")
        texts = archive.read(shared) if shared in names else b"<sst/>"
    found = plain_cells(content, Strings(source(texts)), MAX_ROW, LIMITS)
    expected = read_cells(source(content), "S", Strings(source(texts)), MAX_ROW)
    assert found is None or found == (expected, frozenset())


PIECES = st.sampled_from(
    [
        '<row r="1">',
        '<row r="2" ht="3">',
        '<row r="3"/>',
        "<row>",
        "</row>",
        '<c r="A1"><v>1</v></c>',
        '<c r="B1" t="s"><v>1</v></c>',
        '<c r="A2" t="s"><v>9</v></c>',
        '<c r="B2"><f>A1</f><v>x</v></c>',
        '<c r="C2" t="str"><f>A1</f><v>x</v></c>',
        '<c r="C2"/>',
        "<c><v>1</v></c>",
        " ",
        "x",
        "<!-- x -->",
        "</sheetData><sheetData>",
    ]
)


@given(st.lists(PIECES, max_size=9).map("".join))
def test_whatever_the_rows_are_made_of(rows: str) -> None:
    content = part(rows)
    found = plain(content)
    try:
        expected = parsed(content)
    except WorkbookError:
        # What the parser refuses must not get through.
        assert found is None
    else:
        assert found is None or found == expected


# --- what is left to the parser -------------------------------------------------------------------

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><!-- --><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v><![CDATA[1]]></v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>&#65;</v></c></row>',
        '<row r="1" 1spans="1:2"></row>',
        '<row r="1" ht="4\x01"></row>',
        '<row r="1" r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1" ht="3" x="4" ht="3"/>',
        '<row r="1"><c r="A1" t="str"><v>&other;</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>a & b</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>a\rb</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>a\x01b</v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>]]></v></c></row>',
        '<row r="1"><c r="A1" t="str"><v>é</v></c></row>',
        '<row r="1"><c r="A1"><f>"é"</f></c></row>',
        '<row r="1"><c r="A1"><f>&#65;</f></c></row>',
        '<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A2">1</f></c></row>',
        '<row r="1"><c r="A1"><f>' + "(" * 65 + ")" * 65 + "</f></c></row>",
        '<row r="1"><c r="A1"><f>' + "1" * 8_193 + "</f></c></row>",
        '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>',
        '<row r="1"><c r="A1" t="d"><v>2020-01-01</v></c></row>',
        '<row r="1"><c s="1" r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>one</v></c></row>',
        '<row r="1"><c r="A1" t="b"><v>2</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>3</v></c></row>',
        '<row r="1"><c r="AAAA1"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v><f>1</f></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c>\n</row>',
        '<row><c r="A1"><v>1</v></c></row>',
        '<row r="2"/>' + ROW,
        ROW + ROW,
        '<row r="0"/>',
        '<row r="1048577"/>',
        '<c r="A1"><v>1</v></c>',
        '<row r="1"/><c r="A1"><v>1</v></c>',
        ROW + "</row>",
        '<row r="1"><row r="2"></row></row>',
        '<row r="1"><c r="A1"><v>1</v></c>',
        "</sheetData><sheetData>",
    ],
)
def test_what_is_out_of_the_ordinary(rows: str) -> None:
    assert plain(part(rows)) is None
    assert plain(part(ROW)) is not None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (DECLARATION, ""),
        (DECLARATION, DECLARATION.replace("UTF-8", "UTF-16")),
        (MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
        ("<worksheet ", "<x:worksheet "),
        ("<dimension ref='A1'/>", "<!DOCTYPE x>"),
        ("<dimension ref='A1'/>", "<!-- <sheetData> -->"),
        ("<dimension ref='A1'/>", "<a></b>"),
        ("<dimension ref='A1'/>", "<c r='B2'><v>1</v></c>"),
        ("<dimension ref='A1'/>", "<row/>"),
        ("<dimension ref='A1'/>", "<sheetData/>"),
        ("<dimension ref='A1'/>", "é"),
        ("<dimension ref='A1'/>", "<x/>" * 6_000),
        ("<sheetData>", "<sheetData >"),
        ("</sheetData>", "</sheetData >"),
        ("<x/>", "<!-- </sheetData> -->"),
        ("<x/>", "<!-- <mergeCell/> -->"),
        ("<x/>", "<x><![CDATA[<mergeCell/>]]></x>"),
        ("<x/>", "<?y <mergeCell/>?>"),
        ("<dimension ref='A1'/>", "<?y <sheetView/>?>"),
    ],
)
def test_a_part_that_is_out_of_the_ordinary(old: str, new: str) -> None:
    content = part(ROW).decode()
    assert old in content
    assert plain(content.replace(old, new, 1).encode()) is None


def test_what_stands_behind_the_rows_makes_no_difference() -> None:
    assert plain(part(ROW, tail="<headerFooter>é</headerFooter>")) == plain(part(ROW))


def test_other_limits_are_for_the_parser() -> None:
    assert plain(part(ROW), limits=Limits(cells=5)) is None


# --- some rows only -------------------------------------------------------------------------------

TWO = '<row r="2" ht="9"><c r="A2"><v>2</v></c></row>'


def test_some_rows_only() -> None:
    three = '<row r="3"/>'
    assert only_rows(part(ROW + TWO + three), [2, 9, 0, 2]) == part(TWO)
    assert only_rows(part(ROW + TWO), []) == part("")


@pytest.mark.parametrize(
    "rows",
    [
        TWO.replace("<row ", "<row\n"),
        TWO.replace("r=", "r = ", 1),
        TWO.replace('r="2" ht="9"', 'ht="9" r="2"'),
        TWO.replace('"2"', '"&#50;"', 1),
        TWO.replace('"', "'"),
        f"<!-- {TWO} -->",
        TWO.replace("</row>", "</row >"),
    ],
)
def test_rows_that_are_written_otherwise(rows: str) -> None:
    assert only_rows(part(ROW + rows), [1, 2]) is None


def test_rows_in_another_order_or_twice_are_not_passed_over() -> None:
    assert only_rows(part(TWO + ROW), [1, 2]) is None
