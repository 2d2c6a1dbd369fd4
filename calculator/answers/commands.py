"""The commands that answer questions: each asks, prints and returns the exit status."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from calculator.answers.asked import Asked, asked
from calculator.plan import PLAN_INPUTS
from calculator.results.console import printable

__all__ = ["COMMANDS"]


def plans(options: argparse.Namespace) -> Iterator[Asked]:
    """The plans that a question is asked of; a file that cannot be used is said on stderr."""
    given = {name: getattr(options, name) for name in PLAN_INPUTS}
    settings = {name: value for name, value in given.items() if value is not None}
    for one in asked(options.paths, options.node or (), settings):
        if one.plan is None:
            print("\n  ".join(map(printable, one.error.split("\n  "))), file=sys.stderr)
        yield one


def _size(options: argparse.Namespace) -> int:
    from calculator.answers.size_command import size

    return size(options, list(plans(options)))


#: By name; what parses them stands in ``calculator.options``.
COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {"size": _size}
