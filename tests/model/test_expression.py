"""One expression, two readings: the text of a formula, and numbers; an engine agrees on both."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.model.expression import (
    BLANK,
    Expression,
    both,
    ceiling_math,
    count_where,
    either,
    floor,
    group,
    is_number,
    is_whole_number,
    lookup,
    maximum,
    minimum,
    not_available,
    ref,
    roundup,
    text,
    total,
    where,
)

A, B, C = ref("a"), ref("b"), ref("c")
NAN = math.nan


class Sheet:
    """Cells A1, B1 and C1, table T with column n, data table D."""

    def cell(self, name):
        return f"{name.upper()}1"

    def column(self, name):
        return f"T[{name}]"

    def data(self, table, header):
        return f"{table}[{header}]"


class Rows:
    """Named columns; column n belongs to a node table of four rows in two plans."""

    def __init__(self, **columns):
        self.columns = {name: np.array(values) for name, values in columns.items()}
        self.size = len(next(iter(self.columns.values())))

    def __getitem__(self, name):
        return self.columns[name]

    def take(self, rows):
        return Rows(**{name: values[rows] for name, values in self.columns.items()})

    def column(self, name):
        return self[name], np.array([0, 0, 1, 1]), 2


FORMULAS = [
    (A + B * C, "A1+B1*C1"),
    ((A + B) * C, "(A1+B1)*C1"),
    (A - B - C, "A1-B1-C1"),
    (A - (B - C), "A1-(B1-C1)"),
    (A - (B + C), "A1-(B1+C1)"),
    (A * B / C, "A1*B1/C1"),
    (A / (B * C), "A1/(B1*C1)"),
    (A / B / C, "A1/B1/C1"),
    (0 - A, "0-A1"),
    (A + -1, "A1+-1"),
    (A * 0.5, "A1*0.5"),
    (2 ** (32 - A) - 5, "2^(32-A1)-5"),
    (2 ** (A * B), "2^(A1*B1)"),
    (A + 1 >= B, "A1+1>=B1"),
    ((A < B) == (B <= C), "A1<B1=(B1<=C1)"),
    (group(A - B) > C, "(A1-B1)>C1"),
    (group(A), "(A1)"),
    (A + B & " IPs" & C, 'A1+B1&" IPs"&C1'),
    ("IPs: " & (A & B), '"IPs: "&(A1&B1)'),
    ((A & B) == "x", 'A1&B1="x"'),
    ((A > B) & "!", '(A1>B1)&"!"'),
    (text('say "hi"'), '"say ""hi"""'),
    (text(""), '""'),
    (BLANK, '""'),
    (where(A == "", BLANK, A * 2), 'IF(A1="","",A1*2)'),
    (minimum(A, B + 1, 3), "MIN(A1,B1+1,3)"),
    (maximum(1, minimum(A, B)) * C, "MAX(1,MIN(A1,B1))*C1"),
    (roundup(A / (B - 1)), "ROUNDUP(A1/(B1-1),0)"),
    (ceiling_math(A / B), "_xlfn.CEILING.MATH(A1/B1)"),
    (floor(A) + 1, "INT(A1)+1"),
    (both(A > 0, B == 0), "AND(A1>0,B1=0)"),
    (either(A > 0, is_number(B)), "OR(A1>0,ISNUMBER(B1))"),
    (not_available(), "NA()"),
    (total("n"), "SUM(T[n])"),
    (count_where("n", "<", 0), 'COUNTIF(T[n],"<0")'),
    (count_where("n", "=", 1), 'COUNTIF(T[n],"=1")'),
    (count_where("n", "=", "OK"), 'COUNTIF(T[n],"OK")'),
    (
        lookup("INDEX({column},{row}+0)", A, column=("D", "x y"), row=B),
        "INDEX(D[x y],B1+0)",
    ),
]


@pytest.mark.parametrize(("expression", "formula"), FORMULAS, ids=[f for _, f in FORMULAS])
def test_render(expression, formula):
    assert expression.render(Sheet()) == formula


