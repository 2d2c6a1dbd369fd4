"""Scenarios from file to file, CSV and Parquet, in chunks, so that memory does not grow.

A chunk is a table of its own: it is evaluated, and made ready to write, by one function that any
:class:`concurrent.futures.Executor` can run. The parent reads, and writes in order.
"""

from __future__ import annotations

import contextlib
import csv
import glob
import io
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from calculator.catalog import Catalog
from calculator.csv_text import harmless
from calculator.errors import InputError
from calculator.executors import Processes, cores, in_order
from calculator.extras import arrow
from calculator.files import is_folder, is_url, opened, prepare_folder, same_file, writing
from calculator.scenarios.evaluation import OUTPUTS, sweep
from calculator.scenarios.inputs import check_columns

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pandas as pd

__all__ = ["sweep_file"]

#: Rows of a chunk, if nothing else is asked for.
_MANY = 131_072
#: What is read of a column of a Parquet file at once [bytes].
_BUFFER = 1 << 20


def sweep_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    model: str = "vpc-cni",
    catalog: Catalog | None = None,
    executor: Executor | None = None,
    workers: int = 1,
    progress: Callable[[int], object] | None = None,
    rows_at_once: int = _MANY,
) -> tuple[int, int]:
    """Evaluate the scenarios of a file and write them, with results, to another.

    Parameters
    ----------
    source: CSV in UTF-8 with a header, or Parquet, by its name's ending, a path or URL; columns as
        for :func:`calculator.sweep`.
    target: the .csv or .parquet file to write; one that is there is replaced. Or a folder (there
        already, or a name that ends in a slash) for Parquet files ``part-00000.parquet`` and so
        on, a chunk each, in place of those that are there.
    executor: what evaluates the chunks, such as that of a Dask client. One that breaks is replaced
        by processes of this machine, with a warning.
    workers: how many chunks at a time it can work on. Without an executor, processes of this
        machine; with 1, all is done in this process.
    progress: is told of each chunk, once it is written, how many rows it has.
    rows_at_once: the rows of a chunk; memory grows with it, the results are the same.

    Returns
    -------
    The number of rows, and how many of them had a fault.

    Raises
    ------
    InputError: names the file and what cannot be used, an unknown column among it.
    """
    source, target = os.fspath(source), os.fspath(target)
    reader = _reader(source)
    product, sink = _writer(target)
    parts = glob.glob(os.path.join(glob.escape(target), "part-*.parquet"))
    if any(same_file(source, each) for each in [target, *parts]):
        raise InputError(f"{target}: the results cannot go into the file of the scenarios")
    task = partial(_swept, source=source, model=model, catalog=catalog, product=product)

    def again(chunk: tuple[int, pd.DataFrame], _: Exception) -> tuple[Any, int, int]:
        # What a worker had in its hands when it died is only a table.
        return task(chunk)

    reading = _reading(reader, source, rows_at_once)
    first = next(reading)
    with _naming(source):  # before anything is written over
        check_columns(list(first.columns))
    chunks = enumerate(chain([first], reading))
    rows = faulty = 0
    with contextlib.ExitStack() as stack:
        if executor is not None or workers > 1:
            here = workers if executor is None else min(workers, cores())
            executor = stack.enter_context(Processes(here, executor))
        write = stack.enter_context(sink(target))
        stack.enter_context(contextlib.closing(reading))
        # Workers come to rest before what they wrote is put in place or cleared away.
        swept = in_order(executor, task, chunks, workers + 2, after_failure=again)
        stack.enter_context(contextlib.closing(swept))
        for each, of_chunk, faulty_of_chunk in swept:
            write(each)
            rows += of_chunk
            faulty += faulty_of_chunk
            if progress is not None:
                progress(of_chunk)
    return rows, faulty


def _swept(
    numbered: tuple[int, pd.DataFrame],
    *,
    source: str,
    model: str,
    catalog: Catalog | None,
    product: Product,
) -> tuple[Any, int, int]:
    """A chunk's results as they are written, its rows, and those with a fault."""
    number, chunk = numbered
    with _naming(source):
        results = sweep(chunk, model=model, catalog=catalog)
    return product(number, results), len(results), int(results["ips_per_node"].isna().sum())


# --- reading --------------------------------------------------------------------------------------


