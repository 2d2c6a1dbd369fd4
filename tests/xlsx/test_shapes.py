"""Where cells and shapes lie on a sheet, as files have it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calculator.xlsx.charts import chart_parts
from calculator.xlsx.package import Package
from calculator.xlsx.shapes import Box, Grid, Shape, shapes_of
from tests.drawn import LINE, MARKER, PICTURE, corner, describe, draw, group, line, over, shape
from tests.helpers import Raw, content

POINT, PIXEL = 12_700, 9_525
#: Columns of 10, 20 and 5 digits and of Excel's own width; rows of 15 points, and one of 30.
COLUMNS = (
    '<cols><col min="1" max="1" width="10"/><col min="2" max="2" width="20"/>'
    '<col min="3" max="16384" width="5"/></cols>'
)
EDGES = [0, 70 * PIXEL, 210 * PIXEL, 245 * PIXEL]


@contextmanager
def opened(raw: Raw) -> Iterator[Package]:
    with tempfile.TemporaryDirectory() as folder:
        package = Package.open(raw.save(Path(folder, "plan.xlsx"), compress=False))
        for sheet in package.sheets:
            package.cells(sheet)
        yield package


@contextmanager
def grid(
    columns: str = COLUMNS,
    rows: str = '<row r="2" ht="30"/>',
    behind: str = "",
    usually: str = '<sheetFormatPr defaultRowHeight="15"/>',
) -> Iterator[Grid]:
    """The grid of a sheet that is written so, three rows high and three columns wide."""
    raw = Raw(content())
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f"{usually}{columns}<sheetData>{rows}</sheetData>{behind}"
    raw.parts[raw.sheets["Chart"]] = f'<worksheet xmlns="{space}">{xml}</worksheet>'.encode()
    with opened(raw) as package:
        yield Grid(package, "Chart", 3, 3)


def test_cells_lie_beside_each_other() -> None:
    with grid() as found:
        assert found.cell(1, 1) == Box(0, 0, EDGES[1], 15 * POINT)
        assert found.cell(2, 2) == Box(EDGES[1], 15 * POINT, EDGES[2], 45 * POINT)
        assert found.cell(3, 3) == Box(EDGES[2], 45 * POINT, EDGES[3], 60 * POINT)


def test_what_a_sheet_does_not_say_is_as_in_excel() -> None:
    with grid(columns="", usually="") as found:
        width = round(9.14 * 7 * PIXEL)
        assert found.cell(1, 2) == Box(width, 0, 2 * width, 15 * POINT)
    with grid(
        columns="", usually='<sheetFormatPr defaultColWidth="10" defaultRowHeight="20"/>'
    ) as it:
        assert it.cell(1, 1) == Box(0, 0, 70 * PIXEL, 20 * POINT)


def test_nothing_is_to_be_seen_of_what_is_hidden() -> None:
    columns = COLUMNS.replace('max="1"', 'max="1" hidden="1"')
    with grid(columns, rows='<row r="2" ht="30" hidden="1"/>') as found:
        assert found.cell(3, 2) == Box(0, 15 * POINT, 140 * PIXEL, 30 * POINT)


def test_texts_run_over_empty_cells() -> None:
    """Most letters are narrower than a digit: 6 pixels."""
    with grid() as found:
        rights = [found.cell(1, 1, *each).right for each in ((5, 4), (20, 4), (99, 4), (99, 2))]
    assert rights == [EDGES[1], 120 * PIXEL, EDGES[3], EDGES[1]]


def test_merged_cells_are_one() -> None:
    with grid(behind='<mergeCells><mergeCell ref="B1:C2"/></mergeCells>') as found:
        assert found.cell(1, 2) == Box(EDGES[1], 0, EDGES[3], 45 * POINT)
        assert found.cell(1, 1) == Box(0, 0, EDGES[1], 15 * POINT)


@pytest.mark.parametrize("width", ["wide", "1e999", ""])
def test_a_column_of_no_width_is_none(width: str) -> None:
    with grid(columns=f'<cols><col min="1" max="1" width="{width}"/><col min="x"/></cols>') as it:
        assert it.cell(1, 1).right == 0


def test_the_box_of_a_shape() -> None:
    with grid() as found:
        within = Shape("", "", (0, 100, 1, 200), (2, 300, 2, 400))
        assert found.box(within) == Box(100, 15 * POINT + 200, EDGES[2] + 300, 45 * POINT + 400)
        of_a_size = Shape("", "", (1, 100, 0, 200), (5_000, 6_000))
        assert found.box(of_a_size) == Box(EDGES[1] + 100, 200, EDGES[1] + 5_100, 6_200)
        assert found.box(Shape("", "", (10, 20), (30, 40))) == Box(10, 20, 40, 60)


def test_a_shape_ends_where_its_cell_does_and_the_sheet() -> None:
    with grid() as found:
        too_much = Shape("", "", (0, -5, 0, -5), (1, 10**9, 0, 10**9))
        assert found.box(too_much) == Box(0, 0, EDGES[2], 15 * POINT)
        beyond = Shape("", "", (99, 5, 99, 5), (10**9, 5, 10**9, 5))
        assert found.box(beyond) == Box(EDGES[3], 60 * POINT, EDGES[3], 60 * POINT)


def test_an_edge_covers_nothing() -> None:
    cell = Box(0, 0, 100 * PIXEL, 20 * PIXEL)
    assert not Box(97 * PIXEL, 0, 200 * PIXEL, 20 * PIXEL).covers(cell)
    assert Box(96 * PIXEL, 0, 200 * PIXEL, 20 * PIXEL).covers(cell)
    assert not Box(0, -50 * PIXEL, 200 * PIXEL, 3 * PIXEL).covers(cell)
    assert Box(0, -50 * PIXEL, 200 * PIXEL, 4 * PIXEL).covers(cell)


@pytest.mark.parametrize(
    ("turn", "covers"),
    [
        *((0, (True, False, False)), (45, (False, True, False)), (-45, (False, False, True))),
        *((90, (False, False, False)), (135, (False, False, True)), (10, (True, False, False))),
    ],
)
def test_what_is_turned_lies_where_it_is_seen(turn: float, covers: tuple[bool, ...]) -> None:
    """A long bar, and boxes to its right, below that and above that."""
    bar = Box(-1000 * PIXEL, -20 * PIXEL, 1000 * PIXEL, 20 * PIXEL, turn)
    beside = [
        Box(600 * PIXEL, y * PIXEL, 700 * PIXEL, (y + 200) * PIXEL) for y in (-100, 550, -750)
    ]
    assert tuple(map(bar.covers, beside)) == covers


@pytest.mark.parametrize(("turn", "wide"), [(0, 300), (44, 300), (45, 100), (90, 100), (270, 100)])
def test_the_corners_of_what_is_turned(turn: int, wide: int) -> None:
    """By 45 degrees and more they are those of the shape turned by 90 more."""
    with grid() as it:
        found = it.box(Shape("", "", (0, 0), (300, 100), turn=turn))
    assert (found.right - found.left, found.turn) == (wide, turn)


@pytest.mark.parametrize(
    ("is_group", "turn"),
    [(False, 44.0), (True, 0.0)],
)
def test_a_shape_is_turned_and_a_part_of_a_group_is_not(is_group: bool, turn: float) -> None:
    bar = shape("1").replace("<xdr:spPr><a:xfrm>", '<xdr:spPr><a:xfrm rot="2640000">')
    drawn = group(bar) if is_group else bar
    with opened(draw(Raw(content()), "Plan", over("B2:C3", drawn))) as package:
        assert [each.turn for each in shapes_of(package, "Plan")] == [turn]


def test_what_a_file_has_of_a_shape() -> None:
    with opened(draw(Raw(content()), "Plan", over("B2:C3", shape("503 & more")))) as package:
        [found] = shapes_of(package, "Plan")
    assert found == Shape(
        "a text box", "503 & more", (1, 50_000, 1, 50_000), (2, 500_000, 2, 150_000)
    )


def test_a_corner_that_says_little_is_the_first_cell() -> None:
    anchor = f"<xdr:oneCellAnchor><xdr:from/><xdr:ext cx='5' cy='6'/>{PICTURE}</xdr:oneCellAnchor>"
    with opened(draw(Raw(content()), "Plan", anchor)) as package:
        assert [*shapes_of(package, "Plan")] == [Shape("a picture", "", (0, 0, 0, 0), (5, 6))]


def filled(inside: str) -> str:
    return f"<a:solidFill><a:srgbClr val='FFFFFF'>{inside}</a:srgbClr></a:solidFill>"


def gradient(*colours: str) -> str:
    stops = (f"<a:gs><a:srgbClr val='FFFFFF'>{each}</a:srgbClr></a:gs>" for each in colours)
    return f"<a:gradFill><a:gsLst>{''.join(stops)}</a:gsLst></a:gradFill>"


@pytest.mark.parametrize(
    ("fill", "covers"),
    [
        (filled(""), True),
        (filled("<a:alpha val='60000'/>"), False),
        (filled("<a:alpha val='60001'/>"), True),
        (filled("<a:alpha val='?'/>"), True),
        ("<a:noFill/>", False),
        ("<a:noFill/><a:ln><a:solidFill/></a:ln>", False),
        (f"<a:noFill/>{line(6)}", False),
        (f"<a:noFill/>{line(6.01)}", True),
        (f"<a:noFill/>{line(30, '<a:noFill/>')}", False),
        (f"<a:noFill/>{line(30, MARKER)}", False),
        ("<a:gradFill/>", True),
        (gradient("", "", "<a:alpha val='0'/>"), True),
        (gradient("", "<a:alpha val='0'/>"), False),
        ("", False),
        ("</xdr:spPr><xdr:style><a:fillRef idx='1'/></xdr:style><xdr:spPr>", True),
        ("</xdr:spPr><xdr:style><a:fillRef idx='0'/></xdr:style><xdr:spPr>", False),
    ],
)
def test_what_can_be_seen_through(fill: str, covers: bool) -> None:
    with opened(draw(Raw(content()), "Plan", over("B2:C3", shape("", fill)))) as package:
        assert [each.what for each in shapes_of(package, "Plan")] == ["a shape"] * covers


def test_a_wide_line_covers_what_is_beside_it() -> None:
    drawn = LINE.replace("</xdr:spPr>", f"{line(20)}</xdr:spPr>")
    with opened(draw(Raw(content()), "Plan", over("B2:C3", drawn))) as package:
        [found] = shapes_of(package, "Plan")
    assert (found.what, found.line) == ("a line", 20 * POINT)
    with grid() as it:
        level = Shape("", "", (1, 0, 1, 0), (2, 0, 1, 0), 20 * POINT)
        assert it.box(level) == Box(
            EDGES[1] - 10 * POINT, 5 * POINT, EDGES[2] + 10 * POINT, 25 * POINT
        )


@pytest.mark.parametrize(("looks", "seen"), [("visibility:hidden;z-index:1", 0), ("top:1pt", 1)])
def test_a_control_that_is_hidden(looks: str, seen: int) -> None:
    with opened(describe(Raw(content()), "Plan", "Button", "", looks)) as package:
        assert len([*shapes_of(package, "Plan")]) == seen


def test_parts_that_are_not_there_show_nothing() -> None:
    raw = draw(Raw(content()), "Plan", over("B2:C3", PICTURE), corner("from", 0, 0, 0, 0))
    with opened(raw) as package:
        assert len([*shapes_of(package, "Plan")]) == len(chart_parts(package, "Chart")) == 1
    for part in [name for name in raw.parts if name.startswith(("xl/drawings/d", "xl/charts/"))]:
        del raw.parts[part]
    with opened(raw) as package:
        assert [*shapes_of(package, "Plan")] == chart_parts(package, "Chart") == []
