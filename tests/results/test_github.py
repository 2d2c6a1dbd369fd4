"""Annotations of GitHub's workflows."""

from __future__ import annotations

from pathlib import Path

import pytest

from calculator.configuration import Configuration, Suppression
from calculator.gate import Gate
from calculator.report import WorkbookReport
from calculator.results.github import annotations_on_stdout
from tests.reports import finding, report, unreadable


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def said(*reports: WorkbookReport, gate: Gate | None = None) -> list[str]:
        with annotations_on_stdout(gate or Gate()) as output:
            for each in reports:
                output.add(each)
        return capsys.readouterr().out.splitlines()

    return said


def test_a_line_an_issue(said) -> None:  # type: ignore[no-untyped-def]
    assert said(
        report("plans/a.xlsx", finding(), finding("one-zone", "Plan!B5")),
        unreadable(),
        report("b.xlsx", fits=False, message="Does not fit."),
    ) == [
        "::error file=plans/a.xlsx,title=not-a-number::"
        "Plan!B15 (# of Instances): a message of not-a-number%0AType the number in digits.",
        "::warning file=plans/a.xlsx,title=one-zone::Plan!B5 (# of Instances): "
        "a message of one-zone%0APlan at least two Availability Zones, as EKS asks for.",
        "::error file=broken.xlsx,title=unreadable::It breaks off.",
        "::error file=b.xlsx,title=overflow::Does not fit.",
    ]


def test_what_fails_is_an_error_and_nothing_else(said) -> None:  # type: ignore[no-untyped-def]
    found = report("a.xlsx", finding(), finding("one-zone", "Plan!B5"))
    for fail_on, levels in {
        ("warnings",): ["warning", "error"],
        ("not-a-number", "one-zone"): ["error", "error"],
        (): ["warning", "warning"],
    }.items():
        lines = said(found, gate=Gate(fail_on))
        assert [each.split()[0].strip(":") for each in lines] == levels


def test_no_text_ends_its_line_or_its_property(said) -> None:  # type: ignore[no-untyped-def]
    odd = "a,b:c%\r\n::error::x\x1b.xlsx"
    assert said(unreadable(odd, "100%\n::stop-commands::x")) == [
        "::error file=a%2Cb%3Ac%25\\x0d\\x0a%3A%3Aerror%3A%3Ax\\x1b.xlsx,title=unreadable::"
        "100%25\\x0a::stop-commands::x"
    ]


def test_what_does_not_count_is_not_said(said) -> None:  # type: ignore[no-untyped-def]
    rules = (Suppression(("faults",), (), "so"), Suppression(("missing",)))
    gate = Gate(configuration=Configuration("rules.toml", {}, rules))
    assert said(report("a.xlsx", finding()), gate=gate) == [
        "::warning file=rules.toml,title=suppression-without-reason::"
        "the suppression of missing has no reason, and does not count%0A"
        "Say in its reason why it is accepted."
    ]


def test_files_are_named_from_the_root_of_the_repository(  # type: ignore[no-untyped-def]
    said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is where GitHub looks for them, whatever the current folder is."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "plans").mkdir()
    monkeypatch.chdir(tmp_path / "plans")
    [line] = said(unreadable("a.xlsx", "It breaks off."))
    assert line == "::error file=plans/a.xlsx,title=unreadable::It breaks off."
