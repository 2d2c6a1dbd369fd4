"""A rule as people read it: its formula with words, or numbers, in place of the cells."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from calculator.inputs import plain
from calculator.model.expression import Expression, Name

__all__ = ["formula_words", "value_words"]

#: What holds the place of a cell while a formula is set: characters that none of them has.
_FIRST = 0xE000
_PLACE = re.compile("[\ue000-\uf8ff]")
#: A text, which stays as it is; an operator or a comma; what only a file needs before a function.
_TOKEN = re.compile(r'"[^"]*"|<=|>=|<>|[-+*/&=<>,]|_xlfn\.')


def formula_words(
    expression: Expression,
    word: Callable[[Name], str],
    data: Callable[[str, str], str] = "{}[{}]".format,
) -> str:
    """The formula of an expression, set with spaces.

    Parameters
    ----------
    word: gives what stands for a cell or a whole column.
    data: gives what stands for a column of a data table, by table and header.
    """
    cells = _Cells(word, data)
    text = _TOKEN.sub(_spaced, expression.render(cells))
    return _PLACE.sub(lambda found: cells.words[ord(found[0]) - _FIRST], text)


def _spaced(token: re.Match[str]) -> str:
    """A token with the spaces that belong to it; a sign before a number has none."""
    text, before = token[0], token.string[: token.start()]
    if text.startswith('"'):
        return text
    if text == "_xlfn.":
        return ""
    if text == ",":
        return ", "
    return text if not before or before[-1] in "(,<>=+-*/^&" else f" {text} "


def value_words(value: float | str) -> str:
    """A value as a formula has it: without a separator, a negative one in parentheses."""
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    if math.isnan(value):
        return "#N/A"
    text = str(plain(value)) or '""'
    return f"({text})" if text.startswith("-") else text


class _Cells:
    """Names of cells as characters that hold their places."""

    def __init__(self, word: Callable[[Name], str], data: Callable[[str, str], str]) -> None:
        self._word, self._data = word, data
        self.words: list[str] = []

    def _place(self, words: str) -> str:
        self.words.append(words)
        return chr(_FIRST + len(self.words) - 1)

    def cell(self, name: Name) -> str:
        return self._place(self._word(name))

    def column(self, name: Name) -> str:
        return self._place(self._word(name))

    def data(self, table: str, header: str) -> str:
        return self._place(self._data(table, header))

    def position(self) -> str:
        return self.cell(Name("number"))

    def span(self, names: tuple[str, ...], beside: int) -> str:
        return ":".join(self.cell(Name(each)) for each in (names[0], names[-1]))

    def below(self, rows: int) -> dict[str, str]:
        raise TypeError("what stands below a table has no name")
