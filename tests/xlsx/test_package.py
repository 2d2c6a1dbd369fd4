"""The raw layer: read like openpyxl, refuse what is hostile or broken, touch nothing unasked."""

from __future__ import annotations

import contextlib
import io
import os
import random
import shutil
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from calculator.errors import WorkbookError
from calculator.xlsx.geometry import DefinedName, Table
from calculator.xlsx.package import Cell, CellError, Cells, Limits, Package
from tests.helpers import examples, libreoffice, python_with_uno

AWS_SAMPLE = Path(__file__).parents[2].parent / "shared/data/aws-sample/subnet-calc.xlsx"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"

Parts = dict[str, str | bytes]

# --- builders ---------------------------------------------------------------------------------


def relationships(*pairs: tuple[str, str], types: str = OFFICE) -> str:
    """rId1, rId2, ... for pairs of kind and target."""
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{types}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(pairs, 1)
    )
    return f"<Relationships>{inner}</Relationships>"


def parts(rows: str = "", **changes: str | bytes | None) -> Parts:
    """A workbook of one sheet, Nodes; changes by role, None leaves the part out."""
    texts = "".join(f"<si><t>text {number}</t></si>" for number in range(3))
    roles = {
        "root": ("_rels/.rels", relationships(("officeDocument", "xl/workbook.xml"))),
        "workbook": (
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">'
            '<sheets><sheet name="Nodes" sheetId="1" r:id="rId1"/></sheets></workbook>',
        ),
        "relations": (
            "xl/_rels/workbook.xml.rels",
            relationships(("worksheet", "worksheets/a.xml"), ("sharedStrings", "texts.xml")),
        ),
        "sheet": (
            "xl/worksheets/a.xml",
            f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        ),
        "strings": ("xl/texts.xml", f'<sst xmlns="{MAIN}">{texts}</sst>'),
    }
    found: Parts = {}
    for role, (name, usual) in roles.items():
        content = changes.pop(role, usual)
        if content is not None:
            found[name] = content
    return {**found, **{name: content for name, content in changes.items() if content is not None}}


def archive(contents: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return stream.getvalue()


def book(rows: str = "", **changes: str | bytes | None) -> bytes:
    return archive(parts(rows, **changes))


def row(*cells: str) -> str:
    return f'<row r="1">{"".join(cells)}</row>'


def names_and_sheets(sheets: str, names: str = "") -> str:
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{sheets}</sheets>{names}</workbook>'
    )


def with_table(ref: str = "A1:B3", attributes: str = "", columns: str = "ab") -> Parts:
    inner = "".join(f'<tableColumn id="1" name="{name}"/>' for name in columns)
    table = f'<table xmlns="{MAIN}" displayName="T_1" ref="{ref}" {attributes}>'
    return parts(
        row('<c r="A1"><v>1</v></c>'),
        **{
            "xl/worksheets/_rels/a.xml.rels": relationships(("table", "/xl/tables/t.xml")),
            "xl/tables/t.xml": f"{table}<tableColumns>{inner}</tableColumns></table>",
        },
    )


def patched(content: bytes, signature: bytes, offset: int, field: bytes) -> bytes:
    """All zip headers with this signature, with a field overwritten."""
    changed = bytearray(content)
    at = changed.find(signature)
    while at >= 0:
        changed[at + offset : at + offset + len(field)] = field
        at = changed.find(signature, at + 1)
    return bytes(changed)


def encrypted_zip() -> bytes:
    return patched(patched(book(), b"PK\3\4", 6, b"\1\0"), b"PK\1\2", 8, b"\1\0")


def lying_zip() -> bytes:
    """Two MiB of spaces in a sheet that claims to have 300 bytes."""
    name, content = "xl/worksheets/a.xml", book(" " * (2 << 20))
    central = content.index(name.encode(), content.index(b"PK\1\2")) - 46
    local = content.index(name.encode()) - 30
    size = struct.pack("<I", 300)
    content = content[: central + 24] + size + content[central + 28 :]
    return content[: local + 22] + size + content[local + 26 :]


def damaged_stream() -> bytes:
    content = bytearray(book(row(*(f'<c r="A1" s="{n * 7919}"/>' for n in range(300)))))
    start = content.index(b"xl/worksheets/a.xml") + len("xl/worksheets/a.xml")
    content[start + 20 : start + 120] = b"\xff" * 100
    return bytes(content)


def bad_checksum() -> bytes:
    content = archive(parts(row('<c r="A1"><v>1234</v></c>')), zipfile.ZIP_STORED)
    return content.replace(b"<v>1234</v>", b"<v>9999</v>")


def unusual_compression() -> bytes:
    return archive(parts(), zipfile.ZIP_BZIP2)


def twice() -> bytes:
    stream = io.BytesIO(book())
    with zipfile.ZipFile(stream, "a") as file:
        file.writestr("XL/Workbook.xml", "<workbook/>")
    return stream.getvalue()


