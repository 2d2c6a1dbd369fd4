"""Where results are written, by the name's ending: tables, reports, logs for machines; a folder.

Each output takes reports one by one and writes them as they come, so that memory stays flat.
"""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import IO, Any, Protocol

from calculator.csv_text import harmless
from calculator.errors import InputError
from calculator.extras import arrow, jinja
from calculator.files import prepare_folder, writing
from calculator.gate import Gate
from calculator.report import WorkbookReport
from calculator.results.as_json import Json
from calculator.results.console import printable
from calculator.results.junit import JUnit
from calculator.results.sarif import Sarif
from calculator.results.tables import DETAILS, SUMMARY, Table

__all__ = ["ENDINGS", "Output", "Parts", "open_output", "open_table"]

#: Rows that are held until they are written together.
_ROWS = 5_000
#: What is kept in memory of a page before it goes to the disk [bytes].
_IN_MEMORY = 32 << 20


class Output(Protocol):
    """Takes one report after the other."""

    def add(self, report: Any) -> None:
        """Write a report, or whatever else its table has rows of."""


def open_output(
    path: str, *, details: bool = False, gate: Gate | None = None
) -> AbstractContextManager[Output]:
    """The output that belongs to a file's ending.

    Parameters
    ----------
    path: a path or URL that ends in one of :data:`ENDINGS`.
    details: whether the tables of node groups and findings are written, too: as sheets of a
        workbook, as files beside the others. JSON holds them always.
    gate: judges what .sarif and .junit.xml tell of; the others hold everything.

    Raises
    ------
    InputError: for another ending; on leaving, when nothing can be written there.
    """
    name = os.path.basename(path).lower()
    ending = next((each for each in ENDINGS if name.endswith(each) and name != each), None)
    if ending is None:
        listed = ", ".join(ENDINGS)
        raise InputError(f"found {path}; a name ending in {listed} or a folder is expected")
    if ending in _JUDGED:
        return _judged(path, _JUDGED[ending], gate or Gate())
    return _OUTPUTS[ending](path, details)


def open_table(path: str, table: Table) -> AbstractContextManager[Output]:
    """An output of rows of another table than those of reports.

    Parameters
    ----------
    path: a path or URL that ends in .csv or .parquet.

    Raises
    ------
    InputError: for another ending; on leaving, when nothing can be written there.
    """
    if path.lower().endswith(".csv"):
        return _csv(path, table)
    if path.lower().endswith(".parquet"):
        return _parquet(path, table)
    raise InputError(f"found {path}; a name ending in .csv or .parquet is expected")


@contextlib.contextmanager
def _json(path: str, _: bool) -> Iterator[Output]:
    with writing(path) as partial_path, open(partial_path, "w", encoding="utf-8") as stream:
        output = Json(stream)
        yield output
        output.close()


class _Closing(Output, Protocol):
    def close(self) -> None: ...


@contextlib.contextmanager
def _judged(path: str, kind: Callable[[IO[str], Gate], _Closing], gate: Gate) -> Iterator[Output]:
    with writing(path) as partial_path, open(partial_path, "w", encoding="utf-8") as stream:
        output = kind(stream, gate)
        yield output
        output.close()


class _Csv:
    """A table in a CSV file."""

    def __init__(self, stream: IO[str], table: Table) -> None:
        self._rows = csv.writer(stream, lineterminator="\n")
        self._table = table
        self._rows.writerow(table.columns)

    def add(self, report: WorkbookReport) -> None:
        for row in self._table.rows(report):
            self._rows.writerow(
                [harmless(printable(each)) if type(each) is str else each for each in row]
            )


@contextlib.contextmanager
def _csv(path: str, table: Table) -> Iterator[Output]:
    with (
        writing(path) as partial_path,
        open(partial_path, "w", encoding="utf-8", errors="backslashreplace", newline="") as stream,
    ):
        yield _Csv(stream, table)


class _Parquet:
    """A table in a Parquet file."""

    def __init__(self, path: str, table: Table) -> None:
        pyarrow = arrow(path)
        types = {
            "count": pyarrow.int64(),
            "number": pyarrow.float64(),
            "flag": pyarrow.bool_(),
        }
        self._arrow = pyarrow
        self._table = table
        self._schema = pyarrow.schema(
            [(name, types.get(kind, pyarrow.string())) for name, kind in table.columns.items()]
        )
        self._writer = pyarrow.parquet.ParquetWriter(path, self._schema)
        self._rows: list[Sequence[Any]] = []

    def add(self, report: WorkbookReport) -> None:
        self._rows += self._table.rows(report)
        if len(self._rows) >= _ROWS:
            self._write()

    def _write(self) -> None:
        columns = list(zip(*self._rows, strict=True)) or [()] * len(self._schema)
        arrays = [
            self._arrow.array(
                [_as_text(each) for each in values] if kind in ("text", "any") else values, type_
            )
            for values, kind, type_ in zip(
                columns, self._table.columns.values(), self._schema.types, strict=True
            )
        ]
        self._writer.write_table(self._arrow.table(arrays, schema=self._schema))
        self._rows.clear()

    def close(self) -> None:
        if self._rows:
            self._write()
        self._writer.close()


