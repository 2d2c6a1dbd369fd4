"""Tables of single nodes, each with settings of its own, evaluated by a vpc-cni sheet."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from calculator.catalog import Catalog, InstanceType
from calculator.model import get_model
from calculator.model.engine import Tables, catalog_figures, evaluate_tables, plan_tables
from calculator.model.sheet import Sheet
from calculator.plan import GROUP_INPUTS, NodeGroup, Plan

WARM_ENI, WARM_IP, PREFIX = get_model("vpc-cni")
SHEETS = (WARM_ENI, WARM_IP, PREFIX)

#: What a type of these tables can do, where a case does not say otherwise.
CAPABLE = {"vcpus": 8, "hypervisor": "nitro", "trunk_compatible": True, "branch_enis": 9}


def tables_of(sheet: Sheet, cases: Iterable[Mapping[str, Any]]) -> Tables:
    """The tables of cases that give ``max_enis``, ``ips_per_eni`` and inputs of plan and group.

    ``max_pods`` is what the ENIs of the type serve, which a row's own max pods overrides.
    """
    plans, types = [], []
    for number, case in enumerate(cases):
        given = dict(case)
        limits = [given.pop("max_enis"), given.pop("ips_per_eni"), given.pop("max_pods", None)]
        can = {name: given.pop(name, value) for name, value in CAPABLE.items()}
        types.append(InstanceType(f"type {number}", *limits, **can))
        group = {name: given.pop(name) for name in GROUP_INPUTS if name in given}
        plans.append(Plan(node_groups=[NodeGroup(f"type {number}", **group)], **given))
    return evaluate_tables(sheet, *plan_tables(sheet, plans, Catalog(types, "cases")))


def nodes(sheet: Sheet, cases: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A row of the node table for each case, shape (cases, columns)."""
    tables = tables_of(sheet, cases)
    return pd.DataFrame({each.name: tables.groups[each.name] for each in sheet.columns})


def sheet_of(
    sheet: Sheet, rows: Iterable[tuple[Any, ...]], catalog: Catalog, **settings: Any
) -> Tables:
    """The tables of one sheet as it is read: rows may hold what no plan can.

    A row gives instance type, instances, pods, and may go on with os, own max pods and pods with
    a security group of their own.
    """
    defaults = ("", np.nan, np.nan, "Linux", 0.0, 0.0)
    filled = [(*row, *defaults[len(row) :]) for row in rows]
    columns = list(zip(*filled, strict=True)) if filled else [()] * len(defaults)
    groups = {
        each.name: np.array(column, dtype=object if each.is_text else float)
        for each, column in zip(sheet.inputs, columns, strict=True)
    }
    groups |= catalog_figures([str(name) for name in columns[0]], catalog)
    values = {
        each.name: np.array(
            [settings.get(each.name, each.default)], dtype=object if each.is_text else float
        )
        for each in sheet.settings
    }
    return evaluate_tables(sheet, values, groups, np.zeros(len(filled), dtype=int))
