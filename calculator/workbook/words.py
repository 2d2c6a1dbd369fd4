"""The words by which the sheets of a workbook are found: headers and labels, as compared."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from calculator.inputs import Text
from calculator.memory import Memo
from calculator.model import models
from calculator.model.sheet import DataTable, Model, Placed, Setting, Sheet, Total
from calculator.workbook.places import MOST_INSERTED, PlacedLabel
from calculator.xlsx.cells import Cells
from calculator.xlsx.reference import place

__all__ = [
    "KNOWN_WORDS",
    "Kind",
    "data_tables",
    "kinds",
    "known_headers",
    "labels_of_words",
    "marks",
    "normal",
]


#: Cells at the top of a sheet among which its heads are.
_HEADS = 100


@lru_cache(maxsize=10_000)
def normal(words: str) -> str:
    """Words as they are compared: case, white space and a colon at the end make no difference."""
    return " ".join(words.rstrip(": \t\n").split()).casefold()


@cache
def data_tables() -> dict[frozenset[str], DataTable]:
    """The data tables by the headers that they cannot do without."""
    return {
        frozenset(map(normal, data.needed)): data
        for model in models()
        for data in model.data_tables
    }


@cache
def known_headers() -> frozenset[str]:
    """Every header of every model's node tables."""
    sheets = (sheet for model in models() for sheet in model.sheets)
    return frozenset(normal(column.header) for sheet in sheets for column in sheet.columns)


class Kind(NamedTuple):
    """A sheet of a model, with its words as they are compared.

    Parameters
    ----------
    headers: of its columns, shape (columns,).
    marks: those of them that no other kind of sheet has, one of which must be there.
    settings: labels of its settings, or, of a sheet that has but results, of these, each once.
    placed: each setting, constant and result, with its label.
    heads: the words that stand above figures, by column.
    """

    model: Model
    sheet: Sheet
    headers: list[str]
    marks: frozenset[str]
    settings: list[str]
    placed: list[PlacedLabel]
    heads: Mapping[int, frozenset[str]]

    def headed(self, cells: Cells) -> set[int]:
        """The columns that have a head which the model has there."""
        return {
            column
            for (_, column), cell in (cells.items() if self.heads else ())
            if type(cell[0]) is str and normal(cell[0]) in self.heads.get(column, ())
        }

    def inserted_beyond(self, cells: Cells) -> tuple[int, int]:
        """Before which column others were inserted beyond all results, and how many; 0 for none.

        Or from which on some were deleted, and how many, below 0. Only heads tell it there.
        """
        heads = {words: column for column, each in self.heads.items() for words in each}
        moved: dict[int, int] = {}
        for (_, column), cell in itertools.islice(cells.items(), _HEADS if heads else 0):
            if type(cell[0]) is str and (words := normal(cell[0])) in heads:
                moved.setdefault(heads[words], column - heads[words])
        first = min((column for column, by in moved.items() if by), default=0)
        by = {by for column, by in moved.items() if column >= first > 0}
        if len(by) == 1 and -MOST_INSERTED <= min(by) < 0:
            gone = range(first + min(by), first)
            return (gone[0], min(by)) if moved.keys().isdisjoint(gone) else (0, 0)
        known = len(by) == 1 and 0 < min(by) <= MOST_INSERTED
        return (first, by.pop()) if known else (0, 0)


@cache
def kinds() -> list[Kind]:
    """Every sheet of every model."""
    return [_kind(model, sheet) for model in models() for sheet in model.sheets]


def _kind(model: Model, sheet: Sheet) -> Kind:
    data = {normal(header) for each in model.data_tables for header in each.headers}
    # A report of this program has results as its columns, and neither inputs nor steps.
    alone = () if sheet.columns else sheet.totals
    heads: dict[int, set[str]] = {}
    for each in sheet.labels:
        if each.style in ("head", "above"):
            heads.setdefault(place(each.cell)[1], set()).add(normal(each.text))
    marking = sheet.inputs or [each for each in sheet.columns if each.style == "helper"]
    return Kind(
        model,
        sheet,
        [normal(each.header) for each in sheet.columns],
        frozenset(normal(each.header) for each in marking) - data,
        [*dict.fromkeys(normal(each.label) for each in sheet.settings or alone)],
        [
            PlacedLabel(
                each.name,
                normal(each.label),
                at,
                (at[0] - label[0], at[1] - label[1]),
                _holds(each),
            )
            for each in sheet.placed
            for at, label in [(place(each.cell), place(each.label_cell))]
        ],
        {column: frozenset(words) for column, words in heads.items()},
    )


def _holds(each: Placed) -> type | None:
    """What is filled in there, as a rule; None for a formula."""
    if isinstance(each, Total):
        return None
    return str if isinstance(each, Setting) and each.is_text else float


@cache
def labels_of_words() -> frozenset[str]:
    """The labels of settings that take free words."""
    settings = (setting for kind in kinds() for setting in kind.sheet.settings)
    return frozenset(normal(each.label) for each in settings if isinstance(each.input, Text))


@cache
def _known_labels() -> frozenset[str]:
    """Every label of every model's settings and results."""
    return frozenset(each.label for kind in kinds() for each in kind.placed)


def _known_words(text: str) -> str:
    words = normal(text)
    return words if words in known_headers() or words in _known_labels() else ""


#: The header or label that a text is, "" for any other text.
KNOWN_WORDS: Memo[str, str] = Memo(_known_words)


@cache
def marks() -> frozenset[str]:
    """The headers of which a node table has one, and no other table has any."""
    return frozenset().union(*(kind.marks for kind in kinds()))
