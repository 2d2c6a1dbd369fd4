"""The functions of the rules: their formulas, their numbers, and that an engine agrees on them."""

import math

import numpy as np
import pytest

from calculator.model.expression import BLANK, NOTHING, Name, ref, text, where
from calculator.model.functions import (
    both,
    ceiling_math,
    choose,
    either,
    floor,
    if_error,
    is_nothing,
    is_number,
    is_whole_number,
    maximum,
    minimum,
    not_available,
    or_nothing,
    roundup,
    surely,
)
from calculator.model.ranges import (
    ERROR_SHOWN,
    copy_of,
    count_differing,
    count_said,
    count_where,
    greatest,
    lookup,
    position,
    say,
    total,
    total_product,
)
from tests.model.fakes import Rows, Scalars, evaluated, ironcalc_reads, rendered

A, B, T = ref("a"), ref("b"), ref("t")
NAN = math.nan
WORDS = {"ok": "OK", "few": "only # are left", "": "never"}

FORMULAS = [
    (minimum(A, B + 1, 3), "MIN(A1,B1+1,3)"),
    (maximum(1, minimum(A, B)) * B, "MAX(1,MIN(A1,B1))*B1"),
    (roundup(A / (B - 1)), "ROUNDUP(A1/(B1-1),0)"),
    (ceiling_math(A / B), "_xlfn.CEILING.MATH(A1/B1)"),
    (floor(A) + 1, "INT(A1)+1"),
    (both(A > 0, B == 0), "AND(A1>0,B1=0)"),
    (either(A > 0, is_number(B)), "OR(A1>0,ISNUMBER(B1))"),
    (not_available(), "NA()"),
    (is_nothing(A), 'A1=""'),
    (is_whole_number(A, 0, B), "IFERROR(MIN(MAX(INT(A1),0),B1)=A1,0)"),
    (
        is_whole_number(A, 1, 9, or_empty=True),
        'IFERROR(IF(A1="",1,MIN(MAX(INT(A1),1),9)=A1),0)',
    ),
    (choose(A, "one", B & "!"), 'CHOOSE(A1,"one",B1&"!")'),
    (total("n"), "SUM(T[n])"),
    (total("n", "Other"), "SUM(Other[n])"),
    (total_product("n", "m"), "SUMPRODUCT(T[n],T[m])"),
    (greatest("n"), "MAX(T[n])"),
    (count_where("n", "<", 0), 'COUNTIF(T[n],"<0")'),
    (count_where("n", "=", 1), 'COUNTIF(T[n],"=1")'),
    (count_where("n", "=", "OK", "Other"), 'COUNTIF(Other[n],"OK")'),
    (position(), "ROW()-ROW(T[#Headers])"),
    (count_said(["a", "b", "t"]), 'SUMPRODUCT((A1:A3<>"")*1)'),
    (count_differing({"a": 1.0, "t": "x"}, 3), "SUMPRODUCT((A1:A2<>D1:D2)*1)"),
    (
        lookup("INDEX({column},{row}+0)", A, column=("D", "x y"), row=B),
        "INDEX(D[x y],B1+0)",
    ),
    # Words by a code of the rules, and by one that is known: that is never nothing.
    (
        say(WORDS, T, B),
        'IF(T1="","",SUBSTITUTE(INDEX(Messages[words],MATCH(T1,Messages[code],0)),"#",B1))',
    ),
    (
        say(WORDS, "few", B),
        'SUBSTITUTE(INDEX(Messages[words],MATCH("few",Messages[code],0)),"#",B1)',
    ),
    (say(WORDS, "ok"), 'INDEX(Messages[words],MATCH("ok",Messages[code],0))'),
]


@pytest.mark.parametrize(("expression", "formula"), FORMULAS, ids=[f for _, f in FORMULAS])
def test_render(expression, formula):
    assert rendered(expression) == formula


ROWS = Rows(a=[7.0, 0.0, -2.0, NAN], b=[2.0, 0.0, 4.0, 1.0])
NUMBERS = [
    (minimum(A, B, 5), [2, 0, -2, NAN]),
    (maximum(A, B, 5), [7, 5, 5, NAN]),
    (roundup(B / 4), [1, 0, 1, 1]),
    (ceiling_math(A / 4), [2, 0, 0, NAN]),
    (floor(A / 4), [1, 0, -1, NAN]),
    (not_available(), [NAN, NAN, NAN, NAN]),
    (where(is_number(A), A, -1), [7, 0, -2, -1]),
    (where(both(B >= 1, B <= 2), 1, 0), [1, 0, 0, 1]),
    (where(either(B < 1, B == 4), 1, 0), [0, 1, 1, 0]),
    (where(is_whole_number(A / 2, 0, 9), 1, 0), [0, 1, 0, 0]),
    (lookup("ignored", A * 2), [14, 0, -4, NAN]),
]


