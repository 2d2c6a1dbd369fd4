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


def test_a_large_block_is_told_by_all_its_cells() -> None:
    """Of each finding it is known which cells it holds, so that none is taken for another."""
    found = causes(typed(*((down(each, range(19, 44)), 0) for each in "FGK"), rows=30))
    assert [each.cells for each in found] == [40, 35]
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


def test_another_cell_of_a_row_is_worse(tmp_path: Path) -> None:
    before = typed((["A19"], "Team B:"), (["B19"], 3))
    after = typed((["A19"], "Team B:"), (["B19"], 3), (["C19"], 4), (["F19"], "-"))
    assert judged(tmp_path, before, after) == ["worse"]
