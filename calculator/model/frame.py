"""What stands around the node table of a vpc-cni sheet: settings and words, and their places.

Every sheet keeps the places that users of AWS's sample know, at the left. At the right stand the
settings that most people never touch, with defaults that change nothing, and what the subnets hold
in the steady state and at the peak.
"""

from __future__ import annotations

from collections.abc import Sequence

from calculator.model.expression import (
    Expression,
    either,
    is_whole_number,
    not_available,
    ref,
    where,
)
from calculator.model.sheet import Label, Setting, Total
from calculator.plan import PLAN_INPUTS, Choice, Input

__all__ = [
    "ROWS_TO_CORRECT",
    "SETTINGS_TO_CORRECT",
    "at_left",
    "known",
    "labels",
    "messages",
    "settings",
    "valid",
]

SETTINGS_TO_CORRECT = ref("settings_to_correct")
ROWS_TO_CORRECT = ref("rows_to_correct")


def valid(cell: Expression, declared: Input, *, or_empty: bool = False) -> Expression:
    """Whether a cell holds what its input takes; the same in a formula and in the reader."""
    if isinstance(declared, Choice):
        options = [cell == option for option in declared.options]
        return either(*options, *([cell == ""] if or_empty else []))
    return is_whole_number(cell, declared.minimum, declared.maximum, or_empty=or_empty)


# --- settings -------------------------------------------------------------------------------------

#: Where the block of what most people never touch has its labels, inputs and messages.
_MORE = {"label": "J", "cell": "N"}
_FIRST_ROW = 4


def settings(
    *left: tuple[str, str, int], more: Sequence[tuple[str, str]], **defaults: int | str
) -> tuple[Setting, ...]:
    """The settings of a sheet.

    Parameters
    ----------
    left: (name, label, row) of those that everyone fills in.
    more: (name, label) of those that most people never touch, in the order they stand.
    defaults: what they are on this sheet when nothing is said, where that is its own.
    """
    at_left = [(name, label, f"A{row}", f"B{row}", False) for name, label, row in left]
    at_right = [
        (name, label, f"{_MORE['label']}{row}", f"{_MORE['cell']}{row}", True)
        for row, (name, label) in enumerate(more, _FIRST_ROW)
    ]
    return tuple(
        Setting(
            input=PLAN_INPUTS[name],
            label=label,
            label_cell=label_cell,
            cell=cell,
            sheet_default=defaults.get(name),
            optional=optional,
        )
        for name, label, label_cell, cell, optional in (*at_left, *at_right)
    )


def messages(of: Sequence[Setting]) -> tuple[Total, ...]:
    """Beside each input, what is wrong with it."""
    return tuple(
        Total(
            name=f"{each.name}_message",
            label=each.label,
            label_cell=each.label_cell,
            cell=chr(ord(each.cell[0]) + 1) + each.cell[1:],
            formula=where(valid(ref(each.name), each.input), "", f"enter {each.input.expected}"),
            style="message",
        )
        for each in of
    )


# --- results --------------------------------------------------------------------------------------


def known(formula: Expression) -> Expression:
    """A result while every setting and every row can be computed; else an error, never too low."""
    return where(SETTINGS_TO_CORRECT + ROWS_TO_CORRECT > 0, not_available(), formula)


def at_left(name: str, label: str, row: int, formula: Expression, style: str = "number") -> Total:
    """A result in the block at the left."""
    return Total(
        name=name,
        label=label,
        label_cell=f"A{row}",
        cell=f"B{row}",
        formula=formula,
        style=style,
    )


# --- words ----------------------------------------------------------------------------------------


def labels(mode: str, of: Sequence[Setting], bands: Sequence[tuple[str, str]]) -> tuple[Label, ...]:
    """The words of a sheet: title, headings, a remark beside each setting at the left.

    Parameters
    ----------
    bands: (letters of its first column, words) over the columns of the node table.
    """
    remarks = (
        Label(cell=f"D{each.cell[1:]}", text=each.input.about, style="remark")
        for each in of
        if each.cell.startswith("B")
    )
    return (
        Label(cell="A1", text=f"EKS subnet calculator: {mode}", style="title"),
        Label(cell="A2", text="Fill in the blue cells; everything else follows. See sheet About."),
        Label(cell="A3", text="Subnet:", style="heading"),
        Label(cell="A7", text="Results, of the fullest subnet:", style="heading"),
        Label(cell="A12", text="VPC CNI and pods on every node:", style="heading"),
        Label(cell="J3", text="What most people never touch:", style="heading"),
        Label(cell="Q3", text="Steady state and peak of the fullest subnet:", style="heading"),
        *(Label(cell=f"{column}21", text=words, style="band") for column, words in bands),
        Label(cell="U4", text="Subnet", style="above"),
        Label(cell="V4", text="Pod subnet", style="above"),
        *remarks,
    )
