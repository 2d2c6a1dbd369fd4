"""The JSON of a report, whose shape does not change without notice: README documents it."""

from __future__ import annotations

import json
from typing import IO, Any

from calculator.findings import Finding
from calculator.inputs import plain
from calculator.report import SheetReport, WorkbookReport

__all__ = ["Json", "as_json"]

#: Results of a sheet that stand beside its details; the rest are in them.
_LIFTED = ("ips_available", "ips_used", "ips_remaining", "peak_remaining", "pods_hosted")
_FINDING = ("code", "severity", "sheet", "cell", "column", "found", "expected", "message")


def as_json(report: WorkbookReport) -> dict[str, Any]:
    """A report as plain dicts, lists, numbers and texts, ready for ``json.dump``.

    None stands for what is not known, "" for what is empty or does not apply.
    """
    verdict, plan = report.verdict, report.plan
    return {
        "file": report.file,
        "error": report.error,
        "model": report.model,
        "layout": report.layout,
        "verdict": verdict
        and {"fits": verdict.fits, "mode": verdict.mode, "message": verdict.message},
        "plan": plan
        and {"sheet": plan.sheet, "settings": plan.settings, "node_groups": plan.node_groups},
        "sheets": [_sheet(each, has_settings=plan is None) for each in report.sheets],
        "findings": [_finding(each) for each in report.findings],
        "accepted": report.accepted,
    }


def _sheet(sheet: SheetReport, *, has_settings: bool) -> dict[str, Any]:
    lifted = {"smallest_subnet", *_LIFTED}
    return {
        "sheet": sheet.sheet,
        "mode": sheet.mode,
        "fits": sheet.fits,
        "smallest_subnet": sheet.number("smallest_subnet"),
        **{name: sheet.number(name) for name in _LIFTED},
        **({"settings": sheet.settings} if has_settings else {}),
        "details": {name: value for name, value in sheet.details.items() if name not in lifted},
        "node_groups": sheet.node_groups,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    values = {name: getattr(finding, name) for name in _FINDING}
    exact = {name: plain(values[name]) for name in ("found", "expected")}
    names = ("because_of", "fingerprint", "standing", "reason")
    after = {name: getattr(finding, name) for name in names}
    return values | exact | after


class Json:
    """A JSON document, indented as ``json.dump`` does it, of reports that come one by one."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._is_first = True

    def add(self, report: WorkbookReport) -> None:
        """Write a report."""
        self._stream.write('{\n "workbooks": [' if self._is_first else ",")
        self._is_first = False
        lines = json.dumps(as_json(report), indent=1)
        self._stream.write("\n" + "\n".join(f"  {line}" for line in lines.split("\n")))

    def close(self) -> None:
        """Write the end of the document."""
        self._stream.write('{\n "workbooks": []\n}\n' if self._is_first else "\n ]\n}\n")
