"""What a terminal is sent: texts that it shows and never obeys, lines that fit, colours."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

__all__ = ["Field", "coded", "has_colours", "print_table", "printable"]

#: Control characters, line breaks, what turns the direction of a text, what is half a character.
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_COLOURS = {"red": "\x1b[31m", "yellow": "\x1b[33m", "green": "\x1b[32m"}
_GAP = "  "


def printable(text: str) -> str:
    """The text with a code for each character that a terminal would obey, such as x1b."""
    return _OBEYED.sub(coded, text)


def coded(found: re.Match[str]) -> str:
    """A character as a code."""
    code = ord(found[0])
    if 0xDC80 <= code <= 0xDCFF:  # so Python holds a byte of a file's name that is no text
        code -= 0xDC00
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"


def has_colours(stream: TextIO) -> bool:
    """Whether what goes there is to be coloured: on terminals, unless the environment says else.

    ``NO_COLOR`` forbids it, ``FORCE_COLOR`` demands it; ``TERM=dumb`` has none.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    is_old = os.environ.get("TERM") == "dumb" or (os.name == "nt" and not os.getenv("WT_SESSION"))
    return stream.isatty() and not is_old


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table that is printed.

    Parameters
    ----------
    header: its name.
    right: whether it is set to the right, as numbers are.
    cut: the end, ``start`` or ``end``, that a text loses where a line would be too long.
    most: how wide it is at most [characters]; None for as wide as it needs.
    painted: whether it has the colour of its row.
    """

    header: str
    right: bool = False
    cut: str | None = None
    most: int | None = None
    painted: bool = False


def print_table(
    fields: Sequence[Field],
    rows: Sequence[Sequence[object]],
    *,
    colours: Sequence[str] = (),
    most: int | None = None,
) -> None:
    """Print a table, a line a row, with a dash where there is nothing.

    Parameters
    ----------
    fields: its columns.
    rows: the cells, shape (rows, fields).
    colours: ``red``, ``yellow``, ``green`` or nothing for each row, shape (rows,).
    most: how long a line may be [characters]; None for any length.
    """
    widths = _widths(fields, rows, most)
    headers = [each.header for each in fields]
    print(_line(fields, headers, widths, ""))
    is_coloured = bool(colours) and has_colours(sys.stdout)
    for number, row in enumerate(rows):
        print(_line(fields, row, widths, _COLOURS.get(colours[number], "") if is_coloured else ""))


def _line(fields: Sequence[Field], row: Sequence[object], widths: Sequence[int], paint: str) -> str:
    cells = []
    for field, value, width in zip(fields, row, widths, strict=True):
        text = _cut(_cell(value), width, field.cut)
        blank = " " * (width - _width(text))
        if field.painted and paint:
            text = f"{paint}{text}\x1b[0m"
        cells.append(blank + text if field.right else text + blank)
    return _GAP.join(cells).rstrip()


def _cell(value: object) -> str:
    """A value as this terminal can show it."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:,}" if isinstance(value, int) else printable(str(value))
    return text if text.isascii() else _encodable(text)


def _encodable(text: str) -> str:
    encoding = sys.stdout.encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def _widths(
    fields: Sequence[Field], rows: Sequence[Sequence[object]], most: int | None
) -> list[int]:
    """The width of each column: what its texts need, as far as a line has room for it."""
    widths = [len(each.header) for each in fields]
    for row in rows:
        widths = [max(width, _width(_cell(each))) for width, each in zip(widths, row, strict=True)]
    widths = [min(width, each.most or width) for width, each in zip(widths, fields, strict=True)]
    can_give = [number for number, field in enumerate(fields) if field.cut and not field.most]
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - most if most and can_give else 0
    for _ in range(excess):
        widest = max(can_give, key=widths.__getitem__)
        widths[widest] = max(widths[widest] - 1, 1)
    return widths


def _width(text: str) -> int:
    """The places that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(each) in ("Mn", "Me", "Cf") else
        2 if unicodedata.east_asian_width(each) in "WF" else 1
        for each in text
    )  # fmt: skip


def _cut(text: str, width: int, end: str | None) -> str:
    """A text without what there is no room for at one of its ends."""
    if _width(text) <= width:
        return text
    dots = "…" if _encodable("…") == "…" else "..."
    while text and _width(text) + len(dots) > width:
        text = text[1:] if end == "start" else text[:-1]
    return dots + text if end == "start" else text + dots
