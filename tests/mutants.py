"""Mutation tests: small changes of a module, each of which some test should find.

    python -m tests.mutants calculator/parity/comparison.py calculator/verify.py --sample 40

Each change is made in a process of its own, forked from one that has imported the libraries, and
the tests of the module that run the changed statement are run until one fails, those that failed
before first, then the shortest. What no test finds is printed with its line. Exit status 1 if more
than ``--survivors`` percent of the changes are found by none, those of UNSEEN aside.

A test that opens a template or a sample workbook counts for nothing: these files are made by the
program itself, and are made anew after a change. LibreOffice is only used where
``MUTANTS_LIBREOFFICE`` is set, since it takes most of the time and finds next to nothing more.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import contextlib
import importlib
import importlib.machinery
import importlib.util
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from tests.changes import Mutant, is_docstring, mutants
from tests.unseen import UNSEEN

ROOT = Path(__file__).parents[1]
MADE = tuple(str(ROOT / each) + os.sep for each in ("templates", "sample_workbooks"))
LIBRARIES = [
    *("fsspec", "hypothesis", "ironcalc", "jsonschema", "numpy", "openpyxl", "pandas", "tqdm"),
    *("xlsxwriter", "xml.etree.ElementTree"),
]

#: What a process may take [bytes]; LibreOffice and IronCalc reserve much and use little.
_MOST_MEMORY = 4 << 30
_FILES = [
    *("tests/parity/test_comparison.py", "tests/test_verify.py", "tests/test_edits.py"),
    *("tests/parity/test_causes.py", "tests/parity/test_causes_of_typed_findings.py"),
    *("tests/test_report.py", "tests/workbook/test_finder.py", "tests/parity/test_lost_tables.py"),
]
_OF_CAUSES = ("as_one", "exchanged", "moved", "precedents", "recorded", "together")
_CAUSES = [*_FILES, *(f"tests/parity/test_{each}.py" for each in _OF_CAUSES)]
_TEXTS = [
    *("tests/xlsx/test_formula_text.py", "tests/test_description.py"),
    "tests/test_fingerprints.py",
]
_READER = [
    *("tests/workbook/test_reader.py", "tests/workbook/test_finder.py", "tests/test_edits.py"),
    "tests/workbook/test_elsewhere.py",
]
_LOOKS = [
    *("tests/workbook/test_{name}.py", "tests/workbook/test_looks.py", "tests/test_edits.py"),
    *("tests/test_verify.py", "tests/parity/test_causes.py", "tests/parity/test_moved.py"),
    "tests/test_fingerprints.py",
]
_GATE = [f"tests/test_{each}.py" for each in ("gate", "baseline", "followers", "measures")]
#: The tests of a module, or of all in a folder; the longest that fits is taken.
TESTS = {
    "calculator/": ["tests/test_{name}.py"],
    "calculator/answers/": ["tests/answers"],
    "calculator/baseline.py": _GATE,
    "calculator/parity/": ["tests/parity/test_{name}.py", "tests/test_edits.py"],
    "calculator/parity/comparison.py": _FILES,
    "calculator/parity/lost_tables.py": _FILES,
    **{f"calculator/parity/{each}.py": _CAUSES for each in ("causes", "neighbours", *_OF_CAUSES)},
    **{
        f"calculator/parity/{each}.py": [
            *("tests/parity/test_{name}.py", "tests/parity/test_data_sheets.py"),
            *_FILES,
        ]
        for each in ("data_causes", "data_sheets", "data_tables", "left_behind", "lists_of_types")
    },
    "calculator/evaluation.py": _FILES,
    "calculator/followers.py": _GATE,
    "calculator/gate.py": _GATE,
    "calculator/measures.py": _GATE,
    "calculator/model/": ["tests/model", "tests/workbook/test_style.py", "tests/test_engines.py"],
    "calculator/model/ranges.py": ["tests/model", "tests/test_engines.py", "tests/answers"],
    "calculator/report.py": [*_FILES, "tests/results"],
    "calculator/results/": ["tests/results"],
    "calculator/verify.py": [
        *(*_FILES, "tests/workbook/test_drawings.py", "tests/workbook/test_looks.py"),
        "tests/workbook/test_calculated_columns.py",
    ],
    "calculator/workbook/": ["tests/workbook/test_{name}.py", "tests/workbook/test_writer.py"],
    **{
        f"calculator/workbook/{each}.py": _LOOKS
        for each in ("looks", "rules", "validations", "widths", "drawings", "heads")
    },
    "calculator/workbook/filled_in.py": _READER,
    "calculator/workbook/data_places.py": ["tests/workbook/test_data_places.py", *_READER],
    "calculator/workbook/finder.py": _READER,
    "calculator/workbook/places.py": ["tests/workbook/test_places.py", *_READER],
    "calculator/workbook/reader.py": _READER,
    "calculator/workbook/reading.py": [*_READER, "tests/test_verify.py"],
    "calculator/xlsx/": ["tests/xlsx/test_{name}.py", "tests/xlsx/test_package.py"],
    "calculator/xlsx/formula.py": ["tests/xlsx/test_formula.py", "tests/xlsx/test_formula_text.py"],
    "calculator/xlsx/formula_text.py": _TEXTS,
    "calculator/xlsx/tree.py": [
        f"tests/xlsx/test_{each}.py" for each in ("tree", "charts", "shapes")
    ],
    "calculator/xlsx/shapes.py": ["tests/xlsx/test_shapes.py", "tests/workbook/test_drawings.py"],
}


# --- the tests that run a statement ---------------------------------------------------------------


def _watched(module: str) -> Any:
    """The code of a module, where each statement of a function notes that it was run."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    blocks: dict[int, list[ast.stmt]] = {}
    for function in functions:
        for node in ast.walk(function):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and not isinstance(node, ast.ClassDef):
                    blocks[id(block)] = block
    for block in blocks.values():
        noted: list[ast.stmt] = []
        for each in block:
            if not is_docstring(each):
                note = f"__ran__.add('{module}:{each.lineno}')"
                noted.append(ast.parse(note).body[0])
            noted.append(each)
        block[:] = noted
    return compile(ast.fix_missing_locations(tree), str(ROOT / module), "exec")


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, code: Any) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> Any:
        return self._code


