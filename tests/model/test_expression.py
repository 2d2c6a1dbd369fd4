"""One expression, two readings: the text of a formula, and numbers; an engine agrees on both."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.model.expression import (
    BLANK,
    NOTHING,
    Expression,
    Name,
    group,
    number,
    ref,
    text,
    where,
)
from calculator.model.functions import (
    both,
    either,
    floor,
    is_number,
    maximum,
    minimum,
    not_available,
    roundup,
)
from calculator.model.operators import COMPARES, OPERATORS
from tests.helpers import examples
from tests.model.fakes import Cells, Rows, Scalars, evaluated, ironcalc_reads, rendered

A, B, C = ref("a"), ref("b"), ref("c")
NAN = math.nan

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
    (A != B, "A1<>B1"),
    ((A < B) == (B <= C), "A1<B1=(B1<=C1)"),
    (group(A - B) > C, "(A1-B1)>C1"),
    (group(A), "(A1)"),
    (A + B & " IPs" & C, 'A1+B1&" IPs"&C1'),
    ((A & B) + C, "(A1&B1)+C1"),
    ("IPs: " & (A & B), '"IPs: "&(A1&B1)'),
    ((A & B) == "x", 'A1&B1="x"'),
    ((A > B) & "!", '(A1>B1)&"!"'),
    (text('say "hi"'), '"say ""hi"""'),
    (text(""), '""'),
    (number(3), "3"),
    (BLANK, '""'),
    (where(A == "", BLANK, A * 2), 'IF(A1="","",A1*2)'),
    (ref("a", "Other") + 1, "Other!A1+1"),
]


@pytest.mark.parametrize(("expression", "formula"), FORMULAS, ids=[f for _, f in FORMULAS])
def test_render(expression, formula):
    assert expression.render(Cells()) == formula


ROWS = Rows(a=[7.0, 0.0, -2.0, NAN], b=[2.0, 0.0, 4.0, 1.0])
NUMBERS = [
    (A + B * 2, [11, 0, 6, NAN]),
    (3 - A, [-4, 3, 5, NAN]),
    (A / B, [3.5, NAN, -0.5, NAN]),
    (B / 0, [NAN, NAN, NAN, NAN]),
    (2**B, [4, 1, 16, 2]),
    (group(A), [7, 0, -2, NAN]),
    (number(3), [3, 3, 3, 3]),
    (where(A > B, A, B), [7, 0, 4, NAN]),
    (where(A == B, 1, 0), [0, 1, 0, NAN]),
    (where(A != B, 1, 0), [1, 0, 1, NAN]),
    (where(A + 9, 1, 0), [1, 1, 1, NAN]),
    # The branch that is not taken may be an error, or nothing.
    (where(B == 0, 0, A / B), [3.5, 0, -0.5, NAN]),
    (where(B == 0, not_available(), B), [2, NAN, 4, 1]),
    (where(B == 0, BLANK, B), [2, NOTHING, 4, 1]),
]


@pytest.mark.parametrize(
    ("expression", "expected"), NUMBERS, ids=[rendered(each) for each, _ in NUMBERS]
)
def test_evaluate_numbers(expression, expected):
    assert evaluated(expression, ROWS) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    "expression",
    [
        *(each for each, _ in NUMBERS),
        A + B,
        maximum(B, A),
        minimum(B, A),
        where(A < B, 1, 0),
        where(A <= B, 1, 0),
        where(B != A, 1, 0),
        where(5 > A, 1, 0),
        where(both(A > 0, either(B < 1, A < B)), A / B, BLANK),
        where(is_number(A), A, -1),
        2 ** (A * 2000),
        A / (B * 0),
    ],
    ids=rendered,
)
def test_plain_numbers_give_what_arrays_give(expression):
    for a in (7.0, 0.0, -2.0, -0.0, 1e308, NOTHING, NAN):
        for b in (2.0, 0.0, 7.0, NOTHING, NAN):
            expected = evaluated(expression, Rows(a=[a], b=[b]))[0]
            found = evaluated(expression, Scalars(a=[a], b=[b]))[0]
            assert found == pytest.approx(expected, nan_ok=True), (a, b)


# --- a value, nothing, an error -------------------------------------------------------------------

KINDS = Rows(a=[5.0, NOTHING, NAN])
SHOWN = [
    # An error spreads; nothing is a text, which is more than any number.
    (where(A > 9, 1, 0), [0, 1, NAN]),
    (where(A < 9, 1, 0), [1, 0, NAN]),
    (where(A == 5, 1, 0), [1, 0, NAN]),
    (where(A != 5, 1, 0), [0, 1, NAN]),
    (where(is_number(A), A, -1), [5, -1, -1]),
    (where(A == 5, A, BLANK), [5, NOTHING, NAN]),
    (where(A == 5, BLANK, A), [NOTHING, NOTHING, NAN]),
]


@pytest.mark.parametrize(("expression", "expected"), SHOWN, ids=[rendered(e) for e, _ in SHOWN])
def test_value_nothing_and_error_are_three_things(expression, expected):
    assert evaluated(expression, KINDS) == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(("number_", "shown"), [(5.0, "5"), (0.5, "0.5"), (NOTHING, ""), (NAN, "")])
