"""The changes between two workbooks, as a table for a terminal and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
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
_COLOURS = {"fault": "red", "difference": "yellow", "warning": "yellow", "mended": "green"}


def print_changes(found: Sequence[Change], *, everything: bool = False) -> None:
    """Print a row a change, in the order given; nothing where there is none.

    Parameters
    ----------
    everything: whether results that others consist of are printed, too; else they are counted.
    """
    main = [each for each in found if each.kind != "result" or each.name in MAIN_RESULTS]
    shown = found if everything else main
    if shown:
        print_table(
            _FIELDS,
            [
                (each.kind, each.where, each.what, _words(each, each.old), _words(each, each.new))
                for each in shown
            ],
            colours=[_COLOURS.get(each.severity, "") for each in shown],
        )
    if left := len(found) - len(shown):
        print(f"and {left:,} more result{'s' * (left > 1)} (--all lists them)")


def _words(change: Change, value: object) -> str | None:
    return None if value is None and change.kind != "result" else value_words(value)


def print_changes_as_json(old: str, new: str, found: Sequence[Change]) -> None:
    """Print one document: both files and every change."""
    document = {"old": old, "new": new, "changes": [asdict(each) for each in found]}
    json.dump(document, sys.stdout, indent=1)
    print()
