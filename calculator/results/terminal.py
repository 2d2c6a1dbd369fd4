"""Results and problems as they are printed: results on stdout, problems on stderr."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from calculator.extras import PROGRAM
from calculator.findings import CODES, OVERFLOWS, SEVERITIES, Finding
from calculator.issues import root_of
from calculator.report import MAIN_TOTALS, SheetReport, WorkbookReport
from calculator.results.as_json import Json
from calculator.results.console import Field, print_table, printable
from calculator.results.standing import (
    REMARKS,
    SIZES,
    accepted,
    decisive,
    left_at_peak,
    left_in_pod_subnet,
    modes,
    remarks,
    smallest,
)

if TYPE_CHECKING:
    from calculator.catalog import InstanceType
    from calculator.results.outputs import Output

__all__ = [
    "advice",
    "json_on_stdout",
    "lines_of",
    "moved",
    "print_comparison",
    "print_types",
    "problems",
    "table_on_stdout",
    "verdicts",
]

#: Findings of one severity that are printed where not all are asked for.
_SHOWN = 10


@contextlib.contextmanager
def json_on_stdout() -> Iterator[Output]:
    """Prints everything as one JSON document."""
    output = Json(sys.stdout)
    yield output
    output.close()


# --- a table --------------------------------------------------------------------------------------

#: Of the subnet that pods have where it is not that of their node.
_OF_PODS = (
    Field("pod subnet left at peak", right=True, optional=True),
    Field("smallest pod subnet", right=True, optional=True),
)
_WORKBOOKS = (
    Field("file", wraps=True),
    Field("verdict", wraps=True, painted=True),
    Field("mode", wraps=True),
    Field("left at peak", right=True),
    Field("smallest", right=True),
    *_OF_PODS,
    Field("findings", wraps=True, painted=True),
)
_SHEETS = (
    Field("file", wraps=True),
    Field("sheet", wraps=True),
    Field("fits", painted=True),
    Field("available", right=True),
    Field("used", right=True),
    Field("left", right=True),
    Field("left at peak", right=True),
    Field("pods", right=True),
    Field("smallest", right=True),
    *_OF_PODS,
)
_Row = tuple[object, ...]


@contextlib.contextmanager
def table_on_stdout(*, by_sheet: bool = False) -> Iterator[Output]:
    """Prints a row a workbook, or a row a sheet, the worst workbooks first and else in order.

    Workbooks that cannot be read come first, then those with faults, those that do not fit, with
    differences, with warnings, and what is fine. Only the rows are held in memory meanwhile.
    """
    table = _Table(by_sheet)
    yield table
    table.print()


class _Table:
    def __init__(self, by_sheet: bool) -> None:
        self._by_sheet = by_sheet
        self._rows: list[tuple[int, str, _Row]] = []

    def add(self, report: WorkbookReport) -> None:
        said = remarks(report)
        rank = REMARKS.index(said[0]) if said else len(REMARKS)
        if self._by_sheet:
            rows = _sheet_rows(report)
        else:
            is_good = bool(report.verdict and report.verdict.fits)
            colour = _colour(said[0]) if said else "green" if is_good else ""
            rows = [(colour, _workbook_row(report))]
        self._rows += ((rank, colour, row) for colour, row in rows)

    def print(self) -> None:
        if not self._rows:
            return
        self._rows.sort(key=lambda row: row[0])
        print_table(
            _SHEETS if self._by_sheet else _WORKBOOKS,
            [row for _, _, row in self._rows],
            colours=[colour for _, colour, _ in self._rows],
        )


def _colour(remark: str) -> str:
    return "yellow" if remark in ("differences", "warnings") else "red"


def _workbook_row(report: WorkbookReport) -> _Row:
    sheet = decisive(report)
    size, pod_size = map(_size, smallest(report) if sheet else (None, None))
    return (
        report.file,
        report.error or _verdict(report),
        modes(report),
        left_at_peak(sheet) if sheet else None,
        size,
        left_in_pod_subnet(sheet) if sheet else None,
        pod_size,
        _counted(report),
    )


def _size(prefix_length: int | None) -> str | None:
    return f"/{prefix_length}" if prefix_length else None


def _verdict(report: WorkbookReport) -> str:
    """The verdict in words; of a plan that fits in some modes, those first that it fits in."""
    verdict = report.verdict
    if verdict is None:
        return ""
    compared = list(report.chosen)
    fitting = [each.sheet for each in compared if each.fits]
    if not verdict.fits or not report.plan or len(fitting) == len(compared):
        return verdict.message
    others = ", ".join(each.sheet for each in compared if not each.fits)
    return f"fits in {', '.join(fitting)}, not in {others}"


def _counted(report: WorkbookReport) -> str:
    """How many findings there are, in words; what follows from another is none of its own."""
    if report.error:
        return ", ".join(["unreadable", *accepted(report)])
    counts = Counter(
        each.severity for each in report.findings if each.counts and not each.because_of
    )
    found = [_number(counts[each], each) for each in SEVERITIES if counts[each]]
    said = [f"{number} {standing}" for standing, number in accepted(report).items()]
    return ", ".join([*found, *said]) or "ok"


def _sheet_rows(report: WorkbookReport) -> list[tuple[str, _Row]]:
    if not report.sheets:
        nothing: _Row = (None,) * (len(_SHEETS) - 3)
        words = "unreadable" if report.error else None
        return [("red", (report.file, None, words, *nothing))]
    colours = {True: "green", False: "red", None: ""}
    return [(colours[each.fits], _sheet_row(report.file, each)) for each in report.sheets]


def _sheet_row(file: str, sheet: SheetReport) -> _Row:
    *ips, pods = (sheet.number(name) for name in MAIN_TOTALS)
    size, pod_size = (_size(sheet.number(name)) for name in SIZES)
    of_pods = left_in_pod_subnet(sheet), pod_size
    return (file, sheet.sheet, sheet.fits, *ips, left_at_peak(sheet), pods, size, *of_pods)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


# --- verdicts of verify ---------------------------------------------------------------------------

#: What a finding tells of how far a workbook could be compared.
_COMPARED = {
    "no-recorded-values": "formulas only: it holds no recorded values to compare",
    "no-formulas": "values only: it holds no formulas to compare",
    "made-by-older": "its formulas were not compared: an older version made them",
    "made-by-newer": "its formulas were not compared: a newer version made them",
}


@contextlib.contextmanager
def verdicts(
    *, engine: str | None = None, everything: bool = False, only_remarks: bool = False
) -> Iterator[Output]:
    """Prints each difference that follows from no other, and then a line a workbook.

    Parameters
    ----------
    engine: the one that recalculated the workbooks, if any did.
    everything: whether differences that follow from another are printed, too.
    only_remarks: whether workbooks have a line only if there is something to say of them.
    """
    yield _Verdicts(engine, everything, only_remarks)


class _Verdicts:
    def __init__(self, engine: str | None, everything: bool, only_remarks: bool) -> None:
        self._engine = engine
        self._everything = everything
        self._only_remarks = only_remarks

    def add(self, report: WorkbookReport) -> None:
        differences = [each for each in report.of("difference") if each.counts]
        for each in differences:
            if self._everything or not each.because_of:
                print(printable(each.line(report.file)))
        if remarks(report) or not self._only_remarks:
            print(f"{printable(report.file)}: {'; '.join(self._words(report, differences))}")
        sys.stdout.flush()

    def _words(self, report: WorkbookReport, differences: list[Finding]) -> Iterator[str]:
        if report.error and not report.sheets:
            yield " and ".join(["unreadable", *accepted(report)])
            return
        known = accepted(report, "difference")
        if differences or not known:
            yield _differences(differences)
        yield from _accepted(known, "difference")
        if faults := sum(each.counts and not each.because_of for each in report.of("fault")):
            yield _number(faults, "fault")
        yield from _accepted(accepted(report, "fault"), "fault")
        said = {"overflow": ""} if "overflow" in remarks(report) else report.accepted
        if "overflow" in said:
            yield f"does not fit ({said['overflow']})" if said["overflow"] else "does not fit"
        told = {*_COMPARED, *(OVERFLOWS if "overflow" in said else ())}
        warnings = report.of("warning", causes=True)
        if number := sum(each.counts and each.code not in told for each in warnings):
            yield _number(number, "warning")
        yield from _accepted(accepted(report, "warning", told), "warning")
        codes = dict.fromkeys(each.code for each in report.findings)
        yield from (_COMPARED[code] for code in codes if code in _COMPARED)
        if not self._engine:
            return
        others = sum(each.code == "recalculated" for each in differences)
        if report.error:
            yield f"{self._engine} gave no values"
        elif others:
            yield f"the values of {self._engine} differ in {_number(others, 'cell')}"
        else:
            accepted_alone = any(each.code == "recalculated" for each in report.findings)
            but = " but for what is accepted" if accepted_alone else ""
            yield f"the values of {self._engine} agree{but}"


def _accepted(counts: Counter[str], noun: str) -> Iterator[str]:
    """How many findings are known and suppressed, in words."""
    for standing, number in counts.items():
        yield _number(number, f"{standing} {noun}")


def _differences(differences: Sequence[Finding]) -> str:
    """How many there are, in words."""
    causes = sum(not each.because_of for each in differences)
    follow = len(differences) - causes
    if not differences:
        return "no differences"
    if not causes:
        return f"{_number(follow, 'difference')}, from faults alone"
    more = f" ({follow} more follow{'s' * (follow == 1)} from them)" if follow else ""
    return _number(causes, "difference") + more


# --- problems -------------------------------------------------------------------------------------


def problems(
    report: WorkbookReport,
    *,
    warnings: bool = True,
    differences: bool = True,
    everything: bool = False,
    failing: Container[Finding | None] = (),
) -> Iterator[str]:
    """Every problem of a workbook as a line that begins with its place.

    Parameters
    ----------
    warnings, differences: whether these are among them.
    everything: whether all of them are given; else at most 10 of each severity, and what follows
        from another is only counted.
    failing: those that make a run fail: a warning among them is printed as what it is.
    """
    if report.error:
        yield printable(f"{report.file}: {report.error}")
    shown = {"warning": warnings, "difference": differences}
    shown_severities = [each for each in SEVERITIES if shown.get(each, True)]
    yield from lines_of(
        report.file, report.findings, shown_severities, everything=everything, failing=failing
    )


def lines_of(
    file: str,
    findings: Iterable[Finding],
    severities: Sequence[str] = SEVERITIES,
    *,
    everything: bool = False,
    failing: Container[Finding | None] = (),
) -> Iterator[str]:
    """Findings of a file as lines, the worst first; the rest is as for :func:`problems`.

    What follows from another is not said, of whatever severity that is.
    """
    listed, follow = [*findings], Counter[str]()
    most = len(listed) if everything else _SHOWN
    if not everything:
        rooted = [*zip(listed, root_of(listed), strict=True)]
        listed = [each for each, root in rooted if root is None]
        follow = Counter(root for each, root in rooted if root and each.severity in severities)
    for severity in severities:
        found = [each for each in listed if each.severity == severity]
        for each in found[:most]:
            start = "warning: " if severity == "warning" and each not in failing else ""
            more = follow.pop(each.place or "", 0)
            yield printable(start + each.line(file)) + (_more(more) if more else "")
        if (left := len(found) - most) > 0:
            yield f"{printable(file)}: {_number(left, f'more {severity}')} (--all lists them)"


def advice(codes: Container[str], *, warnings: bool = True) -> Iterator[str]:
    """What to do about findings of these codes, as a line a code that begins as theirs end.

    Parameters
    ----------
    warnings: whether warnings are among those that are printed.
    """
    for each in CODES.values():
        if each.code in codes and (warnings or each.severity != "warning"):
            yield f"[{each.code}] {each.advice}"


def _more(number: int) -> str:
    return f" … and {number} more that follow{'s' * (number == 1)} from it (--all lists them)"


#: What of a workbook is not in the one that it was converted into: its rows and cells look alike.
_NOT_MOVED = {"left-out", "hidden", "unseen", "struck-out", "number-format", "covered"}


def moved(before: WorkbookReport, after: WorkbookReport) -> Iterator[str]:
    """What is said of a workbook that was converted, a line each: what was not moved, and why.

    Then what is found of the new one, and what to do about it all.
    """
    not_moved = [each for each in before.findings if each.code in _NOT_MOVED]
    yield from lines_of(before.file, not_moved, everything=True)
    counts = Counter(each.severity for each in before.findings if not each.because_of)
    found = [_number(counts[each], each) for each in ("fault", "difference") if counts[each]]
    file = printable(before.file)
    if found:
        yield (
            f"{file}: {' and '.join(found)}: what was moved are its inputs, and the results above "
            f"are computed from them; {PROGRAM} verify {file} lists what is found"
        )
    yield from lines_of(after.file, after.findings, everything=True)
    every = (*not_moved, *after.findings)
    yield from advice({each.code for each in every if not each.because_of})


# --- before and after -----------------------------------------------------------------------------

_RESULTS = {
    **dict(
        zip(MAIN_TOTALS, ("IPs available", "IPs used", "IPs remaining", "pods hosted"), strict=True)
    ),
    "peak_remaining": "left at the peak",
    "smallest_subnet": "smallest subnet (/n)",
}


def print_comparison(before: WorkbookReport, after: WorkbookReport) -> None:
    """Print the results of a workbook before and after it was converted.

    A row a result: of each sheet before, with the sheet of the same mode after; then of the modes
    that are new.
    """
    of_mode = {each.mode: each for each in after.sheets}
    pairs: list[tuple[SheetReport | None, SheetReport | None]] = [
        (sheet, of_mode.get(sheet.mode)) for sheet in before.sheets
    ]
    known = {each.mode for each in before.sheets}
    pairs += ((None, sheet) for sheet in after.sheets if sheet.mode not in known)
    rows = [
        (
            next(each.sheet for each in pair if each),
            words,
            *(each and each.number(name) for each in pair),
        )
        for pair in pairs
        for name, words in _RESULTS.items()
    ]
    columns = [f"{before.model} (before)", f"{after.model} (after)"]
    fields = [Field("sheet"), Field("result"), *(Field(each, right=True) for each in columns)]
    print_table(fields, rows)


# --- instance types -------------------------------------------------------------------------------


def print_types(types: Sequence[InstanceType]) -> None:
    """Print instance types and their figures, those that any of them has."""
    rows = [dataclasses.asdict(each) for each in types]
    known = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    names = [name for name in known if name != "source"]
    fields = [Field(name, right=name != "instance_type") for name in names]
    print_table(fields, [[row[name] for name in names] for row in rows])
