"""The first sheet of a report: what was evaluated, in numbers, and the fullest subnets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from calculator.load import Load
from calculator.report import WorkbookReport
from calculator.results.cells import (
    Styles,
    cell_link,
    header_of,
    mark_remaining,
    sheet_link,
    text_of,
    write,
    write_link,
)
from calculator.results.load import LITTLE, Fullest, short_names
from calculator.results.standing import accepted, decisive, remarks
from calculator.workbook.style import STYLES, TABS, print_on_a_page_wide

__all__ = ["OVERVIEW", "Overview"]

OVERVIEW = "Overview"

#: Where the overview's numbers begin.
_TOP = 3


#: What is counted, in words, and its style where there are any.
_COUNTED = {
    "evaluated": ("Evaluated", "body"),
    "unreadable": ("Could not be read", "bad"),
    "faults": ("With faults", "bad"),
    "overflow": ("Does not fit: the subnet is too small", "bad"),
    "differences": ("With differences", "warning"),
    "little": (f"Less than {LITTLE:.0%} of the subnet remains", "warning"),
    "warnings": ("With warnings", "warning"),
    "accepted": ("Nothing but what is known or suppressed", "good"),
    "fine": ("Nothing needs attention", "good"),
}

#: The parts of a bar and their colours, from left to right.
_PARTS = {
    "Used": STYLES["head"]["bg_color"],
    "More at the peak": STYLES["head_optional"]["bg_color"],
    "Remaining": "#BFE5CB",
    "Lacking": "#D92D20",
}


class Listed(Protocol):
    """What the overview needs to know of another sheet."""

    name: str
    rows: int
    left_out: int


class Overview:
    """The first sheet: what was evaluated, in numbers, and the fullest subnets."""

    def __init__(self, worksheet: Worksheet, style: Styles) -> None:
        self._worksheet = worksheet
        self._style = style
        self._counts: Counter[str] = Counter()
        self._worst: Fullest[tuple[str, str, str | None]] = Fullest()

    def add(self, report: WorkbookReport, target: str | None) -> None:
        """Count what a workbook was found to be; `target` is the link to it."""
        said = remarks(report)
        sheet = decisive(report)
        load = Load.of(sheet.number) if sheet else None
        said = said or (["accepted"] if accepted(report) else [])
        self._counts.update({"evaluated", *(said or ["fine"])})
        if sheet and load:
            link = target and cell_link(target, sheet.sheet, None)
            self._worst.keep(load, (report.file, sheet.sheet, link))
            fits = report.verdict is None or report.verdict.fits is not False
            self._counts["little"] += load.share < LITTLE and fits

    def write(self, book: xlsxwriter.Workbook, sheets: Sequence[Listed]) -> None:
        """Write everything, from top to bottom as the workbook's mode demands."""
        worksheet, style = self._worksheet, self._style
        worksheet.set_column(0, 0, 60)
        worksheet.set_column(1, 8, 12)
        worksheet.set_row(0, 26)
        worksheet.write_string(0, 0, "EKS subnet report", style("title"))
        worksheet.write_string(1, 0, *self._verdict())
        row = self._write_guide(self._write_counts(_TOP) + 2, sheets)
        if self._worst:
            self._write_worst(book, row)
        worksheet.hide_gridlines(2)
        worksheet.set_tab_color(TABS["input"])
        print_on_a_page_wide(worksheet, OVERVIEW)
        worksheet.activate()

    def _verdict(self) -> tuple[str, Format]:
        count = self._counts["evaluated"]
        bad = count - self._counts["fine"] - self._counts["accepted"]
        if not count:
            return "Nothing was evaluated.", self._style("status")
        if not bad:
            return "Nothing needs attention.", self._style("status", "good")
        words = (
            f"{bad:,} of {count:,} workbook{'s' * (count > 1)} need{'s' * (bad == 1)} attention."
        )
        return words, self._style("status", "bad")

    def _write_counts(self, row: int) -> int:
        """Say what was found, in numbers; gives the last row."""
        worksheet, style = self._worksheet, self._style
        for column, words in enumerate(("What was found", "Workbooks")):
            worksheet.write_string(row, column, words, style("head"))
        for name, (words, mark) in _COUNTED.items():
            number = self._counts[name]
            if name == "accepted" and not number:  # without a baseline, nothing is known
                continue
            row += 1
            worksheet.write_string(row, 0, words, style.text)
            marked = style("body", mark) if number else style.number
            worksheet.write_number(row, 1, number, marked)
        return row

    def _write_guide(self, row: int, sheets: Sequence[Listed]) -> int:
        """Say what stands where, and what does not; gives the row below."""
        worksheet = self._worksheet
        for sheet in sheets:
            words = f"{sheet.name}: {sheet.rows:,} row{'s' * (sheet.rows != 1)}"
            link = f"internal:{sheet_link(sheet.name)}"
            write_link(worksheet, row, 0, link, words, self._style.link)
            row += 1
        for sheet in sheets:
            if sheet.left_out:
                words = (
                    f"{sheet.left_out:,} more rows do not fit on sheet {sheet.name}: "
                    "--output results.json has them all"
                )
                worksheet.write_string(row, 0, words, self._style("status", "bad"))
                row += 1
        return row

    def _write_worst(self, book: xlsxwriter.Workbook, row: int) -> None:
        """Write the fullest subnets, and a chart of them at the right of all that is above."""
        worksheet, style = self._worksheet, self._style
        height = 130 + 22 * len(self._worst)
        header = max(row, _TOP + height // 20 + 1) + 1
        worksheet.set_row(header, 32)
        columns = ("ips_available", "ips_used", "ips_remaining", "peak_remaining")
        words = ("Fullest subnets", *map(header_of, columns), *_PARTS)
        for column, text in enumerate(words):
            worksheet.write_string(header, column, text, style("head"))
        row = header
        names = short_names(file for _, (file, _, _) in self._worst)
        for load, (file, sheet, link) in self._worst:
            row += 1
            name = f"{names[file]}, {sheet}"
            if link:
                write_link(worksheet, row, 0, link, name, style.link)
            else:
                worksheet.write_string(row, 0, text_of(name), style.text)
            for column, number in enumerate(load, 1):
                write(worksheet, row, column, number, style, style.text)
            for column, share in enumerate(load.parts, 5):
                worksheet.write_number(row, column, share, style.share)
        mark_remaining(worksheet, (header + 2, row + 1), "B", "DE", style)
        self._add_chart(book, header, row, height)

    def _add_chart(self, book: xlsxwriter.Workbook, header: int, last: int, height: int) -> None:
        chart = book.add_chart({"type": "bar", "subtype": "stacked"})
        for column, (name, colour) in enumerate(_PARTS.items(), 5):
            chart.add_series(
                {
                    "name": name,
                    "categories": [OVERVIEW, header + 1, 0, last, 0],
                    "values": [OVERVIEW, header + 1, column, last, column],
                    "fill": {"color": colour},
                    "gap": 40,
                    "data_labels": self._lacking() if name == "Lacking" else None,
                }
            )
        end = self._worst.end
        cut = f" (bars end at {end:.0%})" if self._worst.most > end else ""
        words = f"Fullest subnets, by the share of their IPs that remains{cut}"
        navy, ink = STYLES["title"]["font_color"], {"color": STYLES["base"]["font_color"]}
        chart.set_title({"name": words, "name_font": {"size": 13, "color": navy}})
        # Of a bar chart, the vertical axis is the one of its categories.
        no_line = {"line": {"none": True}, "major_tick_mark": "none"}
        chart.set_y_axis({"reverse": True, "num_font": ink} | no_line)
        grid = {"visible": True, "line": {"color": STYLES["body"]["border_color"]}}
        scale = {"min": 0, "max": end, "num_format": "0%", "major_gridlines": grid}
        # Where categories run from top to bottom, what is high is at the bottom.
        look = {"num_font": ink, "label_position": "high", "major_tick_mark": "none"}
        chart.set_x_axis(scale | look)
        chart.set_legend({"position": "bottom", "font": ink})
        chart.set_size({"width": 900, "height": height})
        self._worksheet.insert_chart(_TOP, 2, chart, {"x_offset": 16})

    def _lacking(self) -> dict[str, Any]:
        """Labels that say how many addresses a subnet lacks."""
        loads = [load for load, _ in self._worst]
        custom = [
            {"value": f"{-each.least:,}"} if each.least < 0 else {"delete": True} for each in loads
        ]
        font = {"color": "#FFFFFF", "bold": True}
        return {"value": True, "position": "inside_base", "font": font, "custom": custom}
