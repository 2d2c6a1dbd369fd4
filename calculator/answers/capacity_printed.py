"""The answer to how much more fits: a table a mode, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from calculator.answers.capacity import Capacity, GroupCapacity, ModeCapacity
from calculator.answers.rooms import Room
from calculator.answers.shown import plans_on_stdout
from calculator.results.console import Field, print_table, print_text, printable

__all__ = ["print_capacities", "print_json"]

_FIELDS = (
    Field("node group", wraps=True),
    Field("instances", right=True),
    Field("more", right=True),
    Field("limited by", wraps=True),
    Field("pods", right=True),
    Field("more pods", right=True),
    Field("pods limited by", wraps=True),
)
_NONE = " "
_MUST_GO = "below 0: so many must go before it fits; none: nor does it fit without any"


def print_json(found: Iterable[Capacity], *, is_one: bool) -> None:
    """Print the answer for one plan, or those for several with their files."""
    if is_one:
        [only] = found
        print(json.dumps(only.as_json(), indent=2, ensure_ascii=False))
    else:
        plans_on_stdout({"file": each.file, **each.as_json()} for each in found)


def print_capacities(found: Iterable[Capacity], *, with_file: bool) -> None:
    """Print of each plan a table a mode, its own first: a row a node group.

    Parameters
    ----------
    with_file: whether the file stands over each.
    """
    is_first, is_short = True, False
    for one in found:
        for number, mode in enumerate(sorted(one.modes, key=lambda each: each.mode != one.mode)):
            print("\n" * (not is_first), end="")
            is_first = False
            if with_file and not number:
                print(printable(one.file))
            _print_mode(mode, is_chosen=mode.mode == one.mode)
            is_short |= any(map(_must_go, mode.groups))
    if is_short:
        print(f"\n{_MUST_GO}")


def _print_mode(mode: ModeCapacity, *, is_chosen: bool) -> None:
    status = mode.status
    if mode.fits and (mode.growth.more is None or mode.growth.more < 0):
        # AWS raises quotas, and they are no reason not to fit.
        status += f", but for a quota: {mode.growth.limited_by}"
    said = f"{mode.mode}{', the mode of the plan' if is_chosen else ''}: {status}"
    print_text(printable(said), indent="  ")
    if mode.fits is None:
        return
    rows = list(_rows(mode))
    print_table(_FIELDS, rows)
    for added in mode.new_groups:
        if not added.instances.is_known:
            print_text(printable(added.instances.limited_by))


def _rows(mode: ModeCapacity) -> Iterator[list[object]]:
    for each in mode.groups:
        yield [
            each.group.instance_type,
            each.group.instances,
            *_room(each.instances),
            each.group.pods_per_node,
            *_room(each.pods),
        ]
    if mode.groups:
        instances = sum(each.group.instances for each in mode.groups)
        growth = mode.growth
        factor = "none" if growth.fits is None else f"× {growth.fits / 100:,g}"
        yield ["all in proportion", instances, factor, growth.limited_by, _NONE, _NONE, _NONE]
    for added in mode.new_groups:
        if added.instances.is_known:
            name = f"new {added.group.instance_type}"
            yield [name, 0, *_room(added.instances), added.group.pods_per_node, _NONE, _NONE]


def _must_go(group: GroupCapacity) -> bool:
    """Whether there are more than fit."""
    rooms = group.instances, group.pods
    return any(each.is_known and (each.more is None or each.more < 0) for each in rooms)


def _room(room: Room) -> tuple[object, str]:
    return "none" if room.more is None else room.more, room.limited_by
