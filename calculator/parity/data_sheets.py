"""What the data sheets of a workbook hold, and where that is not what they should.

Formulas look up the figures of an instance type there, and the words of a message. The sheets are
long, and in nearly all workbooks they are as this program wrote them: of those only the rows that
a plan needs are looked at, and of sheets that are the same, byte for byte, once.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from calculator.catalog import Catalog, load_catalog
from calculator.findings import Finding
from calculator.inputs import as_they_differ, found_words, plain
from calculator.memory import Kept
from calculator.model.engine import catalog_figures
from calculator.model.sheet import LOOKED_UP
from calculator.parity.data_tables import Values, as_compared, held, keys_of, once, rows_of
from calculator.parity.left_behind import as_they_stand, misplaced_tables
from calculator.parity.lists_of_types import FEWEST, changed_list, names_moved
from calculator.plan import PLAN_INPUTS
from calculator.workbook.about import PROPERTIES
from calculator.workbook.data_places import DataPlace
from calculator.workbook.input_formulas import formula_words
from calculator.workbook.reading import PlanReading, WorkbookReading
from calculator.xlsx.cells import Cell
from calculator.xlsx.reference import a1, place

__all__ = ["FIGURES", "catalog_of", "changed_words", "figures_of"]

#: Figures of an instance type that formulas look up.
FIGURES = (
    *LOOKED_UP,
    *("vcpus", "hypervisor", "bare_metal", "trunk_compatible", "branch_enis", "efa_interfaces"),
)
_NO_CELL = Cell(None, None)
_FORMULA = re.compile(rb"<f[ />]")
#: Rows of data sheets that were found to be as they should be, by what tells the sheets apart.
_AS_WRITTEN = Kept[tuple[object, ...], set[str]](1_024)


def figures_of(
    reading: WorkbookReading, plan: PlanReading, catalog: Catalog | None
) -> tuple[dict[str, Any], list[tuple[str, Finding]]]:
    """The figures of a plan's node groups, and where the workbook's are not those of its catalog.

    These are findings, each with the type that it is of.

    Parameters
    ----------
    catalog: whose figures are taken; by default those of the workbook.
    """
    found, figures = _catalog_and_figures(reading, plan, catalog)
    if catalog is not None:
        return figures, []
    builtin = load_catalog(model=plan.model.name)
    misplaced = misplaced_tables(reading, builtin)
    if found is builtin and not misplaced:
        return figures, []
    moved = [each.finding for each in misplaced if each.is_moved and each.where.data.figures]
    told = [(str(name), each) for name in plan.groups["instance_type"] for each in moved]
    reading = as_they_stand(reading, misplaced)
    own = reading.catalog if _is_said_to_have(reading, builtin) else None
    if own and (changed := [*_changed_figures(reading, plan, builtin, own)]):
        lists = {each.sheet: each.place for each in _other_lists(reading, builtin)}
        for name, each in _by_column(reading, builtin, changed):
            because = lists.get(each.sheet, each.because_of)
            told.append((name, replace(each, because_of=because)))
    return figures, told


def catalog_of(reading: WorkbookReading, plan: PlanReading) -> Catalog:
    """The catalog of the instance types that a plan is computed with: its workbook's own.

    It is the built-in one where the workbook has that one's figures of these types.
    """
    misplaced = misplaced_tables(reading, load_catalog(model=plan.model.name))
    return _catalog_and_figures(as_they_stand(reading, misplaced), plan, None)[0]


def _catalog_and_figures(
    reading: WorkbookReading, plan: PlanReading, catalog: Catalog | None
) -> tuple[Catalog, dict[str, Any]]:
    types = [str(name) for name in plan.groups["instance_type"]]
    if catalog is None:
        builtin = load_catalog(model=plan.model.name)
        if _is_said_to_have(reading, builtin):
            figures = catalog_figures(types, builtin)
            if _recorded(plan, figures) and _as_written(reading, builtin, types):
                return builtin, figures
        catalog = reading.catalog or builtin
    return catalog, catalog_figures(types, catalog)


def changed_words(reading: WorkbookReading) -> Iterator[Finding]:
    """The words and numbers on data sheets, other than figures of types, that were changed."""
    if reading.is_of_other_layout:
        return
    catalog = load_catalog(model=reading.model.name)
    for sheet in dict.fromkeys(where.sheet for where in reading.data.values()):
        totals = (each for each in reading.geometry.tables_of(sheet) if each.has_totals)
        if formula := _formula_on(reading, sheet, *(each.totals for each in totals)):
            cell, words = formula
            yield Finding("input-formula", sheet, cell, None, None, words)
    misplaced = misplaced_tables(reading, catalog)
    yield from (each.finding for each in misplaced)
    pushed_out = {
        each.table: each.finding.place
        for each in misplaced
        if each.is_moved and each.finding.code == "outside-the-table"
    }
    reading = as_they_stand(reading, misplaced)
    for name, where in reading.data.items():
        if where.data in reading.model.data_tables:
            moved = {each.finding.place for each in misplaced}
            yield from (each for each in _other_headers(where) if each.place not in moved)
        if where.data.figures:
            if where.data in reading.model.data_tables and _is_said_to_have(reading, catalog):
                yield from filter(None, [changed_list(reading, where, catalog)])
            continue
        rows = rows_of(where.data, catalog)
        in_order = sorted(_differing(reading, where, rows), key=itemgetter(0))
        for row, header, found, expected in in_order:
            was, right = map(found_words, as_they_differ(found, expected))
            message = f"found {was}, but {right} is what formulas should find under {header}"
            told = where.sheet, a1(row, where.columns[header]), header
            said = plain(found) if isinstance(found, float | str) else None
            # Of rows that are counted off, an empty one that was inserted counts, too.
            because = pushed_out.get(name) if found is None and header == where.key else None
            yield Finding("figure", *told, said, message, plain(expected), because)


def _other_headers(where: DataPlace) -> Iterator[Finding]:
    """The headers that something else stands in the place of; formulas may have followed."""
    for header, other in where.called.items():
        cell = a1(max(where.header_row, 1), where.columns[header])
        message = (
            f"found {found_words(other)}, but {found_words(header)} is the header of this column"
        )
        yield Finding("head", where.sheet, cell, header, other, message, header)


# --- as they were written -------------------------------------------------------------------------


def _as_written(reading: WorkbookReading, catalog: Catalog, types: Sequence[str]) -> bool:
    """Whether the data sheets hold the figures that the catalog has of these types."""
    for where in reading.data.values():
        if where.data.figures:
            rows = rows_of(where.data, catalog)
            wanted = {name: rows[name] for name in map(str.lower, types) if name in rows}
            if any(_differing(reading, where, wanted)):
                return False
    return True


@once
def _formula_on(
    reading: WorkbookReading, sheet: str, *totals: tuple[int, int, int]
) -> tuple[str, str] | None:
    """The first cell of a data sheet with a formula, and what is to be said of them all.

    Parameters
    ----------
    totals: the rows of totals, which may have formulas, each with its first and last column.
    """
    if not _FORMULA.search(reading.package.whole(sheet)):
        return None
    found = [
        (a1(row, column), cell)
        for (row, column), cell in reading.data_cells[sheet].items()
        if cell.formula is not None
        and not any(row == at and left <= column <= right for at, left, right in totals)
    ]
    if not found:
        return None
    more = f"; {len(found) - 1:,} more cells of the sheet have formulas" * (len(found) > 1)
    return found[0][0], formula_words(found[0][1]) + more


def _differing(
    reading: WorkbookReading, where: DataPlace, wanted: Mapping[str, Values]
) -> Iterator[tuple[int, str, object, float | str | None]]:
    """Row, header, what is found and what should be, of cells in these rows that are not right."""
    package, data = reading.package, where.data
    columns = [(header, where.columns.get(header)) for header in data.headers]
    key = data, package.identity(where.sheet), where.header_row, where.last_row, *columns
    known = _AS_WRITTEN.of(key, set)
    if known.issuperset(wanted):
        return
    if data.figures:
        listed = package.rows_of(where.sheet, where.columns[where.key])
        rows = {name: listed.get(name, 0) for name in wanted}
    else:
        rows = dict(zip(wanted, itertools.count(where.header_row + 1), strict=False))
        if (moved := _moved(reading, where, rows, wanted)) is not None:
            yield moved
            return
    cells = package.cells_of(where.sheet, rows.values())
    for name, expected in wanted.items():
        right = True
        if name not in rows:
            continue
        if rows[name] > where.last_row:  # formulas do not look there, which is said once
            if data.figures:
                yield rows[name], data.headers[0], None, expected[0]
            continue
        for (header, column), value in zip(columns, expected, strict=True):
            found = held(cells, (rows[name], column)) if column else value
            if found != value and (data.figures or header == where.key):
                found = as_compared(found, value)
            if found != value or isinstance(found, bool):
                right = False
                yield rows[name], header, found, value
        if right:
            known.add(name)


def _moved(
    reading: WorkbookReading,
    where: DataPlace,
    rows: dict[str, int],
    wanted: Mapping[str, Values],
) -> tuple[int, str, object, float | str | None] | None:
    """The first row of a table of sizes that stands elsewhere, where that matters.

    Words are looked up by their code, in whatever row, as are the sizes of AWS's sample, where
    those that no subnet has may be gone; others are counted off from the top.
    """
    header = where.data.headers[0]
    cells, column = reading.data_cells[where.sheet], where.columns[header]
    names = {row: str(plain(held)).lower() for row, held in keys_of(reading, where).items()}
    first = {name: row for row, name in sorted(names.items(), reverse=True)}
    often, of_subnet = Counter(names.values()), PLAN_INPUTS["subnet_prefix_length"]
    for name, row in [*rows.items()]:
        there, held = first.get(name), names.get(row)
        is_counted_off = reading.model.plan and not isinstance(wanted[name][0], str)
        stands_here = held in rows and often[str(held)] < 2  # and nowhere else
        if there is None and not (is_counted_off and stands_here):
            # What was typed over it is told of as any other figure.
            is_of_use = reading.model.plan or of_subnet.problem(float(name)) is None
            if not is_of_use and often[str(held)] < 2:
                del rows[name]
        elif there is not None and not is_counted_off:
            rows[name] = there
        elif held != name:
            return row, header, cells.get((row, column), _NO_CELL).value, wanted[name][0]
    return None


# --- as others left them --------------------------------------------------------------------------


def _is_said_to_have(reading: WorkbookReading, catalog: Catalog) -> bool:
    """Whether a workbook says that its figures are a catalog's; AWS's own says nothing."""
    said = reading.properties.get(PROPERTIES["catalog"])
    if said is not None:
        return said.strip() == catalog.version
    words = reading.about  # other programs drop the properties
    return not words or any(catalog.version in each for each in words)


def _changed_figures(
    reading: WorkbookReading,
    plan: PlanReading,
    builtin: Catalog,
    own: Catalog,
) -> Iterator[tuple[str, Finding]]:
    """Figures on the data sheets of a workbook that are not those of the catalog it names."""
    seen, gone = set[str](), list[str]()
    types = [str(name) for name in plan.groups["instance_type"]]
    for row, name in zip(plan.rows, types, strict=True):
        ours, theirs = builtin.get(name), own.get(name)
        if name.lower() in seen:
            continue
        seen.add(name.lower())
        if ours and (theirs is None or None in (getattr(theirs, each) for each in LOOKED_UP)):
            gone.append(ours.instance_type)
        if theirs is None:
            continue
        if ours is None:
            message = (
                f"found {found_words(name)}, a type that only this workbook has the figures of"
            )
            yield name, plan.plan.finding("own-type", "instance_type", row, name, message)
            continue
        for figure in FIGURES:
            expected = getattr(ours, figure)
            found = as_compared(getattr(theirs, figure), expected)
            where = None if found == expected else reading.figure_cell(name, figure)
            if where is not None:
                sheet, at, _ = where
                cell = reading.data_cells[sheet].get(place(at), _NO_CELL)
                # What is of no use as a figure is said as it stands.
                found = plain(cell.value) if found is None else _shown(found)
                expected = _shown(expected)
                text = ", a text," if isinstance(found, str) and type(expected) is int else ""
                message = f"found {found_words(found)}{text} for {name}, but "
                message += f"{found_words(expected)} is the figure of {builtin.version}"
                yield name, Finding("figure", *where, found, message, expected=expected)
    yield from _renamed(reading, gone, builtin)


def _other_lists(reading: WorkbookReading, builtin: Catalog) -> Iterator[Finding]:
    """What is said of lists of types that were exchanged, whose figures are others', too."""
    for where in reading.data.values():
        if where.data.figures and where.data in reading.model.data_tables:
            found = changed_list(reading, where, builtin)
            if found and found.code == "figure":
                yield found


