"""SARIF, held against its schema."""

from __future__ import annotations

import functools
import io
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from calculator.baseline import Baseline
from calculator.configuration import Configuration, Suppression
from calculator.extras import FINDINGS_PAGE
from calculator.findings import CODES
from calculator.gate import Gate
from calculator.report import WorkbookReport
from calculator.results.sarif import Sarif
from tests.reports import finding, report, unreadable

ROOT = Path(__file__).resolve().parents[2]
ODD = 'a b/pl\udcffan, 100%\x1b"#?.xlsx'


@functools.cache
def schema() -> Any:
    text = (ROOT / "tests" / "data" / "sarif-2.1.0.json").read_text(encoding="utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


def run_of(*reports: WorkbookReport, gate: Gate | None = None) -> dict[str, Any]:
    """The run that a log of these reports has."""
    stream = io.StringIO()
    output = Sarif(stream, gate or Gate())
    for each in reports:
        output.add(each)
    output.close()
    log = json.loads(stream.getvalue())
    schema().validate(log)
    [run] = log["runs"]
    return run  # type: ignore[no-any-return]


def test_a_result() -> None:
    run = run_of(report("plans/a.xlsx", finding(fingerprint="not-a-number | plan")))
    [result] = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert (result["ruleId"], result["level"]) == ("not-a-number", "error")
    assert rule["id"] == "not-a-number"
    assert result["message"]["text"] == "Plan!B15 (# of Instances): a message of not-a-number"
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "plans/a.xlsx"}
    assert location["logicalLocations"] == [
        {"name": "B15", "fullyQualifiedName": "Plan!B15", "kind": "cell"}
    ]
    assert not {"suppressions", "baselineState"} & result.keys()


def test_every_code_is_a_rule_with_help() -> None:
    rules = {each["id"]: each for each in run_of()["tool"]["driver"]["rules"]}
    assert rules.keys() == {*CODES, "unreadable", "overflow"}
    for code, rule in rules.items():
        severity = CODES[code].severity if code in CODES else "fault"
        level = "warning" if severity == "warning" else "error"
        assert rule["defaultConfiguration"]["level"] == level
        assert rule["helpUri"] == FINDINGS_PAGE
    assert rules["missing"]["help"]["text"] == "Fill in the cell."


def test_the_help_is_where_the_link_leads() -> None:
    page, _, anchor = FINDINGS_PAGE.partition("#")
    headings = re.findall("^## (.*)$", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    assert anchor in [each.lower().replace(" ", "-") for each in headings]


def test_files_and_plans_are_results_too() -> None:
    run = run_of(
        unreadable(),
        report("a.xlsx", finding("peak-overflow", "Plan!B4"), fits=False),
        report("b.xlsx", fits=False),
    )
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        *(("unreadable", "error"), ("peak-overflow", "error"), ("overflow", "error"))
    ]


def test_what_fails_is_an_error_and_nothing_else() -> None:
    found = report("a.xlsx", finding(), finding("one-zone", "Plan!B5"))
    levels = [each["level"] for each in run_of(found, gate=Gate(("warnings",)))["results"]]
    assert levels == ["warning", "error"]


def test_fingerprints_are_of_the_words_and_differ_in_a_file() -> None:
    known = finding(fingerprint="not-a-number | plan")
    results = run_of(report("a.xlsx", known, known), report("b.xlsx", known))["results"]
    first, second, other = (each["partialFingerprints"] for each in results)
    assert re.fullmatch("[0-9a-f]{16}:1", first["primaryLocationLineHash"])
    assert second["primaryLocationLineHash"] == f"{first['primaryLocationLineHash'][:-1]}2"
    assert other == first


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        (ODD, "a%20b/pl%FFan%2C%20100%25%1B%22%23%3F.xlsx"),
        ("./a/../b.xlsx", "b.xlsx"),
        ("/no/such/a b.xlsx", "file:///no/such/a%20b.xlsx"),
        ("s3://bucket/a b.xlsx", "s3://bucket/a%20b.xlsx"),
    ],
)
def test_names_are_uris(file: str, uri: str) -> None:
    [result] = run_of(WorkbookReport(file, ODD))["results"]
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == uri
    assert "\x1b" not in result["message"]["text"]


def test_what_does_not_count_is_marked(tmp_path: Path) -> None:
    old, new = (finding(place=f"Plan!B{row}", fingerprint=f"{row}") for row in (15, 16))
    rule = Suppression(("one-zone",), (), "the lab has one")
    baseline = Baseline(str(tmp_path / "known.json"))
    name = baseline.key("a.xlsx", "")[0]
    baseline.known.update({(name, "15"): 1, (name, "missing | gone"): 2})  # which is left out
    gate = Gate(baseline=baseline, configuration=Configuration("rules.toml", {}, (rule,)))
    found = report("a.xlsx", old, new, finding("one-zone", "Plan!B5", fingerprint="one"))
    results = run_of(found, gate=gate)["results"]
    assert [
        (each["ruleId"], each["baselineState"], len(each["suppressions"])) for each in results
    ] == [
        ("not-a-number", "unchanged", 1),
        ("not-a-number", "new", 0),
        ("one-zone", "new", 1),
    ]
    assert [each["level"] for each in results] == ["note", "error", "note"]
    assert results[2]["suppressions"][0]["justification"] == "the lab has one"


def test_what_is_worse_than_known_fails(tmp_path: Path) -> None:
    baseline = Baseline(str(tmp_path / "known.json"))
    key = baseline.key("a.xlsx", "v")
    baseline.known[key] = 1
    baseline.measures[key] = [[300, 210]]
    stale = finding("value", "WarmENI!B8", found=400, expected=210, fingerprint="v")
    [result] = run_of(report("a.xlsx", stale), gate=Gate(baseline=baseline))["results"]
    assert (result["level"], result["baselineState"]) == ("error", "updated")
    assert result["suppressions"] == []
    assert "(other than known: what is known is 300 " in result["message"]["text"]


def test_what_there_is_to_say_of_suppressions() -> None:
    rule = Suppression(("one-zone",))
    gate = Gate(configuration=Configuration("rules.toml", {}, (rule,)))
    [result] = run_of(report("a.xlsx"), gate=gate)["results"]
    assert (result["ruleId"], result["level"]) == ("suppression-without-reason", "warning")