@pytest.mark.parametrize(
    ("expression", "expected"), NUMBERS, ids=[rendered(each) for each, _ in NUMBERS]
)
@pytest.mark.parametrize("kind", [Rows, Scalars])
def test_evaluate(expression, expected, kind):
    if kind is Rows:
        assert evaluated(expression, ROWS) == pytest.approx(expected, nan_ok=True)
        return
    for a, b, number in zip(*ROWS.columns.values(), expected, strict=True):
        found = evaluated(expression, Scalars(a=[a], b=[b]))[0]
        assert found == pytest.approx(number, nan_ok=True)


# --- a value, nothing, an error -------------------------------------------------------------------

CELLS = {"5": 5.0, "0": 0.0, '=""': NOTHING, "=NA()": NAN}
SHOWN = [
    (minimum(A, 9), [5, 0, 9, NAN]),
    (maximum(-1, minimum(A, 3)), [3, 0, 3, NAN]),
    (where(is_number(A), 1, 0), [1, 1, 0, 0]),
    (where(both(A > 1, A < 9), 1, 0), [1, 0, 0, NAN]),
    (where(either(A > 1, A < 9), 1, 0), [1, 1, 1, NAN]),
    (where(is_whole_number(A, 1, 9), 1, 0), [1, 0, 0, 0]),
    (where(is_whole_number(A, 1, 9, or_empty=True), 1, 0), [1, 0, 1, 0]),
    (where(is_nothing(A), BLANK, A), [5, 0, NOTHING, NAN]),
]


@pytest.mark.parametrize(
    ("expression", "expected"), SHOWN, ids=[rendered(each) for each, _ in SHOWN]
)
def test_value_nothing_and_error_are_three_things_as_ironcalc_has_them(expression, expected):
    for (cell, value), number in zip(CELLS.items(), expected, strict=True):
        for kind in (Rows, Scalars):
            found = evaluated(expression, kind(a=[value]))[0]
            assert found == pytest.approx(number, nan_ok=True), (cell, kind)
        [shown] = ironcalc_reads([expression], cell)
        assert (NOTHING if shown == "" else shown) == pytest.approx(number, nan_ok=True), cell


def test_an_error_among_conditions_makes_them_all_one():
    """As Excel has it; IronCalc stops at the first that decides."""
    for one, other in ((A > 0, B > 0), (B > 0, A > 0)):
        for b in (0.0, 5.0):
            for kind in (Rows, Scalars):
                values = kind(a=[NAN], b=[b])
                assert math.isnan(evaluated(where(both(one, other), 1, 0), values)[0])
                assert math.isnan(evaluated(where(either(one, other), 1, 0), values)[0])


#: The totals of a column of four cells: what they hold, SUM, MAX, COUNTIF > 0, COUNTIF < 0,
#: SUMPRODUCT with itself.
COLUMNS = [
    (("5", "0", "-2", "3"), 6, 5, 2, 1, 38),
    (("5", '=""', "-2", '=""'), 3, 5, 1, 1, 29),
    (('=""', '=""', '=""', '=""'), 0, 0, 0, 0, 0),
    (("5", "=NA()", '=""', "-2"), NAN, NAN, 1, 1, NAN),
    (("=NA()", '=""', '=""', '=""'), NAN, NAN, 0, 0, NAN),
]
TOTALS = [
    total("n"),
    greatest("n"),
    count_where("n", ">", 0),
    count_where("n", "<", 0),
    total_product("n", "n"),
]


@pytest.mark.parametrize(("column", "expected"), [(each[0], each[1:]) for each in COLUMNS], ids=str)
def test_totals_pass_over_nothing_and_errors_spread(column, expected):
    numbers = [{**CELLS, "3": 3.0, "-2": -2.0}[cell] for cell in column]
    ones = [1.0] * len(numbers)
    for rule, number in zip(TOTALS, expected, strict=True):
        with np.errstate(invalid="ignore"):  # as the engine keeps it
            alone = rule.evaluate(Scalars(n=numbers))
            first = rule.evaluate(Rows(n=[*numbers, *ones]))[0]
            second = rule.evaluate(Rows(n=[*ones, *numbers]))[1]
        for found in (alone, first, second):
            assert float(np.ravel(found)[0]) == pytest.approx(number, nan_ok=True), rendered(rule)


def test_ironcalc_has_the_same_totals():
    ironcalc = pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    for column, *expected in COLUMNS:
        book = ironcalc.create("totals", "en", "UTC", "en")
        for row, cell in enumerate(column, 1):
            book.set_user_input(0, row, 1, cell)
        for row, rule in enumerate(TOTALS, 1):
            formula = rendered(rule).replace("T[n]", "A1:A4")
            book.set_user_input(0, row, 2, f"={formula}")
        book.evaluate()
        shown = [book.get_cell_value(0, row, 2) for row in range(1, len(TOTALS) + 1)]
        numbers = [NAN if isinstance(each, str) else each for each in shown]
        assert numbers == pytest.approx(expected, nan_ok=True), column


