"""Plans and single nodes of the vpc-cni model, evaluated, also such as no Python plan can be."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from calculator.catalog import Catalog, InstanceType, load_catalog
from calculator.model import get_model
from calculator.model.engine import Book, Tables, catalog_figures, plan_tables
from calculator.model.expression import NOTHING
from calculator.model.sheet import Sheet
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.plan import GROUP_INPUTS, NodeGroup, Plan

MODEL = get_model("vpc-cni")
SHEETS = WARM_ENI, WARM_IP, PREFIX, IPV6 = tuple(MODEL)
CATALOG = load_catalog()
EACH = pytest.mark.parametrize("sheet", SHEETS, ids=[each.name for each in SHEETS])
#: The sheets of the modes that have warm pools of IPv4 addresses.
WITH_POOL = SHEETS[:3]

#: What a type of these tables can do, where a case does not say otherwise.
CAPABLE = {"vcpus": 8, "hypervisor": "nitro", "trunk_compatible": True, "branch_enis": 9}


def tables_of(sheet: Sheet, cases: Iterable[Mapping[str, Any]]) -> Tables:
    """The tables of cases that give ``max_enis``, ``ips_per_eni`` and inputs of plan and group."""
    plans, types = [], []
    for number, case in enumerate(cases):
        given = dict(case)
        limits = [given.pop("max_enis"), given.pop("ips_per_eni")]
        if given.pop("custom_networking", 0):
            given["pods_from"] = "custom networking"
        can = {name: given.pop(name, value) for name, value in CAPABLE.items()}
        types.append(InstanceType(f"type {number}", *limits, **can))
        group = {name: given.pop(name) for name in GROUP_INPUTS if name in given}
        plans.append(Plan(node_groups=[NodeGroup(f"type {number}", **group)], **given))
    return plan_tables(MODEL, MODEL.sheets, plans, Catalog(types, "cases"))[sheet.name]


def nodes(sheet: Sheet, cases: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """A row of the node table for each case, shape (cases, columns)."""
    tables = tables_of(sheet, cases)
    return pd.DataFrame({each.name: tables.groups[each.name] for each in sheet.columns})


def book_of(rows: Iterable[tuple[Any, ...]], **settings: Any) -> Book:
    """One workbook as it is read: rows and settings may hold what no plan can.

    A row gives instance type, instances, pods, and may go on with os, own max pods and pods with
    a security group of their own. Settings that are not given have their defaults.
    """
    inputs = [each for sheet in MODEL.sheets for each in sheet.inputs]
    defaults = ["", NOTHING, NOTHING, *(each.value(None) for each in inputs[3:])]
    filled = [(*row, *defaults[len(row) :]) for row in rows]
    columns = list(zip(*filled, strict=True)) if filled else [()] * len(defaults)
    groups = {
        each.name: np.array(column, dtype=object if each.is_text else float)
        for each, column in zip(inputs, columns, strict=True)
    }
    groups |= catalog_figures([str(name) for name in columns[0]], CATALOG)
    groups["position"] = np.arange(1.0, len(filled) + 1)
    declared = [each for sheet in MODEL.sheets for each in sheet.settings]
    assert settings.keys() <= {each.name for each in declared}
    values = {
        each.name: np.array(
            [settings.get(each.name, each.value(None))], dtype=object if each.is_text else float
        )
        for each in declared
    }
    of_plan = np.zeros(len(filled), dtype=int)
    return Book(MODEL, MODEL.sheets, values, groups, of_plan)


def shown(tables: Tables, *names: str) -> list[Any]:
    """Some results of the one plan of a book: None for an error, "" for nothing."""
    values = [tables.plans[name][0] for name in names]
    return [
        None if each != each else "" if isinstance(each, float) and np.isinf(each) else each
        for each in values
    ]


def said(code: str, figure: int = 0) -> str:
    """What a sheet says by a code."""
    return MESSAGES[code].replace("#", str(figure))
