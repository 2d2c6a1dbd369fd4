"""The words of the sheets and where they stand: files out there are read by them.

    python -m tests.layouts

writes them to tests/data, where they are not kept yet: of a layout that people have, none changes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from calculator.model import get_model, models
from calculator.model.sheet import Column, Constant, Setting, Sheet

HEADERS = ("sheet", "what", "name", "cell", "label cell", "words", "style", "more")


def file_of(model: str) -> Path:
    """Where the words of a model's present layout are kept."""
    layout = get_model(model).layout
    name = f"layout_{layout}.csv" if layout else f"layout_of_{model.replace('-', '_')}.csv"
    return Path(__file__).parent / "data" / name


def words_of(model: str) -> Iterator[tuple[str, ...]]:
    """Every word and place of a model's sheets, one a row of HEADERS."""
    for sheet in get_model(model).sheets:
        yield sheet.name, "sheet", sheet.mode or "", "", "", sheet.title, "", sheet.table or ""
        if sheet.columns:
            yield sheet.name, "header row", "", str(sheet.header_row), "", "", "", ""
        yield from ((sheet.name, *row) for row in _words_of(sheet))
    for table in get_model(model).data_tables:
        for number, header in enumerate(table.headers, table.first_column):
            yield table.sheet, "data", table.name, str(number), "", header, "", ""


def _words_of(sheet: Sheet) -> Iterator[tuple[str, ...]]:
    for label in sheet.labels:
        yield "label", "", label.cell, "", label.text, label.style, ""
    for each in sheet.placed:
        what, style, more = type(each).__name__.lower(), getattr(each, "style", ""), ""
        if isinstance(each, Setting):
            more = f"{each.input.default!r}, {each.empty!r}, {each.optional}"
        elif isinstance(each, Constant):
            more = f"{each.value:.12g} {each.unit}"
        yield what, each.name, each.cell, each.label_cell, each.label, style, more
    for number, column in enumerate(sheet.columns, 1):
        yield "column", column.name, str(number), "", column.header, column.style, _more_of(column)


def _more_of(column: Column) -> str:
    if column.formula is not None:
        return "formula"
    default = column.input.default if column.input else None
    return f"{default!r}, {column.empty!r}, {column.optional}"


def main() -> None:
    """Write the words of the models, where they are not kept yet."""
    for model in (each.name for each in models()):
        if not file_of(model).exists():
            with open(file_of(model), "x", encoding="utf-8", newline="") as stream:
                csv.writer(stream, lineterminator="\n").writerows([HEADERS, *words_of(model)])


if __name__ == "__main__":
    main()
