"""How many workbooks were evaluated, and how many of them have what somebody should look at."""

from __future__ import annotations

from dataclasses import dataclass, field

from calculator.model.verdict import OVERFLOWS
from calculator.parity import SheetReport, WorkbookReport

__all__ = ["FAILURES", "Tally", "overflows"]

#: What can make a run fail, by the name of the option, and how it is said of workbooks.
FAILURES = {
    "faults": "with faults",
    "differences": "with differences",
    "unreadable": "unreadable",
    "overflow": "over capacity",
}

_OVERFLOWS = {each.kind for each in OVERFLOWS}


def overflows(sheet: SheetReport) -> bool:
    """Whether a plan takes more addresses than its subnets have, now or at its peak."""
    return any(each.kind in _OVERFLOWS for each in sheet.warnings)


@dataclass
class Tally:
    """Counts of workbooks, which grow as reports come in.

    Parameters
    ----------
    workbooks, sheets: how many there were.
    counts: workbooks by what was found, the keys of :data:`FAILURES`.
    """

    workbooks: int = 0
    sheets: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FAILURES, 0))

    def add(self, report: WorkbookReport) -> None:
        """Count a report."""
        self.workbooks += 1
        self.sheets += len(report.sheets)
        self.counts["unreadable"] += bool(report.error)
        self.counts["faults"] += any(each.faults for each in report.sheets)
        self.counts["differences"] += any(each.differences for each in report.sheets)
        self.counts["overflow"] += any(map(overflows, report.sheets))

    def __str__(self) -> str:
        found = ", ".join(f"{self.counts[name]:,} {words}" for name, words in FAILURES.items())
        plural = "" if self.workbooks == 1 else "s"
        return f"{self.workbooks:,} workbook{plural} evaluated: {found}"