def old_office_file(name: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + f"{name}\0".encode("utf-16-le")


def read_all(path: Path, limits: Limits | None = None) -> dict[str, Cells]:
    with Package.open(path, limits=limits or Limits()) as package:
        assert all(table.columns for table in package.tables)
        assert isinstance(package.properties, dict)
        return {sheet: package.cells(sheet) for sheet in package.sheets}


@pytest.fixture
def save(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "plan.xlsx"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def read(save: Callable[[bytes], Path]) -> Callable[[bytes], Cells]:
    return lambda content: read_all(save(content))["Nodes"]


# --- what cells hold --------------------------------------------------------------------------

CELLS = {
    "number": ("<v>4.5e1</v>", "", Cell(45.0, None)),
    "number of that type": ("<v>7</v>", 't="n"', Cell(7.0, None)),
    "shared text": ("<v>2</v>", 't="s"', Cell("text 2", None)),
    "plain text": ("<v>a &lt;b&gt; \u00e9</v>", 't="str"', Cell("a <b> \u00e9", None)),
    "true": ("<v>1</v>", 't="b"', Cell(True, None)),
    "false": ("<v>0</v>", 't="b"', Cell(False, None)),
    "error": ("<v>#N/A</v>", 't="e"', Cell(CellError("#N/A"), None)),
    "date": ("<v>2026-11-23</v>", 't="d"', Cell("2026-11-23", None)),
    "inline text": ("<is><t>here</t></is>", 't="inlineStr"', Cell("here", None)),
    "inline runs": (
        "<is><r><rPr><b/></rPr><t>he</t></r><r><t>re</t></r><rPh><t>HE</t></rPh></is>",
        't="inlineStr"',
        Cell("here", None),
    ),
    "escapes": ("<v>a_x000D_b_x005F_x000D_</v>", 't="str"', Cell("a\rb_x000D_", None)),
    "two units of one character": ("<v>_xD83D__xDE00_</v>", 't="str"', Cell("\U0001f600", None)),
    "half a character": ("<v>_xD83D_</v>", 't="str"', Cell("\ufffd", None)),
    "formula": ("<f>A2&amp;&quot;x&quot;</f><v>3</v>", "", Cell(3.0, 'A2&"x"')),
    "formula with equals sign": ("<f>=A2</f><v>3</v>", "", Cell(3.0, "A2")),
    "formula never calculated": ("<f>A2</f>", "", Cell(None, "A2")),
    "formula with an empty result": ("<f>A2</f><v></v>", "", Cell(None, "A2")),
    "formula with empty text": ("<f>A2</f><v></v>", 't="str"', Cell("", "A2")),
    "formula with an error": ("<f>A2</f><v>#N/A</v>", 't="e"', Cell(CellError("#N/A"), "A2")),
    "array formula": ('<f t="array" ref="A1">A2*2</f><v>4</v>', "", Cell(4.0, "A2*2")),
    "array formula of other cells": (
        '<f t="array" ref="$A$1:B2">A2*2</f><v>4</v>',
        "",
        Cell(4.0, "{A2*2} in A1:B2"),
    ),
    "data table": ('<f t="dataTable" r1="B1" r2="B2"/><v>4</v>', "", Cell(4.0, "TABLE(B1,B2)")),
    "many but shallow parentheses": (f"<f>{'+(1)' * 99}</f>", "", Cell(None, "+(1)" * 99)),
    "parentheses in text": (f"<f>&quot;{'(' * 99}&quot;</f>", "", Cell(None, f'"{"(" * 99}"')),
}


@pytest.mark.parametrize(("inside", "attributes", "expected"), CELLS.values(), ids=CELLS)
def test_a_cell_is_read_as_it_is_recorded(
    read: Callable[[bytes], Cells], inside: str, attributes: str, expected: Cell
) -> None:
    cells = read(book(row(f'<c r="A1" {attributes}>{inside}</c>', '<c r="B1" s="3"/>')))
    assert cells == {(1, 1): expected}
    assert type(cells[1, 1].value) is type(expected.value)


@pytest.mark.parametrize(
    "rows",
    [
        row('<c r="A1"><v>1</v></c>') + "</sheetData><sheetData>",
        "</sheetData><sheetData>" + row('<c r="A1"><v>1</v></c>'),
        '<row r="1"><sheetData/></row><row r="2"><c r="A2"><v>1</v></c></row>',
    ],
)
def test_rows_that_some_programs_would_show_are_not_passed_over(
    read: Callable[[bytes], Cells], rows: str
) -> None:
    with pytest.raises(WorkbookError, match="more than one list of rows"):
        read(book(rows))


def test_shared_text_joins_its_runs_and_leaves_phonetic_text_out(
    read: Callable[[bytes], Cells],
) -> None:
    strings = (
        "<sst><si><r><t>one </t></r><r><t>text_x000D_</t></r><rPh><t>no</t></rPh>"
        "<phoneticPr/></si><si/></sst>"
    )
    cells = read(book(row('<c t="s"><v>0</v></c><c t="s"><v>1</v></c>'), strings=strings))
    assert [cell.value for cell in cells.values()] == ["one text\r", ""]


def test_shared_formulas_are_written_out(read: Callable[[bytes], Cells]) -> None:
    rows = (
        '<row r="1"><c r="B1"><f t="shared" ref="B1:B3" si="0">A1*$C$1+SUM(A$1:A1)</f></c></row>'
        '<row r="3"><c r="B3"><f t="shared" si="0"/><v>8</v></c></row>'
    )
    assert read(book(rows)) == {
        (1, 2): Cell(None, "A1*$C$1+SUM(A$1:A1)"),
        (3, 2): Cell(8.0, "A3*$C$1+SUM(A$1:A3)"),
    }


def test_cells_and_rows_without_references_take_the_next_place(
    read: Callable[[bytes], Cells],
) -> None:
    rows = (
        "<row><c/><c><v>1</v></c></row>"
        "<row r='4'><c r='C4'/><c><v>2</v></c></row>"
        "<row><c><v>3</v></c></row>"
    )
    assert {place: cell.value for place, cell in read(book(rows)).items()} == {
        (1, 2): 1.0,
        (4, 4): 2.0,
        (5, 1): 3.0,
    }


def test_prefixed_strict_and_foreign_elements(save: Callable[[bytes], Path]) -> None:
    sheet = (
        '<?xml version="1.0" encoding="UTF-16"?><x:worksheet xmlns:x="s" xmlns:o="o">'
        '<x:sheetData><x:row r="2"><o:c r="A2"><o:v>9</o:v></o:c><x:c r="B2"><x:f>A1</x:f>'
        "<x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    changes: Parts = {
        "root": relationships(("officeDocument", "/xl/workbook.xml"), types=STRICT),
        "relations": relationships(("worksheet", "worksheets/A.xml"), types=STRICT),
        "workbook": '<x:workbook xmlns:x="s" xmlns:q="r" xmlns:o="o"><x:sheets>'
        '<x:sheet name="Nodes" sheetId="1" q:id="rId1"/></x:sheets>'
        '<o:definedName name="foreign">A1</o:definedName></x:workbook>',
        "sheet": sheet.encode("utf-16"),
    }
    with Package.open(save(book(**changes))) as package:
        assert package.cells("Nodes") == {(2, 2): Cell(5.0, "A1")}
        assert package.names == ()


def test_sheets_names_and_scopes_go_by_the_workbook(save: Callable[[bytes], Path]) -> None:
    workbook = names_and_sheets(
        '<sheet name="Chart" r:id="rId3"/><sheet name="B" r:id="rId2"/>'
        '<sheet name="A" r:id="rId1"/>',
        '<definedNames><definedName name="target">B!$B$13</definedName>'
        '<definedName name="target" localSheetId="2">A!$B$1</definedName></definedNames>',
    )
    relations = relationships(
        ("worksheet", "worksheets/a.xml"),
        ("worksheet", "/xl/worksheets/a.xml"),
        ("chartsheet", "chartsheets/c.xml"),
    )
    with Package.open(save(book(workbook=workbook, relations=relations))) as package:
        assert package.sheets == ("B", "A")
        assert package.names == (
            DefinedName("target", None, "B!$B$13"),
            DefinedName("target", "A", "A!$B$1"),
        )


TABLES = {
    "usual": ("A1:B3", "", (1, 2, 3)),
    "totals": ("A1:B3", 'totalsRowCount="1"', (1, 2, 2)),
    "no header": ("A1:B3", 'headerRowCount="0"', (0, 1, 3)),
}


@pytest.mark.parametrize(("ref", "attributes", "rows"), TABLES.values(), ids=TABLES)
def test_tables_give_their_data_rows(
    save: Callable[[bytes], Path], ref: str, attributes: str, rows: tuple[int, int, int]
) -> None:
    with Package.open(save(archive(with_table(ref, attributes, columns="ab")))) as package:
        has_totals = "totals" in attributes
        expected = (Table("T_1", "Nodes", *rows, 1, ("a", "b"), has_totals),)
        assert package.tables == package.tables_of("Nodes") == expected


# --- what other readers stumble over --------------------------------------------------------------


def test_modules_of_excel_5_are_sheets_without_a_part(save: Callable[[bytes], Path]) -> None:
    workbook = names_and_sheets(
        '<sheet name="Module1" sheetId="2" state="veryHidden" r:id=""/>'
        '<sheet name="Nodes" sheetId="1" r:id="rId1"/>',
        '<definedName name="target" localSheetId="1">Nodes!$A$1</definedName>',
    )
    with Package.open(save(book(cell("<v>1</v>"), workbook=workbook))) as package:
        assert package.sheets == ("Nodes",)
        assert package.names == (DefinedName("target", "Nodes", "Nodes!$A$1"),)
        assert package.cells("Nodes") == {(1, 1): Cell(1.0, None)}


def test_a_shared_text_without_its_number_is_no_value(read: Callable[[bytes], Cells]) -> None:
    empty = '<c r="A1" t="s"><v></v></c><c r="B1" t="s"><v/></c><c r="C1" t="s"/>'
    cells = read(book(row(empty, '<c r="D1" t="s"><f>A1</f><v></v></c>')))
    assert cells == {(1, 4): Cell(None, "A1")}


def test_shared_texts_that_are_not_there_and_that_no_cell_needs(
    read: Callable[[bytes], Cells],
) -> None:
    assert read(book(cell("<v>1</v>"), strings=None)) == {(1, 1): Cell(1.0, None)}


@pytest.mark.parametrize("ending", ["xlsm", "xltx", "xltm"])
def test_the_kind_of_workbook_makes_no_difference(tmp_path: Path, ending: str) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as workbook:
        workbook.add_worksheet("Nodes").write(0, 0, "text")
        if ending == "xlsm":
            workbook.add_vba_project(io.BytesIO(b"no code at all"), True)
    path = tmp_path / f"plan.{ending}"
    path.write_bytes(stream.getvalue())
    with Package.open(path) as package:
        assert package.cells("Nodes") == {(1, 1): Cell("text", None)}
        assert package.has_macros == (ending == "xlsm")


def test_macros_of_excel_4_are_macros(save: Callable[[bytes], Path]) -> None:
    relations = relationships(
        ("worksheet", "worksheets/a.xml"), ("xlMacrosheet", "macrosheets/m.xml")
    )
    sheets = '<sheet name="Nodes" r:id="rId1"/><sheet name="Macro1" r:id="rId2"/>'
    changed = book(workbook=names_and_sheets(sheets), relations=relations)
    with Package.open(save(changed)) as package:
        assert package.sheets == ("Nodes",)
        assert package.has_macros


# --- what is not asked for is not read --------------------------------------------------------


def test_reading_stops_after_the_last_row_asked_for(save: Callable[[bytes], Path]) -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="5"><c r="A5"><v>oops</v></c></row>'
    with Package.open(save(book(rows))) as package:
        assert package.cells("Nodes", until_row=4) == {(1, 1): Cell(1.0, None)}
        with pytest.raises(WorkbookError, match="A5: 'oops' is recorded where a number belongs"):
            package.cells("Nodes")


def test_shared_strings_are_parsed_no_further_than_asked(save: Callable[[bytes], Path]) -> None:
    random.seed(1)
    many = "".join(f"<si><t>{random.random()}</t></si>" for _ in range(5000))
    rows = '<row r="1"><c t="s"><v>1</v></c></row><row r="2"><c t="s"><v>5000</v></c></row>'
    with Package.open(save(book(rows, strings=f"<sst>{many}<broken"))) as package:
        assert list(package.cells("Nodes", until_row=1)) == [(1, 1)]
        with pytest.raises(WorkbookError) as caught:
            package.cells("Nodes")
    assert caught.value.reason == "malformed-xml"


@pytest.mark.thorough
@pytest.mark.parametrize("last", ["plain", "caf\xe9"])
def test_shared_strings_cost_no_more_the_more_there_are(tmp_path: Path, last: str) -> None:
    def seconds(number: int) -> float:
        """To read the text that stands behind so many others, as XlsxWriter writes them [s]."""
        begin = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        texts = "".join(f"<si><t>{'text ' * 40}{index}</t></si>" for index in range(number))
        strings = f'{begin}<sst xmlns="{MAIN}">{texts}<si><t>{last}</t></si></sst>'
        made = book(cell(f"<v>{number}</v>", 't="s"'), strings=strings)
        with Package.open("plan.xlsx", made) as package:
            start = time.process_time()
            assert package.cells("Nodes") == {(1, 1): Cell(last, None)}
            return time.process_time() - start

    few = min(seconds(10_000) for _ in range(3))
    assert seconds(50_000) < 12 * few


def test_parts_that_nobody_asks_for_are_not_opened(read: Callable[[bytes], Cells]) -> None:
    junk = {
        "xl/styles.xml": "<no",
        "xl/calcChain.xml": "<no",
        "xl/worksheets/_rels/b.xml.rels": "<",
    }
    assert read(book(row("<c><v>1</v></c>"), **junk)) == {(1, 1): Cell(1.0, None)}


# --- as openpyxl reads it ---------------------------------------------------------------------


def as_openpyxl_reads(path: Path) -> dict[str, dict[tuple[int, int], tuple[object, object]]]:
    """Values and formulas by sheet and cell; whole numbers as floats, empty text as nothing."""
    values, formulas = (openpyxl.load_workbook(path, data_only=only) for only in (True, False))
    found: dict[str, dict[tuple[int, int], tuple[object, object]]] = {}
    for sheet in values.worksheets:
        cells = found[sheet.title] = {}
        for line in formulas[sheet.title].iter_rows():
            for cell in line:
                value = sheet.cell(cell.row, cell.column).value
                value = float(value) if type(value) is int else value
                text = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
                formula = text[1:] if cell.data_type == "f" else None
                if value not in (None, "") or formula:
                    cells[cell.row, cell.column] = (None if value == "" else value, formula)
    return found


def as_we_read(path: Path) -> dict[str, dict[tuple[int, int], tuple[object, object]]]:
    return {
        sheet: {
            place: (None if value == "" else value, formula)
            for place, (value, formula) in cells.items()
            if value not in (None, "") or formula
        }
        for sheet, cells in read_all(path).items()
    }


def write_sample(path: Path) -> None:
    """A small planning workbook with a bit of everything."""
    with xlsxwriter.Workbook(path) as workbook:
        sheet, other = workbook.add_worksheet("WarmENI"), workbook.add_worksheet("It's odd")
        sheet.write_row(0, 0, ["Subnet size", 23, 0.1, True, "line\none", "a & <b>"])
        sheet.write_rich_string(1, 0, "plain ", workbook.add_format({"bold": True}), "bold")
        sheet.write_formula("B2", '=IF(B1>22,"small","")', None, "small")
        sheet.write_formula("C2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("D2", "=B1=23", None, True)
        sheet.write_formula("E2", '=""', None, "")
        sheet.write_array_formula("F2", "{=SUM(B1:C1*2)}", None, 46.2)
        columns = [{"header": "type"}, {"header": "# of [I]"}, {"header": "sum"}]
        sheet.add_table("A4:C8", {"name": "Nodes", "columns": columns, "total_row": True})
        for line in range(4, 7):
            sheet.write_row(line, 0, [f"m5.{line}xlarge", line])
            sheet.write_formula(line, 2, "=Nodes[[#This Row],['# of '[I']]]*2", None, 2 * line)
        other.write_column(0, 0, range(40))
        workbook.define_name("target", "=WarmENI!$B$1")
        workbook.define_name("It's odd!target", "='It''s odd'!$A$2")
        workbook.set_custom_property("model", "vpc-cni & more")
        workbook.set_custom_property("version", 3)
        workbook.add_chartsheet("Chart").set_chart(_chart(workbook))


def _chart(workbook: xlsxwriter.Workbook) -> object:
    chart = workbook.add_chart({"type": "line"})
    chart.add_series({"values": "=WarmENI!$B$5:$B$7"})
    return chart


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "xlsxwriter.xlsx"
    write_sample(path)
    return path


@pytest.fixture(scope="module")
def resaved(sample: Path) -> Path:
    path = sample.with_name("openpyxl.xlsx")
    openpyxl.load_workbook(sample).save(path)
    return path


@pytest.fixture(scope="module")
def from_libreoffice(sample: Path) -> Path:
    if not (shutil.which("soffice") and python_with_uno()):
        pytest.skip("LibreOffice or python3-uno is not installed")
    [saved] = libreoffice([sample], sample.with_name("libreoffice"))
    return saved


@pytest.fixture(scope="module")
def aws_sample() -> Path:
    if not AWS_SAMPLE.exists():
        pytest.skip("the published sample workbook is not at hand")
    return AWS_SAMPLE


FILES = ["sample", "resaved", "from_libreoffice", "aws_sample"]


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")
@pytest.mark.parametrize("name", FILES)
def test_cells_agree_with_openpyxl(request: pytest.FixtureRequest, name: str) -> None:
    path = request.getfixturevalue(name)
    ours, theirs = as_we_read(path), as_openpyxl_reads(path)
    assert list(ours) == list(theirs)
    for sheet, cells in theirs.items():
        assert ours[sheet] == cells
    assert sum(map(len, ours.values())) > 40


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning:openpyxl")
@pytest.mark.parametrize("name", FILES)
def test_tables_agree_with_openpyxl(request: pytest.FixtureRequest, name: str) -> None:
    path = request.getfixturevalue(name)
    with Package.open(path) as package:
        ours = {table.name: (table.sheet, table.columns) for table in package.tables}
    assert ours == {
        table.displayName: (sheet.title, tuple(column.name for column in table.tableColumns))
        for sheet in openpyxl.load_workbook(path).worksheets
        for table in sheet.tables.values()
    }


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["sample", "resaved", "from_libreoffice"])
def test_names_properties_and_geometry_survive_other_programs(
    request: pytest.FixtureRequest, name: str
) -> None:
    with Package.open(request.getfixturevalue(name)) as package:
        columns = ("type", "# of [I]", "sum")
        assert package.tables == (Table("Nodes", "WarmENI", 4, 5, 7, 1, columns, has_totals=True),)
        scopes = {(name.name, name.sheet): name.refers_to for name in package.names}
        assert scopes["target", None] == "WarmENI!$B$1"
        assert scopes["target", "It's odd"] == "'It''s odd'!$A$2"
        assert package.properties["model"] == "vpc-cni & more"
        assert package.properties["version"] == "3"


# --- what is refused --------------------------------------------------------------------------

OPEN_DOCUMENT = "application/vnd.oasis.opendocument.spreadsheet"
BINARY = {
    "_rels/.rels": relationships(("officeDocument", "xl/workbook.bin")),
    "xl/workbook.bin": b"\x83\x01",
}
TWO_TABLES = {
    "xl/worksheets/_rels/a.xml.rels": relationships(("table", "../t.xml"), ("table", "../t.xml")),
    "xl/t.xml": '<table displayName="T" ref="A1:A2"><tableColumn name="a"/></table>',
}
SMALL = Limits(
    part=40_000, total=60_000, members=50, cells=20, strings=20, elements=20, expansion=200
)


@pytest.mark.parametrize(
    "broken",
    [
        with_table("A1:C3"),  # wider than its columns
        with_table("A0:B3"),
        with_table("A1:B3", 'headerRowCount="x"'),
        with_table("A1:D3", 'headerRowCount="0"'),  # as exceljs leaves them
    ],
)
def test_a_table_that_cannot_be_right_is_as_if_it_were_not_there(broken: Parts) -> None:
    assert Package.open("a.xlsx", archive(broken)).tables == ()


def test_the_program_that_saved_it() -> None:
    kind = "extended-properties"
    with_program = parts(
        **{
            "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml"), (kind, "app.xml")),
            "app.xml": "<Properties><Application>Calc &amp; Co/7</Application></Properties>",
        }
    )
    assert Package.open("a.xlsx", archive(with_program)).application == "Calc & Co/7"
    del with_program["app.xml"]
    assert Package.open("a.xlsx", archive(with_program)).application == ""
    assert Package.open("a.xlsx", archive(parts())).application == ""


