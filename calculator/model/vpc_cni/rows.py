"""A row of the plan as the sheets of the modes see it: what is filled in, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from calculator.inputs import Choice, Input, Quantity
from calculator.model.expression import (
    BLANK,
    Expression,
    Operand,
    expression,
    number,
    ref,
    text,
    where,
)
from calculator.model.functions import both, either, is_nothing, is_whole_number, surely
from calculator.model.ranges import copy_of, lookup, position
from calculator.model.sheet import Column
from calculator.model.vpc_cni.ipamd import CUSTOM_NETWORKING, WINDOWS
from calculator.model.vpc_cni.messages import input_code
from calculator.plan import GROUP_INPUTS

__all__ = ["COPIES", "GROUP_COLUMNS", "fault_columns", "helper", "valid"]

INSTANCE_TYPE = ref("instance_type")
INSTANCES = ref("instances")
FAULT = ref("fault")


#: Limits of inputs that are no 0 and no 1, as constants of sheet Settings.
_LIMITS = {
    16: "largest_subnet",
    28: "smallest_subnet_size",
    6: "most_zones",
    100: "most_unavailable",
    4: "most_control_plane_enis",
    1_000_000: "most",
}


def valid(cell: Expression, declared: Input, *, or_empty: bool = False) -> Expression:
    """Whether a cell holds what its input takes; the same in a formula and in the reader."""
    or_empty = or_empty or declared.default is None
    if isinstance(declared, Choice):
        options = [cell == option for option in declared.options]
        return surely(either(*options, *([is_nothing(cell)] if or_empty else [])))
    assert isinstance(declared, Quantity)
    least, most = (
        number(limit) if limit in (0, 1) else ref(_LIMITS[limit])
        for limit in (declared.minimum, declared.maximum)
    )
    return is_whole_number(cell, least, most, or_empty=or_empty)


# --- what is filled in ----------------------------------------------------------------------------


def _group_column(name: str, header: str, width: float, *, optional: bool = False) -> Column:
    declared = GROUP_INPUTS[name]
    return Column(
        name=name,
        header=header,
        about=declared.about,
        input=declared,
        optional=optional,
        style="text" if isinstance(declared, Choice) else "number",
        width=width,
    )


#: The columns that a person fills in on sheet Plan: those that everyone needs, and the others.
GROUP_COLUMNS = (
    Column(
        name="instance_type",
        header="instance type",
        about="EC2 instance type, one of sheet InstanceTypes",
        style="text",
        width=26,
    ),
    _group_column("instances", "# of Instances", 13),
    _group_column("pods_per_node", "Target Workload Pods per Node", 16),
    _group_column("os", "Operating system", 12, optional=True),
    _group_column("own_max_pods", "Own max pods", 12, optional=True),
    _group_column("security_group_pods", "Pods with own security group", 12, optional=True),
)
#: What the mode sheets call them: what is long makes long formulas.
_SHORT = {
    "instance_type": "Type",
    "instances": "Instances",
    "pods_per_node": "Pods",
    "os": "OS",
    "own_max_pods": "Own max",
    "security_group_pods": "SG pods",
}


def _copy(of: Column) -> Column:
    """The input of the plan's row of the same number; of an optional one its default."""
    empty: Operand = ""
    if of.optional and of.input and of.input.default is not None:
        empty = of.input.default
    value = copy_of(of.name, "Plan", empty, is_text=of.is_text)
    if of.optional:
        value = where(is_nothing(INSTANCE_TYPE), text("") if of.is_text else BLANK, value)
    return Column(
        name=of.name,
        header=_SHORT[of.name],
        about=f"{of.about}, from sheet Plan",
        formula=value,
        copies=of.name,
        style="helper" if of.optional else of.style,
        width=of.width if of.name == "instance_type" else 11,
    )


#: What the sheet of a mode shows of them.
COPIES = tuple(_copy(column) for column in GROUP_COLUMNS)
_NUMBER = Column(
    name="number",
    header="No.",
    about="number of the row, here and on sheet Plan",
    formula=position(),
    style="helper",
    width=6,
)

