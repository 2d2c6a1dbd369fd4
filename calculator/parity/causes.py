"""Which finding follows from which: one cause is one finding, and the rest names it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace

from calculator.findings import SEVERITIES, Finding
from calculator.model.sheet import Column, Total
from calculator.parity.as_one import as_one
from calculator.parity.lost_tables import LostTables
from calculator.parity.moved import looking_alike, misnamed_headers, refers_to
from calculator.parity.precedents import Precedents, ways_of
from calculator.parity.together import (
    LOST,
    LOST_QUIETLY,
    counted,
    lost_together,
    moved_together,
    pasted_over,
)
from calculator.workbook.layout import skeletons_of
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.xlsx.formula import skeleton
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.reference import a1
from calculator.xlsx.reference import place as place_of

__all__ = ["by_cause"]

Place = tuple[int, int]

#: What can follow from something else; all other findings are causes.
_VALUES = ("value", "recalculated")
#: What formulas that should look at it may have followed to another place, or cannot reach.
_GONE = ("missing", "missing-formula", "below-the-table", "name", *LOST, *LOST_QUIETLY)
#: Of values that are pasted over formulas, nothing is an empty cell.
_LOST_FORMULA = {"typed", "missing-formula"}
#: Cells between results that hold other things, and are passed over.
_BACK = (1, 2, 3)
#: What rules and widths of columns do that stand where others should.
_OF_COLUMNS = ("conditional-format", "unseen", "validation")
#: What LibreOffice makes of a formula with references to tables in a file of the old format.
_LOST_BY_XLS = "=NA()"
#: What is lost with the row or column of an input.
_WITH_IT = ("missing-formula", "missing-result")


def by_cause(
    reading: PlanReading,
    findings: Sequence[Finding],
    geometry: Geometry,
    before: Sequence[Finding] = (),
) -> list[Finding]:
    """Findings, causes first, each that follows from another with the place of its cause.

    A value follows from what differs among the cells that its formula refers to. Where several
    values differ and nothing before them does, an input was changed and nothing calculated since:
    they are one finding for each such input. What was done to neighbouring cells of a node table,
    or to a row of a data sheet, is one, and so is all that was lost with a row or column of the
    worksheet, and every formula that lost what it referred to.

    Parameters
    ----------
    before: what was found in other plans of the workbook, whose causes may be the same.
    """
    if not findings:
        return []
    causes = [each for each in before if not each.because_of]
    lost = LostTables(reading, [*causes, *findings], geometry)
    moved = list(moved_together(reading, findings, geometry, lost))
    findings = [*(one for one, _ in moved if one not in findings), *findings]
    order = {severity: number for number, severity in enumerate(SEVERITIES)}
    ordered = sorted(findings, key=lambda each: order[each.severity])
    graph = _Graph(reading, ordered, geometry, lost, before)
    for one, places in moved:
        graph.follow(places, str(one.place))
    linked = [replace(each, because_of=graph.cause(each)) for each in ordered]
    every = as_one(reading, [*counted(linked, {one.place for one, _ in moved})], geometry)
    return sorted(every, key=lambda each: (each.because_of is not None, order[each.severity]))


class _Graph:
    def __init__(
        self,
        reading: PlanReading,
        findings: Sequence[Finding],
        geometry: Geometry,
        lost_tables: LostTables,
        before: Sequence[Finding],
    ) -> None:
        self._reading, self._geometry, self._lost_tables = reading, geometry, lost_tables
        self._by_place: dict[str, Finding] = {}
        self._by_column: dict[tuple[str, str], str] = {}
        # The formulas that look for inputs below the table look at those in it, too.
        inputs = [each for each in findings if each.severity == "fault" and self._is_input(each)]
        inputs.sort(key=lambda each: each.code != "below-the-table")
        self._below = [str(each.place) for each in inputs]
        lost = [each for each in findings if each.code in LOST]
        self._lost = [str(each.place) for each in lost]
        # The first of a sheet or row counts.
        self._lost_of = {str(each.sheet): str(each.place) for each in lost[::-1]}
        of_input = [each for each in lost if each.severity == "fault"]
        self._lost_inputs = [str(each.place) for each in of_input]
        self._lost_input = {str(each.sheet): str(each.place) for each in of_input[::-1]}
        cut = (each for each in findings[::-1] if each.code == "outside-the-table")
        self._outside = {(each.sheet, _row(each)): str(each.place) for each in cut}
        for each in findings:
            if each.place and (each.severity != "warning" or each.code in LOST_QUIETLY):
                self._by_place.setdefault(each.place, each)
                self._by_column.setdefault((str(each.sheet), str(each.column)), each.place)
        for each in inputs:
            if each.code == "below-the-table":  # it stands at one of them
                row, layout = _row(each), reading.plan.layout
                for name in (column.name for column in layout.sheet.inputs):
                    if name in layout.columns:
                        self._by_place.setdefault(f"{each.sheet}!{layout.cell(name, row)}", each)
        self._sheets = {each.name: each for each in reading.sheets.values()}
        #: Of sheets whose tables call columns otherwise than their headers do, and these columns.
        self._misnamed = {each.sheet: str(each.place) for each in findings if each.code == "name"}
        self._head_of = {each.sheet: each.place for each in findings[::-1] if each.code == "head"}
        self._misnamed_columns = misnamed_headers(reading, findings, geometry)
        # They look at whole columns of the node table, and count the rows of all.
        if reading.plan.name in self._misnamed:
            self._below.append(self._misnamed[reading.plan.name])
        names = {name: each.name for name, each in reading.sheets.items()}
        for declared in reading.model.sheets:
            name = names.get(declared.name, declared.name)
            if "number" in declared.by_name and name in self._lost:
                self._below.append(name)
        self._below += [str(each.place) for each in findings if each.code == "uneven-rows"]
        self._precedents = Precedents(
            reading, self._by_column, self._misnamed, self._below, self._outside
        )
        self._together = lost_together(reading, findings)
        self._alike = looking_alike(findings, lost_tables.standing, lost_tables.explained)
        self._pasted = {each.sheet: each for each in pasted_over(reading, findings)}
        every = [*before, *findings]
        self._broken = next((each.place for each in every if self._is_broken(each)), None)
        by_xls = (each.place for each in every if each.found == _LOST_BY_XLS)
        self._by_xls = next(by_xls, None)
        self._uneven_of = {
            each.sheet: str(each.place) for each in findings if each.code == "uneven-rows"
        }
        self._uneven = next(iter(self._uneven_of.values()), None)
        #: Data tables that are missing, by the name that formulas call them.
        self._lost_data = {
            table.name: str(each.place)
            for each in findings
            if each.code == "missing-mode"
            for table in reading.model.data_tables
            if table.sheet == each.sheet
        }
        pushed_out = [each for each in findings if self._is_pushed_out(each)]
        self._pushed_out = next((each.place for each in pushed_out), None)
        # A row that was inserted pushes one out, whether it was filled in then or not.
        bare = [_row(each) for each in findings if each.cells > 1 and self._is_of_bare_row(each)]
        self._inserted = {*bare} if len({*bare}) <= len({*map(_row, pushed_out)}) else set()
        # What formulas look up is no name of the model's; the plans of a workbook share it.
        self._figure = next((each for each in every if self._is_of_data(each)), None)
        #: By sheet and row; by sheet and column, below 0.
        self._first_of_line: dict[tuple[str | None, int], str] = {}
        self._first_empty: str | None = None
        unknown = [each for each in before if each.found == "#NAME?" and not each.because_of]
        self._claimed = {each.found: str(each.place) for each in unknown[:1]}
        self._known: dict[str, str | None] = {}

    def _is_of_data(self, finding: Finding) -> bool:
        """Whether it says that a data sheet does not hold what it should."""
        is_cut = finding.code == "outside-the-table" and finding.sheet not in self._sheets
        return finding.code == "figure" or is_cut

    def _is_pushed_out(self, finding: Finding) -> bool:
        """Whether it says of a row that it no longer counts, as where one was inserted above."""
        plan = self._reading.plan
        if finding.sheet != plan.name:
            return False
        in_table = finding.code == "below-the-table" and _row(finding) <= plan.layout.table_last_row
        return in_table or finding.code == "outside-the-table"

    def _is_of_bare_row(self, finding: Finding) -> bool:
        """Whether a row of the plan has no formula, of which it is the first to be missed."""
        return finding.code == "missing-formula" and finding.sheet == self._reading.plan.name

    def _is_input(self, finding: Finding) -> bool:
        """Whether it is on an input of the node table, or below it."""
        sheet = self._reading.plan
        headers = {each.header for each in sheet.layout.sheet.inputs}
        return finding.sheet == sheet.name and finding.column in headers

    def follow(self, places: Iterable[str], cause: str) -> None:
        """Let what is found at some places follow from what is found at another."""
        cause = self._origin(cause)
        self._together |= dict.fromkeys((each for each in places if each != cause), cause)

    def _origin(self, place: str) -> str:
        """The first of what was done at once with what is found at a place."""
        while place in self._together:
            place = self._together[place]
        return place

    def cause(self, finding: Finding) -> str | None:
        """The place of what a finding follows from; None for one that is a cause."""
        place = finding.place
        if place in self._together:
            return self._origin(place)
        if (known := finding.because_of) is not None:
            before = self._by_place.get(known)
            return (before and self.cause(before)) or known
        sheet = self._sheets.get(str(finding.sheet))
        if finding.code in _OF_COLUMNS and sheet and sheet.layout.deleted:
            return self._lost_of.get(sheet.name)
        if finding.code == "conditional-format" and self._by_xls:
            return self._by_xls  # which has three rules for a cell
        if finding.code == "chart" and (lost := self._lost_of.get(self._reading.plan.name)):
            return self._origin(lost)  # with the rows that it should show
        if finding.code == "chart" and self._broken and self._geometry.lacks(finding.message):
            return self._broken  # a sheet that was renamed without what refers to it
        if place is None or finding is not self._by_place.get(place):
            # A second finding of a cell, such as what another engine gives, follows the first.
            first = self._by_place.get(str(place))
            follows = finding.code in (*_VALUES, "name") or _kind(finding) == "formula"
            if first and first.severity == "fault":  # a number that was typed brings its format
                follows = follows or (finding.code == "number-format" and finding.cells < 2)
                follows = follows or finding.code == "input-formula"
            return place if first and follows else None
        if place not in self._known:
            self._known[place] = None  # ends a circle, which no model has
            cause = self._origin(self._cause(finding, place) or place)
            self._known[place] = None if cause == place else cause
        return self._known[place]

    def _first(self, finding: Finding) -> str | None:
        """The place of what a finding follows from, or its own."""
        return self.cause(finding) or finding.place

    def _cause(self, finding: Finding, place: str) -> str | None:
        if outside := self._outside.get((finding.sheet, _row(finding))):
            return outside
        if self._is_broken(finding):
            return self._lost[0] if self._lost else self._gone(finding) or self._broken
        if finding.code == "below-the-table" and self._is_pushed_out(finding) and self._uneven:
            return self._uneven  # it is in the table, and other sheets have fewer rows
        if finding.code == "missing-formula" and finding.cells > 1 and self._pushed_out:
            filled_in = _row(finding) in {*self._reading.rows} - self._inserted
            if self._is_of_bare_row(finding) and not filled_in:
                return self._pushed_out  # by a row that was inserted
        if finding.code in ("figure", "head"):
            # What is done to rows of a data sheet, or to a line of heads, is done at once.
            row, column = place_of(str(finding.cell))
            own = [row, -column] if finding.code == "head" else [row]
            near = own if finding.code == "head" else [row, row - 1]
            keys = [(finding.sheet, each) for each in near]
            known = (self._first_of_line[each] for each in keys if each in self._first_of_line)
            first = next(known, place)
            for each in own:
                self._first_of_line.setdefault((finding.sheet, each), first)
            if finding.found is None and (lost := self._lost_of.get(str(finding.sheet))):
                return lost  # with the column of the words
            return first
        if finding.code == "unknown-type" and self._figure and self._figure.code != "figure":
            return self._figure.place
        if finding.code == "empty-row":
            # Some programs make errors of the formulas in all rows that are not filled in.
            self._first_empty = self._first_empty or place
            return self._first_empty
        # What is gone explains where a formula of this program looks, and none that does more.
        if self._is_ours(finding) and (gone := self._gone(finding)):
            return gone
        lost = self._lost_of.get(str(finding.sheet))
        if lost and _kind(finding) == "typed" and self._is_of_words(finding):
            return lost
        uneven = self._uneven_of.get(finding.sheet)
        if finding.code == "missing-formula" and uneven and self._declared(finding)[1]:
            return uneven  # a row was inserted, and is empty
        if finding.code in _WITH_IT and (line := self._lost_input.get(str(finding.sheet))):
            return line
        if finding.code in _VALUES and finding.found in (None, "") and lost:
            return lost  # it stands elsewhere, if anywhere
        if finding.code in _VALUES and self._uneven and str(finding.found).startswith("#"):
            return self._uneven
        if finding.code in _VALUES:
            return self._find(finding)
        neighbour = self._neighbour(finding) or self._alike.get(place)
        return self._first(neighbour) if neighbour else None

    def _is_broken(self, finding: Finding) -> bool:
        """Whether a formula, or what is recorded of one, lost what it referred to."""
        found = str(finding.found)
        if finding.code in _VALUES:
            return found == "#REF!" and bool(self._lost)
        return _kind(finding) == "formula" and (
            found == _LOST_BY_XLS
            or "#REF!" in found
            or "#NAME?" in found
            or finding.place in self._lost_tables.explained
        )

    def _is_ours(self, finding: Finding) -> bool:
        """Whether a formula does what one of this program does, whatever it refers to."""
        shapes = skeletons_of(self._reading.model) if _kind(finding) == "formula" else ()
        return skeleton(str(finding.found)) in shapes

    def _is_of_words(self, finding: Finding) -> bool:
        """Whether words of a sheet came to stand on a formula of it, as where a row was deleted."""
        declared = self._sheets[str(finding.sheet)].layout.sheet
        words = [each.text for each in declared.labels] + [each.header for each in declared.columns]
        return finding.found in (*words, *(each.label for each in declared.placed))

    def _gone(self, finding: Finding) -> str | None:
        """What a formula should refer to, and was emptied, moved away or lost its label."""
        sheet, (declared, row) = self._sheets[str(finding.sheet)], self._declared(finding)
        assert declared is not None
        for place, _ in self._precedents.of(sheet, declared, row):
            before = self._by_place.get(place)
            if before is not None and before.code in _GONE:
                return self._first(before)
        if data := self._data_lost(str(finding.expected)):
            return data
        if (finding.sheet, finding.column) in self._misnamed_columns:
            return self._misnamed[finding.sheet]
        # Where a row or column was deleted, each formula behind it stands where another should.
        lost = self._lost_of.get(sheet.name)
        if lost is None and sheet.layout.inserted.number < 0:
            return self._head_of.get(sheet.name)
        return lost

    def _data_lost(self, formula: str) -> str | None:
        """What was found of a missing data sheet that a formula looks in."""
        lost = (place for table, place in self._lost_data.items() if refers_to(formula, table))
        return next(lost, None)

    def _find(self, finding: Finding) -> str | None:
        sheet, (declared, row) = self._sheets[str(finding.sheet)], self._declared(finding)
        if declared is None:
            return None  # of an input that is a formula
        inputs = ways_of(finding)
        if isinstance(declared, Column):
            typed = self._of_type(sheet, row)
            if typed and (declared.looks_up or typed.code == "missing"):
                return self._first(typed)
            if declared.copies and finding.found in (None, ""):
                # Of a node group that was added, all inputs are one.
                inputs.append(f"added in row {row} of {sheet.name}")
        for place, is_input in self._precedents.of(sheet, declared, row):
            before = self._by_place.get(place)
            if before is not None and place != finding.place:
                return self._first(before)
            if is_input:
                inputs.append(place)
        for place in inputs:
            if place in self._claimed:
                return self._claimed[place]
        with suppress(KeyError):  # it refers to more that is not there
            if data := self._data_lost(sheet.layout.formula(declared.name, row)):
                return data
        # Results that were lost leave errors behind; only with inputs others are calculated.
        lost = self._lost if str(finding.found).startswith("#") else self._lost_inputs
        if lost:
            places = self._precedents.all_of(sheet, declared, row)
            if gone := next((each for each in places if each in lost), None):
                return gone
        if self._figure is not None:
            return self._first(self._figure)
        if uneven := self._uneven_of.get(sheet.name):
            return uneven
        self._claimed.update(dict.fromkeys(inputs, str(finding.place)))
        return None

    def _of_type(self, sheet: SheetCells, row: int | None) -> Finding | None:
        """What is said of the type in a row of a sheet, such as that no data sheet has it."""
        plan = self._reading.plan.layout
        if "instance_type" not in plan.columns:
            return None
        assert row is not None
        cell = plan.cell("instance_type", row - sheet.layout.header_row + plan.header_row)
        return self._by_place.get(f"{plan.name}!{cell}")

    def _neighbour(self, finding: Finding) -> Finding | None:
        """The cell above, or at the left, to which the same was done."""
        declared, row = self._declared(finding)
        if finding.code not in ("formula", "missing-formula") or declared is None:
            return None
        sheet, kind = self._sheets[str(finding.sheet)], _kind(finding)
        first = self._pasted.get(finding.sheet)
        if first is not None and kind in _LOST_FORMULA:
            return first if first is not finding else None
        if row is None:
            # What is pasted over a block, or cleared, is so at once; one or two formulas are edited
            # alone.
            at_row, at_column = place_of(str(finding.cell))
            beside = [(at_row - back, at_column) for back in _BACK]
            beside += [(at_row, at_column - back) for back in _BACK]
            if kind == "formula":
                beside = [at for at in beside if self._is_of_block(finding, at)]
            cells = [a1(*at) for at in beside if min(at) > 0]
        else:
            layout = sheet.layout
            columns = [each.name for each in layout.sheet.computed if each.name in layout.columns]
            at = columns.index(declared.name)
            # A formula that is filled down is the same in a column, and another in the next.
            left = columns[at - 1 : at] if kind != "formula" else []
            cells = [layout.cell(declared.name, row - 1)]
            cells += [layout.cell(name, row) for name in left]
        for cell in cells:
            there = self._beside(finding, cell)
            if there is not None and (
                _kind(there) == kind or {_kind(there), kind} == _LOST_FORMULA
            ):
                return there
        return None

    def _beside(self, finding: Finding, cell: str) -> Finding | None:
        """What was done to another cell of the sheet, unless that explains no edited formula."""
        there = self._by_place.get(f"{finding.sheet}!{cell}")
        if there is None or _kind(there) != "formula":
            return there
        moved = there.place in self._together and not self._is_ours(finding)
        return None if moved or self._is_broken(there) else there

    def _is_of_block(self, finding: Finding, beside: Place) -> bool:
        """Whether formulas of three cells and more, side by side, were edited: they were pasted."""
        row, column = place_of(str(finding.cell))
        down, right = row - beside[0], column - beside[1]
        if down + right != 1:
            return False

        def edited(step: int) -> bool:
            at = row + step * down, column + step * right
            there = self._beside(finding, a1(*at)) if min(at) > 0 else None
            return there is not None and _kind(there) == "formula"

        return edited(-1) and (edited(-2) or edited(1))

    def _declared(self, finding: Finding) -> tuple[Column | Total | None, int | None]:
        return self._precedents.declared_at(f"{finding.sheet}!{finding.cell}")


def _row(finding: Finding) -> int:
    return place_of(finding.cell)[0] if finding.cell else 0


def _kind(finding: Finding) -> str:
    """What was done to a cell: its formula edited, cleared, or a value typed over it."""
    edited = finding.code == "formula" and str(finding.found).startswith("=")
    return "formula" if edited else "typed" if finding.code == "formula" else finding.code
