"""What was done to several cells at once, told from findings that are typed here."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest

from calculator.findings import Finding
from calculator.parity import together
from calculator.parity.lost_tables import LostTables
from calculator.parity.moved import Line, Moved
from calculator.parity.together import counted, lost_together, moved_together, pasted_over
from tests.workbook.readings import raw_of, read

BOOK = read(raw_of(rows=3))
PLAN = BOOK.plans[0]


def of(code: str, place: str, column: str | None = None) -> Finding:
    sheet, _, cell = place.partition("!")
    return Finding(code, sheet, cell or None, column, None, "")


# --- lost with a row or column --------------------------------------------------------------------

OWNER = of("missing-setting", "Plan!F1", "Owner")
USED = of("missing-result", "Plan!E5", "IPs used")
SYSTEM = of("missing-optional-column", "Plan!E13", "Operating system")
OUTCOME = of("missing-result", "Plan!S5", "Outcome")


def test_what_stood_in_a_column_was_lost_with_it() -> None:
    assert lost_together(PLAN, [USED, OUTCOME, SYSTEM, OWNER]) == {
        "Plan!E13": "Plan!E5",
        "Plan!F1": "Plan!E5",
    }
    # The cell of a label that stands in another column is lost with that one, too.
    own_max_pods = of("missing-optional-column", "Plan!F13", "Own max pods")
    assert lost_together(PLAN, [OWNER, own_max_pods]) == {"Plan!F13": "Plan!F1"}


def test_what_every_row_needs_is_lost_with_its_column_too() -> None:
    pods = of("missing-column", "Plan!C13", "Target Workload Pods per Node")
    name = of("missing-setting", "Plan!C1", "Name")
    assert lost_together(PLAN, [pods, name]) == {"Plan!C1": "Plan!C13"}


def test_of_another_sheet_nothing_is_lost_with_it() -> None:
    other = of("missing-result", "WarmIP!E5", "IPs used")
    assert lost_together(PLAN, [SYSTEM, other]) == {}
    assert lost_together(PLAN, [of("head", "Plan!E4", "IPs used"), SYSTEM]) == {}


def test_headers_side_by_side_were_lost_together() -> None:
    pods = of("missing-optional-column", "Plan!F13", "Own max pods")
    source = of("missing-optional-column", "Plan!M13", "Nodes from")
    assert lost_together(PLAN, [SYSTEM, pods, source]) == {"Plan!F13": "Plan!E13"}


def test_of_two_headers_that_are_said_of_the_whole_sheet_none_follows_from_itself() -> None:
    lost = [of("missing-result", "Groups", each) for each in ("OS", "Pods per instance")]
    assert lost_together(PLAN, lost) == {}


def test_labels_next_to_each_other_were_lost_together() -> None:
    mode = of("missing-result", "Plan!D5", "Mode")
    left = of("missing-result", "Plan!G5", "Left")
    assert lost_together(PLAN, [mode, USED, left]) == {"Plan!E5": "Plan!D5"}
    size, zones, least = (
        of("missing-label", f"Plan!B{row}", label)
        for row, label in (
            (4, "Subnet prefix length (/n)"),
            (5, "Availability Zones"),
            (9, "MINIMUM_IP_TARGET"),
        )
    )
    assert lost_together(PLAN, [size, zones, least]) == {"Plan!B5": "Plan!B4"}


#: All labels of some rows of sheet Plan, and where what they name stands.
ROWS = {
    7: (("missing-label", "B7", "WARM_ENI_TARGET"), ("missing-result", "N7", "Inputs below it")),
    8: (("missing-label", "B8", "WARM_IP_TARGET"), ("missing-result", "N8", "Last row of these")),
    10: (("missing-label", "B10", "WARM_PREFIX_TARGET"), ("missing-result", "N10", "Node groups")),
}


def rows_lost(*rows: int) -> list[Finding]:
    return [of(code, f"Plan!{cell}", label) for row in rows for code, cell, label in ROWS[row]]


def test_rows_side_by_side_were_lost_together_with_what_stood_in_them() -> None:
    lost = rows_lost(7, 8)
    at = [of("missing-formula", f"Plan!{cell}", "IPs used") for cell in ("E6", "E7", "E8")]
    together = lost_together(PLAN, [*at, *lost])
    assert together.keys() == {"Plan!N7", "Plan!B8", "Plan!N8", "Plan!E7", "Plan!E8"}
    assert {together.get(each, each) for each in together.values()} == {"Plan!B7"}
    # A row that stands apart was lost alone, with what is named above it.
    note = of("missing-result", "Plan!D10", "Good to know")
    assert lost_together(PLAN, [*rows_lost(7, 10), note]) == {
        "Plan!N7": "Plan!B7",
        "Plan!N10": "Plan!B10",
        "Plan!D10": "Plan!B10",
    }
    alone = [*rows_lost(7), of("missing-formula", "Plan!E7", "IPs used")]
    alone.append(of("value", "Plan!F7", "At the peak"))
    assert lost_together(PLAN, alone) == {"Plan!N7": "Plan!B7", "Plan!E7": "Plan!B7"}
    # Where a label of a row is there, the row is.
    assert lost_together(PLAN, [lost[0], lost[3]]) == {}


# --- values pasted over a sheet -------------------------------------------------------------------


def test_values_were_pasted_at_once_where_no_formula_is_left_among_them() -> None:
    raw = raw_of(rows=3)
    block = [f"{letter}{row}" for row in (8, 9, 10) for letter in "CDE"]
    for cell in block:
        raw.put("Sizes", cell, formula=None)
    plan = read(raw).plans[0]
    pasted = [of("formula", f"Sizes!{cell}") for cell in reversed(block)]
    pasted[4] = of("missing-formula", "Sizes!D9")
    apart = [of("value", "Sizes!G12"), of("missing-formula", "Plan!A2"), of("formula", "Sizes")]
    assert [each.place for each in pasted_over(plan, [*pasted, *apart])] == ["Sizes!C8"]
    for beyond in ("D7", "D11", "B9", "F9"):  # where the formula of the next cell is there
        assert [*pasted_over(plan, [*pasted, of("formula", f"Sizes!{beyond}")])] == []
    edited = replace(of("formula", "Sizes!F9"), found="=1+1")
    assert len([*pasted_over(plan, [*pasted, edited])]) == 1


# --- lines that were moved ------------------------------------------------------------------------


class Told(NamedTuple):
    """Something that explains what is found at some places."""

    places: tuple[str, ...]

    def finding(self) -> Finding:
        return of("head", "Sizes!A1")

    def concerns(self, finding: Finding) -> bool:
        return finding.place in self.places


def moved_of(
    monkeypatch: pytest.MonkeyPatch,
    line: Line,
    findings: list[Finding],
    explained: tuple[str, ...] = (),
) -> list[tuple[str, str | None, set[str]]]:
    """Where formulas miss a line, what is said to have been moved and what follows from it."""
    moved = Moved(line, 1, ("WarmIP!B8", "WarmIP!B9", "WarmIP!B10"))
    monkeypatch.setattr(together, "moved_lines", lambda *_: [moved])
    monkeypatch.setattr(together, "exchanged", lambda *_: [Told(explained)] if explained else [])
    lost = LostTables(PLAN, findings, BOOK.geometry)
    told = moved_together(PLAN, findings, BOOK.geometry, lost)
    return [(cause.code, cause.place, follows) for cause, follows in told]


FORMULAS = {"WarmIP!B8", "WarmIP!B9", "WarmIP!B10"}
FOUND = [
    *(of("formula", each) for each in sorted(FORMULAS)),
    *(of("head", f"{each}!C9") for each in ("Plan", "Settings")),
    *(of("name", f"{each}!C10") for each in ("Plan", "Settings")),
    *(of("conditional-format", f"{each}!C11") for each in ("Plan", "Settings")),
    *(of("validation", f"{each}!C12") for each in ("Plan", "Settings")),
    of("value", "Settings!B12"),
    of("chart", "Chart!A1"),
]


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("sheet", ["Plan", "Settings"])
def test_what_is_found_on_lines_that_were_moved_follows(
    monkeypatch: pytest.MonkeyPatch, sheet: str, axis: int
) -> None:
    follows = FORMULAS | {f"{sheet}!{cell}" for cell in ("C9", "C10", "C11", "C12")}
    follows |= {"Chart!A1"} if sheet == "Plan" else set()
    code, cell = (("moved-rows", "A9"), ("moved-columns", "C1"))[axis]
    found = moved_of(monkeypatch, Line(sheet.casefold(), axis, (9, 3)[axis]), FOUND)
    assert found == [(code, f"{sheet}!{cell}", follows)]


def test_what_is_called_otherwise_on_no_sheet_of_the_plan_is_told_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [(_, place, _)] = moved_of(monkeypatch, Line("instancetypes", 0, 9), FOUND)
    assert place == "InstanceTypes!A9"


@pytest.mark.parametrize(
    ("axis", "code", "first"), [(0, "moved-rows", "A6"), (1, "moved-columns", "B1")]
)
def test_lines_were_moved_from_where_something_was_lost(
    monkeypatch: pytest.MonkeyPatch, axis: int, code: str, first: str
) -> None:
    lost = [
        of("missing-setting", "Settings!C6", "MAX_ENI"),
        of("missing-setting", "Settings!B8", "Owner"),
        of("missing-setting", "Plan!A1", "Name"),
    ]
    [told] = moved_of(monkeypatch, Line("settings", axis, 9), lost)
    assert told == (code, f"Settings!{first}", FORMULAS | {"Settings!C6", "Settings!B8"})


def test_a_label_of_an_input_is_lost_with_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    label = of("missing-label", "Settings!B7", "MAX_ENI")
    [told] = moved_of(monkeypatch, Line("settings", 0, 9), [label])
    assert told == ("moved-rows", "Settings!A7", FORMULAS | {"Settings!B7"})


def test_where_a_column_was_lost_lines_were_moved_by_that(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = of("missing-result", "Settings!B30", "Blocks")
    other = of("missing-result", "Plan!B30", "Left")
    assert moved_of(monkeypatch, Line("settings", 1, 9), [other, gone]) == [
        ("missing-result", "Settings!B30", FORMULAS)
    ]
    [(code, place, follows)] = moved_of(monkeypatch, Line("settings", 0, 9), [other, gone])
    assert (code, place, follows) == ("moved-rows", "Settings!A9", FORMULAS)


def test_results_of_the_rows_that_were_deleted_are_gone_with_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    results = [of("missing-result", f"Settings!{cell}") for cell in ("B9", "B10", "I2")]
    [(_, place, follows)] = moved_of(monkeypatch, Line("settings", 0, 9), results)
    assert (place, follows) == ("Settings!A9", FORMULAS | {"Settings!B9"})


def test_lines_are_not_named_where_all_is_explained_already(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    every = tuple(sorted(FORMULAS))
    findings, line = FOUND[:3], Line("settings", 0, 9)
    assert moved_of(monkeypatch, line, findings, every) == [("head", "Sizes!A1", FORMULAS)]
    part = moved_of(monkeypatch, line, findings, every[:2])
    assert part == [
        ("head", "Sizes!A1", {*every[:2]}),
        ("moved-rows", "Settings!A9", FORMULAS),
    ]


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "follows"),
    [
        ({"B29": "Pods"}, {"B29"}),
        ({"B29": "Pods", "C29": "Max ENIs", "D29": "mine"}, {"B29", "C28", "C27"}),
    ],
)
def test_what_a_table_calls_otherwise_follows_from_the_header_that_was_lost(
    headers: dict[str, str], follows: set[str]
) -> None:
    """One was typed over; where there are more, the columns behind it moved up."""
    raw = raw_of(rows=3)
    for cell, header in headers.items():
        raw.put("WarmIP", cell, header)
    book = read(raw)
    lost = of("missing-result", "WarmIP", "instances")
    findings = [
        of("value", "WarmIP!B30", "Instances"),
        of("missing-result", "WarmIP!B5", "IPs available"),
        lost,
        of("missing-result", "WarmIP!A3", "Instances"),
        of("name", "WarmIP!B29", "Pods"),
        of("head", "WarmIP!C28"),
        of("conditional-format", "WarmIP!C27"),
        of("name", "Plan!B29"),
    ]
    tables = LostTables(book.plans[0], findings, book.geometry)
    [(cause, places)] = moved_together(book.plans[0], findings, book.geometry, tables)
    assert cause is lost
    assert places == {f"WarmIP!{cell}" for cell in follows}


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([], ""),
        (["Left"], '; lost with it: "Left"'),
        (["Left", "Left", "Idle"], '; lost with it: "Left", "Idle"'),
        (
            ["Left", "Idle", "Outcome", "Mode", "Good to know"],
            '; lost with it: "Left", "Idle", "Outcome" and 2 more',
        ),
    ],
)
def test_what_was_lost_with_a_label_is_named(others: list[str], words: str) -> None:
    cause = of("missing-label", "Plan!B5", "Zones")
    lost = [
        replace(of("missing-result", f"Plan!B{row}", each), because_of="Plan!B5")
        for row, each in enumerate(others, 6)
    ]
    first, *_ = counted([cause, *lost], ())
    assert (first.message, first.cells) == (words, 1 + len(others))
    # Of a whole sheet nothing more is to be said.
    sheet = of("missing-mode", "WarmIP")
    first, *_ = counted([sheet, *(replace(each, because_of="WarmIP") for each in lost)], ())
    assert (first.message, first.cells) == ("", 1 + len(others))
