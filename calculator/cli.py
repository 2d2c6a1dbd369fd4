"""The command line: one short function a command, which parses, calls one function and prints.

Heavy modules are imported by the command that needs them, so that help is there at once. Results
go to stdout, problems to stderr. Exit status: 0 all is well; 1 a fault, a difference or an
unreadable file; 2 wrong usage, or nothing to read.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from calculator.errors import CalculatorError, InputError, WorkbookError
from calculator.files import same_file
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS, Choice, NodeGroup, Plan

if TYPE_CHECKING:
    import pandas as pd

    from calculator.catalog import Catalog
    from calculator.parity import WorkbookReport

__all__ = ["main"]

PROGRAM = "eks-subnet-calc"

#: What --node takes after type, instances and pods.
_MORE_OF_NODE = tuple(GROUP_INPUTS)[2:]

#: Differences of one sheet that evaluate shows; verify shows all.
_SHOWN = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except WorkbookError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    except CalculatorError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{PROGRAM}: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output has had enough of it, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


# --- commands -------------------------------------------------------------------------------------


def _new(options: argparse.Namespace) -> int:
    from calculator.workbook.writer import write_workbook

    settings = {
        name: value for name in PLAN_INPUTS if (value := getattr(options, name, None)) is not None
    }
    plan = Plan(node_groups=options.node or (), **settings)
    catalog = _catalog(options)
    write_workbook(
        options.workbook,
        plan,
        model=options.model,
        rows=options.rows,
        catalog=catalog,
        overwrite=options.force,
    )
    print(f"wrote {options.workbook}")
    for group in plan.node_groups:
        if problem := catalog.problem(group.instance_type):
            _warn(problem)
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from calculator.batch import as_json, evaluate_workbooks, summary, write_results

    output = options.output
    if output and not output.lower().endswith((".csv", ".xlsx", ".json")):
        raise InputError(
            f"--output: found {output}; a name ending in .csv, .xlsx or .json is expected"
        )
    reports = list(evaluate_workbooks(options.paths, catalog=_given_catalog(options)))
    _complain(reports)
    if output:
        if any(same_file(output, each.file) for each in reports):
            raise InputError(f"{output}: the results cannot go into a workbook that is evaluated")
        write_results(reports, output)
    if options.json:
        json.dump(as_json(reports), sys.stdout, indent=1)
        print()
    elif not output:
        table = summary(reports)
        optional = [name for name in ("peak_remaining", "error") if table[name].isna().all()]
        table = table.drop(columns=optional)
        _print_table(table)
    return _status(reports)


def _verify(options: argparse.Namespace) -> int:
    from calculator.batch import as_json, evaluate_workbooks

    reports = list(
        evaluate_workbooks(
            options.paths, catalog=_given_catalog(options), recalculate=options.recalculate
        )
    )
    _complain(reports, differences=False)
    if options.json:
        json.dump(as_json(reports), sys.stdout, indent=1)
        print()
        return _status(reports)
    for report in reports:
        for sheet in report.sheets:
            for difference in sheet.differences:
                print(difference.at(report.file))
            found = f"{len(sheet.differences) or 'no'} difference"
            found += "" if len(sheet.differences) == 1 else "s"
            never = any(each.kind == "never-calculated" for each in sheet.warnings)
            only = ", formulas only: it was never calculated" if never else ""
            print(f"{report.file}, {sheet.sheet} ({sheet.model}): {found}{only}")
    return _status(reports)


def _sweep(options: argparse.Namespace) -> int:
    from calculator.scenarios import sweep_file

    rows, faulty = sweep_file(
        options.scenarios, options.output, model=options.model, catalog=_given_catalog(options)
    )
    print(f"wrote {options.output}: {rows:,} scenarios, {faulty:,} with a fault")
    if faulty:
        _warn("column check says what is wrong with those that have a fault")
    return 1 if faulty else 0


def _convert(options: argparse.Namespace) -> int:
    from calculator.convert import convert_workbook
    from calculator.model.engine import MAIN_TOTALS

    pairs = convert_workbook(
        options.workbook,
        options.output,
        model=options.model,
        catalog=_given_catalog(options),
        overwrite=options.force,
    )
    import pandas as pd

    rows = [
        {
            "sheet": before.sheet,
            "": name,
            f"{before.model} (before)": before.totals[name],
            f"{options.model} (after)": after.totals[name],
        }
        for before, after in pairs
        if after
        for name in MAIN_TOTALS
    ]
    _print_table(pd.DataFrame(rows, dtype=object))
    print(f"wrote {options.output}")
    for before, after in pairs:
        if after is None:
            _warn(f"sheet {before.sheet}: model {options.model} has no {before.mode}; left out")
            continue
        for finding in before.warnings:
            if finding.kind == "left-out":
                _warn(finding.at(options.workbook))
        for finding in (*after.faults, *after.warnings):
            _warn(finding.at(options.output))
    return 1 if any(each and (each.faults or each.differences) for _, each in pairs) else 0


def _list_catalog(options: argparse.Namespace) -> int:
    import dataclasses

    catalog = _catalog(options)
    types = catalog.like(options.filter or "")
    if not types:
        raise InputError(f'no instance type of {catalog.version} contains "{options.filter}"')
    import pandas as pd

    table = pd.DataFrame(map(dataclasses.asdict, types), dtype=object).drop(columns="source")
    table = table.dropna(axis="columns", how="all")
    yes_no = {True: "yes", False: "no"}
    for name in ("bare_metal", "trunk_compatible"):
        if name in table:
            table[name] = table[name].map(yes_no)
    _print_table(table)
    return 0


# --- options --------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Plan the subnets of Amazon EKS clusters in Excel workbooks, and check the "
        "workbooks that come back.",
        epilog="Exit status: 0 all is well; 1 a fault, a difference or an unreadable file; "
        "2 wrong usage, or nothing to read.",
    )
    parser.add_argument("--version", action=_Version, help="print the version and end")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    new = commands.add_parser("new", help="write a workbook with live formulas")
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
    new.set_defaults(run=_new)

    evaluate = commands.add_parser("evaluate", help="evaluate workbooks, a row a sheet")
    _paths_argument(evaluate)
    evaluate.add_argument(
        "-o", "--output", metavar="FILE", help="write the results to a .csv, .xlsx or .json"
    )
    evaluate.add_argument("--json", action="store_true", help="print everything as JSON")
    _catalog_option(evaluate)
    evaluate.set_defaults(run=_evaluate)

    verify = commands.add_parser("verify", help="check every formula and value of workbooks")
    _paths_argument(verify)
    verify.add_argument(
        "--recalculate",
        choices=("ironcalc", "libreoffice"),
        help="check the values that this engine gives to the file's own formulas, too",
    )
    verify.add_argument("--json", action="store_true", help="print everything as JSON")
    _catalog_option(verify)
    verify.set_defaults(run=_verify)

    sweep = commands.add_parser("sweep", help="evaluate many scenarios of a CSV file in one pass")
    sweep.add_argument("scenarios", metavar="SCENARIOS.csv")
    sweep.add_argument("-o", "--output", metavar="RESULTS.csv", required=True)
    _model_option(sweep)
    _catalog_option(sweep)
    sweep.set_defaults(run=_sweep)

    convert = commands.add_parser("convert", help="move a workbook's inputs to another model")
    convert.add_argument("workbook", metavar="FILLED.xlsx")
    convert.add_argument("output", metavar="OUT.xlsx")
    _model_option(convert)
    _catalog_option(convert)
    convert.add_argument("--force", action="store_true", help="replace a file that is there")
    convert.set_defaults(run=_convert)

    catalog = commands.add_parser("catalog", help="list instance types and their limits")
    catalog.add_argument("filter", nargs="?", help="a part of the name, such as m7i.")
    _model_option(catalog)
    _catalog_option(catalog)
    catalog.set_defaults(run=_list_catalog)
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


def _paths_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="workbooks, folders and globs")


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


def _given_catalog(options: argparse.Namespace) -> Catalog | None:
    from calculator.catalog import load_catalog

    return load_catalog(options.catalog) if options.catalog else None


def _catalog(options: argparse.Namespace) -> Catalog:
    from calculator.catalog import load_catalog

    return load_catalog(options.catalog, model=options.model)


# --- what is said --------------------------------------------------------------------------------


def _print_table(table: pd.DataFrame) -> None:
    print(table.astype(object).where(table.notna(), "-").to_string(index=False, max_colwidth=60))


def _warn(message: str) -> None:
    print(f"{PROGRAM}: {message}", file=sys.stderr)


def _complain(reports: Iterable[WorkbookReport], *, differences: bool = True) -> None:
    """Say every problem on stderr, each with its place."""
    for report in reports:
        if report.error:
            print(f"{report.file}: {report.error}", file=sys.stderr)
        for sheet in report.sheets:
            for fault in sheet.faults:
                print(fault.at(report.file), file=sys.stderr)
            for warning in sheet.warnings:
                print(f"warning: {warning.at(report.file)}", file=sys.stderr)
            if differences:
                for difference in sheet.differences[:_SHOWN]:
                    print(difference.at(report.file), file=sys.stderr)
                if (more := len(sheet.differences) - _SHOWN) > 0:
                    where = f"{report.file}, {sheet.sheet}"
                    print(f"{where}: {more} more differences; verify lists all", file=sys.stderr)


def _status(reports: Iterable[WorkbookReport]) -> int:
    return 0 if all(each.clean for each in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
