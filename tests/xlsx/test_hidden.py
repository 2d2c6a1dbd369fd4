"""What nobody sees of a sheet, by what its part says."""

from __future__ import annotations

import pytest

from calculator.xlsx.hidden import Hidden, hidden_in
from calculator.xlsx.spelling import usual


def test_what_is_hidden() -> None:
    part = (
        b'<cols><col min="2" max="3" width="0" hidden="1"/><col hidden="true" max="7" min="7"/>'
        b'<col min="9" max="9" hidden="0"/></cols><sheetData><row r="1" hidden="false"/>'
        b'<row hidden="1" r="2"><c r="A2" t="str"><v>a hidden="1"</v></c></row>'
        b'<row r="15" spans="1:9" ht="0" hidden="true"/></sheetData>'
    )
    assert hidden_in(part) == Hidden(frozenset({2, 15}), frozenset({2, 3, 7}))
    shown = part.replace(b"true", b"0").replace(b'"1"', b'"0"')
    assert hidden_in(shown.replace(b" ht=", b" x=").replace(b"width=", b"x=")) == Hidden()


def test_rows_in_which_letters_may_be_cut() -> None:
    part = (
        b'<sheetFormatPr defaultRowHeight="9" customHeight="1"/><sheetData><row r="1" ht="6.9"/>'
        b'<row r="2" ht="7"/><row r="3" ht="11.25" hidden="1"/><row r="4"/><row r="5" ht="12"/>'
    )
    found = hidden_in(part)
    assert (found.rows, found.low) == ({1, 3}, {2: 7.0, 3: 11.25, 4: 9.0})
    assert hidden_in(part.replace(b" customHeight", b" x")).low == {2: 7.0, 3: 11.25}


def test_rows_that_are_low_by_default() -> None:
    part = (
        b'<sheetFormatPr defaultRowHeight="0.5" customHeight="1"/><sheetData><row r="3" ht="15"/>'
        b'<row r="4" spans="1:9"><c r="A4"/></row></sheetData>'
    )
    assert hidden_in(part) == Hidden(frozenset({4}), is_by_default=True)
    # What has no row of its own holds nothing.
    unused = part.replace(b'defaultRowHeight="0.5"', b'defaultRowHeight="15" zeroHeight="1"')
    assert hidden_in(unused) == Hidden()


def test_what_is_as_good_as_hidden() -> None:
    part = (
        b'<cols><col min="2" max="2" width="0.1"/><col min="3" max="3" width="10.5"/></cols>'
        b'<sheetData><row r="3" ht="5.25"/><row r="4" ht="12.75"/><row r="5" ht="25"/></sheetData>'
        b'<mergeCells count="1"><mergeCell ref="B7:C8"/></mergeCells>'
    )
    hidden = hidden_in(part)
    assert hidden == Hidden(frozenset({3}), frozenset({2}), ((7, 2, 8, 3),))
    cells = [(row, column) for row in range(6, 10) for column in range(1, 5)]
    under = [each for each in cells if hidden.is_under_another(*each)]
    assert under == [(7, 3), (8, 2), (8, 3)]


def test_narrow_columns() -> None:
    """LibreOffice writes max before min."""
    part = (
        b'<cols><col max="3" min="2" width="1.3"/><col min="4" max="4" width="2.5"/>'
        b'<col max="7" min="6" hidden="true" width="9"/><col min="8" max="8" width="1e-05"/>'
        b'<col min="9" max="9" width="8.4"/><col min="10" max="10" width="19"/></cols><sheetData>'
    )
    assert hidden_in(part) == Hidden(columns=frozenset({2, 3, 6, 7, 8}), narrow={4: 2.5})
    found = hidden_in(b'<sheetFormatPr x="" defaultColWidth="0.5"/>' + part)
    assert found.narrow == {4: 2.5}
    assert found.columns >= {1, 2, 3, 5, 6, 7, 8, 11, 16_384}
    assert not found.columns & {4, 9, 10}
    assert hidden_in(part.replace(b"width=", b"customWidth=")).columns == {6, 7}


@pytest.mark.parametrize(
    ("view", "found"),
    [
        ('showFormulas="1" workbookViewId="0"', Hidden(formulas=True)),
        ('showGridLines="0" showFormulas="true"', Hidden(formulas=True)),
        ('showFormulas="false" showZeros="0"', Hidden(zeros=True)),
        ('showFormulas="false" showZeros="true"', Hidden()),
        ('workbookViewId="0"', Hidden()),
    ],
)
def test_views(view: str, found: Hidden) -> None:
    part = f"<worksheet><sheetViews><sheetView {view}/></sheetViews><sheetData/></worksheet>"
    assert hidden_in(part.encode()) == found
    assert hidden_in(usual(part.replace('"', "'").encode())) == found


@pytest.mark.parametrize(
    ("view", "pane", "first"),
    [
        ("A5", 'ySplit="9" topLeftCell="A14" state="frozen"', (5, 1)),
        ("C5", 'xSplit="2" ySplit="9" state="frozenSplit"', (5, 3)),
        ("C5", 'xSplit="2" ySplit="0" state="frozen"', (1, 3)),
        ("C5", 'ySplit="9" state="split"', (1, 1)),
        ("A1", 'ySplit="9" topLeftCell="A90" state="frozen"', (1, 1)),
        ("ZZZ5", 'ySplit="9" state="frozen"', (1, 1)),
    ],
)
def test_what_is_before_frozen_panes(view: str, pane: str, first: tuple[int, int]) -> None:
    inside = f'<sheetView topLeftCell="{view}" workbookViewId="0"><pane {pane}/></sheetView>'
    part = f"<worksheet><sheetViews>{inside}</sheetViews><sheetData/></worksheet>"
    assert hidden_in(part.encode()) == Hidden(first=first)
    assert hidden_in(usual(part.replace('"', "'").encode())) == Hidden(first=first)
