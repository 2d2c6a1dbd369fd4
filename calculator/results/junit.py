"""Checks as JUnit's XML: a testsuite a workbook, a testcase a check of a sheet."""

from __future__ import annotations

import re
from typing import IO
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from calculator.extras import PROGRAM
from calculator.gate import Gate
from calculator.paths import shared_name
from calculator.report import WorkbookReport
from calculator.results.checks import as_text, checks_of
from calculator.results.console import printable

__all__ = ["JUnit"]

#: What XML cannot hold, beside what no terminal is sent.
_NO_XML = re.compile("[\ufffe\uffff]")


class JUnit:
    """A JUnit document of reports that come one by one.

    Parameters
    ----------
    stream: takes the text.
    gate: judges the issues: what does not count is told, and fails no test.
    """

    def __init__(self, stream: IO[str], gate: Gate) -> None:
        self._stream, self._gate = stream, gate
        stream.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="{PROGRAM}">\n')

    def add(self, report: WorkbookReport) -> None:
        """Write a testsuite."""
        checks = checks_of(report, self._gate.judge(report))
        name = _text(shared_name(report.file, ""))
        failed = sum(bool(each.failures) for each in checks)
        counts = {"tests": str(len(checks)), "failures": str(failed), "errors": "0", "skipped": "0"}
        suite = Element("testsuite", {"name": name, **counts})
        for check in checks:
            case = SubElement(suite, "testcase", {"classname": name, "name": _text(str(check))})
            if failures := check.failures:
                first, *others = failures
                more = f" … and {len(others)} more" if others else ""
                said = {"type": first.code, "message": f"{_text(str(first))}{more}"}
                SubElement(case, "failure", said).text = _NO_XML.sub(
                    "?", "\n\n".join(map(as_text, failures))
                )
            if remarks := check.remarks:
                SubElement(case, "system-out").text = "\n".join(map(_text, remarks))
        indent(suite)
        self._stream.write(tostring(suite, encoding="unicode") + "\n")

    def close(self) -> None:
        """Write what there is to say of suppressions, and the end."""
        remarks = self._gate.remarks()
        if remarks:
            self.add(remarks)
        self._stream.write("</testsuites>\n")


def _text(text: str) -> str:
    """The text as XML can hold it."""
    return _NO_XML.sub("?", printable(text))
