"""Formulas as texts: equal where the formulas are, and formulas again."""

from __future__ import annotations

import pytest

from calculator.xlsx.formula import canonical
from calculator.xlsx.formula_text import formula_text
from calculator.xlsx.geometry import Area, Geometry
from calculator.xlsx.reference import a1

GEOMETRY = Geometry((), ())


def cells(area: Area) -> str:
    corners = ((area.top or 5, area.left), (area.bottom or 5, area.right))
    text = ":".join(dict.fromkeys(a1(*corner) for corner in corners))
    return text if area.sheet == "here" else f"{area.sheet}!{text}"


def text(formula: str) -> str:
    form = canonical(formula, sheet="Here", row=5, column=5, geometry=GEOMETRY)
    return formula_text(form, cells)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=$B$7*2", "B7*2"),
        ("(1+(2*3))", "1+2*3"),
        ("(1+2)*3", "(1+2)*3"),
        ("2-(3-1)", "2-(3-1)"),
        ("(2-3)-1", "2-3-1"),
        ("2^(3^2)", "2^(3^2)"),
        ("-(1+2)%", "-(1+2)%"),
        ("-2^2", "-2^2"),
        ("-(2^2)", "-(2^2)"),
        ("2*-A1", "2*-A1"),
        ('if(a1<>"x""y",TRUE,#N/A)', 'IF(A1<>"x""y",TRUE,#N/A)'),
        ("_xlfn.XLOOKUP(A1,,0.50)", "XLOOKUP(A1,,0.5)"),
        ("SUM({1,2;3,4})", "SUM({1,2;3,4})"),
        ("SUM((A1,B2))", "SUM((A1,B2))"),
        ("SUM(A1:B9 B2:C9)", "SUM((A1:B9 B2:C9))"),
        ("SUM(A1:INDEX(A1:A9,2))", "SUM(A1:INDEX(A1:A9,2))"),
        ("Other!B2&1", "other!B2&1"),
        ("@A1:C3", "@A1:C3"),
    ],
)
def test_a_form_as_text(formula: str, expected: str) -> None:
    assert text(formula) == expected


@pytest.mark.parametrize(
    "formula",
    ["1-(2-(3-4))*5^-6", "-(A1%)^2", "1&2=3&4", "(1=2)=(3<4)", "--A1", "2^3^4", "-(-(A1+1))"],
)
def test_a_text_is_the_same_formula(formula: str) -> None:
    forms = [
        canonical(each, sheet="Here", row=5, column=5, geometry=GEOMETRY)
        for each in (formula, text(formula))
    ]
    assert forms[0] == forms[1]


def test_what_is_no_atom_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"there is no atom \('sum', 1\)"):
        formula_text((("sum", 1),), str)
