"""What stops one thing: a plan, a file, a recalculation of which nothing can be made.

Errors hold only strings and numbers, so that they can be pickled from one process to another.
What does not stop anything is a finding, in ``findings``.
"""

from __future__ import annotations

__all__ = [
    "FAILED",
    "LISTED",
    "CalculatorError",
    "InputError",
    "RecalculationError",
    "WorkbookError",
]

#: How a message begins that tells of an error of this program's own.
FAILED = "evaluating it failed, which it should not"

#: What stands before the names of a workbook's sheets at the end of a message.
LISTED = "; its sheets: "


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
