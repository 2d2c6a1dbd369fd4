"""What is remembered of files that are alike, within bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["Kept", "Memo"]

_K = TypeVar("_K")
_V = TypeVar("_V")


class Kept(dict[_K, _V], Generic[_K, _V]):
    """A dict that starts afresh before it grows without end.

    Parameters
    ----------
    most: entries.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: _K, value: _V) -> None:
        if len(self) >= self._most:
            self.clear()
        super().__setitem__(key, value)

    def of(self, key: _K, find: Callable[[], _V]) -> _V:
        """What is kept by a key, which is found once."""
        if key not in self:
            self[key] = find()
        return self[key]


class Memo(Kept[_K, _V]):
    """One that computes what it lacks."""

    def __init__(self, compute: Callable[[_K], _V], most: int = 65_536) -> None:
        super().__init__(most)
        self._compute = compute

    def __missing__(self, key: _K) -> _V:
        value = self[key] = self._compute(key)
        return value