class _Finder:
    """Finds some modules, with a code of their own."""

    def __init__(self, codes: Mapping[str, Any]) -> None:
        self._codes = {
            module.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): (module, code)
            for module, code in codes.items()
        }

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in self._codes:
            return None
        module, code = self._codes[name]
        file = str(ROOT / module)
        return importlib.util.spec_from_file_location(name, file, loader=_Loader(name, file, code))


class _Watch:
    """What a run of pytest tells: of each test its time and statements, and what failed.

    chosen: the tests to run, in this order, and how long each takes without a change [s]; by
        default all as they come, and are watched.
    """

    def __init__(self, chosen: Mapping[str, float] | None) -> None:
        self.chosen = chosen
        self.failed: list[str] = []
        self.ran: dict[str, list[str]] = {}
        self.set_up: dict[str, list[str]] = {}
        self.at_import: list[str] = []
        self.seconds: dict[str, float] = {}
        self.opens_made: list[str] = []
        self._opened = False
        self._lines: set[str] = set()
        if chosen is None:
            builtins.__ran__ = self._lines  # type: ignore[attr-defined]
            sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: Any) -> None:
        if event == "open" and str(arguments[0]).startswith(MADE):
            self._opened = True

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        self.at_import = sorted(self._lines)
        if self.chosen is not None:
            order = {name: at for at, name in enumerate(self.chosen)}
            items[:] = [each for each in items if each.nodeid in order]
            items.sort(key=lambda each: order[each.nodeid])

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Generator[None, Any, Any]:
        self._lines.clear()
        self._opened, start = False, time.monotonic()
        if self.chosen is not None:
            signal.alarm(20 + 10 * ceil(self.chosen[item.nodeid]))  # ends the process
        result = yield
        self.seconds[item.nodeid] = time.monotonic() - start
        self.ran[item.nodeid] = sorted(self._lines)
        if self._opened:
            self.opens_made.append(item.nodeid)
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: Any) -> Generator[None, Any, Any]:
        result = yield
        file = _file(item.nodeid)  # whose other tests may look at what was set up here
        self.set_up[file] = sorted({*self.set_up.get(file, ()), *self._lines})
        return result

    def pytest_collectreport(self, report: Any) -> None:
        self.pytest_runtest_logreport(report)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def _in_child(
    codes: Mapping[str, Any], tests: Sequence[str], chosen: Mapping[str, float] | None
) -> Any:
    """What a run of tests with other code of some modules gives."""
    temporary = tempfile.mkdtemp(prefix="mutants-")
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            os.setsid()
            with open(Path(temporary, "output"), "wb") as output:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
            answer = _run(codes, tests, chosen, temporary)
            with os.fdopen(writing, "w") as stream:
                json.dump(answer, stream)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    try:
        told = b"".join(iter(partial(os.read, reading, 1 << 16), b""))
        return json.loads(told) if told else {"failed": ["it ends, or hangs, or needs too much"]}
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        shutil.rmtree(temporary, ignore_errors=True)


