"""How full a subnet is: in the steady state, and at the peak."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Load"]

_OF_NODES = ("ips_available", "ips_used", "ips_remaining", "peak_remaining")
_OF_PODS = (
    "pod_subnet_available",
    "pod_subnet_used",
    "pod_subnet_remaining",
    "pod_subnet_peak_remaining",
)


class Load(NamedTuple):
    """How full a subnet is [IPs]; the peak may be unknown."""

    available: int
    used: int
    remaining: int
    peak_remaining: int | None

    @classmethod
    def of(cls, number: Callable[[str], int | None], *, pods: bool = False) -> Load | None:
        """The load of a mode's subnet; None where it is unknown.

        Parameters
        ----------
        number: gives a result of the mode by name, None where it is not known.
        pods: whether it is the subnet that pods have of their own.
        """
        available, used, remaining, peak = map(number, _OF_PODS if pods else _OF_NODES)
        if available is None or used is None or remaining is None:
            return None
        return cls(available, used, remaining, peak)

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
    def addresses(self) -> tuple[int, int, int, int]:
        """The parts of a bar: used, more at the peak, remaining, lacking [IPs]."""
        most = self.available - self.least
        used = min(self.used, self.available)
        at_peak = min(most, self.available) - used
        used, at_peak, left, lacking = (
            max(each, 0) for each in (used, at_peak, self.least, -self.least)
        )
        return used, at_peak, left, lacking

    @property
    def parts(self) -> list[float]:
        """The parts of a bar, as shares of the addresses available."""
        return [each / max(self.available, 1) for each in self.addresses]
