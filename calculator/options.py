"""The options of the command line, as argparse takes them: what may be said, and how it is read."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from calculator.errors import InputError
from calculator.extras import PROGRAM
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS, Choice, NodeGroup, Plan

__all__ = ["FAILURES", "FAIL_ON", "parser_of"]

#: What --node takes after type, instances and pods.
_MORE_OF_NODE = tuple(GROUP_INPUTS)[2:]

#: What may make the exit status 1, and what does when nothing is said. To import them where they
#: are defined would take as long as all of help.
FAILURES = ("faults", "differences", "unreadable", "overflow")
FAIL_ON = FAILURES[:3]


def parser_of(
    commands: Mapping[str, Callable[[argparse.Namespace], int]],
) -> argparse.ArgumentParser:
    """The parser of the whole command line; ``run`` of what it parses is one of `commands`."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Plan the subnets of Amazon EKS clusters in Excel workbooks, and check the "
        "workbooks that come back.",
        epilog="Exit status: 0 all is well; 1 a fault, a difference or an unreadable file; "
        "2 wrong usage, or nothing to read.",
    )
    parser.add_argument("--version", action=_Version, help="print the version and end")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    new = subparsers.add_parser("new", help="write a workbook with live formulas")
    new.add_argument("workbook", metavar="FILE.xlsx")
    new.add_argument("--rows", type=int, default=20, help="rows for node groups (20)")
    new.add_argument(
        "--node",
        type=_node,
        action="append",
        metavar="TYPE:INSTANCES:PODS",
        help="a node group, such as m5.12xlarge:2:100, or with more of its inputs "
        "m5.large:3:20,os=Windows,own_max_pods=30; may be given many times",
    )
    defaults = Plan()
    for name, declared in PLAN_INPUTS.items():
        flags = [f"--{name.replace('_', '-')}"]
        if name == "subnet_prefix_length":
            flags.insert(0, "--subnet-size")
        by_sheet = getattr(defaults, name) is None
        default = "each sheet's own default" if by_sheet else declared.default
        words = f"{declared.about}; {default} if not given"
        if isinstance(declared, Choice):
            spelt = functools.partial(_option, declared)
            new.add_argument(*flags, dest=name, type=spelt, choices=declared.options, help=words)
        else:
            new.add_argument(*flags, dest=name, type=int, metavar="N", help=words)
    _model_option(new)
    _catalog_option(new)
    new.add_argument("--force", action="store_true", help="replace a file that is there")
    new.set_defaults(run=commands["new"])

    evaluate = subparsers.add_parser("evaluate", help="evaluate workbooks, a row a sheet")
    _batch_options(evaluate)
    evaluate.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write the results to a .csv, .parquet, .json or .xlsx, or in parts to a folder/; "
        "also a URL",
    )
    evaluate.add_argument(
        "--details",
        action="store_true",
        help="write node groups and findings, too: sheets of the .xlsx, files beside the others",
    )
    evaluate.set_defaults(run=commands["evaluate"], recalculate=None)

    verify = subparsers.add_parser("verify", help="check every formula and value of workbooks")
    _batch_options(verify)
    verify.add_argument(
        "--recalculate",
        choices=("ironcalc", "libreoffice"),
        help="check the values that this engine gives to the file's own formulas, too",
    )
    verify.set_defaults(run=commands["verify"], output=None)

    sweep = subparsers.add_parser("sweep", help="evaluate many scenarios, a row each, in one pass")
    sweep.add_argument("scenarios", metavar="SCENARIOS", help="a .csv or .parquet file, or its URL")
    sweep.add_argument(
        "-o",
        "--output",
        metavar="RESULTS",
        required=True,
        help="a .csv or .parquet file, or a folder/ of Parquet files, which the workers write",
    )
    _workers_options(sweep, "processes; as many as there are cores for a large file")
    sweep.add_argument("--quiet", action="store_true", help="no progress")
    _model_option(sweep)
    _catalog_option(sweep)
    sweep.set_defaults(run=commands["sweep"])

    convert = subparsers.add_parser("convert", help="move a workbook's inputs to another model")
    convert.add_argument("workbook", metavar="FILLED.xlsx")
    convert.add_argument("output", metavar="OUT.xlsx")
    _model_option(convert)
    _catalog_option(convert)
    convert.add_argument("--force", action="store_true", help="replace a file that is there")
    convert.set_defaults(run=commands["convert"])

    catalog = subparsers.add_parser("catalog", help="list instance types and their limits")
    catalog.add_argument("filter", nargs="?", help="a part of the name, such as m7i.")
    _model_option(catalog)
    _catalog_option(catalog)
    catalog.set_defaults(run=commands["catalog"])
    return parser


class _Version(argparse.Action):
    """Looks the version up only when it is asked for, which takes as long as all of help."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"{PROGRAM} {version(PROGRAM)}")
        parser.exit()


def _model_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        choices=("vpc-cni", "aws-sample"),
        default="vpc-cni",
        help="what the VPC CNI really takes (vpc-cni, the default), or AWS's sample workbook",
    )


def _catalog_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--catalog", metavar="FILE.csv", help="instance types of your own")


def _batch_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="workbooks, folders, globs, and URLs such as s3://bucket/plans/**/*.xlsx",
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    listed = ",".join(FAIL_ON)
    parser.add_argument(
        "--fail-on",
        type=_failures,
        default=FAIL_ON,
        metavar="WHAT,…",
        help=f"what makes the exit status 1: any of {', '.join(FAILURES)}, or none ({listed})",
    )
    parser.add_argument("--cache", metavar="DIR", help="keep reports here, read only what changed")
    _workers_options(parser, "processes; as many as there are cores, or one for few workbooks")
    parser.add_argument("--quiet", action="store_true", help="no progress and no closing sentence")
    _catalog_option(parser)


def _workers_options(parser: argparse.ArgumentParser, workers: str) -> None:
    parser.add_argument("--workers", type=_count, metavar="N", help=workers)
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="work on this Dask cluster, such as tcp://10.0.0.5:8786"
    )


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f'found "{text}"; a whole number of 1 or more is expected')
    return int(text)


def _failures(text: str) -> tuple[str, ...]:
    names = () if text == "none" else tuple(text.split(","))
    for name in names:
        if name not in FAILURES:
            listed = ", ".join(FAILURES)
            raise argparse.ArgumentTypeError(f'found "{name}"; {listed} or none is expected')
    return names


def _option(declared: Choice, word: str) -> str:
    """The option as it is spelt: in any case, as in a workbook."""
    return word if declared.problem(word) else declared.read(word)


def _node(text: str) -> NodeGroup:
    main, *more = text.split(",")
    name, *counts = main.split(":")
    if len(counts) != 2 or not all(each.isdecimal() for each in counts):
        raise argparse.ArgumentTypeError(
            f'found "{text}"; TYPE:INSTANCES:PODS is expected, such as m5.12xlarge:2:100'
        )
    inputs: dict[str, Any] = {}
    for each in more:
        key, _, value = each.partition("=")
        if key not in _MORE_OF_NODE or not value:
            listed = ", ".join(f"{name}=…" for name in _MORE_OF_NODE)
            raise argparse.ArgumentTypeError(f'found "{each}"; one of {listed} is expected')
        inputs[key] = int(value) if value.isdecimal() else value
    try:
        return NodeGroup(name, int(counts[0]), int(counts[1]), **inputs)
    except InputError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
