"""Many workbooks: finds them, evaluates them in chunks, and puts the results into tables."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from calculator.catalog import Catalog
from calculator.errors import Finding, InputError, WorkbookError
from calculator.parity import SheetReport, WorkbookReport, judge
from calculator.workbook.reader import WorkbookReading, read_workbook

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["as_json", "evaluate_workbooks", "find_workbooks", "summary", "write_results"]

#: Workbooks that are held in memory and evaluated together.
_CHUNK = 64

#: Columns of the summary, one row a sheet, in this order.
_SUMMARY = (
    "file",
    "sheet",
    "model",
    "subnet_prefix_length",
    "ips_available",
    "ips_used",
    "ips_remaining",
    "peak_remaining",
    "pods_hosted",
    "faults",
    "warnings",
    "differences",
    "error",
)


def find_workbooks(paths: Iterable[str | os.PathLike[str]]) -> list[str]:
    """The workbooks that `paths` name: files, folders (with all below them) and globs.

    Returns
    -------
    Paths in the order given, sorted within a folder or glob, each once. A named file is taken
    whatever its ending; in folders and globs, files ending in ``.xlsx`` are, other than the lock
    files (``~$…``) of spreadsheet programs. Where there is nothing, the path itself stands in the
    list, so that reading it says what is wrong and the others are read all the same.

    Raises
    ------
    InputError: when there is nothing at any path.
    """
    found: dict[str, None] = {}
    nothing = []
    for path in [os.fspath(each) for each in paths]:
        if os.path.isdir(path):
            every = glob.glob(os.path.join(glob.escape(path), "**", "*"), recursive=True)
            matches = sorted(filter(_is_workbook, every))
        elif glob.has_magic(path) and not os.path.exists(path):
            matches = sorted(filter(_is_workbook, glob.glob(path, recursive=True)))
        else:
            matches = [path] if os.path.exists(path) else []
        if not matches:
            nothing.append(path)
        found.update(dict.fromkeys(matches or [path]))
    if len(nothing) == len(found):
        listed = ", ".join(nothing) or "no path given"
        raise InputError(f"{listed}: there is no workbook; a file, folder or glob is expected")
    return list(found)


def _is_workbook(path: str) -> bool:
    name = os.path.basename(path).lower()
    return name.endswith(".xlsx") and not name.startswith("~$") and os.path.isfile(path)


def evaluate_workbooks(
    paths: Iterable[str | os.PathLike[str]],
    *,
    catalog: Catalog | None = None,
    recalculate: str | None = None,
) -> Iterator[WorkbookReport]:
    """Evaluate and verify workbooks; one that cannot be read costs itself and no other.

    Parameters
    ----------
    paths: files, folders and globs.
    catalog, recalculate: as for :func:`calculator.verify_workbook`.

    Yields
    ------
    A report for each workbook, in order; its ``error`` says why a file could not be read.

    Raises
    ------
    InputError: when there is nothing to read.
    """
    remaining = iter(find_workbooks(paths))
    while chunk := list(islice(remaining, _CHUNK)):
        reports: dict[str, WorkbookReport] = {}
        readings: list[WorkbookReading] = []
        for path in chunk:
            try:
                readings.append(read_workbook(path))
            except WorkbookError as error:
                reports[path] = WorkbookReport(path, error.message)
        for report in judge(readings, catalog, recalculate):
            reports[report.file] = report
        yield from (reports[path] for path in chunk)


# --- results as tables and JSON -------------------------------------------------------------------


def as_json(reports: Iterable[WorkbookReport]) -> dict[str, Any]:
    """Reports as plain dicts, lists, numbers and texts, ready for ``json.dump``."""
    return {
        "workbooks": [
            {
                "file": report.file,
                "error": report.error,
                "sheets": [_sheet_as_json(each) for each in report.sheets],
            }
            for report in reports
        ]
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


def summary(reports: Iterable[WorkbookReport]) -> pd.DataFrame:
    """One row a sheet, shape (sheets, 13); a file that could not be read is one row, too.

    Counts are whole numbers, missing where they cannot be known.
    """
    import pandas as pd

    rows = []
    for report in reports:
        for sheet in report.sheets:
            counted = {
                name: len(getattr(sheet, name)) for name in ("faults", "warnings", "differences")
            }
            place = {"file": report.file, "sheet": sheet.sheet, "model": sheet.model}
            size = {"subnet_prefix_length": sheet.settings.get("subnet_prefix_length")}
            peak = {"peak_remaining": sheet.details.get("peak_remaining")}
            found = {**sheet.totals, **peak, **counted}
            rows.append({**place, **size, **found, "error": report.error})
        if not report.sheets:
            rows.append({"file": report.file, "error": report.error})
    table = pd.DataFrame(rows, columns=list(_SUMMARY), dtype=object)
    return table.astype(dict.fromkeys(_SUMMARY[3:-1], "Int64"))


def write_results(reports: Sequence[WorkbookReport], path: str) -> None:
    """Write results to a .csv or .xlsx (one row a sheet) or a .json (everything).

    Raises
    ------
    InputError: for another ending, or when nothing can be written there.
    """
    ending = os.path.splitext(path)[1].lower()
    try:
        if ending == ".json":
            with open(path, "w", encoding="utf-8") as stream:
                json.dump(as_json(reports), stream, indent=1)
                stream.write("\n")
        elif ending == ".csv":
            summary(reports).to_csv(path, index=False, lineterminator="\n")
        elif ending == ".xlsx":
            _write_xlsx(summary(reports), path)
        else:
            raise InputError(f"{path}: a name ending in .csv, .xlsx or .json is expected")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None


def _write_xlsx(table: pd.DataFrame, path: str) -> None:
    import pandas as pd

    # Names of files and sheets are other people's texts: never a formula, never a link.
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(path, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        table.to_excel(writer, sheet_name="Summary", index=False)
        worksheet = writer.sheets["Summary"]
        worksheet.freeze_panes(1, 0)
        worksheet.autofilter(0, 0, len(table), len(table.columns) - 1)
        worksheet.autofit()
