"""The commands that answer questions: each asks, prints and returns the exit status."""

from __future__ import annotations

import argparse
import collections
import contextlib
import sys
from collections.abc import Callable, Iterator

from calculator.answers.asked import Asked, asked
from calculator.catalog import load_catalog
from calculator.plan import PLAN_INPUTS
from calculator.results.console import printable

__all__ = ["COMMANDS"]


def plans(options: argparse.Namespace) -> Iterator[Asked]:
    """The plans that a question is asked of; a file that cannot be used is said on stderr."""
    given = {name: getattr(options, name) for name in PLAN_INPUTS}
    settings = {name: value for name, value in given.items() if value is not None}
    catalog = load_catalog(options.catalog) if options.catalog else None
    for one in asked(options.paths, options.node or (), settings, catalog):
        if one.plan is None:
            print("\n  ".join(map(printable, one.error.split("\n  "))), file=sys.stderr)
        yield one


def _size(options: argparse.Namespace) -> int:
    from calculator.answers.size_command import size

    return size(options, plans(options))


def _compare(options: argparse.Namespace) -> int:
    from calculator.answers.compare import Comparison, compared
    from calculator.answers.shown import COMPARED, plans_on_stdout, print_compared
    from calculator.results.outputs import open_table

    all_fit = True

    def noted() -> Iterator[Comparison]:
        nonlocal all_fit
        for found in compared(plans(options)):
            all_fit &= found.fits
            for output in outputs:
                output.add(found)
            yield found

    with contextlib.ExitStack() as stack:
        outputs = [stack.enter_context(open_table(each, COMPARED)) for each in options.output]
        if options.json:
            plans_on_stdout(found.as_json() for found in noted())
        elif outputs:
            collections.deque(noted(), maxlen=0)
        else:
            print_compared(noted(), with_file=bool(options.paths))
    return 0 if all_fit else 1


def _recommend(options: argparse.Namespace) -> int:
    from calculator.answers.recommend import Recommendation, recommended
    from calculator.answers.shown import plans_on_stdout, print_recommended

    are_good = True

    def noted() -> Iterator[Recommendation]:
        nonlocal are_good
        for found in recommended(plans(options), burst=options.burst, calls=options.calls):
            are_good &= found.is_good
            yield found

    if options.json:
        plans_on_stdout(found.as_json() for found in noted())
    else:
        print_recommended(noted(), with_file=bool(options.paths))
    return 0 if are_good else 1


#: By name; what parses them stands in ``calculator.options``.
COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "compare": _compare,
    "recommend": _recommend,
    "size": _size,
}
