"""Reports made by hand, for tests of what shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calculator.findings import Finding
from calculator.report import PlanReport, SheetReport, Verdict, WorkbookReport

NAN, NOTHING = float("nan"), float("inf")
SHEETS = {"warm-eni": "WarmENI", "warm-ip": "WarmIP", "prefix": "Prefix", "ipv6": "IPv6"}


def finding(code: str = "not-a-number", place: str | None = "Plan!B15", **more: Any) -> Finding:
    """A finding at a place, or on the whole workbook."""
    sheet, _, cell = (place or "").partition("!")
    values: dict[str, Any] = {
        "column": "# of Instances" if cell else None,
        "found": "three",
        "message": f"a message of {code}",
    }
    return Finding(code=code, sheet=sheet or None, cell=cell or None, **values | more)


def sheet(
    mode: str = "warm-eni",
    peak: int | None = 209,
    *,
    fits: bool | None = True,
    smallest: int | None = 22,
    name: str = "",
    **more: Any,
) -> SheetReport:
    """A mode of a plan in a subnet of 1,019 addresses, two node groups, with `peak` left."""
    values: dict[str, Any] = {
        "totals": {
            "ips_available": 1019,
            "ips_used": None if peak is None else 1019 - peak - 100,
            "ips_remaining": None if peak is None else peak + 100,
            "pods_hosted": 1150,
        },
        "details": {"peak_remaining": peak, "smallest_subnet": smallest, "steady_prefixes": ""},
        "rows": [15, 16],
        "columns": {
            "instance_type": ["m5.2xlarge", "r6g.4xlarge"],
            "active_ips": [27.0, NAN],
            "check": ["OK", ""],
        },
    }
    return SheetReport(sheet=name or SHEETS[mode], mode=mode, fits=fits, **values | more)


def plan(**more: Any) -> PlanReport:
    """What was filled in for it."""
    values: dict[str, Any] = {
        "rows": [15, 16],
        "columns": {
            "instance_type": ["m5.2xlarge", "r6g.4xlarge"],
            "instances": [30.0, NAN],
            "own_max_pods": [NOTHING, 110.0],
            "os": ["Linux", "Windows"],
        },
        "settings": {"subnet_prefix_length": 22, "mode": "undecided", "warm_ip_target": None},
    }
    return PlanReport(sheet="Plan", **values | more)


def report(
    file: str = "a.xlsx",
    *findings: Finding,
    fits: bool | None = True,
    mode: str = "undecided",
    message: str = "Fits: 209 addresses are left at the peak.",
    sheets: Sequence[SheetReport] | None = None,
    **more: Any,
) -> WorkbookReport:
    """A workbook of vpc-cni with a sheet a mode, or with `sheets`."""
    if sheets is None:
        sheets = [sheet(each, fits=fits) for each in SHEETS]
    return WorkbookReport(
        file=file,
        **{"model": "vpc-cni", "layout": 2, "plan": plan()} | more,
        verdict=Verdict(fits, mode, message),
        sheets=list(sheets),
        findings=list(findings),
    )


def unreadable(file: str = "broken.xlsx", error: str = "It breaks off.") -> WorkbookReport:
    """A file that could not be read."""
    return WorkbookReport(file, error)


def of_aws(file: str = "aws.xlsx", *findings: Finding, fits: bool | None = True) -> WorkbookReport:
    """A workbook of AWS's sample, which has its inputs on its sheets and knows no peak."""
    settings = {"subnet_prefix_length": 23, "warm_ip_target": 3}
    sheets = [
        sheet(mode, fits=fits, details={}, settings=settings) for mode in ("warm-eni", "warm-ip")
    ]
    return report(
        file, *findings, fits=fits, sheets=sheets, model="aws-sample", layout=None, plan=None
    )
