"""Answers as lines: targets in words, and what a notebook shows of a mode."""

from __future__ import annotations

from collections.abc import Mapping

from calculator.answers.measured import Row
from calculator.load import Load
from calculator.notebook import Line, Subnet

__all__ = ["line_of", "words_of"]

#: What the targets keep warm.
_NOUNS = {"warm_eni_target": "ENI", "warm_ip_target": "IP", "warm_prefix_target": "prefix"}


def words_of(settings: Mapping[str, int]) -> str:
    """The targets that act, in words, such as ``5 IPs, least 30``."""
    counted = [_of(value, noun) for name, value in settings.items() if (noun := _NOUNS.get(name))]
    minimum = settings.get("minimum_ip_target", 0)
    return ", ".join([*counted, *([f"least {minimum}"] if minimum else [])])


def _of(number: int, noun: str) -> str:
    if number == 1:
        return f"{number} {noun}"
    return f"{number} {noun}es" if noun.endswith("x") else f"{number} {noun}s"


def line_of(row: Row, mark: str) -> Line:
    """What a notebook shows of a mode with its targets."""
    nodes = _load(row.ips_used, row.peak_ips, row.peak_remaining)
    pods = None
    if row.pod_subnet_peak_ips is not None:
        of_pods = row.pod_subnet_peak_ips, row.pod_subnet_peak_remaining
        pods = Subnet(_load(row.pod_subnet_used, *of_pods), row.smallest_pod_subnet)
    name = ": ".join(filter(None, (row.mode, words_of(row.settings))))
    return Line(name, Subnet(nodes, row.smallest_subnet), pods, row.fits, mark)


def _load(used: int | None, at_peak: int | None, left: int | None) -> Load | None:
    if used is None or at_peak is None or left is None:
        return None
    return Load(at_peak + left, used, at_peak + left - used, left)
