"""What was typed, or left out, in many inputs of the node table at once is one finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from calculator.baseline import Baseline, read_baseline
from calculator.findings import Finding
from calculator.gate import Gate
from calculator.report import WorkbookReport
from tests.helpers import FEW_TYPES, Raw, content, report_of

#: Rows of the node table without a node group, in a table down to row 21.
SPARE = range(19, 22)
MOVE = "complete the row, or, if it is a note or a total, move it to where no input stands"


def typed(*cells: tuple[Iterable[str], object], rows: int = 8) -> WorkbookReport:
    """The report of a workbook into whose plan something was typed."""
    raw = Raw(content(rows=rows, catalog=FEW_TYPES))
    for places, value in cells:
        for each in places:
            raw.put("Plan", each, value, None)
    return report_of(raw)


def down(column: str, rows: Iterable[int] = SPARE) -> list[str]:
    return [f"{column}{row}" for row in rows]


def causes(report: WorkbookReport) -> list[Finding]:
    """The causes, beside values that were recorded before something was typed."""
    return [each for each in report.findings if not each.because_of and each.code != "value"]


@pytest.mark.parametrize(
    ("cells", "code", "place", "words", "number"),
    [
        (
            [(down("E"), "Linux")],
            *("row-without-type", "Plan!E19"),
            'found "Linux"; the row has no instance type, and counts for nothing; so it is in '
            "E19:E21",
            3,
        ),
        (
            [(down(each), 0) for each in "FGKL"],
            *("row-without-type", "Plan!F19"),
            "found 0; the row has no instance type, and counts for nothing; so it is in F19:G21, "
            "K19:L21",
            12,
        ),
        (
            [(down(each), 0) for each in "BC"],
            *("missing", "Plan!A19"),
            "found nothing; an instance type is expected, or an empty row; so it is in A19:A21",
            3,
        ),
        (
            [(down(each, range(14, 18)), "-") for each in "FGHIJKL"],
            *("not-a-number", "Plan!F14"),
            'found "-"; a whole number of 0 or more is expected; so it is in F14:L17',
            28,
        ),
        (
            [(["A19"], "m5.large")],
            *("missing", "Plan!B19"),
            "found nothing; a whole number of 0 or more is expected; so it is in B19:C19",
            2,
        ),
        (
            [(["A19"], "Team B:")],
            *("unknown-type", "Plan!A19"),
            'found "Team B:"; an instance type of sheet InstanceTypes is expected; see also '
            f"B19:C19: {MOVE}",
            3,
        ),
        (
            [(["B19"], "[instances]"), (["C19"], 4)],
            *("missing", "Plan!A19"),
            "found nothing; an instance type is expected, or an empty row; see also B19: " + MOVE,
            2,
        ),
    ],
)
def test_what_was_done_at_once(
    cells: list[tuple[list[str], object]], code: str, place: str, words: str, number: int
) -> None:
    report = typed(*cells)
    [cause] = causes(report)
    assert (cause.code, cause.place, cause.message, cause.cells) == (code, place, words, number)
    # Nothing of it is lost: each other one follows from it, whatever it is.
    others = [each for each in report.findings if each.because_of == cause.place]
    assert len([each for each in others if each.severity == cause.severity]) == number - 1


def test_a_row_of_totals_with_formulas() -> None:
    raw = Raw(content(rows=8, catalog=FEW_TYPES))
    raw.put("Plan", "A19", "Total", None)
    for column in "BC":
        raw.put("Plan", f"{column}19", 12, f"SUM({column}14:{column}18)")
    [cause] = causes(report_of(raw))
    assert (cause.code, cause.place, cause.cells) == ("unknown-type", "Plan!A19", 3)
    assert cause.message.endswith(f"see also B19:C19: {MOVE}")


def test_an_inserted_row_with_words_and_without_formulas() -> None:
    raw = Raw(content(rows=8, catalog=FEW_TYPES))
    raw.insert("Plan", before="A15", rows=1)
    raw.put("Plan", "B15", "[instances]", None)
    of_row = [each for each in causes(report_of(raw)) if each.place and each.place.endswith("15")]
    assert [(each.code, each.place) for each in of_row] == [("missing", "Plan!A15")]


@pytest.mark.parametrize(
    "cells",
    [
        [(["B15"], "three"), (["C15"], "30")],
        [(["B15"], "three"), (["B16"], "four")],
        [(["B15"], "three"), (["B17"], "three")],
        [(["A15"], "Team B:"), (["A16"], "Team C:")],
        [(["F14"], "-"), (["G15"], "-")],
    ],
)
def test_what_was_done_one_by_one(cells: list[tuple[list[str], object]]) -> None:
    found = causes(typed(*cells))
    assert [each.place for each in found] == [f"Plan!{cell}" for [cell], _ in cells]
    assert not any(each.cells for each in found)


@pytest.mark.thorough
def test_a_large_block_is_told_by_all_its_cells() -> None:
    """Of each finding it is known which cells it holds, so that none is taken for another."""
    found = causes(typed(*((down(each, range(19, 159)), 0) for each in "FGK"), rows=145))
    assert [each.cells for each in found] == [400, 20]
    assert all(each.holds for each in found)


def test_places_that_are_far_from_each_other_are_not_all_named() -> None:
    [cause] = causes(typed(*(([f"{each}15"], "-") for each in "FHJL"), (["F16", "J16"], "-")))
    assert cause.message.endswith("; so it is in F15:F16, J15:J16, H15, L15")


def judged(folder: Path, known: WorkbookReport, now: WorkbookReport) -> list[str | None]:
    """How a report stands to a baseline of another one."""
    path = str(folder / "known.json")
    gate = Gate(baseline=Baseline(path), update=True)
    gate.judge(replace(known, file="a.xlsx"))
    gate.finish()
    found = Gate(baseline=read_baseline(path)).judge(replace(now, file="a.xlsx"))
    return [each.standing for each in found if each.issue.code != "value"]


@pytest.mark.parametrize(
    ("known", "now", "standing"),
    [
        (SPARE, SPARE, "known"),
        (SPARE, [19, 20], "known"),
        ([19, 20], SPARE, "worse"),
        ([19], SPARE, "worse"),
        (SPARE, [19], "known"),
    ],
)
def test_more_rows_than_known_are_worse(
    known: Iterable[int], now: Iterable[int], standing: str, tmp_path: Path
) -> None:
    before, after = (typed((down("E", rows), "Linux")) for rows in (known, now))
    assert judged(tmp_path, before, after) == [standing]


def test_another_cell_of_a_row_is_told(tmp_path: Path) -> None:
    before = typed((["A19"], "Team B:"), (["B19"], 3))
    after = typed((["A19"], "Team B:"), (["B19"], 3), (["C19"], 4), (["F19"], "-"))
    assert judged(tmp_path, before, after) == ["new"]


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("cell", "value", "standing"),
    [
        *(("B19", 99, "new"), ("C19", 500, "new"), ("F19", 7, "new")),
        *(("B20", 99, "worse"), ("C21", 500, "worse"), ("F20", 7, "worse")),
        *(("B19", 10, "known"), ("C21", 40, "known")),
    ],
)
@pytest.mark.parametrize("first", [19, 22], ids=["in the table", "below it"])
def test_more_that_a_row_would_need_is_told_wherever_it_is_joined(
    cell: str, value: object, standing: str, first: int, tmp_path: Path
) -> None:
    """Of rows without a type, and of rows below the table."""
    rows = range(first, first + 3)
    edited = f"{cell[0]}{int(cell[1:]) + first - 19}"
    known = [(down("B", rows), 10), (down("C", rows), 40)]
    if first > SPARE[-1]:
        known.append((down("A", rows), "m5.large"))
    before, after = typed(*known), typed(*known, ([edited], value))
    [cause] = causes(before)
    assert (cause.place, cause.cells) == (f"Plan!A{first}", 3)
    assert judged(tmp_path, before, after) == [standing]


def test_rows_below_the_table_are_a_finding_a_run() -> None:
    report = typed(
        (down("A", range(22, 424)), "m5.large"),
        (down("A", [426, 427]), "m5.large"),
        (["A430"], "m5.large"),
    )
    found = causes(report)
    assert [(each.place, each.cells) for each in found] == [
        *(("Plan!A22", 400), ("Plan!A422", 2), ("Plan!A426", 2), ("Plan!A430", 0))
    ]
    assert [each.message.partition("--rows")[2] for each in found] == [
        *("; so it is in rows 23 to 421", "; so it is in row 423", "; so it is in row 427", "")
    ]
    assert all(len(each.holds.split("\n")) == each.cells for each in found if each.cells)
    every = [each for each in report.findings if each.code == "below-the-table"]
    assert len(every) == 405
    assert {each.because_of for each in every} == {None, "Plan!A22", "Plan!A422", "Plan!A426"}


def test_a_row_more_below_the_table_is_worse(tmp_path: Path) -> None:
    few, more = (typed((down("A", range(22, end)), "m5.large")) for end in (25, 26))
    assert judged(tmp_path, few, more) == ["worse"]
    assert judged(tmp_path, more, few) == ["known"]
    other = typed((down("A", range(22, 25)), "m5.large"), (["A24"], "m5.12xlarge"))
    assert judged(tmp_path, few, other) == ["known", "new"]  # the row of the other type
