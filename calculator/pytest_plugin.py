"""Workbooks as tests of pytest: ``pytest --eks-workbooks plans/``, or the fixture ``eks_verify``.

A test is a check of a sheet. The rest of the program is imported when somebody asks for it: pytest
imports this module in each of its runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from calculator.gate import Gate
    from calculator.report import WorkbookReport
    from calculator.results.checks import Check


class _Run:
    """The configuration of a run, and its gate.

    Raises
    ------
    UsageError: when the configuration or the baseline cannot be used.
    """

    def __init__(self, config: pytest.Config) -> None:
        from calculator.baseline import read_baseline
        from calculator.catalog import load_catalog
        from calculator.configuration import find_configuration
        from calculator.gate import Gate
        from calculator.options import configured
        from calculator.results.standing import FAIL_ON

        found = find_configuration(str(config.rootpath))
        options = configured(found)
        path = config.getoption("eks_baseline") or options.get("baseline")
        baseline = read_baseline(path) if path else None
        self.gate: Gate = Gate(options.get("fail_on", FAIL_ON), baseline, found)
        self._catalog = load_catalog(options["catalog"]) if options.get("catalog") else None
        self._engine, self._cache = options.get("recalculate"), options.get("cache")

    def reports(self, paths: list[str]) -> Iterator[WorkbookReport]:
        """The report of each workbook, evaluated in this process."""
        from calculator.batch import evaluate_workbooks

        return evaluate_workbooks(
            paths, catalog=self._catalog, recalculate=self._engine, cache=self._cache, workers=1
        )


_RUN = pytest.StashKey[_Run]()


def _run_of(config: pytest.Config) -> _Run:
    if _RUN not in config.stash:
        config.stash[_RUN] = _asked(lambda: _Run(config))
    return config.stash[_RUN]


def _asked(ask: Callable[[], Any]) -> Any:
    from calculator.errors import InputError

    try:
        return ask()
    except InputError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what says which workbooks are tests."""
    group = parser.getgroup("eks-subnet-calc", "EKS subnet workbooks")
    group.addoption(
        "--eks-workbooks",
        action="append",
        default=[],
        metavar="PATH",
        help="verify these workbooks, a test a sheet and check: a file, folder, glob or URL; may "
        "be given many times",
    )
    group.addoption(
        "--eks-baseline", metavar="FILE.json", help="findings that are known, which fail no test"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add the tests of workbooks to those that were collected; -k and the like choose of all."""
    paths = config.getoption("eks_workbooks")
    if paths:
        from calculator.results.checks import checks_of

        run = _run_of(config)
        for report in _asked(lambda: list(run.reports(paths))):
            book = _Book.of(session, report)
            for check in checks_of(report, run.gate.judge(report)):
                items.append(_CheckItem.from_parent(book, name=str(check), check=check))
        if remarks := run.gate.remarks():
            book = _Book.of(session, remarks)
            for check in checks_of(remarks, run.gate.judge(remarks)):
                items.append(_CheckItem.from_parent(book, name="suppressions", check=check))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say what of the baseline is gone, and what of the suppressions is out of date."""
    if not config.getoption("eks_workbooks") or _RUN not in config.stash:
        return
    from calculator.results.console import printable

    gate = config.stash[_RUN].gate
    lines = list(gate.gone())
    if remarks := gate.remarks():
        lines += [f"warning: {each.line(remarks.file)}" for each in remarks.findings]
    if lines:
        terminalreporter.section("EKS workbooks")
        for line in lines:
            terminalreporter.line(printable(line))


@pytest.fixture(scope="session")
def eks_verify(pytestconfig: pytest.Config) -> Callable[[Any], WorkbookReport]:
    """Verifies a workbook: the test fails where it would fail on the command line.

    ``eks_verify(path)`` gives the report, of which a test may ask more.
    """
    from calculator.errors import InputError
    from calculator.results.checks import as_text

    run = _run_of(pytestconfig)

    def verify(path: Any) -> WorkbookReport:
        try:
            [report] = run.reports([str(path)])
        except InputError as error:
            pytest.fail(str(error), pytrace=False)
        failures = [each.issue for each in run.gate.judge(report) if each.fails]
        if failures:
            pytest.fail("\n\n".join(map(as_text, failures)), pytrace=False)
        return report

    return verify


class _Book(pytest.Collector):
    """A workbook, of which the tests are known."""

    @classmethod
    def of(cls, session: pytest.Session, report: WorkbookReport) -> _Book:
        from calculator.paths import shared_name
        from calculator.results.console import printable

        name = printable(shared_name(report.file, str(session.config.rootpath)))
        book: _Book = cls.from_parent(session, name=name, nodeid=name)
        return book

    def collect(self) -> list[pytest.Item]:
        return []


class _CheckItem(pytest.Item):
    """A check of a workbook as a test."""

    def __init__(self, *, check: Check, **more: Any) -> None:
        super().__init__(**more)
        self._check = check
        for line in check.remarks:
            self.add_report_section("call", "accepted", line)

    def runtest(self) -> None:
        """Fail where the check found what fails."""
        if failures := self._check.failures:
            from calculator.results.checks import as_text

            pytest.fail("\n\n".join(map(as_text, failures)), pytrace=False)

    def reportinfo(self) -> tuple[Any, None, str]:
        """What heads its failure."""
        return self.path, None, f"{self.parent.name if self.parent else ''}: {self.name}"
