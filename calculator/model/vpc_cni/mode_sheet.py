"""The sheet of a mode: its words, results and node table, put together."""

from __future__ import annotations

from collections.abc import Sequence

from calculator.model.expression import Expression, ref
from calculator.model.ranges import say
from calculator.model.sheet import Label, Notice, Sheet, Total
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.model.vpc_cni.node_table import node_table
from calculator.model.vpc_cni.pool import Pool
from calculator.model.vpc_cni.prefixes import PREFIX_RESULTS
from calculator.model.vpc_cni.remarks import remarks
from calculator.model.vpc_cni.verdict import mode_notices, mode_results
from calculator.model.vpc_cni.whole_plan import whole_plan

__all__ = ["mode_sheet"]

#: Below the steps at the left.
_HEADER_ROW = 29


def mode_sheet(
    name: str,
    mode: str,
    title: str,
    pool: Pool | None,
    *,
    obstacle: Expression | None = None,
    obstacles: tuple[str, ...] = (),
    carries: Expression | None = None,
    totals: tuple[Total, ...] = (),
    notices: Sequence[Notice] = (),
) -> Sheet:
    """The sheet of a mode.

    Parameters
    ----------
    pool: what its nodes hold for their pods; None where pods cost no address.
    obstacle: code of what the mode cannot carry of a row, "" for nothing.
    obstacles: these codes.
    carries: 0 where the mode can carry the cluster's settings, 1 where it cannot; None where it
        carries all.
    totals, notices: what only this mode has.
    """
    has_pool, with_prefixes = pool is not None, pool is not None and pool.with_prefixes
    of_rows = tuple(remark.notice for remark in remarks(pool.remarks if pool else None))
    cannot = tuple(
        Notice(
            code=code,
            about="os" if code.startswith("windows") else "instance_type",
            when=ref("says") == code,
            message=say(MESSAGES, code),
        )
        for code in obstacles
    )
    return Sheet(
        name=name,
        mode=mode,
        title=title,
        # IPv6 alone reads as a cell.
        table="IPv6_" if name == "IPv6" else name,
        labels=(
            Label(cell="A1", text=f"EKS subnet calculator: {title}", style="title"),
            Label(
                cell="E1",
                text="Formulas only: everything is filled in on sheet Plan.",
                style="remark",
            ),
            Label(cell="A3", text="Subnet:", style="heading"),
            Label(cell="A7", text="Results, of the fullest subnet:", style="scope"),
            Label(cell="D3", text="Steady state and peak of the fullest subnet:", style="scope"),
            Label(cell="I4", text="Subnet", style="above"),
            Label(cell="J4", text="Pod subnet", style="above"),
            Label(cell="A12", text="Steps", style="remark"),
        ),
        columns=node_table(pool, obstacle),
        totals=(
            *mode_results(has_pool=has_pool, with_prefixes=with_prefixes, carries=carries),
            *whole_plan(has_pool=has_pool),
            *(PREFIX_RESULTS if with_prefixes else ()),
            *totals,
        ),
        good_row=ref("state") == 1,
        notices=(*cannot, *of_rows, *mode_notices(with_prefixes=with_prefixes), *notices),
        header_row=_HEADER_ROW,
    )