def _by_column(
    reading: WorkbookReading,
    builtin: Catalog,
    changed: Sequence[tuple[str, Finding]],
) -> Iterator[tuple[str, Finding]]:
    """What was changed, each column once that was sorted, moved or filled by itself."""
    differing = Counter(
        (where.sheet, header)
        for where in reading.data.values()
        if where.data.figures and where.data in reading.model.data_tables
        for row, header, _, _ in _differing(reading, where, rows_of(where.data, builtin))
        if row > where.header_row
    )
    in_use = Counter((each.sheet, each.column) for _, each in changed)
    first: dict[tuple[str | None, str | None], str | None] = {}
    names = {each.sheet: each for each in names_moved(reading, builtin)}
    yield from ((str(each.expected), each) for each in names.values())
    for name, each in changed:
        column = each.sheet, each.column
        if each.code == "figure" and each.sheet in names:
            yield name, replace(each, because_of=names[each.sheet].place)
            continue
        number = differing[str(each.sheet), str(each.column)]
        if number < FEWEST or number <= in_use[column]:
            yield name, each
        elif column in first:
            yield name, replace(each, because_of=first[column])
        else:
            first[column] = each.place
            more = (
                f"; {number:,} figures of the column differ: it was sorted, moved or filled alone"
            )
            yield name, replace(each, cells=number, message=each.message + more)


