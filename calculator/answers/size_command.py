"""``size`` on the command line: how small the subnets may be, and where they lie."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterable, Iterator, Sequence

from calculator.answers.asked import NO_GROUP, PLANS, Asked, is_alone
from calculator.answers.remarks import print_remarks
from calculator.answers.size import Sizes, sizes_of
from calculator.answers.sizes_printed import (
    Answer,
    answers,
    missing_words,
    print_answers,
    print_json,
)
from calculator.answers.vpc import Vpc
from calculator.errors import InputError
from calculator.results.console import printable

__all__ = ["size"]


def size(options: argparse.Namespace, plans: Iterable[Asked]) -> int:
    """Answer how small the subnets of some plans may be; returns the exit status.

    Parameters
    ----------
    plans: read only when the options can be used.

    Raises
    ------
    InputError: for ranges that AWS does not allow, or options that need others.
    """
    vpc = _vpc(options)
    asked = iter(plans)
    first = list(itertools.islice(asked, 2))
    is_one = is_alone(first, options.paths)
    if options.terraform and not is_one:
        raise InputError("--terraform: it is of one plan; name one workbook")
    found = list(answers(_sized(itertools.chain(first, asked), options.headroom), vpc))
    for taken in vpc.outside if vpc else ():
        print(f"warning: --used {taken} lies in none of the VPC's ranges", file=sys.stderr)
    for each in found:
        print_remarks(each.file, each.sizes.remarks if each.sizes else ())
    if options.json:
        print_json(found, is_one=is_one)
    elif options.terraform:
        return _print_terraform(found[0])
    else:
        print_answers(found, is_one=is_one)
    return 0 if found and all(each.is_good for each in found) else 1


def _vpc(options: argparse.Namespace) -> Vpc | None:
    """The VPC that was named, if any."""
    if options.vpc:
        if options.json and options.terraform:
            raise InputError("--terraform and --json: print one of them")
        return Vpc.read(options.vpc, options.secondary, options.used)
    for name in ("used", "secondary", "terraform"):
        if getattr(options, name):
            raise InputError(f"--{name}: it needs the range of a VPC; name it with --vpc")
    return None


def _sized(asked: Iterable[Asked], headroom: int) -> Iterator[tuple[str, Sizes | None, str]]:
    """File, sizes and error of each plan, some hundred in one pass."""
    plans = iter(asked)
    while chunk := list(itertools.islice(plans, PLANS)):
        yield from _sized_together(chunk, headroom)


def _sized_together(
    asked: Sequence[Asked], headroom: int
) -> Iterator[tuple[str, Sizes | None, str]]:
    """The same of plans in one pass; one that cannot be used costs itself."""
    errors: dict[int, str] = {}
    for number, each in enumerate(asked):
        if each.plan is None:
            errors[number] = each.error
        elif not each.plan.node_groups:
            errors[number] = NO_GROUP
            print(printable(f"{each.file}: {errors[number]}"), file=sys.stderr)
    usable = [one for number, one in enumerate(asked) if number not in errors]
    plans = [one.plan for one in usable if one.plan]
    sizes = iter(sizes_of(plans, headroom, [one.catalog for one in usable]) if plans else ())
    for number, each in enumerate(asked):
        error = errors.get(number, "")
        yield each.file, None if error else next(sizes), error


def _print_terraform(answer: Answer) -> int:
    """Print the layout of one plan as Terraform, if nothing is missing."""
    sizes, layout = answer.sizes, answer.layout
    if sizes is None:
        return 1
    if not (layout and sizes.chosen and answer.is_good):
        lacking = missing_words(layout) if layout else "no mode has subnets that hold the peak"
        print(printable(lacking), file=sys.stderr)
        return 1
    from calculator.answers.terraform import terraform

    print(terraform(layout, sizes.plan, sizes.chosen.mode), end="")
    return 0
