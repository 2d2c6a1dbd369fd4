"""The changes between two workbooks, as a table for a terminal and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from calculator.report import MAIN_RESULTS
from calculator.results.console import Field, print_table
from calculator.results.text import value_words

if TYPE_CHECKING:
    from calculator.difference import Change

__all__ = ["print_changes", "print_changes_as_json"]

_FIELDS = (
    Field("change", painted=True),
    Field("where", wraps=True),
    Field("what", wraps=True),
    Field("old", wraps=True),
    Field("new", wraps=True, painted=True),
)
#: Cells that look otherwise in the same way that are listed rather than counted.
_FEW = 3
_COLOURS = {"fault": "red", "difference": "yellow", "warning": "yellow", "mended": "green"}


def print_changes(found: Sequence[Change], *, everything: bool = False) -> None:
    """Print a row a change, in the order given; nothing where there is none.

    Parameters
    ----------
    everything: whether results that others consist of are printed, too, and each cell that looks
        otherwise; else they are counted.
    """
    main = [each for each in found if each.kind != "result" or each.name in MAIN_RESULTS]
    shown = found if everything else _looks_together(main)
    if shown:
        print_table(
            _FIELDS,
            [
                (each.kind, each.where, each.what, _words(each, each.old), _words(each, each.new))
                for each in shown
            ],
            colours=[_COLOURS.get(each.severity, "") for each in shown],
        )
    if left := 0 if everything else len(found) - len(main):
        print(f"and {left:,} more result{'s' * (left > 1)} (--all lists them)")


def _looks_together(found: Sequence[Change]) -> list[Change]:
    """Changes, with what came to be alike in many cells as one: a look, results not known any more.

    Such a change has the first of its cells as an example.
    """
    alike: dict[Change, list[Change]] = {}
    for each in found:
        kind = each
        if each.kind == "look":
            kind = replace(each, where="", what=each.what.partition(",")[0])
        elif each.kind == "result" and each.new is None:
            kind = replace(each, where="", what="results", name="", old=None)
        alike.setdefault(kind, []).append(each)
    together = []
    for kind, changes in alike.items():
        if len(changes) <= _FEW:
            together += changes
            continue
        first = changes[0]
        name = first.what.partition(", ")[2] or first.what
        sheets = len({each.where for each in changes})
        where = first.where if sheets == 1 else f"{sheets} sheets"
        many = (
            f"{kind.what} of {len(changes):,}"
            if kind.kind == "look"
            else f"{len(changes):,} results"
        )
        what = f"{many}, such as {name} on {first.where}"
        together.append(replace(first, where=where, what=what))
    return together


def _words(change: Change, value: object) -> str | None:
    return None if value is None and change.kind != "result" else value_words(value)


def print_changes_as_json(old: str, new: str, found: Sequence[Change]) -> None:
    """Print one document: both files and every change."""
    document = {"old": old, "new": new, "changes": [asdict(each) for each in found]}
    json.dump(document, sys.stdout, indent=1)
    print()