# MATCH takes * ? ~ as wildcards; a type that holds one is not on the sheet.
_TYPE_ROW = lookup(
    'IFERROR(IF(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE({key},"*",""),"?",""),"~","")={key},'
    "MATCH({key},{column},0),0),0)",
    ref("catalog_position"),
    key=INSTANCE_TYPE,
    column=("InstanceTypes", "instance type"),
)


def _first_fault(names: Sequence[str], otherwise: Operand = "") -> Expression:
    """The code of the first of some inputs that cannot be used."""
    wrong = expression(otherwise)
    for name in reversed(names):
        wrong = where(valid(ref(name), GROUP_INPUTS[name]), wrong, input_code(name))
    return wrong


_COUNTS_FAULT, _NUMBERS_FAULT = ref("counts_fault"), ref("numbers_fault")
_INPUT_FAULT = ref("input_fault")


def _input_fault() -> Expression:
    unknown = where(ref("type_row") > 0, "", "unknown-type")
    rest = where(_NUMBERS_FAULT == "", unknown, _NUMBERS_FAULT)
    good = valid(ref("os"), GROUP_INPUTS["os"])
    return where(_COUNTS_FAULT == "", where(good, rest, input_code("os")), _COUNTS_FAULT)


def _fault() -> Expression:
    """The code of why a row cannot be computed in any mode, "" for an empty row and a good one."""
    custom = where(both(WINDOWS, CUSTOM_NETWORKING), "windows-custom-networking", "")
    nothing = both(is_nothing(INSTANCES), is_nothing(ref("pods_per_node")))
    alone = where(nothing, "", "missing")
    with_type = where(_INPUT_FAULT == "", custom, _INPUT_FAULT)
    return where(is_nothing(INSTANCE_TYPE), alone, with_type)


def _fault_here(obstacle: Expression) -> Expression:
    """The code of why this mode cannot compute a row."""
    return where(FAULT == "", where(is_nothing(INSTANCE_TYPE), "", obstacle), FAULT)


def helper(name: str, header: str, about: str, formula: Expression) -> Column:
    """A column of texts, or of numbers in every row, that stands, in grey, at the right end."""
    return Column(name=name, header=header, about=f"step: {about}", formula=formula, style="helper")


def fault_columns(obstacle: Expression | None) -> tuple[Column, ...]:
    """The steps to whether a row can be computed.

    Parameters
    ----------
    obstacle: code of what the mode cannot carry of a row, "" for nothing; None where it carries
        everything.
    """
    good, fault = where(is_nothing(INSTANCE_TYPE), 0, 1), FAULT
    here: tuple[Column, ...] = ()
    if obstacle is not None:
        about, fault = "why this mode cannot compute the row", ref("fault_here")
        here = (helper("fault_here", "Here", about, _fault_here(obstacle)),)
    return (
        _NUMBER,
        Column(
            name="type_row",
            header="Row of type",
            about="step: the type's row on sheet InstanceTypes, 0 where it is not there",
            formula=_TYPE_ROW,
            looks_up="position",
            style="helper",
        ),
        helper(
            "counts_fault",
            "Counts",
            "which count cannot be used",
            _first_fault(("instances", "pods_per_node")),
        ),
        helper(
            "numbers_fault",
            "Numbers",
            "which other number, of the row or of the settings, cannot be used",
            _first_fault(
                ("own_max_pods", "security_group_pods"),
                where(ref("settings_to_correct") > 0, "correct-settings", ""),
            ),
        ),
        helper("input_fault", "Inputs", "what cannot be used of the row", _input_fault()),
        helper("fault", "Fault", "why no mode can compute the row", _fault()),
        *here,
        helper(
            "state",
            "State",
            "1 for a row that can be computed, 0 for an empty one, -1 for one with a fault",
            where(fault == "", good, -1),
        ),
    )
