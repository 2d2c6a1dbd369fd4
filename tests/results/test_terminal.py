"""Results and problems as they are printed."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from calculator.errors import Finding
from calculator.parity import SheetReport, WorkbookReport
from calculator.results.terminal import (
    json_on_stdout,
    print_table,
    problems,
    table_on_stdout,
    verdicts,
)


def finding(kind: str, number: int = 0) -> Finding:
    return Finding("WarmENI", f"B{number}", "IPs used", kind, 1, f"found {number}")


def report(
    file: str = "a.xlsx",
    *,
    peak: int | None = None,
    faults: int = 0,
    warnings: tuple[str, ...] = (),
    differences: int = 0,
) -> WorkbookReport:
    sheet = SheetReport(
        *("WarmENI", "warm-eni", "vpc-cni", {"subnet_prefix_length": 23}),
        {"ips_used": 360},
        {"peak_remaining": peak},
        *([], {}),
        faults=[finding("not-a-number", number) for number in range(faults)],
        warnings=[finding(kind) for kind in warnings],
        differences=[finding("value", number) for number in range(differences)],
    )
    return WorkbookReport(file, None, [sheet])


def printed(capsys: pytest.CaptureFixture[str], *reports: WorkbookReport) -> list[str]:
    with table_on_stdout() as output:
        for each in reports:
            output.add(each)
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


def test_a_dash_where_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(pd.DataFrame({"a": [1, None], "b": ["x" * 80, None]}, dtype=object))
    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == ["a", "b"]
    assert len(first.split()[1]) == 60
    assert second.split() == ["-", "-"]


def test_columns_that_say_nothing_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    header, _ = printed(capsys, report())
    assert "peak_remaining" not in header
    assert "error" not in header
    header, *_ = printed(capsys, report(peak=1), WorkbookReport("b.xlsx", "It is empty"))
    assert "peak_remaining" in header
    assert "error" in header


def test_no_reports_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys) == []


@pytest.mark.parametrize(
    ("number", "headers"),
    [(199, [0]), (200, [0]), (201, [0, 201]), (400, [0, 201]), (450, [0, 201, 402])],
)
def test_long_tables_come_in_blocks(
    capsys: pytest.CaptureFixture[str], number: int, headers: list[int]
) -> None:
    lines = printed(capsys, *(report(f"{each}.xlsx") for each in range(number)))
    assert [each for each, line in enumerate(lines) if line.split()[0] == "file"] == headers
    rows = [line.split()[0] for line in lines if line.split()[0] != "file"]
    assert rows == [f"{each}.xlsx" for each in range(number)]


def test_a_block_is_printed_when_it_is_full(capsys: pytest.CaptureFixture[str]) -> None:
    with table_on_stdout() as output:
        for each in range(200):
            assert capsys.readouterr().out == ""
            output.add(report(f"{each}.xlsx"))
        assert len(capsys.readouterr().out.splitlines()) == 201


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    with json_on_stdout() as output:
        output.add(report())
        output.add(report("b.xlsx"))
    out, _ = capsys.readouterr()
    assert [each["file"] for each in json.loads(out)["workbooks"]] == ["a.xlsx", "b.xlsx"]
    assert out == json.dumps(json.loads(out), indent=1) + "\n"


def test_an_error_leaves_no_half_of_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), json_on_stdout():
        raise ZeroDivisionError
    assert capsys.readouterr().out == ""


def test_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    with verdicts() as output:
        output.add(report(differences=2))
        output.add(report("b.xlsx", differences=1))
        output.add(report("c.xlsx", faults=1, warnings=("never-calculated",)))
        output.add(WorkbookReport("d.xlsx", "It is empty"))
    assert capsys.readouterr().out.splitlines() == [
        "a.xlsx, WarmENI!B0 (IPs used): found 0",
        "a.xlsx, WarmENI!B1 (IPs used): found 1",
        "a.xlsx, WarmENI (vpc-cni): 2 differences",
        "b.xlsx, WarmENI!B0 (IPs used): found 0",
        "b.xlsx, WarmENI (vpc-cni): 1 difference",
        "c.xlsx, WarmENI (vpc-cni): no differences, formulas only: it was never calculated",
    ]


def test_problems() -> None:
    found = report(faults=1, warnings=("pods-do-not-fit",), differences=12)
    found.error = "It is damaged"
    lines = list(problems(found))
    assert lines[:3] == [
        "a.xlsx: It is damaged",
        "a.xlsx, WarmENI!B0 (IPs used): found 0",
        "warning: a.xlsx, WarmENI!B0 (IPs used): found 0",
    ]
    assert lines[3:13] == [
        f"a.xlsx, WarmENI!B{each} (IPs used): found {each}" for each in range(10)
    ]
    assert lines[13:] == ["a.xlsx, WarmENI: 2 more differences; verify lists all"]
    assert list(problems(found, warnings=False, differences=False)) == lines[:2]
    assert list(problems(report(differences=10)))[-1].endswith("found 9")
    assert list(problems(report())) == []
