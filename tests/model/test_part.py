"""The third reading of an expression: what counts of it in one row, and why."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.model.expression import BLANK, Expression, ref, text, where
from calculator.model.functions import (
    both,
    either,
    floor,
    is_nothing,
    maximum,
    minimum,
    not_available,
    roundup,
    surely,
)
from calculator.model.ranges import (
    copy_of,
    count_differing,
    count_where,
    greatest,
    lookup,
    total,
    total_product,
    total_where_0,
)
from tests.model.fakes import Scalars, rendered
from tests.model.test_expression import NUMBER, SMALL

A, B, C = ref("a"), ref("b"), ref("c")


def row(**values: float | str) -> Scalars:
    return Scalars(**{name: [value] for name, value in values.items()})


ROW = row(a=6, b=0, c=1)
PARTS = [
    (A + B, "A1"),
    (B + A, "A1"),
    (A - B, "A1"),
    (B - A, "B1-A1"),
    (A * C, "A1"),
    (C * A, "C1*A1"),
    (A / C, "A1"),
    (A + (C - 1), "A1+C1-1"),
    (A - (C - 1), "A1-(C1-1)"),
    (where(A > 5, B + 3, C), "3"),
    (where(A > 6, B, where(C == 1, A * 2, 0)), "A1*2"),
    (where(A / B > 1, 1, 2), "IF(A1/B1>1,1,2)"),
    (where(both(A > 5, B == 0), C + 1, 0), "C1+1"),
    (where(A == 6, text("x"), text("y")), '"x"'),
    (maximum(0, A - C), "A1-C1"),
    (maximum(0, B - A), "MAX(0,B1-A1)"),
    (maximum(A, B, C), "MAX(A1,C1)"),
    (maximum(1, C), "C1"),
    (maximum(7, A), "MAX(7,A1)"),
    (minimum(A, minimum(C, 4)), "MIN(A1,C1,4)"),
    (minimum(A, maximum(B, C)), "MIN(A1,C1)"),
    (roundup(A / C), "A1"),
    (roundup(A / 4), "ROUNDUP(A1/4,0)"),
    (floor((A + C) / 2), "INT((A1+C1)/2)"),
    (lookup("INDEX({k})", A + B, k=C), "A1"),
    (copy_of("a", "Plan", "", is_text=False), "Plan!A1"),
]


@pytest.mark.parametrize(("expression", "part"), PARTS, ids=[rendered(each) for each, _ in PARTS])
def test_what_counts(expression: Expression, part: str) -> None:
    with np.errstate(all="ignore"):
        assert rendered(expression.part(ROW)) == part


@given(expression=NUMBER, a=SMALL, b=SMALL, c=st.integers(1, 12))
def test_it_has_the_same_value(expression: Expression, a: int, b: int, c: int) -> None:
    values = row(a=a, b=b, c=c)
    with np.errstate(all="ignore"):
        found = float(expression.part(values).evaluate(values))
        expected = float(expression.evaluate(values))
    assert found == expected or (math.isnan(found) and math.isnan(expected))


REASONS = [
    (where(A > 5, 1, 0), ["A1>5"]),
    (where(A < 5, 1, 0), ["A1>=5"]),
    (where(B > 0, 1, 0), []),
    (where(B == 3, 1, 0), []),
    (where(A != 3, 1, 0), []),
    (where(A != 6, 1, 0), ["A1=6"]),
    (where(both(A > 5, C == 1), 1, 0), ["A1>5", "C1=1"]),
    (where(both(A > 9, C == 1), 1, 0), ["A1<=9"]),
    (where(either(A > 9, C == 1), 1, 0), ["C1=1"]),
    (where(either(A > 9, A < 2), 1, 0), ["A1<=9", "A1>=2"]),
    (where(surely(C == 1), 1, 0), ["C1=1"]),
    (where(A > 5, 1, BLANK), []),
    (where(A > 5, not_available(), 1), ["A1>5"]),
    (where(A > 5, where(C == 1, 1, 2), 0) + where(A < 3, 1, 2), ["A1>5", "C1=1", "A1>=3"]),
    (where(is_nothing(B), 1, 0), []),
]


@pytest.mark.parametrize(
    ("expression", "reasons"), REASONS, ids=[rendered(each) for each, _ in REASONS]
)
def test_why(expression: Expression, reasons: list[str]) -> None:
    assert [rendered(each) for each in expression.reasons(ROW)] == reasons


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        (minimum(A, B, C), ["b"]),
        (maximum(A, B, C), ["a"]),
        (maximum(A, C * 6), ["a", "c"]),
        (A + minimum(B, C), ["a", "b"]),
        (minimum(A, maximum(B, C) + 2), ["c"]),
    ],
)
def test_what_decides(expression: Expression, names: list[str]) -> None:
    assert [name.name for name in expression.deciding(ROW)] == names


TABLE = Scalars(n=[3, math.inf, 5], m=[0, 1, 2])


@pytest.mark.parametrize(
    ("expression", "cells"),
    [
        (total("n"), [("n", 0), ("n", 2)]),
        (total_product("n", "m"), [("n", 0), ("m", 0), ("n", 2), ("m", 2)]),
        (greatest("m"), [("m", 0), ("m", 1), ("m", 2)]),
        (total_where_0("m", "n"), [("m", 0), ("n", 0), ("m", 2), ("n", 2)]),
        (count_where("m", ">", 0), [("m", 0), ("m", 1), ("m", 2)]),
        (total("n") - 1, [("n", 0), ("n", 2)]),
    ],
)
def test_a_whole_column_cell_by_cell(expression: Expression, cells: list[tuple[str, int]]) -> None:
    spelled = expression.spelled(TABLE)
    assert [(each.name, each.row) for each in spelled.names()] == cells
    assert spelled.evaluate(TABLE) == expression.evaluate(TABLE)


def test_cells_below_each_other_one_by_one() -> None:
    spelled = count_differing({"a": 6, "b": 1, "c": 1}, 1).spelled(ROW)
    assert rendered(spelled) == "IF(A1<>6,1,0)+IF(B1<>1,1,0)+IF(C1<>1,1,0)"
    assert spelled.evaluate(ROW) == 1
