"""Rules of conditional formatting by which people may read something otherwise than it is."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cache, cached_property

from calculator.findings import Finding
from calculator.inputs import found_words
from calculator.workbook.figures import shown_otherwise
from calculator.workbook.marks import Mark, marks_of_column, marks_of_results
from calculator.workbook.reading import SheetCells, WorkbookReading
from calculator.workbook.seen import Place, Seen, is_step, words_for
from calculator.xlsx.appearance import Look
from calculator.xlsx.cells import Cell
from calculator.xlsx.colours import BLACK
from calculator.xlsx.decoration import Rule, are_all_rules, looks_of, rules_of
from calculator.xlsx.formula import same_formula
from calculator.xlsx.number_format import alters
from calculator.xlsx.package import Package
from calculator.xlsx.reference import a1

__all__ = ["look_at_rules", "wrong_on_data"]

_NO_CELL, _PLAIN = Cell(None, None), Look("General", unseen=False, ink=BLACK)
_CODE = "conditional-format"
#: Rules that were found to say nothing wrong, where they are.
_HARMLESS: set[Hashable] = set()
_MOST_KNOWN = 256
#: A rule that goes by what stands somewhere may strike out what is 0.
_REFERS = re.compile("[A-Z][$]?[0-9]")
#: The rules by which AWS's published workbook has a green number: a text is none to it.
_OF_AWS = (("greaterThan", "0"), ("greaterThan", '"-"'))
#: What a rule says of a cell's value, by its operator.
_OPERATORS = {
    "lessThan": "<",
    "lessThanOrEqual": "<=",
    "equal": "=",
    "notEqual": "<>",
    "greaterThanOrEqual": ">=",
    "greaterThan": ">",
    "between": "between",
    "notBetween": "not between",
}
_OTHERWISE = "otherwise than it is, or not at all"


def look_at_rules(
    reading: WorkbookReading, sheet: SheetCells, seen: Sequence[Seen]
) -> Iterator[Finding]:
    """Rules by which what is seen may be shown otherwise than it is, or as good news, each once."""
    package = reading.package
    tail = package.tails.get(sheet.name, b"")
    if b"conditionalFormatting" not in tail:
        return
    # Most sheets of a folder have the same rules in the same places.
    places = hash(tuple(at for *_, at in seen))
    alike = tail, package.style_part, reading.is_of_other_layout, sheet.layout.shape, places
    if alike in _HARMLESS:
        return
    # A rule that lost what it referred to never holds.
    every = rules_of(package, sheet.name)
    rules = [each for each in every if "#REF!" not in "".join(each.formulas)]
    values, words = _Values(reading, sheet, seen), _Words(package, sheet, seen)
    found: list[Finding] = []
    for rule in rules:
        told = [*values.wrong(rule)] or [*words.wrong(rule)]
        found += [each.over(str(one.cell) for one in told) for each in told[:1]]
    if not are_all_rules(package, sheet.name):
        message = "the sheet has more rules of conditional formatting, or areas of these, than are "
        message += "looked at: what the last of them show otherwise is not known"
        found.append(Finding(_CODE, sheet.name, None, None, None, message))
    # Whether words are lost, their own look tells, too.
    if not found and not any(map(words.under, rules)):
        if len(_HARMLESS) >= _MOST_KNOWN:
            _HARMLESS.clear()
        _HARMLESS.add(alike)
    yield from found


def wrong_on_data(
    rules: Sequence[Rule], values: Mapping[Place, float | str], headers: Mapping[int, str]
) -> Iterator[tuple[Place, str, str]]:
    """What rules may show otherwise of a data sheet: place, code and message.

    Parameters
    ----------
    headers: of its columns.
    """
    places = sorted(values)
    for rule in rules:
        for at in map(places.__getitem__, rule.those_of(places)):
            value, look = values[at], rule.look
            if isinstance(value, str) and not rule.is_for_texts:
                continue
            if look.unseen or alters(look.number_format, value, label=headers[at[1]]):
                yield at, _CODE, _message(rule, f"show {found_words(value)} {_OTHERWISE}")


class _Values:
    """The values of a sheet, and what a rule does to them."""

    def __init__(self, reading: WorkbookReading, sheet: SheetCells, seen: Sequence[Seen]) -> None:
        self._reading, self._sheet = reading, sheet
        self._results = [each for each in seen if not is_step(sheet.layout.sheet, each[0])]
        self._in_order = sorted(range(len(self._results)), key=lambda each: self._results[each][2])
        self._places = [self._results[each][2] for each in self._in_order]
        by_name = sheet.layout.sheet.by_name
        self._may_alter = cache(lambda look, name: shown_otherwise(look, by_name[name]) is not None)

    @cached_property
    def _marks(self) -> list[Mark]:
        layout = self._sheet.layout
        marks = [*marks_of_results(layout)]
        for column in layout.sheet.computed:
            if column.style == "check" and column.name in layout.columns:
                marks += marks_of_column(layout, column.name)
        return marks

    def wrong(self, rule: Rule) -> Iterator[Finding]:
        """The cells of which a rule shows something else than there is."""
        # Another layout has rules of its own.
        is_green = rule.look.is_green and not self._reading.is_of_other_layout
        if not rule.look.is_odd and not is_green:
            return
        numbers = sorted(self._in_order[each] for each in rule.those_of(self._places))
        for name, row, at in map(self._results.__getitem__, numbers):
            ours = [mark for mark in self._marks if mark.name == name and rule.look.is_green]
            if self._may_alter(rule.look, name):
                what = f"show it {_OTHERWISE}"
            elif _strikes_out(rule):
                what = "strike it out, and it counts"
            elif ours and not any(self._is_mark(rule, mark, at) for mark in ours):
                what = "colour it green, whatever the verdict is"
            else:
                continue
            value = self._sheet.cells.get(at, _NO_CELL).value
            yield self._sheet.finding(_CODE, name, row, value, _message(rule, what))

    def _is_mark(self, rule: Rule, mark: Mark, at: Place) -> bool:
        """Whether a green rule is one of ours, wherever rows were inserted and whoever saved it."""
        layout = self._sheet.layout
        if mark.style != "good" or len(rule.formulas) != 1:
            return False
        if not layout.model.plan and (rule.operator, *rule.formulas) in _OF_AWS:
            return True
        # LibreOffice writes FALSE as 0.
        pair = rule.formulas[0].replace(",0)", ",FALSE)"), mark.formula.removeprefix("=")
        if at[0] > layout.header_row > 0:  # of a column: in which row it begins is no matter
            found, ours = (re.sub("(?<=[A-Z])[0-9]+", "", each) for each in pair)
            return found == ours
        row, column = at
        geometry = self._reading.geometry
        return same_formula(
            *pair, sheet=self._sheet.name, row=row, column=column, geometry=geometry
        )


class _Words:
    """The words of a sheet that say what figures are, and what a rule does to them."""

    def __init__(self, package: Package, sheet: SheetCells, seen: Sequence[Seen]) -> None:
        self._package, self._sheet, self._seen = package, sheet, seen

    @cached_property
    def _places(self) -> list[Place]:
        return sorted(each.place for each in words_for(self._sheet, self._seen))

    @cached_property
    def _looks(self) -> Mapping[Place, Look]:
        """How cells look without rules: on a dark ground of their own, white words are seen."""
        return looks_of(self._package, self._sheet.name)

    def under(self, rule: Rule) -> list[Place]:
        """Those that a rule is for."""
        return [self._places[each] for each in rule.those_of(self._places)]

    def wrong(self, rule: Rule) -> Iterator[Finding]:
        """The words that a rule shows otherwise than they are, or strikes out."""
        for at in self.under(rule) if rule.is_for_texts else ():
            value, look = self._sheet.cells.get(at, _NO_CELL).value, self._looks.get(at, _PLAIN)
            words = found_words(value)
            is_lost = rule.look.loses(look) and not look.unseen
            if is_lost or (
                isinstance(value, str) and alters(rule.look.number_format, value, "text")
            ):
                what = f"show {words} {_OTHERWISE}"
            elif _strikes_out(rule):
                what = f"strike out {words}, and what it stands for counts"
            else:
                continue
            found = value if isinstance(value, float | str) else None
            told = _CODE, self._sheet.name, a1(*at), str(value or ""), found
            yield Finding(*told, _message(rule, what))


def _strikes_out(rule: Rule) -> bool:
    return rule.look.is_struck and not _REFERS.search("".join(rule.formulas))


def _message(rule: Rule, what: str) -> str:
    return f"a rule of conditional formatting{_condition(rule)} can {what}"


def _condition(rule: Rule) -> str:
    """When a rule holds, as far as it says so."""
    if not rule.formulas:
        return ""
    sign = _OPERATORS.get(rule.operator)
    return f" ({sign} {' and '.join(rule.formulas)})" if sign else f" (={rule.formulas[0]})"
