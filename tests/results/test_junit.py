"""JUnit's XML, read by a library that others use for it."""

from __future__ import annotations

import io
from pathlib import Path

import junitparser

from calculator.configuration import Configuration, Suppression
from calculator.gate import Gate
from calculator.report import WorkbookReport
from calculator.results.junit import JUnit
from tests.reports import finding, report, unreadable


def suites(*reports: WorkbookReport, gate: Gate | None = None) -> list[junitparser.TestSuite]:
    stream = io.StringIO()
    output = JUnit(stream, gate or Gate())
    for each in reports:
        output.add(each)
    output.close()
    return [*junitparser.JUnitXml.fromstring(stream.getvalue().encode())]


def test_a_suite_a_workbook_and_a_case_a_check() -> None:
    found = report("./a.xlsx", finding(), finding("one-zone", "Plan!B5"), checked=["Plan"])
    first, second = suites(found, unreadable())
    assert (first.name, first.tests, first.failures) == ("a.xlsx", 5, 1)
    assert [(case.classname, case.name, case.is_passed) for case in first] == [
        ("a.xlsx", "read", True),
        ("a.xlsx", "fits", True),
        ("a.xlsx", "Plan: inputs", False),
        ("a.xlsx", "Plan: formulas", True),
        ("a.xlsx", "Plan: values", True),
    ]
    [failed] = [case for case in first if not case.is_passed]
    [failure] = failed.result
    assert failure.type == "not-a-number"
    assert failure.message == "./a.xlsx, Plan!B15 (# of Instances): a message of not-a-number"
    assert "  cell      B15 (# of Instances)\n" in failure.text
    assert failed.system_out.startswith("warning: ./a.xlsx, Plan!B5")
    assert (second.name, second.tests, second.failures) == ("broken.xlsx", 1, 1)


def test_several_in_one_check_are_one_failure() -> None:
    [suite] = suites(report("a.xlsx", finding(), finding("missing", "Plan!B16")))
    [failed] = [case for case in suite if not case.is_passed]
    assert failed.result[0].message.endswith("not-a-number … and 1 more")
    assert failed.result[0].text.count("  cell ") == 2


def test_what_is_suppressed_passes() -> None:
    rule = Suppression(("faults",), (), "so")
    gate = Gate(configuration=Configuration("rules.toml", {}, (rule,)))
    [suite] = suites(report("a.xlsx", finding()), gate=gate)
    assert suite.failures == 0


def test_characters_that_no_xml_holds() -> None:
    odd = "a\x00\x1b\udcff\ufffe<&\"'\n]]>.xlsx"
    [first, second] = suites(
        unreadable(odd, odd), report(odd, finding(found=odd, place=f"{odd}!A1"))
    )
    assert first.name == "a\\x00\\x1b\\xff?<&\"'\\x0a]]>.xlsx"
    assert second.failures == 1


def test_no_reports(tmp_path: Path) -> None:
    assert suites() == []
