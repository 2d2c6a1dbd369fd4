"""Answers as they are printed and written: tables of rows, words of targets, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from calculator.answers.compare import Comparison, peak_of
from calculator.answers.environment import lines_to_paste
from calculator.answers.lines import words_of
from calculator.answers.measured import Row
from calculator.answers.recommend import Recommendation
from calculator.answers.remarks import print_error
from calculator.results.console import Field, print_table, print_text, printable
from calculator.results.tables import Table

__all__ = ["COMPARED", "plans_on_stdout", "print_compared", "print_recommended"]

_TARGETS = ("warm_eni_target", "warm_ip_target", "minimum_ip_target", "warm_prefix_target")
_COLOUR = {True: "green", False: "red", None: ""}


def print_compared(found: Iterable[Comparison], *, with_file: bool = False) -> None:
    """Print a table a plan: a row a mode and setting, the best and the worst marked.

    Parameters
    ----------
    with_file: whether the file stands over each table.
    """
    for number, one in enumerate(found):
        if with_file and one.rows:
            print("\n" * (number > 0) + printable(one.file))
        print_rows(one.rows, one.words)


def print_recommended(found: Iterable[Recommendation], *, with_file: bool = False) -> None:
    """Print of each plan the frontier, the pick with its reason, and what to paste.

    Parameters
    ----------
    with_file: whether the file stands over each table.
    """
    for number, one in enumerate(found):
        if one.error:
            print_error(one.error)
        if one.pick is None:
            continue
        if with_file:
            print("\n" * (number > 0) + printable(one.file))
        print_rows(one.rows, one.words)
        pick = one.rows[one.pick]
        print()
        print_text(one.reason)
        print(f"The smallest subnet that holds the peak: {_smallest(pick)}.", end="\n\n")
        print("\n".join(lines_to_paste(pick.mode, pick.settings)))


def _smallest(row: Row) -> str:
    size = _size(row.smallest_subnet) or "none up to /16"
    if row.pod_subnet_peak_ips is None:
        return size
    return f"{size}, of pods {_size(row.smallest_pod_subnet) or 'none up to /16'}"


def print_rows(rows: Sequence[Row], marks: Sequence[str]) -> None:
    """Print rows of one plan, each with its mark."""
    if not rows:
        return
    # Where pods have subnets of their own, their figures take the place of what is used before the
    # peak.
    with_pods = any(row.pod_subnet_peak_ips is not None for row in rows)
    numbers = _OF_PODS if with_pods else _OF_NODES
    fields = [
        Field("mode"),
        Field("targets", wraps=True),
        *(Field(name, right=True) for name in (*numbers, "idle", "calls")),
        Field("fits", painted=True),
        Field("mark", wraps=True),
    ]
    cells = [
        [
            row.mode,
            words_of(row.settings),
            *(numbers[name](row) for name in numbers),
            None if row.idle_share is None else f"{row.idle_share:.0%}",
            row.ec2_calls,
            row.fits,
            mark or " ",
        ]
        for row, mark in zip(rows, marks, strict=True)
    ]
    print_table(fields, cells, colours=[_COLOUR[row.fits] for row in rows])


def _size(prefix_length: int | None) -> str | None:
    return f"/{prefix_length}" if prefix_length else None


#: The figures of a row by header, and those of one whose pods have subnets of their own.
_OF_NODES: dict[str, Callable[[Row], object]] = {
    "used": lambda row: row.ips_used,
    "at peak": lambda row: row.peak_ips,
    "left": lambda row: row.peak_remaining,
    "smallest": lambda row: _size(row.smallest_subnet),
}
_OF_PODS: dict[str, Callable[[Row], object]] = {
    "at peak": lambda row: row.peak_ips,
    "left": lambda row: row.peak_remaining,
    "smallest": lambda row: _size(row.smallest_subnet),
    "pod subnet at peak": lambda row: row.pod_subnet_peak_ips,
    "pod subnet left": lambda row: row.pod_subnet_peak_remaining,
    "smallest pod subnet": lambda row: _size(row.smallest_pod_subnet),
    "both at peak": peak_of,
}


# --- JSON -----------------------------------------------------------------------------------------


def plans_on_stdout(found: Iterable[dict[str, Any]]) -> None:
    """Print answers of plans as one JSON document, each as it comes."""
    print('{"plans": [', end="")
    for number, answer in enumerate(found):
        print("," * (number > 0), json.dumps(answer), sep="\n")
    print("]}")


# --- a file ---------------------------------------------------------------------------------------

_COUNTS = ("ips_used", "peak_ips", "peak_remaining")
_PODS = ("pod_subnet_peak_ips", "pod_subnet_peak_remaining")
_SIZES = ("smallest_subnet", "smallest_pod_subnet", "pods_hosted", "ec2_calls")


def _rows_of(found: Comparison) -> Iterator[tuple[Any, ...]]:
    """A row a mode and setting; one for a file that cannot be used."""
    if found.error:
        nothing = [None] * (len(COMPARED.columns) - 2)
        yield (found.file, *nothing, found.error)
    for number, row in enumerate(found.rows):
        yield (
            found.file or None,
            row.mode,
            *(row.settings.get(name) for name in _TARGETS),
            *(getattr(row, name) for name in (*_COUNTS, *_PODS)),
            row.idle_share,
            *(getattr(row, name) for name in _SIZES),
            row.fits,
            number in found.as_set,
            found.marks.get(number),
            None,
        )


COMPARED = Table(
    "comparison",
    "Comparison",
    {
        "file": "text",
        "mode": "text",
        **dict.fromkeys((*_TARGETS, *_COUNTS, *_PODS), "count"),
        "idle_share": "number",
        **dict.fromkeys(_SIZES, "count"),
        "fits": "flag",
        "as_set": "flag",
        "mark": "text",
        "error": "text",
    },
    _rows_of,
)
