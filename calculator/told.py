"""Findings in words that hold wherever their cells are: causes, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from calculator.findings import Finding
from calculator.followers import followers_of
from calculator.inputs import found_words
from calculator.naming import Naming
from calculator.workbook.reading import SheetCells, WorkbookReading
from calculator.xlsx.reference import place

__all__ = ["FORMULAS", "Told", "followers_told", "is_told_as_formula", "told_of"]

#: Findings that have a section of their own, beside the figures of types.
FORMULAS = ("formula", "missing-formula")
#: What is said of how a file was saved, and nothing of what it says.
_OF_THE_FILE = ("no-recorded-values", "made-by-older", "made-by-newer")


@dataclass(frozen=True)
class Told:
    """A finding that follows from no other, in words that hold wherever its cell is."""

    severity: str
    code: str
    where: str
    words: str


def told_of(reading: WorkbookReading, findings: Sequence[Finding], naming: Naming) -> list[Told]:
    """The causes that have no section of their own."""
    notices = {
        notice.code
        for sheet in reading.model.sheets
        for notice in sheet.notices
        if not notice.is_fault
    }
    plans = {plan.plan.name: plan.plan for plan in reading.plans}
    of_types = {each.sheet for each in reading.data.values() if each.data.figures}
    told = []
    for each in findings:
        if each.because_of or each.code in (*FORMULAS, *_OF_THE_FILE):
            continue
        if each.code == "figure" and each.sheet in of_types:
            continue
        where = naming.where(each)
        if each.called:  # the first of several may be another tomorrow
            title = where.partition(", ")[0]
            names = each.called.split("\n")
            told += [Told(each.severity, each.code, f"{title}, {name}", "") for name in names]
            continue
        if each.code in notices:
            words = each.message
        elif each.code == "below-the-table":
            words = _row_below(plans[str(each.sheet)], each)
        else:
            words = _words(each)
        told.append(Told(each.severity, each.code, where, words))
    return told


def is_told_as_formula(finding: Finding, codes: Mapping[str | None, str], naming: Naming) -> bool:
    """Whether somebody wrote it in place of a formula, whatever else it follows from.

    What follows from something else, as from a table that is gone, nobody has written.

    Parameters
    ----------
    codes: of all findings, by place.
    """
    return finding.code in FORMULAS and (
        not finding.because_of
        or (codes.get(finding.because_of) in FORMULAS and not naming.is_lost(finding.found))
    )


def followers_told(findings: Sequence[Finding], naming: Naming) -> dict[str, dict[str, Told]]:
    """What follows from each cause and is told nowhere else, by the cause's fingerprint and marks.

    An edit beside a cause may be said to follow from it. Every cause has an entry.
    """
    codes = {each.place: each.code for each in findings}
    causes = {each.place: each.fingerprint for each in findings if not each.because_of}
    followers: dict[str, dict[str, Told]] = {
        each.fingerprint: {} for each in findings if not each.because_of
    }
    for number, root, marks in followers_of(findings):
        each = findings[number]
        # Of tables that a program lost, many formulas say so, and nobody has written them.
        if not (is_told_as_formula(each, codes, naming) or naming.is_lost(each.found)):
            told = Told(each.severity, each.code, naming.where(each), _named(each, naming))
            followers[causes[root]].setdefault(" ".join(marks), told)
    return followers


def _named(finding: Finding, naming: Naming) -> str:
    """What was found, and what is expected, formulas as they read by names."""

    def words(value: object) -> str:
        if isinstance(value, str) and value.startswith("=") and finding.sheet and finding.cell:
            return naming.formula(finding.sheet, place(finding.cell), value)
        return found_words(value)

    return _words(finding, words)


def _row_below(plan: SheetCells, finding: Finding) -> str:
    """All inputs of a row that does not count, so that a change of any is told."""
    row, columns = place(str(finding.cell))[0], plan.layout.columns
    at = ((row, columns[each.name]) for each in plan.layout.sheet.inputs if each.name in columns)
    found = (plan.cells[each].value for each in at if each in plan.cells)
    return f"found {', '.join(found_words(each) for each in found if each not in (None, ''))}"


def _words(finding: Finding, words: Callable[[object], str] = found_words) -> str:
    """What was found, and what is expected: a message may name rows and cells."""
    expected = "" if finding.expected is None else f"{words(finding.expected)} is expected"
    nothing = "found nothing" if finding.code in FORMULAS else ""
    found = nothing if finding.found is None else f"found {words(finding.found)}"
    return "; ".join(filter(None, (found, expected)))
