"""How bad an issue is, where that can be told: what a baseline keeps, lest it grow unnoticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from calculator.findings import CALCULATED, Finding
from calculator.inputs import found_words
from calculator.report import WorkbookReport
from calculator.results.standing import decisive

__all__ = [
    "Measure",
    "as_of_groups",
    "counts_cells",
    "is_within",
    "measure_of",
    "shortage_of",
    "worse_words",
]

#: The addresses that a plan is short of, or how many cells, and which; or what is recorded, and the
#: result.
Measure = tuple[float | str | bool | list[str] | None, ...]
#: The addresses of a /28 block.
_BLOCK = 16
#: So many of the cells that are new are named.
_MOST_NAMED = 3
#: What can be left of a subnet, at its fullest; without a peak, simply left.
_LEFT = (("peak_remaining", "ips_remaining"), ("pod_subnet_peak_remaining",))


def measure_of(finding: Finding) -> Measure | None:
    """The measure of a value, or of what holds for several cells; None for what has none."""
    if finding.code in CALCULATED:
        return _rounded(finding.found), _rounded(finding.expected)
    # Of values that were typed over formulas none may be wrong, and one tomorrow.
    is_changed = finding.code in ("formula", "missing-formula")
    if finding.called or finding.is_typed or (is_changed and finding.cells > 1):
        return finding.cells, sorted(finding.called.split("\n")) if finding.called else []
    return (finding.cells,) if finding.cells else None


def shortage_of(report: WorkbookReport, finding: Finding | None = None) -> Measure | None:
    """The measure of a plan that does not fit, by the sheet that its verdict rests on.

    Parameters
    ----------
    finding: says that it does not; where sheets are plans of their own, on one of them.
    """
    own = (each for each in report.sheets if finding and each.sheet == finding.sheet)
    sheet = next(own, None) or decisive(report)
    if sheet is None:
        return None
    left = [[sheet.number(name) for name in names] for names in _LEFT]
    known = [next((each for each in numbers if each is not None), 0) for numbers in left]
    short = -sum(min(each, 0) for each in known)
    if finding and finding.code == "too-few-prefixes":
        needed, whole = (sheet.number(name) or 0 for name in ("blocks_needed", "whole_blocks"))
        short += _BLOCK * max(0, needed - whole)
    return (short,) if short else None


def _rounded(value: Any) -> Any:
    """A value with no more digits than every program keeps."""
    return float(f"{value:.12g}") if type(value) is float else value


def is_within(now: Measure | None, known: Sequence[Any]) -> bool:
    """Whether an issue is no worse than one that is known: no shorter, none more, the same."""
    if now is None:
        return True
    if _counts(now) and _counts(known):
        return bool(now[0] <= known[0]) and not _more(now, known)
    return list(now) == list(known)


def as_of_groups(known: Sequence[Any], now: Measure, titles: Collection[str]) -> Sequence[Any]:
    """A known measure, with cells of a node group that is there no more as those of one that is.

    Parameters
    ----------
    titles: what the node groups are called that there are now, in lower case.
    """
    names = [*known[1]] if len(known) > 1 and _counts(known) else []
    for each in _more(now, known) if names and _counts(now) else ():
        formerly = (name for name in names if _is_of_another(each, name, titles))
        if (name := next(formerly, None)) is not None:
            names[names.index(name)] = each
    return [known[0], names] if names else known


def _is_of_another(now: str, known: str, titles: Collection[str]) -> bool:
    """Whether the names of two cells are alike, but for a node group that is there no more."""
    pairs = [*zip(now.split(", "), known.split(", "), strict=False)]
    other = [(one.casefold(), two.casefold()) for one, two in pairs if one != two]
    match other:
        case [(one, two)]:
            are_as_many = now.count(", ") == known.count(", ")
            return are_as_many and one in titles and two not in titles
    return False


def _counts(measure: Sequence[Any]) -> bool:
    """Whether it is a number, and perhaps of what."""
    return len(measure) == 1 or counts_cells(measure)


def counts_cells(measure: Sequence[Any]) -> bool:
    """Whether it is how many cells there are, and which."""
    return len(measure) == 2 and isinstance(measure[1], list)


def _more(now: Sequence[Any], known: Sequence[Any]) -> list[str]:
    """What is held that is not known, where both say what that is."""
    if len(now) < 2 or len(known) < 2:
        return []
    return [*(Counter(now[1]) - Counter(known[1])).elements()]


def _cells_of(finding: Finding, more: Counter[str]) -> str:
    """The cells of some of the names that a finding holds, with these, and whether it is one."""
    stand: dict[str, list[str]] = {}
    for cell, name in zip(finding.holds.split("\n"), finding.called.split("\n"), strict=True):
        if name in more:
            stand.setdefault(name, []).append(cell)
    words = []
    for name, cells in [*stand.items()][:_MOST_NAMED]:
        # Of like rows nothing tells which was there before.
        some = f"{more[name]} of " if more[name] < len(cells) else ""
        words.append(f"{some}{_listed(cells)} ({name})")
    others = f" and {len(stand) - _MOST_NAMED} more" if len(stand) > _MOST_NAMED else ""
    return ", ".join(words) + others + (" is" if more.total() == 1 else " are")


def _listed(cells: Sequence[str]) -> str:
    """Some cells, and how many more there are."""
    others = f" and {len(cells) - _MOST_NAMED} more" if len(cells) > _MOST_NAMED else ""
    return ", ".join(cells[:_MOST_NAMED]) + others


def worse_words(now: Measure, known: Sequence[Any], finding: Finding | None) -> str:
    """What is worse than it is known to be, with both numbers."""
    if _counts(now) and _counts(known):
        if finding and (more := Counter(_more(now, known))):
            return f"worse than known: {_cells_of(finding, more)} new"
        what = "cells" if finding and finding.cells else "addresses short"
        held = finding.holds.split("\n") if finding and finding.holds else []
        which = f", {_listed(held)} among them" if held else ""
        return f"worse than known: {now[0]:,} {what}{which}, and {known[0]:,} are known"
    found, expected = map(found_words, known)
    return f"other than known: what is known is {found} where {expected} is the result"
