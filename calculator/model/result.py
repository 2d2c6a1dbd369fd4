"""What a plan takes from its subnets, as Python asks for it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.catalog import Catalog, load_catalog
from calculator.findings import OVERFLOWS
from calculator.inputs import plain
from calculator.load import Load
from calculator.model import get_model, get_sheet
from calculator.model.engine import Book, Tables, details, notices, plan_tables
from calculator.model.sheet import Sheet
from calculator.notebook import Line, Showing, Shown, Subnet
from calculator.plan import UNDECIDED, Plan
from calculator.report import MAIN_TOTALS, Verdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FITS", "Result", "evaluate", "plan_notices", "verdict_of", "verdict_words"]

#: What a mode is said to come to, and what that means for a plan.
FITS = {
    "fits": True,
    "fits-with-remarks": True,
    "fits-in-some": True,
    "does-not-fit": False,
    "not-possible": False,
}


@dataclass(frozen=True)
class Result(Showing):
    """What a plan takes from its subnet.

    Parameters
    ----------
    mode: the mode that the figures are of.
    fits: whether the plan fits in this mode, or, where none was asked for, at all; None where that
        is not known, as without a node group.
    verdict: the same in words.
    totals: ``ips_available``, ``ips_used``, ``ips_remaining`` [IPs], ``pods_hosted`` [pods] of the
        fullest subnet, the pods of the whole plan; None for one that cannot be known.
    details: the sheet's other results by name: the peak and what it consists of, the smallest
        subnet, the pod subnet, prefixes; None for one that does not apply.
    node_groups: a row for each node group, a column for each column of the sheet, shape
        (groups, columns); counts are integers, a column of which something cannot be known holds
        floats and NaN.
    warnings: what wants attention, in words.
    """

    mode: str
    fits: bool | None
    verdict: str
    totals: dict[str, int | None]
    details: dict[str, int | None]
    node_groups: pd.DataFrame
    warnings: tuple[str, ...]
    _lines: tuple[Line, ...] = field(default=(), repr=False, compare=False)

    def _shown(self) -> Shown:
        return Shown(self.verdict, self._lines, self.warnings)


def evaluate(
    plan: Plan,
    model: str = "vpc-cni",
    mode: str | None = None,
    catalog: Catalog | None = None,
) -> Result:
    """What a plan takes from its subnets, in the steady state and at the peak.

    Parameters
    ----------
    plan: what a person fills in.
    model: ``vpc-cni`` (what the VPC CNI takes) or ``aws-sample`` (AWS's published workbook).
    mode: ``warm-eni``, ``warm-ip``, ``prefix`` or ``ipv6``, or the sheet's name; by default the
        plan's own. While that is undecided the figures are those of ``warm-eni``, which is how the
        VPC CNI comes, and the verdict compares all modes.
    catalog: limits of the instance types; by default the model's own.

    Raises
    ------
    InputError: for a model or a mode that does not exist, or an instance type that is not in the
        catalog.

    Source: VPC CNI v1.23 (ipamd); see ``calculator.model.vpc_cni``.
    """
    declared = get_model(model)
    chosen = mode or (plan.mode if declared.plan else UNDECIDED)
    asked = next(iter(declared)) if chosen == UNDECIDED else get_sheet(declared, chosen)
    catalog = load_catalog(model=model) if catalog is None else catalog
    catalog.require(group.instance_type for group in plan.node_groups)
    if declared.plan:
        plan = dataclasses.replace(plan, mode=UNDECIDED if chosen == UNDECIDED else str(asked.mode))
    book = plan_tables(declared, declared.sheets if declared.plan else [asked], [plan], catalog)
    tables = book[asked.name]
    verdict = verdict_of(book, 0) if declared.plan else _verdict_in(tables)
    said = [
        f"{plan.node_groups[number].instance_type}: {message}" if of_row else message
        for of_row, number, message in _said(book, asked)
    ]
    problems = (catalog.problem(group.instance_type) for group in plan.node_groups)
    said = [problem for problem in problems if problem] + said
    shown = [each for each in book if each.sheet.mode] if chosen == UNDECIDED else [tables]
    return Result(
        mode=asked.mode or "",
        fits=verdict.fits,
        verdict=verdict.message,
        totals={name: _known(tables, name) for name in MAIN_TOTALS},
        details={name: _known(tables, name) for name in details(asked)},
        node_groups=_frame(tables),
        warnings=tuple(said),
        _lines=tuple(map(_line, shown)),
    )


def _line(tables: Tables) -> Line:
    """A mode as a notebook shows it."""
    sheet = tables.sheet

    def number(name: str) -> int | None:
        return _known(tables, name) if name in sheet.by_name else None

    load, pods = Load.of(number), Load.of(number, pods=True)
    fits = load and load.remaining >= 0
    if "outcome" in sheet.by_name:
        fits = FITS.get(str(tables.plans["outcome"][0]))
    return Line(
        str(sheet.mode),
        Subnet(load, number("smallest_subnet")),
        Subnet(pods, number("smallest_pod_subnet")) if number("pod_subnet_peak_ips") else None,
        fits,
    )


def _known(tables: Tables, name: str) -> int | None:
    value: int | str | None = plain(tables.plans[name][0])
    return value if isinstance(value, int) else None


def _frame(tables: Tables) -> pd.DataFrame:
    import pandas as pd

    columns = [each for each in tables.sheet.columns if each.style != "helper"]
    return pd.DataFrame({each.name: _counts(tables.groups[each.name]) for each in columns})


def _counts(values: Any) -> Any:
    """Whole numbers as integers, where all of a column are; nothing as not known."""
    if values.dtype != float:
        return values
    values = np.where(np.isfinite(values), values, np.nan)
    return values.astype(np.int64) if np.all(values == np.floor(values)) else values


def verdict_of(book: Book, plan: int) -> Verdict:
    """Whether a plan fits, of a model whose plan stands in one place."""
    tables = book[str(book.model.plan)]
    outcome = str(tables.plans["outcome_of_plan"][plan])
    mode, words = tables.plans["mode"][plan], tables.plans["verdict"][plan]
    return Verdict(FITS.get(outcome), str(mode), str(words))


def _verdict_in(tables: Tables) -> Verdict:
    """Whether a plan fits on a sheet of a model without words of its own."""
    remaining = tables.plans["ips_remaining"][0]
    fits = None if np.isnan(remaining) else bool(remaining >= 0)
    return Verdict(fits, str(tables.sheet.mode), verdict_words(tables.sheet.name, plain(remaining)))


def verdict_words(sheet: str, remaining: int | None) -> str:
    """Whether a plan of a model without words of its own fits on a sheet."""
    if remaining is None:
        return f"{sheet} is not known"
    return f"{sheet} fits" if remaining >= 0 else f"{sheet} lacks {-remaining} addresses"


def plan_notices(book: Book, sheet: Sheet) -> list[tuple[Any, int, str]]:
    """The notices of a plan in one mode: those of the plan itself, then those of the mode."""
    shared = [tables for tables in book if not tables.sheet.mode]
    return [one for tables in (*shared, book[sheet.name]) for one in notices(tables)]


def _said(book: Book, sheet: Sheet) -> list[tuple[bool, int, str]]:
    overflows = [notice for notice in sheet.notices if notice.code in OVERFLOWS]
    return [
        (
            notice.of_row,
            number,
            f"{sheet.name} {message}" if book.model.plan and notice in overflows else message,
        )
        for notice, number, message in plan_notices(book, sheet)
    ]
