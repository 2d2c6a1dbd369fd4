"""Writes one calculator sheet: its words, inputs, results and node table, and how they look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from calculator.model.engine import Tables, can_be_errors, setting_of
from calculator.model.sheet import Column, Setting, Total
from calculator.plan import MOST, Choice, Input, NodeGroup, Plan, plain
from calculator.workbook.layout import Layout
from calculator.workbook.links import ROW_INPUTS, link, shared_inputs
from calculator.workbook.style import STYLES, TABS
from calculator.xlsx.reference import a1, place

__all__ = ["Formats", "SheetWriter", "print_on_a_page_wide", "zero"]

#: Cells to the right that the status line runs over.
_STATUS_WIDTH = 4


class Formats:
    """The formats of a workbook by the names of their styles."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._formats: dict[str, Format] = {}

    def __call__(self, *names: str) -> Format:
        """The format of one or more styles, the later ones on top."""
        key = " ".join(names)
        if key not in self._formats:
            properties: dict[str, Any] = {}
            for name in ("base", *names):
                properties |= STYLES[name]
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]


class SheetWriter:
    """One calculator sheet being written.

    Parameters
    ----------
    worksheet, layout: where to write.
    style: the formats of the workbook.
    types: what Excel lets a person enter as an instance type.
    leading: the sheet whose inputs this one follows, if any.
    name_of: gives a name of the workbook that stands for an input of a sheet, for a column down to
        well below the node table. Conditional formats reach other sheets only so in every program.
    """

    def __init__(
        self,
        worksheet: Worksheet,
        layout: Layout,
        style: Formats,
        types: dict[str, Any],
        leading: Layout | None,
        name_of: Callable[[Layout, str], str],
    ) -> None:
        self.name_of = name_of
        self.worksheet = worksheet
        self.layout = layout
        self.style = style
        self.types = types
        self.leading = leading

    def write(
        self, plan: Plan, tables: Tables, empty: Mapping[str, Any], others: Sequence[Layout]
    ) -> None:
        """Write everything.

        Parameters
        ----------
        plan, tables: what is filled in, and what comes of it.
        empty: what the formulas of a row without an instance type show.
        others: the sheets that follow this one, or the one that it follows.
        """
        worksheet, sheet = self.worksheet, self.layout.sheet
        for label in sheet.labels:
            worksheet.write_string(*zero(place(label.cell)), label.text, self.style(label.style))
        if self.leading is not None:
            words = (
                f"Follows sheet {self.leading.name} until you type over a blue cell; what then "
                "differs is marked in orange. See sheet About."
            )
            worksheet.write_string(1, 0, words, self.style("text"))
        for setting in sheet.settings:
            self._write_setting(setting, setting_of(plan, setting))
        totals = {each.name: tables.plans[each.name][0] for each in sheet.totals}
        unknown = "#N/A" if can_be_errors(totals) else ""
        for result in sheet.totals:
            self._write_total(result, _cached(totals[result.name], unknown))
        self._write_nodes(plan.node_groups, tables, empty)
        self._mark_parted_rows(others)
        self._set_up_page()

    def _write_setting(self, setting: Setting, value: float | str) -> None:
        worksheet, layout, leading = self.worksheet, self.layout, self.leading
        worksheet.write_string(*zero(place(setting.label_cell)), setting.label, self.style("text"))
        row, column = zero(layout.places[setting.name])
        if f"{setting.name}_message" in layout.places:
            message = a1(*layout.places[f"{setting.name}_message"], absolute=True)
            self._mark((row, column, row, column), f'={message}<>""', "bad")
        if leading is not None and setting in shared_inputs(layout.sheet, leading.sheet):
            at = leading.places[setting.name]
            formula = f"={link(leading.name, *at)}"
            worksheet.write_formula(row, column, formula, self.style("input", "follows"), value)
            parted = f"={a1(row + 1, column + 1)}<>{self.name_of(leading, setting.name)}"
            self._mark((row, column, row, column), parted, "parted")
        elif isinstance(value, str):
            worksheet.write_string(row, column, value, self.style("input"))
        else:
            worksheet.write_number(row, column, value, self.style("input"))
        rule = _rule(setting.input, setting.label)
        worksheet.data_validation(row, column, row, column, rule)

    def _mark(self, area: tuple[int, int, int, int], formula: str, style: str) -> None:
        """Give an area a style where a formula holds, before the marks that are set later."""
        rule = {"type": "formula", "criteria": formula, "format": self.style(style)}
        self.worksheet.conditional_format(*area, rule | {"stop_if_true": True})

    def _mark_parted_rows(self, others: Sequence[Layout]) -> None:
        """Mark rows for node groups that another sheet, which follows or is followed, has not."""
        layout = self.layout
        first, last = layout.first_row, layout.last_row
        for other in others:
            criteria = ",".join(
                f"{self.name_of(other, name)},${a1(first, layout.columns[name])}"
                for name in ROW_INPUTS
            )
            filled_in = ",".join(f'${a1(first, layout.columns[name])}<>""' for name in ROW_INPUTS)
            formula = f"=AND({filled_in},COUNTIFS({criteria})=0)"
            self._mark((first - 1, 0, last - 1, len(ROW_INPUTS) - 1), formula, "parted")

    def _write_total(self, result: Total, value: float | str) -> None:
        worksheet, layout = self.worksheet, self.layout
        if result.style != "message":
            style = self.style("small" if result.style == "small" else "text")
            worksheet.write_string(*zero(place(result.label_cell)), result.label, style)
        row, column = zero(layout.places[result.name])
        formula = f"={layout.formula(result.name)}"
        bold = ("result",) if result.style in ("number", "remaining") else ()
        style = self.style(result.style, *bold)
        worksheet.write_formula(row, column, formula, style, value)
        cell = a1(row + 1, column + 1, absolute=True)
        if result.style == "remaining":
            # A result that cannot be known is an error: it fits no more than one below 0 does.
            fits = f"=IFERROR(AND(ISNUMBER({cell}),{cell}>=0),FALSE)"
            self._mark((row, column, row, column), fits, "good")
            self._mark((row, column, row, column), f"=IFERROR({cell}<0,TRUE)", "bad")
        elif result.style == "status":
            # The words run on over the empty cells to the right, and so does their colour.
            area = row, column, row, column + _STATUS_WIDTH
            self._mark(area, f'=LEFT({cell},5)="Fits:"', "good")
            self._mark(area, f'=LEFT({cell},3)="The"', "warning")
            self._mark(area, f'={cell}<>""', "bad")

    def _write_nodes(
        self, groups: Sequence[NodeGroup], tables: Tables, empty: Mapping[str, Any]
    ) -> None:
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
        for number, column in enumerate(sheet.columns):
            style = self.style("helper" if column.style == "helper" else "body", column.style)
            if column.formula is None:
                self._write_input(column, groups)
                continue
            values = tables.groups[column.name]
            formula = f"={layout.formula(column.name, layout.first_row)}"
            for row, value in enumerate(values, first):
                worksheet.write_formula(row, number, formula, style, _cached(value))
            formula = f"={layout.formula(column.name, layout.first_row, spare=True)}"
            value = _cached(empty[column.name])
            for row in range(first + len(groups), last + 1):
                worksheet.write_formula(row, number, formula, style, value)
            if column.style == "check":
                self._mark_checks(first, last, number)

    def _write_input(self, column: Column, groups: Sequence[NodeGroup]) -> None:
        worksheet, layout, leading = self.worksheet, self.layout, self.leading
        number = layout.columns[column.name] - 1
        first, last = layout.first_row - 1, layout.last_row - 1
        styles = ["body", "input"]
        styles += ["optional"] * column.optional + ["word"] * column.is_text
        styles += ["follows"] * (leading is not None)
        style = self.style(*styles)
        for row in range(first, last + 1):
            group = groups[row - first] if row - first < len(groups) else None
            value = getattr(group, column.name, "")
            if column.optional and column.input and value == column.input.default:
                value = ""
            if leading is not None:
                formula = f"={link(leading.name, row + 1, leading.columns[column.name])}"
                worksheet.write_formula(row, number, formula, style, value)
            elif value == "":
                worksheet.write_blank(row, number, None, style)
            elif column.is_text:
                worksheet.write_string(row, number, value, style)
            else:
                worksheet.write_number(row, number, value, style)
        worksheet.data_validation(
            first,
            number,
            last,
            number,
            _rule(column.input, column.header) if column.input else self.types,
        )

    def _table_column(self, column: Column) -> dict[str, Any]:
        layout = self.layout
        kind = "head_input" if column.formula is None else "head"
        if column.optional:
            kind = "head_optional"
        options = {"header": column.header, "header_format": self.style(kind)}
        if column.formula is not None:
            options["formula"] = f"={layout.formula(column.name, layout.first_row)}"
        return options

    def _mark_checks(self, first: int, last: int, number: int) -> None:
        cell = f"${a1(first + 1, number + 1)}"
        # The Check column stands far to the right: the first column shows that there is something.
        self._mark((first, 0, last, 0), f'=AND(LEN({cell})>0,{cell}<>"OK")', "bad")
        self._mark((first, number, last, number), f'={cell}="OK"', "good")
        self._mark((first, number, last, number), f"=LEN({cell})>0", "bad")

    def _set_up_page(self) -> None:
        worksheet, layout = self.worksheet, self.layout
        columns = layout.sheet.columns
        shown = [number for number, each in enumerate(columns) if each.style != "helper"]
        for number, column in enumerate(columns):
            hidden = {"hidden": True} if column.style == "helper" else {}
            worksheet.set_column(number, number, column.width, None, hidden)
        worksheet.set_row(0, 24)
        worksheet.freeze_panes(layout.header_row, 1)
        worksheet.hide_gridlines(2)
        worksheet.set_tab_color(TABS["input"])
        print_on_a_page_wide(worksheet, layout.name)
        worksheet.print_area(0, 0, layout.last_row - 1, shown[-1])
        worksheet.repeat_rows(layout.header_row - 1)


