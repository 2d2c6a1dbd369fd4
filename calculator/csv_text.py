"""Other people's texts in a CSV file that somebody will open in a spreadsheet program."""

from __future__ import annotations

__all__ = ["harmless"]

#: What a spreadsheet program takes for the beginning of a formula.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """The text, after an apostrophe where a spreadsheet program would take it for a formula.

    A number, such as ``-5``, stays as it is.
    """
    if not text.startswith(_BEGINS_FORMULA) or _is_number(text):
        return text
    return f"'{text}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
