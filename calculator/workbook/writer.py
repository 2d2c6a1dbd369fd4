"""Writes a workbook with live formulas and their results, made by XlsxWriter."""

from __future__ import annotations

import datetime
import io
import os
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import CellFormulaTuple, Worksheet

from calculator.catalog import Catalog, load_catalog
from calculator.errors import InputError
from calculator.extras import PROGRAM
from calculator.files import writing
from calculator.findings import Finding
from calculator.model import get_model
from calculator.model.engine import Book, notices, plan_tables
from calculator.model.sheet import DataTable, Model, Sheet
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS, Plan
from calculator.workbook.about import ABOUT, CHART, LAYOUT_LABEL, PROPERTIES, about
from calculator.workbook.chart import write_chart
from calculator.workbook.layout import Layout, new_layout, quoted
from calculator.workbook.sheet_writer import SheetWriter
from calculator.workbook.style import TABS, Formats, print_on_a_page_wide
from calculator.xlsx.reference import a1

__all__ = ["ROWS", "lacking_inputs", "write_workbook"]

#: Rows of a node table where nobody says how many.
ROWS = 40
_MOST_ROWS = 10_000

#: The same in every file, so that the same plan gives the same bytes.
_CREATED = datetime.datetime(2026, 1, 1)


def write_workbook(
    path: str | os.PathLike[str],
    plan: Plan | None = None,
    *,
    model: str = "vpc-cni",
    rows: int = ROWS,
    catalog: Catalog | None = None,
    overwrite: bool = False,
    strict: bool = False,
) -> list[Finding]:
    """Write a workbook that computes a plan with live formulas; the same input, the same bytes.

    Parameters
    ----------
    path: where to write; must end in ``.xlsx``.
    plan: fills in the workbook; None for a blank one.
    model: ``vpc-cni`` or ``aws-sample``.
    rows: rows of the node table [rows]; more where a plan has more node groups.
    catalog: instance types on the data sheets; by default the model's own.
    overwrite: whether a file that is there is replaced.
    strict: whether nothing is written where a node group cannot be computed.

    Returns
    -------
    What is wrong with the node groups, each on the cell that it stands in.

    Raises
    ------
    InputError: when there is a file and `overwrite` is False, nothing can be written there, the
        plan gives a setting that the model lacks, or, with `strict`, a node group is wrong.
    """
    path = os.fspath(path)
    if not path.lower().endswith(".xlsx"):
        raise InputError(f"{path}: a workbook's name must end in .xlsx")
    if not 1 <= rows <= _MOST_ROWS:
        raise InputError(f"rows: found {rows}; a whole number from 1 to {_MOST_ROWS:,} is expected")
    if not overwrite and os.path.exists(path):
        raise InputError(f"{path}: there is such a file already; nothing was written")
    plan = plan or Plan()
    declared = get_model(model)
    if lacking := lacking_inputs(plan, declared):
        listed = ", ".join(lacking)
        raise InputError(f"model {model} has no input for {listed}; leave it out")
    book = _Workbook(declared, catalog or load_catalog(model=model))
    content = book.write(plan, rows)
    if strict and book.findings:
        listed = "\n  ".join(each.at(path) for each in book.findings)
        raise InputError(f"{path}: nothing was written:\n  {listed}")
    # A half-written workbook must never stand under the name that was asked for.
    with writing(path) as partial_path, open(partial_path, "wb") as stream:
        stream.write(content)
    return book.findings


def lacking_inputs(plan: Plan, model: Model) -> list[str]:
    """What a plan gives, other than its default, and a model has no input for, by name."""
    known = {each.name for each in model.inputs}
    given = [(plan, PLAN_INPUTS), *((group, GROUP_INPUTS) for group in plan.node_groups)]
    lacking = {
        name: None
        for one, inputs in given
        for name, declared in inputs.items()
        if name not in known and getattr(one, name) != declared.default
    }
    return list(lacking)


