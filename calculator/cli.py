"""The command line: one short function a command, which parses, calls one function and prints.

Heavy modules are imported by the command that needs them, so that help is there at once. Results
go to stdout, problems to stderr. Exit status: 0 all is well; 1 a fault, a difference or an
unreadable file; 2 wrong usage, or nothing to read.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import io
import itertools
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from calculator.errors import CalculatorError, InputError, WorkbookError
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS, Choice, NodeGroup, Plan

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from calculator.catalog import Catalog
    from calculator.results.outputs import Output, Parts

__all__ = ["main"]

PROGRAM = "eks-subnet-calc"

#: What --node takes after type, instances and pods.
_MORE_OF_NODE = tuple(GROUP_INPUTS)[2:]

#: Scenarios that are worth the start of other processes [bytes].
_LARGE = 10 << 20

#: What may make the exit status 1, and what does when nothing is said. To import them where they
#: are defined would take as long as all of help.
_FAILURES = ("faults", "differences", "unreadable", "overflow")
_FAIL_ON = _FAILURES[:3]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    # A file's name may hold what is no text, or what this terminal cannot show.
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: _warn(str(message))
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
    from calculator.files import is_folder
    from calculator.results.outputs import Parts, open_output
    from calculator.results.terminal import json_on_stdout, table_on_stdout

    path = options.output
    if options.details and not path:
        raise InputError("--details go where the results go; name it with --output")
    outputs, parts = [], None
    if path and is_folder(path):
        parts = Parts(_for_workers(options, path), options.details, send_all=options.json)
    elif path:
        outputs.append(open_output(path, details=options.details))
    if options.json:
        outputs.append(json_on_stdout())
    elif not path:
        outputs.append(table_on_stdout())
    return _run(options, outputs, parts)


def _verify(options: argparse.Namespace) -> int:
    from calculator.results.terminal import json_on_stdout, verdicts

    output = json_on_stdout() if options.json else verdicts()
    return _run(options, [output], differences=False)


def _run(
    options: argparse.Namespace,
    outputs: Sequence[AbstractContextManager[Output]],
    parts: Parts | None = None,
    *,
    differences: bool = True,
) -> int:
    """Evaluate workbooks and give each report to the outputs; returns the exit status.

    What is done when somebody interrupts it is kept.
    """
    from calculator.batch import Evaluation, evaluate_chunks
    from calculator.executors import uninterrupted
    from calculator.files import find_workbooks, same_file
    from calculator.progress import Progress
    from calculator.results.tally import Tally
    from calculator.results.terminal import problems

    if options.output and any(same_file(options.output, each) for each in options.paths):
        raise InputError(f"{options.output}: the results cannot go into what is evaluated")
    files = find_workbooks([_for_workers(options, each) for each in options.paths])
    if options.output:
        others = [each for each in files if not same_file(options.output, each)]
        # Among them may be the results of an earlier run, but no plan is ever written over.
        if len(others) < len(files) and _is_plan(options.output):
            raise InputError(f"{options.output}: the results cannot go into what is evaluated")
        files = others
    catalog = _given_catalog(options)
    cache = options.cache and _for_workers(options, options.cache)
    evaluation = Evaluation(catalog, options.recalculate, cache, parts)
    # Of many workbooks there are too many warnings to print: they are in the results.
    shown = functools.partial(problems, warnings=not options.output, differences=differences)
    # On a terminal, what is printed must not run into the bar.
    prints = (options.json or not options.output) and sys.stdout.isatty()
    tally, is_interrupted = Tally(), False
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(each) for each in outputs]
        executor, workers = None, options.workers
        if options.dask:
            from calculator.executors import dask_executor

            executor, workers = stack.enter_context(dask_executor(options.dask))
        if parts:
            parts.prepare()
        progress = stack.enter_context(Progress(len(files), "workbooks", quiet=options.quiet))
        chunks = evaluate_chunks(files, evaluation, executor, workers)
        with contextlib.closing(chunks):
            try:
                for report in itertools.chain.from_iterable(chunks):
                    for line in shown(report):
                        progress.clear()
                        print(line, file=sys.stderr)
                    if prints:
                        progress.clear()
                    with uninterrupted():
                        for output in opened:
                            output.add(report)
                        tally.add(report)
                    progress.step()
            except KeyboardInterrupt:
                is_interrupted = True
    if is_interrupted:
        of_all = f"interrupted after {tally.workbooks:,} of {len(files):,} workbooks"
        print(f"{PROGRAM}: {of_all}; what was done is kept", file=sys.stderr)
    if not options.quiet:
        sys.stdout.flush()
        print(tally, file=sys.stderr)
    if is_interrupted:
        return 130
    return 1 if any(tally.counts[name] for name in options.fail_on) else 0


def _is_plan(path: str) -> bool:
    from calculator.workbook.reader import read_workbook

    try:
        read_workbook(path)
    except WorkbookError:
        return False
    return True


def _sweep(options: argparse.Namespace) -> int:
    from calculator.progress import Progress
    from calculator.scenarios import sweep_file

    with (
        _workers(options) as (executor, workers),
        Progress(None, "scenarios", quiet=options.quiet) as progress,
    ):
        rows, faulty = sweep_file(
            options.scenarios,
            _for_workers(options, options.output),
            model=options.model,
            catalog=_given_catalog(options),
            executor=executor,
            workers=workers,
            progress=progress.step,
        )
    plural = "" if rows == 1 else "s"
    print(f"wrote {options.output}: {rows:,} scenario{plural}, {faulty:,} with a fault")
    if faulty:
        _warn("column check says what is wrong with those that have a fault")
    return 1 if faulty else 0


@contextlib.contextmanager
def _workers(options: argparse.Namespace) -> Iterator[tuple[Executor | None, int]]:
    """What evaluates scenarios: a cluster, processes, or for few of them none."""
    from calculator.executors import cores, dask_executor

    if options.dask:
        with dask_executor(options.dask) as found:
            yield found
        return
    there = os.path.isfile(options.scenarios)
    few = there and os.path.getsize(options.scenarios) < _LARGE
    yield None, options.workers or (1 if few else cores())


def _convert(options: argparse.Namespace) -> int:
    from calculator.convert import convert_workbook
    from calculator.model.engine import MAIN_TOTALS
    from calculator.results.terminal import print_table

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
    print_table(pd.DataFrame(rows, dtype=object))
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

    from calculator.results.terminal import print_table

    table = pd.DataFrame(map(dataclasses.asdict, types), dtype=object).drop(columns="source")
    table = table.dropna(axis="columns", how="all")
    yes_no = {True: "yes", False: "no"}
    for name in ("bare_metal", "trunk_compatible"):
        if name in table:
            table[name] = table[name].map(yes_no)
    print_table(table)
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
    evaluate.set_defaults(run=_evaluate, recalculate=None)

    verify = commands.add_parser("verify", help="check every formula and value of workbooks")
    _batch_options(verify)
    verify.add_argument(
        "--recalculate",
        choices=("ironcalc", "libreoffice"),
        help="check the values that this engine gives to the file's own formulas, too",
    )
    verify.set_defaults(run=_verify, output=None)

    sweep = commands.add_parser("sweep", help="evaluate many scenarios, a row each, in one pass")
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


def _batch_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="workbooks, folders, globs, and URLs such as s3://bucket/plans/**/*.xlsx",
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    listed = ",".join(_FAIL_ON)
    parser.add_argument(
        "--fail-on",
        type=_failures,
        default=_FAIL_ON,
        metavar="WHAT,…",
        help=f"what makes the exit status 1: any of {', '.join(_FAILURES)}, or none ({listed})",
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
        if name not in _FAILURES:
            listed = ", ".join(_FAILURES)
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


def _for_workers(options: argparse.Namespace, path: str) -> str:
    """A path as whoever does the work understands it."""
    from calculator.files import absolute

    return absolute(path) if options.dask else path


def _given_catalog(options: argparse.Namespace) -> Catalog | None:
    from calculator.catalog import load_catalog

    return load_catalog(options.catalog) if options.catalog else None


def _catalog(options: argparse.Namespace) -> Catalog:
    from calculator.catalog import load_catalog

    return load_catalog(options.catalog, model=options.model)


# --- what is said --------------------------------------------------------------------------------


def _warn(message: str) -> None:
    print(f"{PROGRAM}: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
