"""Issues as GitHub's workflow commands, which it shows beside the files of a pull request."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from calculator.gate import Gate, Judged
from calculator.paths import repository, shared_name
from calculator.report import WorkbookReport
from calculator.results.console import printable

if TYPE_CHECKING:
    from calculator.results.outputs import Output

__all__ = ["annotations_on_stdout"]


@contextlib.contextmanager
def annotations_on_stdout(gate: Gate) -> Iterator[Output]:
    """Prints a line for each issue that counts: an error if it makes the run fail, or a warning."""
    output = _Annotations(gate)
    yield output
    if remarks := gate.remarks():
        output.add(remarks)


class _Annotations:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def add(self, report: WorkbookReport) -> None:
        for each in self._gate.judge(report):
            if each.counts:
                print(_command(each))
        sys.stdout.flush()


def _command(judged: Judged) -> str:
    issue = judged.issue
    file, title = (
        _property(printable(each)) for each in (shared_name(issue.file, repository()), issue.code)
    )
    words = "\n".join(filter(None, (printable(issue.words), issue.advice)))
    return f"::{judged.level} file={file},title={title}::{_data(words)}"


def _data(text: str) -> str:
    """The text of a command: what would end it, as its runner has it written."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
