"""The command line: one short function a command, which parses, calls one function and prints.

Heavy modules are imported by the command that needs them, so that help is there at once. Results
go to stdout, problems to stderr. Exit status: 0 all is well; 1 what ``--fail-on`` names; 2 wrong
usage, or nothing to read.
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING

from calculator.errors import CalculatorError, InputError, WorkbookError
from calculator.extras import PROGRAM
from calculator.options import ANSWERS, parser_of
from calculator.plan import PLAN_INPUTS, Plan
from calculator.results.console import printable

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from calculator.catalog import Catalog
    from calculator.files import Found
    from calculator.gate import Gate
    from calculator.results.outputs import Output, Parts
    from calculator.results.tally import Tally

__all__ = ["main"]

#: The exit status of a program that is ended by a closed pipe.
_SIGPIPE = 141
#: Scenarios that are worth the start of other processes [bytes].
_LARGE = 10 << 20


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    # Whatever this terminal cannot show, in help or in a file's name, is shown as a code.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        options = parser_of(_COMMANDS).parse_args(arguments)
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_: _warn(str(message))
            status: int = options.run(options)
        sys.stdout.flush()
        return status
    except WorkbookError as error:
        _warn(str(error))
        return 1
    except CalculatorError as error:
        _warn(str(error))
        return 2
    except KeyboardInterrupt:
        _warn("interrupted")
        return 130
    except BrokenPipeError:
        # Whoever read our output has had enough of it, as `head` does; what was not said may fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _SIGPIPE
    except OSError as error:
        # What is written into files is an InputError by now.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _warn(f"the output cannot be written: {error.strerror or error}")
        return 2


def _warn(message: str) -> None:
    # What an error lists stands in lines of its own, further in; no text of others begins a line.
    lines = f"{PROGRAM}: {message}".split("\n  ")
    print("\n  ".join(map(printable, lines)), file=sys.stderr)


# --- commands -------------------------------------------------------------------------------------


def _new(options: argparse.Namespace) -> int:
    from calculator.results.terminal import advice, lines_of
    from calculator.workbook.writer import write_workbook

    given = {name: getattr(options, name) for name in PLAN_INPUTS}
    settings = {name: value for name, value in given.items() if value is not None}
    findings = write_workbook(
        options.workbook,
        Plan(node_groups=options.node or (), **settings),
        model=options.model,
        rows=options.rows,
        catalog=_catalog(options),
        overwrite=options.force,
        strict=options.strict,
    )
    print(f"wrote {printable(options.workbook)}")
    to_do = advice({each.code for each in findings})
    for line in (*lines_of(options.workbook, findings, everything=True), *to_do):
        print(line, file=sys.stderr)
    return 1 if any(each.severity == "fault" for each in findings) else 0


def _evaluate(options: argparse.Namespace) -> int:
    from calculator.results.terminal import table_on_stdout

    table = None
    if options.by_sheet or not options.output:
        table = table_on_stdout(by_sheet=options.by_sheet)
    # Of many workbooks there are too many warnings to print: they are in the results.
    return _run(options, table, warnings=not options.output)


def _verify(options: argparse.Namespace) -> int:
    from calculator.results.terminal import verdicts

    said = verdicts(engine=options.recalculate, everything=options.all, only_remarks=options.quiet)
    return _run(options, said, differences=options.json)


def _gate(options: argparse.Namespace) -> Gate:
    """What counts of all that is found."""
    from calculator.baseline import read_baseline
    from calculator.gate import Gate

    update = options.update_baseline
    if update and not options.baseline:
        raise InputError("--update-baseline: there is none to write; name it with --baseline")
    baseline = options.baseline and read_baseline(options.baseline, may_be_missing=update)
    return Gate(options.fail_on, baseline or None, options.configuration, update=update)


def _outputs(
    options: argparse.Namespace, gate: Gate
) -> tuple[list[AbstractContextManager[Output]], Parts | None]:
    """Where all results go that are kept: into files, or in parts into a folder."""
    from calculator.files import is_folder
    from calculator.results.outputs import Parts, open_output
    from calculator.results.terminal import json_on_stdout

    paths = list(dict.fromkeys(options.output or ()))
    if options.details and not paths:
        raise InputError("--details go where the results go; name it with --output")
    kept = options.baseline and os.path.abspath(options.baseline)
    for each in paths:
        if os.path.abspath(each) == kept:
            raise InputError(f"{each}: the results cannot go into the baseline")
    folders = [each for each in paths if is_folder(each)]
    if len(folders) > 1:
        raise InputError(f"found {' and '.join(folders)}; one folder for the results is expected")
    files = [each for each in paths if each not in folders]
    outputs = [open_output(each, details=options.details, gate=gate) for each in files]
    if options.json:
        outputs.append(json_on_stdout())
    parts = None
    if folders:
        send_all = bool(outputs)
        parts = Parts(_for_workers(options, folders[0]), options.details, send_all=send_all)
    return outputs, parts


def _run(
    options: argparse.Namespace,
    printed: AbstractContextManager[Output] | None,
    *,
    warnings: bool = True,
    differences: bool = True,
) -> int:
    """Evaluate workbooks and give each report to the outputs; returns the exit status.

    What is done when somebody interrupts it is kept.

    Parameters
    ----------
    printed: prints what counts of each report, unless another format was asked for.
    warnings, differences: whether these are printed as problems.
    """
    from calculator.batch import Evaluation, evaluate_chunks
    from calculator.executors import uninterrupted
    from calculator.gate import what_counts
    from calculator.progress import Progress
    from calculator.results.github import annotations_on_stdout
    from calculator.results.tally import Tally
    from calculator.results.terminal import advice, problems

    gate = _gate(options)
    outputs, parts = _outputs(options, gate)
    is_github = options.format == "github" and not options.json
    if is_github:
        printed = annotations_on_stdout(gate)
    elif options.json:
        printed = None
    found = _workbooks(options)
    cache = options.cache and _for_workers(options, options.cache)
    evaluation = Evaluation(_given_catalog(options), options.recalculate, cache, parts)
    shown = functools.partial(
        problems, warnings=warnings, differences=differences, everything=options.all
    )
    tally, told, is_interrupted = Tally(found.lock_files), set[str](), False
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(each) for each in outputs]
        printer = stack.enter_context(printed) if printed else None
        executor, workers = stack.enter_context(_workers(options))
        if parts:
            parts.prepare()
        progress = Progress(len(found.files), "workbooks", quiet=options.quiet)
        stack.enter_context(progress)
        chunks = evaluate_chunks(found.files, evaluation, executor, workers)
        stack.enter_context(contextlib.closing(chunks))
        # On a terminal, what is printed must not run into the bar.
        prints = sys.stdout.isatty() and (options.json or is_github or options.command == "verify")
        try:
            for report in itertools.chain.from_iterable(chunks):
                marked, judged = gate.marked(report)
                failing = [each.issue.finding for each in judged if each.fails]
                told.update(each.issue.code for each in judged if each.counts)
                for line in () if is_github else shown(what_counts(marked), failing=failing):
                    progress.clear()
                    print(line, file=sys.stderr)
                if prints:
                    progress.clear()
                with uninterrupted():
                    for output in opened:
                        output.add(marked)
                    if printer is not None:
                        printer.add(marked)
                    tally.add(report, judged)
                progress.step()
            gate.finish()
        except KeyboardInterrupt:
            is_interrupted = True
    if is_interrupted:
        of_all = f"{tally.workbooks:,} of {len(found.files):,} workbooks"
        _warn(f"interrupted after {of_all}; what was done is kept")
    else:
        told |= _tell_of_gate(gate, tally, is_github=is_github)
    if not options.quiet:
        sys.stdout.flush()
        for line in () if is_github else advice(told, warnings=warnings):
            print(line, file=sys.stderr)
        print(tally, file=sys.stderr)
    if is_interrupted:
        return 130
    return 1 if tally.has_any(options.fail_on) else 0


def _tell_of_gate(gate: Gate, tally: Tally, *, is_github: bool) -> set[str]:
    """Say what of the baseline is gone, and of the suppressions is out of date; its codes."""
    if gate.is_updating and gate.baseline:
        print(printable(f"wrote {gate.baseline.path}: {gate.accepted}"), file=sys.stderr)
    for line in gate.gone():
        print(printable(line), file=sys.stderr)
    remarks = gate.remarks()
    if remarks is None:
        return set()
    codes = {each.code for each in remarks.findings}
    tally.counts.update(codes | {"warnings"})
    for each in () if is_github else remarks.findings:
        print(printable(f"warning: {each.line(remarks.file)}"), file=sys.stderr)
    return codes


def _workbooks(options: argparse.Namespace) -> Found:
    """The workbooks to evaluate; the results of an earlier run are not among them."""
    from calculator.files import find_workbooks, same_file

    found = find_workbooks([_for_workers(options, each) for each in options.paths])
    for output in options.output or ():
        named = any(same_file(output, each) for each in options.paths)
        others = tuple(each for each in found.files if not same_file(output, each))
        if named or (len(others) < len(found.files) and _is_plan(output)):
            raise InputError(f"{output}: the results cannot go into what is evaluated")
        if output.lower().endswith(".xlsx") and os.path.isfile(output) and _is_plan(output):
            raise InputError(f"{output}: it holds a plan; name another file for the results")
        found = replace(found, files=others)
    return found


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
    from calculator.results.terminal import moved, print_comparison

    before, after = convert_workbook(
        options.workbook,
        options.output,
        model=options.model,
        sheet=options.sheet,
        rows=options.rows,
        catalog=_given_catalog(options),
        overwrite=options.force,
    )
    print_comparison(before, after)
    print(f"wrote {printable(options.output)}")
    for line in moved(before, after):
        print(line, file=sys.stderr)
    return 0 if before.clean and after.clean else 1


def _text(options: argparse.Namespace) -> int:
    from calculator.description import describe
    from calculator.results.text import text_of, text_of_unreadable

    try:
        lines = text_of(describe(options.workbook))
    except WorkbookError as error:
        if not options.textconv:
            raise InputError(str(error)) from None
        # What holds no plan has changes, too, and git shows none if this fails.
        lines = text_of_unreadable(error)
    for line in lines:
        print(line)
    return 0


def _diff(options: argparse.Namespace) -> int:
    from calculator.description import describe
    from calculator.difference import changes
    from calculator.results.changes import print_changes, print_changes_as_json

    try:
        found = changes(describe(options.old), describe(options.new))
    except WorkbookError as error:
        raise InputError(str(error)) from None  # 1 would say that they differ
    if options.json:
        print_changes_as_json(options.old, options.new, found)
    else:
        print_changes(found, everything=options.all)
    return 1 if found else 0


def _list_catalog(options: argparse.Namespace) -> int:
    from calculator.results.terminal import print_types

    catalog = _catalog(options)
    types = catalog.like(options.filter or "")
    if not types:
        raise InputError(f'no instance type of {catalog.version} contains "{options.filter}"')
    print_types(types)
    return 0


def _answer(name: str, options: argparse.Namespace) -> int:
    from calculator.answers.commands import COMMANDS

    return COMMANDS[name](options)


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "new": _new,
    "evaluate": _evaluate,
    "verify": _verify,
    "sweep": _sweep,
    "convert": _convert,
    "diff": _diff,
    "text": _text,
    "catalog": _list_catalog,
    **{name: functools.partial(_answer, name) for name in ANSWERS},
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


if __name__ == "__main__":
    sys.exit(main())
