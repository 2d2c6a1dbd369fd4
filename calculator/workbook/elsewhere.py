"""What stands beside a plan and reads like a part of it: node groups and figures nobody counts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from calculator.catalog import load_catalog
from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.model.sheet import Model, Sheet
from calculator.workbook.about import ABOUT, CHART
from calculator.workbook.places import PlacedLabel
from calculator.workbook.reading import PlanReading
from calculator.workbook.words import KNOWN_WORDS, Kind, kinds
from calculator.xlsx.cells import Cell, Cells
from calculator.xlsx.reference import a1

__all__ = ["groups_on_sheets_of", "on_other_sheet"]

_NO_CELL = Cell(None, None)
#: Of a sheet that is none of a plan's, so many cells are looked at.
_MOST_CELLS = 2_000
#: Labels, and numbers, that make a sheet read like one of a plan.
_ENOUGH = 5
#: What people write over the instances of node groups, and over the pods of each; over figures of
#: types, totals and quotas they write more.
_HEADS = (
    re.compile(
        r"((#|no\.?|number|count|qty|desired)( of)? )?(ec2 )?(instances?|nodes?)( count)?"
        r"|count|number|qty|quantity|desired( size)?|#",
        re.I,
    ),
    re.compile(
        r"(target )?(workload )?pods?(( per|/| on each| on a| each)? ?(node|instance)?)?", re.I
    ),
)
#: An instance type, with the number of instances and of pods on each.
_Group = tuple[str, float, float]
_Place = tuple[int, int]


def groups_on_sheets_of(plan: PlanReading) -> Iterator[Finding]:
    """Name each node group on the sheets of a plan where nothing counts it."""
    if "instance_type" not in plan.plan.layout.columns:
        return  # a fault of its own
    types = load_catalog(model=plan.model.name)
    for sheet in plan.sheets.values():
        layout, cells = sheet.layout, sheet.cells
        taken = {layout.columns.get(each.name) for each in layout.sheet.inputs}
        # On a sheet that nobody fills in, rows of formulas end where the table does.
        first = 0 if sheet is plan.plan else layout.last_row + 1
        found: dict[_Place, _Group] = {}
        for at, (name, formula) in reversed(cells.items()):
            if at[0] < first:
                break
            if type(name) is not str or formula is not None or at[1] in taken:
                continue
            if name in types and (group := _group_at(cells, at)):
                found[at] = group
        for row, column in found:
            if (row - 1, column) not in found:  # those below each other are one
                below = ((at, column) for at in itertools.count(row + 1))
                more = len([*itertools.takewhile(found.__contains__, below)])
                yield _not_counted(sheet.name, (row, column), found[row, column], more)


def _group_at(cells: Cells, at: _Place) -> _Group | None:
    """What reads like a node group: a type with two numbers beside it."""
    instances, pods = (
        _number(cells.get((at[0], at[1] + right), _NO_CELL).value) for right in (1, 2)
    )
    if instances is None or pods is None:
        return None
    return str(cells[at].value), instances, pods


def _number(value: object) -> float | None:
    """A number, also one that is kept as a text."""
    if type(value) is str and value.strip().isdecimal():
        return float(value)
    return value if isinstance(value, float) else None


def _not_counted(sheet: str, at: _Place, group: _Group, more: int = 0) -> Finding:
    name, instances, pods = group
    others = f", and {more} more like it" if more else ""
    message = (
        f"found {found_words(name)} with {plain(instances)} and {plain(pods)} beside it{others}, "
        "where no formula counts them; move them into the node table"
    )
    found = f"{name}, {plain(instances)}, {plain(pods)}"
    return Finding("not-counted", sheet, a1(*at), None, found, message, cells=1 + more)


def on_other_sheet(plans: Sequence[PlanReading], name: str, cells: Cells) -> Iterator[Finding]:
    """Name what reads like a part of a plan on a sheet that is none of its: each kind once."""
    first = dict(itertools.islice(cells.items(), _MOST_CELLS))
    if lost := _without_headers(plans[0].model, first):
        headers = ", ".join(f'"{each.header}"' for each in lost.inputs)
        message = (
            f"this reads like sheet {lost.name}, and no row of it has the headers {headers}: its "
            "node groups are not looked at; put the headers back over their columns"
        )
        yield Finding("missing-column", name, None, None, None, message)
    elif groups := [*_groups_on(plans, first, may_be_bare=name in (ABOUT, CHART))]:
        at, group = groups[0]
        yield _not_counted(name, at, group, len(groups) - 1)
    elif copied := _reads_like(plans[0], first):
        message = f"this reads like sheet {copied}, holds values only, and is not looked at"
        yield Finding("copied-sheet", name, None, None, None, message)


def _groups_on(
    plans: Sequence[PlanReading], cells: Cells, *, may_be_bare: bool
) -> Iterator[tuple[_Place, _Group]]:
    """The node groups on a sheet, but those that a plan counts.

    People list types beside all kinds of numbers. Of node groups these are whole, and stand under
    heads that say so; on a sheet of ours also under none, with no third one.
    """
    types = load_catalog(model=plans[0].model.name)
    counted = {
        (str(name).lower(), *numbers)
        for plan in plans
        for name, *numbers in zip(
            *(plan.groups[each] for each in ("instance_type", "instances", "pods_per_node")),
            strict=True,
        )
    }
    above: dict[int, str] = {}
    last_row = row_of_heads = 0
    for at, (value, _) in cells.items():
        # Below an empty row nothing is under a head, but where it parts these from all others.
        if at[0] > last_row + 1 + (last_row == row_of_heads):
            above.clear()
        last_row = at[0]
        if type(value) is not str:
            continue
        if (group := _group_at(cells, at) if value in types else None) is None:
            above[at[1]] = " ".join(value.split())
            row_of_heads = at[0] if _HEADS[1].fullmatch(above[at[1]]) else row_of_heads
            continue
        heads = [above.get(at[1] + right, "") for right in (1, 2)]
        said = all(head.fullmatch(words) for head, words in zip(_HEADS, heads, strict=True))
        if not said and all(map(re.Pattern.fullmatch, _HEADS, reversed(heads))):
            said, group = True, (group[0], group[2], group[1])
        beside = [cells.get((at[0], at[1] + right), _NO_CELL) for right in (1, 2, 3)]
        if (
            (value.lower(), *group[1:]) in counted
            or any(each.formula for each in (cells[at], *beside[:2]))
            or any(number % 1 for number in group[1:])
        ):
            continue
        is_bare = not any(heads) and not isinstance(beside[2].value, float)
        if said or (may_be_bare and is_bare):
            yield at, group


def _without_headers(model: Model, cells: Cells) -> Sheet | None:
    """The sheet with a plan of its own whose settings and results a sheet has, each in its place.

    What only tells of such a sheet has formulas for its settings, or values for its results.
    """
    at: dict[str, _Place] = {}
    for place, cell in cells.items():
        if type(cell.value) is str and (words := KNOWN_WORDS[cell.value]):
            at.setdefault(words, place)

    def is_there(each: PlacedLabel) -> bool:
        (row, column), (down, right) = at[each.label], each.distance
        value, formula = cells.get((row + down, column + right), _NO_CELL)
        return (
            formula is not None
            if each.holds is None
            else formula is None and isinstance(value, each.holds)
        )

    def number(kind: Kind) -> int:
        return sum(is_there(each) for each in kind.placed if each.label in at)

    alike = [kind for kind in kinds() if kind.model is model and not model.plan]
    numbers = {kind.sheet: number(kind) for kind in alike}
    likest = max(numbers, key=lambda sheet: numbers[sheet], default=None)
    return likest if likest and numbers[likest] > _ENOUGH else None


def _reads_like(plan: PlanReading, cells: Cells) -> str | None:
    """The sheet of a plan whose labels a sheet has, with numbers and no formula."""
    numbers = sum(isinstance(cell.value, float) for cell in cells.values())
    if numbers < _ENOUGH or any(cell.formula for cell in cells.values()):
        return None
    words = {KNOWN_WORDS[cell.value] for cell in cells.values() if type(cell.value) is str}
    labels = {
        kind.sheet.name: len(words.intersection(each.label for each in kind.placed))
        for kind in kinds()
        if kind.model is plan.model and (kind.sheet.mode or kind.sheet.name == plan.model.plan)
    }
    likest = max(labels, key=lambda name: labels[name])
    name = plan.sheets[likest].name if likest in plan.sheets else likest
    return name if labels[likest] >= _ENOUGH else None
