"""What somebody has to look at in a workbook, as one list: findings, and what stands beside them.

A file that cannot be read and a plan that does not fit are issues, too. What follows from another
finding is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from calculator.errors import LISTED
from calculator.findings import CODES, OVERFLOWS, Finding
from calculator.measures import Measure, measure_of, shortage_of
from calculator.report import WorkbookReport

__all__ = ["OVERFLOW", "UNREADABLE", "Issue", "issues_of", "root_of"]

#: Codes of what is no finding on a cell.
UNREADABLE, OVERFLOW = "unreadable", "overflow"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to look at.

    Parameters
    ----------
    file: its path, as given.
    remark: ``unreadable``, ``faults``, ``overflow``, ``differences`` or ``warnings``: what is said
        of its workbook because of it.
    code: the finding's, or the remark.
    message, fingerprint: the finding's, or of the whole workbook.
    finding: None for what is none.
    asked: what ``--fail-on`` may call it: code, severity and remark, codes of what follows from
        it, ``overflow`` for a fault that makes a plan impossible.
    measure: how bad it is, where that can be told.
    """

    file: str
    remark: str
    code: str
    message: str
    fingerprint: str
    finding: Finding | None = None
    asked: frozenset[str] = frozenset()
    measure: Measure | None = None

    @property
    def words(self) -> str:
        """The message after its place in the file, if it has one."""
        return (
            self.finding.at("").removeprefix(", ").removeprefix(": ")
            if self.finding
            else self.message
        )

    @property
    def advice(self) -> str:
        """What to do about a finding; "" of others, whose messages say it."""
        return CODES[self.code].advice if self.finding else ""

    def __str__(self) -> str:
        """One line that begins with the place, for people to read."""
        return self.finding.at(self.file) if self.finding else f"{self.file}: {self.message}"


def issues_of(report: WorkbookReport) -> Iterator[Issue]:
    """The issues of a workbook, causes only, in the order of its findings.

    Where a plan does not fit, the findings that say so are of remark ``overflow``; without one,
    and without a fault to blame, the verdict is an issue of its own.
    """
    if report.error:
        words = report.error.partition(LISTED)[0]  # a sheet that is renamed changes nothing
        fingerprint = f"{UNREADABLE} | {' '.join(words.split())}"
        yield replace(_of_workbook(report, UNREADABLE, report.error), fingerprint=fingerprint)
    verdict = report.verdict
    too_small = verdict is not None and verdict.fits is False
    rooted = [*zip(report.findings, root_of(report.findings), strict=True)]
    causes = [each for each, root in rooted if root is None]
    is_said = any(each.code in OVERFLOWS for each in causes)
    follow: dict[str, set[str]] = {}
    for each, root in rooted:
        if root is not None:
            codes = follow.setdefault(root, set())
            codes.add(each.code)
            if each.severity == "fault":  # the plan is not known, whatever that follows from
                codes.add("faults")
    for each in causes:
        overflows = too_small and each.code in OVERFLOWS
        remark = OVERFLOW if overflows else f"{each.severity}s"
        asked = {each.code, remark, f"{each.severity}s", *follow.get(each.place or "", ())}
        if too_small and not is_said and each.severity == "fault":
            asked.add(OVERFLOW)
        what = (each.code, each.message, each.fingerprint, each, frozenset(asked))
        measure = shortage_of(report, each) if overflows else measure_of(each)
        yield Issue(report.file, remark, *what, measure)
    if verdict is not None and too_small and not is_said and not report.of("fault"):
        yield replace(_of_workbook(report, OVERFLOW, verdict.message), measure=shortage_of(report))


def root_of(findings: Sequence[Finding]) -> list[str | None]:
    """The place of the cause that each finding follows from in the end; None for a cause.

    One that leads to no cause is its own, so that nothing is lost.
    """
    # A second finding of a cell follows from the first, which may follow from another cell's.
    because = {
        each.place: each.because_of
        for each in findings
        if each.because_of and each.because_of != each.place
    }
    causes = {each.place for each in findings if not each.because_of}
    roots = []
    for each in findings:
        place, seen = each.because_of, set[str]()
        while place and place not in causes and place not in seen:
            seen.add(place)
            place = because.get(place)
        roots.append(place if place in causes else None)
    return roots


def _of_workbook(report: WorkbookReport, code: str, message: str) -> Issue:
    return Issue(report.file, code, code, message, code, asked=frozenset((code,)))
