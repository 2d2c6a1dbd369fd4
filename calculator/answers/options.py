"""What the commands that answer questions take."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from calculator.plan_options import catalog_option, count, new_group, plan_options

__all__ = ["ANSWERS"]


def _answer(parser: argparse.ArgumentParser) -> None:
    """What every question to a plan takes."""
    parser.add_argument("paths", metavar="PATH", nargs="*", help="workbooks, folders, globs, URLs")
    plan_options(parser)
    catalog_option(parser)
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")


def _size(parser: argparse.ArgumentParser) -> None:
    _answer(parser)
    parser.add_argument(
        "--headroom",
        type=_share,
        default=0,
        metavar="N%",
        help="share of each subnet that is to be free at the peak, such as 20%% (0)",
    )
    parser.add_argument(
        "--vpc", metavar="CIDR", help="lay the subnets out in this range, such as 10.0.0.0/16"
    )
    for flag, words in (
        ("--used", "ranges of the VPC that are taken, such as subnets that are there"),
        ("--secondary", "more ranges of the VPC, for pods first, such as 100.64.0.0/16"),
    ):
        parser.add_argument(
            flag,
            type=lambda text: text.split(","),
            action="extend",
            default=[],
            metavar="CIDR,...",
            help=f"{words}; may be given many times",
        )
    parser.add_argument("--terraform", action="store_true", help="print the layout as Terraform")


def _compare(parser: argparse.ArgumentParser) -> None:
    _answer(parser)
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        metavar="FILE",
        help="write the rows of all plans to a .csv or .parquet; may be given many times",
    )


def _recommend(parser: argparse.ArgumentParser) -> None:
    _answer(parser)
    parser.add_argument(
        "--burst",
        type=_whole,
        default=5,
        metavar="N",
        help="pods that start on each node without a call to EC2; 5 if not given",
    )
    parser.add_argument(
        "--calls",
        type=count,
        metavar="N",
        help="calls to EC2 to fill a node, at most; any number if not given",
    )


def _explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        metavar="WORKBOOK [SHEET] [ROW]",
        nargs="*",
        help="a workbook, the sheet of a mode, and the row of a node group there or on sheet Plan; "
        "with --node no workbook, and the number of the node group for the row",
    )
    parser.add_argument(
        "--total", metavar="NAME", help="a total by its name, its label or a part, such as peak"
    )
    parser.add_argument(
        "--column", metavar="NAME", help="a column of the row by its name, its header or a part"
    )
    parser.add_argument("--depth", type=count, metavar="N", help="go back so many steps at most")
    parser.add_argument(
        "--all", action="store_true", help="go back, too, from what does not decide the number"
    )
    plan_options(parser)
    parser.add_argument(
        "--model",
        type=str.lower,
        choices=("vpc-cni", "aws-sample"),
        help="whose rules are explained; a workbook's own if not given",
    )
    catalog_option(parser)
    parser.add_argument("--json", action="store_true", help="print the explanation as JSON")


def _capacity(parser: argparse.ArgumentParser) -> None:
    _answer(parser)
    parser.add_argument(
        "--new",
        type=new_group,
        action="append",
        default=[],
        metavar="TYPE:PODS",
        help="how many nodes of a new node group fit, such as m5.large:20, or with more of its "
        "inputs m5.large:20,nodes_from=Karpenter; may be given many times",
    )


#: The commands that answer questions, in their order in help.
ANSWERS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "capacity": ("how much more fits in the subnets as they are, and what gives out", _capacity),
    "compare": ("compare modes and warm targets, a row each: which to take", _compare),
    "explain": ("explain how a number comes about, rule by rule, with the numbers", _explain),
    "recommend": ("recommend warm targets, with the environment to paste", _recommend),
    "size": ("how small the subnets may be, in each mode, and where they lie in a VPC", _size),
}


# --- what is read from a word ---------------------------------------------------------------------


def _share(text: str) -> int:
    number = text.strip().removesuffix("%").rstrip()
    if not number.isdecimal() or int(number) > 99:
        raise argparse.ArgumentTypeError(
            f'found "{text}"; a whole percentage from 0% to 99% is expected, such as 20%'
        )
    return int(number)


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f'found "{text}"; a whole number of 0 or more is expected')
    return int(text)
