"""Where a count stops to fit, found by doubling and then by dividing what lies between."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Boundary"]


class Boundary:
    """The search for a count that fits, of which one more does not.

    It goes upwards from a count that fits, and downwards from one that does not, and says itself
    which counts it wants to know of, so that many can be searched for at once. Of those it has
    asked for, in their order, it keeps to the first that is not as the present one. So a count
    between two of them may differ from both where fitting does not simply end, and the boundary is
    one all the same: the count fits, and one more does not.

    Parameters
    ----------
    present: the count to begin at.
    most: the largest count that there can be; the smallest is 0.
    reason: why the present count does not fit; "" where it does.
    """

    def __init__(self, present: int, most: int, reason: str = "") -> None:
        #: Why the count beyond the boundary does not fit; "" while none is known that does not.
        self.reason = reason
        self._present = present
        self._goes_up = not reason
        # Distances from the present count: the largest that is as it is, the smallest that is not;
        # at first the latter is that of a count that cannot be.
        self._alike = 0
        self._other = 1 + (most - present if self._goes_up else present)
        self._is_other_seen = False
        self._step = 1

    @property
    def is_found(self) -> bool:
        """Whether the search has ended."""
        return self._other - self._alike == 1

    @property
    def count(self) -> int | None:
        """The count that fits, and one more does not, if it can be; None where not even 0 fits."""
        if self._goes_up:
            return self._present + self._alike
        return self._present - self._other if self._is_other_seen else None

    def wanted(self, number: int) -> list[int]:
        """The counts to look at next, so many at most."""
        between = self._other - self._alike - 1
        if self._is_other_seen:
            number = min(number, between)
            steps = [(between + 1) * each // (number + 1) for each in range(1, number + 1)]
        else:
            doubled = (self._step << each for each in range(min(number, between.bit_length())))
            steps = [each for each in doubled if each <= between] or [between]
        return [self._at(self._alike + each) for each in steps]

    def learn(self, counts: Sequence[int], reasons: Sequence[str]) -> None:
        """Take in why the counts that were wanted do not fit; "" for each that does."""
        for count, reason in zip(counts, reasons, strict=True):
            distance = abs(count - self._present)
            if (not reason) != self._goes_up:
                self._other, self._is_other_seen = distance, True
                if self._goes_up:
                    self.reason = reason
                return
            self._alike = distance
            if not self._goes_up:
                self.reason = reason
        self._step <<= len(counts)

    def _at(self, distance: int) -> int:
        return self._present + distance if self._goes_up else self._present - distance
