"""Kinds of input: a quantity, a choice, a text; what each takes, and what is wrong with the rest.

The workbook's input cells and their validation, the reader's faults, the command line's options and
the columns of a sweep all take name, limits, default and explanation from here.
"""

from __future__ import annotations

import datetime
import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from numbers import Integral, Real
from operator import eq
from typing import Any

__all__ = [
    "MOST",
    "NO_YES",
    "Choice",
    "Input",
    "Quantity",
    "Text",
    "as_they_differ",
    "found_words",
    "near",
    "plain",
]

#: Characters of a long text that a message shows; of those before it differs from another.
_CUT, _BEFORE = 57, 20
#: No count of a real cluster comes near; it keeps products of two counts exact in a float.
MOST = 1_000_000
NO_YES = ("no", "yes")
#: Longest free text [characters].
_LONGEST = 200
#: Spreadsheets count days from here, up to the end of the year 9999.
_DAY_0 = datetime.date(1899, 12, 30)
_DAYS = 2_958_466


@dataclass(frozen=True, slots=True)
class Quantity:
    """A whole number that a person fills in.

    Parameters
    ----------
    name: its name in Python, on the command line and in a sweep.
    about: what it is, with its unit in brackets.
    default: what it is when nothing is said; None where it may be empty, and `empty` says what
        that means.
    minimum, maximum: its limits, both allowed.
    empty: what an empty cell means, in words.
    """

    name: str
    about: str
    default: int | None
    minimum: int = 0
    maximum: int = MOST
    empty: str = ""

    @property
    def expected(self) -> str:
        """What may stand there, in words."""
        return f"a whole number {self.limits}" + (" or nothing" if self.default is None else "")

    @property
    def limits(self) -> str:
        """Its limits in words."""
        if self.maximum == MOST:
            return f"of {self.minimum} or more"
        return f"from {self.minimum} to {self.maximum:,}"

    def problem(self, value: object) -> tuple[str, str] | None:
        """Why `value` cannot be used, as (code of the finding, what is expected); None if it can.

        Codes: ``missing``, ``not-a-number``, ``not-a-whole-number``, ``out-of-range``.
        """
        if type(value) is float and value.is_integer() and self.minimum <= value <= self.maximum:
            return None  # what nearly every cell of a workbook holds
        if value is None or value == "":
            return None if self.default is None else ("missing", self.expected)
        if isinstance(value, bool) or not isinstance(value, Real):
            return "not-a-number", self.expected
        number = int(value) if isinstance(value, Integral) else float(value)
        if isinstance(number, float) and not number.is_integer():
            return "not-a-whole-number", self.expected
        if number > self.maximum == MOST:
            return "out-of-range", f"a whole number from {self.minimum} to {self.maximum:,}"
        if not self.minimum <= number <= self.maximum:
            return "out-of-range", self.expected
        return None

    def read(self, value: Any) -> int | None:
        """A value without a problem, as it counts: 2.0 of a table is 2."""
        return None if value is None or value == "" else int(value)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words that a person picks.

    Parameters
    ----------
    name, about, default, empty: as of a :class:`Quantity`.
    options: the words; upper and lower case make no difference.
    """

    name: str
    about: str
    default: str | None
    options: tuple[str, ...]
    empty: str = ""

    @property
    def expected(self) -> str:
        """What may stand there, in words."""
        *others, last = self.options
        return f"{', '.join(others)} or {last}" + (" or nothing" if self.default is None else "")

    def problem(self, value: object) -> tuple[str, str] | None:
        """Why `value` cannot be used, as (code of the finding, what is expected); None if it can.

        Codes: ``missing``, ``not-an-option``.
        """
        if value is None or value == "":
            return None if self.default is None else ("missing", self.expected)
        known = isinstance(value, str) and value.casefold() in map(str.casefold, self.options)
        if known:
            return None
        hint = near(value, self.options) if isinstance(value, str) else ""
        return "not-an-option", self.expected + hint

    def read(self, value: Any) -> str | None:
        """A value without a problem, as the option is spelt."""
        if value is None or value == "":
            return None
        return next(option for option in self.options if option.casefold() == value.casefold())

    def said(self, value: object) -> object:
        """What programs and tables say for yes and no, as these words; all else as it is."""
        words = {"true": "yes", "1": "yes", "1.0": "yes", "false": "no", "0": "no", "0.0": "no"}
        return words.get(str(value).lower(), value) if self.options == NO_YES else value


@dataclass(frozen=True, slots=True)
class Text:
    """Free words that nothing is computed with; may be empty.

    Parameters
    ----------
    name, about: as of a :class:`Quantity`.
    is_date: whether a number is a day, as spreadsheets count them.
    """

    name: str
    about: str
    default: str = ""
    empty: str = ""
    is_date: bool = False

    @property
    def expected(self) -> str:
        """What may stand there, in words."""
        return f"a text of at most {_LONGEST} characters"

    def problem(self, value: object) -> tuple[str, str] | None:
        """Why `value` cannot be used: ``too-long``."""
        return ("too-long", self.expected) if len(self.read(value)) > _LONGEST else None

    def read(self, value: Any) -> str:
        """A value as text."""
        if isinstance(value, Real) and not isinstance(value, bool):
            if self.is_date and 1 <= float(value) < _DAYS:
                return str(_DAY_0 + datetime.timedelta(days=int(float(value))))
            return str(plain(value))
        return "" if value is None else str(value)


#: What one input is declared by.
Input = Quantity | Choice | Text


def plain(value: Any) -> Any:
    """A value as plain text or number, whole where it is.

    None for NaN, the number not known; "" for infinity, which stands for what shows nothing.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    number = float(value)
    if math.isnan(number):
        return None
    if math.isinf(number):
        return ""
    return int(number) if number.is_integer() else number


def found_words(value: object) -> str:
    """A value as a message shows it: text in quotes, an empty cell in words."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if type(value) is str:  # an Excel error is a str of its own kind
        return f'"{value if len(value) <= 60 else value[:_CUT] + "..."}"'
    return str(value)


def as_they_differ(found: Any, expected: Any) -> tuple[Any, Any]:
    """Two values for a message; long texts that begin alike from shortly before they differ."""
    if type(found) is str and type(expected) is str:
        alike = len([*takewhile(bool, map(eq, found, expected))])
        if alike >= _CUT:
            begin = alike - _BEFORE
            return f"...{found[begin:]}", f"...{expected[begin:]}"
    return found, expected


def near(word: str, known: Iterable[str]) -> str:
    """`` (is … meant?)`` where a known word is much like `word` and is not it; else nothing."""
    names = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), names, 1, 0.6)
    return f" (is {names[found[0]]} meant?)" if found and names[found[0]] != word else ""
