"""What is new does not follow from what is known, and what was there stays known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from calculator.baseline import Baseline, read_baseline
from calculator.configuration import Configuration, Suppression
from calculator.findings import Finding
from calculator.followers import followers_of
from calculator.gate import Gate
from calculator.xlsx.reference import place
from tests.helpers import PLAN, Raw, content, report_of
from tests.reports import finding, report

FAIL = ("faults", "differences", "warnings")


def marks(*findings: Finding) -> list[str]:
    return [mark for *_, marks in followers_of(findings) for mark in marks]


def following(code: str = "formula", words: str = "plan | Left | =1", **more: object) -> Finding:
    told: dict[str, object] = {"found": "=1", "place": "Plan!G5", "because_of": "Plan!B15"}
    return finding(code, fingerprint=f"{code} | {words}", **told | more)  # type: ignore[arg-type]


def test_a_mark_is_of_what_was_done_and_not_of_its_row() -> None:
    cause = finding()
    [one] = marks(cause, following(words="warm-eni | IPs | row 3 | =1"))
    assert len(one) == 8  # short, for there are many
    assert len(marks(cause, following(words="plan | Left | \ud800"))) == 1
    assert [one] == marks(cause, following(words="warm-eni | IPs | row 4 | =1"))
    assert [one] != marks(cause, following(words="warm-eni | IPs | row 3 | =2"))
    assert [one] != marks(cause, following(words="warm-ip | IPs | row 3 | =1"))
    assert marks(cause, following("value"), following("recalculated"), finding("one-zone")) == []


def test_of_faults_the_node_group_is_told() -> None:
    cause = finding()
    [one] = marks(cause, following("missing", "plan | Pods | m5.large, Linux, 1"))
    assert [one] != marks(cause, following("missing", "plan | Pods | m5.xlarge, Linux, 1"))


def test_of_values_that_are_pasted_together_none_is_told() -> None:
    pasted = finding("formula", cells=3, found=7.0)
    one, other = (following(words=f"plan | Left | {n}", found=n) for n in (5.0, 6.0))
    assert marks(pasted, one) == marks(pasted, other)
    for alone in (finding("formula", found=7.0, cells=1), finding("head", cells=2)):
        assert marks(alone, one) != marks(alone, other)
    assert marks(pasted, one) != marks(pasted, following(words="plan | Used | 5", found=5.0))
    # Of formulas what they were made into is told, there, too.
    edited = [following(words=f"plan | Left | ={n}", found=f"={n}") for n in (5, 6)]
    assert len({*marks(pasted, *edited)}) == 2
    # What follows in the cell of the cause is none.
    beside = following("number-format", place="Plan!B15")
    assert marks(pasted, beside, one)[1:] == marks(pasted, one)


def test_what_cells_are_called_is_told() -> None:
    cause = finding("head")
    one, other = (following("unseen", "plan", called=called) for called in ("Left", "Left\nUsed"))
    assert marks(cause, one) != marks(cause, other)
    # Each of several cells has a mark.
    assert marks(cause, other)[:1] == marks(cause, one)


# --- against a baseline ---------------------------------------------------------------------------


def after(path: Path, *reports: tuple[object, object]) -> list[tuple[str, str | None]]:
    """What fails of reports when those beside them are known."""
    found = Gate(FAIL, Baseline(str(path)), update=True)
    for before, _ in reports:
        found.judge(before)  # type: ignore[arg-type]
    found.finish()
    again = Gate(FAIL, read_baseline(str(path)))
    return [
        (each.issue.code, each.issue.finding and each.issue.finding.place)
        for _, one in reports
        for each in again.judge(one)  # type: ignore[arg-type]
        if each.fails
    ]


def test_what_is_new_is_a_finding_of_its_own(tmp_path: Path) -> None:
    cause, known, new = finding(fingerprint="x"), following(), following(words="plan | Left | =2")
    before = report("a.xlsx", cause, known)
    path = tmp_path / "known.json"
    assert after(path, (before, before)) == []
    assert after(path, (before, report("a.xlsx", cause, new))) == [("formula", "Plan!G5")]
    value = following("value", "warm-eni | Used", place="WarmENI!B8")
    assert after(path, (before, report("a.xlsx", cause, known, value))) == []
    # Beside a cause that is new, or worse, it follows as ever.
    another = replace(cause, fingerprint="y")
    expected = [("not-a-number", "Plan!B15")]
    assert after(path, (before, report("a.xlsx", another, new))) == expected
    larger = replace(cause, cells=4, called="A\nB\nC\nD", holds="A1\nA2\nA3\nA4")
    assert after(path, (before, report("a.xlsx", larger, new))) == expected


def test_what_is_alike_is_counted(tmp_path: Path) -> None:
    cause = finding(fingerprint="x")
    rows = [
        following(words=f"warm-eni | IPs | row {row} | =1", place=f"WarmENI!R{row}")
        for row in range(3, 7)
    ]
    path = tmp_path / "known.json"
    before = report("a.xlsx", cause, *rows[:2])
    assert after(path, (before, report("a.xlsx", cause, *rows[1:3]))) == []
    assert after(path, (before, report("a.xlsx", cause, *rows[:1]))) == []
    more = report("a.xlsx", cause, *rows)
    assert after(path, (before, more)) == [("formula", "WarmENI!R5")]


def test_of_several_cells_some_may_be_mended_and_none_be_added(tmp_path: Path) -> None:
    cause = finding("head", fingerprint="x")

    def looks(*cells: str) -> object:
        called = "\n".join(f"Left, {each}" for each in cells)
        return report("a.xlsx", cause, following("unseen", "plan", called=called))

    path, known = tmp_path / "known.json", looks("c5.large", "m5.large", "m5.large")
    for fewer in (("c5.large",), ("m5.large",), ("c5.large", "m5.large")):
        assert after(path, (known, looks(*fewer))) == []
    for more in (("c5.large", "c5.large"), ("c5.large", "r5.large")):
        assert after(path, (known, looks(*more))) == [("unseen", "Plan!G5")]


def test_nor_does_it_follow_from_what_is_suppressed(tmp_path: Path) -> None:
    path, rules = tmp_path / "known.json", (Suppression(("not-a-number",), (), "It grows."),)
    before = report("a.xlsx", finding(fingerprint="x"), following())
    new = replace(before, findings=[*before.findings, following(words="plan | Left | =2")])

    def gate(baseline: Baseline, *, update: bool = False) -> Gate:
        return Gate(FAIL, baseline, Configuration("rules.toml", {}, rules), update=update)

    found = gate(Baseline(str(path)), update=True)
    found.judge(before)
    found.finish()
    again = gate(read_baseline(str(path)))
    assert [each.suppressed for each in again.judge(before)] == ["It grows."]
    assert [each.issue.code for each in again.judge(new) if each.fails] == ["formula"]


def test_what_was_done_to_several_cells_at_once_is_one(tmp_path: Path) -> None:
    cause = finding(fingerprint="x")
    cleared = [
        following("missing-formula", f"plan | Left {row}", place=f"Plan!G{row}", found=None)
        for row in (5, 6, 7)
    ]
    pair = report("a.xlsx", cause), report("a.xlsx", cause, *cleared)
    assert after(tmp_path / "known.json", pair) == [("missing-formula", "Plan!G5")]


def test_beside_what_is_suppressed_a_clean_file_knows_that_nothing_followed(tmp_path: Path) -> None:
    path, rules = tmp_path / "known.json", (Suppression(("not-a-number",), (), "It grows."),)
    cause = finding(fingerprint="x")
    for before, fails in ((report("a.xlsx"), True), (report("a.xlsx", cause), True), (None, False)):
        configuration = Configuration("rules.toml", {}, rules)
        found = Gate(FAIL, Baseline(str(path)), configuration, update=True)
        if before:
            found.judge(before)
        found.finish()
        again = Gate(FAIL, read_baseline(str(path)), configuration)
        judged = again.judge(report("a.xlsx", cause, following()))
        # Of a file that is new, all follows as ever.
        assert any(each.fails for each in judged) == fails


def test_a_baseline_that_does_not_say_what_followed_lets_it_follow(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_text(
        '{"version": 1, "findings": [{"file": "a.xlsx", "fingerprint": "x", "count": 1}]}'
    )
    one = report(str(tmp_path / "a.xlsx"), finding(fingerprint="x"), following())
    assert [each.fails for each in Gate(FAIL, read_baseline(str(path))).judge(one)] == [False]


def test_an_update_counts_what_is_new_and_keeps_what_was_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    cause = finding(fingerprint="x")
    for name in "ab":
        (tmp_path / f"{name}.xlsx").touch()
    a, b = (report(str(tmp_path / f"{name}.xlsx"), cause, following()) for name in "ab")
    assert after(path, (a, a), (b, b)) == []
    kept = read_baseline(str(path))
    assert kept.followers.keys() == {"a.xlsx", "b.xlsx"}
    found = Gate(FAIL, kept, update=True)
    found.judge(replace(a, findings=[*a.findings, following(words="plan | Left | =2")]))
    assert found.accepted == "1 new or worse"
    found.finish()
    again = read_baseline(str(path))
    assert {name: len(each) for name, each in again.followers.items()} == {"a.xlsx": 2, "b.xlsx": 1}


# --- real workbooks -------------------------------------------------------------------------------


def label_lost(raw: Raw) -> None:
    raw.put("WarmENI", "A20", None)


def heads_swapped(raw: Raw) -> None:
    one, other = "IPs used", "Left"
    raw.put("Plan", "E4", other, None)
    raw.put("Plan", "G4", one, None)


def of_input_lost(raw: Raw) -> None:
    raw.put("Plan", "A12", None)


def formula(sheet: str, cell: str, text: str) -> Callable[[Raw], object]:
    return lambda raw: raw.put(sheet, cell, 1.0, text)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("known", "edit", "place"),
    [
        (label_lost, formula("WarmENI", "I19", "B5-I11"), "WarmENI!I19"),
        (label_lost, formula("WarmENI", "B10", "B5-I16"), "WarmENI!B10"),
        (heads_swapped, formula("Plan", "N7", "0"), "Plan!N7"),
        (heads_swapped, lambda raw: raw.put("Plan", "G6", 9999.0, None), "Plan!G6"),
        (of_input_lost, lambda raw: raw.put("Plan", "G5", None, None), "Plan!G5"),
    ],
)
def test_an_edit_beside_what_is_known(
    known: Callable[[Raw], None], edit: Callable[[Raw], object], place: str, tmp_path: Path
) -> None:
    raw = Raw(content("vpc-cni", PLAN, 8))
    known(raw)
    before = report_of(raw)
    edit(raw)
    new = after(tmp_path / "known.json", (before, report_of(raw)))
    assert [at for _, at in new] == [place]


def test_what_followed_is_known_below_an_inserted_row(tmp_path: Path) -> None:
    raw = Raw(content("vpc-cni", PLAN, 8))
    heads_swapped(raw)
    raw.put("Plan", "G6", 9999.0, None)
    before = report_of(raw)
    assert marks(*before.findings)
    raw.insert("Plan", before="A3", rows=1)
    raw.put("Plan", "N7", 22.0)  # the last row of the node table
    assert after(tmp_path / "known.json", (before, report_of(raw))) == []


@pytest.mark.parametrize(
    ("model", "edited"),
    [("vpc-cni", ("Plan", "D14")), ("aws-sample", ("WarmENI", "G23"))],
)
def test_an_edited_formula_is_known_where_its_node_group_is_of_another_type(
    model: str, edited: tuple[str, str], tmp_path: Path
) -> None:
    sheet, cell = edited
    raw = Raw(content(model, PLAN, 8))
    raw.put(sheet, cell, 9.0, raw.formulas(sheet)[cell] + "+0")
    before = report_of(raw)
    for each in ("Plan",) if model == "vpc-cni" else ("WarmENI", "WarmIP"):
        raw.put(each, f"A{cell[1:]}", "m5.4xlarge")
    new = after(tmp_path / "known.json", (before, report_of(raw)))
    assert "formula" not in [code for code, _ in new]
    # But in another row it is new.
    other = Raw(content(model, PLAN, 8))
    below = f"{cell[0]}{int(cell[1:]) + 1}"
    other.put(sheet, below, 9.0, other.formulas(sheet)[below] + "+0")
    new = after(tmp_path / "known.json", (before, report_of(other)))
    assert ("formula", f"{sheet}!{below}") in new


# --- the first of several is mended ---------------------------------------------------------------

IN_ROWS = tuple(f"R{row}" for row in range(30, 38))


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("sheet", "cells", "value"),
    [
        ("Plan", ("B14", "B15"), lambda _: "tbd"),
        ("Plan", ("B14", "C14"), lambda _: "tbd"),
        ("Plan", ("E5", "E6"), lambda row: 9000.0 + row),
        ("Plan", ("G5", "G6", "G7"), lambda _: 9999.0),
        ("WarmENI", IN_ROWS, lambda row: 9000.0 + row),
        ("WarmENI", ("D18", "D19"), lambda _: None),
        ("Plan", ("E4", "F4", "G4"), lambda _: None),
    ],
)
def test_the_others_are_as_known_as_before(
    sheet: str, cells: tuple[str, ...], value: Callable[[int], object], tmp_path: Path
) -> None:
    whole, mended = (Raw(content("vpc-cni", PLAN, 8)) for _ in range(2))
    for cell in cells:
        whole.put(sheet, cell, value(place(cell)[0]), None)
    for cell in cells[1:]:
        mended.put(sheet, cell, value(place(cell)[0]), None)
    before, now = report_of(whole), report_of(mended)
    assert len([each for each in before.findings if not each.because_of]) == 1
    assert after(tmp_path / "known.json", (before, now)) == []
    # But what was not there then is new.
    mended.put("WarmIP", "I7", 1.0, "B5-I6")
    assert after(tmp_path / "known.json", (before, report_of(mended))) == [("formula", "WarmIP!I7")]


@pytest.mark.parametrize("column", ["A", "C"])
def test_of_two_faults_of_a_node_group_one_is_mended(column: str, tmp_path: Path) -> None:
    """With its type, what the other is called; or what it would need."""
    raw = Raw(content("vpc-cni", PLAN, 8))
    group = PLAN.node_groups[2]
    raw.put("Plan", "A16", "m5.larg")
    raw.put("Plan", "C16", 20.5)
    before = report_of(raw)
    mended = group.instance_type if column == "A" else float(group.pods_per_node)
    raw.put("Plan", f"{column}16", mended)
    assert after(tmp_path / "known.json", (before, report_of(raw))) == []
    # But another one is new.
    raw.put("Plan", "C15", 30.5)
    assert after(tmp_path / "known.json", (before, report_of(raw))) != []


def test_what_is_like_one_that_follows_still_is_new(tmp_path: Path) -> None:
    """Nothing was mended, so that nothing that followed is a cause by now."""
    cause, one = finding(fingerprint="x"), following()
    again = replace(
        one, cell="G6", because_of=None, fingerprint="formula | plan | Left | row 2 | =1"
    )
    pair = report("a.xlsx", cause, one), report("a.xlsx", cause, one, again)
    assert after(tmp_path / "known.json", pair) == [("formula", "Plan!G6")]


@pytest.mark.parametrize("cells", [0, 2])
def test_what_followed_is_known_when_its_cause_is_mended_and_no_more_of_it(
    cells: int, tmp_path: Path
) -> None:
    """A value that was typed beside something else that is wrong, and one that was pasted with
    others since."""
    cause = finding("head", fingerprint="x")
    one, other = (
        following(words=f"warm-eni | IPs | row {row} | 7", place=f"WarmENI!R{row}", found=7.0)
        for row in (3, 4)
    )
    before = report("a.xlsx", cause, one)
    alone, second = (replace(each, because_of=None, cells=cells) for each in (one, other))
    path = tmp_path / "known.json"
    assert after(path, (before, report("a.xlsx", alone))) == []
    assert after(path, (before, report("a.xlsx", alone, second))) == [("formula", "WarmENI!R4")]


# --- what was typed and was right -----------------------------------------------------------------


@pytest.mark.parametrize("cells", [("G5",), ("E5", "E6")])
def test_a_value_over_a_formula_that_is_no_more_the_result_is_worse(
    cells: tuple[str, ...], tmp_path: Path
) -> None:
    file = content("vpc-cni", PLAN, 8)
    recorded = openpyxl.load_workbook(BytesIO(file), data_only=True)["Plan"]
    first, *others = PLAN.node_groups
    grown = replace(PLAN, node_groups=(replace(first, instances=first.instances + 1), *others))
    reports = []
    for raw in (Raw(file), Raw(content("vpc-cni", grown, 8))):
        for cell in cells:
            raw.put("Plan", cell, float(recorded[cell].value), None)
        reports.append(report_of(raw))
    before, now = reports
    path = str(tmp_path / "known.json")
    found = Gate(FAIL, Baseline(path), update=True)
    found.judge(before)
    found.finish()
    [worse] = Gate(FAIL, read_baseline(path)).judge(now)
    assert str(worse.worse).startswith(f"worse than known: {cells[0]} (")


def test_of_two_in_a_cell_one_that_is_new_explains_what_follows(tmp_path: Path) -> None:
    """A known format of a cell, over which values were pasted with those beside it."""
    look = finding("number-format", "Plan!E5", fingerprint="look")
    cause = finding("formula", "Plan!E5", found=1.0, cells=3, fingerprint="typed")
    others = [
        following(
            words=f"plan | Left {n}", place=f"Plan!E{n}", because_of="Plan!E5", found=float(n)
        )
        for n in (6, 7)
    ]
    pair = report("a.xlsx", look), report("a.xlsx", cause, look, *others)
    assert after(tmp_path / "known.json", pair) == [("formula", "Plan!E5")]
