"""Inputs that are formulas, or fetched: what is recorded may not be what they come to."""

from __future__ import annotations

import math
import operator
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.model.sheet import Column, Setting
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.xlsx.cells import Cell
from calculator.xlsx.formula import Canonical, FormulaError, canonical
from calculator.xlsx.geometry import Area, Geometry
from calculator.xlsx.reference import a1, place_or_none
from calculator.xlsx.tree import Node, read, related

__all__ = ["fetched_inputs", "formula_words", "idle_formulas", "what_it_comes_to"]

_NO_CELL = Cell(None, None)
#: What makes an input something that is not in the workbook: another workbook, the day, chance.
_ELSEWHERE = re.compile(r"\[[^\[\]]+\](?:[\w. ]*|[^'\[\]]*')!")
_CHANGING = re.compile(
    r"(?<![\w.])(?:TODAY|NOW|RAND|RANDBETWEEN|RANDARRAY|OFFSET|INDIRECT|CELL|INFO)\(", re.IGNORECASE
)
_LINK = re.compile(r"(?:(?:'((?:[^']|'')+)'|([\w.]+))!)?\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_ROW = re.compile(r"(?<=[A-Za-z])[0-9]+")
_OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
#: Formulas, and cells of an area, that are followed to see whether they lead back.
_MOST_FOLLOWED = 100


def what_it_comes_to(
    reading: PlanReading,
    sheet: SheetCells,
    declared: Setting | Column,
    row: int | None,
    geometry: Geometry,
) -> Finding | None:
    """A finding on an input that is a formula; None where nothing is to be said but that it is one.

    Parameters
    ----------
    declared, row: the input, of which the cell holds a formula.
    geometry: the workbook's tables and names.
    """
    at = sheet.layout.place(declared.name, row)
    cell = sheet.cells[at]

    def finding(code: str, message: str, expected: object = None) -> Finding:
        return sheet.finding(
            code, declared.name, row, cell.value, message, expected=plain(expected)
        )

    formula = re.sub('"[^"]*"', '""', str(cell.formula))
    what = "another workbook" if _ELSEWHERE.search(formula) else ""
    if not what and (changing := _CHANGING.search(formula)):
        what = f"{changing[0]}), which changes by itself"
    if what:
        message = f"found {found_words(cell.value)}, which comes from {what}; type the value itself"
        return finding("input-elsewhere", message)
    home = sheet.name.casefold(), *at
    is_back, seen = _follow(reading, home, at, geometry)
    if is_back:
        inputs = sorted(place for _, _, place in _inputs_of(sheet) if (home[0], *place) in seen)
        circle = (each for each in inputs if _follow(reading, (home[0], *each), at, geometry)[0])
        first = next(circle, at)
        message = (
            f"{found_words(cell.value)} is recorded of the formula ={cell.formula}, which leads "
            "back to its own cell and comes to nothing; type the value itself"
        )
        told = finding("input-formula", message)
        if first != at:
            return replace(told, because_of=f"{sheet.name}!{a1(*first)}")
        others = sum(1 for _ in circle)
        return replace(told, cells=1 + others) if others else told
    if cell.value is None:
        return None
    constant = _constant(_form(sheet, at, geometry))
    if constant is not None:
        is_it = isinstance(cell.value, float) and math.isclose(
            cell.value, constant, rel_tol=1e-12, abs_tol=1e-12
        )
        message = f"recorded {found_words(cell.value)}, but ={cell.formula} comes to "
        return None if is_it else finding("value", message + found_words(constant), constant)
    if link := _LINK.fullmatch(formula):
        named = (link[1] or link[2] or sheet.name).replace("''", "'").casefold()
        there = {each.name.casefold(): each for each in reading.sheets.values()}.get(named)
        linked = place_or_none(link[3] + link[4])
        if there is not None and linked is not None:
            value = there.cells.get(linked, _NO_CELL).value
            # An empty cell counts as 0, and may show as nothing.
            if cell.value not in ((0.0, "") if value is None else (value,)):
                message = f"recorded {found_words(cell.value)}, but {link[3]}{link[4]} holds "
                return finding("value", message + found_words(value), value)
    return None


def fetched_inputs(book: WorkbookReading, plan: PlanReading) -> Iterator[Finding]:
    """The inputs that queries fetch anew by themselves, once a query."""
    for sheet in plan.sheets.values():
        for query, areas in _queries(book, sheet):
            for name, row, (at_row, at_column) in _inputs_of(sheet):
                if any(
                    area.top <= at_row <= area.bottom and area.left <= at_column <= area.right
                    for area in areas
                ):
                    value = sheet.cells.get((at_row, at_column), _NO_CELL).value
                    message = f"found {found_words(value)}, which the query {query} fetches anew "
                    message += "by itself, as when the file is opened; type the value itself"
                    yield sheet.finding("input-elsewhere", name, row, value, message)
                    break


def _queries(book: WorkbookReading, sheet: SheetCells) -> Iterator[tuple[str, list[Area]]]:
    """The queries of a sheet that are asked by themselves, and what they fill there."""
    package, geometry = book.package, book.geometry
    parts = [(part, False) for part in related(package, sheet.name, "queryTable")]
    parts += [(part, True) for part in related(package, sheet.name, "table", "queryTable")]
    connections = {
        each.attributes.get("id"): each
        for part in (related(package, "", "officeDocument", "connections") if parts else ())
        for each in read(part).every("connections/connection")
    }
    tables = [
        geometry.structured(each, "[]", sheet.name, 0)[0] for each in geometry.tables_of(sheet.name)
    ]
    for part, fills_table in parts:
        for query in read(part).every("queryTable"):
            name = query.attributes.get("name", "")
            connection = connections.get(query.attributes.get("connectionId"), query)
            if _is_asked(query) or _is_asked(connection):
                yield name, tables if fills_table else _areas_of(name, sheet, geometry)


def _areas_of(name: str, sheet: SheetCells, geometry: Geometry) -> list[Area]:
    """What a query fills that belongs to no table: a name says it, with _ for other signs."""
    try:
        area = geometry.name(sheet.name, re.sub(r"\W", "_", name))
    except FormulaError:
        return []
    return [area] if isinstance(area, Area) else []


def _is_asked(query: Node) -> bool:
    """Whether a query, or its connection, is asked when the file is opened, or now and then."""
    at = query.attributes.get
    return at("refreshOnLoad") in ("1", "true") or at("interval", "0") != "0"


def _inputs_of(sheet: SheetCells) -> Iterator[tuple[str, int | None, tuple[int, int]]]:
    """Name, row and place of the inputs of a sheet, whether they are filled in or not."""
    layout = sheet.layout
    for setting in layout.sheet.settings:
        if setting.name not in layout.missing:
            yield setting.name, None, layout.places[setting.name]
    for row in range(layout.first_row, layout.last_row + 1):
        for column in layout.sheet.inputs:
            if column.name in layout.columns:
                yield column.name, row, (row, layout.columns[column.name])


def idle_formulas(
    reading: PlanReading, cells: Iterable[tuple[int, int]], geometry: Geometry
) -> Iterator[Finding]:
    """What is said of formulas in input cells of rows without a node group, once a fill-down."""
    sheet = reading.plan
    columns = {
        sheet.layout.columns[each.name]: each
        for each in sheet.layout.sheet.inputs
        if each.name in sheet.layout.columns
    }
    first: dict[tuple[int, str], tuple[int, int]] = {}
    counts = Counter[tuple[int, str]]()
    for row, column in cells:
        filled_down = column, _ROW.sub("", str(sheet.cells[row, column].formula))
        first.setdefault(filled_down, (row, column))
        counts[filled_down] += 1
    for filled_down, (row, column) in first.items():
        cell, name = sheet.cells[row, column], columns[column].name
        found = what_it_comes_to(reading, sheet, columns[column], row, geometry) or sheet.finding(
            "input-formula", name, row, cell.value, formula_words(cell)
        )
        yield replace(found, cells=counts[filled_down])


def formula_words(cell: Cell) -> str:
    """What is said of every other input that is a formula."""
    return (
        f"{found_words(cell.value)} is recorded of the formula ={cell.formula}, which is not "
        "calculated here; type the value itself"
    )


def _form(sheet: SheetCells, at: tuple[int, int], geometry: Geometry) -> Canonical:
    """The formula of a cell; nothing of what is none that can be understood."""
    formula = sheet.cells.get(at, _NO_CELL).formula
    try:
        return canonical(
            formula or "", sheet=sheet.name, row=at[0], column=at[1], geometry=geometry
        )
    except FormulaError:
        return ()


def _constant(form: Canonical) -> float | None:
    """What numbers and the four basic operations come to; None for any other formula."""
    values: list[float] = []
    try:
        for atom in reversed(form):  # operators stand before their operands
            match atom:
                case ("number", float(value)):
                    values.append(value)
                case ("-",):
                    values.append(-values.pop())
                case ("chain", str(name)) if name in _OPERATORS:
                    values.append(_OPERATORS[name](values.pop(), values.pop()))
                case _:
                    return None
    except (ArithmeticError, IndexError):
        return None
    return values[0] if len(values) == 1 and math.isfinite(values[0]) else None


def _follow(
    reading: PlanReading, start: tuple[str, int, int], at: tuple[int, int], geometry: Geometry
) -> tuple[bool, set[tuple[str, int, int]]]:
    """Whether a formula refers to a cell of its sheet, perhaps by others; and a few of these."""
    sheets = {each.name.casefold(): each for each in reading.sheets.values()}
    is_back, waiting, seen = False, [start], {start}
    while waiting and len(seen) <= _MOST_FOLLOWED:
        name, row, column = waiting.pop()
        there = sheets[name]
        for area in _areas(_form(there, (row, column), geometry), row):
            has_row = area.sheet == start[0] and area.top <= at[0] <= area.bottom
            is_back = is_back or (has_row and area.left <= at[1] <= area.right)
            for cell in _cells(area) if area.sheet in sheets else ():
                if cell not in seen and sheets[area.sheet].cells.get(cell[1:], _NO_CELL).formula:
                    seen.add(cell)
                    waiting.append(cell)
    return is_back, seen


def _areas(form: Canonical, row: int) -> Iterator[Area]:
    """The areas that a formula refers to."""
    for atom in form:
        if isinstance(atom, Area):
            yield atom if atom.top else atom._replace(top=row, bottom=row)


def _cells(area: Area) -> Iterator[tuple[str, int, int]]:
    """The cells of an area; none of a large one."""
    height, width = area.bottom - area.top + 1, area.right - area.left + 1
    if height * width <= _MOST_FOLLOWED:
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                yield area.sheet, row, column
