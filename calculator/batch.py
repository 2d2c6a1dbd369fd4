"""Many workbooks: handed out in chunks to all cores or a cluster, evaluated a chunk at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from calculator.cache import Cache
from calculator.catalog import Catalog
from calculator.errors import FAILED, CalculatorError, WorkbookError
from calculator.executors import Processes, StoppedError, cores, in_order, is_stopped
from calculator.files import find_workbooks, is_of_this_process, read_contents
from calculator.report import WorkbookReport
from calculator.verify import judge, without_garbage_collection
from calculator.workbook.reader import read_workbook
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.package import Limits

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["Chunk", "Evaluation", "evaluate_chunks", "evaluate_workbooks"]

#: Workbooks that are held in memory and evaluated together.
_CHUNK = 64
#: Fewer workbooks than this are evaluated in this process, before another would have started.
_FEW = 256


def evaluate_workbooks(
    paths: Iterable[str | os.PathLike[str]],
    *,
    catalog: Catalog | None = None,
    recalculate: str | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    cache: str | os.PathLike[str] | None = None,
) -> Iterator[WorkbookReport]:
    """Evaluate and verify workbooks; one that cannot be read costs itself and no other.

    Many of them are handed out in chunks to other processes; as a script that starts processes
    must, it calls this under ``if __name__ == "__main__":``, or with ``workers=1``.

    Parameters
    ----------
    paths: files, folders, globs and URLs for fsspec.
    catalog, recalculate: as for :func:`calculator.verify_workbook`.
    executor: does the work, such as that of a Dask client; by default processes of this machine.
        One that breaks is replaced by those, with a warning.
    workers: how many chunks at a time it can work on; by default a process a core. With 1 and no
        executor, all is done in this process.
    cache: a folder in which reports are kept from one run to the next, by the file's content.

    Yields
    ------
    A report for each workbook, in order; its ``error`` says why a file could not be read.

    Raises
    ------
    InputError: when there is nothing to read, or no way to read it.
    """
    evaluation = Evaluation(catalog, recalculate, None if cache is None else os.fspath(cache))
    for reports in evaluate_chunks(find_workbooks(paths).files, evaluation, executor, workers):
        yield from reports


@dataclass(frozen=True)
class Chunk:
    """Some of the workbooks, in their order; `number` counts the chunks from 0."""

    number: int
    files: tuple[str, ...]


@dataclass(frozen=True)
class Evaluation:
    """What is done with each chunk, as a function that can be sent to where it is done.

    Parameters
    ----------
    catalog, recalculate, cache: as for :func:`evaluate_workbooks`.
    write: takes the number and the reports of a chunk to where they belong, and gives back what
        is left of them to be sent back.
    """

    catalog: Catalog | None = None
    recalculate: str | None = None
    cache: str | None = None
    write: Callable[[int, list[WorkbookReport]], list[WorkbookReport]] | None = None

    def __call__(self, chunk: Chunk) -> list[WorkbookReport]:
        """A report for each file of a chunk, in order."""
        with without_garbage_collection():
            reports = self._evaluate(chunk.files)
        return reports if self.write is None else self.write(chunk.number, reports)

    def _evaluate(self, files: Sequence[str]) -> list[WorkbookReport]:
        cache = Cache(self.cache, self.catalog, self.recalculate)
        reports: dict[str, WorkbookReport] = {}
        readings: list[WorkbookReading] = []
        contents: dict[str, bytes | OSError] = {}
        for file, content in read_contents(files, Limits().file):
            if is_stopped():
                raise StoppedError
            if (known := cache.find(file, content)) is not None:
                reports[file] = known
                continue
            try:
                readings.append(read_workbook(file, content))
                contents[file] = content
            except WorkbookError as error:
                reports[file] = WorkbookReport(file, error.message)
                if error.reason not in ("named-text", "lock-file"):  # as only its name says
                    cache.keep(content, reports[file])
        for report in judge(readings, self.catalog, self.recalculate):
            reports[report.file] = report
            if not report.error:  # an engine that failed may succeed on another day
                cache.keep(contents[report.file], report)
        return [reports[file] for file in files]

    def one_by_one(
        self, chunk: Chunk, evaluate: Callable[[Evaluation, Chunk], list[WorkbookReport]]
    ) -> list[WorkbookReport]:
        """A report for each file of a chunk that could not be done as a whole.

        Parameters
        ----------
        evaluate: does a chunk; what it raises for one file becomes that file's error.
        """
        alone = replace(self, write=None)
        reports = []
        for file in chunk.files:
            try:
                reports += evaluate(alone, Chunk(chunk.number, (file,)))
            except CalculatorError:
                raise
            except Exception as error:
                reports.append(WorkbookReport(file, _failure(error)))
        return reports if self.write is None else self.write(chunk.number, reports)


def _failure(error: Exception) -> str:
    """Why a worker could not do a file, in words."""
    if isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker":
        return "the process that evaluated it died each time; it may need more memory than there is"
    if isinstance(error, MemoryError):
        return "it needs more memory than there is"
    return f"{FAILED}: {type(error).__name__}: {error}"


def evaluate_chunks(
    files: Sequence[str],
    evaluation: Evaluation,
    executor: Executor | None = None,
    workers: int | None = None,
) -> Generator[list[WorkbookReport], None, None]:
    """Hand out files in chunks; yields the reports of each, in order.

    Parameters
    ----------
    executor, workers: as for :func:`evaluate_workbooks`.
    """
    here = workers == 1 or any(map(is_of_this_process, files))
    if executor is None and (here or (workers is None and len(files) < _FEW)):
        yield from _evaluated(files, evaluation, None, 1)
        return
    workers = workers or cores()
    with Processes(min(workers, cores()) if executor else workers, executor) as enduring:
        yield from _evaluated(files, evaluation, enduring, workers)


def _evaluated(
    files: Sequence[str], evaluation: Evaluation, executor: Executor | None, workers: int
) -> Iterator[list[WorkbookReport]]:
    # Small enough that no worker waits long for the last one.
    size = max(1, min(_CHUNK, len(files) // (4 * workers))) if executor else _CHUNK

    def alone(evaluation: Evaluation, chunk: Chunk) -> list[WorkbookReport]:
        if executor is None:
            return evaluation(chunk)
        try:
            return executor.submit(evaluation, chunk).result()
        except BrokenExecutor:
            # Another file may have been to blame, which was under way beside it.
            with Processes(1) as apart:
                return apart.submit(evaluation, chunk).result()

    return in_order(
        executor,
        evaluation,
        _chunks(files, size),
        2 * workers,
        after_failure=lambda chunk, _: evaluation.one_by_one(chunk, alone),
    )


def _chunks(files: Sequence[str], size: int) -> Iterator[Chunk]:
    for number, start in enumerate(range(0, len(files), size)):
        yield Chunk(number, tuple(files[start : start + size]))
