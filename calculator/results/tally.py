"""How many workbooks were evaluated, and how many of them have what somebody should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from calculator.report import WorkbookReport
from calculator.results.standing import remarks

__all__ = ["Tally"]


@dataclass
class Tally:
    """Counts of workbooks, which grow as reports come in.

    Parameters
    ----------
    lock_files: lock files of spreadsheet programs that were skipped.
    workbooks: how many there were.
    counts: workbooks by what there is to say of them: what :func:`remarks` says, and the codes of
        their findings.
    """

    lock_files: int = 0
    workbooks: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, report: WorkbookReport) -> None:
        """Count a report."""
        self.workbooks += 1
        self.counts.update({*remarks(report), *(each.code for each in report.findings)})

    def has_any(self, names: Iterable[str]) -> bool:
        """Whether any of these was said of any workbook."""
        return any(self.counts[name] for name in names)

    def __str__(self) -> str:
        counts = self.counts
        skipped = f"; {_number(self.lock_files, 'lock file')} skipped" if self.lock_files else ""
        return (
            f"{_number(self.workbooks, 'workbook')} evaluated: {counts['faults']:,} with faults, "
            f"{counts['differences']:,} with differences, {counts['unreadable']:,} unreadable, "
            f"{counts['overflow']:,} that do{'es' * (counts['overflow'] == 1)} not fit{skipped}"
        )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
