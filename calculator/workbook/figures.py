"""What a cell of a plan holds, as looks are judged by it: its kind, and the words that say it."""

from __future__ import annotations

import re

from calculator.model.sheet import Column, Placed
from calculator.xlsx.appearance import Look
from calculator.xlsx.number_format import alters

__all__ = ["kind_of", "shown_otherwise", "words_for"]

#: What may stand in a cell, by its kind.
_EXAMPLES: dict[str, tuple[float | str, ...]] = {
    "number": (147.0, -147.0),
    "figure": (147.0, -147.0, 0.0),
    "share": (0.33,),
    "text": ("text",),
}
#: The unit of an input and of a column, behind what it is.
_UNIT = re.compile(r"\[[^\[\]]+\]$")
#: Results that count addresses, by their names: not all of their labels say so.
_OF_ADDRESSES = re.compile(r"ips$|used|available|remaining|at_peak$|left|addresses|asked_1$")


def kind_of(declared: Placed | Column) -> str:
    """What a cell holds, as number formats are judged."""
    style = getattr(declared, "style", "")
    if style == "share":
        return "share"
    if getattr(getattr(declared, "input", None), "is_date", False):
        return "date"
    # In the node table 0 may look like nothing, as it does in optional columns of ours.
    return "number" if isinstance(declared, Column) or style == "small" else "figure"


def words_for(declared: Placed | Column) -> str:
    """The words that say what a figure is, with its unit."""
    label = declared.header if isinstance(declared, Column) else declared.label
    about = declared if isinstance(declared, Column) else getattr(declared, "input", None)
    unit = found[0] if about and (found := _UNIT.search(about.about)) else ""
    if about and "on each node" in about.about:
        unit += " per node"
    if unit == "[bits]" or getattr(declared, "style", "") == "size":
        unit = "[bits, the n of /n]"
    elif not about and _OF_ADDRESSES.search(declared.name):
        unit = "[IPs]"
    return f"{label} {unit}".rstrip()


def shown_otherwise(look: Look, declared: Placed | Column, value: object = None) -> object | None:
    """The value, or an example of one that is not known, if a look shows that otherwise than it is.

    None for a look that shows it as it is.
    """
    kind, words = kind_of(declared), words_for(declared)
    if value is None:
        example = "text" if getattr(declared, "is_text", False) else kind
        some: tuple[object, ...] = _EXAMPLES.get(example, _EXAMPLES["number"])
        if look.unseen:
            return some[0]
    else:
        some = (value,)
    return next((each for each in some if alters(look.number_format, each, kind, words)), None)
