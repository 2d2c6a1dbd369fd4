"""References such as ``B4``: rows and columns, both counted from 1, and their letters."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = [
    "MAX_COLUMN",
    "MAX_ROW",
    "a1",
    "column_letters",
    "column_number",
    "place",
    "place_or_none",
]

#: The last row and column of a worksheet.
MAX_ROW, MAX_COLUMN = 1_048_576, 16_384

_REFERENCE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")


def column_letters(column: int) -> str:
    """Excel's letters of a column."""
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def column_number(letters: str) -> int:
    """The number of the column with these capital letters; 0 for none."""
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


@lru_cache(maxsize=65_536)
def a1(row: int, column: int, *, absolute: bool = False) -> str:
    """A cell's reference, with ``$`` if it is absolute."""
    letters = column_letters(column)
    return f"${letters}${row}" if absolute else f"{letters}{row}"


@lru_cache(maxsize=10_000)
def place(reference: str) -> tuple[int, int]:
    """Row and column of a cell.

    Raises
    ------
    ValueError: the reference is not one cell of a worksheet.
    """
    found = _REFERENCE.fullmatch(reference)
    row, column = (int(found[2]), column_number(found[1])) if found else (0, 0)
    if not (0 < row <= MAX_ROW and 0 < column <= MAX_COLUMN):
        raise ValueError(f"{reference[:40]!r} is no cell of a worksheet")
    return row, column


def place_or_none(reference: str | bytes) -> tuple[int, int] | None:
    """The row and column of a reference as a file has it; None for one beyond the end."""
    try:
        return place(reference if isinstance(reference, str) else reference.decode())
    except ValueError:
        return None
