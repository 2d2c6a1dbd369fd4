"""What counts of all that is found."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from calculator.baseline import Baseline, read_baseline
from calculator.configuration import Configuration, Suppression
from calculator.errors import FAILED
from calculator.gate import Gate
from calculator.report import WorkbookReport
from calculator.xlsx.reference import a1
from tests.reports import finding, report, sheet, unreadable

TODAY = datetime.date(2026, 8, 1)


def fault(file: str = "a.xlsx") -> WorkbookReport:
    """A fault with a value that follows from it, and a warning."""
    return report(
        file,
        finding(fingerprint="not-a-number | plan"),
        finding("one-zone", "Plan!B5", fingerprint="one-zone | plan"),
        finding("value", "WarmENI!B8", because_of="Plan!B15", fingerprint="value | warm-eni"),
    )


def gate(*suppressions: Suppression, folder: Path | None = None, **more: object) -> Gate:
    path = str(folder / "rules.toml") if folder else "rules.toml"
    found = Configuration(path, {}, suppressions)
    return Gate(configuration=found, today=TODAY, **more)  # type: ignore[arg-type]


def failing(found: Gate, *reports: WorkbookReport) -> list[str]:
    return [each.issue.code for one in reports for each in found.judge(one) if each.fails]


def test_without_anything_all_count() -> None:
    found = Gate()
    assert failing(found, fault(), unreadable()) == ["not-a-number", "unreadable"]
    one = fault()
    assert found.counted(one)[0] is one
    assert not found.accepts
    assert found.remarks() is None


@pytest.mark.parametrize(
    ("fail_on", "expected"),
    [
        (("warnings",), ["one-zone"]),
        (("value",), ["not-a-number"]),  # which the value follows from
        (("one-zone", "faults"), ["not-a-number", "one-zone"]),
        ((), []),
    ],
)
def test_what_fails_is_asked_for(fail_on: tuple[str, ...], expected: list[str]) -> None:
    assert failing(Gate(fail_on), fault()) == expected
    levels = [each.level for each in Gate(fail_on).judge(fault())]
    assert levels.count("error") == len(expected) == 2 - levels.count("warning")


# --- a baseline -----------------------------------------------------------------------------------


def known(path: Path, *reports: WorkbookReport) -> Baseline:
    found = Gate(baseline=Baseline(str(path)), update=True)
    for one in reports:
        assert failing(found, one) == []
    found.finish()
    return read_baseline(str(path))


def test_what_is_known_counts_not_and_what_is_new_does(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    baseline = known(path, fault(), unreadable(), report("c.xlsx", fits=False))
    found = Gate(baseline=baseline)
    assert failing(found, fault(), unreadable(), report("c.xlsx", fits=False)) == []
    assert failing(found, fault("new.xlsx"), report("d.xlsx", fits=False)) == [
        *("not-a-number", "overflow")
    ]
    assert [(each.known, each.level) for each in found.judge(fault())] == [(True, "note")] * 2
    assert [*found.gone()] == []


def test_the_report_of_what_counts(tmp_path: Path) -> None:
    baseline = known(tmp_path / "known.json", fault(), unreadable())
    more = fault()
    more.findings.append(finding("formula", "WarmIP!B8", fingerprint="formula | warm-ip"))
    more.findings.append(finding("value", "WarmIP!B9", because_of="WarmIP!B8"))
    counted, judged = Gate(baseline=baseline).counted(more)
    assert [each.place for each in counted.findings] == ["WarmIP!B8", "WarmIP!B9"]
    assert [each.counts for each in judged] == [False, False, True]
    assert len(more.findings) == 5  # as it was
    assert Gate(baseline=baseline).counted(unreadable())[0].error is None


def test_of_what_is_left_an_error_that_is_known_is_left_out() -> None:
    """A file that cannot be read, with something new beside: only a new error is an error."""
    one = report("a.xlsx", finding(fingerprint="new"))
    one.error = "it cannot be recalculated"
    error, fault = Gate().judge(one)
    known = Baseline("known.json")
    known.known[known.key("a.xlsx", error.issue.fingerprint)] = 1
    counted, judged = Gate(baseline=known).counted(one)
    assert [each.counts for each in judged] == [False, True]
    assert (counted.error, [each.fingerprint for each in counted.findings]) == (None, ["new"])
    known = Baseline("known.json")
    known.known[known.key("a.xlsx", fault.issue.fingerprint)] = 1
    counted, judged = Gate(baseline=known).counted(one)
    assert [each.counts for each in judged] == [True, False]
    assert (counted.error, counted.findings) == (one.error, [])


def test_those_that_are_alike_are_numbered() -> None:
    alike = [finding(place=f"Plan!B{row}", fingerprint="same") for row in (15, 16)]
    one = report("a.xlsx", alike[0], finding(place="Plan!B17", fingerprint="other"), alike[1])
    found = Gate()
    for _ in range(2):  # to ask again changes nothing
        assert [each.number for each in found.judge(one)] == [1, 1, 2]


def test_a_baseline_that_is_only_read_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    found = Gate(baseline=known(path, fault()))
    before = path.read_bytes()
    found.judge(report("a.xlsx"))
    found.finish()
    assert path.read_bytes() == before


def test_where_anything_may_be_accepted() -> None:
    assert Gate(baseline=Baseline("known.json")).accepts
    assert gate(Suppression(("formula",))).accepts
    assert not gate().accepts


def test_an_error_of_the_programs_own_is_never_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.xlsx").touch()
    path = Path("known.json")
    failed = report("a.xlsx", error=f"{FAILED}: NameError: x")
    found = gate(
        Suppression(("unreadable",), (), "Nobody reads it."),
        baseline=known(path, fault()),
        update=True,
    )
    [judged] = found.judge(failed)
    assert (judged.fails, judged.standing) == (True, None)
    assert found.accepted == "nothing new"
    found.finish()  # and what is known of the file stays
    assert failing(Gate(baseline=read_baseline(str(path))), fault()) == []


def test_what_is_gone_is_said_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plans").mkdir()
    baseline = known(Path("plans/known.json"), fault("plans/a.xlsx"))
    found = Gate(baseline=baseline)
    found.judge(report("plans/a.xlsx"))
    assert [*found.gone()] == [
        "gone: plans/a.xlsx: not-a-number (plan)",
        "gone: plans/a.xlsx: one-zone (plan)",
    ]
    baseline.known["a.xlsx", "one-zone | plan"] = 2
    assert [*found.gone()][-1] == "gone: plans/a.xlsx: one-zone (plan, 2 times)"
    baseline.known["a.xlsx", "overflow"] = 1
    assert "gone: plans/a.xlsx: overflow" in found.gone()


# --- suppressions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "paths", "expected"),
    [
        (("not-a-number",), (), []),
        (("faults",), ("plans/*.xlsx",), []),
        (("value",), (), ["not-a-number"]),  # what follows is not what it is
        (("not-a-number",), ("plans/b.xlsx",), ["not-a-number"]),
    ],
)
def test_a_suppression(codes: tuple[str, ...], paths: tuple[str, ...], expected: list[str]) -> None:
    found = gate(Suppression(codes, paths, "so it is"))
    assert failing(found, fault("plans/a.xlsx")) == expected
    if not expected:
        assert found.judge(fault("plans/a.xlsx"))[0].suppressed == "so it is"


def test_of_two_suppressions_the_reason_of_the_first_and_both_are_of_use(tmp_path: Path) -> None:
    first, second = (Suppression((code,), (), code) for code in ("not-a-number", "faults"))
    found = gate(first, second, folder=tmp_path)
    assert [each.suppressed for each in found.judge(fault())] == ["not-a-number", None]
    assert said(found) == []


def test_a_suppression_without_paths_may_be_for_every_workbook_there_is(tmp_path: Path) -> None:
    names = ["a.xlsx", "b.xlsx", "c.xlsm"]
    for name in names:
        (tmp_path / name).touch()
    found = gate(Suppression(("formula",), (), "so"), folder=tmp_path)
    for name in names:
        assert said(found) == []
        found.judge(fault(str(tmp_path / name)))
    assert said(found) == [
        ("suppression-of-nothing", "the suppression of formula suppresses nothing")
    ]


def said(found: Gate) -> list[tuple[str, str]]:
    remarks = found.remarks()
    return [(each.code, each.message) for each in remarks.findings] if remarks else []


@pytest.mark.parametrize(
    ("suppression", "remark"),
    [
        (
            Suppression(("not-a-number",)),
            ("suppression-without-reason", "the suppression of not-a-number has no reason, and "
             "does not count"),
        ),
        (
            Suppression(("not-a-number",), ("a.xlsx",), "so", datetime.date(2026, 7, 31)),
            ("suppression-expired", "the suppression of not-a-number in a.xlsx ended on "
             "2026-07-31, and counts no more"),
        ),
        (
            Suppression(("formula",), ("a.xlsx",), "so"),
            ("suppression-of-nothing", "the suppression of formula in a.xlsx suppresses nothing"),
        ),
        (
            Suppression(("formula",), ("gone.xlsx",), "so"),
            ("suppression-of-nothing", "the suppression of formula in gone.xlsx suppresses "
             "nothing"),
        ),
    ],
)  # fmt: skip
def test_a_suppression_that_is_a_finding(
    tmp_path: Path, suppression: Suppression, remark: tuple[str, str]
) -> None:
    (tmp_path / "a.xlsx").touch()
    found = gate(suppression, folder=tmp_path)
    assert failing(found, fault(str(tmp_path / "a.xlsx"))) == ["not-a-number"]
    assert said(found) == [remark]


def test_a_suppression_counts_on_its_last_day() -> None:
    found = gate(Suppression(("not-a-number",), (), "so", TODAY))
    assert failing(found, fault()) == []


@pytest.mark.parametrize("path", ["*.xlsx", "plans/", "plans/b.xlsx"])
def test_what_other_files_may_need_is_of_use(tmp_path: Path, path: str) -> None:
    (tmp_path / "plans").mkdir()
    for name in "ab":
        (tmp_path / "plans" / f"{name}.xlsx").touch()
    found = gate(Suppression(("formula",), (path,), "so"), folder=tmp_path)
    found.judge(fault(str(tmp_path / "plans" / "a.xlsx")))
    assert said(found) == []
    found.judge(fault(str(tmp_path / "plans" / "b.xlsx")))
    assert [code for code, _ in said(found)] == ["suppression-of-nothing"]


def test_what_is_suppressed_goes_into_no_baseline_and_is_not_gone(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    known(path, fault())
    rule = Suppression(("not-a-number",), (), "so")
    found = gate(rule, baseline=read_baseline(str(path)))
    assert failing(found, fault()) == []
    assert [*found.gone()] == []
    found = gate(rule, baseline=read_baseline(str(path)), update=True)
    found.judge(fault())
    found.finish()
    assert [each for _, each in read_baseline(str(path)).known] == ["one-zone | plan"]


# --- what is marked, and what becomes worse -------------------------------------------------------


def test_findings_tell_how_they_stand_and_so_does_what_follows(tmp_path: Path) -> None:
    baseline = known(tmp_path / "known.json", fault(), unreadable(), report("c.xlsx", fits=False))
    more = fault()
    more.findings.append(finding("formula", "WarmIP!B8", fingerprint="formula | warm-ip"))
    rule = Suppression(("one-zone",), (), "The lab has one.")
    found = gate(rule, baseline=baseline)
    marked, _ = found.marked(more)
    assert [(each.code, each.standing, each.reason) for each in marked.findings] == [
        ("not-a-number", "known", None),
        ("one-zone", "suppressed", "The lab has one."),
        ("value", "known", None),
        ("formula", "new", None),
    ]
    assert all(each.standing is None for each in more.findings)  # as they were
    assert found.marked(unreadable())[0].accepted == {"unreadable": "known"}
    assert found.marked(report("c.xlsx", fits=False))[0].accepted == {"overflow": "known"}
    again, judged = found.marked(marked)
    assert again == marked
    assert [each.standing for each in judged] == ["known", "suppressed", "new"]


@pytest.mark.parametrize("is_first", [True, False])
def test_of_several_causes_in_a_cell_what_follows_stands_as_the_one_that_counts(
    tmp_path: Path, is_first: bool
) -> None:
    old, value, _ = sorted(fault().findings, key=lambda each: each.code == "one-zone")
    baseline = known(tmp_path / "known.json", report("a.xlsx", old, value))
    new = finding("formula", fingerprint="formula | plan")
    causes = [new, old] if is_first else [old, new]
    marked, _ = gate(baseline=baseline).marked(report("a.xlsx", *causes, value))
    assert marked.findings[-1].standing == "new"


def test_what_follows_from_what_is_worse_has_no_reason_of_its_own(tmp_path: Path) -> None:
    few, many = (finding("hidden", cells=cells, fingerprint="hidden") for cells in (2, 3))
    value = finding("value", "WarmENI!B8", because_of="Plan!B15", fingerprint="value | warm-eni")
    baseline = known(tmp_path / "known.json", report("a.xlsx", few, value))
    marked, _ = gate(baseline=baseline).marked(report("a.xlsx", many, value))
    assert [(each.standing, bool(each.reason)) for each in marked.findings] == [
        *(("worse", True), ("worse", False))
    ]
    rule = Suppression(("hidden",), (), "So it is.")
    marked, _ = gate(rule).marked(report("a.xlsx", few, value))
    assert [each.reason for each in marked.findings] == ["So it is.", "So it is."]


def test_what_is_known_of_a_whole_workbook_says_nothing_of_its_cells(tmp_path: Path) -> None:
    whole = finding("no-recorded-values", None, fingerprint="no-recorded-values")
    rule = Suppression(("no-recorded-values",), (), "Written by a script.")
    for found in (gate(rule), Gate(baseline=known(tmp_path / "k.json", report("a.xlsx", whole)))):
        both = report("a.xlsx", whole, *fault().findings)
        marked, judged = found.marked(both)
        assert [each.counts for each in marked.findings] == [False, True, True, True]
        assert [each.issue.code for each in judged if each.fails] == ["not-a-number"]


def short(addresses: int) -> WorkbookReport:
    overflow = finding("peak-overflow", "Plan!B4", fingerprint="peak-overflow | plan")
    return report("a.xlsx", overflow, fits=False, sheets=[sheet(peak=-addresses, fits=False)])


def stale(found: object, expected: object = 210) -> WorkbookReport:
    what = {"found": found, "expected": expected, "fingerprint": "value | warm-eni | IPs used"}
    return report("a.xlsx", finding("value", "WarmENI!B8", **what))


def held(called: Sequence[str]) -> dict[str, str]:
    """What a finding holds, from C14 on to the right."""
    cells = (a1(14, column) for column, _ in enumerate(called, 3))
    return {"holds": "\n".join(cells), "called": "\n".join(called)}


def out_of_sight(cells: int, *holds: str) -> WorkbookReport:
    what = {"fingerprint": "hidden | plan", "cells": cells, **held(holds)}
    return report("a.xlsx", finding("hidden", "Plan!C14", **what))


def pasted(*wrong: str) -> WorkbookReport:
    """Values over 24 formulas, of which some are not the results."""
    what = {"fingerprint": "formula | plan | IPs used", "cells": 24, **held(wrong)}
    return report("a.xlsx", finding("formula", "Plan!E5", **what))


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (pasted(), pasted(), None),
        (pasted("Remaining, 9999"), pasted(), None),
        (pasted(), pasted("Remaining, 9999"), "worse than known: C14 (Remaining, 9999) is new"),
        (pasted("Used, 1", "Remaining, 9999"), pasted("Used, 1", "Remaining, 8888"),
         "worse than known: D14 (Remaining, 8888) is new"),
        (out_of_sight(3), out_of_sight(3), None),
        (out_of_sight(3), out_of_sight(2), None),
        (out_of_sight(3), out_of_sight(4), "worse than known: 4 cells, and 3 are known"),
        (out_of_sight(3), out_of_sight(3, "Pods", "Nodes", "Nodes"), None),
        (out_of_sight(3, "Pods", "Pods", "Nodes"), out_of_sight(2, "Pods", "Pods"), None),
        (out_of_sight(9, "Pods"), out_of_sight(3), None),
        (out_of_sight(2, "Pods", "Nodes"), out_of_sight(2, "Pods", "Pods"),
         "worse than known: 1 of C14, D14 (Pods) is new"),
        (out_of_sight(2, "Pods"), out_of_sight(2, "Nodes", "Pods", "Nodes"),
         "worse than known: C14, E14 (Nodes) are new"),
        (out_of_sight(9, "Pods"), out_of_sight(9, *("ABCDE" + 5 * "N")),
         "worse than known: C14 (A), D14 (B), E14 (C) and 3 more are new"),
        (out_of_sight(9, "A"), out_of_sight(9, *("A" + 5 * "N")),
         "worse than known: D14, E14, F14 and 2 more (N) are new"),
        (out_of_sight(3, "Pods"), out_of_sight(4, "Pods"),
         "worse than known: 4 cells, C14 among them, and 3 are known"),
        (short(90), short(90), None),
        (short(90), short(20), None),
        (short(90), short(1200), "worse than known: 1,200 addresses short, and 90 are known"),
        (stale(300), stale(300.0000000000001), None),
        (stale(300), stale(310),
         "other than known: what is known is 300 where 210 is the result"),
        (stale(300), stale(300, 250),
         "other than known: what is known is 300 where 210 is the result"),
        (stale("#N/A"), stale("#REF!"),
         "other than known: what is known is \"#N/A\" where 210 is the result"),
    ],
)  # fmt: skip
def test_what_is_known_may_not_become_worse(
    tmp_path: Path, before: WorkbookReport, now: WorkbookReport, words: str | None
) -> None:
    path = tmp_path / "known.json"
    baseline = known(path, before)
    found = Gate(["overflow", "differences", "warnings"], baseline)
    [judged] = found.judge(now)
    assert (judged.worse, judged.fails) == (words, words is not None)
    assert judged.standing == ("worse" if words else "known")
    assert str(judged.issue).endswith(f" ({words})" if words else judged.issue.code)
    assert [*found.gone()] == []
    # Once it is written down, it is known as it is.
    known(path, now)
    assert failing(Gate(baseline=read_baseline(str(path))), now) == []


def test_what_is_new_is_worse_than_nothing(tmp_path: Path) -> None:
    [judged] = Gate(baseline=known(tmp_path / "known.json", fault())).judge(out_of_sight(3))
    assert (judged.standing, judged.reason) == ("new", None)


def test_of_several_alike_each_is_held_against_its_own(tmp_path: Path) -> None:
    def of(*values: float) -> WorkbookReport:
        return report("a.xlsx", *(each for one in values for each in stale(one).findings))

    baseline = known(tmp_path / "known.json", of(300, 400))
    for values, worse in {(300, 400): 0, (400, 300): 0, (400,): 0, (400, 500): 1}.items():
        judged = Gate(baseline=baseline).judge(of(*values))
        assert sum(each.worse is not None for each in judged) == worse


def test_a_baseline_without_measures_knows_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    known(path, short(20))
    path.write_text(path.read_text("utf-8").replace(', "measures": [[20]]', ""), encoding="utf-8")
    assert failing(Gate(baseline=read_baseline(str(path))), short(90)) == []


def test_prefixes_that_are_lacking_are_counted(tmp_path: Path) -> None:
    """However many addresses are left: a /28 block that is lacking counts as 16."""

    def plan(needed: int) -> WorkbookReport:
        one = sheet("prefix", fits=False)
        blocks = {"blocks_needed": needed, "whole_blocks": 62}
        one = replace(one, details=one.details | blocks)
        lacking = finding("too-few-prefixes", "Settings!B14", fingerprint="overflow | settings")
        return report("a.xlsx", lacking, fits=False, mode="prefix", sheets=[one])

    found = Gate(baseline=known(tmp_path / "known.json", plan(64)))
    assert [each.worse for each in found.judge(plan(64))] == [None]
    assert [each.worse for each in found.judge(plan(80))] == [
        "worse than known: 288 addresses short, and 32 are known"
    ]
