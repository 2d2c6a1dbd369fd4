"""Colours and formats of a workbook, in one place."""

from __future__ import annotations

from typing import Any

__all__ = ["STYLES", "TABS"]

_INK = "#1F2933"
_GREY = "#6B7785"
_LINE = "#D5DBE1"
_NAVY = "#1B3A5C"
_BLUE = "#DCEBFA"
_BLUE_INK = "#0B4A8F"
_LIGHT = {"border": 1, "border_color": _LINE}

TABS = {"input": "#2F7DD1", "data": "#9AA5B1"}

#: XlsxWriter's properties of each style; "base" lies under all of them.
STYLES: dict[str, dict[str, Any]] = {
    "base": {"font_name": "Calibri", "font_size": 11, "font_color": _INK, "valign": "vcenter"},
    "title": {"bold": True, "font_size": 16, "font_color": _NAVY},
    "heading": {"bold": True, "font_color": _NAVY},
    "text": {},
    "remark": {"italic": True, "font_color": _GREY, "indent": 1},
    "band": {"italic": True, "font_color": _GREY},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "top": {"valign": "top"},
    "input": {
        "bg_color": _BLUE,
        "font_color": _BLUE_INK,
        "num_format": "#,##0",
        "align": "right",
        **_LIGHT,
    },
    # What a cell follows, and what few rows need, stand back behind what is filled in.
    "follows": {"bg_color": "#F1F7FD", "italic": True},
    "optional": {"num_format": "#,##0;-#,##0;"},
    "number": {"num_format": "#,##0"},
    "result": {"bold": True, "align": "right"},
    "remaining": {"num_format": "#,##0"},
    "status": {"bold": True},
    "message": {"font_color": "#B42318", "italic": True},
    "small": {"num_format": "#,##0", "font_color": _GREY},
    "body": {"num_format": "#,##0", **_LIGHT},
    "ratio": {"num_format": "0.00"},
    "check": {"indent": 1},
    "helper": {"num_format": "0", "font_color": _GREY},
    "head": {
        "bold": True,
        "bg_color": _NAVY,
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "align": "center",
        **_LIGHT,
    },
    "head_input": {
        "bold": True,
        "bg_color": "#2F7DD1",
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "align": "center",
        **_LIGHT,
    },
    "head_optional": {
        "bold": True,
        "bg_color": "#8DB4DC",
        "font_color": "#FFFFFF",
        "text_wrap": True,
        "align": "center",
        **_LIGHT,
    },
    "above": {"italic": True, "font_color": _GREY, "align": "right"},
    "word": {"align": "left", "indent": 1},
    "data": {"num_format": "0", **_LIGHT},
    "good": {"bg_color": "#DDF3E4", "font_color": "#11663A"},
    "bad": {"bg_color": "#FBE0DD", "font_color": "#A3160A"},
    "parted": {"bg_color": "#FFD9A8", "font_color": "#7A4B00"},
    "warning": {"bg_color": "#FFF1D0", "font_color": "#7A4B00"},
}