def _renamed(
    reading: WorkbookReading, gone: Sequence[str], builtin: Catalog
) -> Iterator[tuple[str, Finding]]:
    """The cells where a data sheet has other names of types: with a blank, or one of its own."""
    for where in reading.data.values() if gone else ():
        if not where.data.figures or where.data not in reading.model.data_tables:
            continue
        names = keys_of(reading, where)
        alike = {_bare(held): row for row, held in reversed(names.items())}
        order = list(rows_of(where.data, builtin))
        number_of = {name: number for number, name in enumerate(order)}
        for name in gone:
            if (number := number_of.get(name.lower())) is None:
                continue
            row = alike.get(_bare(name), where.header_row + 1 + number)
            # Where its neighbours stand in their own places, so did the type.
            is_there = _bare(name) in alike or any(
                0 <= number + off < len(order)
                and str(names.get(row + off)).lower() == order[number + off]
                for off in (-1, 1)
            )
            held = plain(names.get(row))
            if is_there and str(held).lower() != name.lower() and held not in builtin:
                message = f"found {found_words(held)}, but {found_words(name)} is what formulas "
                message += "should find there"
                cell, header = a1(row, where.columns[where.key]), where.key
                yield name, Finding("figure", where.sheet, cell, header, held, message, name)


def _bare(name: object) -> str:
    """A name without blanks, whatever its case."""
    return "".join(str(name).split()).casefold()


def _shown(figure: object) -> Any:
    """A figure as its cell shows it."""
    return {True: "yes", False: "no"}[figure] if isinstance(figure, bool) else plain(figure)


def _recorded(plan: PlanReading, figures: Mapping[str, Any]) -> bool:
    """Whether the look-ups recorded on the first sheet that has any gave these figures."""
    for sheet in plan.sheets.values():
        looked_up = [each for each in sheet.layout.sheet.computed if each.looks_up]
        if looked_up:
            break
    else:
        return True
    header = sheet.layout.header_row
    rows = plan.rows if not plan.model.plan else [header + number for number in plan.positions]
    known = False
    for declared in looked_up:
        if declared.name not in sheet.layout.columns:
            continue
        column = sheet.layout.columns[declared.name]
        expected = figures[f"catalog_{declared.looks_up}"]
        for row, value in zip(rows, expected.tolist(), strict=True):
            cell = sheet.cells.get((row, column))
            found = None if cell is None else cell.value
            known = known or found is not None
            if value > 0 and found != value and not (found is None or found == ""):
                return False
            if not value > 0 and isinstance(found, float) and found > 0:
                return False
    return known or not rows
