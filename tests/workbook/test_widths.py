"""Values that have no room in their cells."""

from __future__ import annotations

import re

import pytest

from calculator.report import WorkbookReport
from tests.helpers import Raw, content, report_of
from tests.workbook.test_looks import styled


def column(raw: Raw, number: int, width: float) -> Raw:
    """The workbook with one column of sheet Plan as wide as this."""
    own = f'<cols><col min="{number}" max="{number}" width="{width}"/>'
    own += '<col min="4" max="4" width="43.7"/>' * (number != 4)
    raw.parts[raw.sheets["Plan"]] = re.sub("<cols>", own, raw.text("Plan")).encode()
    return raw


def low(raw: Raw, row: int, height: float) -> Raw:
    """The workbook with one row of sheet Plan as low as this."""
    part = re.sub(
        f'<row r="{row}"(?: ht="[^"]*")?', f'<row r="{row}" ht="{height}"', raw.text("Plan")
    )
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
    ("code", "alignment", "is_seen"),
    [
        ("0.00", "", True),
        ("0.0000000000", "", False),
        ('0" IPs used, IPs used, IPs used"', "", False),
        ("0", 'horizontal="right" indent="2"', True),
        ("0", 'horizontal="right" indent="50"', False),
        ("0", 'textRotation="90"', True),
        ("0", 'shrinkToFit="1"', True),
    ],
)
def test_a_number_in_a_usual_column(code: str, alignment: str, *, is_seen: bool) -> None:
    within = f"<alignment {alignment}/>" if alignment else ""
    found = unseen(report_of(styled(Raw(content()), "Plan!E5", code, within=within)))
    words = "column E is too narrow for 578 in its font, format and indent: widen it"
    assert found == ([] if is_seen else [f"Plan!E5 {words}"])


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
        *((1, 10, []), (1, 6, ["Plan!A14"])),
    ],
)
def test_words_in_a_narrow_column(number: int, width: float, found: list[str]) -> None:
    """The first columns are frozen, and the title and the verdict run on."""
    said = unseen(report_of(column(Raw(content()), number, width)))
    assert [each.partition(" ")[0] for each in said] == found


@pytest.mark.parametrize("beside", ['t="str"><f>""</f><v></v>', 't="str"><v>fits</v>'])
def test_a_verdict_is_cut_by_what_is_beside_it(beside: str) -> None:
    raw = Raw(content())
    raw.parts[raw.sheets["Plan"]] = re.sub(
        '(<c r="A2".*?</c>)', lambda cell: f'{cell[0]}<c r="B2" {beside}</c>', raw.text("Plan")
    ).encode()
    [found] = unseen(report_of(raw))
    assert found.startswith('Plan!A2 column A is too narrow for "Fits in each mode, WarmENI')


@pytest.mark.parametrize(
    ("cell", "alignment", "height", "said"),
    [
        ("A2", 'wrapText="1"', 15, "row 2 is too low for"),
        ("A2", 'wrapText="1"', 60, ""),
        ("A2", 'wrapText="1"', 0, ""),
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
