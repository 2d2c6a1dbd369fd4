"""What counts of all that is found: not what is known by a baseline, nor what is suppressed."""

from __future__ import annotations

import datetime
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from calculator.baseline import Baseline, Key
from calculator.configuration import Configuration, Suppression
from calculator.errors import FAILED
from calculator.files import is_url
from calculator.findings import Finding
from calculator.followers import followers_of, group_words
from calculator.issues import OVERFLOW, UNREADABLE, Issue, issues_of, root_of
from calculator.measures import worse_words
from calculator.paths import existing, pattern_of, shared_name
from calculator.report import WorkbookReport
from calculator.results.standing import FAIL_ON

__all__ = ["Gate", "Judged", "what_counts"]


@dataclass(frozen=True, slots=True)
class Judged:
    """An issue, and whether it counts.

    Parameters
    ----------
    suppressed: the reason why it is accepted; None where nobody accepts it.
    known: whether the baseline has it; None without a baseline.
    is_asked: whether ``--fail-on`` names it.
    number: counts those with the same fingerprint in a file, from 1.
    worse: what is known that it is worse than, in words; None where it is not.
    """

    issue: Issue
    suppressed: str | None
    known: bool | None
    is_asked: bool
    number: int = 1
    worse: str | None = None

    @property
    def counts(self) -> bool:
        """Whether somebody has to look at it."""
        return self.suppressed is None and (not self.known or self.worse is not None)

    @property
    def standing(self) -> str | None:
        """``suppressed``, ``worse``, ``known`` or ``new``; None without a baseline."""
        if self.suppressed is not None:
            return "suppressed"
        if self.known is None:
            return None
        return ("worse" if self.worse else "known") if self.known else "new"

    @property
    def reason(self) -> str | None:
        """Why it is suppressed, or what it is worse than."""
        return self.suppressed if self.suppressed is not None else self.worse

    @property
    def fails(self) -> bool:
        """Whether it makes a run fail."""
        return self.counts and self.is_asked

    @property
    def level(self) -> str:
        """``error`` for what makes a run fail, ``note`` for what is accepted, or ``warning``."""
        return "error" if self.fails else "warning" if self.counts else "note"


