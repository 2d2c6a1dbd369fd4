"""What a report remarks on one cell, or on a whole workbook: a finding, and every code there is.

A fault is an input that cannot be used; a difference is a formula or value that is not the
program's; a warning is a plan that can be computed and wants attention. Codes stay the same from
version to version. Findings hold only strings and numbers, so that they can be pickled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

__all__ = ["CALCULATED", "CODES", "MOST_HELD", "OVERFLOWS", "SEVERITIES", "Code", "Finding"]

#: A finding that holds more cells says only how many.
MOST_HELD = 400
#: Codes of what a spreadsheet program calculates, and nobody does.
CALCULATED = ("value", "recalculated")
#: The worst first.
SEVERITIES = ("fault", "difference", "warning")


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of finding.

    Parameters
    ----------
    code: its name.
    severity: one of :data:`SEVERITIES`.
    advice: what to do about it.
    """

    code: str
    severity: str
    advice: str


#: Codes of what takes more than a subnet has.
OVERFLOWS = (
    "subnet-overflow",
    "peak-overflow",
    "pod-subnet-overflow",
    "fuller-zone-overflow",
    "too-few-prefixes",
)

_FAULTS = {
    "missing": "Fill in the cell.",
    "not-a-number": "Type the number in digits.",
    "not-a-whole-number": "Type a whole number.",
    "out-of-range": "Type a number within the limits.",
    "not-an-option": "Pick one of the list.",
    "too-long": "Shorten the text.",
    "not-a-type": "Type the name of an instance type.",
    "unknown-type": "Correct the name, or add the type to the workbook's data sheet or a catalog.",
    "not-calculated": "Open the file in a spreadsheet program and save it.",
    "missing-label": "Put the label back beside its input.",
    "missing-column": "Put the header back over its column.",
    "missing-sheet": "Put the sheet back, or convert the workbook into a new one.",
    "second-plan": "Keep one plan in a workbook: save the other copy as a file of its own.",
    "below-the-table": "Move the row up into the table, or make a workbook with more rows.",
    "not-counted": "Move the node group into the table.",
    "empty-row": "Delete the row, or fill it in.",
    "share-of-zone": "Correct the number: it is a part of the row's instances.",
    "windows-custom-networking": "Plan Windows nodes in a cluster of their own.",
    "windows-ipv6": "Choose another mode: Windows nodes have no IPv6.",
    "custom-networking-ipv6": "Choose another mode, or turn custom networking off.",
    "ipv6-needs-nitro": "Choose a Nitro type, or another mode.",
}
_DIFFERENCES = {
    "formula": "Put the formula back; convert makes a fresh workbook with the same inputs.",
    "missing-formula": "Copy the formula from another row, or convert the workbook.",
    "value": "Calculate the file anew: open it in a spreadsheet program and save it.",
    "recalculated": "Report it: a spreadsheet program computes something else.",
    "constant": "Put the constant back: it is a fact of AWS or Kubernetes.",
    "figure": "Put the figure back, or keep types of your own in a catalog.",
    "moved-rows": "Convert the workbook: formulas look at other cells than they should.",
    "moved-columns": "Convert the workbook: formulas look at other cells than they should.",
    "name": "Let the name stand for its own cell or column again.",
    "missing-result": "Put the label or header back.",
    "head": "Put the words back over, or beside, what they are of.",
    "missing-optional-column": "Put the header back over its column, or convert the workbook.",
    "missing-mode": "Put the sheet back, or convert the workbook into a new one.",
    "uneven-rows": "Convert the workbook: the sheets of formulas have a row for each of the plan.",
    "outside-the-table": "Extend the table over the row.",
    "no-setting": "Move it to the right of the settings: what stands among them counts as one.",
}
_WARNINGS = {
    "pods-do-not-fit": "Plan fewer pods a node, larger instances, or prefix mode.",
    "beyond-max-pods": "Plan fewer pods a node, or more max pods.",
    "most-instances-low": "Correct the number, or leave it out.",
    "most-pods-low": "Correct the number, or leave it out.",
    "no-pod-on-fargate": "Enter the pods: 24 pods on Fargate are 1 instance with 24, or 24 with 1.",
    "on-fargate": "Leave out what does not apply to Fargate, or name an instance type.",
    "auto-mode-at-least": "Leave room: what EKS Auto Mode keeps warm is not published.",
    "branch-enis-do-not-fit": "Turn on security groups for pods, plan fewer such pods a node, or "
    "larger instances.",
    "no-warm-ip-target": "Set WARM_IP_TARGET.",
    "prefix-fallback": "Choose a Nitro type to have prefixes.",
    "vcpus-not-known": "Enter the row's own max pods.",
    "unknown-max-pods": "Nothing: AWS's sample computes nothing with it.",
    "subnet-overflow": "Take a larger subnet, or another mode.",
    "peak-overflow": "Take a larger subnet, or another mode.",
    "pod-subnet-overflow": "Take a larger pod subnet.",
    "fuller-zone-overflow": "Say of each row what the zone has that holds most.",
    "too-few-prefixes": "Take a larger subnet, or reserve a range for prefixes.",
    "little-room-for-eks": "Take a larger subnet, or put the control plane into others.",
    "not-the-fullest": "Say of each row what the zone has that holds most.",
    "tagged-subnets-full": "Take larger tagged subnets, or more of them.",
    "node-subnets-full": "Take larger subnets for nodes: what moves depends on who comes first.",
    "little-room-for-load-balancers": "Take a larger subnet, or put load balancers into others.",
    "network-address-units": "Ask AWS for a higher quota, or use prefixes.",
    "many-enis": "Ask AWS for a higher quota, or use fewer, larger instances.",
    "one-zone": "Plan at least two Availability Zones, as EKS asks for.",
    "no-other-zone": "Plan at least two Availability Zones.",
    "default-does-not-fit": "Choose a mode that fits, and set its targets in the cluster.",
    "both-targets-0": "Set WARM_IP_TARGET.",
    "ip-targets-override": "Set either WARM_PREFIX_TARGET or the IP targets.",
    "missing-setting": "Put the label back beside its cell.",
    "row-without-type": "Enter an instance type, or empty the row.",
    "empty-cell": "Fill in the cell.",
    "missing-types": "Put the rows back, or convert the workbook to have the list again.",
    "own-type": "Check the name and the figures: no catalog but the workbook's own has the type.",
    "input-formula": "Type the value itself, so that it stays what it is.",
    "input-elsewhere": "Type the value itself.",
    "copied-sheet": "Delete the copy.",
    "reworded": "Put the words back, if these say something else.",
    "dangling-name": "Let the name refer to its cell again.",
    "no-recorded-values": "Open the file in a spreadsheet program and save it, or --recalculate.",
    "no-formulas": "Convert the workbook to have formulas again.",
    "made-by-older": "Convert the workbook to have the present layout.",
    "made-by-newer": "Use a newer version of this program.",
    "hidden": "Show it again.",
    "unseen": "Give the text a colour and size, or the column a width, that can be read.",
    "struck-out": "Clear the row if it does not count any more, or take the line away.",
    "number-format": "Give the cell a format that shows the number as it is, such as 0.",
    "conditional-format": "Delete the rule or paint, or convert the workbook to have its rules.",
    "validation": "Let the cell take what is expected, or convert the workbook.",
    "covered": "Move or delete what lies over it.",
    "chart": "Let the chart show the results of the modes again, or convert the workbook.",
    "manual-calculation": "Turn automatic calculation on again.",
    "iteration": "Turn iterative calculation off.",
    "precision-as-displayed": "Turn it off, and type the numbers again.",
    "transition-evaluation": "Turn transition formula evaluation off, in the options of the sheet.",
    "dates-of-1904": "Nothing, unless there are dates: then let them count from 1900.",
    "macros": "Remove them: they are never run here, and can change what a workbook shows.",
    "suppression-without-reason": "Say in its reason why it is accepted.",
    "suppression-expired": "Mend what it suppresses, or give it another day.",
    "suppression-of-nothing": "Delete the suppression.",
    "left-out": "Nothing: the other model has no such input.",
}
#: Every code of a finding, once.
CODES = {
    code: Code(code, severity, advice)
    for severity, codes in zip(SEVERITIES, (_FAULTS, _DIFFERENCES, _WARNINGS), strict=True)
    for code, advice in codes.items()
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on one cell of a workbook, or on all of it.

    Parameters
    ----------
    code: one of :data:`CODES`.
    sheet: name of the worksheet, as in the file; None for one on the whole workbook.
    cell: A1 reference of the cell, such as ``B24``; None for one on no single cell.
    column: header of the column, or label of the setting or result; None likewise.
    found: what the cell holds (None for an empty cell).
    message: what was found and what is expected, in words; no file, sheet or cell in it.
    expected: what the cell should hold, for a difference; None otherwise.
    because_of: sheet and cell of the finding that this one follows from, such as ``Plan!B15``.
    fingerprint: what and where in words, which stay when rows are inserted, sheets renamed, or the
        file is saved by another program; before the whole workbook was judged, what there is to say
        beside the place, or "".
    standing: ``new``, ``known``, ``worse`` or ``suppressed``, as a baseline and suppressions have
        it, and what it follows from; None where there are none.
    reason: why it is suppressed, or what is known that it is worse than.
    cells: of how many cells it holds, for what is done to several at once; 0 otherwise.
    holds: which these are, as A1 references, a line each; "" where they are too many, or that does
        not matter.
    called: what they are called wherever they stand, a line each; "" before fingerprints are told.

    Raises
    ------
    ValueError: for a code that does not exist.
    """

    code: str
    sheet: str | None
    cell: str | None
    column: str | None
    found: float | str | bool | None
    message: str
    expected: float | str | bool | None = None
    because_of: str | None = None
    fingerprint: str = ""
    standing: str | None = None
    reason: str | None = None
    cells: int = 0
    holds: str = ""
    called: str = ""

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"there is no code {self.code}")

    @property
    def severity(self) -> str:
        """One of :data:`SEVERITIES`."""
        return CODES[self.code].severity

    @property
    def counts(self) -> bool:
        """Whether somebody has to look at it: it is neither known nor suppressed."""
        return self.standing not in ("known", "suppressed")

    @property
    def is_edited(self) -> bool:
        """Whether another formula stands for one of the program's."""
        return self.code == "formula" and str(self.found).startswith("=")

    @property
    def is_typed(self) -> bool:
        """Whether a value stands for a formula."""
        return self.code == "formula" and not self.is_edited

    @property
    def place(self) -> str | None:
        """Sheet and cell, as ``because_of`` names them."""
        return f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet

    def over(self, cells: Iterable[str]) -> Finding:
        """The finding as one that holds several cells, by their A1 references."""
        every = dict.fromkeys(cells)
        holds = "\n".join(every) if len(every) <= MOST_HELD else ""
        return replace(self, cells=len(every), holds=holds)

    def at(self, file: str) -> str:
        """The finding as one line that begins with the place, for people to read."""
        where = f"{file}, {self.place}" if self.place else file
        what = f" ({self.column})" if self.column else ""
        worse = f" ({self.reason})" if self.standing == "worse" and self.reason else ""
        return f"{where}{what}: {self.message}{worse}"

    def line(self, file: str) -> str:
        """The same with its code, by which advice, suppressions and ``--fail-on`` name it."""
        return f"{self.at(file)} [{self.code}]"
