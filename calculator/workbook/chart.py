"""Sheet Chart: what each mode holds in the fullest subnet, in use, at the peak and left."""

from __future__ import annotations

from collections.abc import Mapping

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from calculator.workbook.about import CHART, CHART_AXIS, CHART_TITLE, CHARTED
from calculator.workbook.layout import Layout, quoted
from calculator.workbook.style import TABS, Formats, print_on_a_page_wide
from calculator.xlsx.reference import a1

__all__ = ["write_chart"]

#: The first row with a name of a series, below the chart, which hides them [from 0].
_NAMES = 3
_COLOURS = {"used": "#8DB4DC", "at_peak": "#1B3A5C", "left": "#5FAF7B"}


def write_chart(
    worksheet: Worksheet, book: Workbook, layouts: Mapping[str, Layout], style: Formats
) -> None:
    """Write the chart of the modes that sheet Plan compares."""
    plan = layouts["Plan"]
    modes = [layout for layout in layouts.values() if layout.sheet.mode]
    keys = [str(layout.sheet.mode).replace("-", "_") for layout in modes]
    worksheet.hide_gridlines(2)
    worksheet.set_tab_color(TABS["result"])
    worksheet.set_row(0, 26)
    worksheet.write_string(0, 0, CHART_TITLE, style("title"))
    # LibreOffice forgets typed names of series when rows are inserted on sheet Plan.
    worksheet.write_column(_NAMES, 0, CHARTED.values())
    chart = book.add_chart({"type": "column"})

    def cells(name: str) -> str:
        places = [plan.places[f"{key}_{name}"] for key in keys]
        first, last = (a1(*place, absolute=True) for place in (places[0], places[-1]))
        return f"={quoted(plan.name)}!{first}:{last}"

    for row, name in enumerate(CHARTED, start=_NAMES):
        chart.add_series(
            {
                "name": [CHART, row, 0],
                "categories": cells("verdict"),
                "values": cells(name),
                "fill": {"color": _COLOURS[name]},
                "data_labels": {"value": True, "num_format": "#,##0"},
                "gap": 80,
            }
        )
    chart.set_title({"none": True})
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis(
        {
            "name": CHART_AXIS,
            "num_format": "#,##0",
            "major_gridlines": {"visible": True, "line": {"color": "#D5DBE1"}},
        }
    )
    chart.set_x_axis({"label_position": "low"})
    chart.set_size({"width": 1_000, "height": 520})
    worksheet.insert_chart(2, 0, chart, {"description": CHART_TITLE})
    print_on_a_page_wide(worksheet, CHART)
    worksheet.print_area(0, 0, 30, 15)
