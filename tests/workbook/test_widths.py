"""Values that have no room in their cells."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from calculator.report import WorkbookReport
from calculator.workbook.seen import seen_of
from calculator.workbook.widths import Room
from calculator.xlsx.hidden import hidden_in
from tests.helpers import Raw, content, report_of
from tests.workbook.readings import reading_of
from tests.workbook.test_looks import styled


def column(raw: Raw, number: int, width: float) -> Raw:
    """The workbook with one column of sheet Plan as wide as this."""
    own = f'<cols><col min="{number}" max="{number}" width="{width}"/>'
    own += '<col min="4" max="4" width="43.7"/>' * (number != 4)
    raw.parts[raw.sheets["Plan"]] = re.sub("<cols>", own, raw.text("Plan")).encode()
    return raw


def low(raw: Raw, row: int, height: float) -> Raw:
    """The workbook with one row of sheet Plan as low as this."""
    before, start, rest = raw.text("Plan").partition(f'<row r="{row}"')
    tag, end, rest = rest.partition(">")
    tag = re.sub(' ht="[^"]*"', "", tag)
    part = f'{before}{start} ht="{height}"{tag}{end}{rest}'
    raw.parts[raw.sheets["Plan"]] = part.encode()
    return raw


def in_font(raw: Raw, size: int) -> Raw:
    """The workbook with the style that was added last in letters of this size."""
    styles = raw.parts["xl/styles.xml"].decode()
    number = styles[: styles.index("</fonts>")].count("<font>")
    styles = styles.replace("</fonts>", f'<font><sz val="{size}"/></font></fonts>')
    before, last, after = styles.rpartition('fontId="0" fillId="0"')
    raw.parts["xl/styles.xml"] = f"{before}{last.replace('0', str(number), 1)}{after}".encode()
    return raw


def unseen(report: WorkbookReport) -> list[str]:
    assert {each.code for each in report.findings} <= {"unseen"}
    return [f"{each.place} {each.message}" for each in report.findings]


@pytest.mark.parametrize(
    ("code", "alignment", "shown"),
    [
        ("0.00", "", None),
        ("0.0000000000", "", "578.0000000000"),
        ('0" IPs used, IPs used, IPs used"', "", "578 IPs used, IPs used, IPs used"),
        ("0", 'horizontal="right" indent="4"', None),
        ("0", 'horizontal="right" indent="50"', "578"),
        ("0", 'textRotation="90"', None),
        ("0.0000000000", 'textRotation="90"', None),  # its row becomes as high
        ("0", 'shrinkToFit="1"', None),
    ],
)
def test_a_number_in_a_usual_column(code: str, alignment: str, shown: str | None) -> None:
    within = f"<alignment {alignment}/>" if alignment else ""
    found = unseen(report_of(styled(Raw(content()), "Plan!E5", code, within=within)))
    words = f"column E is too narrow for {shown} in its font, format and indent: widen it"
    assert found == ([] if shown is None else [f"Plan!E5 {words}"])


@pytest.mark.parametrize("width", [3.0, 30.0])
def test_a_truth_has_no_format_of_numbers(width: float) -> None:
    raw = column(Raw(content()), 9, width)
    raw.put("Plan", "I5", True)
    assert ("value", "Plan!I5") in {(each.code, each.place) for each in report_of(raw).findings}


@pytest.mark.parametrize(("size", "is_seen"), [(20, True), (36, True), (72, False)])
def test_a_number_in_large_letters(size: int, *, is_seen: bool) -> None:
    found = unseen(report_of(in_font(styled(Raw(content()), "Plan!E5", "0"), size)))
    assert (found == []) is is_seen


@pytest.mark.parametrize(
    ("alignment", "height", "is_seen"),
    [
        *(('textRotation="90"', 10, False), ('textRotation="180"', 40, True)),
        *(('textRotation="255"', 15, False), ('textRotation="10"', 15, True)),
    ],
)
def test_a_number_that_is_turned_in_a_low_row(
    alignment: str, height: float, *, is_seen: bool
) -> None:
    raw = styled(Raw(content()), "Plan!E5", "0", within=f"<alignment {alignment}/>")
    found = unseen(report_of(low(raw, 5, height)))
    assert found == ([] if is_seen else ["Plan!E5 row 5 is too low for 578: heighten it"])


def test_a_number_that_is_made_too_small() -> None:
    raw = styled(Raw(content()), "Plan!E5", "0", within='<alignment shrinkToFit="1"/>')
    assert [each[:8] for each in unseen(report_of(column(raw, 5, 2.9)))] == ["Plan!E6 "]
    found = unseen(report_of(column(raw, 5, 1.6)))
    assert [each[:8] for each in found] == ["Plan!E5 "]


@pytest.mark.parametrize(
    ("number", "width", "found"),
    [
        *((4, 12, []), (4, 7, ["Plan!D5"]), (4, 1.6, ["Plan!D5"])),
        *((1, 20, []), (1, 17, ["Plan!A4"]), (1, 6, ["Plan!A14"])),
    ],
)
def test_words_in_a_narrow_column(number: int, width: float, found: list[str]) -> None:
    """The first columns are frozen, and the title and the verdict run on."""
    said = unseen(report_of(column(Raw(content()), number, width)))
    assert [each.partition(" ")[0] for each in said] == found


def test_columns_that_are_too_narrow_are_one() -> None:
    raw = Raw(content())
    for number in (5, 6, 7):
        column(raw, number, 2.71)
    also = "; so it is with column F, column G"
    assert unseen(report_of(raw)) == [f"Plan!E5 column E is too narrow for 578: widen it{also}"]


@pytest.mark.parametrize("beside", ['t="str"><f>""</f><v></v>', 't="str"><v>fits</v>'])
def test_a_verdict_is_cut_by_what_is_beside_it(beside: str) -> None:
    raw = Raw(content())
    raw.parts[raw.sheets["Plan"]] = re.sub(
        '(<c r="A2".*?</c>)', lambda cell: f'{cell[0]}<c r="B2" {beside}</c>', raw.text("Plan")
    ).encode()
    [found] = unseen(report_of(raw))
    assert found.startswith('Plan!A2 B2 cuts off "Fits in each mode, WarmENI')
    assert found.endswith(": move what stands there")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("cell", "alignment", "height", "said"),
    [
        ("A2", 'wrapText="1"', 15, "row 2 is too low for"),
        ("A2", 'wrapText="1"', 60, ""),
        ("A2", 'horizontal="left" wrapText="1" indent="250"', 60, "row 2 is too low for"),
        ("A2", 'wrapText="1"', 0, ""),
        *(
            ("A2", f'{way}="{spread}"', 15, "row 2 is too low for")
            for way in ("horizontal", "vertical")
            for spread in ("justify", "distributed")
        ),
        ("A2", 'horizontal="justify"', 60, ""),
        ("A2", 'horizontal="center"', 0, "column A is too narrow for"),
        ("A2", 'readingOrder="2"', 0, "column A is too narrow for"),
        ("A2", 'readingOrder="1"', 0, ""),
        ("A2", 'horizontal="left" indent="250"', 0, "column A is too narrow for"),
        ("A2", 'horizontal="right"', 0, "column A is too narrow for"),
        ("D5", 'horizontal="center"', 0, ""),
        ("D5", 'horizontal="left" indent="60"', 0, "column D is too narrow for"),
    ],
)
def test_how_words_are_set(cell: str, alignment: str, height: float, said: str) -> None:
    raw = styled(Raw(content()), f"Plan!{cell}", "General", within=f"<alignment {alignment}/>")
    found = unseen(report_of(low(raw, 2, height) if height else raw))
    assert len(found) == bool(said)
    assert all(each.startswith(f"Plan!{cell} {said} ") for each in found)


@pytest.mark.parametrize(
    ("beside", "found"),
    [
        (("E10", "E11", "E12"), "Plan!D11 E11 cuts off"),
        (("E11",), "Plan!D11 E11 cuts off"),
        (("K11",), ""),
    ],
)
def test_hints_are_cut_by_what_is_beside_them(beside: tuple[str, ...], found: str) -> None:
    raw = Raw(content())
    for cell in beside:
        raw.put("Plan", cell, "x")
    said = [each for each in report_of(raw).findings if each.code == "unseen"]
    assert [f"{each.place} {each.message}".startswith(found) for each in said] == [True] * bool(
        found
    )


@pytest.mark.parametrize(
    ("model", "sheet", "number", "width", "found"),
    [
        ("aws-sample", "WarmENI", 1, 13, 'WarmENI!A5 column A is too narrow for "Total Available'),
        ("aws-sample", "WarmENI", 1, 22, ""),
        ("vpc-cni", "Settings", 1, 11, 'Settings!A6 column A is too narrow for "Reserved ENIs'),
        ("vpc-cni", "Settings", 1, 40, ""),
        ("vpc-cni", "Plan", 3, 5, 'Plan!C13 row 13 is too low for "Target Workload Pods per'),
    ],
)
def test_labels_that_are_cut_off(
    model: str, sheet: str, number: int, width: float, found: str
) -> None:
    raw = Raw(content(model))
    own = f'<cols><col min="{number}" max="{number}" width="{width}"/>'
    raw.replace(sheet, "<cols>", own)
    said = unseen(report_of(raw))
    assert len(said) == bool(found)
    assert all(each.startswith(found) for each in said)


def test_what_has_room_in_a_new_workbook_is_in_little_doubt() -> None:
    reading = reading_of()
    [plan] = reading.plans
    for sheet in plan.sheets.values():
        hidden = hidden_in(reading.package.whole(sheet.name))
        room, seen = Room(reading.package, sheet, hidden), [*seen_of(plan, sheet)]
        long = {*room.doubtful(seen)}
        assert len(long) < 4  # texts that run on
        lower = Room(reading.package, sheet, replace(hidden, low={5: 7.0}))
        assert {at[0] for at in {*lower.doubtful(seen)} - long} <= {5}


@pytest.mark.parametrize(
    ("name", "is_so"),
    [
        *(("check", True), ("instance_type", True), ("os", False), ("mode", True)),
        *(("subnet_prefix_length", False), ("warm_eni_used", True)),
    ],
)
def test_texts_that_are_read_for_what_a_plan_is(name: str, *, is_so: bool) -> None:
    reading = reading_of()
    room = Room(reading.package, reading.plans[0].plan, hidden_in(b""))
    assert room._is_result(name) is is_so


def test_a_low_row_far_down_a_sheet_with_few_columns() -> None:
    raw = Raw(content())
    part = re.sub(
        '<row r="23"(?: [^>]*)?>', '<row r="23" ht="7" customHeight="1">', raw.text("Settings")
    )
    raw.parts[raw.sheets["Settings"]] = part.encode()
    assert unseen(report_of(raw)) == ["Settings!B23 row 23 is too low for 25: heighten it"]


@pytest.mark.parametrize(
    ("rows", "height", "found"),
    [
        ((13,), 48, []),
        ((13,), 30, []),
        (
            (13,),
            20,
            ['Plan!C13 row 13 is too low for "Target Workload Pods per Node": heighten it'],
        ),
        ((13,), 8, ['Plan!A13 row 13 is too low for "instance type": heighten it']),
        ((5,), 7, ["Plan!B5 row 5 is too low for 2: heighten it"]),
        ((5,), 8.5, []),
        (
            (2,),
            8.5,
            ['Plan!A2 row 2 is too low for "Fits in each mode, WarmENI, WarmIP and Prefix'],
        ),
        (
            (5, 6, 14),
            8,
            ["Plan!B5 row 5 is too low for 2: heighten it; so it is with row 6, row 14"],
        ),
        ((5, 13), 7, ["Plan!B5 row 5 is too low for 2: heighten it; so it is with row 13"]),
    ],
)
def test_rows_that_are_too_low(rows: tuple[int, ...], height: float, found: list[str]) -> None:
    """What is too low depends on how large the letters are: of the verdict larger ones."""
    raw = Raw(content())
    for row in rows:
        low(raw, row, height)
    said = unseen(report_of(raw))
    assert len(said) == len(found)
    assert all(one.startswith(begin) for one, begin in zip(said, found, strict=True))
