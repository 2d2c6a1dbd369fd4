"""Rules of conditional formatting by which people may read something otherwise than it is.

Our own rules colour results by what is said of them. Programs drop all rules of a sheet, a person
one of them.
"""

from __future__ import annotations

import re
from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property

from calculator.findings import Finding
from calculator.inputs import found_words
from calculator.memory import Kept
from calculator.workbook.figures import shown_otherwise
from calculator.workbook.layout import Layout
from calculator.workbook.marks import Mark, marks_of_column, marks_of_results, style_of
from calculator.workbook.reading import SheetCells, WorkbookReading
from calculator.workbook.seen import Place, Seen, is_step, words_for
from calculator.xlsx.appearance import Look
from calculator.xlsx.cells import Cell
from calculator.xlsx.colours import BLACK, is_green, is_red
from calculator.xlsx.decoration import Rule, are_all_rules, looks_at, looks_of, rules_of
from calculator.xlsx.formula import Canonical, FormulaError, are_same, canonical, skeleton
from calculator.xlsx.number_format import alters, effect_of
from calculator.xlsx.package import Package
from calculator.xlsx.reference import a1

__all__ = ["is_of_own_rule", "look_at_rules", "wrong_on_data"]

_NO_CELL, _PLAIN = Cell(None, None), Look("General", unseen=False, ink=BLACK)
_CODE = "conditional-format"
#: Rules that were found to say nothing wrong, where they are.
_HARMLESS = Kept[Hashable, None](256)
#: A rule that goes by what stands somewhere may strike out what is 0.
_REFERS = re.compile("[A-Z][$]?[0-9]")
#: Of what is said of a rule, the formula by which it holds.
_FORMULA = re.compile(r"\((=.*)\) (?:can|is gone)")
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
#: The same as a formula.
_COMPARED = {
    "between": "AND({cell}>={0},{cell}<={1})",
    "notBetween": "OR({cell}<{0},{cell}>{1})",
} | {name: f"{{cell}}{sign}{{0}}" for name, sign in _OPERATORS.items() if "etween" not in name}
#: Rules that go by a formula, whatever its words are.
_BY_FORMULA = ("expression", "containsText", "notContainsText", "beginsWith", "endsWith")
_OTHERWISE = "otherwise than it is, or not at all"
#: The colours of our styles, as they are called.
_COLOURS = {"good": "green", "warning": "amber", "bad": "red"}


def look_at_rules(
    reading: WorkbookReading, sheet: SheetCells, seen: Sequence[Seen]
) -> Iterator[Finding]:
    """Rules by which what is seen may be shown otherwise than it is, or as good news, each once."""
    package = reading.package
    tail = package.tails.get(sheet.name, b"")
    if b"conditionalFormatting" not in tail:
        if _marks_of(sheet.layout):
            yield from _Values(reading, sheet, seen).painted(package, ())
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
    # By what rules do to which cells.
    wrong: dict[tuple[str, ...], list[Finding]] = {}
    for rule in rules:
        told = [*values.wrong(rule)] or [*words.wrong(rule)]
        cells = tuple(str(each.cell) for each in told)
        for each in told[:1]:
            what = each.message.replace(_condition(rule), "")
            wrong.setdefault((what, *cells), []).append(each.over(cells))
    # What is none of ours is told first: ours may follow from what was moved.
    for those in wrong.values():
        those.sort(key=lambda each: is_of_own_rule(each, sheet.layout))
    found = [_of_rules(*alike) for alike in wrong.values()]
    said = {cell for _, *cells in wrong for cell in cells}
    kept = values.kept(every)
    found += values.lost(kept, said)
    found += values.painted(package, every)
    if not are_all_rules(package, sheet.name):
        message = "the sheet has more rules of conditional formatting, or areas of these, than are "
        message += "looked at: what the last of them show otherwise is not known"
        found.append(Finding(_CODE, sheet.name, None, None, None, message))
    # Whether words are lost, their own look tells, too.
    # Where no colours are left of ours, what is recorded tells.
    is_harmless = not found and (kept or not values.marks)
    if is_harmless and not any(map(words.under, rules)):
        _HARMLESS[alike] = None
    yield from found


