"""Writes one sheet of a model: its words, inputs, results and node table, and how they look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from calculator.inputs import MOST, Choice, Input, Quantity, Text, plain
from calculator.model.engine import Tables, spare_row
from calculator.model.sheet import Column, Constant, Setting, Total
from calculator.plan import NodeGroup, Plan
from calculator.workbook.layout import Layout
from calculator.workbook.marks import marks_of_column, marks_of_results
from calculator.workbook.style import TABS, Formats, print_on_a_page_wide
from calculator.xlsx.reference import a1, place

__all__ = ["SheetWriter", "cached", "zero"]

#: Columns that the words of a verdict run over, from its own on.
_RUN_OVER = {"verdict": 8, "status": 5}


class SheetWriter:
    """One sheet being written.

    Parameters
    ----------
    worksheet, layout: where to write.
    style: the formats of the workbook.
    types: what Excel lets a person enter as an instance type.
    """

    def __init__(
        self, worksheet: Worksheet, layout: Layout, style: Formats, types: dict[str, Any]
    ) -> None:
        self.worksheet = worksheet
        self.layout = layout
        self.style = style
        self.types = types

    def write(self, plan: Plan, tables: Tables) -> None:
        """Write everything: what is filled in, and what comes of it."""
        worksheet, sheet = self.worksheet, self.layout.sheet
        written = set()
        for label in sheet.labels:
            written.add(label.cell)
            # What a formula compares with a number must be one.
            is_number = label.style == "default" and label.text.isdecimal()
            write = worksheet.write_number if is_number else worksheet.write_string
            text = int(label.text) if is_number else label.text
            write(*zero(place(label.cell)), text, self.style(label.style))
        for each in sheet.placed:
            if each.label_cell not in written:
                written.add(each.label_cell)
                style = self.style(self._label_style(each))
                worksheet.write_string(*zero(place(each.label_cell)), each.label, style)
        for setting in sheet.settings:
            value = getattr(plan, setting.name)
            self._write_setting(setting, setting.default if value is None else value)
        for constant in sheet.constants:
            at = zero(self.layout.places[constant.name])
            worksheet.write_number(*at, constant.value, self.style("constant"))
        for result in sheet.totals:
            self._write_total(result, cached(tables.plans[result.name][0]))
        if sheet.columns:
            self._write_nodes(plan.node_groups, tables)
        self._mark_verdicts()
        self._set_up_page()

    def _label_style(self, each: Setting | Constant | Total) -> str:
        """How a label looks: by where it stands, and what stands beside it."""
        if isinstance(each, Setting):
            return "beside" if isinstance(each.input, Text) else "text"
        if isinstance(each, Constant):
            return "unit"
        if each.label_cell[1:] == "4" and each.cell[0] == each.label_cell[0]:
            return "head" if each.style != "small" else "small"
        return {"verdict": "title", "small": "small", "remark": "heading"}.get(each.style, "text")

    # --- cells of their own -----------------------------------------------------------------------

    def _write_setting(self, setting: Setting, value: float | str | None) -> None:
        row, column = zero(self.layout.places[setting.name])
        styles = ["input"] + ["words"] * isinstance(setting.input, Text)
        style = self.style(*styles)
        if value is None or value == "":
            self.worksheet.write_blank(row, column, None, style)
        elif isinstance(value, str):
            self.worksheet.write_string(row, column, value, style)
        else:
            self.worksheet.write_number(row, column, value, style)
        message = f"{setting.name}_message"
        if message in self.layout.places:
            cell = a1(*self.layout.places[message], absolute=True)
            self._mark((row, column, row, column), f'={cell}<>""', "bad")
        rule = _rule(setting.input, setting.label)
        self.worksheet.data_validation(row, column, row, column, rule)

    def _write_total(self, result: Total, value: float | str) -> None:
        row, column = zero(self.layout.places[result.name])
        styles = [result.style] + ["result"] * (result.style in ("number", "remaining"))
        formula = f"={self.layout.formula(result.name)}"
        self.worksheet.write_formula(row, column, formula, self.style(*styles), value)

    def _mark(self, area: tuple[int, int, int, int], formula: str, style: str) -> None:
        """Give an area a style where a formula holds, before the marks that are set later."""
        rule = {"type": "formula", "criteria": formula, "format": self.style(style)}
        self.worksheet.conditional_format(*area, rule | {"stop_if_true": True})

    def _mark_verdicts(self) -> None:
        layout = self.layout
        for name, formula, style in marks_of_results(layout):
            row, column = zero(layout.places[name])
            result = layout.sheet.by_name[name]
            wide = _RUN_OVER.get(result.style, 1) if isinstance(result, Total) else 1
            self._mark((row, column, row, column + wide - 1), formula, style)

    # --- the node table ---------------------------------------------------------------------------

    def _write_nodes(self, groups: Sequence[NodeGroup], tables: Tables) -> None:
        worksheet, layout, sheet = self.worksheet, self.layout, self.layout.sheet
        header, first, last = layout.header_row - 1, layout.first_row - 1, layout.last_row - 1
        worksheet.add_table(
            header,
            0,
            last,
            len(sheet.columns) - 1,
            {
                "name": layout.table,
                "style": None,
                "columns": [self._table_column(each) for each in sheet.columns],
            },
        )
        worksheet.set_row(header, 48)
        spare = spare_row(layout.model, sheet)
        for number, column in enumerate(sheet.columns):
            if column.formula is None:
                self._write_input(column, groups)
                continue
            style = self.style(*(["body"] if column.style != "helper" else []), column.style)
            formula = f"={layout.formula(column.name, layout.first_row)}"
            for row, value in enumerate(tables.groups[column.name], first):
                worksheet.write_formula(row, number, formula, style, cached(value))
            formula = f"={layout.formula(column.name, layout.first_row, spare=True)}"
            for row in range(first + len(groups), last + 1):
                value = spare.get(column.name, row - first + 1)
                worksheet.write_formula(row, number, formula, style, cached(value))
            if column.style == "check":
                for _, formula, mark in marks_of_column(layout, column.name):
                    self._mark((first, number, last, number), formula, mark)

    def _write_input(self, column: Column, groups: Sequence[NodeGroup]) -> None:
        worksheet, layout = self.worksheet, self.layout
        number = layout.columns[column.name] - 1
        first, last = layout.first_row - 1, layout.last_row - 1
        style = self.style(
            *("body", "input", *["optional"] * _is_0_when_empty(column)),
            *["word"] * column.is_text,
        )
        for row in range(first, last + 1):
            group = groups[row - first] if row - first < len(groups) else None
            value = getattr(group, column.name, "")
            if column.optional and column.input and value == column.input.default:
                value = ""
            if value is None or value == "":
                worksheet.write_blank(row, number, None, style)
            elif column.is_text:
                worksheet.write_string(row, number, value, style)
            else:
                worksheet.write_number(row, number, value, style)
        rule = _rule(column.input, column.header) if column.input else self.types
        worksheet.data_validation(first, number, last, number, rule)

    def _table_column(self, column: Column) -> dict[str, Any]:
        layout = self.layout
        kind = "head" if column.formula is not None else "head_input"
        if column.style == "helper":
            kind = "head_helper"
        elif column.optional:
            kind = "head_optional"
        options = {"header": column.header, "header_format": self.style(kind)}
        if column.formula is not None:
            options["formula"] = f"={layout.formula(column.name, layout.first_row)}"
        return options

    # --- the page ---------------------------------------------------------------------------------

    def _set_up_page(self) -> None:
        worksheet, layout = self.worksheet, self.layout
        sheet, columns = layout.sheet, layout.sheet.columns
        worksheet.hide_gridlines(2)
        worksheet.set_row(0, 26)
        fills_in = bool(sheet.settings or sheet.inputs)
        worksheet.set_tab_color(TABS["input" if fills_in else "result"])
        if not columns:
            for number, width in enumerate(sheet.widths):
                worksheet.set_column(number, number, width)
            self._set_heights()
            if fills_in:
                worksheet.freeze_panes(3, 1)
            print_on_a_page_wide(worksheet, layout.name)
            if not fills_in:
                worksheet.set_portrait()
                worksheet.fit_to_pages(1, 1)
            last = max(row for row, _ in layout.places.values())
            worksheet.print_area(0, 0, last - 1, len(sheet.widths) - 1)
            return
        for number, column in enumerate(columns):
            worksheet.set_column(number, number, column.width)
        shown = [number for number, each in enumerate(columns) if each.style != "helper"]
        placed = [each for each in sheet.placed if getattr(each, "style", "") != "small"]
        shown += [layout.places[each.name][1] - 1 for each in placed]
        shown = sorted({*shown})
        # A sheet that is only read is read from the top; one that is filled in keeps its verdict.
        worksheet.freeze_panes(layout.header_row if sheet.inputs else 0, 1)
        wide = sum(column.width for column in columns[: shown[-1] + 1])
        print_on_a_page_wide(worksheet, layout.name, 1 + int(wide // _PAGE))
        worksheet.print_area(0, 0, layout.last_row - 1, shown[-1])
        worksheet.repeat_rows(layout.header_row - 1)
        worksheet.repeat_columns(0)

    def _set_heights(self) -> None:
        """Rows high enough for words that take more than a line."""
        widths = dict(zip("ABCDEFG", self.layout.sheet.widths, strict=False))
        for label in self.layout.sheet.labels:
            if label.style == "wrapped" and len(label.text) > widths[label.cell[0]]:
                lines = 1 + len(label.text) // widths[label.cell[0]]
                self.worksheet.set_row(int(label.cell[1:]) - 1, 15 * lines)


def _is_0_when_empty(column: Column) -> bool:
    """Whether a 0 says no more than an empty cell does."""
    return column.optional and column.input is not None and column.input.default is not None


#: Width that one page of A4 holds in letters that can be read [characters].
_PAGE = 230


def zero(cell: tuple[int, int]) -> tuple[int, int]:
    """Row and column counted from 0, as XlsxWriter does."""
    return cell[0] - 1, cell[1] - 1


def cached(value: Any) -> float | str:
    """A result as XlsxWriter stores it beside the formula: value, nothing or error."""
    result: float | str | None = plain(value)
    return "#N/A" if result is None else result


def _rule(declared: Input, title: str) -> dict[str, Any]:
    """What Excel lets a person enter, and what it says beside the cell."""
    expected = declared.expected[0].upper() + declared.expected[1:]
    about = declared.about[0].upper() + declared.about[1:]
    empty = f" Empty: {declared.empty}." if declared.empty else ""
    return {
        **_limits(declared),
        "input_title": title[:32],
        "input_message": f"{about}. {expected}.{empty}"[:255],
        "error_title": "Not possible",
        "error_message": f"{expected} is expected."[:255],
    }


def _limits(declared: Input) -> Mapping[str, Any]:
    if isinstance(declared, Choice):
        return {"validate": "list", "source": list(declared.options)}
    if isinstance(declared, Text):
        return {"validate": "any"}
    assert isinstance(declared, Quantity)
    if declared.maximum < MOST:
        limits = {"minimum": declared.minimum, "maximum": declared.maximum}
        return {"validate": "integer", "criteria": "between", **limits}
    return {"validate": "integer", "criteria": ">=", "value": declared.minimum}
