"""What a terminal is sent: texts that it shows and never obeys, lines that fit, colours."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TextIO

__all__ = ["Field", "coded", "has_colours", "print_table", "print_text", "printable"]

#: Control characters, line breaks, what turns the direction of a text, what is half a character.
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_COLOURS = {"red": "\x1b[31m", "yellow": "\x1b[33m", "green": "\x1b[32m"}
_GAP = "  "
#: How narrow a column of texts is made at most, and how long a line of prose is [characters].
_NARROWEST, _LONGEST = 12, 100


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
    wraps: whether its texts go on in further lines where one would be too long.
    painted: whether it has the colour of its row.
    optional: whether it is left out where no row has anything in it.
    """

    header: str
    right: bool = False
    wraps: bool = False
    painted: bool = False
    optional: bool = False


def print_table(
    fields: Sequence[Field], rows: Sequence[Sequence[object]], *, colours: Sequence[str] = ()
) -> None:
    """Print a table, with a dash where there is nothing.

    A row is a line wherever it goes but to a terminal, or to what ``COLUMNS`` says the width of:
    there headers and texts go on in further lines. Nothing is cut.

    Parameters
    ----------
    fields: its columns.
    rows: the cells, shape (rows, fields).
    colours: ``red``, ``yellow``, ``green`` or nothing for each row, shape (rows,).
    """
    shown = [
        number
        for number, each in enumerate(fields)
        if not each.optional or any(row[number] not in (None, "") for row in rows)
    ]
    if len(shown) < len(fields):
        fields = [fields[number] for number in shown]
        rows = [[row[number] for number in shown] for row in rows]
    room = _columns()
    widths = _widths(fields, rows, room)
    _print_row(fields, [each.header for each in fields], widths, "")
    is_coloured = bool(colours) and has_colours(sys.stdout)
    for number, row in enumerate(rows):
        paint = _COLOURS.get(colours[number], "") if is_coloured else ""
        _print_row(fields, [_cell(each) for each in row], widths, paint, wraps=bool(room))


def print_text(text: str, *, indent: str = "") -> None:
    """Print prose in lines that fit.

    Parameters
    ----------
    indent: what stands before all lines but the first.
    """
    print(
        textwrap.fill(
            text,
            min(_columns() or _LONGEST, _LONGEST),
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _columns() -> int | None:
    """How long a line may be on stdout [characters]; None for any length."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdecimal():
        return shutil.get_terminal_size().columns
    return None


def _print_row(
    fields: Sequence[Field],
    row: Sequence[str],
    widths: Sequence[int],
    paint: str,
    *,
    wraps: bool = True,
) -> None:
    columns = [
        _wrapped(text, width) if wraps else [text] for text, width in zip(row, widths, strict=True)
    ]
    for texts in itertools.zip_longest(*columns, fillvalue=""):
        cells = []
        for field, text, width in zip(fields, texts, widths, strict=True):
            blank = " " * (width - _width(text))
            shown = f"{paint}{text}\x1b[0m" if field.painted and paint and text else text
            cells.append(blank + shown if field.right else shown + blank)
        print(_GAP.join(cells).rstrip())


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
    least, widths = [], []
    for number, field in enumerate(fields):
        needed = [_width(_cell(row[number])) for row in rows]
        of_cells = max(needed, default=0)
        # Where a line may be as long as it likes, a few long texts do not part all others.
        usual = of_cells if most else max((each for each in needed if each <= _LONGEST), default=0)
        widths.append(max(len(field.header), usual))
        # A header may go on in further lines; a number may not.
        of_header = max(map(len, field.header.split()))
        least.append(max(of_header, min(of_cells, _NARROWEST) if field.wraps else of_cells))
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - most if most else 0
    for _ in range(excess):
        widest = max(range(len(widths)), key=lambda number: widths[number] - least[number])
        if widths[widest] == least[widest]:
            break
        widths[widest] -= 1
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


def _wrapped(text: str, width: int) -> list[str]:
    """A text as lines of a width, broken between words, and in a word that is longer."""
    if _width(text) <= width:
        return [text]
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if _width(joined) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for sign in word:
            if lines[-1] and _width(lines[-1] + sign) > width:
                lines.append("")
            lines[-1] += sign
    return lines
