"""The cells of a worksheet part that is written as spreadsheet programs write most of them.

A regular expression takes such a part apart in a third of the time that a parser needs to call a
function for each tag. It must account for every character between the first row and the last;
where it cannot, or where anything is out of the ordinary, the part is left to the parser, which
also says what is wrong.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from calculator.workbook.cells import (
    NUMBERS,
    POSITIONS,
    BadValueError,
    Cell,
    Cells,
    Formulas,
    Memo,
    Strings,
    value_of,
)
from calculator.workbook.reference import MAX_ROW
from calculator.workbook.source import Limits

__all__ = ["LARGEST", "plain_cells"]

#: A part that people fill in is smaller [bytes].
LARGEST = 4 << 20
_LONGEST_HEAD = 20_000

_START = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_ROOT = re.compile(
    r'\s*<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
)
# What belongs into the rows, and before them is for the parser to judge.
_CELL = re.compile("<(?:[cfv]|row)[ />]")
# A tag of a cell, `<row>` or, without a group, `</row>`. "+" after a repetition and "|)" after an
# option say the same as without and "?", and spare the search from noting where it may turn back.
_TAG = re.compile(
    r'<c r="([A-Z]{1,3}+[0-9]{1,7}+)"(?: s="[0-9]{1,6}+"|)(?: t="(n|s|str|b|e)"|)'
    r'(?:>(?:<f(?: aca="false"|)>([^<]*+)</f>|)(?:<v>([^<]*+)</v>|)</c>|/>)'
    r'|<row r="([0-9]{1,7}+)"(?: [A-Za-z][A-Za-z0-9:]*+="[^"<>&\x00-\x1f]*+")*+(/?)>'
    r"|</row>"
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
_ENTITY = re.compile("&([^;]{0,5};?)")
_ENTITIES = {"lt;": "<", "gt;": ">", "quot;": '"', "apos;": "'", "amp;": "&"}
_LIMITS = Limits()
_check_formula = Formulas(_LIMITS).check


class _UnusualError(ValueError):
    """Something for the parser."""


def _entity(match: re.Match[str]) -> str:
    if match[1] not in _ENTITIES:
        raise _UnusualError
    return _ENTITIES[match[1]]


def _text(raw: str) -> str:
    # A parser turns carriage returns into others, and refuses other control characters.
    if "]]>" in raw or _CONTROL.search(raw):
        raise _UnusualError
    return _ENTITY.sub(_entity, raw) if "&" in raw else raw


def _formula(raw: str) -> str | None:
    text = _text(raw)
    _check_formula(text)
    return text.removeprefix("=") or None


# A column of the node table has the same formula in every row of every file.
_FORMULAS: Memo[str | None] = Memo(_formula, 4_096)


def plain_cells(part: bytes, strings: Strings, last_row: int, limits: Limits) -> Cells | None:
    """The cells of a worksheet part down to last_row, None for a part that is for the parser."""
    begin = part.find(b"<sheetData>", 0, _LONGEST_HEAD)
    end = part.rfind(b"</sheetData>")  # if there is another, it is found among the cells
    if not (0 <= begin < end and part.startswith(_START)):
        return None
    # What these hold, a parser may read otherwise, or refuse.
    if not part.isascii() or part.find(b"<!", 0, begin) >= 0 or limits != _LIMITS:
        return None
    head, body = part[len(_START) : begin], part[begin + len("<sheetData>") : end]
    try:
        return _cells(head.decode(), body.decode(), strings, last_row, limits.cells)
    except (_UnusualError, BadValueError, expat.ExpatError):
        return None


def _cells(head: str, body: str, strings: Strings, last_row: int, most: int) -> Cells:
    if not _ROOT.match(head) or _CELL.search(head):
        raise _UnusualError
    expat.ParserCreate().Parse(head, False)
    # All in turn: what stands before a tag, which must be nothing, and the groups of the tag.
    parts = _TAG.split(body)
    if any(parts[::7]) or len(parts) // 7 > most:
        raise _UnusualError
    cells: Cells = {}
    positions, numbers, shared, formulas = POSITIONS, NUMBERS, strings.by_index, _FORMULAS
    make = tuple.__new__
    row = 0
    is_open = False
    value: object
    for reference, kind, formula, recorded, row_number, closes in zip(
        *[parts[group::7] for group in range(1, 7)], strict=True
    ):
        if reference:
            position = positions[reference]
            if position[0] != row or not is_open or position in cells:
                raise _UnusualError
            if recorded is None:
                if not formula:
                    continue
                value = None
            elif kind is None or kind == "n":
                value = numbers[recorded] if recorded else None
            elif kind == "s":
                value = shared[recorded]
            else:
                value = value_of(kind, _text(recorded))
            if formula:
                cells[position] = make(Cell, (value, formulas[formula]))
            elif value is not None:
                cells[position] = make(Cell, (value, None))
        elif row_number:
            if is_open or not row < int(row_number) <= MAX_ROW:
                raise _UnusualError
            row = int(row_number)
            if row > last_row:
                return cells
            is_open = not closes
        elif is_open:
            is_open = False
        else:
            raise _UnusualError
    if is_open:
        raise _UnusualError
    return cells
