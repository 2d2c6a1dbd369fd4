"""A row of the plan: what is filled in, and what is wrong with it."""

from __future__ import annotations

from calculator.inputs import Choice, Input, Quantity
from calculator.model.expression import (
    BLANK,
    Expression,
    Operand,
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

__all__ = ["COPIES", "FAULT_COLUMNS", "GROUP_COLUMNS", "IS_FARGATE", "NUMBER", "helper", "valid"]

INSTANCE_TYPE = ref("instance_type")
INSTANCES = ref("instances")
FAULT = ref("fault")


#: Limits of inputs that are no 0 and no 1, as constants of sheet Settings.
_LIMITS = {
    16: "largest_subnet",
    28: "smallest_subnet_size",
    6: "most_zones",
    100: "per_cent",
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
    _group_column("most_instances", "Most Instances", 11, optional=True),
    _group_column("in_fullest_zone", "In the fullest zone", 11, optional=True),
    _group_column("most_pods", "Most Pods per Node", 11, optional=True),
    _group_column("other_enis", "Other ENIs on the default card", 14, optional=True),
    _group_column("other_ips_per_node", "Other addresses per node", 14, optional=True),
    _group_column("nodes_from", "Nodes from", 18, optional=True),
)
#: What sheet Groups calls them: what is long makes long formulas.
_SHORT = {
    "instance_type": "Type",
    "instances": "Instances",
    "pods_per_node": "Pods",
    "os": "OS",
    "own_max_pods": "Own max",
    "security_group_pods": "SG pods",
    "nodes_from": "From",
    "most_instances": "Most",
    "in_fullest_zone": "In fullest",
    "most_pods": "Most pods",
    "other_enis": "Other ENIs",
    "other_ips_per_node": "Other IPs",
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


#: What sheet Groups shows of them.
COPIES = tuple(_copy(column) for column in GROUP_COLUMNS)
NUMBER = Column(
    name="number",
    header="No.",
    about="number of the row, on this sheet and on sheets Plan and Groups",
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


def _fault_of(name: str, otherwise: Expression) -> Expression:
    """The code of an input that cannot be used, in a row that is not empty."""
    declared = GROUP_INPUTS[name]
    fault = where(valid(ref(name), declared), otherwise, input_code(name))
    # What may be empty is so in an empty row.
    return fault if declared.default is None else where(is_nothing(INSTANCE_TYPE), "", fault)


#: An instance type that is none: pods on Fargate.
IS_FARGATE = lookup('{key}="fargate"', ref("catalog_fargate") > 0, key=INSTANCE_TYPE)


def _fault() -> Expression:
    """The code of why a row cannot be computed in any mode, "" for an empty row and a good one."""
    custom = where(both(WINDOWS, CUSTOM_NETWORKING), "windows-custom-networking", "")
    nothing = both(is_nothing(INSTANCES), is_nothing(ref("pods_per_node")))
    alone = where(nothing, "", "missing")
    fault = ref("counts_fault")
    return where(is_nothing(INSTANCE_TYPE), alone, where(fault == "", custom, fault))


def helper(name: str, header: str, about: str, formula: Expression) -> Column:
    """A column of texts, or of numbers in every row, that stands, in grey, at the right end."""
    return Column(name=name, header=header, about=f"step: {about}", formula=formula, style="helper")


#: Columns that look at an input each; what an earlier one says comes before what a later does.
_LOOKED_AT = (
    ("counts_fault", "Counts", "instances"),
    ("pods_fault", "Pods checked", "pods_per_node"),
    ("os_fault", "System", "os"),
    ("from_fault", "Origin", "nodes_from"),
    ("max_pods_fault", "Numbers", "own_max_pods"),
    ("branch_enis_fault", "SG checked", "security_group_pods"),
    ("other_enis_fault", "Others", "other_enis"),
    ("other_ips_fault", "IPs checked", "other_ips_per_node"),
    ("most_fault", "At most", "most_instances"),
    ("most_pods_fault", "Most of pods", "most_pods"),
    ("zone_fault", "Zone", "in_fullest_zone"),
)


def _zone_fault(otherwise: Expression) -> Expression:
    """What the fullest zone has is a part of the row's instances, and all where it is the only."""
    here = ref("in_fullest_zone")
    not_all = both(ref("availability_zones") == 1, here < INSTANCES)
    wrong = where(either(here > INSTANCES, not_all), "share-of-zone", otherwise)
    return where(is_nothing(here), otherwise, wrong)


def _fault_columns() -> tuple[Column, ...]:
    settings = where(ref("settings_to_correct") > 0, "correct-settings", "")
    known = either(ref("type_row") > 0, IS_FARGATE)
    about = "why the row cannot be used, by its"
    columns = [
        helper(
            "type_fault",
            "Kind",
            f"{about} type",
            where(is_nothing(INSTANCE_TYPE), "", where(known, settings, "unknown-type")),
        ),
        helper(
            "share_fault", "Share", f"{about} share of the zone", _zone_fault(ref("type_fault"))
        ),
    ]
    for name, header, input_ in reversed(_LOOKED_AT):
        words = f"{about} {_HEADER_OF[input_]}, or what is said before"
        columns.append(helper(name, header, words, _fault_of(input_, ref(columns[-1].name))))
    return tuple(columns)


_HEADER_OF = {each.name: each.header for each in GROUP_COLUMNS}
#: The steps to whether a row can be computed.
FAULT_COLUMNS = (
    Column(
        name="type_row",
        header="Row of type",
        about="step: the type's row on sheet InstanceTypes, 0 where it is not there",
        formula=_TYPE_ROW,
        looks_up="position",
        style="helper",
    ),
    *_fault_columns(),
    helper("fault", "Fault", "why no mode can compute the row", _fault()),
    helper(
        "state",
        "State",
        "1 for a row that can be computed, 0 for an empty one, -1 for one with a fault",
        where(FAULT == "", where(is_nothing(INSTANCE_TYPE), 0, 1), -1),
    ),
)
