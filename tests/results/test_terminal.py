"""Results and problems as they are printed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from calculator.catalog import InstanceType
from calculator.findings import CODES
from calculator.report import SheetReport, WorkbookReport
from calculator.results.terminal import (
    advice,
    json_on_stdout,
    lines_of,
    print_comparison,
    print_types,
    problems,
    table_on_stdout,
    verdicts,
)
from tests.reports import finding, of_aws, report, sheet, unreadable

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def no_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def printed(capsys: Captured, *reports: WorkbookReport, by_sheet: bool = False) -> list[str]:
    with table_on_stdout(by_sheet=by_sheet) as output:
        for one in reports:
            output.add(one)
        assert capsys.readouterr().out == ""
    out, err = capsys.readouterr()
    assert err == ""
    return out.splitlines()


# --- a row a workbook -----------------------------------------------------------------------------

MESSAGE = "Fits with WarmIP; WarmENI lacks 376 addresses at the peak, Prefix 236. Choose a mode."


FITS = "Fits: 209 addresses are left at the peak."


def cells(line: str) -> list[str]:
    return re.split("  +", line)


def undecided(file: str) -> WorkbookReport:
    sheets = [
        sheet("warm-eni", -376, fits=False, smallest=21),
        sheet("warm-ip", 209, smallest=22),
        sheet("prefix", -236, fits=False, smallest=21),
        sheet("ipv6", 997, smallest=27),
    ]
    return report(file, finding("peak-overflow", "WarmENI!B4"), message=MESSAGE, sheets=sheets)


def test_a_row_a_workbook(capsys: Captured) -> None:
    short = [
        undecided("a.xlsx"),
        report("b.xlsx", mode="prefix"),
        of_aws("c.xlsx"),
        report("d.xlsx", fits=None, message="Enter a node group.", sheets=[]),
    ]
    lines = printed(capsys, *short)
    assert [cells(line) for line in lines] == [
        ["file", "verdict", "mode", "left at peak", "smallest", "findings"],
        [
            *("a.xlsx", "fits in WarmIP, not in WarmENI, Prefix"),
            *("warm-ip", "209", "/22", "1 warning"),
        ],
        ["b.xlsx", FITS, "prefix", "209", "/22", "ok"],
        ["c.xlsx", FITS, "all 2 modes", "309", "-", "ok"],
        ["d.xlsx", "Enter a node group.", "undecided", "-", "-", "ok"],
    ]
    # Numbers end, and words begin, below each other.
    assert len({line.rindex(cells(line)[4]) + len(cells(line)[4]) for line in lines}) == 1
    assert len({line.rindex(cells(line)[5]) for line in lines}) == 1


def test_the_worst_come_first_and_else_all_is_in_order(capsys: Captured) -> None:
    warning, difference, fault = finding("one-zone"), finding("value"), finding()
    reports = [
        report("fine1"),
        report("warning1", warning),
        report("difference1", difference, warning),
        report("overflow1", difference, fits=False),
        report("fault1", warning, fault, difference),
        unreadable("broken1"),
        report("fine2", fits=None),
        report("warning2", warning),
        report("difference2", difference),
        report("overflow2", fits=False),
        report("fault2", fault, fits=None),
        unreadable("broken2"),
    ]
    _, *lines = printed(capsys, *reports)
    names = ["broken", "fault", "overflow", "difference", "warning", "fine"]
    assert [each.split()[0] for each in lines] == [
        f"{name}{number}" for name in names for number in (1, 2)
    ]


def findings_of(capsys: Captured, one: WorkbookReport) -> str:
    return printed(capsys, one)[1].rpartition("  ")[2]


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ([], "ok"),
        (["missing"], "1 fault"),
        (["value", "value"], "2 differences"),
        (["one-zone", "missing", "missing"], "2 faults, 1 warning"),
        (["one-zone", "missing", "value"], "1 fault, 1 difference, 1 warning"),
    ],
)
def test_findings_in_words(capsys: Captured, codes: list[str], words: str) -> None:
    assert findings_of(capsys, report("a", *map(finding, codes))) == words


def test_one_cause_is_one_finding(capsys: Captured) -> None:
    follow = [finding("value", f"WarmENI!B{row}", because_of="Plan!B15") for row in range(8)]
    assert findings_of(capsys, report("a", finding(), *follow)) == "1 fault"
    assert findings_of(capsys, unreadable()) == "unreadable"


LONG = "/home/somebody/plans/of/every/team/in/the/whole/company/and/more/2026-11-25/prod-plan.xlsx"


@pytest.mark.parametrize("by_sheet", [False, True])
def test_into_a_pipe_nothing_is_cut(capsys: Captured, by_sheet: bool) -> None:
    reports = [
        unreadable(LONG * 9, "Why not? " * 99 + "So."),
        report(LONG, *[finding("value")] * 1234, *[finding()] * 99, message=MESSAGE * 3),
        report("a", sheets=[sheet(name="n" * 31, peak=-1_000_000)], message=MESSAGE),
        undecided("短" * 200),
    ]
    lines = printed(capsys, *reports, by_sheet=by_sheet)
    assert len(lines) == 1 + (1 + 4 + 1 + 4 if by_sheet else 4)
    assert lines[1].startswith(LONG * 9 + "  ")
    if not by_sheet:
        assert "Why not? " * 99 + "So." in lines[1]
        assert MESSAGE * 3 in lines[2]
        assert lines[2].endswith("  99 faults, 1234 differences")


def test_a_narrow_terminal(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    for columns, is_whole in ((80, False), (300, True)):
        monkeypatch.setenv("COLUMNS", str(columns))
        _, *lines = printed(capsys, report(LONG, message=MESSAGE))
        assert max(map(len, lines)) <= columns
        assert (len(lines) == 1) == is_whole
        assert "".join(line.split("  ")[0] for line in lines) == LONG


def of_pods(mode: str, left: int | None, size: int | None, *, fits: bool | None) -> SheetReport:
    """A mode of a plan whose pods have a subnet of their own."""
    found = sheet(mode, 976, fits=fits, smallest=26)
    found.details |= {"pod_subnet_peak_remaining": left, "smallest_pod_subnet": size}
    return found


def test_the_subnet_of_pods_stands_beside_that_of_nodes(capsys: Captured) -> None:
    sheets = [
        of_pods("warm-eni", -40, 21, fits=False),
        of_pods("warm-ip", 60, 22, fits=True),
        of_pods("prefix", -170, 21, fits=False),
    ]
    plans = report("a.xlsx", sheets=sheets), report("b.xlsx")
    header, *rows = map(cells, printed(capsys, *plans))
    assert header[3:7] == [
        *("left at peak", "smallest"),
        *("pod subnet left at peak", "smallest pod subnet"),
    ]
    assert [row[3:7] for row in rows] == [["976", "/26", "60", "/22"], ["209", "/22", "-", "-"]]
    header, *rows = map(cells, printed(capsys, *plans, by_sheet=True))
    assert header[-2:] == ["pod subnet left at peak", "smallest pod subnet"]
    assert [row[-2:] for row in rows[:4]] == [
        *(["-40", "/21"], ["60", "/22"], ["-170", "/21"]),
        ["-", "-"],
    ]


def test_other_peoples_texts_are_shown_and_not_obeyed(capsys: Captured) -> None:
    bad, shown = "\x1b[2J\nb\u202e", r"\x1b[2J\x0ab\u202e"
    found = finding(message='found "\x9b5m\n"', column="\x07", place="Pl\x1ban!B15")
    one = report(bad, found, message=bad, sheets=[sheet(name=bad)])
    for by_sheet in (False, True):
        lines = printed(capsys, one, by_sheet=by_sheet)
        assert len(lines) == 2
        assert shown in lines[1]
    assert list(problems(one)) == [
        shown + r', Pl\x1ban!B15 (\x07): found "\x9b5m\x0a" [not-a-number]',
    ]
    assert list(problems(unreadable(bad, bad))) == [f"{shown}: {shown}"]
    with verdicts() as output:
        output.add(report(bad, finding("value", message=bad)))
    assert capsys.readouterr().out.splitlines() == [
        f"{shown}, Plan!B15 (# of Instances): {shown} [value]",
        f"{shown}: 1 difference",
    ]


def test_the_colour_says_how_bad_it_is(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    reports = [
        *(unreadable(), report("a", finding()), report("a", fits=False)),
        *(report("a", finding("value")), report("a", finding("one-zone"))),
        *(report("a"), report("a", fits=None)),
    ]
    _, *lines = printed(capsys, *reports)
    colours = [line.partition("\x1b[")[2][:3] for line in lines]
    assert colours == ["31m"] * 3 + ["33m"] * 2 + ["32m", ""]
    _, *lines = printed(capsys, undecided("a"), by_sheet=True)
    assert [line.partition("\x1b[")[2][:3] for line in lines] == ["31m", "32m", "31m", "32m"]


def test_no_reports_no_table(capsys: Captured) -> None:
    assert printed(capsys) == []


def test_an_error_leaves_no_half_of_anything(capsys: Captured) -> None:
    for output in (json_on_stdout, table_on_stdout):
        with pytest.raises(ZeroDivisionError), output():
            raise ZeroDivisionError
    assert capsys.readouterr().out == ""


# --- a row a sheet --------------------------------------------------------------------------------


def test_a_row_a_sheet(capsys: Captured) -> None:
    reports = [undecided("a.xlsx"), of_aws("c.xlsx"), unreadable("b.xlsx")]
    reports[0].sheets[2].totals = dict.fromkeys(reports[0].sheets[2].totals)
    reports[0].sheets[2].fits = None
    assert [cells(line) for line in printed(capsys, *reports, by_sheet=True)] == [
        [
            *("file", "sheet", "fits", "available", "used", "left", "left at peak", "pods"),
            "smallest",
        ],
        ["b.xlsx", "-", "unreadable", "-", "-", "-", "-", "-", "-"],
        ["a.xlsx", "WarmENI", "no", "1,019", "1,295", "-276", "-376", "1,150", "/21"],
        ["a.xlsx", "WarmIP", "yes", "1,019", "710", "309", "209", "1,150", "/22"],
        ["a.xlsx", "Prefix", "-", "-", "-", "-", "-236", "-", "/21"],
        ["a.xlsx", "IPv6", "yes", "1,019", "-78", "1,097", "997", "1,150", "/27"],
        ["c.xlsx", "WarmENI", "yes", "1,019", "710", "309", "309", "1,150", "-"],
        ["c.xlsx", "WarmIP", "yes", "1,019", "710", "309", "309", "1,150", "-"],
    ]


# --- JSON -----------------------------------------------------------------------------------------


def test_json(capsys: Captured) -> None:
    with json_on_stdout() as output:
        output.add(report())
        output.add(unreadable())
    out, _ = capsys.readouterr()
    assert [each["file"] for each in json.loads(out)["workbooks"]] == ["a.xlsx", "broken.xlsx"]
    assert out == json.dumps(json.loads(out), indent=1) + "\n"


# --- verdicts -------------------------------------------------------------------------------------


def said(
    capsys: Captured, *reports: WorkbookReport, engine: str | None = None, everything: bool = False
) -> list[str]:
    with verdicts(engine=engine, everything=everything) as output:
        for one in reports:
            output.add(one)
    return capsys.readouterr().out.splitlines()


def differences(causes: int, follow: int) -> list:
    found = [finding("value", f"Plan!B{row}", column="IPs used") for row in range(causes)]
    return found + [
        finding("value", f"WarmENI!B{row}", column="IPs used", because_of="Plan!B0")
        for row in range(follow)
    ]


def test_what_is_known_or_suppressed_is_said_as_such(capsys: Captured) -> None:
    known, follows = differences(1, 1)
    known, follows = (replace(each, standing="known") for each in (known, follows))
    reports = [
        report("a.xlsx", known, follows),
        report("b.xlsx", finding("value", "WarmIP!B8", standing="new"), known, follows),
        report("c.xlsx", finding(standing="suppressed", reason="It grows.")),
        replace(unreadable("d.xlsx"), accepted={"unreadable": "known"}),
    ]
    assert said(capsys, *reports) == [
        "a.xlsx: 1 known difference",
        "b.xlsx, WarmIP!B8 (# of Instances): a message of value [value]",
        "b.xlsx: 1 difference; 1 known difference",
        "c.xlsx: no differences; 1 suppressed fault",
        "d.xlsx: unreadable and known",
    ]
    with table_on_stdout() as output:
        for each in reports:
            output.add(each)
    lines = sorted(capsys.readouterr().out.splitlines()[1:])
    assert [each.split("  ")[-1].strip() for each in lines] == [
        *("1 known", "1 difference, 1 known", "1 suppressed", "unreadable, known")
    ]


def test_verdicts(capsys: Captured) -> None:
    reports = [
        report("a.xlsx"),
        report("b.xlsx", *differences(2, 0)),
        report("c.xlsx", *differences(1, 12)),
        report("d.xlsx", finding(), *differences(0, 1)),
        report("e.xlsx", finding("no-recorded-values", None), finding("no-recorded-values", None)),
        report("f.xlsx", finding("made-by-older", None)),
        unreadable("g.xlsx"),
    ]
    assert said(capsys, *reports) == [
        "a.xlsx: no differences",
        "b.xlsx, Plan!B0 (IPs used): a message of value [value]",
        "b.xlsx, Plan!B1 (IPs used): a message of value [value]",
        "b.xlsx: 2 differences",
        "c.xlsx, Plan!B0 (IPs used): a message of value [value]",
        "c.xlsx: 1 difference (12 more follow from them)",
        "d.xlsx: 1 difference, from faults alone; 1 fault",
        "e.xlsx: no differences; formulas only: it holds no recorded values to compare",
        "f.xlsx: no differences; its formulas were not compared: an older version made them",
        "g.xlsx: unreadable",
    ]


def test_all_differences(capsys: Captured) -> None:
    *lines, last = said(capsys, report("c.xlsx", *differences(1, 12)), everything=True)
    assert len(lines) == 13
    assert last == "c.xlsx: 1 difference (12 more follow from them)"


def test_what_an_engine_says(capsys: Captured) -> None:
    others = [finding("recalculated", f"WarmENI!B{row}") for row in (8, 9)]
    reports = [
        report("a.xlsx", finding("no-recorded-values", None)),
        report("b.xlsx", *others),
        report("c.xlsx", error="LibreOffice is not there."),
    ]
    lines = said(capsys, *reports, engine="ironcalc")
    assert lines[0] == (
        "a.xlsx: no differences; formulas only: it holds no recorded values to compare; "
        "the values of ironcalc agree"
    )
    assert lines[3] == "b.xlsx: 2 differences; the values of ironcalc differ in 2 cells"
    assert lines[4] == "c.xlsx: no differences; ironcalc gave no values"
    known = report("d.xlsx", *(replace(each, standing="known") for each in others))
    assert said(capsys, known, engine="ironcalc") == [
        "d.xlsx: 2 known differences; the values of ironcalc agree but for what is accepted"
    ]


# --- problems -------------------------------------------------------------------------------------


def rows(code: str, number: int, because_of: str | None = None, sheet: str = "Plan") -> list:
    return [finding(code, f"{sheet}!B{row}", because_of=because_of) for row in range(number)]


def test_problems_the_worst_first() -> None:
    found = [finding("one-zone", "Plan!B5"), finding("value", "Plan!B6"), finding("missing")]
    one = report("a.xlsx", *found, error="It is damaged.")
    lines = list(problems(one))
    assert lines == [
        "a.xlsx: It is damaged.",
        "a.xlsx, Plan!B15 (# of Instances): a message of missing [missing]",
        "a.xlsx, Plan!B6 (# of Instances): a message of value [value]",
        "warning: a.xlsx, Plan!B5 (# of Instances): a message of one-zone [one-zone]",
    ]
    assert list(problems(one, warnings=False, differences=False)) == lines[:2]
    assert list(problems(report())) == []


def test_places_of_problems() -> None:
    found = [finding("missing-sheet", "WarmENI"), finding("second-plan", None)]
    assert list(problems(report("a.xlsx", *found))) == [
        "a.xlsx, WarmENI: a message of missing-sheet [missing-sheet]",
        "a.xlsx: a message of second-plan [second-plan]",
    ]


def test_what_to_do_the_worst_first() -> None:
    codes = {"one-zone", "value", "missing", "overflow"}
    assert list(advice(codes)) == [
        *(f"[{code}] {CODES[code].advice}" for code in ("missing", "value", "one-zone"))
    ]
    assert [each.split()[0] for each in advice(codes, warnings=False)] == ["[missing]", "[value]"]


MORE = "(--all lists them)"


def test_what_follows_is_counted_beside_its_cause() -> None:
    found = [finding(), *rows("value", 11, "Plan!B15", "WarmENI"), finding("missing", "Plan!A16")]
    lines = list(problems(report("a.xlsx", *found)))
    assert lines == [
        "a.xlsx, Plan!B15 (# of Instances): a message of not-a-number [not-a-number]"
        f" … and 11 more that follow from it {MORE}",
        "a.xlsx, Plan!A16 (# of Instances): a message of missing [missing]",
    ]
    lines = list(problems(report("a.xlsx", *found[:2])))
    assert lines[0].endswith(f" … and 1 more that follows from it {MORE}")
    assert len(list(problems(report("a.xlsx", *found), everything=True))) == 13
    # What is not among them is not counted either.
    assert len(list(problems(report("a.xlsx", *found), differences=False))) == 2
    assert list(problems(report("a.xlsx", finding(), *rows("value", 2, "Plan!B15")),
                         differences=False)) == [lines[0].partition(" …")[0]]  # fmt: skip


def test_what_follows_from_what_follows() -> None:
    chain = [
        finding("missing-sheet", "Settings"),
        finding("missing-result", "Plan!A9", because_of="Settings"),
        finding("value", "WarmENI!B8", because_of="Plan!A9"),
        finding("value", "WarmENI!B9", because_of="WarmENI!B8"),
    ]
    [line] = problems(report("a.xlsx", *chain))
    assert line.startswith("a.xlsx, Settings: ")
    assert "and 3 more that follow" in line


def test_nothing_is_lost_whatever_it_is_said_to_follow_from() -> None:
    circle = [
        finding("value", "Plan!B1", because_of="Plan!B2"),
        finding("value", "Plan!B2", because_of="Plan!B1"),
        finding("value", "Plan!B3", because_of="Nowhere!A1"),
    ]
    assert len(list(problems(report("a.xlsx", *circle)))) == 3


def test_what_follows_from_a_difference_is_not_said_beside_it() -> None:
    """``verify`` prints differences on stdout, and faults and warnings on stderr."""
    moved = report(
        "a.xlsx",
        finding("moved-rows", "Plan!A12"),
        finding("missing-label", "Plan!B8", because_of="Plan!A12"),
        finding("chart", "Plan!D3", because_of="Plan!A12"),
        finding("one-zone", "Plan!B5"),
    )
    [line] = problems(moved, differences=False)
    assert line == "warning: a.xlsx, Plan!B5 (# of Instances): a message of one-zone [one-zone]"


@pytest.mark.parametrize(
    ("code", "noun"),
    [("missing", "fault"), ("value", "difference"), ("one-zone", "warning")],
)
def test_of_many_the_first_ten(code: str, noun: str) -> None:
    assert len(list(problems(report("a.xlsx", *rows(code, 10))))) == 10
    lines = list(problems(report("a.xlsx", *rows(code, 11))))
    assert lines[10:] == [f"a.xlsx: 1 more {noun} {MORE}"]
    lines = list(problems(report("a.xlsx", *rows(code, 99))))
    assert [CODES[code].severity] == [noun]
    assert lines[10:] == [f"a.xlsx: 89 more {noun}s {MORE}"]
    assert len(list(problems(report("a.xlsx", *rows(code, 99)), everything=True))) == 99


def test_lines_of_findings_without_a_report() -> None:
    assert list(lines_of("new.xlsx", [])) == []
    assert list(lines_of("new.xlsx", iter([finding()]))) == [
        "new.xlsx, Plan!B15 (# of Instances): a message of not-a-number [not-a-number]"
    ]


# --- before and after -----------------------------------------------------------------------------


def compared(capsys: Captured, *reports: WorkbookReport) -> list[list[str]]:
    print_comparison(*reports)
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_before_and_after(capsys: Captured) -> None:
    after = report(sheets=[sheet("warm-eni", 9), sheet("warm-ip", 8), sheet("prefix", None)])
    before = of_aws()
    before.sheets[0].sheet = "Mine"
    header, *lines = compared(capsys, before, after)
    assert header == ["sheet", "result", "aws-sample", "(before)", "vpc-cni", "(after)"]
    assert lines[:7] == [
        ["Mine", "IPs", "available", "1,019", "1,019"],
        ["Mine", "IPs", "used", "710", "910"],
        ["Mine", "IPs", "remaining", "309", "109"],
        ["Mine", "pods", "hosted", "1,150", "1,150"],
        ["Mine", "left", "at", "the", "peak", "-", "9"],
        ["Mine", "smallest", "subnet", "(/n)", "-", "22"],
        ["WarmIP", "IPs", "available", "1,019", "1,019"],
    ]
    assert lines[12:16] == [
        ["Prefix", "IPs", "available", "-", "1,019"],
        ["Prefix", "IPs", "used", "-", "-"],
        ["Prefix", "IPs", "remaining", "-", "-"],
        ["Prefix", "pods", "hosted", "-", "1,150"],
    ]


def test_a_mode_that_is_not_there_after(capsys: Captured) -> None:
    _, *lines = compared(capsys, report(), of_aws())
    sheets = [line[0] for line in lines]
    assert sheets == [each for each in ("WarmENI", "WarmIP", "Prefix", "IPv6") for _ in range(6)]
    assert lines[13] == ["Prefix", "IPs", "used", "710", "-"]


# --- instance types -------------------------------------------------------------------------------


def types(capsys: Captured, some: Sequence[InstanceType]) -> list[list[str]]:
    print_types(some)
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_figures_that_any_type_has(capsys: Captured) -> None:
    some = [
        InstanceType("m5.large", 3, 10, trunk_compatible=True, source="a file"),
        InstanceType("my.type", 4, None, trunk_compatible=False, efa_interfaces=1),
    ]
    assert types(capsys, some) == [
        ["instance_type", "max_enis", "ipv4_per_eni", "trunk_compatible", "efa_interfaces"],
        ["m5.large", "3", "10", "yes", "-"],
        ["my.type", "4", "-", "no", "1"],
    ]
