"""Lists of instance types on data sheets that are not those that were published."""

from __future__ import annotations

from collections.abc import Iterator

from calculator.catalog import Catalog
from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.parity.data_tables import held, rows_of
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.reference import a1

__all__ = ["FEWEST", "names_moved"]

#: So many figures of a column are not all changed one by one, if some are of types not in use.
FEWEST = 3


def names_moved(reading: WorkbookReading, builtin: Catalog) -> Iterator[Finding]:
    """Of each data sheet whose figures stand in their places, that the types among them do not."""
    for where in reading.data.values():
        if not where.data.figures or where.data not in reading.model.data_tables:
            continue
        cells, key, at = reading.package.cells(where.sheet), where.key, where.columns
        away = [
            (header, row, value)
            for row, values in enumerate(
                rows_of(where.data, builtin).values(), where.header_row + 1
            )
            for header, value in zip(where.data.headers, values, strict=True)
            if header in at and held(cells, (row, at[header])) != value
        ]
        if len(away) >= FEWEST and {header for header, *_ in away} == {key}:
            _, row, name = away[0]
            found = held(cells, (row, at[key]))
            message = f"found {found_words(found)}, but {found_words(name)} is expected beside its "
            message += f"figures; {len(away):,} types of the column stand in other rows: it was "
            message += "sorted, moved or filled alone"
            told = "figure", where.sheet, a1(row, at[key]), key, plain(found), message
            yield Finding(*told, expected=name, cells=len(away))