def zero(cell: tuple[int, int]) -> tuple[int, int]:
    """Row and column counted from 0, as XlsxWriter does."""
    return cell[0] - 1, cell[1] - 1


def _cached(value: Any, unknown: str = "#N/A") -> float | str:
    """A result as XlsxWriter stores it beside the formula."""
    result: float | str | None = plain(value)
    return unknown if result is None else result


def _rule(declared: Input, title: str) -> dict[str, Any]:
    """What Excel lets a person enter, and what it says beside the cell."""
    limits: dict[str, Any]
    if isinstance(declared, Choice):
        limits = {"validate": "list", "source": list(declared.options)}
    elif declared.maximum < MOST:
        limits = {
            "validate": "integer",
            "criteria": "between",
            "minimum": declared.minimum,
            "maximum": declared.maximum,
        }
    else:
        limits = {"validate": "integer", "criteria": ">=", "value": declared.minimum}
    expected = declared.expected[0].upper() + declared.expected[1:]
    about = declared.about[0].upper() + declared.about[1:]
    return {
        **limits,
        "input_title": title[:32],
        "input_message": f"{about}. {expected}."[:255],
        "error_title": "Not possible",
        "error_message": f"{expected} is expected.",
    }


def print_on_a_page_wide(worksheet: Worksheet, title: str) -> None:
    """Landscape on A4, as many pages long as it takes."""
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(0.4, 0.4, 0.6, 0.6)
    worksheet.set_header(f"&L&F&R{title.replace('&', '&&')}")
    worksheet.set_footer("&RPage &P of &N")
