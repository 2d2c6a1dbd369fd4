"""What is asked for, found by a name, a label or a part of one."""

from __future__ import annotations

import difflib
import itertools

from calculator.errors import InputError
from calculator.model.sheet import Column, Sheet, Total

__all__ = ["find"]

#: What the tables of ``evaluate`` and ``compare`` call totals.
_SAID = {
    "available": "ips_available",
    "used": "ips_used",
    "left": "ips_remaining",
    "remaining": "ips_remaining",
    "peak": "peak_ips",
    "at peak": "peak_ips",
    "left at peak": "peak_remaining",
    "pods": "pods_hosted",
    "smallest": "smallest_subnet",
}
#: What is explained where nothing is named; the first that the sheet has.
_OF_ROW, _OF_SHEET = ("ips_total",), ("peak_ips", "ips_used")


def find(sheet: Sheet, said: str | None, *, of_row: bool) -> str:
    """The name of a column of numbers, or of a total, of a sheet.

    Parameters
    ----------
    said: its name, its label or header, what tables of results call it, or a part that no other
        has; None for what people ask for first.
    of_row: whether it is a column.

    Raises
    ------
    InputError: lists those that there are, the nearest first.
    """
    declared: list[Column | Total] = [*(sheet.columns if of_row else sheet.totals)]
    labels = {
        each.name: each.header if isinstance(each, Column) else sheet.label_of(each)
        for each in declared
        if not each.is_text and each.name != "number"
    }
    if said is None:
        return next(name for name in (_OF_ROW if of_row else _OF_SHEET) if name in labels)
    word = _plain(said)
    for name, label in labels.items():
        if word in (_plain(name), _plain(label)):
            return name
    if not of_row and _SAID.get(word) in labels:
        return _SAID[word]
    steps = {each.name for each in declared if each.style in ("helper", "small")}
    parts = [
        name for name, label in labels.items() if word in _plain(name) or word in _plain(label)
    ]
    # What people look at goes before the steps to it.
    alike = [name for name in parts if name not in steps] or parts
    if len(alike) == 1:
        return alike[0]
    what, listed = "column" if of_row else "total", alike or _nearest(word, labels, steps)
    words = "\n  ".join(f"{name}: {labels[name]}" for name in listed)
    reason = "it is a part of several" if alike else f"sheet {sheet.name} has these"
    raise InputError(f'{what}: found "{said}"; {reason}:\n  {words}')


def _plain(words: str) -> str:
    return " ".join(words.replace("_", " ").replace("-", " ").replace("+", " ").split()).casefold()


def _nearest(word: str, labels: dict[str, str], steps: set[str]) -> list[str]:
    """The names of those with a word like `word`, then of those that people look at."""
    words = {name: [*_plain(name).split(), *_plain(labels[name]).split()] for name in labels}
    close = set(difflib.get_close_matches(word, itertools.chain(*words.values()), 3, 0.7))
    near = [name for name in labels if close & {*words[name]}]
    near.sort(key=lambda name: name in steps)
    return [*near, *(name for name in labels if name not in steps and name not in near)]
