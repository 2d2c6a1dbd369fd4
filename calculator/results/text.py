"""A workbook as text, a line for each thing it says, so that ``git diff`` shows what changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from calculator.errors import InputError, WorkbookError
from calculator.files import read_content
from calculator.naming import together
from calculator.plan import GROUP_INPUTS
from calculator.report import MAIN_RESULTS, MAIN_TOTALS
from calculator.results.console import printable

if TYPE_CHECKING:
    from calculator.description import Description, Group

__all__ = ["text_of", "text_of_unreadable", "value_words"]

#: What is read of a file that is no plan [bytes].
_MOST = 1 << 30


def text_of(said: Description) -> Iterator[str]:
    """The lines of a workbook; the same for the same content, whatever program saved it.

    They do not hold the file's name, because git gives its own to a file of an earlier commit.
    """
    layout = "" if said.layout is None else f", layout {said.layout}"
    yield f"model: {said.model}{layout}"
    yield printable(f"catalog: {said.catalog or 'not said'}, {said.types:,} instance types")
    yield printable(f"verdict: {said.verdict}")
    for title, lines in _sections(said).items():
        if lines:
            yield ""
            yield f"{title}:"
            yield from (f"  {printable(line)}" for line in lines)


def text_of_unreadable(error: WorkbookError) -> Iterator[str]:
    """What is said of a file that is no plan: why, and a sum that changes where the file does.

    Raises
    ------
    InputError: when there is no such file.
    """
    try:
        content = read_content(error.file, _MOST)
    except OSError:
        raise InputError(str(error)) from None
    yield printable(f"no plan: {error.message}")
    yield f"sha256: {hashlib.sha256(content).hexdigest()}"


def value_words(value: object) -> str:
    """A value in words."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value) or "nothing"


def _sections(said: Description) -> dict[str, list[str]]:
    labels = said.labels
    inputs = [
        f"{_in(scope)}{labels[name]}: {value_words(value)}"
        for (scope, name), value in said.inputs.items()
    ]
    # What does not apply is left out; of what is not known, the main results say so.
    results = [
        f"{sheet}, {labels[name]}: {value_words(value)}"
        for (sheet, name), value in said.results.items()
        if name in MAIN_RESULTS and sheet in said.chosen
        if value != "" and (value is not None or name in MAIN_TOTALS)
    ]
    formulas = [
        f"{_in(sheet)}{what}: {text}"
        for (sheet, what), text in together(said.formulas, _which_groups)
    ]
    if not said.compared:
        formulas = ["not compared: the workbook has another layout"]
    findings = [
        ": ".join(filter(None, (each.severity, each.code, each.where, each.words)))
        for each in said.findings
    ]
    followers = [
        f"{cause}: {len(marks):,} ({_sum(marks)})"
        for cause, marks in said.followers.items()
        if marks
    ]
    figures = [
        f"{name}, {figure}: {value_words(each.own)} ({_built_in(each.builtin)})"
        for (name, figure), each in said.figures.items()
    ]
    return {
        "inputs": inputs,
        "node groups": [_group(each, labels) for each in said.groups],
        "results": results,
        "formulas that are not the program's": formulas,
        "findings": findings,
        "what follows from findings": followers,
        "figures of instance types that are not the built-in ones": figures,
        "other worksheets": list(said.others),
    }


def _group(group: Group, labels: dict[str, str]) -> str:
    """A node group: what every row has, and what is out of the ordinary."""
    told = [
        f"{labels[name]} {value_words(value)}"
        for name, value in group.values.items()
        if name in ("instances", "pods_per_node")
        or (None if value == "" else value) != GROUP_INPUTS[name].default
    ]
    return f"{_in(group.scope)}{group.title}: {', '.join(told)}"


def _which_groups(rows: Sequence[str]) -> str:
    """How many node groups there are, and a checksum of which these are."""
    return f"{len(rows)} node groups ({_sum(rows)})"


def _sum(marks: Iterable[str]) -> str:
    """A short sum of marks, in any order, that changes where one does."""
    return hashlib.sha256(" ".join(sorted(marks)).encode()).hexdigest()[:8]


def _built_in(figure: object) -> str:
    return "not built in" if figure is None else f"{value_words(figure)} built in"


def _in(sheet: str) -> str:
    return f"{sheet}, " if sheet else ""
