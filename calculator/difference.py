"""What changed from one workbook to another, whatever their layouts, sheet names and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from calculator.description import Description, Figure, Group, Key, Value
from calculator.findings import SEVERITIES
from calculator.naming import Where, together
from calculator.told import Told

__all__ = ["SEVERITIES_OF_CHANGES", "Change", "changes"]

#: How much a change matters, the worst first: it brings a fault or a plan that no longer fits; a
#: formula, value or figure that is not the program's; a warning; it is one of what is filled in;
#: of what follows from that; it removes what was wrong.
SEVERITIES_OF_CHANGES = (*SEVERITIES, "input", "result", "mended")

_Name = TypeVar("_Name", bound=Hashable)
_Old = TypeVar("_Old")


@dataclass(frozen=True)
class Change:
    """Something that two workbooks say differently.

    Parameters
    ----------
    kind: ``model``, ``verdict``, ``input``, ``node-group``, ``result``, ``formula``, ``finding``,
        ``catalog``, ``look`` (a number format, a note, charts) or ``worksheet``.
    severity: one of :data:`SEVERITIES_OF_CHANGES`.
    where: the sheet or node group; "" for the whole plan.
    what: the label or header, or a finding's code.
    name: of an input, result or figure in Python; "" for anything else.
    old, new: what either says; None for nothing of the kind.
    """

    kind: str
    severity: str
    where: str
    what: str
    name: str
    old: Value
    new: Value


def changes(old: Description, new: Description) -> list[Change]:
    """Every change, the worst first; none where both say the same.

    Of two models, only inputs, node groups, results and whether the plan fits are compared, as far
    as both have them.
    """
    alike = old.model == new.model
    found = [*_verdict(old, new, alike), *_inputs(old, new), *_groups(old, new)]
    found += _results(old, new, alike)
    if not alike:
        found.append(Change("model", "difference", "", "Model", "", old.model, new.model))
    else:
        found += [*_formulas(old, new), *_findings(old, new), *_followers(old, new)]
        found += _catalog(old, new)
        found += _looks(old, new)
    found += _worksheets(old, new)
    return sorted(found, key=lambda each: SEVERITIES_OF_CHANGES.index(each.severity))


def _verdict(old: Description, new: Description, alike: bool) -> Iterator[Change]:
    said = old.verdict, new.verdict
    if (not alike and old.fits == new.fits) or said == (new.verdict, old.verdict):
        return
    severity = "result"
    if old.fits != new.fits:
        severity = "mended" if new.fits else "fault"
    yield Change("verdict", severity, "", "Verdict", "", *said)


def _inputs(old: Description, new: Description) -> Iterator[Change]:
    """Settings; where one workbook has a setting on several sheets, sheet by sheet."""
    for name in _all_of((name for _, name in old.inputs), (name for _, name in new.inputs)):
        scopes = [scope for scope, each in _all_of(old.inputs, new.inputs) if each == name]
        if any(scopes):  # what stands on sheets of their own
            scopes = [scope for scope in scopes if scope]
        for scope in scopes:
            pair = [_of_scope(each.inputs, scope, name) for each in (old, new)]
            if None in pair and old.model != new.model:
                continue  # which the other model has no place for
            if pair[0] != pair[1]:
                yield Change("input", "input", scope, _label(name, old, new), name, *pair)


def _of_scope(inputs: Mapping[Key, Value], scope: str, name: str) -> Value:
    return inputs.get((scope, name), inputs.get(("", name)))


def _groups(old: Description, new: Description) -> Iterator[Change]:
    """Node groups of one type and system: those that are the same first, then one by one."""
    scopes = _all_of((each.scope for each in old.groups), (each.scope for each in new.groups))
    if any(scopes):
        scopes = [scope for scope in scopes if scope]
    for scope in scopes:
        sides = [[each for each in side.groups if each.scope in ("", scope)] for side in (old, new)]
        shared = _names(sides[0]) & _names(sides[1])
        kinds = _all_of(*(map(_kind, side) for side in sides))
        for kind in kinds:
            before, after = ([each for each in side if _kind(each) == kind] for side in sides)
            for pair in _pairs(before, after, shared):
                yield from _changed_group(scope, *pair, shared, old, new)


def _kind(group: Group) -> tuple[str, str]:
    """Type and system, in whatever case they are typed."""
    return group.instance_type.casefold(), group.os.casefold()


def _names(groups: Iterable[Group]) -> set[str]:
    """The inputs that all groups of a workbook have; every name there is, of one without any."""
    found = [set(each.values) for each in groups]
    return set.intersection(*found) if found else set()


def _pairs(
    before: list[Group], after: list[Group], names: set[str]
) -> Iterator[tuple[Group | None, Group | None]]:
    def values(group: Group) -> tuple[Value, ...]:
        return tuple(group.values[name] for name in sorted(names))

    left = Counter(map(values, after))
    gone = []
    for group in before:
        if left[values(group)]:
            left[values(group)] -= 1
        else:
            gone.append(group)
    come = []
    for group in reversed(after):  # the last of several alike are the new ones
        if left[values(group)]:
            left[values(group)] -= 1
            come.append(group)
    come.reverse()
    for number in range(max(len(gone), len(come))):
        yield (
            gone[number] if number < len(gone) else None,
            come[number] if number < len(come) else None,
        )


def _changed_group(
    scope: str,
    before: Group | None,
    after: Group | None,
    names: set[str],
    old: Description,
    new: Description,
) -> Iterator[Change]:
    if before and after:
        where = ", ".join(filter(None, (scope, after.title)))
        for name in before.values:
            pair = before.values[name], after.values.get(name)
            if name in names and pair[0] != pair[1]:
                yield Change("node-group", "input", where, _label(name, old, new), name, *pair)
        return
    group = before or after
    assert group is not None
    words = " × ".join(str(group.values.get(name, "")) for name in ("instances", "pods_per_node"))
    where = ", ".join(filter(None, (scope, group.title)))
    sides = (words, None) if before else (None, words)
    yield Change("node-group", "input", where, "Node group (instances × pods)", "", *sides)


def _results(old: Description, new: Description, alike: bool) -> Iterator[Change]:
    for key, before, after in _unlike(old.results, new.results):
        if not alike and (key not in old.results or key not in new.results):
            continue
        yield Change("result", "result", key[0], _label(key[1], old, new), key[1], before, after)


def _formulas(old: Description, new: Description) -> Iterator[Change]:
    if not (old.compared and new.compared):
        return
    found = {}
    for where, before, after in _unlike(old.formulas, new.formulas):
        severity = "mended" if after is None else "difference"
        sides = before or _otherwise(where, new, old), after or _otherwise(where, old, new)
        found[where] = severity, sides
    for (sheet, what), (severity, sides) in together(found):
        yield Change("formula", severity, sheet, what, "", *sides)


def _otherwise(where: Where, one: Description, other: Description) -> Value:
    """What stands in the other workbook where the one has a formula of its own, or none."""
    if where in one.ours:
        return one.ours[where]
    what = ", ".join(filter(None, where[1:]))
    labels = other.labels
    typed = {labels.get(name, name): value for (_, name), value in other.inputs.items()}
    for group in other.groups:
        for name, value in group.values.items():
            typed[f"{labels.get(name, name)}, {group.title}"] = value
    return typed.get(what, "the program's formula")


def _looks(old: Description, new: Description) -> Iterator[Change]:
    if not (old.compared and new.compared):
        return
    for (sheet, what), before, after in _unlike(old.looks, new.looks):
        yield Change("look", "input", sheet, what, "", before, after)
    for key in _all_of(old.formats, new.formats):
        title, name, row = key
        before, after = (
            each.formats.get(key, each.formats.get((title, name, ""))) for each in (old, new)
        )
        # Of what one of them has no row of, the node groups tell.
        if before != after and None not in (before, after):
            what = ", ".join(filter(None, ("number format", name, row)))
            yield Change("look", "input", title, what, "", before, after)


def _findings(old: Description, new: Description) -> Iterator[Change]:
    """Findings that are new or gone; one whose words changed is one change."""
    gone, come = Counter(old.findings), Counter(new.findings)
    gone, come = gone - come, come - gone
    before: dict[tuple[str, str], list[Told]] = {}
    for each in gone.elements():
        before.setdefault((each.code, each.where), []).append(each)
    for each in come.elements():
        known = before.get((each.code, each.where))
        words = known.pop(0).words if known else None
        severity = "result" if known is not None and words is not None else each.severity
        yield Change("finding", severity, each.where, each.code, "", words, each.words or "found")
    for left in before.values():
        for each in left:
            yield Change(
                "finding", "mended", each.where, each.code, "", each.words or "found", None
            )


def _followers(old: Description, new: Description) -> Iterator[Change]:
    """What follows from a cause that both have, and in one of them only.

    What is done beside a cause may be said to follow from it, but did not come of it.
    """
    gone = {(each.code, each.where): each.words or "found" for each in _apart(old, new)}
    for each in _apart(new, old):
        sides = gone.pop((each.code, each.where), None), each.words or "found"
        yield Change("finding", each.severity, each.where, each.code, "", *sides)
    for (code, where), words in gone.items():
        yield Change("finding", "mended", where, code, "", words, None)


def _apart(one: Description, other: Description) -> Iterator[Told]:
    """What follows in one workbook only, from a cause that both have."""
    known = {mark for marks in other.followers.values() for mark in marks}
    for cause, followers in one.followers.items():
        if cause in other.followers:
            yield from (each for mark, each in followers.items() if mark not in known)


def _catalog(old: Description, new: Description) -> Iterator[Change]:
    if old.catalog != new.catalog:
        yield Change("catalog", "difference", "", "Catalog", "", old.catalog, new.catalog)
    if old.types != new.types:
        yield Change("catalog", "difference", "", "Instance types", "", old.types, new.types)
    for (name, figure), before, after in _unlike(old.figures, new.figures):
        severity = "mended" if after is None else "difference"
        sides = _own(before, after), _own(after, before)
        yield Change("catalog", severity, name, figure, figure, *sides)


def _own(figure: Figure | None, other: Figure | None) -> Value:
    """A workbook's own figure, or the built-in one where it has none of its own."""
    return figure.own if figure else other.builtin if other else None


def _worksheets(old: Description, new: Description) -> Iterator[Change]:
    for name in _all_of(old.others, new.others):
        if name not in new.others:
            yield Change("worksheet", "input", "", "Other worksheet", "", name, None)
        elif name not in old.others:
            yield Change("worksheet", "input", "", "Other worksheet", "", None, name)


# --- what several comparisons need ----------------------------------------------------------------


def _all_of(*names: Iterable[_Name]) -> list[_Name]:
    """Every name once, in order."""
    return list(dict.fromkeys(name for each in names for name in each))


def _unlike(
    old: Mapping[_Name, _Old], new: Mapping[_Name, _Old]
) -> Iterator[tuple[_Name, _Old | None, _Old | None]]:
    """The keys whose values are not the same, with both values; None where there is none."""
    for key in _all_of(old, new):
        before, after = old.get(key), new.get(key)
        if before != after or (key in old) != (key in new):
            yield key, before, after


def _label(name: str, old: Description, new: Description) -> str:
    return new.labels.get(name) or old.labels.get(name, name)
