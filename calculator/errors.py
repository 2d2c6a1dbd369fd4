"""What can go wrong, as plain values: errors stop one thing, findings are collected and reported.

An error is raised when nothing can be made of the matter at hand: a plan, a file, a recalculation.
A finding is one remark on one cell; reading and verifying a workbook collect them all.
Both hold only strings and numbers, so that they can be pickled from one process to another.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CalculatorError", "Finding", "InputError", "RecalculationError", "WorkbookError"]


class CalculatorError(Exception):
    """Base of every error this package raises on purpose; ``str()`` gives the whole message."""


class InputError(CalculatorError, ValueError):
    """A plan, a catalog, a scenario table or a command line that cannot be used.

    The message says what was found, what is expected and where.
    """


class WorkbookError(CalculatorError):
    """A file that cannot be read as a workbook at all.

    Parameters
    ----------
    file: path of the file, as it was given.
    reason: a short code such as ``not-a-workbook``, ``encrypted``, ``too-large``.
    message: what was found and what to do, without the file's name.
    """

    def __init__(self, file: str, reason: str, message: str) -> None:
        super().__init__(file, reason, message)
        self.file = file
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


class RecalculationError(CalculatorError):
    """A spreadsheet program that is missing, failed, or took too much time or memory."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one cell of a workbook.

    Parameters
    ----------
    sheet: name of the worksheet, as in the file.
    cell: A1 reference of the cell, such as ``B24``.
    column: header of the column, or label of the setting or result.
    kind: a code that stays the same from version to version, such as ``not-a-number``.
    found: what the cell holds (None for an empty cell).
    message: what was found and what is expected, in words; no file, sheet or cell in it.
    expected: what the cell should hold, for a difference; None otherwise.
    """

    sheet: str
    cell: str
    column: str
    kind: str
    found: float | str | bool | None
    message: str
    expected: float | str | bool | None = None

    def at(self, file: str) -> str:
        """The finding as one line that begins with the place, for people to read."""
        return f"{file}, {self.sheet}!{self.cell} ({self.column}): {self.message}"