def _as_text(value: Any) -> str | None:
    # A file's name may hold bytes that are no text.
    return None if value is None else str(value).encode("utf-8", "backslashreplace").decode()


@contextlib.contextmanager
def _parquet(path: str, table: Table) -> Iterator[Output]:
    arrow(path)  # or it is not there, which is said of this path
    with writing(path) as partial_path:
        output = _Parquet(partial_path, table)
        try:
            yield output
        finally:
            output.close()


@contextlib.contextmanager
def _xlsx(path: str, details: bool) -> Iterator[Output]:
    from calculator.results.report import ReportWorkbook

    with writing(path) as partial_path:
        output = ReportWorkbook(partial_path, details=details)
        yield output
        output.close()


@contextlib.contextmanager
def _html(path: str, _: bool) -> Iterator[Output]:
    from calculator.results.page import Page

    jinja(path)  # or it is not there, which is said of this path
    with (
        writing(path) as partial_path,
        open(partial_path, "w", encoding="utf-8") as stream,
        tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="ascii") as rows,
    ):
        output = Page(stream, rows, path)
        yield output
        output.close()


class _Both:
    """Several outputs as one."""

    def __init__(self, outputs: Sequence[Output]) -> None:
        self._outputs = outputs

    def add(self, report: WorkbookReport) -> None:
        for each in self._outputs:
            each.add(report)


def _a_file_each(
    opened: Callable[[str, Table], AbstractContextManager[Output]],
) -> Callable[[str, bool], AbstractContextManager[Output]]:
    """An output for each table: ``results.csv``, ``results-findings.csv``."""

    @contextlib.contextmanager
    def output(path: str, details: bool) -> Iterator[Output]:
        stem, ending = os.path.splitext(path)
        paths = {path: SUMMARY}
        if details:
            paths |= {f"{stem}-{table.name}{ending}": table for table in DETAILS}
        with contextlib.ExitStack() as stack:
            yield _Both([stack.enter_context(opened(*each)) for each in paths.items()])

    return output


_OUTPUTS: dict[str, Callable[[str, bool], AbstractContextManager[Output]]] = {
    ".csv": _a_file_each(_csv),
    ".parquet": _a_file_each(_parquet),
    ".json": _json,
    ".xlsx": _xlsx,
    ".html": _html,
}
_JUDGED: dict[str, Callable[[IO[str], Gate], _Closing]] = {".sarif": Sarif, ".junit.xml": JUnit}
#: What the name of a file of results may end in.
ENDINGS = (*_OUTPUTS, *_JUDGED)


# --- a folder -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Parts:
    """A folder or URL in which each chunk of workbooks has Parquet files of its own.

    They are ``summary/part-00000.parquet`` and so on, with details also in ``node-groups/`` and
    ``findings/``; the worker that evaluated a chunk writes them. It sends back what a summary
    needs, without the node groups, unless everything is asked for.
    """

    folder: str
    details: bool = False
    send_all: bool = False

    def __call__(self, number: int, reports: list[WorkbookReport]) -> list[WorkbookReport]:
        """Write the reports of a chunk; gives back their outlines."""
        for table in self._tables:
            path = f"{self._folder_of(table)}/part-{number:05}.parquet"
            with _parquet(path, table) as output:
                for report in reports:
                    output.add(report)
        return reports if self.send_all else [_outline(each) for each in reports]

    @property
    def _tables(self) -> tuple[Table, ...]:
        return (SUMMARY, *DETAILS) if self.details else (SUMMARY,)

    def _folder_of(self, table: Table) -> str:
        return f"{self.folder.rstrip('/')}/{table.name}"

    def prepare(self) -> None:
        """Make the folders, and remove the parts of an earlier run.

        Raises
        ------
        InputError: when that cannot be done.
        """
        arrow(self.folder)
        for table in (SUMMARY, *DETAILS):
            prepare_folder(self._folder_of(table), make=table in self._tables)


def _outline(report: WorkbookReport) -> WorkbookReport:
    sheets = [replace(each, rows=[], columns={}) for each in report.sheets]
    plan = report.plan and replace(report.plan, rows=[], columns={})
    return replace(report, plan=plan, sheets=sheets)