def test_texts_are_counted_by_what_they_are():
    rule = count_where("t", "=", "ok")
    assert rule.evaluate(Rows(t=["ok", "few", "", "ok"])).tolist() == [1, 1]


def test_what_totals_refer_to():
    for rule in (total("n", "Other"), count_where("n", "=", 1, "Other")):
        assert [*rule.names()] == [Name("n", "Other", is_column=True)]
    assert [*total_product("n", "m").names()] == [
        Name("n", is_column=True),
        Name("m", is_column=True),
    ]
    assert Name("n", "Plan", is_column=True) in [*copy_of("n", "Plan", "", is_text=True).names()]


# --- words and cells below each other -------------------------------------------------------------


def test_words_of_a_code():
    said = say(WORDS, T, B)
    values = Rows(t=["ok", "few", "", "few", "other"], b=[1.0, 3.0, 4.0, 0.5, 6.0])
    shown = ["OK", "only 3 are left", "never", "only 0.5 are left", ""]
    assert said.evaluate(values).tolist() == shown
    one = Scalars(t=["few"], b=[7.0])
    assert said.evaluate(one) == "only 7 are left"
    assert say(WORDS, "ok").evaluate(one) == "OK"
    assert (said.is_text, say(WORDS, "ok").is_text) == (True, True)


def test_texts_by_number():
    shown = choose(A, "one", "two: " & B, text(""))
    assert shown.is_text
    values = Rows(a=[2.0, 1.0, 3.0], b=[5.0, 6.0, 7.0])
    assert shown.evaluate(values).tolist() == ["two: 5", "one", ""]
    assert shown.evaluate(Scalars(a=[2.0], b=[9.0])) == "two: 9"


def test_cells_below_each_other_are_counted():
    rule = count_said(["s", "t"])
    values = Rows(s=["", "x", "x"], t=["", "", "y"])
    assert rule.evaluate(values).tolist() == [0, 1, 2]
    assert rule.evaluate(Scalars(s=["x"], t=[""])) == 1


def test_settings_that_differ_from_their_defaults_are_counted():
    rule = count_differing({"a": 3.0, "b": NOTHING, "t": "no"}, 3)
    values = Rows(a=[3.0, 4.0, 3.0], b=[NOTHING, 0.0, NOTHING], t=["no", "yes", "yes"])
    assert rule.evaluate(values).tolist() == [0, 3, 1]


def test_a_look_up_refers_to_what_its_formula_does():
    rule = lookup("INDEX({column},{row})", ref("catalog_vcpus"), column=("D", "x"), row=B)
    assert [*rule.names()] == [Name("b")]


def test_a_condition_that_is_an_error_surely_does_not_hold():
    rule = surely(either(T == "yes", T == "no"))
    assert rendered(rule) == 'IFERROR(OR(T1="yes",T1="no"),0)'
    assert evaluated(where(rule, "good", "bad"), Rows(t=["no", "", "#N/A"])).tolist() == [
        *("good", "bad", "bad")
    ]


def test_numbers_and_texts_in_place_of_an_error():
    values = Rows(a=[5.0, NAN], b=[1.0, 2.0], t=["x", "y"])
    assert evaluated(if_error(A, B), values).tolist() == [5, 2]
    assert if_error(A, B).evaluate(Scalars(a=[NAN], b=[2.0])) == 2
    assert rendered(if_error(A, B)) == "IFERROR(A1,B1)"
    assert or_nothing(T).is_text
    assert evaluated(or_nothing(T), values).tolist() == ["x", "y"]
    assert rendered(or_nothing(T)) == 'IFERROR(T1,"")'


@pytest.mark.parametrize(
    ("cells", "number", "shown"),
    [
        (("5", "7"), 2, 7),
        (("5", None), 2, "empty"),  # INDEX of an empty cell is 0
        (("5", "0"), 2, 0),
        (("5", "7"), 3, ""),  # a row that the plan does not have
        (("5", "=NA()"), 2, ERROR_SHOWN),
    ],
)
def test_a_copy_of_an_input_says_what_was_filled_in(cells, number, shown):
    ironcalc = pytest.importorskip("ironcalc", reason="IronCalc is not installed")
    formula = rendered(copy_of("n", "Plan", "empty", is_text=False))
    book = ironcalc.create("copies", "en", "UTC", "en")
    for row, cell in enumerate(cells, 1):
        if cell is not None:
            book.set_user_input(0, row, 1, cell)
    formula = formula.replace("Plan[n]", "$A$1:$A$2").replace("NUMBER1", "B1")
    book.set_user_input(0, 1, 2, str(number))
    book.set_user_input(0, 1, 3, f"={formula}")
    book.evaluate()
    assert book.get_cell_value(0, 1, 3) == shown
