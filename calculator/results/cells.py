"""How a report writes its cells: other people's texts as texts, files as links."""

from __future__ import annotations

import functools
import math
import os
import re
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from calculator.model import models
from calculator.results.console import coded
from calculator.results.load import LITTLE
from calculator.workbook.style import STYLES, TABS, Formats

__all__ = [
    "MOST_LINKS",
    "Styles",
    "cell_link",
    "header_of",
    "mark_remaining",
    "sheet_link",
    "target_of",
    "text_of",
    "write",
    "write_link",
]

#: What Excel takes: links of a sheet, UTF-16 units of a link and of a cell's text.
MOST_LINKS, _LONGEST_LINK, _LONGEST_TEXT = 65_530, 2_079, 32_767


class Styles(Formats):
    """The formats of a report: those of every workbook, and a few of its own."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        super().__init__(book)
        body = STYLES["base"] | STYLES["body"]
        word = body | STYLES["word"]
        self.text = self("body", "word")
        self.number = self("body")
        self.long_text = book.add_format(word | {"text_wrap": True})
        self.link = book.add_format(word | {"font_color": TABS["input"], "underline": 1})
        self.fraction = book.add_format(body | {"num_format": "General"})
        self.share = book.add_format(body | {"num_format": "0%;-0%;"})


def write(
    worksheet: Worksheet, row: int, column: int, value: Any, style: Styles, text: Format
) -> None:
    """Write a value as what it is: other people's texts are no formulas, numbers or links."""
    if isinstance(value, str):
        worksheet.write_string(row, column, text_of(value), text)
    elif value is None or value != value:
        worksheet.write_blank(row, column, None, style.number)
    elif isinstance(value, bool):
        worksheet.write_boolean(row, column, value, style.number)
    elif isinstance(value, (int, float)) and math.isfinite(value):
        is_whole = float(value).is_integer()
        worksheet.write_number(row, column, value, style.number if is_whole else style.fraction)
    else:
        worksheet.write_string(row, column, text_of(str(value)), text)


def write_link(
    worksheet: Worksheet, row: int, column: int, link: str, text: str, style: Format
) -> None:
    """Write a text that is a link."""
    worksheet.write_url(row, column, link, style)
    # Only so is the text left as it is, by every version of XlsxWriter.
    worksheet.write_string(row, column, text_of(text), style)


#: What XML cannot hold, and a carriage return, which spreadsheet programs take for much.
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def text_of(value: str) -> str:
    """A text that a cell can hold, with a code for what it cannot; one too long says so."""
    value = _NO_XML.sub(coded, value)
    if value.startswith("<r>") and value.endswith("</r>"):
        value += " "  # XlsxWriter would write it as XML
    if len(value) > _LONGEST_TEXT // 2 and _units(value) > _LONGEST_TEXT:
        kept = value.encode("utf-16-le")[: 2 * (_LONGEST_TEXT - 100)].decode("utf-16-le", "ignore")
        value = (
            f"{kept}… ({len(value) - len(kept):,} more characters: --output results.json has them)"
        )
    return value


def _units(value: str) -> int:
    """The length of a text as Excel counts it [UTF-16 units]."""
    return len(value.encode("utf-16-le", "surrogatepass")) // 2


# --- links ----------------------------------------------------------------------------------------

#: Letters of other languages stay as they are: Windows would read their bytes in a code page.
_NO_LINK = re.compile('[\x00-\x20"#%:<>?\\[\\\\\\]^`{|}\x7f\ud800-\udfff\ufffe\uffff]')


def target_of(file: str, folder: str) -> str | None:
    """A file as XlsxWriter takes it for a link; None for what a spreadsheet program cannot open.

    Parameters
    ----------
    file: path or URL.
    folder: the report's own, with a separator at its end.
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", file):
        can_be_opened = re.fullmatch(r"https?://[!-~]+", file) and len(file) <= _LONGEST_LINK
        return file if can_be_opened else None
    path = os.path.abspath(file)
    try:
        if path.startswith(folder):
            target = f"external:./{_escaped(path[len(folder) :])}"
        else:
            drive, path = os.path.splitdrive(path)
            host = f"/{drive}" if drive.endswith(":") else drive.replace(os.sep, "/")[2:]
            # XlsxWriter makes a relative path of file:///tmp, and none of FILE:///tmp.
            target = f"FILE://{host}{_escaped(path)}"
    except UnicodeEncodeError:
        return None
    return target if _units(target) <= _LONGEST_LINK else None


def _escaped(path: str) -> str:
    def in_percent(found: re.Match[str]) -> str:
        return "".join(f"%{byte:02X}" for byte in os.fsencode(found[0]))

    return _NO_LINK.sub(in_percent, path.replace(os.sep, "/"))


def cell_link(target: str, sheet: str | None, cell: str | None) -> str:
    """A link to a cell of the file, or to its file where there is no cell to go to."""
    # Nothing on the web can go to a cell; a name longer than any sheet's is a broken file's.
    if sheet is None or target.startswith("http") or len(sheet) > 100:
        return target
    return f"{target}#{sheet_link(text_of(sheet), cell)}"


def sheet_link(sheet: str, cell: str | None = None) -> str:
    """A cell of a sheet as a link has it, whatever the sheet's name is."""
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{cell or 'A1'}"


# --- what two sheets have in common ---------------------------------------------------------------


def header_of(name: str) -> str:
    """What a column or result is called on the calculator's own sheets, or its name as words."""
    words = _headers().get(name) or name.replace("_", " ")
    return words[0].upper() + words[1:]


@functools.cache
def _headers() -> dict[str, str]:
    sheets = [sheet for model in models() for sheet in model.sheets]
    inputs = {each.name for model in models() for each in model.inputs}
    headers: dict[str, str] = {}
    for sheet in sheets:
        for total in sheet.totals:
            headers.setdefault(total.name, sheet.label_of(total))
        for column in sheet.columns:
            # By an input's header the reader would take the report for a workbook to evaluate.
            headers.setdefault(column.name, column.header + " (input)" * (column.name in inputs))
    return headers


def mark_remaining(
    worksheet: Worksheet,
    rows: tuple[int, int],
    available: str,
    remaining: Sequence[str],
    style: Styles,
) -> None:
    """Mark what remains of a subnet where it is below 0 or little; columns are letters."""
    first, last = rows
    for letter in remaining:
        cell = f"{letter}{first}"
        for limit, name in (("0", "bad"), (f"{LITTLE}*${available}{first}", "warning")):
            rule = {
                "type": "formula",
                "criteria": f"=AND(ISNUMBER({cell}),{cell}<{limit})",
                "format": style(name),
                "stop_if_true": True,
            }
            worksheet.conditional_format(f"{cell}:{letter}{last}", rule)