def is_of_own_rule(finding: Finding, layout: Layout) -> bool:
    """Whether it is said of a rule that does what one of ours does, whatever it refers to."""
    rule = _FORMULA.search(finding.message) if finding.code == _CODE else None
    if rule is None:
        return False
    ours = (mark.formula for marks in _marks_of(layout).values() for mark in marks)
    does = [skeleton(each.replace(",0)", ",FALSE)")) for each in (rule[1], *ours)]
    return does[0] in does[1:]


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
        # A mark is read once, however many rules there are.
        self._form_of_mark = cache(self._form)

    @cached_property
    def marks(self) -> dict[str, list[Mark]]:
        """Ours, by name."""
        return _marks_of(self._sheet.layout)

    def wrong(self, rule: Rule) -> Iterator[Finding]:
        """The cells of which a rule shows something else than there is."""
        # Another layout has rules of its own.
        is_green = rule.look.is_green and not self._reading.is_of_other_layout
        if not rule.look.is_odd and not is_green:
            return
        numbers = sorted(self._in_order[each] for each in rule.those_of(self._places))
        for name, row, at in map(self._results.__getitem__, numbers):
            ours = self.marks.get(name, ()) if rule.look.is_green else ()
            if self._may_alter(rule.look, name):
                what = f"show it {_OTHERWISE}"
            elif _strikes_out(rule):
                what = "strike it out, and it counts"
            elif ours and not any(
                mark.style == "good" and self._is_mark(rule, mark, at) for mark in ours
            ):
                what = "colour it green, whatever the verdict is"
            else:
                continue
            value, message = self._sheet.cells.get(at, _NO_CELL).value, _message(rule, what)
            says = {"fingerprint": _said(rule, what)}
            yield self._sheet.finding(_CODE, name, row, value, message, **says)

    def kept(self, rules: Sequence[Rule]) -> set[Mark]:
        """Which marks of ours rules still are; of one that lost what it refers to, all may be."""
        found: set[Mark] = set()
        for rule in rules:
            if not rule.look.paints:
                continue
            for number in rule.those_of(self._places):
                name, _, at = self._results[self._in_order[number]]
                left = [mark for mark in self.marks.get(name, ()) if mark not in found]
                is_broken = "#REF!" in "".join(rule.formulas)
                found |= {each for each in left if is_broken or self._is_mark(rule, each, at)}
        return found

    def lost(self, kept: Container[Mark], said: Container[str]) -> Iterator[Finding]:
        """The results that lack colours by rule, where others of the sheet have theirs, as one.

        Parameters
        ----------
        said: cells of which it is said that a rule is wrong.
        """
        layout = self._sheet.layout
        if not kept or not layout.model.plan or self._reading.is_of_other_layout or layout.deleted:
            return
        told = [
            (name, row, mark)
            for name, row, at in self._results
            if self._sheet.cells.get(at, _NO_CELL).formula is not None and a1(*at) not in said
            for mark in self.marks.get(name, ())
            if mark not in kept
        ]
        for name, row, mark in told[:1]:
            what = f"a rule by which this is coloured {_COLOURS[mark.style]} ({mark.formula})"
            message = f"{what} is gone, and other results of the sheet have theirs"
            value = self._sheet.cells.get(layout.place(name, row), _NO_CELL).value
            gone = sorted({_COLOURS[each.style] for *_, each in told})
            says = {"fingerprint": f"gone: {', '.join(gone)}"}
            found = self._sheet.finding(_CODE, name, row, value, message, **says)
            yield found.over(layout.cell(name, row) for name, row, _ in told)

    def painted(self, package: Package, rules: Iterable[Rule]) -> Iterator[Finding]:
        """The results without rules that are painted as others would be coloured, as one."""
        if self._reading.is_of_other_layout:
            return
        covered = {self._in_order[each] for rule in rules for each in rule.those_of(self._places)}
        others = (each for at, each in enumerate(self._results) if at not in covered)
        marked = [each for each in others if each[0] in self.marks]
        looks = looks_at(package, self._sheet.name, [at for *_, at in marked])
        told = [
            (name, row, paint, style)
            for name, row, at in marked
            if (paint := _paint(looks.get(at, _PLAIN)))
            and (style := style_of(self._sheet.layout, name, at, self._sheet.cells))
            and (paint == "green") != (style == "good")
        ]
        for name, row, paint, style in told[:1]:
            message = f"the cell is painted {paint}, and by rule it would be {_COLOURS[style]}"
            value = self._sheet.cells.get(self._sheet.layout.place(name, row), _NO_CELL).value
            says = {"fingerprint": f"painted {', '.join(sorted({each for _, _, each, _ in told}))}"}
            found = self._sheet.finding(_CODE, name, row, value, message, **says)
            yield found.over(self._sheet.layout.cell(name, row) for name, row, *_ in told)

    def _is_mark(self, rule: Rule, mark: Mark, at: Place) -> bool:
        """Whether a rule is one of ours, wherever rows were inserted and whoever saved it."""
        layout = self._sheet.layout
        if len(rule.formulas) != 1:
            return False
        if not layout.model.plan and (rule.operator, *rule.formulas) in _OF_AWS:
            return True
        # LibreOffice writes FALSE as 0.
        pair = rule.formulas[0].replace(",0)", ",FALSE)"), mark.formula.removeprefix("=")
        if pair[0] == pair[1]:
            return True
        if at[0] > layout.header_row > 0:  # of a column: in which row it begins is no matter
            found, ours = (re.sub("(?<=[A-Z])[0-9]+", "", each) for each in pair)
            return found == ours
        form = self._form(pair[0], at)
        of_mark = self._form_of_mark(pair[1], at) if form else None
        return form is not None and of_mark is not None and are_same(form, of_mark)

    def _form(self, formula: str, at: Place) -> Canonical | None:
        """What a formula says in some cell; None for one that cannot be understood."""
        (row, column), sheet, geometry = at, self._sheet.name, self._reading.geometry
        try:
            return canonical(formula, sheet=sheet, row=row, column=column, geometry=geometry)
        except FormulaError:
            return None


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
            if is_lost or (isinstance(value, str) and alters(rule.look.number_format, value)):
                what = f"show {words} {_OTHERWISE}"
            elif _strikes_out(rule):
                what = f"strike out {words}, and what it stands for counts"
            else:
                continue
            found = value if isinstance(value, float | str) else None
            told = _CODE, self._sheet.name, a1(*at), str(value or ""), found
            yield Finding(*told, _message(rule, what), fingerprint=_said(rule, what))


