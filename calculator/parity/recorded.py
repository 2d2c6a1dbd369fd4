"""What is recorded of formulas that differ: which of it is a finding, and makes others wrong."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from calculator.findings import CALCULATED, Finding
from calculator.workbook.reading import PlanReading
from calculator.xlsx.reference import place as place_of

__all__ = ["Recorded"]

_EMPTY = (None, "")


class Recorded:
    """The wrong values of cells whose formulas differ.

    Parameters
    ----------
    explained: the places of formulas that name what is gone, and would else be as they should:
        what is recorded of them is the result, unless it is from before, or could not be
        calculated.
    """

    def __init__(
        self, reading: PlanReading, findings: Sequence[Finding], explained: Collection[str | None]
    ) -> None:
        self._reading = reading
        edited = [each for each in findings if each.code == "formula"]
        places = {each.place for each in edited}
        self._explained = places.intersection(explained)
        typed = {each.place for each in edited if each.is_typed}
        emptied = {each.place for each in findings if each.code == "missing-formula"}
        #: Of which a value says nothing that the formula does not.
        self._unread = (places | emptied) - typed
        self._wrong: dict[str | None, Finding] = {}
        for each in findings:
            if each.code in CALCULATED:
                self._wrong.setdefault(each.place, each)

    def is_own(self, finding: Finding) -> bool:
        """Whether a value is one that its formula, which lost what it names, did not give."""
        if finding.code != "value" or finding.place not in self._explained:
            return False
        return self._was_calculated if finding.found in _EMPTY else not _is_error(finding)

    @cached_property
    def _was_calculated(self) -> bool:
        """Whether what names what is gone was calculated before that was lost."""
        wrong = [self._wrong[each] for each in self._explained if each in self._wrong]
        if any(map(_is_error, wrong)):
            return False
        cells = {each.name: each.cells for each in self._reading.sheets.values()}
        filled_in = 0
        for place in map(str, self._explained):
            sheet, _, cell = place.rpartition("!")
            filled_in += cells[sheet][place_of(cell)].value not in _EMPTY
        return filled_in > sum(each.found in _EMPTY for each in wrong)

    def is_hidden(self, finding: Finding) -> bool:
        """Whether a value is what comes of another formula, or none, which says enough."""
        is_value = finding.code == "value" and finding.place in self._unread
        return is_value and not self.is_own(finding)

    def explaining(self, finding: Finding) -> Finding | None:
        """What of a cell, of which this was found first, makes the values wrong that need it."""
        if finding.cell is None or finding.code != "formula":
            return finding
        wrong = self._wrong.get(finding.place)
        return wrong if wrong and self.is_own(wrong) else wrong and finding


def _is_error(finding: Finding) -> bool:
    return str(finding.found).startswith("#")
