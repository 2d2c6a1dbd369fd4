"""What several test modules share: the figures of tests/data and a place for files to read."""

import csv
import gc
import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

#: For long runs by hand: ``python -m pytest -m thorough --hypothesis-profile thorough``.
settings.register_profile("thorough", max_examples=1_000, deadline=None)
#: On a busy machine an example may take long, which says nothing of what it tries.
settings.register_profile("usual", deadline=None)
settings.load_profile("usual")

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[2] / "shared" / "data"


def _records(file: str) -> list[dict[str, str]]:
    with open(DATA / file, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def pytest_collection_finish() -> None:
    """Keep the garbage collector from going through all that was imported, over and over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def any_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prints as into a pipe: pytest's workers are told the width of the terminal."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(scope="session")
def ipamd_cases() -> list[dict[str, int]]:
    """States of a node that ipamd's own decision code settled at."""
    records = _records("ipamd_cases.csv")
    return [{name: int(value) for name, value in record.items()} for record in records]


@pytest.fixture(scope="session")
def docs_of() -> Callable[[str], list[dict[str, str]]]:
    """The rows of an example table of the documentation, by its file."""
    return _records


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of published figures beside the checkout; skips the test without it."""
    if not SHARED.is_dir():
        pytest.skip("the published figures are not beside this checkout")
    return SHARED


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Makes a file ``input.csv`` with that content."""

    def make(content: str | bytes) -> Path:
        path = tmp_path / "input.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


#: What a reason to skip says of a program that CI installs, or of figures that CI has.
_MUST_BE_THERE = ("not installed", "not beside this checkout")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Where everything must be there, as in CI, a test that skips for want of it has failed."""
    report = yield
    return _failed_for_want(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """The same for a module that skips as a whole."""
    report = yield
    return _failed_for_want(report)


def _failed_for_want(report: Any) -> Any:
    if report.skipped and os.environ.get("EKS_SUBNET_CALC_ALL_PROGRAMS"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if any(words in reason for words in _MUST_BE_THERE):
            report.outcome, report.longrepr = "failed", f"it must not skip here: {reason}"
    return report
