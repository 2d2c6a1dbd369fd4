"""The report of many workbooks as a workbook: an overview with a chart, and a row for everything.

Rows go to the disk as reports arrive, in order, so that memory stays nearly the same however many
they are. That is why there are no Excel tables here: XlsxWriter has none in this mode.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from importlib.metadata import version
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from calculator.extras import PROGRAM
from calculator.report import WorkbookReport
from calculator.results.cells import (
    MOST_LINKS,
    Styles,
    cell_link,
    header_of,
    mark_remaining,
    target_of,
    write,
    write_link,
)
from calculator.results.overview import OVERVIEW, Overview
from calculator.results.tables import FINDINGS, NODE_GROUPS, SUMMARY, Table
from calculator.workbook.about import PROPERTIES
from calculator.workbook.style import TABS, print_on_a_page_wide
from calculator.xlsx.reference import MAX_ROW, a1, column_letters

__all__ = ["ReportWorkbook"]

ATTENTION = "Needs attention"

_SEVERITIES = {"unreadable": "bad", "fault": "bad", "difference": "warning", "warning": "warning"}


class ReportWorkbook:
    """The report as an .xlsx file, being written.

    Parameters
    ----------
    path: where to write. Links to files in its folder or below it are relative, so that the folder
        can be moved or sent; those to others are absolute, so that the report can.
    details: whether there is a sheet with a row for each node group.
    most_rows, most_links: what a sheet can hold; by default what Excel takes.
    """

    def __init__(
        self,
        path: str,
        *,
        details: bool = False,
        most_rows: int = MAX_ROW,
        most_links: int = MOST_LINKS,
    ) -> None:
        rows_folder = tempfile.mkdtemp(prefix=f"{PROGRAM}-")
        options = {"constant_memory": True, "tmpdir": rows_folder}
        self._book = xlsxwriter.Workbook(path, options)
        # Also when the report is given up half-way: its rows may take much space.
        self._drop_rows = weakref.finalize(self, _drop_rows, self._book, rows_folder)
        self._book.set_properties({"title": "EKS subnet report"})
        self._book.set_custom_property(PROPERTIES["version"], version(PROGRAM))
        self._folder = os.path.join(os.path.dirname(os.path.abspath(path)), "")
        style = Styles(self._book)
        self._overview = Overview(self._book.add_worksheet(OVERVIEW), style)
        tables = {SUMMARY.title: SUMMARY, ATTENTION: FINDINGS}
        if details:
            tables[NODE_GROUPS.title] = NODE_GROUPS
        self._sheets = [
            _TableSheet(self._book.add_worksheet(title), table, style, most_rows, most_links)
            for title, table in tables.items()
        ]

    def add(self, report: WorkbookReport) -> None:
        """Add what a workbook was found to be."""
        target = target_of(report.file, self._folder)
        self._overview.add(report, target)
        for each in self._sheets:
            each.add(report, target)

    def close(self) -> None:
        """Write the overview and the file.

        Raises
        ------
        OSError: when nothing can be written there.
        """
        for each in self._sheets:
            each.finish()
        self._overview.write(self._book, self._sheets)
        try:
            self._book.close()
        except FileCreateError as error:
            raise error.args[0] from None
        finally:
            self._drop_rows()


def _drop_rows(book: xlsxwriter.Workbook, folder: str) -> None:
    for worksheet in book.worksheets():
        worksheet._opt_close()  # which XlsxWriter does not do where it fails
    shutil.rmtree(folder, ignore_errors=True)


# --- a row for everything -------------------------------------------------------------------------

#: Columns whose texts may take several lines, their width and what a line of it holds [characters].
_LONG, _LONG_WIDTH, _LINE = ("error", "check", "message"), 84, 92


class _TableSheet:
    """A table of results as a sheet, its rows written as reports arrive."""

    def __init__(
        self, worksheet: Worksheet, table: Table, style: Styles, most_rows: int, most_links: int
    ) -> None:
        self.name = worksheet.get_name()
        self.rows = self.left_out = 0
        self._worksheet = worksheet
        self._table = table
        self._style = style
        self._names = list(table.columns)
        # A row for each of many node groups would use up the links that a file can have.
        self._links_left = 0 if table is NODE_GROUPS else most_links
        self._most_rows = most_rows
        self._longest = dict.fromkeys(self._names, 0)
        worksheet.set_row(0, 32)
        for column, name in enumerate(self._names):
            worksheet.write_string(0, column, header_of(name), style("head"))

    def add(self, report: WorkbookReport, target: str | None) -> None:
        for values in self._table.rows(report):
            if self.rows + 1 < self._most_rows:
                self.rows += 1
                row = dict(zip(self._names, values, strict=True))
                self._write_row(row, target)
            else:
                self.left_out += 1

    def _write_row(self, values: dict[str, Any], target: str | None) -> None:
        for column, (name, value) in enumerate(values.items()):
            if name == "file" and target and self._links_left:
                self._links_left -= 1
                link = cell_link(target, values["sheet"], values.get("cell"))
                write_link(self._worksheet, self.rows, column, link, value, self._style.link)
            else:
                text = self._text_style(name, value)
                write(self._worksheet, self.rows, column, value, self._style, text)
            if isinstance(value, str):
                self._longest[name] = max(self._longest[name], len(value))
                lines = len(value) // _LINE + value.count("\n") + 1
                if name in _LONG and lines > 1:
                    self._worksheet.set_row(self.rows, 15 * min(lines, 20))

    def _text_style(self, name: str, value: Any) -> Format:
        if name == "severity":
            return self._style("body", "word", _SEVERITIES.get(value, "body"))
        return self._style.long_text if name in _LONG else self._style.text

    def finish(self) -> None:
        """Set up what depends on the rows."""
        worksheet, last = self._worksheet, len(self._names) - 1
        if not self.rows:
            worksheet.write_string(1, 0, "Nothing to list", self._style.text)
        for column, name in enumerate(self._names):
            widest = _LONG_WIDTH if name in _LONG else 56 if name == "file" else 28
            width = min(max(self._longest[name] + 4, 12), widest)
            worksheet.set_column(column, column, width)
        worksheet.freeze_panes(1, 1)
        worksheet.autofilter(0, 0, self.rows, last)
        worksheet.ignore_errors({"number_stored_as_text": f"A1:{a1(self.rows + 1, last + 1)}"})
        worksheet.hide_gridlines(2)
        worksheet.set_tab_color(TABS["data"])
        print_on_a_page_wide(worksheet, self.name)
        worksheet.repeat_rows(0)
        if self._table is SUMMARY and self.rows:
            self._mark()

    def _mark(self) -> None:
        letters = {name: column_letters(number) for number, name in enumerate(self._names, 1)}
        last = self.rows + 1

        def mark(cells: str, style: str, **rule: Any) -> None:
            self._worksheet.conditional_format(cells, rule | {"format": self._style(style)})

        unreadable = f'=${letters["error"]}2<>""'
        mark(f"A2:{letters['error']}{last}", "bad", type="formula", criteria=unreadable)
        for name, style in (("faults", "bad"), ("warnings", "warning"), ("differences", "warning")):
            cells = f"{letters[name]}2:{letters[name]}{last}"
            mark(cells, style, type="cell", criteria=">", value=0)
        remaining = [letters[name] for name in ("ips_remaining", "peak_remaining")]
        mark_remaining(self._worksheet, (2, last), letters["ips_available"], remaining, self._style)
        for name in ("pod_subnet_remaining", "pod_subnet_peak_remaining"):
            cells = f"{letters[name]}2:{letters[name]}{last}"
            mark(cells, "bad", type="cell", criteria="<", value=0)