def _run(
    codes: Mapping[str, Any],
    tests: Sequence[str],
    chosen: Mapping[str, float] | None,
    temporary: str,
) -> Any:
    import hypothesis

    if chosen is not None:
        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    hypothesis.settings.register_profile("mutants", database=None, derandomize=True)
    hypothesis.settings.load_profile("mutants")
    which = shutil.which
    if not os.environ.get("MUTANTS_LIBREOFFICE"):
        shutil.which = lambda name, *more: None if "office" in name else which(name, *more)
    tempfile.tempdir = temporary
    watch = _Watch(chosen)
    sys.meta_path.insert(0, _Finder(codes))  # type: ignore[arg-type]
    options = ["-q", "-p", "no:cacheprovider", "--assert=plain", f"--basetemp={temporary}/tests"]
    options += ["-o", "addopts=--import-mode=importlib", *(["-x"] if chosen is not None else [])]
    status = pytest.main([*options, *tests], plugins=[watch])
    if status and not watch.failed:
        watch.failed.append(f"pytest ended with {status!r}")
    told = ("failed", "ran", "set_up", "at_import", "seconds", "opens_made")
    return {name: getattr(watch, name) for name in (told if chosen is None else told[:1])}


def _file(test: str) -> str:
    return test.partition("::")[0]


# --- the whole ------------------------------------------------------------------------------------


@dataclass
class Result:
    """What became of the changes of a module; those of UNSEEN are ``explained``, and not tried."""

    killed: int = 0
    explained: int = 0
    survivors: list[Mutant] = field(default_factory=list)


def files_of(module: str) -> list[str]:
    """The test files of a module."""
    longest = max((each for each in TESTS if module.startswith(each)), key=len)
    names = [each.format(name=Path(module).stem) for each in TESTS[longest]]
    return list(dict.fromkeys(each for each in names if (ROOT / each).exists()))


