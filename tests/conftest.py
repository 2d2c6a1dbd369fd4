"""What several test modules share: the figures of tests/data and a place for files to read."""

import csv
import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data"
SHARED = Path(__file__).parents[2] / "shared" / "data"


def _records(file: str) -> list[dict[str, str]]:
    with open(DATA / file, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """Where every program must be there, as in CI, a test that skips for want of one has failed."""
    report = yield
    if report.skipped and os.environ.get("EKS_SUBNET_CALC_ALL_PROGRAMS"):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        if "not installed" in reason:
            report.outcome, report.longrepr = "failed", f"it must not skip here: {reason}"
    return report
