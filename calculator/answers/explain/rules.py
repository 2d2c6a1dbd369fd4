"""The rules of one plan, each as it counts there: what a number comes from, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np

from calculator.answers.explain.formula_words import formula_words
from calculator.model.engine import Book
from calculator.model.expression import NOTHING, Array, Expression, Name, Values
from calculator.model.sheet import GIVEN, Column, Placed

__all__ = ["STEPS", "Place", "Reason", "Rule", "Rules"]

#: The styles of what stands in grey, or in small: steps to what people look at.
STEPS = ("helper", "small")
#: What holds for every node group that can be computed: no reason for a number.
_USUAL = {"state", "is_node"}


class Place(NamedTuple):
    """A cell of a model's sheet; of a column that of a node group, counted from 0."""

    sheet: str
    name: str
    row: int | None = None


class Reason(NamedTuple):
    """A condition that holds, and the cell whose rule asks for it."""

    of: Place
    condition: Expression


class Rule(NamedTuple):
    """What counts of a cell's expression.

    Parameters
    ----------
    part: the expression without the branches that are not taken and what adds nothing.
    reasons: why these branches are taken.
    """

    part: Expression
    reasons: tuple[Reason, ...]


class Rules:
    """The rules and values of one plan.

    Parameters
    ----------
    book: the plan, alone.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.rule = cache(self._rule)
        self._counting = cache(self._counting_rule)
        self._shown = cache(self._steps_shown)

    def declared(self, place: Place) -> Placed | Column | None:
        """What the model says of a cell; None for a figure of the catalog."""
        return self.book[place.sheet].sheet.by_name.get(place.name)

    def value(self, place: Place) -> float | str:
        """The engine's value: NaN for an error, infinity for nothing."""
        tables = self.book[place.sheet]
        level = tables.plans if place.row is None else tables.groups
        with self.book.quiet():
            return _scalar(level.seen.find(Name(place.name)), place.row or 0)

    def place(self, of: Place, name: Name) -> Place:
        """The cell that the rule of a cell refers to by a name."""
        home = self.book.model.home(self.book[of.sheet].sheet, name)
        row = of.row if name.row is None else name.row
        of_group = name.name in GIVEN or isinstance(home.by_name.get(name.name), Column)
        return Place(home.name, name.name, row if of_group else None)

    def deciding(self, place: Place) -> set[Place]:
        """The cells that a number hangs on, as it is now."""
        rule = self.rule(place)
        if rule is None:
            return set()
        with self.book.quiet():
            names = list(rule.part.deciding(_Row(self, place)))
        found = set(self.referred(place, names))
        for reason in rule.reasons:
            found.update(self.referred(reason.of, reason.condition.names()))
        return found

    def referred(self, of: Place, names: Iterable[Name]) -> Iterator[Place]:
        """The cells that names stand for in a rule, where their numbers come from."""
        for place in self._named(of, names):
            yield place if place.row is not None and of.row is None else self.followed(place)

    def _named(self, of: Place, names: Iterable[Name]) -> Iterator[Place]:
        """The cells that names stand for in a rule; of a whole column all of them."""
        for name in names:
            rows = range(len(self.book.plan)) if name.is_column else [name.row]
            yield from (self.place(of, name._replace(row=row)) for row in rows)

    def followed(self, place: Place) -> Place:
        """The cell that a number comes from, where others only pass it on."""
        while (rule := self.rule(place)) and rule.part.name and not rule.reasons:
            formula = self.formula(place)
            passes_on = place.row is not None or (formula is not None and formula.name)
            if not passes_on and self._is_looked_at(place):
                break  # a result, of which only one term is not 0
            place = self.place(place, rule.part.name)
        return self._shown(place.sheet, place.row).get(place, place)

    def spelled(self, place: Place, part: Expression) -> Expression:
        """The part of a cell's rule with the cells of a whole column one by one."""
        values = _Row(self, place)
        with self.book.quiet():
            return part.spelled(values).part(values)

    # --- rules ------------------------------------------------------------------------------------

    def formula(self, place: Place) -> Expression | None:
        """The expression of a cell; None for an input and a constant."""
        shown = self._shown(place.sheet, place.row)
        step = next((each for each, by in shown.items() if by == place), place)
        return getattr(self.declared(step), "formula", None)

    def _rule(self, place: Place) -> Rule | None:
        """The rule of a cell; None for an input, a constant and a figure that is looked up."""
        shown = self._shown(place.sheet, place.row)
        step = next((each for each, by in shown.items() if by == place), place)
        return self._counting(step)

    def _steps_shown(self, sheet: str, row: int | None) -> dict[Place, Place]:
        """The columns or results that people look at, by the steps whose number they show."""
        declared = self.book[sheet].sheet
        shown: dict[Place, Place] = {}
        for each in declared.totals if row is None else declared.computed:
            place = Place(sheet, each.name, row)
            rule = self._counting(place) if self._is_looked_at(place) else None
            if rule is None or not rule.part.name or rule.reasons:
                continue
            step = self.place(place, rule.part.name)
            if step.sheet == sheet and self._counting(step) and not self._is_looked_at(step):
                shown.setdefault(step, place)
        return shown

    def _is_looked_at(self, place: Place) -> bool:
        """Whether people look at a column or result: on the sheets of modes, no step in grey."""
        is_shown = getattr(self.declared(place), "style", STEPS[0]) not in STEPS
        return is_shown and (
            self.book[place.sheet].sheet.mode is not None or place.name in self._of_modes
        )

    @cached_property
    def _of_modes(self) -> set[str]:
        """The columns that sheets of modes show, wherever these have them from."""
        columns = (column for sheet in self.book.model for column in sheet.columns)
        return {column.name for column in columns if column.style not in STEPS}

    def _counting_rule(self, place: Place) -> Rule | None:
        formula: Expression | None = getattr(self.declared(place), "formula", None)
        if formula is None:
            return None
        with self.book.quiet():
            part = formula.part(_Row(self, place))
            if part.name and part.name.name in GIVEN:
                return None
            found: dict[str, Reason] = {}
            for reason in self._reasons(place, formula, is_literal=not any(part.names())):
                found.setdefault(formula_words(reason.condition, str), reason)
        return Rule(part, tuple(found.values()))

    def _reasons(self, place: Place, formula: Expression, *, is_literal: bool) -> Iterator[Reason]:
        """The reasons that say something; in place of a flag's 1 or 0 those of the flag."""
        for condition in formula.reasons(_Row(self, place)):
            names = list(condition.names())
            places = list(self._named(place, names))
            if {name.name for name in names} <= _USUAL:
                continue
            if not is_literal and all(map(self._is_not_given, places)):
                continue
            is_one = len(names) == 1 and not names[0].is_column
            flag = self._counting(places[0]) if is_one else None
            while flag and flag.part.name and not flag.reasons:
                places = [self.place(places[0], flag.part.name)]
                flag = self._counting(places[0])
            if flag and not any(flag.part.names()):
                yield from flag.reasons
            else:
                yield Reason(place, condition)

    def _is_not_given(self, place: Place) -> bool:
        """Whether nothing is filled in, or the 0 that means that."""
        value = self.value(place)
        return value in ("", NOTHING) or (value == 0 and self._counting(place) is None)


class _Row:
    """What an expression of a cell sees: a number or text for each name."""

    size = 1

    def __init__(self, rules: Rules, of: Place) -> None:
        self._rules, self._of = rules, of

    def find(self, name: Name) -> Any:
        return self._rules.value(self._rules.place(self._of, name))

    def take(self, rows: Array) -> Values:
        return self

    def column(self, name: Name) -> tuple[Array, Array, int]:
        book = self._rules.book
        return book[name.sheet or self._of.sheet].groups[name.name], book.plan, 1


def _scalar(values: Any, row: int) -> float | str:
    if isinstance(values, np.ndarray):
        values = values[row] if values.ndim else values.item()
    return values if isinstance(values, str) else float(values)