class _Worksheet(Worksheet):  # type: ignore[misc]
    """A worksheet that writes formulas as they are.

    XlsxWriter takes every XLOOKUP for a dynamic array, which a table's column must not hold, and
    looks through each formula for every function that would need a prefix: most of its time.
    """

    def _write_formula(
        self,
        row: int,
        col: int,
        formula: str,
        cell_format: Format | None = None,
        value: float | str = 0,
    ) -> int:
        self._check_dimensions(row, col)
        self.table[row][col] = CellFormulaTuple(formula.removeprefix("="), cell_format, value)
        return 0

    def _xml_formula_element(
        self, formula: str, result: float | str, attributes: Sequence[tuple[str, Any]] = ()
    ) -> None:
        # As Excel has it: without a type, an empty value is a number that is missing.
        kind = [("t", "str")] if result == "" else []
        super()._xml_formula_element(formula, result, [*attributes, *kind])

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


class _Workbook:
    """One workbook being written."""

    def __init__(self, model: Model, catalog: Catalog) -> None:
        self.model = model
        self.catalog = catalog
        self.findings: list[Finding] = []
        self._buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self._buffer, options)
        # The results are in the file: a program that lacks a function can still show them.
        self.book.calc_on_load = False
        self.style = Formats(self.book)
        self._data_rows = {each.name: each.rows(catalog) for each in model.data_tables}

    def write(self, plan: Plan, rows: int) -> bytes:
        """The whole workbook as bytes."""
        rows = max(rows, len(plan.node_groups))
        shared: dict[str, Layout] = {}
        layouts = [
            new_layout(self.model, sheet, sheet.name, sheet.table, rows, shared)
            for sheet in self.model.sheets
        ]
        worksheets = [self.book.add_worksheet(each.name, _Worksheet) for each in layouts]
        chart = self.book.add_worksheet(CHART) if self.model.plan else None
        about = self.book.add_worksheet(ABOUT)
        # First, so that their words have the same numbers, and the sheets the same bytes, in all.
        for name in dict.fromkeys(data.sheet for data in self.model.data_tables):
            self._write_data(self.book.add_worksheet(name), name)
        books = self._evaluate(plan, rows)
        for worksheet, layout in zip(worksheets, layouts, strict=True):
            self._define_names(worksheet, layout)
            writer = SheetWriter(worksheet, layout, self.style, self._types())
            tables = books[layout.name][layout.name]
            writer.write(plan, tables)
        if chart is not None:
            write_chart(chart, self.book, shared, self.style)
        self._write_about(about)
        worksheets[0].activate()
        self._write_properties()
        self.book.close()
        return self._buffer.getvalue()

    def _evaluate(self, plan: Plan, rows: int) -> dict[str, Book]:
        """The results that each sheet shows, by its name."""
        sheets = self.model.sheets
        if self.model.plan:
            top = self.model.sheet(self.model.plan).header_row
            seen = {"given_last_row_seen": float(top + rows)}
            book = plan_tables(self.model, sheets, [plan], self.catalog, **seen)
            books = dict.fromkeys((sheet.name for sheet in sheets), book)
        else:
            books = {
                sheet.name: plan_tables(self.model, [sheet], [plan], self.catalog)
                for sheet in sheets
            }
        for sheet in sheets[: None if not self.model.plan else len(sheets)]:
            self._find_faults(sheet, plan, books[sheet.name])
        return books

    def _find_faults(self, sheet: Sheet, plan: Plan, book: Book) -> None:
        """Note what is wrong with the node groups that are written, once each."""
        filled_in = self.model.sheet(self.model.plan) if self.model.plan else sheet
        said = {(each.code, each.cell) for each in self.findings}
        found = [
            (notice.code, notice.about, number, message)
            for notice, number, message in notices(book[sheet.name])
            if notice.is_fault
            and notice.of_row
            and (not self.model.plan or sheet.mode in (None, "warm-eni", plan.mode))
        ]
        for number, group in enumerate(plan.node_groups):
            if problem := self.catalog.problem(group.instance_type):
                problem = problem.removeprefix("instance_type: ")
                found.append(("unknown-type", "instance_type", number, problem))
        columns = [each.name for each in filled_in.columns]
        for code, about_, number, message in found:
            cell = a1(filled_in.header_row + 1 + number, columns.index(about_) + 1)
            if (code, cell) not in said:
                said.add((code, cell))
                header = filled_in.columns[columns.index(about_)].header
                value = getattr(plan.node_groups[number], about_)
                self.findings.append(Finding(code, filled_in.name, cell, header, value, message))

    def _write_properties(self) -> None:
        self.book.set_properties(
            {
                "title": "EKS subnet calculator",
                "subject": f"Subnet plan of an Amazon EKS cluster, {self.model.title}",
                "created": _CREATED,
            }
        )
        values = {
            "model": self.model.name,
            "catalog": self.catalog.version,
            "layout": "" if self.model.layout is None else str(self.model.layout),
            "version": version(PROGRAM),
            "writer": f"XlsxWriter {xlsxwriter.__version__}",
        }
        for key, value in values.items():
            if value:
                self.book.set_custom_property(PROPERTIES[key], value)

    def _define_names(self, worksheet: Worksheet, layout: Layout) -> None:
        for setting in layout.sheet.settings:
            if setting.defined_name:
                cell = a1(*layout.places[setting.name], absolute=True)
                # What define_name() does, for any name of a sheet: it takes no ' and no ! in one.
                target = f"{quoted(layout.name)}!{cell}"
                name = [setting.defined_name, worksheet.index, target, False]
                self.book.defined_names.append(name)

    def _types(self) -> dict[str, Any]:
        """What Excel lets a person enter as an instance type."""
        data = next(each for each in self.model.data_tables if "instance_type" in each.figures)
        number = data.figures.index("instance_type") + data.first_column
        first = a1(2, number, absolute=True)
        last = a1(1 + len(self._data_rows[data.name]), number, absolute=True)
        return {
            "validate": "list",
            "source": f"={data.sheet}!{first}:{last}",
            "input_title": "Instance type",
            "input_message": f"One of sheet {data.sheet}",
            "error_type": "warning",
            "error_title": "Not in the list",
            "error_message": "Pods on Fargate have the type fargate. A type of your own goes into "
            f"a new row of sheet {data.sheet}.",
        }

    # --- the other sheets -------------------------------------------------------------------------

    def _write_about(self, worksheet: Worksheet) -> None:
        worksheet.hide_gridlines(2)
        worksheet.set_column(0, 0, 24)
        worksheet.set_column(1, 1, 96)
        worksheet.write_string(0, 0, "EKS subnet calculator", self.style("title"))
        worksheet.set_row(0, 24)
        row = 2
        for heading, lines in about(self.model, self.catalog.version):
            worksheet.write_string(row, 0, heading, self.style("heading", "top"))
            for words, style in lines:
                formats = self.style(*style.split(), "wrapped", "top")
                if heading == LAYOUT_LABEL:
                    worksheet.write_number(row, 1, int(words), self.style("data", "word"))
                else:
                    worksheet.write_string(row, 1, words, formats)
                worksheet.set_row(row, 15 * (1 + len(words) // 100) + 3)
                row += 1
            worksheet.set_row(row, 8)
            row += 1
        print_on_a_page_wide(worksheet, "About")
        worksheet.set_portrait()
        worksheet.print_area(0, 0, row, 1)

    def _write_data(self, worksheet: Worksheet, name: str) -> None:
        for data in self.model.data_tables:
            if data.sheet == name:
                self._write_table(worksheet, data, self._data_rows[data.name])
        worksheet.set_row(0, 20)
        worksheet.freeze_panes(1, 0)
        worksheet.set_tab_color(TABS["data"])
        # Nobody wants thirty pages of figures on paper: an empty cell is what is printed.
        beside = max(each.first_column + len(each.headers) for each in self.model.data_tables)
        worksheet.print_area(0, beside, 0, beside)

    def _write_table(
        self, worksheet: Worksheet, data: DataTable, rows: Sequence[Sequence[float | str | None]]
    ) -> None:
        columns = [{"header": each, "header_format": self.style("head")} for each in data.headers]
        options = {"name": data.name, "style": None, "columns": columns}
        left = data.first_column - 1
        worksheet.add_table(0, left, max(len(rows), 1), left + len(columns) - 1, options)
        for number, header in enumerate(data.headers, left):
            width = {"instance type": 26, "source": 26, "code": 28, "words": 100}.get(header, 14)
            worksheet.set_column(number, number, width)
        style, word = self.style("data"), self.style("data", "word")
        for row, cells in enumerate(rows, 1):
            for number, value in enumerate(cells, left):
                if isinstance(value, str):
                    worksheet.write_string(row, number, value, word)
                elif value is not None:
                    worksheet.write_number(row, number, value, style)
