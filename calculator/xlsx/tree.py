"""The elements of a small part, one within the other, whatever prefixes their names have."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

from calculator.errors import WorkbookError
from calculator.xlsx.package import Package

__all__ = ["Node", "read", "related"]

#: So many elements of a part are looked at, and so deep.
_MOST, _DEEPEST = 20_000, 40
#: What is written for several programs: the first counts, as it does for Excel.
_ALTERNATIVES = ("AlternateContent", "Choice")


class Node(NamedTuple):
    """An element: its name without prefix, and what stands inside."""

    name: str
    attributes: dict[str, str]
    inside: list[Node]
    pieces: list[str]

    def every(self, path: str) -> Iterator[Node]:
        """The elements at the end of a path of names, such as ``tx/v``; ``*`` is any name."""
        first, _, rest = path.partition("/")
        for each in self.inside:
            if first in (each.name, "*"):
                yield from each.every(rest) if rest else (each,)

    def all_inside(self, name: str = "") -> Iterator[Node]:
        """All elements inside, however deep; those of a name, where it is given."""
        for each in self.inside:
            if name in (each.name, ""):
                yield each
            yield from each.all_inside(name)

    def text(self, path: str) -> str | None:
        """The text of the first element at a path; None where there is none."""
        return next(("".join(each.pieces).strip() for each in self.every(path)), None)

    def value(self, path: str, attribute: str = "val") -> str:
        """An attribute of the first element at a path; "" where there is none."""
        return next((each.attributes.get(attribute, "") for each in self.every(path)), "")

    def number(self, path: str) -> float | None:
        """The number of the first element at a path; None where there is none."""
        with contextlib.suppress(ValueError):
            return float(self.value(path))
        return None

    @property
    def words(self) -> str:
        """What people read of it: the text of its runs."""
        return "".join(piece for run in self.all_inside("t") for piece in run.pieces).strip()


def read(part: bytes) -> Node:
    """The elements of a part, below one without a name; none of a part that cannot be read."""
    root = Node("", {}, [], [])
    way = [root]
    number = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal number
        number += 1
        if number > _MOST:
            raise StopIteration
        name, above = name.rpartition(":")[2], way[-1]
        if name in _ALTERNATIVES:
            way.append(above)
            return
        way.append(Node(name, attributes, [], []))
        if name != "Fallback" and len(way) <= _DEEPEST:
            above.inside.append(way[-1])

    def refuse(*_: object) -> None:
        raise LookupError

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: way.pop()
    parser.CharacterDataHandler = lambda text: way[-1].pieces.append(text)
    parser.StartDoctypeDeclHandler = refuse
    with contextlib.suppress(StopIteration):
        try:
            parser.Parse(part, True)
        except (expat.ExpatError, ValueError, LookupError):
            root.inside.clear()
    return root


def related(package: Package, sheet: str, *kinds: str) -> list[bytes]:
    """Parts that a sheet refers to; none where one cannot be read, as no figure needs it."""
    try:
        return package.parts_of(sheet, *kinds)
    except WorkbookError:
        return []