ROWS = Rows(a=[7.0, 0.0, -2.0, NAN], b=[2.0, 0.0, 4.0, 1.0], n=[1.0, -1.0, -5.0, 2.0])
NUMBERS = [
    (A + B * 2, [11, 0, 6, NAN]),
    (3 - A, [-4, 3, 5, NAN]),
    (A / B, [3.5, NAN, -0.5, NAN]),
    (B / 0, [NAN, NAN, NAN, NAN]),
    (2**B, [4, 1, 16, 2]),
    (minimum(A, B, 5), [2, 0, -2, NAN]),
    (maximum(A, B, 5), [7, 5, 5, NAN]),
    (roundup(B / 4), [1, 0, 1, 1]),
    (ceiling_math(A / 4), [2, 0, 0, NAN]),
    (floor(A / 4), [1, 0, -1, NAN]),
    (group(A), [7, 0, -2, NAN]),
    (where(A > B, A, B), [7, 0, 4, NAN]),
    (where(A == B, 1, 0), [0, 1, 0, NAN]),
    (where(is_number(A), A, -1), [7, 0, -2, -1]),
    (where(both(B >= 1, B <= 2), 1, 0), [1, 0, 0, 1]),
    (where(either(B < 1, B == 4), 1, 0), [0, 1, 1, 0]),
    # The branch that is not taken may be an error.
    (where(B == 0, 0, A / B), [3.5, 0, -0.5, NAN]),
    (where(B == 0, not_available(), B), [2, NAN, 4, 1]),
    (where(B == 0, BLANK, B), [2, NAN, 4, 1]),
    (lookup("ignored", A * 2), [14, 0, -4, NAN]),
    (total("n"), [0, -3]),
    (count_where("n", "<", 0), [1, 1]),
]


@pytest.mark.parametrize(
    ("expression", "expected"), NUMBERS, ids=[each.render(Sheet()) for each, _ in NUMBERS]
)
def test_evaluate_numbers(expression, expected):
    values = np.asarray(expression.evaluate(ROWS), dtype=float)
    assert np.broadcast_to(values, len(expected)) == pytest.approx(expected, nan_ok=True)


class Scalars(Rows):
    """One row of a table as a single plan says it: plain numbers in place of arrays."""

    def __getitem__(self, name):
        return self.columns[name].item()


@pytest.mark.parametrize(
    "expression",
    [
        *(each for each, _ in NUMBERS if "T[n]" not in each.render(Sheet())),
        maximum(B, A),
        minimum(B, A),
        where(A < B, 1, 0),
        where(5 > A, 1, 0),
        where(both(A > 0, either(B < 1, A < B)), A / B, BLANK),
        where(is_whole_number(A, 0, 9), A, -1),
        2 ** (A * 2000),
        A / (B * 0),
    ],
    ids=lambda each: each.render(Sheet()),
)
def test_plain_numbers_give_what_arrays_give(expression):
    with np.errstate(all="ignore"):
        for a in (7.0, 0.0, -2.0, -0.0, 1e308, math.inf, NAN):
            for b in (2.0, 0.0, 7.0):
                expected = np.broadcast_to(expression.evaluate(Rows(a=[a], b=[b])), 1)[0]
                found = expression.evaluate(Scalars(a=[a], b=[b]))
                assert found == pytest.approx(expected, nan_ok=True), (a, b)


TEXTS = [
    ("n: " & B & "!", ["n: 2!", "n: 0!", "n: 4!"]),
    (B / 4 & "", ["0.5", "0", "1"]),
    (where(B > 1, B & " IPs", "few"), ["2 IPs", "few", "4 IPs"]),
    (where(B > 1, where(B > 3, "many", "some"), "few"), ["some", "few", "many"]),
    (where(B >= 0, "all", B & ""), ["all", "all", "all"]),
    (where(B < 0, "none", text("")), ["", "", ""]),
]


@pytest.mark.parametrize(
    ("expression", "expected"), TEXTS, ids=[each.render(Sheet()) for each, _ in TEXTS]
)
def test_evaluate_texts(expression, expected):
    assert expression.is_text
    found = np.broadcast_to(expression.evaluate(Rows(b=[2.0, 0.0, 4.0])), 3)
    assert found.tolist() == expected


