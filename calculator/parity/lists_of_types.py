"""Lists of instance types on data sheets that are not those that were published."""

from __future__ import annotations

from collections.abc import Iterator

from calculator.catalog import Catalog
from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.model.sheet import DataTable
from calculator.parity.data_tables import as_compared, held, once, rows_of
from calculator.workbook.data_places import DataPlace
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.reference import a1

__all__ = ["FEWEST", "changed_list", "names_moved"]

#: So many figures of a column are not all changed one by one, if some are of types not in use.
FEWEST = 3


def changed_list(reading: WorkbookReading, where: DataPlace, builtin: Catalog) -> Finding | None:
    """What is said of a list that lacks types of the catalog that it is said to have; or None."""
    names = rows_of(where.data, builtin)
    column = where.columns[where.key]
    lacking = _differing(reading, where.sheet, column, where.header_row, where.data, builtin)
    missing, others, every = lacking
    if not missing:
        return None
    of = f"of the {len(names):,} instance types of {builtin.version}"
    if others and 2 * len(missing) > len(names):
        code, cells = "figure", len(missing) + others
        message = f"this is another list: it has {len(names) - len(missing):,} {of}, and "
        message += f"{others:,} that {'is' if others == 1 else 'are'} none of these"
    else:
        planned = (each for plan in reading.plans for each in plan.groups["instance_type"])
        if {*missing} <= {str(each).lower() for each in planned}:
            return None  # of which each is said where it is planned
        if every >= len(names):
            return None  # others were typed over them, and no row is gone
        code, cells = "missing-types", len(missing)
        message = f"{cells:,} {of} {'is' if cells == 1 else 'are'} missing from the list, such as "
        message += found_words(names[missing[0]][where.data.headers.index(where.key)])
    cell = a1(max(where.header_row, 1), column)
    return Finding(code, where.sheet, cell, where.key, None, message, cells=cells)


@once
def _differing(
    reading: WorkbookReading,
    sheet: str,
    column: int,
    header_row: int,
    data: DataTable,
    builtin: Catalog,
) -> tuple[list[str], int, int]:
    """The types that a list lacks; if any, how many others it has, and how many in all."""
    names, package = rows_of(data, builtin), reading.package
    if names.keys() <= package.rows_of(sheet, column).keys():
        return [], 0, 0
    every = [
        str(cell.value).lower()
        for (row, at), cell in reading.data_cells[sheet].items()
        if at == column and row > header_row and cell.value not in (None, "")
    ]
    listed = {*every}
    others = sum(each not in names for each in every)
    return [name for name in names if name not in listed], others, len(every)


def names_moved(reading: WorkbookReading, builtin: Catalog) -> Iterator[Finding]:
    """Of each data sheet whose figures stand in their places, that the types among them do not."""
    for where in reading.data.values():
        if not where.data.figures or where.data not in reading.model.data_tables:
            continue
        cells, key, at = reading.data_cells[where.sheet], where.key, where.columns
        away = [
            (header, row, value)
            for row, values in enumerate(
                rows_of(where.data, builtin).values(), where.header_row + 1
            )
            for header, value in zip(where.data.headers, values, strict=True)
            if header in at and as_compared(held(cells, (row, at[header])), value) != value
        ]
        if len(away) >= FEWEST and {header for header, *_ in away} == {key}:
            _, row, name = away[0]
            found = held(cells, (row, at[key]))
            message = f"found {found_words(found)}, but {found_words(name)} is expected beside its "
            message += f"figures; {len(away):,} types of the column stand in other rows: it was "
            message += "sorted, moved or filled alone"
            told = "figure", where.sheet, a1(row, at[key]), key, plain(found), message
            yield Finding(*told, expected=name, cells=len(away))
