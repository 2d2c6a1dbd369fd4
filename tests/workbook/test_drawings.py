"""The chart of the modes held against ours, and what lies over cells that people read."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.utils.units import pixels_to_EMU

from calculator.report import WorkbookReport
from calculator.workbook.drawings import _has_our_names, _Modes
from calculator.xlsx.charts import Chart, Series
from tests.drawn import (
    INK,
    LINE,
    MARKER,
    NO_FILL,
    PICTURE,
    corner,
    describe,
    draw,
    group,
    line,
    over,
    shape,
)
from tests.helpers import (
    Raw,
    content,
    differences,
    edited_in_libreoffice,
    libreoffice,
    needs_libreoffice,
    needs_uno,
    report_of,
)
from tests.workbook.readings import reading_of

PART = "xl/charts/chart1.xml"
Change = Callable[[Raw], object]


def said(report: WorkbookReport) -> list[str]:
    """What is said of charts and shapes."""
    return [
        f"{each.place}: {each.message}"
        for each in report.findings
        if each.code in ("chart", "covered")
    ]


def raw() -> Raw:
    return Raw(content(rows=5))


def changed(*changes: Change) -> Raw:
    made = raw()
    for change in changes:
        change(made)
    return made


def by_openpyxl(*changes: Callable[[Workbook], object]) -> bytes:
    book = openpyxl.load_workbook(BytesIO(content(rows=5)))
    for change in changes:
        change(book)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- the chart ------------------------------------------------------------------------------------


def chart(old: str, new: str) -> Change:
    return lambda raw: raw.replace_in(PART, old, new)


def without(raw: Raw, pattern: str) -> None:
    raw.parts[PART] = re.sub(pattern, "", raw.parts[PART].decode()).encode()


def typed(kind: str, cells: str) -> Change:
    """What was shown of cells as what the chart holds itself."""
    cache = rf"<c:{kind}Cache>(.*?)</c:{kind}Cache>"
    found = re.compile(rf"<c:{kind}Ref><c:f>{re.escape(cells)}</c:f>{cache}</c:{kind}Ref>")

    def change(raw: Raw) -> None:
        xml = raw.parts[PART].decode()
        raw.parts[PART] = found.sub(rf"<c:{kind}Lit>\1</c:{kind}Lit>", xml).encode()

    return change


def named(*names: str) -> Change:
    """Other names of the three series, which are typed."""

    def change(raw: Raw) -> None:
        rest = iter(names)
        xml = raw.parts[PART].decode()
        name = "<c:tx><c:strRef>.*?</c:tx>"
        xml = re.sub(name, lambda _: f"<c:tx><c:v>{next(rest)}</c:v></c:tx>", xml)
        raw.parts[PART] = xml.encode()

    return change


def title(words: str) -> Change:
    return lambda raw: raw.put("Chart", "A1", words)


def renamed(sheet: str, name: str) -> Change:
    return lambda raw: raw.rename(sheet, name)


def of_modes(words: str) -> Change:
    """A title of the axis of the modes."""
    inside = f"<c:tx><c:rich><a:p><a:r><a:t>{words}</a:t></a:r></a:p></c:rich></c:tx>"
    return chart('<c:axPos val="b"/>', f'<c:axPos val="b"/><c:title>{inside}</c:title>')


def of_chart(words: str) -> Change:
    """A title of the chart itself."""
    inside = f"<c:tx><c:rich><a:p><a:r><a:t>{words}</a:t></a:r></a:p></c:rich></c:tx>"
    return chart('<c:autoTitleDeleted val="1"/>', f"<c:title>{inside}</c:title>")


USED, PEAK, LEFT = "In use, steady state", "At the peak", "Left at the peak"
LEFT_IS_PEAK = f'series "{LEFT}" shows Plan!F5:F8, which is what is in use at the peak'
OTHERWISE = "the chart shows the modes otherwise than they are:"
#: One edit each, and what must be said of it.
EDITS: dict[str, tuple[Change, str]] = {
    "another result": (chart("$G$5:$G$8", "$F$5:$F$8"), LEFT_IS_PEAK),
    "another name": (named(USED, LEFT, LEFT), LEFT_IS_PEAK),
    "a name of one's own": (
        named(USED, "Quota", LEFT),
        'series "Quota" shows Plan!F5:F8, which is what is in use at the peak',
    ),
    "one name for all": (
        named(LEFT, LEFT, LEFT),
        f'series "{LEFT}" shows Plan!E5:E8, which is what is in use in the steady state; '
        f"{LEFT_IS_PEAK}",
    ),
    "the cell of a name": (
        lambda raw: raw.put("Chart", "A5", LEFT),
        LEFT_IS_PEAK,
    ),
    "names exchanged": (
        named(USED, LEFT, PEAK),
        f'{LEFT_IS_PEAK}; series "{PEAK}" shows Plan!G5:G8, which is what is left at the peak',
    ),
    "the name of another column": (
        chart("Chart!$A$6", "Plan!$F$4"),
        f'series "{PEAK}" shows Plan!G5:G8, which is what is left at the peak',
    ),
    "a name of another sheet": (
        chart("Chart!$A$6", "WarmENI!$A$8"),
        'series "IPs used" shows Plan!G5:G8, which is what is left at the peak',
    ),
    "the only series, renamed": (
        lambda raw: (
            without(raw, "<c:ser>.*</c:ser>(?=<c:ser>)"),
            raw.put("Chart", "A6", "Quota"),
        ),
        'series "Quota" shows Plan!G5:G8, which is what is left at the peak',
    ),
    "words for numbers": (
        chart("Plan!$E$5:$E$8", "Plan!$D$5:$D$8"),
        f'series "{USED}" shows Plan!D5:D8, which is what is said of each mode',
    ),
    "a part of a formula": (
        chart("Plan!$E$5:$E$8", "Plan!$E$5:$E$8,Plan!$F$5"),
        f'series "{USED}" shows Plan!E5:E8,Plan!F5, and not Plan!E5:E8, which is what is in use '
        "in the steady state",
    ),
    "a mode less": (
        chart("$E$5:$E$8", "$E$6:$E$8"),
        f'series "{USED}" shows Plan!E6:E8, and not Plan!E5:E8, which is what is in use in the '
        "steady state",
    ),
    "a mode further down": (
        chart("$F$5:$F$8", "$F$6:$F$9"),
        f'series "{PEAK}" shows Plan!F6:F9, and not Plan!F5:F8, which is what is in use at the '
        "peak",
    ),
    "of another sheet": (
        chart("Plan!$E$5:$E$8", "Sizes!$E$5:$E$8"),
        f'series "{USED}" shows Sizes!E5:E8, and not Plan!E5:E8, which is what is in use in the '
        "steady state",
    ),
    "numbers of its own": (
        typed("num", "Plan!$E$5:$E$8"),
        f'series "{USED}" shows numbers of its own, and not Plan!E5:E8, which is what is in use '
        "in the steady state",
    ),
    "other words": (
        chart("$D$5:$D$8", "$A$5:$A$8"),
        "the words below its columns are those of Plan!A5:A8, and not those of Plan!D5:D8, the "
        "modes",
    ),
    "words of fewer rows": (
        chart("$D$5:$D$8", "$D$5:$D$7"),
        "the words below its columns are those of Plan!D5:D7, and not those of Plan!D5:D8, the "
        "modes",
    ),
    "typed words": (
        typed("str", "Plan!$D$5:$D$8"),
        "the words below its columns are typed, and not those of Plan!D5:D8, the modes",
    ),
    "a unit": (
        chart("Addresses [IPs]", "Addresses [thousands]"),
        'the axis of the chart is called "Addresses [thousands]", not "Addresses [IPs]"',
    ),
    "a title": (
        of_chart("Addresses [thousands]"),
        'the chart is called "Addresses [thousands]", not "Addresses of the fullest subnet, by '
        'mode"',
    ),
    "a title of one mode": (
        of_chart("Prod, prefix"),
        'the chart is called "Prod, prefix", not "Addresses of the fullest subnet, by mode"',
    ),
    "cells of names that are empty": (
        lambda raw: (raw.put("Chart", "A5", None, None), raw.put("Chart", "A6", None, None)),
        "nothing stands in Chart!A5, Chart!A6, by which the chart names its series",
    ),
    "the modes in another order": (
        of_modes("from left: IPv6, Prefix, WarmIP, WarmENI"),
        'the words below its columns are called "from left: IPv6, Prefix, WarmIP, WarmENI"',
    ),
    "series over each other": (
        chart('<c:gapWidth val="80"/>', '<c:gapWidth val="80"/><c:overlap val="100"/>'),
        f"{OTHERWISE} its series hide each other",
    ),
    "no legend": (
        lambda raw: without(raw, "<c:legend>.*</c:legend>"),
        f"{OTHERWISE} nothing says which series is which, as it has no legend",
    ),
    "a number format": (
        chart(
            'formatCode="#,##0" sourceLinked="0"/><c:showVal',
            'formatCode="0\\0" sourceLinked="0"/><c:showVal',
        ),
        f"{OTHERWISE} the number format 0\\0 of its labels shows numbers otherwise than they are",
    ),
    "a reversed axis": (chart('"minMax"', '"maxMin"'), f"{OTHERWISE} its axis is reversed"),
    "shares": (
        chart('"clustered"', '"percentStacked"'),
        f"{OTHERWISE} it shows shares, and not numbers",
    ),
    "no series": (
        lambda raw: without(raw, "<c:ser>.*</c:ser>"),
        "the chart shows nothing, and not the results of the modes",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_of_the_chart_is_one_finding(name: str) -> None:
    change, message = EDITS[name]
    report = report_of(changed(change))
    assert [(each.code, each.place, each.message) for each in report.findings] == [
        ("chart", "Chart", message)
    ]
    assert report.clean


@pytest.mark.parametrize(
    "place",
    [
        (title("Our subnets"),),
        (renamed("Chart", "Picture"),),
        (title("Our subnets"), renamed("Chart", "Picture")),
    ],
    ids=["title", "name", "both"],
)
def test_the_chart_is_found_wherever_it_is(place: tuple[Change, ...]) -> None:
    [words] = said(report_of(changed(chart("$G$5:$G$8", "$F$5:$F$8"), *place)))
    assert words.endswith(LEFT_IS_PEAK)
    assert said(report_of(changed(*place))) == []


@pytest.mark.parametrize("change", [title("Our subnets"), renamed("Chart", "Picture")])
def test_a_chart_without_names_of_ours_is_found_by_its_sheet_or_title(change: Change) -> None:
    [words] = said(report_of(changed(named("A", "B", "C"), change)))
    assert words.endswith(
        ': series "A" shows Plan!E5:E8, which is what is in use in the steady state; '
        'series "B" shows Plan!F5:F8, which is what is in use at the peak; '
        'series "C" shows Plan!G5:G8, which is what is left at the peak'
    )


def test_a_heading_over_the_chart_that_says_other_addresses() -> None:
    [words] = said(report_of(changed(title("Addresses of one node, by mode"))))
    assert words == (
        'Chart!A1: the heading over the chart is "Addresses of one node, by mode", not "Addresses '
        'of the fullest subnet, by mode"'
    )


RIGHT: dict[str, list[Change]] = {
    "a title of one's own": [of_chart("Prod cluster, 2026-11")],
    "a title of the modes": [of_modes("Modes: WarmENI, Prefix")],
    "a heading with more words": [title("prod: addresses of the fullest subnet")],
    "nothing": [],
    "a row": [lambda raw: raw.insert("Plan", before="A6", rows=1)],
    "rows above": [lambda raw: raw.insert("Plan", before="A1", rows=2)],
    "a column": [lambda raw: raw.insert("Plan", before="F1", columns=1)],
    "rows above the chart": [lambda raw: raw.insert("Chart", rows=3)],
    "the sheet renamed": [renamed("Plan", "Prod's cluster")],
    "no names": [named("", "", "")],
    "one name for all, as LibreOffice has it": [named(*["EKS subnet plan"] * 3)],
    "the name of a head": [chart("Chart!$A$6", "Plan!$G$4")],
    "names that are typed": [named(USED, PEAK, LEFT)],
    "no words": [lambda raw: without(raw, "<c:cat>.*?</c:cat>")],
    "no numbers": [lambda raw: without(raw, "<c:val>.*?</c:val>")],
    "a series deleted": [lambda raw: without(raw, '<c:ser><c:idx val="0"/>.*?</c:ser>')],
    "references lost": [chart("Plan!$G$5:$G$8", "#REF!"), chart("Plan!$D$5:$D$8", "#REF!")],
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_or_seen_to_be_lost_is_not_named(name: str) -> None:
    assert said(report_of(changed(*RIGHT[name]))) == []


@pytest.mark.thorough
@pytest.mark.parametrize("row", [5, 6, 7, 8])
def test_a_row_of_the_plan_that_is_deleted_is_no_fault_of_the_chart(row: int) -> None:
    report = report_of(changed(lambda raw: raw.insert("Plan", before=f"A{row + 1}", rows=-1)))
    assert differences(report)
    assert said(report) == []


def on_chart(*anchors: str) -> Raw:
    """With shapes on sheet Chart, on top of the chart."""
    made = raw()
    [part] = [name for name in made.parts if name.startswith("xl/drawings/drawing")]
    made.replace_in(part, "</xdr:wsDr>", f"{''.join(anchors)}</xdr:wsDr>")
    return made


def within(made: Raw, *shapes: str) -> Raw:
    """With shapes that belong to the chart."""
    made.parts["xl/charts/_rels/chart1.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="x/chartUserShapes" Target="../drawings/drawing9.xml"/>'
        b"</Relationships>"
    )
    corners = "<cdr:from><cdr:x>0.1</cdr:x></cdr:from><cdr:to><cdr:x>0.9</cdr:x></cdr:to>"
    anchors = (f"<cdr:relSizeAnchor>{corners}{each}</cdr:relSizeAnchor>" for each in shapes)
    xml = f'<c:userShapes xmlns:c="c" xmlns:cdr="d" xmlns:a="a">{"".join(anchors)}</c:userShapes>'
    made.parts["xl/drawings/drawing9.xml"] = xml.replace("xdr:", "cdr:").encode()
    return made


ALL_FIT = shape("All fit")


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (lambda: on_chart(over("B5:K20", ALL_FIT)), ['a text box ("All fit")']),
        (lambda: on_chart(over("B5:K20", PICTURE), over("Q28:Q30", shape())), ["a picture"]),
        (lambda: on_chart(*[over("B5:K20", ALL_FIT)] * 2), ['a text box ("All fit")']),
        (lambda: on_chart(over("B1:K2", ALL_FIT), over("Q3:R9", ALL_FIT)), []),
        (lambda: on_chart(over("B5:K20", shape("", NO_FILL)), over("A3:P9", LINE)), []),
        (lambda: within(raw(), LINE, ALL_FIT, shape()), ['a text box ("All fit")', "a shape"]),
    ],
)
def test_what_lies_over_the_chart_is_named(made: Callable[[], Raw], expected: list[str]) -> None:
    report = report_of(made())
    assert said(report) == [f"Chart: {each} lies over the chart" for each in expected]
    found = ["All fit" if "All fit" in each else None for each in expected]
    assert [each.found for each in report.findings if each.code == "covered"] == found


def test_what_the_chart_lies_over_hides_nothing_of_it() -> None:
    made = raw()
    [part] = [name for name in made.parts if name.startswith("xl/drawings/drawing")]
    made.replace_in(part, "<xdr:twoCellAnchor>", f"{over('B5:K20', ALL_FIT)}<xdr:twoCellAnchor>")
    assert said(report_of(made)) == []


@pytest.mark.thorough
def test_what_lies_over_the_chart_of_a_colleague_is_theirs() -> None:
    def add(book: Workbook) -> None:
        book["Chart"].add_chart(BarChart(), "A40")
        book["Chart"].add_chart(BarChart(), "C42")

    assert said(report_of(by_openpyxl(add))) == []


@pytest.mark.parametrize(
    ("names", "is_ours"),
    [((USED, PEAK), True), (("in use, STEADY state:", PEAK, "x"), True), ((USED, "x", "y"), False)],
)
def test_two_names_tell_our_chart(names: tuple[str, ...], *, is_ours: bool) -> None:
    chart = Chart(tuple(Series(name, "", None, None) for name in names), (), ())
    assert _has_our_names(chart) is is_ours


PLANNED = {each: f"Plan!${each}$5:${each}$8" for each in "DEFG"}


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ([(USED, "", "D", "E"), (PEAK, "", "D", "F")], []),
        ([("", "Chart!$Z$9", "D", "E")], []),  # by an empty cell: there is no other
        (
            [("", "Chart!$Z$9", "D", "E"), ("", "Chart!$Z$8", "D", "F")],
            ["nothing stands in Chart!Z9, Chart!Z8, by which the chart names its series"],
        ),
        ([("", "Chart!$Z$9", "D", "E"), ("", "Chart!$Z$9", "D", "F")], []),  # as LibreOffice does
        ([("Quota", "", "D", "E"), ("Quota", "", "D", "F")], []),
        ([(PEAK, "", "D", "E")], ["E5:E8, which is what is in use in the steady state"]),
        ([("Quota", "", "D", "E")], ["E5:E8, which is what is in use in the steady state"]),
        ([(USED, "", "D", None)], []),
        ([(USED, "", "D", "#REF!")], []),
        ([(USED, "", "#REF!", "E")], []),
        (
            [(USED, "", "E", "E")],
            ["are those of Plan!E5:E8, and not those of Plan!D5:D8, the modes"],
        ),
        ([(USED, "", "", "E")], ["columns are typed, and not those of Plan!D5:D8, the modes"]),
        ([], ["the chart shows nothing, and not the results of the modes"]),
    ],
)
def test_what_series_show(
    series: list[tuple[str, str, str | None, str | None]], expected: list[str]
) -> None:
    reading = reading_of(rows=5)
    modes = _Modes(reading, reading.plans[0].plan, "Chart")
    every = tuple(
        Series(
            name, by, words and PLANNED.get(words, words), values and PLANNED.get(values, values)
        )
        for name, by, words, values in series
    )
    told = [message for _, message in modes.wrong(Chart(every, (), ()))]
    assert len(told) == len(expected)
    assert all(one.endswith(end) for one, end in zip(told, expected, strict=True))


def test_a_head_that_was_typed_over_is_no_fault_of_the_chart() -> None:
    raw = Raw(content(rows=8))
    raw.put("Plan", "F4", "Peak")
    report = report_of(raw)
    assert [each.code for each in report.findings] == ["missing-result"]


@pytest.mark.thorough
def test_charts_of_a_colleague_are_theirs() -> None:
    def add(book: Workbook) -> None:
        sheet = book.create_sheet("Mine")
        sheet["A1"] = "Our nodes"
        drawn = BarChart()
        drawn.add_data(Reference(book["Plan"], min_col=6, min_row=4, max_row=6), True)
        drawn.add_data(Reference(book["Plan"], min_col=2, min_row=4, max_row=8))
        drawn.grouping = "percentStacked"
        drawn.y_axis.scaling.max = 100
        sheet.add_chart(drawn, "B2")

    assert said(report_of(by_openpyxl(add))) == []


@pytest.mark.thorough
def test_a_fingerprint_tells_one_edit_of_the_chart_from_another() -> None:
    reports = [report_of(changed(change)) for change, _ in EDITS.values()]
    prints = {each.fingerprint for report in reports for each in report.findings}
    assert "chart | another sheet | Left at the peak: At the peak" in prints
    assert len(prints) > 10


# --- shapes ---------------------------------------------------------------------------------------


def one_cell(column: int, row: int, wide: int, high: int) -> str:
    start = corner("from", column, 0, row, 0)
    size = f'<xdr:ext cx="{wide}" cy="{high}"/>'
    return f"<xdr:oneCellAnchor>{start}{size}{PICTURE}</xdr:oneCellAnchor>"


def absolute(x: int, y: int, wide: int, high: int, what: str = PICTURE) -> str:
    place = f'<xdr:pos x="{x}" y="{y}"/><xdr:ext cx="{wide}" cy="{high}"/>'
    return f"<xdr:absoluteAnchor>{place}{what}</xdr:absoluteAnchor>"


#: Columns A to D of sheet Plan are 707 pixels wide, and its first four rows 95 high [EMU].
BESIDE, BELOW = pixels_to_EMU(707), pixels_to_EMU(95)

#: What is drawn on which sheet, and what must be said of it.
DRAWN: dict[str, tuple[str, str, list[str]]] = {
    "a text box": (
        "Plan",
        over("G5:G5", shape("503")),
        ['Plan!G5: a text box ("503") lies over the cell'],
    ),
    "one over several cells": (
        "WarmIP",
        over("A8:B9", shape("fits")),
        ['WarmIP!B8: a text box ("fits") lies over the cell'],
    ),
    "a white shape": ("Prefix", over("B8:B8", shape()), ["Prefix!B8: a shape lies over the cell"]),
    "words without a fill": (
        "Plan",
        over("E5:E5", shape("1", NO_FILL)),
        ['Plan!E5: a text box ("1") lies over the cell'],
    ),
    "a picture": ("Plan", over("E6:H6", PICTURE), ["Plan!E6: a picture lies over the cell"]),
    "a group": (
        "Plan",
        over("F7:F7", group(LINE, shape("0"))),
        ['Plan!F7: a text box ("0") lies over the cell'],
    ),
    "a picture with a size": (
        "Plan",
        one_cell(4, 4, 300_000, 100_000),
        ["Plan!E5: a picture lies over the cell"],
    ),
    "a picture at a place": (
        "Plan",
        absolute(BESIDE, BELOW, 300_000, 100_000),
        ["Plan!E5: a picture lies over the cell"],
    ),
    "beside that place": ("Plan", absolute(BESIDE - 600_000, 0, 500_000, 200_000), []),
    "over the words of the verdict": (
        "Plan",
        over("B2:B2", shape("Fits")),
        ['Plan!A2: a text box ("Fits") lies over the cell'],
    ),
    "over a label": (
        "Plan",
        over("A7:A7", shape("WARM_IP_TARGET")),
        ['Plan!B7: a text box ("WARM_IP_TARGET") lies over the words that say what the cell is'],
    ),
    "over the head of a result": (
        "Plan",
        over("F4:F4", shape("Left")),
        ['Plan!F5: a text box ("Left") lies over the words that say what the cell is'],
    ),
    "over a header": (
        "Plan",
        over("B13:B13", shape("pods")),
        ['Plan!B13: a text box ("pods") lies over the header of a column'],
    ),
    "two shapes": (
        "Plan",
        over("G5:G5", shape("1")) + over("G6:G6", shape("2")),
        [
            'Plan!G5: a text box ("1") lies over the cell',
            'Plan!G6: a text box ("2") lies over the cell',
        ],
    ),
    "words of a cell": (
        "Plan",
        over("G5:G5", shape("", NO_FILL, link="Sizes!$D$12")),
        ['Plan!G5: a text box ("Sizes!$D$12") lies over the cell'],
    ),
    "ink": ("Plan", over("G5:H6", INK), ["Plan!G5: ink lies over the cell"]),
    "a wide line": (
        "Plan",
        over("E5:E5", LINE.replace("</xdr:spPr>", f"{line(8)}</xdr:spPr>")),
        ["Plan!E5: a line lies over the cell"],
    ),
    "a line": ("Plan", over("E5:H8", LINE), []),
    "a frame": ("Plan", over("E5:H8", shape("", NO_FILL)), []),
    "a marker": ("Plan", over("E5:H8", shape("", MARKER)), []),
    "a hidden shape": ("Plan", over("E5:H8", shape("0", hidden=True)), []),
    "beside the plan": ("Plan", over("U1:W9", PICTURE), []),
    "over steps": ("Plan", over("K1:N9", PICTURE), []),
    "over empty rows": ("Plan", over("A25:D30", PICTURE), []),
    "over the title": ("Plan", over("A1:A1", PICTURE), []),
    "to the edge of a result": (
        "Plan",
        "<xdr:twoCellAnchor>"
        f"{corner('from', 4, 0, 2, 190_000)}{corner('to', 7, 0, 4, 20_000)}{PICTURE}"
        "</xdr:twoCellAnchor>",
        ["Plan!E5: a picture lies over the words that say what the cell is"],
    ),
    "no place": (
        "Plan",
        "<xdr:twoCellAnchor><xdr:from><xdr:col>x</xdr:col></xdr:from></xdr:twoCellAnchor>"
        f"<xdr:absoluteAnchor>{PICTURE}</xdr:absoluteAnchor>",
        [],
    ),
    "on another sheet": ("InstanceTypes", over("A1:D9", PICTURE), []),
}


@pytest.mark.parametrize("name", DRAWN)
def test_what_lies_over_a_cell_is_named(name: str) -> None:
    sheet, anchors, expected = DRAWN[name]
    report = report_of(draw(raw(), sheet, anchors))
    assert said(report) == expected
    assert len(report.findings) == len(expected)


def thin(inside: str = line(1), shape: str = "line") -> str:
    straight = LINE.replace('prst="rect"', f'prst="{shape}"')
    return straight.replace("</xdr:spPr>", f"{inside}</xdr:spPr>")


ARROW = line(1).replace("</a:ln>", '<a:tailEnd type="triangle"/></a:ln>')
SLOPING = (
    "<xdr:twoCellAnchor>"
    f"{corner('from', 0, 0, 14, 0)}{corner('to', 3, 0, 15, 0)}{thin()}</xdr:twoCellAnchor>"
)


@pytest.mark.parametrize(
    ("anchor", "found"),
    [
        (over("A15:D15", thin()), ("Plan!A15", "a line strikes out row 15, and what stands", 3)),
        (over("A15:C15", thin(shape="straightConnector1")), ("Plan!A15", "a line strikes out", 2)),
        (SLOPING, ("Plan!A15", "a line strikes out row 15", 3)),
        (over("E5:F5", thin()), ("Plan!E5", "a line strikes out the cell", 1)),
        (over("A15:D15", thin(ARROW)), None),
        (over("A15:D15", thin(line(1, MARKER))), None),
        (over("A15:D15", thin(line(1, NO_FILL))), None),
        (over("A15:D15", thin("")), None),
        (over("A15:D15", thin(shape="bentConnector3")), None),
        (over("A15:D15", thin().replace("<a:xfrm>", '<a:xfrm rot="5400000">')), None),
        (over("A15:D15", thin(), inset=2_000), None),
        (over("A15:D16", thin()), None),
        (over("A25:D25", thin()), None),
        (over("E4:H4", thin()), None),
        (over("I5:S5", thin()), None),
    ],
)
def test_a_line_that_strikes_something_out(anchor: str, found: tuple[str, str, int] | None) -> None:
    told = report_of(draw(raw(), "Plan", anchor)).findings
    assert [(each.code, each.place, each.cells) for each in told] == (
        [("struck-out", *found[::2])] if found else []
    )
    assert all(found and each.message.startswith(found[1]) for each in told)


def test_a_text_runs_on_to_the_next_cell_that_holds_something() -> None:
    made = draw(raw(), "Plan", over("E10:E10", PICTURE))
    assert said(report_of(made)) == ["Plan!D10: a picture lies over the cell"]
    made.put("Plan", "E10", "mine")
    assert said(report_of(made)) == []


def test_rows_that_are_high_and_columns_that_are_hidden_count() -> None:
    """What is at a place lies over other cells then."""
    made = draw(raw(), "Plan", absolute(BESIDE, BELOW, 300_000, 100_000))
    made.replace("Plan", '<row r="4"', '<row r="4" ht="120" customHeight="1"')
    assert said(report_of(made)) == [
        "Plan!E5: a picture lies over the words that say what the cell is"
    ]
    made = draw(raw(), "Plan", absolute(BESIDE, BELOW, 300_000, 100_000))
    made.replace("Plan", '<col min="1" max="1"', '<col hidden="1" min="1" max="1"')
    assert "Plan!G5: a picture lies over the cell" in said(report_of(made))


WORDS = '("All fit & more")'


@pytest.mark.parametrize(
    ("kind", "inside", "expected"),
    [
        ("Note", "<x:Visible/>", f"a note {WORDS}"),
        ("Note", "<x:Row>0</x:Row><x:Visible>True</x:Visible>", f"a note {WORDS}"),
        ("Note", "", ""),
        ("Button", "", f"a control {WORDS}"),
        ("Label", "<x:PrintObject>False</x:PrintObject>", f"a control {WORDS}"),
        ("Pict", "", f"an object {WORDS}"),
        ("GBox", "", ""),
    ],
)
def test_notes_that_are_shown_and_controls(kind: str, inside: str, expected: str) -> None:
    made = describe(raw(), "Plan", kind, inside)
    assert said(report_of(made)) == [f"Plan!E5: {expected} lies over the cell"] * bool(expected)


@pytest.mark.thorough
def test_a_chart_over_results() -> None:
    def add(book: Workbook) -> None:
        book["Plan"].add_chart(BarChart(), "E5")

    assert said(report_of(by_openpyxl(add))) == ["Plan!E5: a chart lies over the cell"]


# --- other programs -------------------------------------------------------------------------------


def test_what_openpyxl_saves_is_right() -> None:
    assert said(report_of(by_openpyxl())) == []


#: What LibreOffice writes again as it is: it loses what a chart holds itself.
KEPT = ("names exchanged", "the name of another column", "other words", "a unit", "a number format")
KEPT += ("a reversed axis", "shares", "a title", "series over each other", "no legend")
#: And shapes that do not meet.
ON_PLAN = ("a text box", "a picture", "a group", "over a label")


@pytest.mark.thorough
@needs_libreoffice
def test_what_libreoffice_saves_is_as_right_as_it_was(tmp_path: Path) -> None:
    made = {name: changed(EDITS[name][0]) for name in KEPT}
    made["right"] = draw(raw(), "Plan", *(DRAWN[name][1] for name in ("a frame", "a marker")))
    made["drawn"] = draw(raw(), "Plan", *(DRAWN[name][1] for name in ON_PLAN))
    draw(made["drawn"], "WarmIP", DRAWN["one over several cells"][1])
    paths = [each.save(tmp_path / f"{name}.xlsx") for name, each in made.items()]
    saved = {path.stem: said(report_of(path)) for path in libreoffice(paths, tmp_path / "saved")}
    assert saved == {name: said(report_of(each)) for name, each in made.items()}
    assert saved["right"] == []
    assert len(saved["drawn"]) == len(ON_PLAN) + 1


@pytest.mark.thorough
@needs_uno
def test_series_keep_their_names_where_libreoffice_inserts_rows(tmp_path: Path) -> None:
    source = changed(EDITS["another result"][0]).save(tmp_path / "source.xlsx")
    jobs = {"saved.xlsx": (source, [["insert_rows", "Plan", 1, 2]])}
    [words] = said(report_of(edited_in_libreoffice(tmp_path, jobs)["saved.xlsx"]))
    assert words.endswith(LEFT_IS_PEAK.replace("F5:F8", "F7:F10"))
