"""The words of the present layout and where they stand: files out there are read by them.

    python -m tests.layouts

writes them to tests/data, where they are not kept yet: of a layout that people have, none changes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from calculator.model import get_model
from calculator.model.sheet import Column, Constant, Setting, Sheet

HEADERS = ("sheet", "what", "name", "cell", "label cell", "words", "style", "more")


def file_of(layout: int | None) -> Path:
    """Where the words of a layout are kept."""
    return Path(__file__).parent / "data" / f"layout_{layout}.csv"


def words_of(model: str) -> Iterator[tuple[str, ...]]:
    """Every word and place of a model's sheets, one a row of HEADERS."""
    for sheet in get_model(model).sheets:
        yield sheet.name, "sheet", sheet.mode or "", "", "", sheet.title, "", sheet.table or ""
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
    """Write the words of the present layout."""
    path = file_of(get_model("vpc-cni").layout)
    with open(path, "x", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([HEADERS, *words_of("vpc-cni")])


if __name__ == "__main__":
    main()
