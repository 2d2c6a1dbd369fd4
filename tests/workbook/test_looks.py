"""What a person cannot see, or reads otherwise than it is."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from calculator.report import WorkbookReport
from tests.helpers import Raw, all_calculated, content, needs_ironcalc, report_of

Change = Callable[[Workbook], object]


def number_format(sheet: str, cell: str, code: str) -> Change:
    return lambda book: setattr(book[sheet][cell], "number_format", code)


def column_format(sheet: str, cells: str, code: str) -> Change:
    return lambda book: [
        setattr(cell, "number_format", code) for row in book[sheet][cells] for cell in row
    ]


def ink(sheet: str, cell: str, colour: str) -> Change:
    return lambda book: setattr(book[sheet][cell], "font", Font(color=colour))


def ground(sheet: str, cell: str, colour: str) -> Change:
    return lambda book: setattr(book[sheet][cell], "fill", PatternFill("solid", fgColor=colour))


def hide_rows(sheet: str, *rows: int) -> Change:
    return lambda book: [setattr(book[sheet].row_dimensions[row], "hidden", True) for row in rows]


def hide_column(sheet: str, column: str) -> Change:
    return lambda book: setattr(book[sheet].column_dimensions[column], "hidden", True)


def hide_sheet(sheet: str, state: str = "hidden") -> Change:
    return lambda book: setattr(book[sheet], "sheet_state", state)


def calculation(name: str, value: object) -> Change:
    return lambda book: setattr(book.calculation, name, value)


NAMED: dict[str, tuple[Change, list[tuple[str, str | None]]]] = {
    "ten times as much": (number_format("Plan", "E5", '0"0"'), [("number-format", "Plan!E5")]),
    "thousands": (number_format("WarmENI", "B8", "0.0,"), [("number-format", "WarmENI!B8")]),
    "a percentage": (number_format("WarmENI", "B8", "0%"), [("number-format", "WarmENI!B8")]),
    "a date": (number_format("Plan", "B4", "yyyy-mm-dd"), [("number-format", "Plan!B4")]),
    "nothing of a number": (number_format("Plan", "B14", ";;;"), [("number-format", "Plan!B14")]),
    "nothing of the verdict": (number_format("Plan", "A2", ";;;"), [("number-format", "Plan!A2")]),
    "a column": (column_format("Plan", "C14:C18", ";;"), [("number-format", "Plan!C14")]),
    "white on white": (ink("WarmENI", "B8", "FFFFFFFF"), [("unseen", "WarmENI!B8")]),
    "ink on ink": (ground("WarmENI", "B8", "FF1F2933"), [("unseen", "WarmENI!B8")]),
    "node groups hidden": (hide_rows("Plan", 15, 16, 17), [("hidden", "Plan!A15")]),
    "a result hidden": (hide_rows("WarmIP", 8), [("hidden", "WarmIP!B8")]),
    "inputs hidden": (hide_column("Plan", "B"), [("hidden", "Plan!B4")]),
    "the settings hidden": (hide_sheet("Settings"), [("hidden", "Settings")]),
    "the plan very hidden": (hide_sheet("Plan", "veryHidden"), [("hidden", "Plan")]),
    "calculated by hand": (calculation("calcMode", "manual"), [("manual-calculation", None)]),
    "iterated": (calculation("iterate", True), [("iteration", None)]),
    "as displayed": (calculation("fullPrecision", False), [("precision-as-displayed", None)]),
}
FINE: dict[str, Change] = {
    "decimals": number_format("WarmENI", "B8", "0.00"),
    "with a unit": number_format("WarmENI", "B8", '#,##0" IPs"'),
    "as in a ledger": number_format("WarmENI", "B8", "#,##0_);[Red]\\(#,##0\\)"),
    "no zeros": number_format("WarmENI", "B8", "0;-0;;@"),
    "no sign of a number above 0": number_format("Prefix", "I14", "0;[Red]0"),
    "scientific": number_format("WarmENI", "B8", "0.00E+00"),
    "a percentage beside": number_format("Plan", "P20", "0%"),
    "an empty row hidden": hide_rows("Plan", 20),
    "steps hidden": hide_column("WarmENI", "K"),
    "a mode hidden": hide_sheet("IPv6"),
    "the words hidden": hide_sheet("Tables"),
    "white on blue": ink("Plan", "A13", "FFFFFFFF"),
    "as openpyxl has it": lambda book: None,
}


@pytest.fixture(scope="module")
def reports() -> dict[str, WorkbookReport]:
    """The reports of all of them, calculated with one start."""
    raws = {}
    changes = {**{name: change for name, (change, _) in NAMED.items()}, **FINE}
    for name, change in changes.items():
        book = openpyxl.load_workbook(BytesIO(content()))
        change(book)
        stream = BytesIO()
        book.save(stream)
        raws[name] = Raw(stream.getvalue())
    return {name: report_of(raw) for name, raw in all_calculated(raws).items()}


def said(report: WorkbookReport) -> list[tuple[str, str | None]]:
    return [(each.code, each.place) for each in report.findings]


@needs_ironcalc
@pytest.mark.parametrize("name", NAMED)
def test_what_is_not_seen_is_a_warning(reports: dict[str, WorkbookReport], name: str) -> None:
    assert said(reports[name]) == NAMED[name][1]
    assert reports[name].clean


@needs_ironcalc
@pytest.mark.parametrize("name", FINE)
def test_what_is_seen_is_none(reports: dict[str, WorkbookReport], name: str) -> None:
    assert said(reports[name]) == []


def test_dates_of_1904() -> None:
    raw = Raw(content())
    raw.replace_in("xl/workbook.xml", "<workbookPr ", '<workbookPr date1904="1" ')
    assert said(report_of(raw)) == [("dates-of-1904", None)]


def test_a_file_that_was_never_calculated_shows_nothing_as_it_is() -> None:
    book = openpyxl.load_workbook(BytesIO(content()))
    book["Plan"]["E5"].number_format = '0"0"'
    stream = BytesIO()
    book.save(stream)
    assert said(report_of(Raw(stream.getvalue()))) == [
        ("no-recorded-values", None),
        ("number-format", "Plan!E5"),
    ]
