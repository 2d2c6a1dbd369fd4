"""What was found in a workbook, its plan and its sheets: plain data, for whoever shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from calculator.findings import Finding
from calculator.inputs import plain
from calculator.load import Load
from calculator.notebook import Line, Showing, Shown, Subnet

__all__ = ["MAIN_RESULTS", "MAIN_TOTALS", "PlanReport", "SheetReport", "Verdict", "WorkbookReport"]

#: The results that every sheet of every model has.
MAIN_TOTALS = ("ips_available", "ips_used", "ips_remaining", "pods_hosted")
#: Those that people look at; other results are what these consist of.
MAIN_RESULTS = (
    *MAIN_TOTALS,
    *("peak_remaining", "smallest_subnet", "pod_subnet_peak_remaining", "smallest_pod_subnet"),
)


@dataclass(frozen=True)
class Verdict:
    """Whether a plan fits.

    Parameters
    ----------
    fits: None where that is not known: an input cannot be used, or there is no node group.
    mode: the mode of the cluster, ``undecided`` where none is chosen.
    message: in words.
    """

    fits: bool | None
    mode: str
    message: str


@dataclass
class _Rows:
    """Node groups, as columns: that is how they are computed.

    Parameters
    ----------
    rows: the worksheet row of each node group's inputs, shape (groups,).
    columns: values by name, each of shape (groups,): NaN for an error, infinity for nothing.
    """

    rows: list[int] = field(repr=False)
    columns: dict[str, list[Any]] = field(repr=False)

    @property
    def node_groups(self) -> list[dict[str, Any]]:
        """Row and values of each node group by name; None for an error, "" for nothing."""
        return [
            {"row": row, **{name: plain(values[number]) for name, values in self.columns.items()}}
            for number, row in enumerate(self.rows)
        ]


@dataclass
class PlanReport(_Rows):
    """What was filled in, of a model whose plan stands in one place.

    Parameters
    ----------
    sheet: name of the worksheet.
    settings: by name; None for one that cannot be used.
    """

    sheet: str
    settings: dict[str, float | str | None]


@dataclass
class SheetReport(_Rows):
    """One mode of the plan.

    Parameters
    ----------
    sheet: name of the worksheet.
    mode: ``warm-eni``, ``warm-ip``, ``prefix`` or ``ipv6``.
    fits: whether the plan fits in this mode; None where that is not known.
    totals: ``ips_available``, ``ips_used``, ``ips_remaining`` [IPs], ``pods_hosted`` [pods]; None
        for one that cannot be known.
    details: the sheet's other results by name: the peak and what it consists of, the smallest
        subnet, prefixes; None for an error, "" for what does not apply.
    settings: what was filled in on the sheet, of a model that has its inputs there.
    """

    sheet: str
    mode: str
    fits: bool | None
    totals: dict[str, int | None]
    details: dict[str, Any]
    settings: dict[str, float | str | None] = field(default_factory=dict)

    def number(self, name: str) -> int | None:
        """A result, None where it is not a number or the sheet has none of that name."""
        value = self.totals.get(name, self.details.get(name))
        return None if value == "" else value


#: Findings that a notebook lists.
_LISTED = 10


@dataclass
class WorkbookReport(Showing):
    """One file: its plan, its sheets and all findings, or why it could not be read.

    Parameters
    ----------
    file: its path, as given.
    error: why it could not be read or recalculated; None if it could.
    model: ``vpc-cni`` or ``aws-sample``.
    layout: the version of its layout; None for a model that has but one.
    findings: causes first, each before what follows from it.
    checked: the names of all sheets that were read, as in the file.
    accepted: of ``unreadable`` and ``overflow``, which no finding need say, what is known or
        suppressed, and which of the two with its reason.
    """

    file: str
    error: str | None = None
    model: str | None = None
    layout: int | None = None
    verdict: Verdict | None = None
    plan: PlanReport | None = None
    sheets: list[SheetReport] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)
    accepted: dict[str, str] = field(default_factory=dict)

    def of(self, severity: str, *, causes: bool = False) -> list[Finding]:
        """The findings of a severity; with `causes` only those that follow from no other."""
        found = [each for each in self.findings if each.severity == severity]
        return [each for each in found if not each.because_of] if causes else found

    def _shown(self) -> Shown:
        lines = [
            Line(
                each.sheet,
                Subnet(Load.of(each.number), each.number("smallest_subnet") or None),
                Subnet(Load.of(each.number, pods=True), each.number("smallest_pod_subnet") or None)
                if each.number("pod_subnet_peak_ips") is not None
                else None,
                each.fits,
            )
            for each in self.sheets
        ]
        words = self.error or (self.verdict.message if self.verdict else "")
        causes = [each for each in self.findings if not each.because_of]
        notes = [f"{each.severity}: {each.at(self.file)}" for each in causes[:_LISTED]]
        if len(causes) > _LISTED:
            notes.append(f"and {len(causes) - _LISTED:,} more findings")
        return Shown(": ".join(filter(None, (self.file, words))), lines, notes)

    @property
    def clean(self) -> bool:
        """Whether there is no error, no fault and no difference."""
        return not self.error and all(each.severity == "warning" for each in self.findings)

    @property
    def chosen(self) -> Iterable[SheetReport]:
        """The sheets that the verdict is about: the chosen mode's, or all that it compares."""
        mode = self.verdict.mode if self.verdict else None
        return [each for each in self.sheets if each.mode == mode] or [
            each for each in self.sheets if each.mode != "ipv6"
        ]
