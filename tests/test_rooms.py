"""The rooms of the program: small, and with imports that run one way."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import calculator

ROOT = Path(calculator.__file__).parent
ROOMS = {
    ".".join(["calculator", *path.relative_to(ROOT).with_suffix("").parts]).removesuffix(
        ".__init__"
    ): path
    for path in ROOT.rglob("*.py")
}
_MOST_LINES = 450


@cache
def imports(room: str, *, at_once: bool) -> frozenset[str]:
    """The rooms that a room imports, those that it imports when it is imported or all."""
    tree = ast.parse(ROOMS[room].read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    if at_once:
        nodes = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    found = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return frozenset(found & ROOMS.keys() - {room})


def test_no_room_is_too_large() -> None:
    lines = {room: len(path.read_text("utf-8").splitlines()) for room, path in ROOMS.items()}
    assert {room: count for room, count in lines.items() if count > _MOST_LINES} == {}


def test_imports_have_no_circle() -> None:
    # What a package re-exports is not asked for by its own rooms.
    graph = {
        room: {each for each in imports(room, at_once=True) if not room.startswith(f"{each}.")}
        for room in ROOMS
    }
    assert [*TopologicalSorter(graph).static_order()]


@pytest.mark.parametrize(
    ("rooms", "others"),
    [
        ("model", "xlsx"),
        ("model", "workbook"),
        ("xlsx", "model"),
        ("xlsx", "workbook"),
        ("workbook", "verify"),
        ("workbook", "results"),
        ("model", "results"),
        ("results", "model.engine"),
        ("results", "workbook.reader"),
        ("inputs", "plan"),
        ("plan", "model"),
        ("catalog", "model"),
        ("report", "model"),
        ("verify", "batch"),
        ("issues", "results"),
        ("fingerprints", "verify"),
        ("baseline", "results"),
        ("results", "batch"),
        ("gate", "batch"),
        ("verify", "results"),
        ("batch", "cli"),
    ],
)
def test_rooms_that_know_nothing_of_others(rooms: str, others: str) -> None:
    def belongs(room: str, name: str) -> bool:
        return f"{room}.".startswith(f"calculator.{name}.")

    wrong = {
        f"{room} imports {each}"
        for room in ROOMS
        if belongs(room, rooms)
        for each in imports(room, at_once=False)
        if belongs(each, others)
    }
    assert wrong == set()
