"""What else is to be said of plans that were asked of: printed beside an answer, on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from calculator.findings import OVERFLOWS
from calculator.model.engine import Book
from calculator.model.result import plan_notices
from calculator.model.sheet import Sheet
from calculator.results.console import printable

__all__ = ["print_error", "print_remarks", "remarks_of"]


def remarks_of(book: Book, sheet: Sheet) -> dict[int, list[str]]:
    """What is to be said of plans in a mode, by the number of the plan.

    That a plan does not fit is the answer itself, and no remark.
    """
    said: dict[int, list[str]] = {}
    for notice, at, message in plan_notices(book, sheet):
        if notice.of_row:
            name = book[str(book.model.plan)].groups["instance_type"][at]
            said.setdefault(int(book.plan[at]), []).append(f"{name}: {message}")
        elif notice.code not in OVERFLOWS:
            said.setdefault(at, []).append(message)
    return said


def print_error(error: str) -> None:
    """Say on stderr why a file cannot be used."""
    print("\n  ".join(map(printable, error.split("\n  "))), file=sys.stderr)


def print_remarks(file: str, remarks: Iterable[str]) -> None:
    """Say on stderr what else wants attention in a plan."""
    start = f"{file}: " if file else ""
    for remark in remarks:
        print(printable(f"warning: {start}{remark}"), file=sys.stderr)
