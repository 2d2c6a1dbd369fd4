"""Reports as rows of three tables: a row a sheet, a row a node group, a row a finding.

The tables have the same columns whatever is in the reports, so that they can be written while
reports still arrive, and parts of them put together again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from calculator.errors import Finding
from calculator.model import models
from calculator.model.sheet import Column
from calculator.parity import SheetReport, WorkbookReport
from calculator.plan import plain

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DETAILS", "FINDINGS", "NODE_GROUPS", "SUMMARY", "Table", "as_json", "frame", "summary"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of results.

    Parameters
    ----------
    name: its name, as part of a file's name.
    title: its name, as a sheet's.
    columns: name of each column and what it holds: ``text``; ``count``, a whole number; ``number``;
        ``any``, whatever a cell can hold. Each may be empty, which is None.
    rows: gives the rows of a report, shape (rows, columns).
    """

    name: str
    title: str
    columns: dict[str, str]
    rows: Callable[[WorkbookReport], Iterator[tuple[Any, ...]]]


# --- a row a sheet --------------------------------------------------------------------------------

_TOTALS = ("ips_available", "ips_used", "ips_remaining", "peak_remaining", "pods_hosted")
_COUNTED = ("faults", "warnings", "differences")


def _summary_rows(report: WorkbookReport) -> Iterator[tuple[Any, ...]]:
    for sheet in report.sheets:
        results = sheet.totals | sheet.details
        yield (
            report.file,
            sheet.sheet,
            sheet.model,
            sheet.settings.get("subnet_prefix_length"),
            *[results.get(name) for name in _TOTALS],
            *[len(getattr(sheet, name)) for name in _COUNTED],
            report.error,
        )
    if not report.sheets:
        nothing = [None] * (len(SUMMARY.columns) - 2)
        yield (report.file, *nothing, report.error)


SUMMARY = Table(
    "summary",
    "Summary",
    {
        "file": "text",
        "sheet": "text",
        "model": "text",
        "subnet_prefix_length": "count",
        **dict.fromkeys(_TOTALS, "count"),
        **dict.fromkeys(_COUNTED, "count"),
        "error": "text",
    },
    _summary_rows,
)

# --- a row a node group ---------------------------------------------------------------------------

_SHEETS = [sheet for model in models() for sheet in model]


def _kind(column: Column) -> str:
    is_text = column.is_text if column.formula is None else column.formula.is_text
    return "text" if is_text else "number"


_GROUP_COLUMNS = {
    column.name: _kind(column)
    for sheet in _SHEETS
    for column in sheet.columns
    if column.style != "helper"
}


def _group_rows(report: WorkbookReport) -> Iterator[tuple[Any, ...]]:
    for sheet in report.sheets:
        for number, row in enumerate(sheet.rows):
            values = [
                plain(sheet.columns[name][number]) if name in sheet.columns else None
                for name in _GROUP_COLUMNS
            ]
            yield (report.file, sheet.sheet, sheet.model, row, *values)


NODE_GROUPS = Table(
    "node-groups",
    "Node groups",
    {"file": "text", "sheet": "text", "model": "text", "row": "count", **_GROUP_COLUMNS},
    _group_rows,
)

# --- a row a finding ------------------------------------------------------------------------------


def _finding_rows(report: WorkbookReport) -> Iterator[tuple[Any, ...]]:
    if report.error:
        yield (report.file, None, None, None, "unreadable", None, None, None, report.error)
    for sheet in report.sheets:
        for name in _COUNTED:
            for each in getattr(sheet, name):
                place = (report.file, sheet.sheet, each.cell, each.column)
                what = (each.kind, each.found, each.expected, each.message)
                yield (*place, name.removesuffix("s"), *what)


FINDINGS = Table(
    "findings",
    "Findings",
    {
        "file": "text",
        "sheet": "text",
        "cell": "text",
        "column": "text",
        "severity": "text",
        "kind": "text",
        "found": "any",
        "expected": "any",
        "message": "text",
    },
    _finding_rows,
)

#: The tables that are written when details are asked for.
DETAILS = (NODE_GROUPS, FINDINGS)

# --- tables and JSON ------------------------------------------------------------------------------


def frame(table: Table, reports: Iterable[WorkbookReport]) -> pd.DataFrame:
    """A table of reports, shape (rows, columns); counts are whole numbers, or missing."""
    import pandas as pd

    rows = [row for report in reports for row in table.rows(report)]
    data = pd.DataFrame(rows, columns=list(table.columns), dtype=object)
    kinds = {"count": "Int64", "number": "Float64"}
    return data.astype({name: kinds[kind] for name, kind in table.columns.items() if kind in kinds})


def summary(reports: Iterable[WorkbookReport]) -> pd.DataFrame:
    """One row a sheet, shape (sheets, 13); a file that could not be read is one row, too."""
    return frame(SUMMARY, reports)


def as_json(report: WorkbookReport) -> dict[str, Any]:
    """A report as plain dicts, lists, numbers and texts, ready for ``json.dump``."""
    return {
        "file": report.file,
        "error": report.error,
        "sheets": [_sheet_as_json(each) for each in report.sheets],
    }


def _sheet_as_json(sheet: SheetReport) -> dict[str, Any]:
    settings = dict(sheet.settings)
    return {
        "sheet": sheet.sheet,
        "mode": sheet.mode,
        "model": sheet.model,
        "subnet_prefix_length": settings.pop("subnet_prefix_length", None),
        **sheet.totals,
        "details": sheet.details,
        "settings": settings,
        "node_groups": sheet.node_groups,
        "faults": [_finding_as_json(each) for each in sheet.faults],
        "warnings": [_finding_as_json(each) for each in sheet.warnings],
        "differences": [
            _finding_as_json(each) | {"expected": each.expected} for each in sheet.differences
        ],
    }


def _finding_as_json(finding: Finding) -> dict[str, Any]:
    names = ("cell", "column", "kind", "found", "message")
    return {name: getattr(finding, name) for name in names}
