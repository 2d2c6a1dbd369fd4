"""Colours and formats of a workbook, in one place, and how its pages print."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

__all__ = ["STYLES", "TABS", "Formats", "print_on_a_page_wide"]

_INK = "#1F2933"
_GREY = "#6B7785"
_LINE = "#D5DBE1"
_NAVY = "#1B3A5C"
_BLUE = "#DCEBFA"
_BLUE_INK = "#0B4A8F"
_LIGHT = {"border": 1, "border_color": _LINE}
_HEAD = {
    "bold": True,
    "bg_color": _NAVY,
    "font_color": "#FFFFFF",
    "text_wrap": True,
    "align": "center",
    **_LIGHT,
}
_HEADING = {"bold": True, "font_color": _NAVY}

TABS = {"input": "#2F7DD1", "result": "#1B3A5C", "data": "#9AA5B1"}

#: XlsxWriter's properties of each style; "base" lies under all of them.
STYLES: dict[str, dict[str, Any]] = {
    "base": {"font_name": "Calibri", "font_size": 11, "font_color": _INK, "valign": "vcenter"},
    "title": {"bold": True, "font_size": 16, "font_color": _NAVY},
    "heading": _HEADING,
    "scope": _HEADING,  # a heading that says what the figures below it are of
    "text": {},
    "remark": {"italic": True, "font_color": _GREY},
    "beside": {"font_color": _GREY, "align": "right"},
    "wrapped": {"text_wrap": True, "valign": "vcenter"},
    "top": {"valign": "top"},
    "unit": {"font_color": _GREY},
    "default": {"font_color": _GREY, "align": "right"},
    "source": {"font_color": _GREY, "font_size": 10, "text_wrap": True},
    "input": {
        "bg_color": _BLUE,
        "font_color": _BLUE_INK,
        "num_format": "#,##0",
        "align": "right",
        **_LIGHT,
    },
    "words": {"align": "left", "num_format": "@"},
    # What few rows need stands back behind what everyone fills in.
    "optional": {"num_format": "#,##0;-#,##0;;@"},
    "number": {"num_format": "#,##0"},
    "figure": {"num_format": "#,##0", **_LIGHT},
    "left": {"num_format": "#,##0", "bold": True, **_LIGHT},
    "size": {"num_format": '"/"0', "align": "right", "bold": True},
    # A sign and a colour say the same.
    "sized": {"num_format": "#,##0;[Red]-#,##0", "font_color": "#11663A", **_LIGHT},
    "share": {"num_format": "0%", **_LIGHT},
    "compared": {"bold": True, **_LIGHT},
    "result": {"bold": True, "align": "right"},
    "remaining": {"num_format": "#,##0"},
    "status": {"bold": True},
    "verdict": {"bold": True, "font_size": 12},
    "message": {"font_color": "#B42318", "italic": True, "font_size": 10},
    "small": {"num_format": "#,##0", "font_color": _GREY, "font_size": 9, "align": "left"},
    "constant": {"num_format": "#,##0", "font_color": _GREY, "align": "right", **_LIGHT},
    "body": {"num_format": "#,##0", **_LIGHT},
    "ratio": {"num_format": "0.00"},
    "check": {"indent": 1},
    "helper": {"num_format": "0", "font_color": _GREY, "font_size": 9},
    "head": _HEAD,
    "head_input": _HEAD | {"bg_color": "#2870BE"},
    "head_optional": _HEAD | {"bg_color": "#8DB4DC", "font_color": _INK},
    "head_helper": _HEAD
    | {"bg_color": "#C6CED6", "font_color": _INK, "font_size": 9, "bold": False},
    "above": {"italic": True, "font_color": _GREY, "align": "right"},
    "word": {"align": "left", "indent": 1},
    "data": {"num_format": "0", **_LIGHT},
    "good": {"bg_color": "#DDF3E4", "font_color": "#11663A"},
    "bad": {"bg_color": "#FBE0DD", "font_color": "#A3160A"},
    "warning": {"bg_color": "#FFF1D0", "font_color": "#7A4B00"},
}


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


def print_on_a_page_wide(worksheet: Worksheet, title: str, pages: int = 1) -> None:
    """Landscape on A4, so many pages wide and as many long as it takes."""
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(pages, 0)
    worksheet.set_margins(0.4, 0.4, 0.6, 0.6)
    worksheet.set_header(f"&L&F&R{title.replace('&', '&&')}")
    worksheet.set_footer("&RPage &P of &N")
