"""How a workbook stands: what there is to say of it, and the figures that its verdict is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

from calculator.findings import OVERFLOWS
from calculator.report import SheetReport, WorkbookReport

__all__ = [
    "FAIL_ON",
    "REMARKS",
    "SIZES",
    "accepted",
    "decisive",
    "left_at_peak",
    "left_in_pod_subnet",
    "modes",
    "remarks",
    "smallest",
]

#: What there can be to say of a workbook, the worst first.
REMARKS = ("unreadable", "faults", "overflow", "differences", "warnings")
#: What of it makes a run fail when nothing is said: all but warnings.
FAIL_ON = ("faults", "differences", "unreadable", "overflow")
#: The results that say how small the subnets may be: that of nodes, and that of pods.
SIZES = ("smallest_subnet", "smallest_pod_subnet")


def remarks(report: WorkbookReport) -> list[str]:
    """What of :data:`REMARKS` is true of a workbook, the worst first; nothing of one that is fine.

    ``overflow`` is said of a plan whose verdict is that it does not fit, and of the findings that
    say so no more. A fault is said whatever it follows from, for the plan is not known. What is
    known or suppressed is not said.
    """
    too_small = report.verdict is not None and report.verdict.fits is False
    found = {
        f"{each.severity}s"
        for each in report.findings
        if each.counts
        and (each.severity == "fault" or not each.because_of)
        and not (too_small and each.code in OVERFLOWS)
    }
    if report.error:
        found.add("unreadable")
    if too_small:
        found.add("overflow")
    return [each for each in REMARKS if each in found and each not in report.accepted]


def accepted(report: WorkbookReport, severity: str = "", told: Container[str] = ()) -> Counter[str]:
    """How many findings of a severity, or of any, are ``known`` and ``suppressed``; causes only.

    Those of the codes that are `told` of otherwise are left out.
    An error, and a plan that does not fit without a finding that says so, count as one of any.
    """
    found = Counter(
        str(each.standing)
        for each in report.findings
        if not (each.counts or each.because_of or each.code in told)
        and severity in ("", each.severity)
    )
    others = [words.partition(":")[0] for words in report.accepted.values()]
    return found if severity or found else Counter(others)


def modes(report: WorkbookReport) -> str:
    """The mode or modes that the verdict is said of; nothing where there is no verdict.

    While the mode is undecided, a plan fits if any mode does, and the verdict is of those that do.
    """
    if not report.verdict:
        return ""
    compared = list(report.chosen)
    meant = [each.mode for each in compared if each.fits == report.verdict.fits]
    if not meant or report.verdict.fits is None:
        return report.verdict.mode
    # A sheet that was copied has its mode twice.
    every = len(meant) == len(compared) and len(set(meant)) > 1
    return f"all {len(set(meant))} modes" if every else ", ".join(dict.fromkeys(meant))


def left_at_peak(sheet: SheetReport) -> int | None:
    """Addresses left at the peak, or simply left in a model that knows no peak [IPs]."""
    return sheet.number("peak_remaining" if "peak_remaining" in sheet.details else "ips_remaining")


def left_in_pod_subnet(sheet: SheetReport) -> int | None:
    """Addresses left at the peak in the subnet of pods, where they have one of their own [IPs]."""
    return sheet.number("pod_subnet_peak_remaining")


def smallest(report: WorkbookReport) -> tuple[int | None, int | None]:
    """The n of /n of the smallest subnets that hold the peak: that of nodes, and that of pods.

    They are of the mode that the verdict is about whose subnets have the fewest addresses.
    """
    found = [tuple(each.number(name) or None for name in SIZES) for each in report.chosen]
    whole = [
        (size, pod_size)
        for each, (size, pod_size) in zip(report.chosen, found, strict=True)
        if size and (pod_size or left_in_pod_subnet(each) is None)
    ]

    def addresses(sizes: tuple[int | None, int | None]) -> int:
        return sum(2 ** (32 - size) for size in sizes if size)

    return min(whole, key=addresses, default=(None, None))


def decisive(report: WorkbookReport) -> SheetReport | None:
    """The sheet that the verdict rests on.

    It is that of the chosen mode; while the mode is undecided, the one that leaves most at the
    peak, of those that fit if any does; of sheets that are plans of their own, which must all fit,
    the one that leaves least. Where pods have a subnet of their own, the scarcer of both counts.
    None where it is not known what is left, or there is nothing to judge.
    """
    if report.verdict is None or report.verdict.fits is None:
        return None
    known = [
        (min(left, left if of_pods is None else of_pods), each)
        for each in report.chosen
        if each.fits == report.verdict.fits and (left := left_at_peak(each)) is not None
        for of_pods in [left_in_pod_subnet(each)]
    ]
    pick = max if report.plan else min
    return pick(known, key=lambda pair: pair[0])[1] if known else None
