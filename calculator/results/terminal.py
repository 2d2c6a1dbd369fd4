"""Results and problems as they are printed: results on stdout, problems on stderr."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from calculator.parity import WorkbookReport
from calculator.results.outputs import Json, Output
from calculator.results.tables import summary

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["json_on_stdout", "print_table", "problems", "table_on_stdout", "verdicts"]

#: Reports whose table is printed at once, under a header of its own.
_AT_ONCE = 200
#: Differences of one sheet that are printed where not all are asked for.
_SHOWN = 10


def print_table(table: pd.DataFrame) -> None:
    """Print a table, with a dash where there is nothing."""
    print(table.astype(object).where(table.notna(), "-").to_string(index=False, max_colwidth=60))


@contextlib.contextmanager
def table_on_stdout() -> Iterator[Output]:
    """Prints a row a sheet."""
    table = _Table()
    yield table
    table.flush()


class _Table:
    def __init__(self) -> None:
        self._reports: list[WorkbookReport] = []

    def add(self, report: WorkbookReport) -> None:
        self._reports.append(report)
        if len(self._reports) == _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        if not self._reports:
            return
        table = summary(self._reports)
        self._reports.clear()
        optional = [name for name in ("peak_remaining", "error") if table[name].isna().all()]
        print_table(table.drop(columns=optional))
        sys.stdout.flush()


@contextlib.contextmanager
def json_on_stdout() -> Iterator[Output]:
    """Prints everything as one JSON document."""
    output = Json(sys.stdout)
    yield output
    output.close()


@contextlib.contextmanager
def verdicts() -> Iterator[Output]:
    """Prints every difference, and how many each sheet has."""
    yield _Verdicts()


class _Verdicts:
    def add(self, report: WorkbookReport) -> None:
        for sheet in report.sheets:
            for difference in sheet.differences:
                print(difference.at(report.file))
            found = f"{len(sheet.differences) or 'no'} difference"
            found += "" if len(sheet.differences) == 1 else "s"
            never = any(each.kind == "never-calculated" for each in sheet.warnings)
            only = ", formulas only: it was never calculated" if never else ""
            print(f"{report.file}, {sheet.sheet} ({sheet.model}): {found}{only}")
        sys.stdout.flush()


def problems(
    report: WorkbookReport, *, warnings: bool = True, differences: bool = True
) -> Iterator[str]:
    """Every problem of a workbook as a line, each with its place.

    Parameters
    ----------
    warnings, differences: whether these are among them.
    """
    if report.error:
        yield f"{report.file}: {report.error}"
    for sheet in report.sheets:
        for fault in sheet.faults:
            yield fault.at(report.file)
        for warning in sheet.warnings if warnings else ():
            yield f"warning: {warning.at(report.file)}"
        if differences:
            for difference in sheet.differences[:_SHOWN]:
                yield difference.at(report.file)
            if (more := len(sheet.differences) - _SHOWN) > 0:
                yield f"{report.file}, {sheet.sheet}: {more} more differences; verify lists all"
