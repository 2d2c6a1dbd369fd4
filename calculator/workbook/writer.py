"""Writes a workbook with live formulas and their results, made by XlsxWriter."""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import CellFormulaTuple, Worksheet

from calculator.catalog import Catalog, load_catalog
from calculator.errors import InputError
from calculator.extras import PROGRAM
from calculator.model import get_model, get_sheet
from calculator.model.engine import (
    Tables,
    catalog_figures,
    evaluate_tables,
    plan_tables,
    setting_of,
)
from calculator.model.sheet import DataTable, Model, Setting, Sheet
from calculator.plan import Plan
from calculator.workbook.about import ABOUT, PROPERTIES, about
from calculator.workbook.layout import Layout, new_layout, quoted
from calculator.workbook.links import shared_inputs
from calculator.workbook.sheet_writer import Formats, SheetWriter, print_on_a_page_wide
from calculator.workbook.style import TABS
from calculator.xlsx.reference import a1

__all__ = ["SheetPlan", "write_workbook"]

#: What Excel takes for a worksheet's name.
_SHEET_NAME = re.compile(r"(?!')[^\[\]:*?/\\]{1,31}(?<!')")
_SHEET_NAME_EXPECTED = "a name of 1 to 31 characters, with no ' at its ends and no [ ] : * ? / \\"

#: Rows that people may add below a node table.
_MORE_ROWS = 1000

