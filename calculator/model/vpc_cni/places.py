"""Where the results of a mode's sheet stand: at the left, in the block, or at its right."""

from __future__ import annotations

from functools import partial

from calculator.model.expression import BLANK, Expression, ref, where
from calculator.model.functions import not_available
from calculator.model.sheet import Total

__all__ = [
    "PODS_ELSEWHERE",
    "at_left",
    "at_right",
    "beside",
    "further",
    "in_block",
    "in_small",
    "known",
    "when_settings_are_good",
]

PODS_ELSEWHERE = ref("pods_elsewhere") == 1


def known(formula: Expression) -> Expression:
    """A result while every setting and every row can be computed; else an error, never too low."""
    return where(ref("inputs_to_correct") > 0, not_available(), formula)


def when_settings_are_good(formula: Expression) -> Expression:
    """A figure of settings alone, which is computed with no text, nor with nothing."""
    return where(ref("settings_to_correct") > 0, not_available(), formula)


def beside(
    label_column: str,
    column: str,
    row: int,
    name: str,
    label: str,
    formula: Expression,
    style: str = "number",
) -> Total:
    """A result with its label at the left of it, in the same row."""
    return Total(
        name=name,
        label=label,
        label_cell=f"{label_column}{row}",
        cell=f"{column}{row}",
        formula=formula,
        style=style,
    )


#: The results that users of AWS's sample know.
at_left = partial(beside, "A", "B")
#: At the right of the block: steps, and what is said of prefixes.
at_right = partial(beside, "L", "Q")
in_small = partial(beside, "L", "Q", style="small")
#: Further at the right: more steps.
further = partial(beside, "S", "X", style="small")


def in_block(
    row: int,
    label: str,
    subnet: tuple[str, Expression] | None,
    pod_subnet: tuple[str, Expression] | None = None,
    style: str = "number",
) -> tuple[Total, ...]:
    """A row of the block: (name, formula) for the subnet, and for the pod subnet."""
    placed = [("I", *subnet)] if subnet else []
    if pod_subnet is not None:
        name, formula = pod_subnet
        placed.append(("J", name, where(PODS_ELSEWHERE, formula, BLANK)))
    return tuple(
        beside("D", column, row, name, label, formula, style) for column, name, formula in placed
    )
