"""Explanations as they are printed: the number first, then the steps as they are calculated."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from calculator.answers.explain.explanation import Explanation
from calculator.answers.explain.steps import Step
from calculator.results.console import printable

__all__ = ["Overview", "print_explanation", "print_overview"]

#: The longest line [characters].
_LONGEST = 100
#: Node groups, and terms of a sum, that are printed at most.
_MOST = 8


@dataclass(frozen=True)
class Overview:
    """What people ask of a sheet first.

    Parameters
    ----------
    verdict: whether the plan fits, in words.
    nodes: what a node of each group takes.
    totals: the results of the sheet.
    """

    file: str
    sheet: str
    mode: str
    verdict: str
    nodes: Sequence[Explanation]
    totals: Sequence[Explanation]

    def as_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "file": self.file or None,
            "sheet": self.sheet,
            "mode": self.mode,
            "verdict": self.verdict,
            "explanations": [each.as_json() for each in (*self.nodes, *self.totals)],
        }


def print_explanation(found: Explanation) -> None:
    """Print how one number comes about."""
    where = found.sheet
    if found.row is not None:
        where += f", {'row' if found.file else 'node group'} {found.row}"
        where += f" ({found.plan_row} on Plan)" if found.plan_row else ""
        where += f": {found.group}"
    print(printable(", ".join(filter(None, (found.file, where)))))
    print(printable(f"{found.result.label}: {_value(found.result)}"))
    if found.check:
        _print_wrapped(f"Check: {found.check}", "")
    if found.vpc_cni is not None and found.vpc_cni != found.result.value:
        said = f"{found.vpc_cni:,}" if isinstance(found.vpc_cni, int) else found.vpc_cni
        print(f"By the VPC CNI: {said}; --model vpc-cni explains it")
    of_groups = [each for each in found.steps if each.group]
    others = [each for each in (*found.steps, found.result) if not each.group]
    width = max([len(_value(each)) for each in others if _is_number(each)], default=0)
    given = [each for each in others if each.kind != "step"]
    if given:
        print("\nFilled in, looked up, or a constant:")
        _print_steps(given, width)
    if of_groups:
        print("\nNode groups:")
        _print_groups(of_groups)
    print("\nSteps:")
    _print_steps([each for each in others if each.kind == "step"], width)
    print()
    print(printable(f"The rules are those of {found.source}."))
    _print_sources([*found.steps, found.result])


def print_overview(found: Sequence[Overview]) -> None:
    """Print the numbers that people ask for first, each with the last step to it."""
    for number, one in enumerate(found):
        print("\n" * (number > 0) + printable(", ".join(filter(None, (one.file, one.sheet)))))
        _print_wrapped(one.verdict, "")
        nodes = [
            replace(each.result, label=f"{each.result.label}, {_of(each)}", about="")
            for each in one.nodes
        ]
        totals = [each.result for each in one.totals if each.result.value != ""]
        known = [each for each in totals if each.value is not None]
        width = max(len(_value(each)) for each in [*nodes, *known])
        print()
        _print_steps([*nodes[:_MOST], *known], width)
        if len(nodes) > _MOST:
            print(f"{' ' * width}  ... {len(nodes) - _MOST} more node groups")
        if len(known) < len(totals):
            unknown = (each.label for each in totals if each.value is None)
            _print_wrapped(f"Not known: {'; '.join(unknown)}", "")
    print("\nFor each step to a number, name the row of a node group, or a total: --total used.")


def _of(found: Explanation) -> str:
    return f"{'row' if found.file else 'node group'} {found.row}, {found.group}"


def _print_groups(steps: Sequence[Step]) -> None:
    """Print what sums are made of, a column in a few lines: a number of each node group."""
    columns: dict[str, list[Step]] = {}
    for step in steps:
        columns.setdefault(step.name.partition("[")[0], []).append(step)
    for cells in columns.values():
        _print_wrapped(_named(cells[0]), "  ")
        listed = [f"{each.group} {_value(each)}" for each in cells[:_MOST]]
        more = [f"... {len(cells) - _MOST} more"] if len(cells) > _MOST else []
        _print_wrapped(f"= {', '.join(listed + more)}", " " * 4)


def _named(step: Step) -> str:
    """What a step is called, and what it is."""
    unit = f" [{step.unit}]" if step.unit else ""
    return f"{step.label}{unit}" + (f": {step.about}" if step.about else "")


def _print_steps(steps: Sequence[Step], width: int) -> None:
    for step in steps:
        value = _value(step)
        what = step.label if _is_number(step) else f"{step.label}: {value}"
        what += f" [{step.unit}]" if step.unit else ""
        what += f", {step.cell}" if step.cell else ""
        what += "" if step.decides else ", does not decide here"
        # What inputs are stands beside them in the workbook.
        what += f": {step.about}" if step.about and step.kind != "input" else ""
        shown = value if _is_number(step) else ""
        _print_wrapped(what, f"{shown:>{width}}  ")
        for line in _how(step, _LONGEST - width - 6):
            _print_wrapped(line, " " * (width + 4))


def _print_sources(steps: Sequence[Step]) -> None:
    """Print where the rules of some steps come from, a document in a few lines."""
    labels: dict[str, dict[str, None]] = {}
    for step in steps:
        if step.source:
            labels.setdefault(step.source, {})[step.label] = None
    for source, listed in labels.items():
        _print_wrapped(f"{', '.join(listed)}: {source}", "  ")


def _how(step: Step, room: int) -> Iterator[str]:
    """The rule of a step, with labels and with numbers, in as few lines as there is room for."""
    if step.formula is None or step.with_values is None or step.formula in (str(step.value), '""'):
        pass
    elif len(line := f"= {step.formula} = {_short(step.with_values)}") <= room:
        yield f"= {step.formula}" if step.formula == step.with_values else line
    else:
        yield f"= {step.formula}"
        yield f"= {_short(step.with_values)}"
    if step.because:
        reasons = [
            words if " = " in words else f"{words} ({numbers})" for words, numbers in step.because
        ]
        yield f"because {' and '.join(reasons)}"
    if step.nothing:
        yield f"0 here: {'; '.join(step.nothing)}"


def _short(formula: str) -> str:
    """A formula with the first terms of a long sum."""
    terms = formula.split(" + ")
    if len(terms) <= _MOST:
        return formula
    return " + ".join([*terms[: _MOST - 2], f"... ({len(terms)} terms)"])


def _print_wrapped(text: str, before: str) -> None:
    lines = textwrap.wrap(printable(text), _LONGEST - len(before) - 2, break_on_hyphens=False)
    after = " " * len(before)
    for number, line in enumerate(lines):
        print(f"{after if number else before}{'  ' * (number > 0)}{line}".rstrip())


def _is_number(step: Step) -> bool:
    return not isinstance(step.value, str)


def _value(step: Step) -> str:
    """A value as people write it."""
    if step.value is None:
        return "not known"
    if isinstance(step.value, str):
        return step.value or "nothing"
    return f"{step.value:,}"