@dataclass
class Known:
    """The tests of some modules: how long each takes, and the statements that it runs.

    everywhere: the statements that run when the tests are imported.
    """

    seconds: dict[str, float]
    ran: dict[str, set[str]]
    everywhere: set[str]

    @classmethod
    def of(cls, modules: Sequence[str], tests: Sequence[str]) -> Known:
        """Run the tests of some modules once."""
        told = _in_child({each: _watched(each) for each in modules}, tests, None)
        if not told.get("ran"):
            raise SystemExit(f"{', '.join(tests)} cannot be run: {told['failed']}")
        for each in told["failed"]:
            print(f"  {each} fails without a change, and is left out", file=sys.stderr)
        useless = {*told["failed"], *told["opens_made"]}
        seconds = {name: time for name, time in told["seconds"].items() if name not in useless}
        ran = {name: {*told["ran"][name], *told["set_up"].get(_file(name), ())} for name in seconds}
        print(
            f"{len(seconds)} tests, {sum(seconds.values()):.0f} s: {', '.join(tests)}", flush=True
        )
        return cls(seconds, ran, {*told["at_import"]})

    def chosen(self, module: str, mutant: Mutant, killers: Sequence[str]) -> list[str]:
        """The tests that run the changed statement, those first that are likely to fail soon."""
        where = {f"{module}:{line}" for line in mutant.ran}
        everywhere = 0 in mutant.ran or not where.isdisjoint(self.everywhere)
        chosen = [
            name for name in self.seconds if everywhere or not where.isdisjoint(self.ran[name])
        ]
        # The tests of a file together, for they share what is slow to make.
        of_file: dict[str, float] = {}
        for name in chosen:
            of_file[_file(name)] = of_file.get(_file(name), 0) + self.seconds[name]
        first = {name: at for at, name in enumerate(killers)}

        def order(name: str) -> tuple[int, float, str, float]:
            file = _file(name)
            return first.get(name, len(first)), of_file[file], file, self.seconds[name]

        return sorted(chosen, key=order)


def run(module: str, known: Known, sample: int | None, seed: int) -> Result:
    """Try changes of a module, all or a sample of them, and print what no test finds."""
    source = (ROOT / module).read_text(encoding="utf-8")
    every = mutants(source)[1]
    if sample is not None and sample < len(every):
        every = random.Random(seed).sample(every, sample)
        every.sort(key=lambda each: each.line)
    result, killers = Result(), list[str]()
    reasons = UNSEEN.get(module, {})
    for mutant in every:
        if (mutant.text, mutant.change) in reasons or (mutant.text, "*") in reasons:
            result.explained += 1
            continue
        chosen = known.chosen(module, mutant, killers)
        killer = _killer(module, source, mutant, chosen, known) if chosen else None
        if killer is not None:
            result.killed += 1
            if killer in known.seconds:
                killers = [killer, *(each for each in killers if each != killer)][:12]
            continue
        result.survivors.append(mutant)
        print(f"  {module}:{mutant.line}: {mutant.text}\n      {mutant.change}")
        print(f"      found by none of {len(chosen)} tests", flush=True)
    tried = len(every) - result.explained
    print(
        f"{module}: {tried} tried, {result.killed} killed, {len(result.survivors)} survive "
        f"({100 * result.killed / max(tried, 1):.1f} %), {result.explained} explained",
        flush=True,
    )
    return result


def _killer(
    module: str, source: str, mutant: Mutant, chosen: Sequence[str], known: Known
) -> str | None:
    """The test that fails, or another reason why the change is found; None if it is not."""
    tree, every = mutants(source)  # anew: a change is made in the tree
    next(each for each in every if each == mutant).apply()
    try:
        code = compile(tree, str(ROOT / module), "exec")
    except (SyntaxError, ValueError, TypeError):
        return "it cannot be compiled"
    files = list(dict.fromkeys(map(_file, chosen)))
    answer = _in_child({module: code}, files, {name: known.seconds[name] for name in chosen})
    return answer["failed"][0] if answer["failed"] else None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Mutation tests.")
    parser.add_argument("modules", nargs="+", help="such as calculator/parity/comparison.py")
    parser.add_argument("--sample", type=int, help="so many changes of each; by default all")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--tests", nargs="*", default=[], help="instead of those of TESTS")
    parser.add_argument("--survivors", type=float, default=5.0, help="percent that may survive")
    options = parser.parse_args(arguments)
    os.chdir(ROOT)
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    alike: dict[tuple[str, ...], list[str]] = {}
    for module in options.modules:
        alike.setdefault(tuple(options.tests or files_of(module)), []).append(module)
    killed = survivors = 0
    for tests, modules in alike.items():
        known = Known.of(modules, tests)
        for module in modules:
            result = run(module, known, options.sample, options.seed)
            killed, survivors = killed + result.killed, survivors + len(result.survivors)
    return int(survivors * 100 > options.survivors * max(killed + survivors, 1))


if __name__ == "__main__":
    sys.exit(main())