def test_texts_are_put_together_only_for_the_rows_that_show_them():
    seen = []

    class Spy(Expression):
        is_text = True

        def evaluate(self, values):
            seen.append(values["a"].tolist())
            return values["a"].astype(str).astype(object)

    shown = where(A > 1, where(A > 2, Spy(), "two"), "few")
    assert shown.evaluate(Rows(a=[3.0, 1.0, 2.0, 4.0])).tolist() == ["3.0", "few", "two", "4.0"]
    assert shown.evaluate(Rows(a=[1.0, 0.0])) == "few"
    assert seen == [[3.0, 4.0]]


@pytest.mark.parametrize("operand", [None, [1], ROWS])
def test_what_is_no_expression(operand):
    with pytest.raises(TypeError, match="is no expression"):
        A + operand


# --- against another engine -----------------------------------------------------------------------

SMALL = st.integers(0, 12)


def _conditions(numbers):
    compare = st.sampled_from(
        [
            lambda a, b: a < b,
            lambda a, b: a <= b,
            lambda a, b: a > b,
            lambda a, b: a >= b,
            lambda a, b: a == b,
        ]
    )
    return st.builds(lambda how, a, b: how(a, b), compare, numbers, numbers)


def _whole(numbers):
    """Expressions of whole numbers, or of an error where a divisor is 0."""
    return st.one_of(
        st.builds(lambda a, b: a + b, numbers, numbers),
        st.builds(lambda a, b: a - b, numbers, numbers),
        st.builds(lambda a, b: a * b, numbers, numbers),
        st.builds(lambda a, b, c: minimum(a, b, c), numbers, numbers, numbers),
        st.builds(lambda a, b: maximum(a, b), numbers, numbers),
        st.builds(lambda a, b: roundup(maximum(0, a) / b), numbers, st.sampled_from([A, B, C])),
        st.builds(lambda a, b: floor(a / b), numbers, st.sampled_from([A, B, C])),
        st.builds(where, _conditions(numbers), numbers, numbers),
    )


LEAVES = st.sampled_from([A, B, C]) | SMALL.map(lambda number: A * 0 + number)
WHOLE = st.recursive(LEAVES, _whole, max_leaves=10)
#: Expressions of any number: a quotient is left as it is.
NUMBER = WHOLE | st.builds(lambda a, b: a / b, WHOLE, WHOLE)


@settings(max_examples=60, deadline=None)
@given(
    expressions=st.lists(NUMBER, min_size=1, max_size=20), a=SMALL, b=SMALL, c=st.integers(1, 12)
)
def test_ironcalc_reads_a_rendered_formula_as_numpy_reads_the_expression(expressions, a, b, c):
    ironcalc = pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    book = ironcalc.create("expressions", "en", "UTC", "en")
    for column, number in enumerate((a, b, c), 1):
        book.set_user_input(0, 1, column, str(number))
    for row, expression in enumerate(expressions, 2):
        book.set_user_input(0, row, 1, "=" + expression.render(Sheet()))
    book.evaluate()
    values = Rows(a=[float(a)], b=[float(b)], c=[float(c)])
    for row, expression in enumerate(expressions, 2):
        with np.errstate(all="ignore"):
            ours = np.broadcast_to(expression.evaluate(values), 1)[0]
        theirs = book.get_cell_value(0, row, 1)
        if theirs == "#DIV/0!":
            theirs = math.nan
        assert ours == pytest.approx(theirs, rel=1e-12, abs=0, nan_ok=True), expression.render(
            Sheet()
        )


def test_ironcalc_reads_a_rendered_text_as_numpy_reads_the_expression():
    ironcalc = pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    book = ironcalc.create("texts", "en", "UTC", "en")
    said = where(A > B, 'say "' & A + B & '", {not} ' & A * B, text(""))
    for column, number in enumerate((3, 2), 1):
        book.set_user_input(0, 1, column, str(number))
    book.set_user_input(0, 2, 1, "=" + said.render(Sheet()))
    book.evaluate()
    assert book.get_cell_value(0, 2, 1) == 'say "5", {not} 6'
    assert said.evaluate(Rows(a=[3.0], b=[2.0])).tolist() == ['say "5", {not} 6']
