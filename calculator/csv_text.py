"""Other people's texts in a CSV file that somebody will open in a spreadsheet program."""

from __future__ import annotations

import re

__all__ = ["harmless"]

#: What a spreadsheet program takes for the beginning of a formula; wide signs of East Asia, too.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
#: The same behind what parts cells where another sign than the comma does.
_WITHIN = re.compile(r"([;|]\s*)(?=[=+\-@＝＋－＠])")


def harmless(text: str) -> str:
    """The text, after an apostrophe where a spreadsheet program would take it for a formula.

    A number, such as ``-5``, stays as it is.
    """
    if _is_number(text):
        return text
    text = _WITHIN.sub(r"\1'", text)
    return f"'{text}" if text.startswith(_BEGINS_FORMULA) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