#: The same in every file, so that the same plan gives the same bytes.
_CREATED = datetime.datetime(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One worksheet of a workbook: its name, its mode and the plan it is filled in with."""

    name: str
    mode: str
    plan: Plan


def write_workbook(
    path: str | os.PathLike[str],
    plan: Plan | Sequence[SheetPlan] | None = None,
    *,
    model: str = "vpc-cni",
    rows: int = 20,
    catalog: Catalog | None = None,
    overwrite: bool = False,
) -> None:
    """Write a workbook that computes plans with live formulas; the same input, the same bytes.

    Parameters
    ----------
    path: where to write; must end in ``.xlsx``.
    plan: fills in every sheet of the model; or the worksheets one by one; None for a blank one.
    model: ``vpc-cni`` or ``aws-sample``.
    rows: rows of each node table [rows]; more where a plan has more node groups.
    catalog: instance types on the data sheets; by default the model's own.
    overwrite: whether a file that is there is replaced.

    Raises
    ------
    InputError: when there is a file and `overwrite` is False, or nothing can be written there.
    """
    path = os.fspath(path)
    if not path.lower().endswith(".xlsx"):
        raise InputError(f"{path}: a workbook's name must end in .xlsx")
    if not 1 <= rows <= 10_000:
        raise InputError(f"rows: found {rows}; a whole number from 1 to 10000 is expected")
    if not overwrite and os.path.exists(path):
        raise InputError(f"{path}: there is such a file already; nothing was written")
    declared = get_model(model)
    if plan is None or isinstance(plan, Plan):
        filled_in = plan or Plan()
        plan = [SheetPlan(each.name, each.mode, filled_in) for each in declared]
    content = _Workbook(declared, catalog or load_catalog(model=model)).write(plan, rows)
    # A half-written workbook must never stand under the name that was asked for.
    partial_path = f"{path}.part"
    try:
        with open(partial_path, "wb") as stream:
            stream.write(content)
        os.replace(partial_path, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.remove(partial_path)
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None


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


class _Workbook:
    """One workbook being written."""

    def __init__(self, model: Model, catalog: Catalog) -> None:
        self.model = model
        self.catalog = catalog
        self._buffer = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(self._buffer, options)
        # The results are in the file: a program that lacks a function can still show them.
        self.book.calc_on_load = False
        self.style = Formats(self.book)
        self._data_rows = {each.name: each.rows(catalog) for each in model.data_tables}
        self._table_names = {each.name.lower() for each in model.data_tables}
        self._followed: dict[str, str] = {}

    def write(self, plans: Sequence[SheetPlan], rows: int) -> bytes:
        """The whole workbook as bytes."""
        taken = {each.sheet.lower() for each in self.model.data_tables} | {"about"}
        for each in plans:
            if not _SHEET_NAME.fullmatch(each.name):
                raise InputError(f"sheet {each.name}: {_SHEET_NAME_EXPECTED} is expected")
            if each.name.lower() in taken:
                raise InputError(f"sheet {each.name}: there cannot be two of that name")
            taken.add(each.name.lower())
        if not plans:
            raise InputError("plan: found no worksheet; at least one is expected")
        sheets = [self.book.add_worksheet(each.name, _Worksheet) for each in plans]
        laid_out = [self._lay_out(each, rows) for each in plans]
        follows = [self._leading(plans, number) for number in range(len(plans))]
        for number, (worksheet, each) in enumerate(zip(sheets, plans, strict=True)):
            followed = follows[number]
            leading = None if followed is None else laid_out[followed]
            followers = [laid_out[other] for other, first in enumerate(follows) if first == number]
            self._write_sheet(worksheet, each, laid_out[number], leading, followers)
        self._write_about()
        for data in self.model.data_tables:
            self._write_data(data)
        sheets[0].activate()
        self._write_properties()
        self.book.close()
        return self._buffer.getvalue()

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
            "version": version(PROGRAM),
            "writer": f"XlsxWriter {xlsxwriter.__version__}",
        }
        for key, value in values.items():
            self.book.set_custom_property(PROPERTIES[key], value)

    # --- a sheet of the model ---------------------------------------------------------------------

    def _lay_out(self, filled_in: SheetPlan, rows: int) -> Layout:
        sheet = get_sheet(self.model, filled_in.mode)
        table = self._table_name(sheet, filled_in.name)
        return new_layout(sheet, filled_in.name, table, max(rows, len(filled_in.plan.node_groups)))

    def _leading(self, plans: Sequence[SheetPlan], number: int) -> int | None:
        """The sheet before this one whose inputs it can follow, because they are the same."""
        sheet, first = get_sheet(self.model, plans[number].mode), self.model.sheets[0]
        if not self.model.linked or sheet is first:
            return None

        def inputs(plan: Plan) -> list[Any]:
            shared = [each for each in shared_inputs(sheet, first) if isinstance(each, Setting)]
            return [plan.node_groups, *(setting_of(plan, each) for each in shared)]

        wanted = inputs(plans[number].plan)
        for before in range(number - 1, -1, -1):
            each = plans[before]
            if get_sheet(self.model, each.mode) is first and inputs(each.plan) == wanted:
                return before
        return None

    def _write_sheet(
        self,
        worksheet: Worksheet,
        filled_in: SheetPlan,
        layout: Layout,
        leading: Layout | None,
        followers: Sequence[Layout],
    ) -> None:
        settings, columns, plan = plan_tables(layout.sheet, [filled_in.plan], self.catalog)
        tables = evaluate_tables(layout.sheet, settings, columns, plan)
        empty = _empty_row(layout.sheet, settings, self.catalog)
        self._define_names(worksheet, layout)
        writer = SheetWriter(
            worksheet, layout, self.style, self._types(), leading, self._followed_name
        )
        writer.write(filled_in.plan, tables, empty, [leading] if leading else followers)

    def _table_name(self, sheet: Sheet, name: str) -> str:
        table = sheet.table
        if name != sheet.name:
            table = re.sub(r"\W+", "_", f"{name}_Nodes").strip("_")
            table = table if table[0].isalpha() else f"_{table}"
        unique, count = table, 1
        while unique.lower() in self._table_names:
            count += 1
            unique = f"{table}_{count}"
        self._table_names.add(unique.lower())
        return unique

    def _define_names(self, worksheet: Worksheet, layout: Layout) -> None:
        for setting in layout.sheet.settings:
            if setting.defined_name:
                cell = a1(*layout.places[setting.name], absolute=True)
                # What define_name() does, for any name of a sheet: it takes no ' and no ! in one.
                target = f"{quoted(layout.name)}!{cell}"
                name = [setting.defined_name, worksheet.index, target, False]
                self.book.defined_names.append(name)

    def _followed_name(self, layout: Layout, name: str) -> str:
        """A hidden name for an input of a sheet, for a column as far as rows may be added."""
        if name in layout.columns:
            column = layout.columns[name]
            first, last = (
                a1(row, column, absolute=True)
                for row in (layout.first_row, layout.last_row + _MORE_ROWS)
            )
            cells = f"{first}:{last}"
        else:
            cells = a1(*layout.places[name], absolute=True)
        target = f"{quoted(layout.name)}!{cells}"
        if target not in self._followed:
            self._followed[target] = f"followed_{len(self._followed) + 1}"
            self.book.defined_names.append([self._followed[target], -1, target, 1])
        return self._followed[target]

    def _types(self) -> dict[str, Any]:
        """What Excel lets a person enter as an instance type."""
        data = next(each for each in self.model.data_tables if "instance_type" in each.figures)
        number = data.figures.index("instance_type") + 1
        first = a1(2, number, absolute=True)
        last = a1(1 + len(self._data_rows[data.name]), number, absolute=True)
        return {
            "validate": "list",
            "source": f"={data.sheet}!{first}:{last}",
            "input_title": "Instance type",
            "input_message": f"One of sheet {data.sheet}",
            "error_title": "Unknown instance type",
            "error_message": f"Pick one from the list. A type of your own goes into a new row of "
            f"sheet {data.sheet}.",
        }

    # --- the other sheets -------------------------------------------------------------------------

    def _write_about(self) -> None:
        worksheet = self.book.add_worksheet(ABOUT)
        worksheet.hide_gridlines(2)
        worksheet.set_column(0, 0, 24)
        worksheet.set_column(1, 1, 96)
        worksheet.write_string(0, 0, "EKS subnet calculator", self.style("title"))
        worksheet.set_row(0, 24)
        row = 2
        for heading, lines in about(self.model, self.catalog.version):
            worksheet.write_string(row, 0, heading, self.style("heading", "top"))
            for words, style in lines:
                worksheet.write_string(row, 1, words, self.style(*style.split(), "wrapped"))
                worksheet.set_row(row, 15 * (1 + len(words) // 100) + 3)
                row += 1
            worksheet.set_row(row, 8)
            row += 1
        print_on_a_page_wide(worksheet, "About")
        worksheet.set_portrait()
        worksheet.print_area(0, 0, row, 1)

    def _write_data(self, data: DataTable) -> None:
        worksheet = self.book.add_worksheet(data.sheet)
        rows = self._data_rows[data.name]
        columns = [{"header": each, "header_format": self.style("head")} for each in data.headers]
        options = {"name": data.name, "style": None, "columns": columns}
        worksheet.add_table(0, 0, max(len(rows), 1), len(data.headers) - 1, options)
        for number in range(len(data.headers)):
            is_text = data.figures[number : number + 1] in (("instance_type",), ("source",))
            worksheet.set_column(number, number, 26 if is_text else 14)
        style, word = self.style("data"), self.style("data", "word")
        for row, cells in enumerate(rows, 1):
            for number, value in enumerate(cells):
                if isinstance(value, str):
                    worksheet.write_string(row, number, value, word)
                elif value is not None:
                    worksheet.write_number(row, number, value, style)
        worksheet.set_row(0, 20)
        worksheet.freeze_panes(1, 0)
        worksheet.set_tab_color(TABS["data"])
        print_on_a_page_wide(worksheet, data.sheet)
        worksheet.set_portrait()
        worksheet.repeat_rows(0)


def _empty_row(sheet: Sheet, settings: Mapping[str, Any], catalog: Catalog) -> dict[str, Any]:
    """What the formulas of a row without an instance type show."""
    if sheet.spare_row:
        return {each.name: "" for each in sheet.computed}
    nothing: dict[str, Any] = {
        each.name: np.array([""], dtype=object) if each.is_text else np.array([np.nan])
        for each in sheet.inputs
    }
    nothing |= catalog_figures([""], catalog)
    tables = Tables(sheet, settings, nothing, np.array([0]))
    return {each.name: _shown(tables.groups[each.name][0]) for each in sheet.computed}


def _shown(value: Any) -> Any:
    return "" if isinstance(value, float) and np.isnan(value) else value
