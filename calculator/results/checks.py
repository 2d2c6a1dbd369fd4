"""What was held against what, as tests: a check of the file and of the plan, three a sheet.

``read`` and ``fits`` are of the workbook; ``inputs``, ``formulas`` and ``values`` of each sheet.
What runs tests shows them one by one, those that passed, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calculator.findings import CALCULATED, Finding
from calculator.gate import Judged
from calculator.inputs import found_words
from calculator.issues import OVERFLOW, UNREADABLE, Issue
from calculator.report import WorkbookReport
from calculator.results.console import printable

__all__ = ["Check", "as_text", "checks_of"]

_OF_SHEET = ("inputs", "formulas", "values")


@dataclass(frozen=True, slots=True)
class Check:
    """A test of a workbook.

    Parameters
    ----------
    sheet: name of the worksheet; "" for the whole workbook.
    name: ``read``, ``fits``, ``inputs``, ``formulas`` or ``values``.
    issues: what it found, those that do not count, too.
    """

    sheet: str
    name: str
    issues: tuple[Judged, ...]

    @property
    def failures(self) -> list[Issue]:
        """What makes it fail."""
        return [each.issue for each in self.issues if each.fails]

    @property
    def remarks(self) -> list[str]:
        """What it found and does not fail for, a line each."""
        lines = []
        for each in self.issues:
            if not each.fails:
                why = "warning"
                if each.suppressed is not None:
                    why = f"suppressed ({each.suppressed})"
                elif each.standing == "known":
                    why = "known"
                lines.append(f"{why}: {each.issue}")
        return lines

    def __str__(self) -> str:
        return f"{self.sheet}: {self.name}" if self.sheet else self.name


def checks_of(report: WorkbookReport, judged: Sequence[Judged]) -> list[Check]:
    """The checks of a workbook, those of the file first, then sheet by sheet."""
    found: dict[tuple[str, str], list[Judged]] = {("", "read"): []}
    if report.verdict is not None:
        found["", "fits"] = []
    for sheet in report.checked:
        found |= {(sheet, name): [] for name in _OF_SHEET}
    for each in judged:
        found.setdefault(_check_of(each.issue), []).append(each)
    return [Check(*place, tuple(issues)) for place, issues in found.items()]


def _check_of(issue: Issue) -> tuple[str, str]:
    """Sheet and name of the check that an issue belongs to."""
    finding = issue.finding
    if issue.remark == OVERFLOW:
        return "", "fits"
    if issue.remark == UNREADABLE or finding is None or finding.sheet is None:
        return "", "read"
    if finding.severity != "difference":
        return finding.sheet, "inputs"
    return finding.sheet, "values" if finding.code in CALCULATED else "formulas"


def as_text(issue: Issue) -> str:
    """An issue for people who look at a test that failed: where, what was found and expected."""
    finding = issue.finding
    lines = [f"{issue.code}: {issue.message}", f"  file      {issue.file}"]
    if finding is not None and finding.sheet:
        lines.append(f"  sheet     {finding.sheet}")
    if finding is not None and finding.cell:
        column = f" ({finding.column})" if finding.column else ""
        lines.append(f"  cell      {finding.cell}{column}")
        lines.append(f"  found     {found_words(finding.found)}")
    if finding is not None and (expected := _expected(finding)):
        lines.append(f"  expected  {expected}")
    if issue.advice:
        lines.append(f"  to do     {issue.advice}")
    return "\n".join(map(printable, lines))


def _expected(finding: Finding) -> str:
    """What should be there: of an input, what its message says."""
    if finding.expected is not None:
        return found_words(finding.expected)
    said = re.search("; (.+) is expected", finding.message)
    return said[1] if said else ""
