"""The cells of a worksheet part that is written as spreadsheet programs write most of them.

What makes such a part long is the same in file after file: places, styles and formulas. So each
row is taken apart into its recorded values and its shape, all the rest, and a shape that was seen
before is understood already. A new one is taken apart by a regular expression, which must account
for every character; where it cannot, or where anything is out of the ordinary, the part is left
to the parser, which also says what is wrong.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import repeat
from typing import Any
from xml.parsers import expat

from calculator.memory import Kept, Memo
from calculator.xlsx.cells import (
    NUMBERS,
    BadValueError,
    Cell,
    Cells,
    Formulas,
    Strings,
    value_of,
)
from calculator.xlsx.hidden import LOW_ROW
from calculator.xlsx.reference import MAX_COLUMN, MAX_ROW, column_number
from calculator.xlsx.source import Limits, is_bare
from calculator.xlsx.spelling import ODD_NUMBER

__all__ = ["LARGEST", "around_rows", "only_rows", "plain_cells", "shared_in"]

#: A larger part [bytes] takes less memory in pieces; sheets of 3,000 node groups have 40 MB.
LARGEST = 64 << 20
_LONGEST_HEAD = 20_000

_START = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_ROOT = re.compile(
    r'\s*<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
)
# What belongs into the rows, and before them is for the parser to judge.
_CELL = re.compile("<(?:[cfv]|row|sheetData)[ />]")
_ROW_END = "</row>"
_VALUE = re.compile("<v>([^<]*+)</v>")
#: Stands in a shape where a value was taken out; no XML can hold it.
_SLOT = "\0"
# A tag of a cell, or `<row>`. "+" after a repetition and "|)" after an
# option say the same as without and "?", and spare the search from noting where it may turn back.
_TAG = re.compile(
    r'<c r="([A-Z]{1,3}+)([0-9]{1,7}+)"(?: s="[0-9]{1,6}+"|)(?: t="(n|s|str|b|e)"|)'
    r'(?:>(?:<f(?: aca="false"|)>([^<]*+)</f>|)(\0|)</c>|/>)'
    r'|<row r="([0-9]{1,7}+)"(?: [A-Za-z][A-Za-z0-9:]*+="[^"<>&\x00-\x1f]*+")*+(/?)>'
)
_NUMBERED_ROW = re.compile(b'<row r="[0-9]+"')
# The number of a shared string, however the cell is spelled around it.
_INDEX = re.compile(rb"""\st\s*=\s*["']s["'][^<>]*>\s*<(?:[\w.-]+:)?v[^<>]*>\s*([0-9]{1,9})\s*</""")
_SHARED = Kept[bytes, tuple[str, ...]](256)
_LOW = re.compile(LOW_ROW)
_ODD_NUMBER = re.compile(ODD_NUMBER)
_ROW = re.compile("<row[^>]+>")
# "+" twice: nothing is gone over again, however long a row is.
_ATTRIBUTE = re.compile(' ([A-Za-z0-9:]++)="')
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
_FORMULAS: Memo[str, str | None] = Memo(_formula, 4_096)


@dataclass(slots=True)
class _Shape:
    """A row without its values and its end, and empty rows before it that close themselves.

    Parameters
    ----------
    around: what stands around the values, from the first to the last.
    first, last: the number of the first of these rows, and its own.
    is_open: whether its end stands behind it.
    low: those of its rows that are hidden, or may be too low.
    tags: how many tags it has.
    places, meanings, formulas: of each cell with a value: where it stands, how the value is to be
        understood (None for a shared string of the file), and its formula.
    inputs: those of them without a formula, by number.
    unrecorded: the cells with a formula and no value.
    following: the shape of the next row, where it was met last.
    text, known: the row as it was met last, and its cells, where they depend on nothing else of
        the file, as shared strings do.
    """

    around: tuple[str, ...]
    first: int
    last: int
    is_open: bool
    low: tuple[int, ...]
    tags: int
    places: tuple[tuple[int, int], ...]
    meanings: tuple[Memo[str, Any] | None, ...]
    formulas: tuple[str | None, ...]
    inputs: tuple[int, ...]
    unrecorded: Cells
    following: _Shape | None = None
    text: str = ""
    known: Cells | None = None


def _column(letters: str) -> int:
    number = column_number(letters)
    if number > MAX_COLUMN:
        raise _UnusualError
    return number


_COLUMNS: Memo[str, int] = Memo(_column, 1_024)
#: What a value means, by the cell's type; None stands for the shared strings of the file.
_MEANINGS: dict[str | None, Memo[str, Any] | None] = {
    kind: Memo(functools.partial(lambda kind, raw: value_of(kind, _text(raw)), kind), 4_096)
    for kind in ("str", "b", "e")
}
_MEANINGS[None] = _MEANINGS["n"] = Memo(lambda raw: NUMBERS[raw] if raw else None)
_MEANINGS["s"] = None


def _shape(around: tuple[str, ...]) -> _Shape:
    """Take the shape of a row apart."""
    text = _SLOT.join(around)
    # All in turn: what stands before a tag, which must be nothing, and the groups of the tag.
    parts = _TAG.split(text)
    if any(parts[::8]) or _has_an_attribute_twice(text) or _ODD_NUMBER.search(text):
        raise _UnusualError
    recorded: list[tuple[tuple[int, int], Memo[str, Any] | None, str | None]] = []
    unrecorded: Cells = {}
    rows: list[int] = []
    is_open = False
    seen = set()
    open_row = ""
    for letters, digits, kind, formula, slot, row_number, closes in zip(
        *[parts[group::8] for group in range(1, 8)], strict=True
    ):
        if letters:
            if not is_open or digits != open_row or letters in seen:
                raise _UnusualError
            seen.add(letters)
            position = rows[-1], _COLUMNS[letters]
            written = _FORMULAS[formula] if formula else None
            if slot:
                recorded.append((position, _MEANINGS[kind], written))
            elif written:
                unrecorded[position] = Cell(None, written)
        else:
            row = int(row_number)
            if is_open or not (rows[-1] if rows else 0) < row <= MAX_ROW:
                raise _UnusualError
            rows.append(row)
            is_open, open_row = not closes, str(row)
            seen.clear()
    if not rows:
        raise _UnusualError
    places, meanings, formulas = zip(*recorded, strict=True) if recorded else ((), (), ())
    inputs = tuple(number for number, formula in enumerate(formulas) if formula is None)
    tags = len(parts) // 8
    low = tuple(int(row) for row in _LOW.findall(text))
    return _Shape(
        around=around,
        first=rows[0],
        last=rows[-1],
        is_open=is_open,
        low=low,
        tags=tags,
        places=places,
        meanings=meanings,
        formulas=formulas,
        inputs=inputs,
        unrecorded=unrecorded,
    )


def _has_an_attribute_twice(text: str) -> bool:
    """Whether a row has; no cell can."""
    every = map(_ATTRIBUTE.findall, _ROW.findall(text))
    return any(len(names) > len(set(names)) for names in every)


#: Longer rows [characters] are not worth keeping.
_LONGEST_KEPT = 32 << 10
_SHAPES = Memo(_shape, 4_096)


def plain_cells(
    part: bytes, strings: Strings, last_row: int, limits: Limits
) -> tuple[Cells, frozenset[int]] | None:
    """The cells of a worksheet part down to last_row, and which of these rows are hidden or low.

    None for a part that is for the parser.
    """
    begin = part.find(b"<sheetData>", 0, _LONGEST_HEAD)
    end = part.rfind(b"</sheetData>")  # if there is another, it is found among the cells
    if not (0 <= begin < end and part.startswith(_START)):
        return None
    # What comments hold, a parser reads otherwise, or refuses; among the cells they are found.
    is_plain = is_bare(part, len(_START), begin) and is_bare(part, end, len(part))
    if not is_plain or limits != _LIMITS:
        return None
    whole = memoryview(part)  # a sheet is long enough to spare a copy of it
    try:
        head = str(whole[len(_START) : begin], "ascii")
        body = str(whole[begin + len("<sheetData>") : end], "ascii")
        return _cells(head, body, strings, last_row, limits.cells)
    except (_UnusualError, BadValueError, UnicodeDecodeError, expat.ExpatError):
        return None


def _cells(
    head: str, body: str, strings: Strings, last_row: int, most: int
) -> tuple[Cells, frozenset[int]]:
    if not _ROOT.match(head) or _CELL.search(head) or _SLOT in body:
        raise _UnusualError
    expat.ParserCreate().Parse(head, False)
    *rows, rest = body.split(_ROW_END)
    cells: Cells = {}
    low: list[int] = []
    shared, make = strings.by_index, tuple.__new__
    before = seen = 0
    last: _Shape | None = None
    for text in rows:
        shape = last and last.following
        # Spare rows are the same in file after file.
        if shape and shape.text == text and shape.known is not None and shape.last <= last_row:
            if not (shape.is_open and before < shape.first):
                raise _UnusualError
            before, last = shape.last, shape
            low += shape.low
            seen += shape.tags
            if seen > most:
                raise _UnusualError
            cells.update(shape.known)
            continue
        pieces = _VALUE.split(text)
        around = tuple(pieces[::2])
        # To compare it with the one that is likely costs less than to look it up.
        if not shape or shape.around != around:
            shape = _SHAPES[around] if len(text) <= _LONGEST_KEPT else _shape(around)
            if last:
                last.following = shape
        last = shape
        if not (shape.is_open and before < shape.first):
            raise _UnusualError
        if shape.first > last_row:
            break
        before = shape.last
        low += shape.low
        seen += shape.tags
        if seen > most or (before > last_row and shape.first != before):
            raise _UnusualError
        values = [
            (shared if meaning is None else meaning)[raw]
            for meaning, raw in zip(shape.meanings, pieces[1::2], strict=True)
        ]
        # What Cell(value, formula) does, at a third of the price.
        recorded = map(make, repeat(Cell), zip(values, shape.formulas, strict=True))
        found = dict(zip(shape.places, recorded, strict=True))
        found.update(shape.unrecorded)
        for number in shape.inputs:
            if values[number] is None:
                del found[shape.places[number]]
        cells.update(found)
        if None not in shape.meanings:
            shape.text, shape.known = text, found
    else:
        # Rows without cells close themselves; there may be some behind the last one with cells.
        if rest:
            shape = _shape((rest,))
            if shape.is_open or not before < shape.first:
                raise _UnusualError
            low += (row for row in shape.low if row <= last_row)
    return cells, frozenset(low)


def around_rows(part: bytes) -> bytes:
    """What stands before and after the rows of a worksheet part whose cells are plain."""
    return part[: part.find(b"<sheetData>")] + part[part.rfind(b"</sheetData>") :]


def only_rows(part: bytes, rows: Iterable[int]) -> bytes | None:
    """A worksheet part with some of its rows only; None if there may be others of these numbers."""
    # What is no row may read as one, and a row may be written otherwise.
    if b"<!" in part or part.count(b"<row") != len(_NUMBERED_ROW.findall(part)):
        return None
    at = part.find(b"<sheetData>") + len(b"<sheetData>")
    picked = [part[:at]]
    for row in sorted(set(rows)):
        opening = b'<row r="%d"' % row
        begin = part.find(opening, at)
        end = part.find(b"</row>", begin)
        if begin >= 0 and end >= 0:
            at = end + len(b"</row>")
            picked.append(part[begin:at])
        elif opening in part:
            return None
    picked.append(part[max(part.rfind(b"</sheetData>"), at) :])
    return b"".join(picked)


def shared_in(key: bytes, part: Callable[[], bytes]) -> tuple[str, ...]:
    """The numbers of the shared strings in a worksheet part; one that is none if they are unsure.

    key: the same for the same part.
    """

    def found() -> tuple[str, ...]:
        whole = part()
        is_sure = whole.startswith(_START) and not (b"<!" in whole or b"&#" in whole)
        numbers = _INDEX.findall(whole) if is_sure else [b"-1"]
        return tuple(dict.fromkeys(map(bytes.decode, numbers)))

    return _SHARED.of(key, found)
