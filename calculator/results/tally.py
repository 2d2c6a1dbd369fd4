"""How many workbooks were evaluated, and how many of them have what somebody should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from calculator.report import WorkbookReport
from calculator.results.standing import remarks

if TYPE_CHECKING:
    from calculator.gate import Judged

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
    warned: workbooks with a warning that is no plan that does not fit; known of judged ones.
    known, suppressed: issues that do not count, as a baseline or a suppression has them.
    """

    lock_files: int = 0
    workbooks: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    warned: int = 0
    known: int = 0
    suppressed: int = 0

    def add(self, report: WorkbookReport, judged: Sequence[Judged] | None = None) -> None:
        """Count a report; with its issues, what does not count of them is counted apart."""
        self.workbooks += 1
        if judged is None:
            self.counts.update({*remarks(report), *(each.code for each in report.findings)})
            return
        self.counts.update({name for each in judged if each.counts for name in each.issue.asked})
        self.warned += any(each.counts and each.issue.remark == "warnings" for each in judged)
        self.suppressed += sum(each.standing == "suppressed" for each in judged)
        self.known += sum(each.standing == "known" for each in judged)

    def has_any(self, names: Iterable[str]) -> bool:
        """Whether any of these was said of any workbook."""
        return any(self.counts[name] for name in names)

    def __str__(self) -> str:
        counts = self.counts
        apart = f"; {self.warned:,} with warnings" if self.warned else ""
        apart += f"; {_number(self.known, 'known finding')}" if self.known else ""
        apart += f"; {self.suppressed:,} suppressed" if self.suppressed else ""
        apart += f"; {_number(self.lock_files, 'lock file')} skipped" if self.lock_files else ""
        return (
            f"{_number(self.workbooks, 'workbook')} evaluated: {counts['faults']:,} with faults, "
            f"{counts['differences']:,} with differences, {counts['unreadable']:,} unreadable, "
            f"{counts['overflow']:,} that do{'es' * (counts['overflow'] == 1)} not fit{apart}"
        )


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"
