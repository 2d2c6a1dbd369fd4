"""Lists of instance types on data sheets that are not those that were published."""

from __future__ import annotations

from collections.abc import Iterator

from calculator.catalog import Catalog
from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.parity.data_tables import held, once, rows_of
from calculator.workbook.finder import DataPlace
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.reference import a1

__all__ = ["FEWEST", "changed_list", "names_moved"]

#: So many figures of a column are not all changed one by one, if some are of types not in use.
FEWEST = 3


def changed_list(reading: WorkbookReading, where: DataPlace, builtin: Catalog) -> Finding | None:
    """What is said of a list that lacks types of the catalog that it is said to have; or None."""
    names = rows_of(where.data, builtin)
    listed = _listed(reading, where.sheet, where.columns[where.key], where.header_row)
    others = {name for name in listed.values() if name not in names}
    held = {*listed.values()}
    missing = [
        (row, name) for row, name in enumerate(names, where.header_row + 1) if name not in held
    ]
    of = f"of the {len(names):,} instance types of {builtin.version}"
    if others and 2 * len(missing) > len(names):
        code, cells = "figure", len(missing) + len(others)
        message = f"this is another list: it has {len(names) - len(missing):,} {of}, and "
        message += f"{len(others):,} that {'is' if len(others) == 1 else 'are'} none of these"
    else:
        # What was typed over a type stands in its place, above one that stands in its own.
        own = dict(enumerate(names, where.header_row + 1))
        missing = [
            (row, name)
            for row, name in missing
            if listed.get(row) not in others
            and not (row in listed and listed.get(row + 1) == own.get(row + 1))
        ]
        planned = (each for plan in reading.plans for each in plan.groups["instance_type"])
        if {name for _, name in missing} <= {str(each).lower() for each in planned}:
            return None  # of which each is said where it is planned
        code, cells = "missing-types", len(missing)
        message = f"{cells:,} {of} {'is' if cells == 1 else 'are'} missing from the list, such as "
        message += found_words(names[missing[0][1]][where.data.headers.index(where.key)])
    cell = a1(max(where.header_row, 1), where.columns[where.key])
    return Finding(code, where.sheet, cell, where.key, None, message, cells=cells)


@once
def _listed(reading: WorkbookReading, sheet: str, column: int, header_row: int) -> dict[int, str]:
    """The names in the column of types, in lower case, by row; below the table, too."""
    names = {row: name for name, row in reading.package.rows_of(sheet, column).items()}
    if not names:  # as other programs write texts
        cells = reading.package.cells(sheet).items()
        held = ((row, cell.value) for (row, at), cell in cells if at == column)
        names = {row: str(value).lower() for row, value in held if value not in (None, "")}
    return {row: name for row, name in names.items() if row > header_row}


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
