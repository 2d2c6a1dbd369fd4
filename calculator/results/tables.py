"""Reports as rows of three tables: a row a sheet, a row a node group, a row a finding.

The tables have the same columns whatever is in the reports, so that they can be written while
reports still arrive, and parts of them put together again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from calculator.findings import Finding
from calculator.inputs import plain
from calculator.model import models
from calculator.report import SheetReport, WorkbookReport

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DETAILS", "FINDINGS", "NODE_GROUPS", "SUMMARY", "Table", "frame"]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of results.

    Parameters
    ----------
    name: its name, as part of a file's name.
    title: its name, as a sheet's.
    columns: name of each column and what it holds: ``text``; ``flag``, true or false; ``count``, a
        whole number; ``number``; ``any``, whatever a cell can hold. Each may be empty, which is
        None.
    rows: gives the rows of a report, shape (rows, columns).
    """

    name: str
    title: str
    columns: dict[str, str]
    rows: Callable[[Any], Iterator[tuple[Any, ...]]]


# --- a row a sheet --------------------------------------------------------------------------------

_NUMBERS = (
    *("ips_available", "ips_used", "ips_remaining", "peak_remaining"),
    *("pods_hosted", "smallest_subnet"),
    *("pod_subnet_used", "pod_subnet_remaining", "pod_subnet_peak_remaining"),
    "smallest_pod_subnet",
)
_COUNTED = ("faults", "warnings", "differences")
_ACCEPTED = ("known", "suppressed")


def _summary_rows(report: WorkbookReport) -> Iterator[tuple[Any, ...]]:
    """A row a sheet; one for a workbook of which no sheet is known.

    ``fits`` is of the sheet, ``plan_fits`` of the whole plan in its chosen mode. The counts are of
    what concerns the sheet: findings on it, and those on what all sheets share, such as the plan;
    what follows from another finding is not counted, and what is known or suppressed only as such.
    ``error`` says why nothing could be read, or else the first of the faults that count.
    """
    verdict = report.verdict
    of_plan = (verdict.mode, verdict.fits) if verdict else (None, None)
    for sheet in report.sheets:
        yield (
            report.file,
            sheet.sheet,
            report.model,
            sheet.mode,
            sheet.fits,
            *of_plan,
            (report.plan or sheet).settings.get("subnet_prefix_length"),
            *(sheet.number(name) for name in _NUMBERS),
            *_counts_and_error(report, sheet),
        )
    if not report.sheets:
        nothing = [None] * (1 + len(_NUMBERS))
        unknown = (None, report.model, None, None)
        yield (report.file, *unknown, *of_plan, *nothing, *_counts_and_error(report, None))


def _counts_and_error(report: WorkbookReport, sheet: SheetReport | None) -> tuple[Any, ...]:
    if report.error and not report.sheets:
        return (*[None] * len(_COUNTED), report.error, *[None] * len(_ACCEPTED))
    others = {each.sheet for each in report.sheets if each is not sheet}
    findings = [
        each for each in report.findings if not each.because_of and each.sheet not in others
    ]
    counts = Counter(
        f"{each.severity}s" if each.counts else str(each.standing) for each in findings
    )
    faults = (_in_a_cell(each) for each in findings if each.counts and each.severity == "fault")
    why = report.error or next(faults, None)
    return (*(counts[name] for name in _COUNTED), why, *(counts[name] for name in _ACCEPTED))


def _in_a_cell(finding: Finding) -> str:
    return f"{finding.place}: {finding.message}" if finding.place else finding.message


SUMMARY = Table(
    "summary",
    "Summary",
    {
        **dict.fromkeys(("file", "sheet", "model", "mode"), "text"),
        "fits": "flag",
        "chosen_mode": "text",
        "plan_fits": "flag",
        "subnet_prefix_length": "count",
        **dict.fromkeys((*_NUMBERS, *_COUNTED), "count"),
        "error": "text",
        **dict.fromkeys(_ACCEPTED, "count"),
    },
    _summary_rows,
)

# --- a row a node group ---------------------------------------------------------------------------

_COLUMNS = [
    column
    for model in models()
    for sheet in model.sheets
    for column in sheet.columns
    if column.style != "helper"
]
_TEXTS = {column.name for column in _COLUMNS if column.is_text}
_GROUP_COLUMNS = {column.name: "text" if column.name in _TEXTS else "number" for column in _COLUMNS}


def _group_rows(report: WorkbookReport) -> Iterator[tuple[Any, ...]]:
    """A row a node group and sheet, with what is filled in on the plan."""
    inputs = report.plan.columns if report.plan else {}
    for sheet in report.sheets:
        columns = inputs | sheet.columns
        for number, row in enumerate(sheet.rows):
            values = [
                plain(columns[name][number]) if name in columns else None for name in _GROUP_COLUMNS
            ]
            place = (report.file, sheet.sheet, report.model, row)
            yield (*place, *(None if value == "" else value for value in values))


NODE_GROUPS = Table(
    "node-groups",
    "Node groups",
    {"file": "text", "sheet": "text", "model": "text", "row": "count", **_GROUP_COLUMNS},
    _group_rows,
)

# --- a row a finding ------------------------------------------------------------------------------


def _finding_rows(report: WorkbookReport) -> Iterator[tuple[Any, ...]]:
    """A row a finding, causes first; why a workbook could not be read is one, too."""
    if report.error:
        nothing = [None] * 3
        standing, _, reason = report.accepted.get("unreadable", "").partition(": ")
        why = (report.error, None, "unreadable", standing or None, reason or None)
        yield (report.file, *nothing, "unreadable", *nothing, *why)
    for each in report.findings:
        place = (report.file, each.sheet, each.cell, each.column)
        what = (each.severity, each.code, each.found, each.expected)
        after = (each.because_of, each.fingerprint or None, each.standing, each.reason)
        yield (*place, *what, each.message, *after)


FINDINGS = Table(
    "findings",
    "Findings",
    {
        **dict.fromkeys(("file", "sheet", "cell", "column", "severity", "code"), "text"),
        "found": "any",
        "expected": "any",
        "message": "text",
        "because_of": "text",
        "fingerprint": "text",
        "standing": "text",
        "reason": "text",
    },
    _finding_rows,
)

#: The tables that are written when details are asked for.
DETAILS = (NODE_GROUPS, FINDINGS)


def frame(table: Table, reports: Iterable[WorkbookReport]) -> pd.DataFrame:
    """A table of reports, shape (rows, columns); counts are whole numbers, or missing."""
    import pandas as pd

    rows = [row for report in reports for row in table.rows(report)]
    data = pd.DataFrame(rows, columns=list(table.columns), dtype=object)
    kinds = {"count": "Int64", "number": "Float64", "flag": "boolean"}
    return data.astype({name: kinds[kind] for name, kind in table.columns.items() if kind in kinds})
