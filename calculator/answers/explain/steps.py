"""The steps to a number, each with its rule in words and in numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from calculator.answers.explain.formula_words import formula_words, value_words
from calculator.answers.explain.rules import STEPS, Place, Rules
from calculator.answers.explain.source import Source
from calculator.inputs import plain
from calculator.model.expression import Expression, Name
from calculator.model.sheet import Column, Constant, Setting, Total

__all__ = ["Step", "Steps"]

#: What a label holds that could be taken for a part of a formula.
_AMBIGUOUS = re.compile(r"^[0-9]|[^\w .'#%-]")
#: What the engine is given of an instance type beside the columns of its data table.
_FLAGS = {"nitro": "1 for Nitro or bare metal", "no_trunk": "1 where it can carry no trunk ENI"}
_UNIT = re.compile(r"\s*\[([^]]+)\]$")


@dataclass(frozen=True)
class Step:
    """A number, and how it comes about.

    Parameters
    ----------
    name: in Python; of a node group in the sum of many with its number, such as ``nodes[2]``.
    label: the words by which the workbook has it.
    kind: ``input``, ``catalog`` (a figure of the instance type), ``constant`` or ``step``.
    value: None for an error, "" for nothing.
    unit: such as ``IPs``; "" where it has none, or the label says it.
    formula: the rule, as far as it counts here, with the labels of what it refers to; None for
        what is filled in or looked up, and for a step that is not gone into.
    with_values: the same with numbers.
    because: the conditions by which the rule is this one, with labels and with numbers.
    nothing: labels of what the rule adds besides, and what is 0 here.
    about: what it is.
    source: the documents that it, or its rule, comes from; "" where the model's say it.
    cell: where it stands in the workbook; None where it stands in none.
    group: in a sum of many, what its node group is called; "" elsewhere.
    decides: whether the result hangs on it; a limit that is not reached, and where another number
        is greater or less, does not.
    refers_to: the names of the steps that it refers to.
    """

    name: str
    label: str
    kind: str
    value: float | str | None
    unit: str = ""
    formula: str | None = None
    with_values: str | None = None
    because: tuple[tuple[str, str], ...] = ()
    nothing: tuple[str, ...] = ()
    about: str = ""
    source: str = ""
    cell: str | None = None
    group: str = ""
    decides: bool = True
    refers_to: tuple[str, ...] = ()


class Steps:
    """The steps to one number."""

    def __init__(
        self, source: Source, rules: Rules, depth: int | None, *, everything: bool
    ) -> None:
        self._source, self._rules, self._everything = source, rules, everything
        self._depth = math.inf if depth is None else depth

    def of(self, asked: Place) -> list[Step]:
        """The steps to a cell in the order of calculation, it last."""
        referred: dict[Place, list[Place]] = {}
        waiting = [(asked, 0)]
        for place, level in waiting:  # which grows
            # Of a sum of many node groups each is one number.
            is_end = level >= self._depth or (asked.row is None and place.row is not None)
            if place not in referred and not is_end:
                referred[place] = list(self._before(place))
                goes_on = None if self._everything else self._rules.deciding(place)
                waiting += [
                    (each, level + 1)
                    for each in referred[place]
                    if goes_on is None or each in goes_on
                ]
        order: dict[Place, None] = {}

        def visit(place: Place) -> None:
            if place not in order:
                for each in referred.get(place, ()):
                    visit(each)
                order[place] = None

        visit(asked)
        names = self._names(list(order), asked)
        decide = {asked}
        for place in reversed(order):  # each before those that it refers to
            if place in decide and place in referred:
                decide |= self._rules.deciding(place)
        steps = (self._step(each, names, referred.get(each)) for each in order)
        return [
            replace(step, decides=place in decide) for step, place in zip(steps, order, strict=True)
        ]

    def _before(self, place: Place) -> Iterator[Place]:
        """What the rule of a cell refers to, each once, in the order of its formula."""
        rule = self._rules.rule(place)
        if rule is None:
            return
        found = list(self._rules.referred(place, rule.part.names()))
        for reason in rule.reasons:
            found += self._rules.referred(reason.of, reason.condition.names())
        yield from dict.fromkeys(each for each in found if not self._is_number(each))

    def _is_number(self, place: Place) -> bool:
        """Whether it is a constant that says no more than its value, such as a hundred."""
        declared = self._rules.declared(place)
        return isinstance(declared, Constant) and not declared.unit

    def _names(self, places: Sequence[Place], asked: Place) -> dict[Place, str]:
        """A name for each of some cells, which no other of them has."""
        of_one = asked.row is not None
        often = Counter((each.name, each.row) for each in places)
        names = {}
        for each in places:
            name = each.name if often[each.name, each.row] == 1 else f"{each.sheet}.{each.name}"
            names[each] = name if of_one or each.row is None else f"{name}[{each.row + 1}]"
        return names

    def _step(self, place: Place, names: dict[Place, str], before: Sequence[Place] | None) -> Step:
        declared = self._rules.declared(place)
        rule = self._rules.rule(place)
        about, unit, source = self._words(place)
        step = Step(
            name=names[place],
            label=self._label(place),
            kind="step" if rule else _kind(declared),
            value=plain(self._rules.value(place)),
            unit=unit,
            about=about,
            source=source,
            cell=self._source.cell(*place),
            group=self._source.titles[place.row or 0] if names[place].endswith("]") else "",
        )
        if rule is None or before is None:
            return step
        return replace(
            step,
            formula=self._formula(place, rule.part),
            with_values=self._numbers(place, self._rules.spelled(place, rule.part)),
            because=tuple(
                (
                    self._formula(of, condition),
                    self._numbers(of, self._rules.spelled(of, condition)),
                )
                for of, condition in rule.reasons
            ),
            nothing=tuple(self._nothing(place, before)),
            refers_to=tuple(names[each] for each in before),
        )

    # --- words ------------------------------------------------------------------------------------

    def _formula(self, place: Place, expression: Expression) -> str:
        def word(name: Name) -> str:
            found = self._rules.place(place, name)
            found = found if name.is_column else self._rules.followed(found)
            if self._is_number(found):
                return value_words(self._rules.value(found))
            label = self._label(found)
            return f"[{label}]" if _AMBIGUOUS.search(label) else label

        return formula_words(expression, word)

    def _numbers(self, place: Place, expression: Expression) -> str:
        def word(name: Name) -> str:
            return value_words(self._rules.value(self._rules.place(place, name)))

        def data(table: str, header: str) -> str:
            [declared] = [each for each in self._source.model.data_tables if each.name == table]
            at = declared.headers.index(header)
            shown = (value_words(_known(row[at])) for row in declared.rows(self._source.catalog))
            return f"{{{';'.join(shown)}}}"

        return formula_words(expression, word, data)

    def _label(self, place: Place) -> str:
        declared = self._rules.declared(place)
        if declared is None:
            return self._of_catalog(place.name.removeprefix("catalog_"))
        if not isinstance(declared, Total):
            return declared.header if isinstance(declared, Column) else declared.label
        return self._source.model.sheet(place.sheet).label_of(declared)

    def _of_catalog(self, figure: str) -> str:
        """The header of a figure of instance types."""
        for table in self._source.model.data_tables:
            if figure in table.figures:
                return table.headers[table.figures.index(figure)]
        return _FLAGS.get(figure, figure)

    def _words(self, place: Place) -> tuple[str, str, str]:
        """What a cell is, its unit, and the source of what is said of it."""
        declared = self._rules.declared(place)
        if isinstance(declared, Constant):
            return "", declared.unit, declared.source
        about = ""
        if isinstance(declared, Column):
            about = declared.about.removeprefix("step: ")
        elif isinstance(declared, Setting):
            about = declared.input.about
        about, _, source = about.partition(" Source: ")
        unit = _UNIT.search(about)
        source = source or self._source.model.sources.get(place.name, "")
        return _UNIT.sub("", about), unit[1] if unit else "", source

    def _nothing(self, place: Place, before: Sequence[Place]) -> Iterator[str]:
        """What the rule of a total adds that is 0 here, of what people look at."""
        formula = self._rules.formula(place)
        if place.row is not None or formula is None:
            return
        for name in formula.names():
            if name.is_column:
                continue
            found = self._rules.place(place, name)
            is_step = getattr(self._rules.declared(found), "style", "") in STEPS
            if found not in before and not is_step and self._rules.value(found) == 0:
                yield self._label(found)


def _kind(declared: object) -> str:
    if declared is None or getattr(declared, "formula", None) is not None:
        return "catalog"
    return "constant" if isinstance(declared, Constant) else "input"


def _known(value: float | str | None) -> float | str:
    return math.nan if value is None else value