class Gate:
    """Judges the reports of a run, one by one, and tells in the end what is out of date.

    Parameters
    ----------
    fail_on: names of issues that fail, as the command line takes them.
    baseline: what is known; None for nothing, and nothing is said of it.
    configuration: its suppressions.
    today: the day that they are asked for; by default today.
    """

    def __init__(
        self,
        fail_on: Sequence[str] = FAIL_ON,
        baseline: Baseline | None = None,
        configuration: Configuration | None = None,
        *,
        update: bool = False,
        today: datetime.date | None = None,
    ) -> None:
        self.fail_on = frozenset(fail_on)
        self.baseline = baseline
        self.is_updating = update and baseline is not None
        self._configuration = configuration or Configuration()
        self._folder = os.path.dirname(self._configuration.path)
        self._today = today or datetime.date.today()
        self._used: set[int] = set()
        self._suppressed: set[Key] = set()
        self._files: set[str] = set()
        self._accepted: dict[str, int] = {}
        self._following: dict[str, int] = {}
        self._counting = [
            (number, each, [pattern_of(path) for path in each.paths])
            for number, each in enumerate(self._configuration.suppressions)
            if each.reason and not self._is_expired(each)
        ]

    @property
    def accepts(self) -> bool:
        """Whether anything may be accepted at all."""
        return self.baseline is not None or bool(self._configuration.suppressions)

    def judge(self, report: WorkbookReport) -> list[Judged]:
        """The issues of a report, in order; to ask again changes nothing."""
        return self._judge(self._apart(report))

    def _apart(self, report: WorkbookReport) -> WorkbookReport:
        """The report, in which nothing that is new follows from what is known or suppressed."""
        if self.baseline is None:
            return report
        following = [*followers_of(report.findings)]
        known = self.baseline.follow(
            report.file, [mark for *_, marks in following for mark in marks]
        )
        met = Counter[str]()
        new = []
        for number, root, marks in following:
            met.update(marks)
            if known is not None and any(met[mark] > known[mark] for mark in marks):
                new.append((number, root))
        if not new:
            return report
        issues = [*issues_of(report)]
        name = shared_name(report.file, self._folder)
        accepted: dict[str | None, bool] = {}
        for issue, is_known, beyond in zip(issues, *self._known(report, issues), strict=True):
            if issue.finding:  # of several in a cell, one that is new may be the cause
                counts = not (is_known and not beyond) and not self._reason(issue, name)
                place = issue.finding.place
                accepted[place] = accepted.get(place, True) and not counts
        places = {place for place, is_accepted in accepted.items() if is_accepted}
        numbers = [number for number, root in new if root in places]
        if self.is_updating:
            self._following[report.file] = len(numbers)
            return report
        findings = [*report.findings]
        first: dict[object, str | None] = {}
        for number in numbers:
            each = findings[number]
            done = each.sheet, each.code, each.found  # to several cells at once, as it seems
            findings[number] = replace(each, because_of=first.setdefault(done, None))
            first[done] = first[done] or each.place
        return replace(report, findings=findings)

    def _known(
        self, report: WorkbookReport, issues: Sequence[Issue]
    ) -> tuple[Sequence[bool | None], Sequence[Sequence[Any] | None]]:
        """Which issues of a report the baseline has, and what those exceed that it has."""
        if self.baseline is None:
            return [None] * len(issues), [None] * len(issues)
        measured = [(each.fingerprint, each.measure) for each in issues]
        causes = {each.fingerprint: each.finding for each in issues if each.finding}
        fingerprints = [each.fingerprint for each in issues]
        groups = _groups_of(report)
        known = self.baseline.knows(report.file, fingerprints, causes, groups)
        return known, self.baseline.exceeded(report.file, measured, groups)

    def _judge(self, report: WorkbookReport) -> list[Judged]:
        issues = list(issues_of(report))
        # An error of this program's own is nobody's to accept, and tells nothing of the file.
        has_failed = bool(report.error and report.error.startswith(FAILED))
        known: Sequence[bool | None] = [None] * len(issues)
        before: Sequence[Sequence[Any] | None] = [None] * len(issues)
        if not has_failed:
            known, before = self._known(report, issues)
        is_new = [
            not has_failed and (not each or bool(worse))
            for each, worse in zip(known, before, strict=True)
        ]
        if self.is_updating and not has_failed:
            known, before = [True] * len(issues), [None] * len(issues)
        name = ""
        if self._configuration.suppressions:
            name = shared_name(report.file, self._folder)
            self._files.add(name)
        counts = Counter[str]()
        judged = []
        for issue, is_known, beyond in zip(issues, known, before, strict=True):
            reason = None if has_failed else self._reason(issue, name)
            if reason and self.baseline is not None:
                self._suppressed.add(self.baseline.key(report.file, issue.fingerprint))
            is_asked = not issue.asked.isdisjoint(self.fail_on)
            counts[issue.fingerprint] += 1
            number = counts[issue.fingerprint]
            worse = None
            if is_known and beyond and issue.measure:
                worse = worse_words(issue.measure, beyond, issue.finding)
            judged.append(_marked(Judged(issue, reason, is_known, is_asked, number, worse)))
        self._accepted[report.file] = sum(
            new and each.suppressed is None for new, each in zip(is_new, judged, strict=True)
        )
        return judged

    def _reason(self, issue: Issue, name: str) -> str | None:
        """Why an issue is suppressed, if it is; each suppression that it falls under is of use."""
        reason = None
        for number, each, patterns in self._counting:
            if {issue.code, issue.remark}.intersection(each.codes) and (
                not patterns or any(pattern.fullmatch(name) for pattern in patterns)
            ):
                self._used.add(number)
                reason = reason or each.reason
        return reason

    def _is_expired(self, suppression: Suppression) -> bool:
        return suppression.expires is not None and suppression.expires < self._today

    def marked(self, report: WorkbookReport) -> tuple[WorkbookReport, list[Judged]]:
        """A report whose findings tell their standing, and its issues.

        What follows from a finding stands as that does; of several causes in one cell, as one that
        counts.
        """
        report = self._apart(report)
        judged = self._judge(report)
        if not self.accepts:
            return report, judged
        causes = iter([each.issue.finding for each in judged if each.issue.finding])
        rooted = [*zip(report.findings, root_of(report.findings), strict=True)]
        findings = [next(causes) if root is None else each for each, root in rooted]
        of_place: dict[str, Finding] = {}
        for each, (_, root) in zip(findings, rooted, strict=True):
            if each.place and root is None:
                known = of_place.get(each.place)
                of_place[each.place] = known if known and known.counts else each
        for number, (_, root) in enumerate(rooted):
            if root is not None:
                standing, reason = of_place[root].standing, of_place[root].reason
                reason = reason if standing == "suppressed" else None
                findings[number] = replace(findings[number], standing=standing, reason=reason)
        accepted = {}
        for name in (UNREADABLE, OVERFLOW):
            named = [each for each in judged if name in each.issue.asked]
            if named and not any(each.counts for each in named):
                first = named[0]
                because = f": {first.reason}" if first.reason else ""
                accepted[name] = f"{first.standing}{because}"
        return replace(report, findings=findings, accepted=accepted), judged

    def counted(self, report: WorkbookReport) -> tuple[WorkbookReport, list[Judged]]:
        """A report without what does not count nor follows from anything that does, and its issues.

        An error that does not count is left out; the figures stay as they are.
        """
        marked, judged = self.marked(report)
        return (marked if marked is report else what_counts(marked)), judged

    # --- in the end -------------------------------------------------------------------------------

    def remarks(self) -> WorkbookReport | None:
        """What is to be said of the suppressions, as a report of their file; None for nothing.

        To be asked when every report was judged.
        """
        findings = list(self._of_suppressions())
        if not findings:
            return None
        return WorkbookReport(self._configuration.path, findings=findings)

    def _of_suppressions(self) -> Iterator[Finding]:
        for number, each in enumerate(self._configuration.suppressions):
            what = f"the suppression of {', '.join(each.codes)}"
            if each.paths:
                what += f" in {', '.join(each.paths)}"
            if not each.reason:
                yield _finding(
                    "suppression-without-reason", f"{what} has no reason, and does not count"
                )
            elif self._is_expired(each):
                ended = f"{what} ended on {each.expires}, and counts no more"
                yield _finding("suppression-expired", ended)
            elif number not in self._used and self._saw_all(each):
                yield _finding("suppression-of-nothing", f"{what} suppresses nothing")

    def _saw_all(self, suppression: Suppression) -> bool:
        """Whether each workbook that a suppression may be for was judged in this run."""
        return all(
            name in self._files
            for path in suppression.paths or ("*.xlsx", "*.xlsm")
            for name in existing(path, self._folder)
        )

    def gone(self) -> Iterator[str]:
        """What is known and not there any more, a line each; files as given."""
        if self.baseline is not None:
            folder = os.path.dirname(self.baseline.path)
            for file, fingerprint, count in self.baseline.gone:
                here = file if is_url(file) else os.path.normpath(os.path.join(folder, file))
                code, *words = fingerprint.split(" | ")
                more = [f"{count} times"] if count > 1 else []
                yield f"gone: {here}: {code}" + f" ({', '.join(words + more)})" * bool(words + more)

    @property
    def accepted(self) -> str:
        """How many issues were new, or worse than known, and are known from now on, in words."""
        number = sum((*self._accepted.values(), *self._following.values()))
        if self.baseline is None or not self.baseline.known:
            return f"{number:,} known from now on"
        return f"{number:,} new or worse" if number else "nothing new"

    def finish(self) -> None:
        """Write the baseline, where it is to be written.

        Raises
        ------
        InputError: when that cannot be done.
        """
        if self.is_updating and self.baseline is not None:
            self.baseline.write(self._suppressed)


def what_counts(report: WorkbookReport) -> WorkbookReport:
    """A marked report without the findings that do not count, and without such an error."""
    error = None if UNREADABLE in report.accepted else report.error
    return replace(report, error=error, findings=[each for each in report.findings if each.counts])


def _groups_of(report: WorkbookReport) -> set[str]:
    """Instance type and operating system of each node group, in lower case."""
    groups = set()
    for each in [report.plan] if report.plan else report.sheets:
        types = each.columns.get("instance_type", [])
        systems = each.columns.get("os", ["Linux"] * len(types))
        groups |= {group_words(*one).casefold() for one in zip(types, systems, strict=True)}
    return groups


def _marked(judged: Judged) -> Judged:
    """A judgement whose issue tells it, too."""
    issue = judged.issue
    worse = f" ({judged.worse})" if judged.standing == "worse" else ""
    finding = issue.finding and replace(
        issue.finding, standing=judged.standing, reason=judged.reason
    )
    return replace(judged, issue=replace(issue, message=issue.message + worse, finding=finding))


def _finding(code: str, message: str) -> Finding:
    fingerprint = f"{code} | {message}"
    return Finding(code, None, None, None, None, message, fingerprint=fingerprint)
