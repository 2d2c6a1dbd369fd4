"""Which finding follows from which: one cause is one finding, and the rest names it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace

from calculator.findings import CALCULATED, SEVERITIES, Finding
from calculator.model.sheet import ROWS_SEEN, Column, Total
from calculator.parity.as_one import as_one
from calculator.parity.data_causes import DataCauses
from calculator.parity.lost_tables import LOST_BY_XLS, LostTables
from calculator.parity.moved import is_ours, misnamed_headers
from calculator.parity.neighbours import Neighbours, looking_alike
from calculator.parity.precedents import Precedents, ways_of
from calculator.parity.recorded import Recorded
from calculator.parity.together import (
    LOST,
    LOST_QUIETLY,
    LOST_SHEETS,
    counted,
    lost_alone,
    lost_together,
    moved_together,
)
from calculator.workbook.calculation import is_hiding
from calculator.workbook.reading import PlanReading, SheetCells
from calculator.workbook.rules import is_of_own_rule
from calculator.xlsx.formula import skeleton
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.reference import place as place_of

__all__ = ["by_cause"]

#: What formulas that should look at it may have followed to another place, or cannot reach.
_GONE = ("missing", "missing-formula", "name", *LOST, *LOST_QUIETLY)
#: What rules and widths of columns do that stand where others should.
_OF_COLUMNS = ("conditional-format", "unseen", "validation")
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
    recorded = Recorded(reading, findings, lost.explained)
    findings = [each for each in findings if not recorded.is_hidden(each)]
    moved = list(moved_together(reading, findings, geometry, lost))
    said = {(each.code, each.place) for each in before}
    new = (one for one, _ in moved if one not in findings and (one.code, one.place) not in said)
    findings = [*new, *findings]
    order = {severity: number for number, severity in enumerate(SEVERITIES)}
    ordered = sorted(findings, key=lambda each: order[each.severity])
    graph = _Graph(reading, ordered, geometry, lost, recorded, before)
    for one, places in moved:
        graph.follow(places, one)
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
        recorded: Recorded,
        before: Sequence[Finding],
    ) -> None:
        self._reading, self._geometry = reading, geometry
        self._lost_tables, self._recorded = lost_tables, recorded
        self._by_place: dict[str, Finding] = {}
        self._by_column: dict[tuple[str, str], str] = {}
        # The formulas that look for inputs below the table look at those in it, too.
        inputs = [each for each in findings if each.severity == "fault" and self._is_input(each)]
        inputs.sort(key=lambda each: each.code != "below-the-table")
        self._below = [str(each.place) for each in inputs]
        # Where what words say is known without them, no formula is wrong for their sake.
        alone = lost_alone(reading, findings)
        every_lost = [each for each in findings if each.code in LOST]
        lost = [each for each in every_lost if each not in alone]
        self._lost_words = {each.place for each in alone}
        #: Of an input over whose words others were pasted, its check may have been, too.
        of_inputs = (each for each in alone if each.code in ("missing-label", "missing-setting"))
        self._checks = {(each.sheet, each.column): each.place for each in of_inputs}
        self._lost = [str(each.place) for each in lost]
        self._lost_sheets = [str(each.place) for each in lost if each.code in LOST_SHEETS]
        # The first of a sheet or row counts.
        self._lost_of = {str(each.sheet): str(each.place) for each in lost[::-1]}
        of_input = [each for each in lost if each.severity == "fault"]
        self._lost_input = {str(each.sheet): str(each.place) for each in of_input[::-1]}
        of_input = [each for each in every_lost if each.severity == "fault"]
        self._lost_inputs = [str(each.place) for each in of_input]
        cut = (each for each in findings[::-1] if each.code == "outside-the-table")
        self._outside = {(each.sheet, _row(each)): str(each.place) for each in cut}
        others: dict[tuple[str, str], str] = {}
        for each in findings:
            if each.place and (each.severity != "warning" or each.code in LOST_QUIETLY):
                if each.code == "missing-result" and each in alone:
                    continue
                self._by_place.setdefault(each.place, each)
                key = str(each.sheet), str(each.column)
                # Of a column, what makes other values wrong counts first.
                of_column = self._by_column if recorded.explaining(each) else others
                of_column.setdefault(key, each.place)
        self._by_column = {**others, **self._by_column}
        for each in inputs:
            if each.code == "below-the-table":  # it stands at one of them
                row, layout = _row(each), reading.plan.layout
                for name in (column.name for column in layout.sheet.inputs):
                    if name in layout.columns:
                        self._by_place.setdefault(f"{each.sheet}!{layout.cell(name, row)}", each)
        self._sheets = {each.name: each for each in reading.sheets.values()}
        #: Of sheets whose tables call columns otherwise than their headers do, and these columns.
        misnamed = (each for each in findings if each.code == "name" and not is_hiding(each))
        self._misnamed = {each.sheet: str(each.place) for each in misnamed}
        self._head_of = {each.sheet: each.place for each in findings[::-1] if each.code == "head"}
        self._misnamed_columns = misnamed_headers(reading, geometry)
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
        self._heads: dict[str, Finding] = {}
        self._alike = looking_alike(findings, lost_tables.standing, lost_tables.explained)
        self._neighbours = Neighbours(
            reading, findings, self._by_place, self._together, self._precedents, lost_tables
        )
        every = [*before, *findings]
        self._broken = next((each.place for each in every if self._is_broken(each)), None)
        by_xls = (each.place for each in every if each.found == LOST_BY_XLS)
        self._by_xls = next(by_xls, None)
        self._uneven_of = {
            each.sheet: str(each.place) for each in findings if each.code == "uneven-rows"
        }
        self._uneven = next(iter(self._uneven_of.values()), None)
        #: Tables that are not found by their names.
        of_tables = (each.place for each in every if each.code == "name" and not each.cell)
        self._hidden = next(filter(None, of_tables), None)
        self._data = DataCauses(reading, every, self._geometry)
        pushed_out = [each for each in findings if self._is_pushed_out(each)]
        self._pushed_out = next((each.place for each in pushed_out), None)
        # A row that was inserted pushes one out, whether it was filled in then or not.
        bare = [_row(each) for each in findings if each.cells > 1 and self._is_of_bare_row(each)]
        self._inserted = {*bare} if len({*bare}) <= len({*map(_row, pushed_out)}) else set()
        #: By sheet and row; by sheet and column, below 0.
        self._first_of_line: dict[tuple[str | None, int], str] = {}
        self._first_empty: str | None = None
        unknown = [each for each in before if each.found == "#NAME?" and not each.because_of]
        self._claimed = {each.found: str(each.place) for each in unknown[:1]}
        #: By place, and whether it is the value of a formula of which something is found.
        self._known: dict[tuple[str, bool], str | None] = {}

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

    def follow(self, places: Collection[str], cause: Finding) -> None:
        """Let what is found at some places follow from something else."""
        if (place := str(cause.place)) in places:
            self._heads.setdefault(place, cause)
        origin = self._origin(place)
        self._together |= dict.fromkeys((each for each in places if each != origin), origin)

    def _origin(self, place: str) -> str:
        """The first of what was done at once with what is found at a place."""
        while place in self._together:
            place = self._together[place]
        return place

    def cause(self, finding: Finding) -> str | None:
        """The place of what a finding follows from; None for one that is a cause."""
        place = finding.place
        if place in self._together:
            return None if self._is_of_strange_rule(finding) else self._origin(place)
        if (head := self._heads.get(str(place))) is not None and finding is not head:
            return place  # what is found in the cell of what was done follows, too
        if (known := finding.because_of) is not None:
            before = self._by_place.get(known)
            if before and finding.severity == "fault" and self._data.of_type(before):
                return None  # a type that is not listed makes nothing else of its row a fault
            return (before and self.cause(before)) or known
        sheet = self._sheets.get(str(finding.sheet))
        if finding.code in _OF_COLUMNS and sheet and sheet.layout.deleted:
            return self._lost_of.get(sheet.name)
        if finding.code == "unknown-max-pods":
            return self._data.of_type(finding)
        if finding.code == "conditional-format" and self._by_xls:
            return self._by_xls  # which has three rules for a cell
        if finding.code == "chart" and (lost := self._lost_of.get(self._reading.plan.name)):
            return self._origin(lost)  # with the rows that it should show
        if finding.code == "chart" and self._broken and self._geometry.lacks(finding.message):
            return self._broken  # a sheet that was renamed without what refers to it
        # That words alone were lost makes nothing else wrong, and may follow from another line.
        is_own = self._recorded.is_own(finding) or finding.code == "missing-result"
        if place is None or not (is_own or finding is self._by_place.get(place)):
            # A second finding of a cell, such as what another engine gives, follows the first.
            first = self._by_place.get(str(place))
            follows = finding.code in (*CALCULATED, "name", "input-formula") or finding.is_edited
            if first and (first.severity == "fault" or first.is_edited) and finding.cells < 2:
                # A number that was typed, and a formula that was copied, bring their looks.
                follows = follows or finding.code in ("number-format", "conditional-format")
            return place if first and follows else None
        key = place, is_own
        if key not in self._known:
            self._known[key] = None  # ends a circle, which no model has
            cause = self._cause(finding, place)
            # A value may follow from the formula of its own cell.
            if cause is not None and (is_own or self._origin(cause) != place):
                self._known[key] = self._origin(cause)
        return self._known[key]

    def _is_of_strange_rule(self, finding: Finding) -> bool:
        """Whether it is said of a rule that is none of ours, and was moved with nothing."""
        sheet = self._sheets.get(str(finding.sheet))
        if sheet is None or finding.code != "conditional-format":
            return False
        return not is_of_own_rule(finding, sheet.layout)

    def _first(self, finding: Finding) -> str | None:
        """The place of what a finding follows from, or its own."""
        return self.cause(finding) or finding.place

    def _cause(self, finding: Finding, place: str) -> str | None:
        if outside := self._outside.get((finding.sheet, _row(finding))):
            return outside
        if self._is_broken(finding):
            # A table is lost with its sheet, or by itself, and with no words.
            lacks_table = self._geometry.lacks(str(finding.found)) is not None
            places = self._lost_sheets if lacks_table else self._lost
            if places:
                return places[0]
            gone = None if lacks_table else self._gone(finding) or self._moved_data(finding)
            return gone or self._broken
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
        if finding.code == "unknown-type" and (lost := self._data.of_type(finding)):
            return lost
        if finding.code == "empty-row":
            # Some programs make errors of the formulas in all rows that are not filled in.
            self._first_empty = self._first_empty or place
            return self._first_empty
        # What is gone explains where a formula of this program looks, and none that does more.
        if is_ours(finding, self._reading.model):
            pasted = self._checks.get((finding.sheet, finding.column))
            if gone := pasted or self._gone(finding):
                return gone
        lost = self._lost_of.get(str(finding.sheet))
        if lost and finding.code == "formula" and self._is_of_words(finding):
            return lost
        uneven = self._uneven_of.get(finding.sheet)
        if finding.code == "missing-formula" and uneven and self._declared(finding)[1]:
            return uneven  # a row was inserted, and is empty
        is_of_row = finding.code == "missing-formula" and self._declared(finding)[1] is not None
        line = self._lost_input.get(str(finding.sheet))
        if finding.code in _WITH_IT and not is_of_row and line:
            return line
        if finding.code in CALCULATED and finding.found in (None, "") and lost:
            return lost  # it stands elsewhere, if anywhere
        if finding.code in CALCULATED and self._uneven and str(finding.found).startswith("#"):
            return self._uneven
        if finding.code in CALCULATED:
            return self._find(finding)
        if neighbour := self._neighbours.of(finding):
            return self._first(neighbour)
        # What something else explains explains no more of what looks alike.
        alike = self._alike.get(place)
        return self._first(alike) if alike and alike.place not in self._together else None

    def _is_broken(self, finding: Finding) -> bool:
        """Whether a formula, or what is recorded of one, lost what it referred to."""
        if finding.code in CALCULATED:
            return finding.found == "#REF!" and bool(self._lost)
        return self._lost_tables.is_broken(finding)

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
            if before and before.code in _GONE and before.place not in self._lost_words:
                return self._first(before)
            # Of formulas that count rows below the table, the last one that they look at.
            if before and before.code == "below-the-table" and _does_what_is_meant(finding):
                return self._first(before)
        if data := self._data.missing(str(finding.expected)):
            return data
        if (finding.sheet, finding.column) in self._misnamed_columns:
            return self._misnamed[finding.sheet]
        # Where a row or column was deleted, each formula behind it stands where another should.
        lost = self._lost_of.get(sheet.name)
        if lost is None and sheet.layout.inserted.number < 0:
            return self._head_of.get(sheet.name)
        return lost

    def _find(self, finding: Finding) -> str | None:
        sheet, (declared, row) = self._sheets[str(finding.sheet)], self._declared(finding)
        if declared is None:
            return None  # of an input that is a formula
        assert declared.formula is not None
        names = {each.name for each in declared.formula.names()}
        inputs = ways_of(finding)
        if isinstance(declared, Column):
            typed = self._by_place.get(self._in_plan("instance_type", sheet, row))
            if typed and (declared.looks_up or typed.code == "missing"):
                return self._first(typed)
            if declared.copies and finding.found in (None, ""):
                # Of a node group that was added, all inputs are one.
                inputs.append(f"added in row {row} of {sheet.name}")
            if declared.copies and (moved := self._explaining(self._in_plan("number", sheet, row))):
                return self._first(moved)
        if declared.name == "number" or not names.isdisjoint(ROWS_SEEN):
            inputs.append(f"rows of {sheet.name}")  # which were moved at once
        for place, is_input in self._precedents.of(sheet, declared, row):
            before = self._explaining(place)
            if before is not None and place != finding.place:
                return self._first(before)
            if is_input:
                inputs.append(place)
        for place in inputs:
            if place in self._claimed:
                return self._claimed[place]
        formula = ""
        with suppress(KeyError):  # it refers to more that is not there
            formula = sheet.layout.formula(declared.name, row)
        if data := self._data.missing(formula):
            return data
        # Results that were lost leave errors behind; only with inputs others are calculated.
        is_error = str(finding.found).startswith("#")
        lost = [*self._lost, *self._lost_inputs] if is_error else self._lost_inputs
        if lost:
            places = self._precedents.all_of(sheet, declared, row)
            if gone := next((each for each in places if each in lost), None):
                return gone
        if figure := self._data.looked_up(formula, is_error=is_error):
            return self._first(figure)
        if uneven := self._uneven_of.get(sheet.name):
            return uneven
        if str(finding.found).startswith("#") and self._hidden:
            return self._hidden
        self._claimed.update(dict.fromkeys(inputs, str(finding.place)))
        return None

    def _explaining(self, place: str) -> Finding | None:
        """What was found at a place, unless it makes no other value wrong."""
        before = self._by_place.get(place)
        return before and self._recorded.explaining(before)

    def _moved_data(self, finding: Finding) -> str | None:
        """What was found of a data sheet, of which a formula lost a column that was moved."""
        data = self._data.looked_up(str(finding.expected))
        return self._first(data) if data and data.code == "name" else None

    def _in_plan(self, name: str, sheet: SheetCells, row: int | None) -> str:
        """The place of a column of the plan, in the row that another row of a sheet shows."""
        plan = self._reading.plan.layout
        if name not in plan.columns:
            return ""
        assert row is not None
        cell = plan.cell(name, row - sheet.layout.header_row + plan.header_row)
        return f"{plan.name}!{cell}"

    def _declared(self, finding: Finding) -> tuple[Column | Total | None, int | None]:
        return self._precedents.declared_at(f"{finding.sheet}!{finding.cell}")


def _does_what_is_meant(finding: Finding) -> bool:
    """Whether a formula differs in nothing but what it refers to."""
    return skeleton(str(finding.found)) == skeleton(str(finding.expected))


def _row(finding: Finding) -> int:
    return place_of(finding.cell)[0] if finding.cell else 0