@contextlib.contextmanager
def _naming(source: str) -> Iterator[None]:
    """What is wrong with scenarios is said of their file."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{source}: {str(error).removeprefix(f'{source}: ')}") from None
    except OSError as error:
        raise InputError(f"{source}: {error.strerror or error}") from None


def _reading(reader: Reader, source: str, rows_at_once: int) -> Generator[pd.DataFrame, None, None]:
    """The chunks of a file."""
    with _naming(source):
        yield from reader(source, rows_at_once)


def _csv_chunks(source: str, rows_at_once: int) -> Iterator[pd.DataFrame]:
    """At least one table of texts."""
    import pandas as pd

    try:
        with (
            opened(source) as stream,
            pd.read_csv(
                stream,
                dtype=str,
                keep_default_na=False,
                encoding="utf-8-sig",
                chunksize=rows_at_once,
            ) as chunks,
        ):
            for chunk in chunks:
                if not isinstance(chunk.index, pd.RangeIndex):
                    raise InputError("the first row has more cells than the header has columns")
                yield chunk
    except UnicodeDecodeError:
        raise InputError("this is not text in UTF-8; save it as CSV UTF-8") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise InputError(f"this is no CSV with a header: {str(error).strip()}") from None


def _parquet_chunks(source: str, rows_at_once: int) -> Iterator[pd.DataFrame]:
    """At least one table, its columns of the types of the file."""
    import pyarrow
    import pyarrow.parquet

    try:
        with opened(source) as stream:
            file = pyarrow.parquet.ParquetFile(stream, buffer_size=_BUFFER)
            # pandas writes the labels of a table's rows as columns of such names.
            names = [each for each in file.schema_arrow.names if not each.startswith("__index_")]
            check_columns(names)
            schema = pyarrow.schema([_plain(file.schema_arrow.field(name)) for name in names])
            empty = True
            for batch in file.iter_batches(rows_at_once, columns=names):
                empty = False
                yield _taken(pyarrow.Table.from_batches([batch]), schema)
            if empty:
                yield _taken(file.schema_arrow.empty_table(), schema)
    except (pyarrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # it cannot be opened; what pyarrow raises for a broken file has no number
        reason = str(error).strip().splitlines()[0]
        raise InputError(f"this is no Parquet file that can be read: {reason}") from None


def _taken(table: Any, schema: Any) -> pd.DataFrame:
    import pandas as pd

    chunk = table.select(schema.names).cast(schema)
    chunk.validate(full=True)  # nobody else asks whether texts are UTF-8
    frame: pd.DataFrame = chunk.to_pandas(types_mapper=pd.ArrowDtype, ignore_metadata=True)
    return frame


def _plain(field: Any) -> Any:
    """A column as it is taken in: its type, or that of the values which a dictionary numbers."""
    import pyarrow
    from pyarrow import types

    kind = field.type
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_large_string(kind) or types.is_string_view(kind):
        kind = pyarrow.string()
    known = (types.is_integer, types.is_floating, types.is_decimal, types.is_boolean)
    if not any(each(kind) for each in (*known, types.is_string, types.is_null)):
        raise InputError(f"column {field.name} holds {kind}; numbers or texts are expected")
    return pyarrow.field(field.name, kind)


# --- writing --------------------------------------------------------------------------------------


def _csv_text(number: int, results: pd.DataFrame) -> bytes:
    """Results as lines of CSV, after the header where they are the first."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    if number == 0:
        writer.writerow(results.columns)
    writer.writerows(zip(*(_cells(results[name]) for name in results), strict=True))
    return stream.getvalue().encode()


def _cells(column: pd.Series) -> list[str]:
    """A column as texts; of many rows, few are distinct."""
    import pandas as pd

    codes, found = pd.factorize(column)
    distinct = np.asarray(found, dtype=object).tolist()
    texts = [harmless(each) if isinstance(each, str) else str(each) for each in distinct]
    cells: list[str] = np.array([*texts, ""], dtype=object)[codes].tolist()
    return cells


def _arrow_table(number: int, results: pd.DataFrame) -> Any:
    """Results as a table of Arrow: the inputs as they were, then whole numbers and words."""
    import pandas as pd
    import pyarrow

    outputs = {**dict.fromkeys(OUTPUTS, pyarrow.int64()), "check": pyarrow.string()}
    types = {
        name: kind.pyarrow_dtype if isinstance(kind, pd.ArrowDtype) else pyarrow.string()
        for name, kind in results.dtypes.items()
    }
    schema = pyarrow.schema({**types, **outputs})
    table = pyarrow.Table.from_pandas(results, schema=schema, preserve_index=False)
    return table.replace_schema_metadata(None)


def _part(folder: str, number: int, results: pd.DataFrame) -> None:
    """Write results to a file of their own."""
    import pyarrow.parquet

    path = f"{folder.rstrip('/')}/part-{number:05}.parquet"
    with writing(path) as partial_path:
        pyarrow.parquet.write_table(_arrow_table(number, results), partial_path)


@contextlib.contextmanager
def _csv_file(target: str) -> Iterator[Callable[[bytes], object]]:
    with writing(target) as path, open(path, "wb") as stream:
        yield stream.write


@contextlib.contextmanager
def _parquet_file(target: str) -> Iterator[Callable[[Any], None]]:
    from pyarrow import parquet

    with writing(target) as path, open(path, "wb") as stream, contextlib.ExitStack() as stack:
        writers: list[Any] = []

        def write(table: Any) -> None:
            if not writers:
                writers.append(stack.enter_context(parquet.ParquetWriter(stream, table.schema)))
            writers[0].write_table(table)

        yield write


@contextlib.contextmanager
def _folder(target: str) -> Iterator[Callable[[None], None]]:
    """A folder into which the workers write."""
    prepare_folder(target)
    yield lambda _: None


# --- which file is what ---------------------------------------------------------------------------

Reader = Callable[[str, int], Iterator["pd.DataFrame"]]
Product = Callable[[int, "pd.DataFrame"], Any]
Sink = Callable[[str], AbstractContextManager[Callable[[Any], object]]]
_READERS: dict[str, Reader] = {".csv": _csv_chunks, ".parquet": _parquet_chunks}
_WRITERS: dict[str, tuple[Product, Sink]] = {
    ".csv": (_csv_text, _csv_file),
    ".parquet": (_arrow_table, _parquet_file),
}


def _reader(source: str) -> Reader:
    return _READERS[_ending(source)]


def _writer(target: str) -> tuple[Product, Sink]:
    """What makes a chunk ready to be written to a target, and what writes it."""
    if is_folder(target):
        arrow(target)
        return partial(_part, target), _folder
    return _WRITERS[_ending(target)]


def _ending(path: str) -> str:
    file = path.partition("::")[0] if is_url(path) else path
    ending = os.path.splitext(file)[1].lower()
    if ending not in _READERS:
        raise InputError(f"{path}: a name ending in {' or '.join(_READERS)} is expected")
    if ending == ".parquet":
        arrow(path)
    return ending
