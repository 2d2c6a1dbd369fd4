"""How full the subnets of workbooks are, and which of them are the fullest."""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from calculator.load import Load

__all__ = ["LITTLE", "Fullest", "short_names"]

#: A share of the subnet's addresses below which little remains.
LITTLE = 0.1
#: Workbooks that a chart shows, the share of a subnet that a bar shows at most, and the characters
#: of a file's name beside it.
_MOST, _LONGEST_BAR, _LONGEST_NAME = 25, 3, 48

_T = TypeVar("_T")


class Fullest(Generic[_T]):
    """The fullest subnets of any number, and what is to be said of each; of two alike, the first.

    Iterating gives load and what is said, the fullest first.
    """

    def __init__(self) -> None:
        #: A heap with the least full on top; of two alike, the later.
        self._heap: list[tuple[float, int, Load, _T]] = []
        self._number = 0

    def keep(self, load: Load, said: _T) -> None:
        """Keep a subnet if it is among the fullest."""
        self._number += 1
        entry = (-load.share, -self._number, load, said)
        if len(self._heap) < _MOST:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def __len__(self) -> int:
        return len(self._heap)

    def __iter__(self) -> Iterator[tuple[Load, _T]]:
        return ((load, said) for _, _, load, said in sorted(self._heap, reverse=True))

    @property
    def most(self) -> float:
        """How full the fullest is, as a share of its addresses."""
        return max((1 - load.share for load, _ in self), default=0)

    @property
    def end(self) -> float:
        """The share of a subnet at which a chart of these ends."""
        return min(max(1, math.ceil(self.most * 4) / 4), _LONGEST_BAR)


def short_names(files: Iterable[str]) -> dict[str, str]:
    """Names for a chart: each file's with its folder, and as many more as tell it from others.

    The middle of a longer one gives way, so that folder and file stay.
    """
    parts = {file: re.split(r"[/\\]", file) for file in files}
    names = dict.fromkeys(parts, "")
    for number in range(2, max(map(len, parts.values()), default=0) + 2):
        seen = Counter(_cut("/".join(each[-number:])) for each in parts.values())
        for file, each in parts.items():
            name = _cut("/".join(each[-number:]))
            if not names[file] and (seen[name] == 1 or number > len(each)):
                names[file] = name if seen[name] == 1 else file
    return names


def _cut(name: str) -> str:
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"
