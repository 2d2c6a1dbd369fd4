"""What worker processes do in tests; little is imported, since each worker imports it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from calculator.batch import Chunk, Evaluation
from calculator.executors import is_stopped
from calculator.report import WorkbookReport


def die_unless(marker: str) -> str:
    """End this process at once, as the kernel does for want of memory, but only once.

    marker: a file that is made then; with none, it happens every time.
    """
    if not os.path.exists(marker):
        if marker:
            Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return marker


def of_sigint(_: object) -> tuple[int, bool]:
    """This process, and whether Ctrl-C does nothing to it."""
    return os.getpid(), signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@dataclass(frozen=True)
class Deadly(Evaluation):
    """An evaluation that ends its worker over some files.

    deadly: files whose name has this in it.
    marker: as for :func:`die_unless`.
    """

    deadly: str = "deadly"
    marker: str = ""

    def __call__(self, chunk: Chunk) -> list[WorkbookReport]:
        if any(self.deadly in each for each in chunk.files):
            die_unless(self.marker)
        return super().__call__(chunk)


@dataclass(frozen=True)
class Failing(Evaluation):
    """An evaluation that fails over some files, as it never should."""

    def __call__(self, chunk: Chunk) -> list[WorkbookReport]:
        if any("odd" in each for each in chunk.files):
            raise ZeroDivisionError("what nobody thought of")
        return super().__call__(chunk)


def until_stopped(marker: str) -> str:
    """Work on until this process is told to stop; the marker says that it began."""
    Path(marker).touch()
    for _ in range(6_000):
        if is_stopped():
            return "stopped"
        time.sleep(0.005)
    return "never stopped"
