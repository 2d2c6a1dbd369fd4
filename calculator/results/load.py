"""How full the subnets of workbooks are, and which of them are the fullest."""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from calculator.report import SheetReport

__all__ = ["LITTLE", "Fullest", "Load", "short_names"]

#: A share of the subnet's addresses below which little remains.
LITTLE = 0.1
#: Workbooks that a chart shows, the share of a subnet that a bar shows at most, and the characters
#: of a file's name beside it.
_MOST, _LONGEST_BAR, _LONGEST_NAME = 25, 3, 48

_T = TypeVar("_T")


class Load(NamedTuple):
    """How full a sheet's subnet is [IPs]; the peak may be unknown."""

    available: int
    used: int
    remaining: int
    peak_remaining: int | None

    @classmethod
    def of(cls, sheet: SheetReport) -> Load | None:
        """The load of a sheet; None where it is unknown."""
        names = ("ips_available", "ips_used", "ips_remaining")
        available, used, remaining = (sheet.number(name) for name in names)
        if available is None or used is None or remaining is None:
            return None
        return cls(available, used, remaining, sheet.number("peak_remaining"))

    @property
    def least(self) -> int:
        """What remains when the subnet is fullest [IPs]."""
        peak = self.peak_remaining
        return self.remaining if peak is None else min(self.remaining, peak)

    @property
    def share(self) -> float:
        """What remains when the subnet is fullest, as a share of the addresses available."""
        return self.least / max(self.available, 1)

    @property
    def parts(self) -> list[float]:
        """The parts of a bar, as shares of the addresses available.

        Used, more at the peak, remaining, lacking.
        """
        whole, most = max(self.available, 1), self.available - self.least
        used = min(self.used, self.available)
        at_peak = min(most, self.available) - used
        return [max(each, 0) / whole for each in (used, at_peak, self.least, -self.least)]


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