def _of_rules(first: Finding, *others: Finding) -> Finding:
    """What one rule shows otherwise, where others do the same to the same cells."""
    number = len(others)
    more = f"; so can {number:,} more rule{'s' if number > 1 else ''}" if others else ""
    said = [each.fingerprint.partition("\n") for each in (first, *others)]
    what, when = (sorted({each[at] for each in said}) for at in (0, 2))
    fingerprint = "\n".join(["; ".join(what), *filter(None, when)])
    return replace(first, message=first.message + more, fingerprint=fingerprint)


def _marks_of(layout: Layout) -> dict[str, list[Mark]]:
    """The colours that results of a sheet have by rule, by name."""
    marks = [*marks_of_results(layout)]
    for column in layout.sheet.computed:
        if column.style == "check" and column.name in layout.columns:
            marks += marks_of_column(layout, column.name)
    found: dict[str, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.name, []).append(mark)
    return found


def _paint(look: Look) -> str:
    """The colour of a verdict that a cell has of its own, "" for any other."""
    for paint, is_so in (("green", is_green), ("red", is_red)):
        if any(map(is_so, (look.ink, *look.grounds))):
            return paint
    return ""


def _strikes_out(rule: Rule) -> bool:
    return rule.look.is_struck and not _REFERS.search("".join(rule.formulas))


def _message(rule: Rule, what: str) -> str:
    return f"a rule of conditional formatting{_condition(rule)} can {what}"


def _said(rule: Rule, what: str) -> str:
    """What a rule does, by the first word of it: what it does it to is told by the cells.

    Below stands when it does, as a formula of the cell that it begins at, where it has one.
    """
    effect = effect_of(rule.look.number_format)
    said = f"can {what.split()[0]}" + f" {effect}" * (effect != effect_of("General"))
    cell = a1(min(each[0] for each in rule.areas), min(each[1] for each in rule.areas))
    when = "".join(rule.formulas[:1]) if rule.kind in _BY_FORMULA else ""
    if rule.operator in _COMPARED and rule.formulas:
        limits = [f"({each})" for each in rule.formulas]
        when = _COMPARED[rule.operator].format(*limits, *limits[-1:], cell=cell)
    return f"{said}\n{cell} {when}" if when else said


def _condition(rule: Rule) -> str:
    """When a rule holds, as far as it says so."""
    if not rule.formulas:
        return ""
    sign = _OPERATORS.get(rule.operator)
    return f" ({sign} {' and '.join(rule.formulas)})" if sign else f" (={rule.formulas[0]})"