def test_of_two_tables_of_one_name_the_first_counts() -> None:
    """As libraries leave them that copy a sheet."""
    [table] = Package.open("a.xlsx", archive(parts(**TWO_TABLES))).tables
    assert table.name == "T"


def cell(inside: str, attributes: str = 'r="A1"') -> str:
    return row(f"<c {attributes}>{inside}</c>")


def shared_formulas(number: int) -> str:
    first = '<c><f t="shared" si="0">A1+A2+A3+A4+A5</f></c>'
    return row(first, *['<c><f t="shared" si="0"/></c>'] * number)


REFUSED: dict[str, tuple[str | bytes | Callable[[], bytes], str, str]] = {
    # no zip at all
    "empty": (b"", "empty", "file is empty. Get a new copy"),
    "encrypted": (old_office_file("EncryptedPackage"), "encrypted", "remove the password"),
    "xls": (old_office_file("Workbook"), "old-format", "Excel 97-2003 (.xls)"),
    "older xls": (old_office_file("Book"), "old-format", "Excel 97-2003 (.xls)"),
    "doc": (old_office_file("WordDocument"), "old-format", "an old Office program"),
    "csv": (b"type,number\nm5.large,3\n", "text", "text file (such as CSV)"),
    "unicode text": ("type\t3".encode("utf-16"), "text", "text file (such as CSV)"),
    "html": (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "html", "web page, perhaps a login page"),
    "xml": (b'<?xml version="1.0"?><Workbook/>', "xml", "plain XML file"),
    "other": (b"\x7fELF\2\1\1\0", "not-a-workbook", "not an .xlsx workbook, whatever its name"),
    # other zips
    "ods": (
        archive({"mimetype": OPEN_DOCUMENT}),
        "opendocument",
        "OpenDocument spreadsheet (.ods)",
    ),
    "xlsb": (archive(BINARY), "binary-workbook", "binary workbook (.xlsb)"),
    "docx": (book(workbook="<w:document xmlns:w='w'/>"), "other-office-file", "a 'document'"),
    "other zip": (archive({"a.csv": "1"}), "not-a-workbook", "zip file without a workbook"),
    # broken zips
    "truncated": (book()[:-40], "truncated", "breaks off in the middle"),
    "broken directory": (
        lambda: patched(book(), b"PK\1\2", 0, b"XX\1\2"),
        "damaged",
        "damaged zip file",
    ),
    "encrypted parts": (encrypted_zip, "encrypted", "parts are encrypted with a password"),
    "duplicate part": (twice, "duplicate-part", "'xl/workbook.xml' twice"),
    "size that lies": (lying_zip, "damaged", "xl/worksheets/a.xml is damaged (Bad CRC-32"),
    "corrupt stream": (damaged_stream, "damaged", "xl/worksheets/a.xml is damaged"),
    "bad checksum": (bad_checksum, "damaged", "Bad CRC-32"),
    "bzip2": (unusual_compression, "unsupported-compression", "unusual method (12)"),
    # too much
    "members": (
        lambda: book(**{f"media/{number}": "" for number in range(60)}),
        "too-large",
        "zip of more than 50 parts",
    ),
    "large part": (lambda: book(" " * 40_000), "too-large", "at most 0 and 0 are read"),
    "large total": (lambda: book(" " * 30_000, x=" " * 30_000), "too-large", "Unpacked, it has"),
    "cells": (row("<c/>" * 21), "too-large", "a.xml holds more than 20 cells"),
    "rows": ("<row/>" * 21, "too-large", "a.xml holds more than 20 cells"),
    "other elements": ("<x/>" * 21, "too-large", "a.xml holds more than 20 cells"),
    "texts": (
        lambda: book(cell("<v>22</v>", 't="s"'), strings=f"<sst>{'<si/>' * 23}</sst>"),
        "too-large",
        "texts.xml holds more than 20 texts",
    ),
    "sheets": (
        lambda: book(workbook=names_and_sheets("<sheet/>" * 21)),
        "too-large",
        "workbook.xml holds more than 20 entries",
    ),
    "shared formulas": (
        shared_formulas(18),
        "too-large",
        "come to more than 200 characters",
    ),
    # XML
    "document type": (
        book(sheet="<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>"),
        "doctype",
        "xl/worksheets/a.xml declares a document type",
    ),
    "document type of the strings": (
        book(cell("<v>0</v>", 't="s"'), strings="<!DOCTYPE a><sst/>"),
        "doctype",
        "xl/texts.xml declares",
    ),
    "not well-formed": (
        book("<row>\n<c></row>"),
        "malformed-xml",
        "xl/worksheets/a.xml is damaged: mismatched tag in line 2",
    ),
    "cut off": (book(sheet="<worksheet><sheetData>"), "malformed-xml", "no element found"),
    "no rows": (book(sheet="<worksheet/>"), "malformed-xml", "it holds no rows"),
    "unknown encoding": (
        book(sheet='<?xml version="1.0" encoding="klingon"?><worksheet/>'),
        "malformed-xml",
        "cannot be decoded",
    ),
    "nested": (book("<row>" + "<x>" * 9_000), "too-deep", "a.xml nests more than 16 elements"),
    "nested values": (cell("<v>" * 9_000), "too-deep", "nests more than 16 elements"),
    "nested strings": (
        book(cell("<v>0</v>", 't="s"'), strings="<si>" * 9_000),
        "too-deep",
        "texts.xml nests more than 16",
    ),
    "nested workbook": (book(workbook="<workbook>" * 99), "too-deep", "workbook.xml nests"),
    # what belongs together
    "no workbook part": (
        book(workbook=None),
        "missing-part",
        "the part xl/workbook.xml is missing",
    ),
    "no sheet part": (book(sheet=None), "missing-part", "the part xl/worksheets/a.xml is missing"),
    "no strings part": (
        book(cell("<v>0</v>", 't="s"'), strings=None),
        "missing-part",
        "the part xl/texts.xml is missing",
    ),
    "no table part": (
        archive({**with_table(), "xl/worksheets/_rels/a.xml.rels": relationships(("table", "t"))}),
        "missing-part",
        "the part xl/worksheets/t is missing",
    ),
    "part outside": (
        book(relations=relationships(("worksheet", "../../../etc/passwd"))),
        "missing-part",
        "the part etc/passwd is missing",
    ),
    "sheet without relationship": (
        book(relations=relationships()),
        "missing-part",
        "sheet 'Nodes' has no part",
    ),
    "visible sheet that points nowhere": (
        book(workbook=names_and_sheets('<sheet name="Nodes" r:id=""/>')),
        "missing-part",
        "sheet 'Nodes' has no part",
    ),
    "two sheets of one name": (
        book(
            workbook=names_and_sheets('<sheet name="A" r:id="rId1"/><sheet name="a" r:id="rId1"/>')
        ),
        "duplicate-sheet",
        "Two of its sheets are named 'a'",
    ),
    "name of no sheet": (
        book(
            workbook=names_and_sheets(
                '<sheet name="Nodes" r:id="rId1"/>', '<definedName name="n" localSheetId="1"/>'
            )
        ),
        "bad-reference",
        "The name 'n' belongs to sheet number '1'",
    ),
    # cells
    "text number": (cell("<v>oops</v>"), "bad-number", "'Nodes', cell A1: 'oops'"),
    "NaN": (cell("<v>NaN</v>"), "bad-number", "cell A1: 'NaN' is recorded where a number"),
    "infinite": (cell("<v>-inf</v>"), "bad-number", "cell A1: '-inf'"),
    "1e309": (cell("<v>1e309</v>"), "bad-number", "cell A1: '1e309'"),
    "1_000": (cell("<v>1_000</v>"), "bad-number", "cell A1: '1_000'"),
    "long number": (cell(f"<v>{'1' * 9_000}</v>"), "bad-number", "cell A1: '111"),
    "truth": (cell("<v>yes</v>", 't="b"'), "bad-value", "cell A1: 'yes' cannot stand in"),
    "type": (cell("<v>1</v>", 't="z"'), "bad-value", "a cell of type 'z'"),
    "negative text": (cell("<v>-1</v>", 't="s"'), "bad-string-index", "text number '-1'"),
    "text out of range": (cell("<v>3</v>", 't="s"'), "bad-string-index", "cell A1: it points"),
    "huge text number": (cell(f"<v>{'9' * 5000}</v>", 't="s"'), "bad-string-index", "text number"),
    "no texts": (
        book(cell("<v>0</v>", 't="s"'), relations=relationships(("worksheet", "worksheets/a.xml"))),
        "bad-string-index",
        "text number '0'",
    ),
    "column": (cell("", 'r="XFE1"'), "bad-reference", "'Nodes', row 1: 'XFE1' is no cell"),
    "row": ('<row r="1048577"/>', "bad-reference", "row number '1048577' follows 0"),
    "row zero": ('<row r="0"/>', "bad-reference", "row number '0' follows 0"),
    "row of letters": ('<row r="one"/>', "bad-reference", "row number 'one'"),
    "rows in disorder": ('<row r="2"/><row r="1"/>', "bad-reference", "row number '1' follows 2"),
    "reference": (cell("", 'r="$A$1"'), "bad-reference", "'$A$1' is no cell"),
    "other row": (cell("", 'r="A2"'), "bad-reference", "cell A2: the cell stands in row 1"),
    "twice": (row("<c r='A1'><v>1</v></c>" * 2), "bad-reference", "A1: the cell is there twice"),
    "long formula": (cell(f"<f>{'1+' * 4097}</f>"), "bad-formula", "has 8,194 characters"),
    "nested formula": (cell(f"<f>{'(' * 65}</f>"), "bad-formula", "nests 65 parentheses"),
    "nesting between texts": (
        cell(f"<f>{'(&quot;)&quot;&amp;' * 65}</f>"),
        "bad-formula",
        "65 par",
    ),
    "nesting between quotes": (
        cell(f"<f>T['# a]+{'(' * 65}+T['# b]</f>"),
        "bad-formula",
        "nests 65 parentheses",
    ),
    "unknown shared formula": (
        cell('<f t="shared" si="7"/>'),
        "bad-formula",
        "shares the formula '7', which no cell before it holds",
    ),
    "broken shared formula": (
        row('<c><f t="shared" si="0">)A1(</f></c><c><f t="shared" si="0"/></c>'),
        "bad-formula",
        "cell B1: its shared formula cannot be understood",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_hostile_and_broken_files_are_refused(save: Callable[[bytes], Path], what: str) -> None:
    made, reason, words = REFUSED[what]
    content = book(made) if isinstance(made, str) else made if isinstance(made, bytes) else made()
    path = save(content)
    with pytest.raises(WorkbookError) as caught:
        read_all(path, SMALL)
    assert (caught.value.reason, caught.value.file) == (reason, str(path))
    assert words in caught.value.message
    assert caught.value.message.endswith((".", "?"))


def test_what_is_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: str | Path) -> tuple[str, str]:
        with pytest.raises(WorkbookError) as caught:
            Package.open(path)
        return caught.value.reason, caught.value.message

    assert refused(tmp_path / "no.xlsx") == ("not-found", "There is no such file. Check the path.")
    assert refused(tmp_path) == (
        "not-a-file",
        "It is a folder, and there is no workbook in it or below it.",
    )
    assert refused("a\0b")[0] == "not-readable"
    (tmp_path / "mine.xlsx").write_bytes(b"PK")

    def not_permitted(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("builtins.open", not_permitted)
    monkeypatch.setattr("os.scandir", not_permitted)
    reason, message = refused(tmp_path / "mine.xlsx")
    assert (reason, message) == ("no-permission", "It may not be read. Check its permissions.")
    reason, message = refused(tmp_path)
    assert reason == "no-permission"
    assert message == "It is a folder that may not be read. Check its permissions."


@pytest.mark.parametrize("start", ["", "file://"])
def test_pipes_and_devices_are_refused_and_never_waited_for(tmp_path: Path, start: str) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "link.xlsx").symlink_to("pipe.xlsx")
    (tmp_path / "endless.xlsx").symlink_to("/dev/zero")
    for name in ("pipe.xlsx", "link.xlsx", "endless.xlsx"):
        with pytest.raises(WorkbookError) as caught:
            Package.open(f"{start}{tmp_path}/{name}")
        assert caught.value.reason == "not-a-file"
        assert caught.value.message.startswith("It is a pipe or a device, not a file.")


def test_an_unknown_sheet_is_named_with_those_there(save: Callable[[bytes], Path]) -> None:
    with Package.open(save(book())) as package, pytest.raises(WorkbookError) as caught:
        package.cells("Pods")
    assert caught.value.reason == "missing-sheet"
    assert caught.value.message == "It has no worksheet 'Pods'; there are: 'Nodes'."


@pytest.mark.thorough
def test_bombs_are_refused_by_default(save: Callable[[bytes], Path]) -> None:
    with pytest.raises(WorkbookError, match="64 in one part; at most 256 and 64 are read"):
        Package.open(save(book(" " * (64 << 20))))


def test_rows_in_a_comment_are_none(read: Callable[[bytes], Cells]) -> None:
    rows = row('<c r="A1"><v>1</v></c>') + "<!-- </sheetData><sheetData> -->"
    assert read(book(rows)) == {(1, 1): Cell(1.0, None)}


@pytest.mark.thorough
def test_one_long_tag_is_not_scanned_over_and_over(read: Callable[[bytes], Cells]) -> None:
    with pytest.raises(WorkbookError, match="more than 1,048,576 bytes in one tag"):
        read(book(f"<!--{' ' * (32 << 20)}-->"))


def test_long_text_is_no_long_tag(read: Callable[[bytes], Cells]) -> None:
    text = "long " * 500_000
    assert read(book(cell(f"<v>{text}</v>", 't="str"'))) == {(1, 1): Cell(text, None)}


# --- whatever happens to the bytes ------------------------------------------------------------


def read_somehow(path: Path, content: bytes) -> None:
    """Nothing but a WorkbookError may come out."""
    path.write_bytes(content)
    with contextlib.suppress(WorkbookError):
        read_all(path)


CHANGES = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), max_size=6)


