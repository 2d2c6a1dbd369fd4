"""The commands that answer questions: each asks, prints and returns the exit status."""

from __future__ import annotations

import argparse
import collections
import contextlib
from collections.abc import Callable, Iterator

from calculator.answers.asked import Asked, asked, is_alone
from calculator.catalog import load_catalog
from calculator.plan import PLAN_INPUTS

__all__ = ["COMMANDS"]

_BY_THE_VPC_CNI = "filled in in AWS's sample; the answer is by the rules of the VPC CNI"


def plans(
    options: argparse.Namespace, *, may_be_empty: bool = False, says: bool = True
) -> Iterator[Asked]:
    """The plans that a question is asked of.

    Parameters
    ----------
    says: whether why a file cannot be used is said on stderr.
    """
    from calculator.answers.remarks import print_error, print_remarks

    given = {name: getattr(options, name) for name in PLAN_INPUTS}
    settings = {name: value for name, value in given.items() if value is not None}
    catalog = load_catalog(options.catalog) if options.catalog else None
    node_groups = options.node or ()
    for one in asked(options.paths, node_groups, settings, catalog, may_be_empty=may_be_empty):
        if one.plan is None and says:
            print_error(one.error)
        if one.is_of_aws:
            print_remarks(one.file, [_BY_THE_VPC_CNI])
        yield one


def _capacity(options: argparse.Namespace) -> int:
    from calculator.answers.capacity import Capacity, capacities
    from calculator.answers.capacity_printed import print_capacities, print_json
    from calculator.answers.remarks import print_error

    asked_of = list(plans(options, may_be_empty=bool(options.new), says=False))
    is_one = is_alone(asked_of, options.paths)
    all_fit = True

    def noted() -> Iterator[Capacity]:
        nonlocal all_fit
        for found in capacities(asked_of, options.new):
            all_fit &= found.fits
            if found.error:
                print_error(found.error)
            yield found

    if options.json:
        print_json(noted(), is_one=is_one)
    else:
        print_capacities(noted(), with_file=bool(options.paths))
    return 0 if asked_of and all_fit else 1


def _size(options: argparse.Namespace) -> int:
    from calculator.answers.size_command import size

    return size(options, plans(options))


def _compare(options: argparse.Namespace) -> int:
    from calculator.answers.compare import Comparison, compared
    from calculator.answers.remarks import print_remarks
    from calculator.answers.shown import COMPARED, plans_on_stdout, print_compared
    from calculator.results.outputs import open_table

    all_fit = True

    def noted() -> Iterator[Comparison]:
        nonlocal all_fit
        for found in compared(plans(options)):
            all_fit &= found.fits
            print_remarks(found.file, found.remarks)
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
        for found in recommended(
            plans(options, says=options.json), burst=options.burst, calls=options.calls
        ):
            are_good &= found.is_good
            yield found

    if options.json:
        plans_on_stdout(found.as_json() for found in noted())
    else:
        print_recommended(noted(), with_file=bool(options.paths))
    return 0 if are_good else 1


def _explain(options: argparse.Namespace) -> int:
    from calculator.answers.explain.command import explain

    return explain(options)


#: By name; what parses them stands in ``calculator.options``.
COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "capacity": _capacity,
    "compare": _compare,
    "explain": _explain,
    "recommend": _recommend,
    "size": _size,
}
