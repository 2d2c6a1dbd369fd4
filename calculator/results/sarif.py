"""Issues as a SARIF 2.1.0 log, as code scanning takes it."""

from __future__ import annotations

import hashlib
import json
import os
from importlib.metadata import version
from typing import IO, Any
from urllib.parse import quote

from calculator.extras import FINDINGS_PAGE, PROGRAM
from calculator.files import is_url
from calculator.findings import CODES, SEVERITIES
from calculator.gate import Gate, Judged
from calculator.issues import OVERFLOW, UNREADABLE, Issue
from calculator.paths import repository, shared_name
from calculator.report import WorkbookReport
from calculator.results.console import printable

__all__ = ["Sarif"]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = dict(zip(SEVERITIES, ("error", "error", "warning"), strict=True))
_MEANING = {
    "fault": "A fault is an input that cannot be used, and what depends on it is not known.",
    "difference": "A difference is a formula or a value that is not the program's.",
    "warning": "A warning is a plan that can be computed and wants attention.",
}
#: What is no finding on a cell: what it means, and what to do.
_OTHERS = {
    UNREADABLE: ("The file cannot be read as a workbook.", "Save it anew as .xlsx, or remove it."),
    OVERFLOW: ("The plan does not fit.", "Take a larger subnet, or another mode."),
}
#: The name that code scanning goes by.
_FINGERPRINT = "primaryLocationLineHash"


class Sarif:
    """A SARIF log of reports that come one by one; known and suppressed issues are marked as such.

    Parameters
    ----------
    stream: takes the text.
    gate: judges the issues.
    """

    def __init__(self, stream: IO[str], gate: Gate) -> None:
        self._stream, self._gate = stream, gate
        self._is_first = True
        rules = _rules()
        self._index = {rule["id"]: number for number, rule in enumerate(rules)}
        driver = {"name": PROGRAM, "version": version(PROGRAM), "rules": rules}
        stream.write(
            f'{{"$schema": "{_SCHEMA}", "version": "2.1.0", "runs": [{{\n'
            f'"tool": {json.dumps({"driver": driver})},\n'
            '"columnKind": "utf16CodeUnits",\n"results": ['
        )

    def add(self, report: WorkbookReport) -> None:
        """Write the issues of a report, a line each."""
        for each in self._gate.judge(report):
            self._write(self._result(each))

    def close(self) -> None:
        """Write what there is to say of suppressions, and the end.

        What is gone is left out: who ignores baselines would take it for there.
        """
        remarks = self._gate.remarks()
        if remarks:
            self.add(remarks)
        self._stream.write("\n]}]}\n")

    def _write(self, result: dict[str, Any]) -> None:
        self._stream.write("\n" if self._is_first else ",\n")
        self._is_first = False
        self._stream.write(json.dumps(result))

    def _result(self, judged: Judged) -> dict[str, Any]:
        issue = judged.issue
        digest = hashlib.sha256(issue.fingerprint.encode(errors="backslashreplace"))
        result: dict[str, Any] = {
            "ruleId": issue.code,
            "ruleIndex": self._index[issue.code],
            "level": judged.level,
            "message": {"text": printable(issue.words)},
            "locations": [_location(issue)],
            "partialFingerprints": {_FINGERPRINT: f"{digest.hexdigest()[:16]}:{judged.number}"},
        }
        if self._gate.baseline is not None:
            result["baselineState"] = (
                "updated" if judged.worse else "unchanged" if judged.known else "new"
            )
        accepted = []
        if judged.suppressed is not None:
            accepted.append(judged.suppressed)
        elif judged.standing == "known" and self._gate.baseline is not None:
            accepted.append(f"known by {shared_name(self._gate.baseline.path, '')}")
        if self._gate.accepts:  # an empty list says that nobody accepts it
            result["suppressions"] = [
                {"kind": "external", "status": "accepted", "justification": printable(each)}
                for each in accepted
            ]
        return result


def _location(issue: Issue) -> dict[str, Any]:
    # Code scanning wants a line, though a workbook has none.
    physical = {
        "artifactLocation": {"uri": _uri(issue.file)},
        "region": {"startLine": 1},
    }
    location: dict[str, Any] = {"physicalLocation": physical}
    finding = issue.finding
    if finding and finding.sheet:
        sheet = printable(finding.sheet)
        logical = {"name": sheet, "fullyQualifiedName": sheet, "kind": "sheet"}
        if finding.cell:
            place = {"name": finding.cell, "fullyQualifiedName": f"{sheet}!{finding.cell}"}
            logical = {**place, "kind": "cell"}
        location["logicalLocations"] = [logical]
    return location


def _uri(file: str) -> str:
    """A file of the repository, or below the current folder, as a relative reference, or a URI."""
    if is_url(file):
        return quote(file, safe="/:?#[]@!$&'()*+,;=%~")
    name = shared_name(file, repository())
    if name.startswith("../") or os.path.isabs(name):
        return "file://" + quote(os.fsencode(os.path.abspath(file)))
    return quote(os.fsencode(name))


def _rules() -> list[dict[str, Any]]:
    """Every code, in the order of README's table."""
    rules = [
        _rule(each.code, _LEVELS[each.severity], _MEANING[each.severity], each.advice)
        for each in CODES.values()
    ]
    return rules + [_rule(code, "error", *words) for code, words in _OTHERS.items()]


def _rule(code: str, level: str, meaning: str, advice: str) -> dict[str, Any]:
    link = f"[{code}]({FINDINGS_PAGE})"
    return {
        "id": code,
        "shortDescription": {"text": code.replace("-", " ").capitalize()},
        "fullDescription": {"text": meaning},
        "help": {"text": advice, "markdown": f"{advice} See {link}."},
        "helpUri": FINDINGS_PAGE,
        "defaultConfiguration": {"level": level},
    }
