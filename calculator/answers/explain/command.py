"""``explain`` on the command line: how a number comes about, or those that people ask for first."""

from __future__ import annotations

import argparse
import json
import os

from calculator.answers.explain.explanation import explained
from calculator.answers.explain.rules import Rules
from calculator.answers.explain.shown import Overview, print_explanation, print_overview
from calculator.answers.explain.source import Source, source_of, sources_of
from calculator.catalog import load_catalog
from calculator.errors import InputError
from calculator.files import find_workbooks
from calculator.inputs import plain
from calculator.model.result import verdict_of, verdict_words
from calculator.plan import PLAN_INPUTS, Plan

__all__ = ["explain"]

#: Of a sheet the totals that people ask for first, as far as it has them.
_TOTALS = (
    *("ips_available", "ips_used", "peak_ips", "ips_remaining", "peak_remaining"),
    *("smallest_subnet", "pod_subnet_available", "pod_subnet_used", "pod_subnet_peak_ips"),
    *("pod_subnet_peak_remaining", "smallest_pod_subnet"),
)


def explain(options: argparse.Namespace) -> int:
    """Answer how the numbers of a plan come about; returns the exit status.

    Raises
    ------
    InputError: for what is not there, or options that do not go together.
    WorkbookError: when the workbook cannot be used.
    """
    sources, row = _asked(options)
    if options.total and (row is not None or options.column):
        raise InputError("--total: it is of a whole sheet; name no row, and no --column")
    if options.column and row is None:
        raise InputError("--column: it is of a node group; name its row, too")
    if row is None and not options.total:
        overviews = [_overview(source) for source in sources]
        if options.json:
            print(json.dumps({"sheets": [each.as_json() for each in overviews]}, indent=1))
        else:
            print_overview(overviews)
        return 0
    if len(sources) > 1:
        listed = ", ".join(each.sheet_name for each in sources)
        raise InputError(f"sheets {listed} are plans of their own; name one of them")
    [source] = sources
    found = explained(
        source,
        Rules(source.book()),
        options.total or options.column,
        None if row is None else source.group(row),
        depth=options.depth,
        everything=options.all,
    )
    if options.json:
        print(json.dumps(found.as_json(), indent=1))
    else:
        print_explanation(found)
    return 0


def _asked(options: argparse.Namespace) -> tuple[list[Source], int | None]:
    """The sheets that are asked for, and the row of a node group there, if any."""
    words = list(options.what)
    given = {name: getattr(options, name) for name in PLAN_INPUTS}
    settings = {name: value for name, value in given.items() if value is not None}
    catalog = load_catalog(options.catalog) if options.catalog else None
    path = None if options.node or not words else words.pop(0)
    row = int(words.pop()) if words and words[-1].isdecimal() else None
    sheet = words.pop(0) if words else None
    if path is None and not options.node:
        raise InputError("name a workbook, or node groups with --node")
    if words or (options.node and sheet and os.path.exists(sheet)):
        expected = "[SHEET] [ROW]" if options.node else "WORKBOOK [SHEET] [ROW]"
        raise InputError(f'found "{" ".join(options.what)}"; {expected} is expected')
    if path is None:
        plan = Plan(node_groups=options.node, **settings)
        return [source_of(plan, options.model or "vpc-cni", sheet, catalog)], row
    files = find_workbooks([path]).files
    if len(files) != 1:
        raise InputError(f"{path}: found {len(files)} workbooks; one is expected")
    return sources_of(files[0], sheet, model=options.model, settings=settings, catalog=catalog), row


def _overview(source: Source) -> Overview:
    """The totals of a sheet, and what a node of each group takes."""
    book = source.book()
    rules = Rules(book)
    declared = source.sheet.by_name
    totals = [explained(source, rules, name, None, depth=1) for name in _TOTALS if name in declared]
    nodes = [
        explained(source, rules, "ips_per_node", number, depth=1)
        for number in range(len(source.plan.node_groups))
    ]
    if source.model.plan:
        verdict = verdict_of(book, 0).message
    else:
        left = plain(book[source.sheet.name].plans["ips_remaining"][0])
        verdict = verdict_words(source.sheet.name, left)
    return Overview(source.file, source.sheet_name, str(source.sheet.mode), verdict, nodes, totals)
