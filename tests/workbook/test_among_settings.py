"""What stands among the settings and is none."""

from __future__ import annotations

import pytest

from calculator.model.vpc_cni.settings import SETTINGS
from tests.helpers import Raw, all_calculated, content, needs_ironcalc, report_of


def noted(*cells: tuple[str, object], count: float | None = None) -> Raw:
    """A workbook with notes on sheet Settings, and what its formula gives for them."""
    raw = Raw(content(rows=8))
    for cell, value in cells:
        raw.put("Settings", cell, value, None)
    if count is not None:
        raw.put("Settings", "B48", count)
    return raw


@pytest.mark.parametrize("value", ["see wiki", 7.0])
def test_a_note_among_the_settings_counts_as_one(value: object) -> None:
    first, *others = report_of(noted(("B9", value), count=1.0)).findings
    assert (first.code, first.place, first.found) == ("no-setting", "Settings!B9", value)
    assert first.message.endswith(
        " among the settings, where it counts as one that was changed; move it to the right of them"
    )
    assert [(each.place, each.because_of) for each in others] == [("Settings!B48", first.place)]


@pytest.mark.parametrize(
    ("cell", "count", "what"),
    [("C9", "B47", "is to be corrected"), ("E22", "B48", "was changed")],
)
def test_a_note_beside_a_heading_counts_in_other_columns_too(
    cell: str, count: str, what: str
) -> None:
    raw = noted((cell, "see wiki"))
    raw.put("Settings", count, 1.0)
    first, *others = report_of(raw).findings
    assert (first.code, first.place) == ("no-setting", f"Settings!{cell}")
    assert f"counts as one that {what};" in first.message
    assert {each.because_of for each in others} == {first.place}


def test_a_note_beside_a_label_that_was_lost() -> None:
    """A setting that stands where it should is no note, whatever it is called."""
    raw = noted(("A7", "MAX ENIs"), ("B9", "see wiki"))
    found = [(each.code, each.place) for each in report_of(raw).findings if not each.because_of]
    assert found == [("missing-label", "Settings!B7"), ("no-setting", "Settings!B9")]
    # One that was moved may be.
    raw = noted(("A7", None), ("B7", None), ("B9", 4.0))
    found = [(each.code, each.place) for each in report_of(raw).findings if not each.because_of]
    assert "no-setting" not in [code for code, _ in found]


def test_a_note_in_a_row_of_its_own() -> None:
    raw = Raw(content(rows=8))
    raw.insert("Settings", before="A16", rows=1)
    raw.put("Settings", "B16", "see wiki", None)
    assert [(each.code, each.place) for each in report_of(raw).findings] == [
        ("no-setting", "Settings!B16")
    ]


def test_a_count_that_notes_do_not_explain_is_wrong_itself() -> None:
    found = report_of(noted(("B9", "see wiki"), count=3.0)).findings
    causes = [(each.code, each.place) for each in found if not each.because_of]
    assert causes == [("no-setting", "Settings!B9"), ("value", "Settings!B48")]


def test_of_several_notes_the_first_explains_the_count() -> None:
    found = report_of(noted(("B9", "see wiki"), ("B22", "or ask"), count=2.0)).findings
    assert [(each.place, each.because_of) for each in found] == [
        *(("Settings!B9", None), ("Settings!B22", None), ("Settings!B48", "Settings!B9"))
    ]


def test_a_count_that_is_no_number_is_explained_by_no_note() -> None:
    raw = noted(("B9", "see wiki"))
    raw.put("Settings", "B48", "many")
    found = report_of(raw).findings
    causes = [(each.code, each.place) for each in found if not each.because_of]
    assert causes == [("no-setting", "Settings!B9"), ("value", "Settings!B48")]


def test_an_empty_text_is_no_note() -> None:
    assert report_of(noted(("B9", ""))).findings == []


@pytest.mark.parametrize("cell", ["D9", "H20", "B2", "B36"])
def test_notes_elsewhere_are_anybodys(cell: str) -> None:
    assert report_of(noted((cell, "see wiki"))).findings == []


def test_a_setting_that_was_moved_below_the_results_makes_none_of_them_a_note() -> None:
    raw = Raw(content(rows=8))
    label = next(each.label for each in SETTINGS.settings if each.cell == "B35")
    for row, words, value in ((35, None, None), (80, label, 0)):
        raw.put("Settings", f"A{row}", words, None)
        raw.put("Settings", f"B{row}", value, None)
    assert "no-setting" not in {each.code for each in report_of(raw).findings}


@needs_ironcalc
def test_the_workbook_itself_counts_it() -> None:
    raw = noted(("B9", "see wiki"))
    [calculated] = all_calculated({"": raw}).values()
    causes = [each for each in report_of(calculated).findings if not each.because_of]
    assert [each.code for each in causes] == ["no-setting"]


@pytest.mark.parametrize(
    ("cells", "count"),
    [
        ({"E23": 30.0}, 1.0),
        ({"E23": None}, 1.0),
        ({"E5": "Karpenter", "E6": None, "E23": 30.0}, 2.0),  # an empty cell is as 0
        ({"E5": "Managed Node Group"}, 0.0),
        ({"E5": "Karpenter", "B9": "see wiki"}, 2.0),
    ],
)
def test_a_count_follows_from_defaults_that_were_edited(
    cells: dict[str, object], count: float
) -> None:
    found = report_of(noted(*cells.items(), count=count)).findings
    assert {each.code for each in found if not each.because_of} <= {"head", "no-setting"}
    found = report_of(noted(*cells.items(), count=count + 5)).findings
    assert ("value", "Settings!B48") in [
        (each.code, each.place) for each in found if not each.because_of
    ]