def test_numbers_as_texts(number_, shown):
    assert evaluated(A & "", Rows(a=[number_])).tolist() == [shown]
    assert evaluated(A & "", Scalars(a=[number_])).tolist() == [shown]


# --- texts ----------------------------------------------------------------------------------------

TEXTS = [
    ("n: " & B & "!", ["n: 2!", "n: 0!", "n: 4!"]),
    (B / 4 & "", ["0.5", "0", "1"]),
    (where(B > 1, B & " IPs", "few"), ["2 IPs", "few", "4 IPs"]),
    (where(B > 1, where(B > 3, "many", "some"), "few"), ["some", "few", "many"]),
    (where(B >= 0, "all", B & ""), ["all", "all", "all"]),
    (where(B < 0, "none", text("")), ["", "", ""]),
    (where(ref("t") == "y", ref("t") & "es", "no"), ["yes", "no", "yes"]),
]


@pytest.mark.parametrize(
    ("expression", "expected"), TEXTS, ids=[rendered(each) for each, _ in TEXTS]
)
def test_evaluate_texts(expression, expected):
    assert expression.is_text
    texts = ["y", "n", "y"]
    assert evaluated(expression, Rows(b=[2.0, 0.0, 4.0], t=texts)).tolist() == expected
    for b, shown, one in zip((2.0, 0.0, 4.0), expected, texts, strict=True):
        assert evaluated(expression, Scalars(b=[b], t=[one])).tolist() == [shown]


def test_texts_are_put_together_only_for_the_rows_that_show_them():
    seen = []

    class Spy(Expression):
        is_text = True

        def evaluate(self, values):
            seen.append(values.find(Name("a")).tolist())
            return values.find(Name("a")).astype(str).astype(object)

    shown = where(A > 1, where(A > 2, Spy(), "two"), "few")
    assert shown.evaluate(Rows(a=[3.0, 1.0, 2.0, 4.0])).tolist() == ["3.0", "few", "two", "4.0"]
    assert shown.evaluate(Rows(a=[1.0, 0.0])) == "few"
    assert seen == [[3.0, 4.0]]


# --- what an expression is not --------------------------------------------------------------------


@pytest.mark.parametrize("operand", [None, [1], ROWS, True])
def test_what_is_no_expression(operand):
    with pytest.raises(TypeError, match="is no expression"):
        A + operand


@pytest.mark.parametrize(
    "asked",
    [
        lambda: bool(A > B),
        lambda: 1 if A == B else 0,
        lambda: A > 0 and B > 0,
        lambda: not A,
        lambda: 0 < A < 5,
        lambda: A in [B],
    ],
)
def test_an_expression_is_neither_true_nor_false(asked):
    with pytest.raises(TypeError, match=r"neither true nor false: use where\(\), both\(\) or ei"):
        asked()


def test_each_comparison_binds_as_any_other():
    """From left to right, and less than all else, as in Excel."""
    for one in ("=", "<>", "<", "<=", ">", ">="):
        first = OPERATORS[one][0]
        assert first == COMPARES
        assert {first < level for level, _ in OPERATORS.values() if level != first} == {True}


def test_what_an_expression_refers_to():
    rule = where(A > 1, ref("b", "Other"), "n: " & (C * A))
    assert [*rule.names()] == [Name("a"), Name("b", "Other"), Name("c"), Name("a")]


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
            lambda a, b: a != b,
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


@pytest.mark.thorough
@examples(60)
@given(
    expressions=st.lists(NUMBER, min_size=1, max_size=20), a=SMALL, b=SMALL, c=st.integers(1, 12)
)
def test_ironcalc_reads_a_rendered_formula_as_numpy_reads_the_expression(expressions, a, b, c):
    theirs = ironcalc_reads(expressions, a, b, c)
    for kind in (Rows, Scalars):
        values = kind(a=[float(a)], b=[float(b)], c=[float(c)])
        for expression, expected in zip(expressions, theirs, strict=True):
            ours = evaluated(expression, values)[0]
            assert ours == pytest.approx(expected, rel=1e-12, abs=0, nan_ok=True), rendered(
                expression
            )


def test_ironcalc_reads_a_rendered_text_as_numpy_reads_the_expression():
    said = where(A > B, 'say "' & A + B & '", {not} ' & A * B, text(""))
    assert ironcalc_reads([said], 3, 2) == ['say "5", {not} 6']
    assert said.evaluate(Rows(a=[3.0], b=[2.0])).tolist() == ['say "5", {not} 6']


@pytest.mark.parametrize(("expression", "expected"), SHOWN, ids=[rendered(e) for e, _ in SHOWN])
def test_ironcalc_keeps_value_nothing_and_error_apart_as_numpy_does(expression, expected):
    shown = [ironcalc_reads([expression], cell)[0] for cell in ("5", '=""', "=NA()")]
    found = [NOTHING if each == "" else each for each in shown]
    assert found == pytest.approx(expected, nan_ok=True)
