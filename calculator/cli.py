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
from typing import TYPE_CHECKING

from calculator.errors import CalculatorError, InputError, WorkbookError
from calculator.extras import PROGRAM
from calculator.options import parser_of
from calculator.plan import PLAN_INPUTS, Plan

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from calculator.catalog import Catalog
    from calculator.results.outputs import Output, Parts

__all__ = ["main"]

#: Scenarios that are worth the start of other processes [bytes].
_LARGE = 10 << 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    options = parser_of(_COMMANDS).parse_args(arguments)
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
    from calculator.progress import Progress
    from calculator.results.tally import Tally
    from calculator.results.terminal import problems

    files = _workbooks(options)
    cache = options.cache and _for_workers(options, options.cache)
    evaluation = Evaluation(_given_catalog(options), options.recalculate, cache, parts)
    # Of many workbooks there are too many warnings to print: they are in the results.
    shown = functools.partial(problems, warnings=not options.output, differences=differences)
    # On a terminal, what is printed must not run into the bar.
    prints = (options.json or not options.output) and sys.stdout.isatty()
    tally, is_interrupted = Tally(), False
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(each) for each in outputs]
        executor, workers = stack.enter_context(_workers(options))
        if parts:
            parts.prepare()
        progress = stack.enter_context(Progress(len(files), "workbooks", quiet=options.quiet))
        chunks = evaluate_chunks(files, evaluation, executor, workers)
        stack.enter_context(contextlib.closing(chunks))
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


def _workbooks(options: argparse.Namespace) -> list[str]:
    """The workbooks to evaluate; the results of an earlier run are not among them."""
    from calculator.files import find_workbooks, same_file

    output = options.output
    named = bool(output) and any(same_file(output, each) for each in options.paths)
    files = find_workbooks([_for_workers(options, each) for each in options.paths])
    others = [each for each in files if not same_file(output, each)] if output else files
    if named or (len(others) < len(files) and _is_plan(output)):
        raise InputError(f"{output}: the results cannot go into what is evaluated")
    return others


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
            workers=workers or _processes(options.scenarios),
            progress=progress.step,
        )
    plural = "" if rows == 1 else "s"
    print(f"wrote {options.output}: {rows:,} scenario{plural}, {faulty:,} with a fault")
    if faulty:
        _warn("column check says what is wrong with those that have a fault")
    return 1 if faulty else 0


def _processes(scenarios: str) -> int:
    """How many processes are worth their start."""
    from calculator.executors import cores

    few = os.path.isfile(scenarios) and os.path.getsize(scenarios) < _LARGE
    return 1 if few else cores()


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


_COMMANDS = {
    "new": _new,
    "evaluate": _evaluate,
    "verify": _verify,
    "sweep": _sweep,
    "convert": _convert,
    "catalog": _list_catalog,
}


# --- what several commands need -------------------------------------------------------------------


@contextlib.contextmanager
def _workers(options: argparse.Namespace) -> Iterator[tuple[Executor | None, int | None]]:
    """The cluster that was named, if any, and how many workers there are, if that is said."""
    if not options.dask:
        yield None, options.workers
        return
    from calculator.executors import dask_executor

    with dask_executor(options.dask) as found:
        yield found


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


def _warn(message: str) -> None:
    print(f"{PROGRAM}: {message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