def damage(content: bytes, changes: list[tuple[float, bytes]], cut: float) -> bytes:
    changed = bytearray(content)
    for place, new in changes:
        at = int(place * len(changed))
        changed[at : at + len(new)] = new
    return bytes(changed[: int(cut * len(changed))])


@examples(100)
@given(changes=CHANGES, cut=st.one_of(st.just(1.0), st.floats(0, 1)))
def test_damaged_files_raise_nothing_else(
    sample: Path, changes: list[tuple[float, bytes]], cut: float
) -> None:
    read_somehow(sample.with_name("damaged.xlsx"), damage(sample.read_bytes(), changes, cut))


@pytest.mark.thorough
@examples(100)
@given(changes=CHANGES, pick=st.floats(0, 1, exclude_max=True))
def test_damaged_parts_raise_nothing_else(
    sample: Path, changes: list[tuple[float, bytes]], pick: float
) -> None:
    with zipfile.ZipFile(sample) as file:
        contents: Parts = {name: file.read(name) for name in file.namelist()}
    name = list(contents)[int(pick * len(contents))]
    old = contents[name]
    assert isinstance(old, bytes)
    contents[name] = damage(old, changes, 1.0)
    read_somehow(sample.with_name("damaged.xlsx"), archive(contents, zipfile.ZIP_STORED))
