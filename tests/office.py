"""Edits workbooks in LibreOffice, as a person does; run by the Python that has its ``uno``.

``python office.py SOFFICE`` starts that program and does what each line of its input asks, until
there is no more. A line is a list of jobs in JSON, [[source, target, edits], ...]; an edit is the
name of a function below and its arguments. The answer is a line, too: what went wrong, in JSON, or
null. Nothing of the project is needed.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import traceback

FILTERS = {
    "xlsx": "Calc MS Excel 2007 XML",
    "ods": "calc8",
    "xls": "MS Excel 97",
    "fods": "OpenDocument Spreadsheet Flat XML",
}


def _sheet(book, name):
    return book.Sheets.getByName(name)


def _area(book, sheet, area):
    return _sheet(book, sheet).getCellRangeByName(area).RangeAddress


def _value(name, value):
    from com.sun.star.beans import PropertyValue

    prop = PropertyValue()
    prop.Name, prop.Value = name, value
    return prop


# --- edits ----------------------------------------------------------------------------------------


def put(book, sheet, cell, value):
    """Type a number, a text or, with ``=``, a formula; None clears the cell."""
    at = _sheet(book, sheet).getCellRangeByName(cell)
    if value is None:
        at.clearContents(1 | 2 | 4 | 16)
    elif isinstance(value, str) and value.startswith("="):
        at.setFormula(value)
    elif isinstance(value, str):
        at.setString(value)
    else:
        at.setValue(value)


def clear(book, sheet, area):
    """Delete what cells hold: values, dates, texts and formulas."""
    _sheet(book, sheet).getCellRangeByName(area).clearContents(1 | 2 | 4 | 16)


def insert_rows(book, sheet, before, count):
    """Insert whole rows before one, counted from 1."""
    _sheet(book, sheet).Rows.insertByIndex(before - 1, count)


def delete_rows(book, sheet, first, count):
    """Delete whole rows."""
    _sheet(book, sheet).Rows.removeByIndex(first - 1, count)


def insert_columns(book, sheet, before, count):
    """Insert whole columns before one, counted from 1."""
    _sheet(book, sheet).Columns.insertByIndex(before - 1, count)


def delete_columns(book, sheet, first, count):
    """Delete whole columns."""
    _sheet(book, sheet).Columns.removeByIndex(first - 1, count)


def insert_cells(book, sheet, area):
    """Insert cells, and shift those of their columns down."""
    from com.sun.star.sheet.CellInsertMode import DOWN

    _sheet(book, sheet).insertCells(_area(book, sheet, area), DOWN)


def copy(book, sheet, area, cell, to=None):
    """Copy cells and paste them elsewhere, formulas and all."""
    there = _sheet(book, to or sheet)
    at = there.getCellRangeByName(cell).CellAddress
    there.copyRange(at, _area(book, sheet, area))


def cut(book, sheet, area, cell):
    """Cut cells and paste them elsewhere: references move with them."""
    there = _sheet(book, sheet)
    there.moveRange(there.getCellRangeByName(cell).CellAddress, _area(book, sheet, area))


def sort(book, sheet, area, column, ascending=True):
    """Sort rows by one of their columns, counted from 0."""
    import uno
    from com.sun.star.table import TableSortField

    field = TableSortField()
    field.Field, field.IsAscending = column, ascending
    fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
    options = (_value("SortFields", fields), _value("ContainsHeader", False))
    uno.invoke(_sheet(book, sheet).getCellRangeByName(area), "sort", (options,))


def hide_rows(book, sheet, first, count):
    """Hide whole rows."""
    for number in range(first - 1, first - 1 + count):
        _sheet(book, sheet).Rows.getByIndex(number).IsVisible = False


def filter_rows(book, sheet, area, column, value):
    """Show only the rows whose column, counted from 0, has that text."""
    from com.sun.star.sheet import TableFilterField
    from com.sun.star.sheet.FilterOperator import EQUAL

    cells = _sheet(book, sheet).getCellRangeByName(area)
    chosen = cells.createFilterDescriptor(True)
    field = TableFilterField()
    field.Field, field.Operator, field.StringValue, field.IsNumeric = column, EQUAL, value, False
    chosen.setFilterFields((field,))
    chosen.ContainsHeader = True
    cells.filter(chosen)


def fill_down(book, sheet, area):
    """Copy the first row of some cells into the others."""
    from com.sun.star.sheet.FillDirection import TO_BOTTOM

    _sheet(book, sheet).getCellRangeByName(area).fillAuto(TO_BOTTOM, 1)


def delete_sheet(book, sheet):
    """Delete a sheet."""
    book.Sheets.removeByName(sheet)


def copy_sheet(book, sheet, name):
    """Copy a sheet behind all others."""
    book.Sheets.copyByName(sheet, name, book.Sheets.Count)


def move_sheet(book, sheet, to):
    """Move a sheet before the one of that number, counted from 0."""
    book.Sheets.moveByName(sheet, to)


def rename_sheet(book, sheet, name):
    """Give a sheet another name."""
    _sheet(book, sheet).Name = name


def add_sheet(book, name):
    """Add an empty sheet at the front."""
    book.Sheets.insertNewByName(name, 0)


# --- jobs -----------------------------------------------------------------------------------------


def _desktop(soffice, profile):
    import uno

    pipe = f"edits{os.getpid()}"
    accept = f"--accept=pipe,name={pipe};urp;"
    options = [f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--nologo"]
    office = subprocess.Popen([soffice, *options, accept], stdout=subprocess.DEVNULL)
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", here
    )
    for _ in range(300):
        try:
            there = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            break
        except Exception:
            time.sleep(0.1)
    else:
        office.kill()
        raise SystemExit("LibreOffice did not start")
    name = "com.sun.star.frame.Desktop"
    return office, there.ServiceManager.createInstanceWithContext(name, there)


def _do(desktop, jobs):
    for source, target, edits in jobs:
        book = desktop.loadComponentFromURL(
            f"file://{source}", "_blank", 0, (_value("Hidden", True),)
        )
        if book is None:
            raise RuntimeError(f"LibreOffice does not open {source}")
        try:
            for name, *arguments in edits:
                globals()[name](book, *arguments)
            if edits:
                book.calculateAll()
            kind = FILTERS[target.rpartition(".")[2]]
            book.storeToURL(f"file://{target}", (_value("FilterName", kind),))
        finally:
            book.close(True)


def main():
    """Do all jobs with one start of LibreOffice."""
    with tempfile.TemporaryDirectory(prefix="office-", ignore_cleanup_errors=True) as profile:
        office, desktop = _desktop(sys.argv[1], profile)
        try:
            for line in sys.stdin:
                try:
                    _do(desktop, json.loads(line))
                    said = None
                except Exception:
                    said = traceback.format_exc()
                print(json.dumps(said), flush=True)
        finally:
            try:
                desktop.terminate()
            except Exception:
                office.kill()
            office.wait(30)


if __name__ == "__main__":
    main()
