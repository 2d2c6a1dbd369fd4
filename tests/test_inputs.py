"""Kinds of input: what each takes, and the words for what it does not."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest

from calculator.inputs import (
    MOST,
    NO_YES,
    Choice,
    Quantity,
    Text,
    as_they_differ,
    found_words,
    near,
    plain,
)

COUNT = Quantity("instances", "instances of this type [instances]", 1)
SIZE = Quantity("subnet_prefix_length", "size of the subnet [bits]", 23, 16, 28)
TARGET = Quantity("warm_ip_target", "addresses kept ready [IPs]", None, empty="1 or 0, by mode")
POD_ENI = Choice("pod_eni", "security groups for pods", "no", NO_YES)
MODE = Choice("mode", "mode of the cluster", "undecided", ("undecided", "warm-eni", "prefix"))
FOLLOW = Choice("max_pods_by", "what they follow", None, ("ENI limits", "110 or 250"), empty="x")
NAME = Text("name", "what the plan is called")

OF_0 = "a whole number of 0 or more"
WITHIN = "a whole number from 16 to 28"


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (None, "missing", OF_0),
        ("", "missing", OF_0),
        ("5", "not-a-number", OF_0),
        (True, "not-a-number", OF_0),
        (False, "not-a-number", OF_0),
        (np.True_, "not-a-number", OF_0),
        ([1], "not-a-number", OF_0),
        (1j, "not-a-number", OF_0),
        (1.5, "not-a-whole-number", OF_0),
        (float("nan"), "not-a-whole-number", OF_0),
        (float("inf"), "not-a-whole-number", OF_0),
        (-1, "out-of-range", OF_0),
        (-1e300, "out-of-range", OF_0),
        (1_000_001, "out-of-range", "a whole number from 0 to 1,000,000"),
        (10**400, "out-of-range", "a whole number from 0 to 1,000,000"),
    ],
)
def test_what_is_no_count(value: object, code: str, expected: str) -> None:
    assert COUNT.problem(value) == (code, expected)


@pytest.mark.parametrize("value", [0, 2, 2.0, -0.0, np.int64(7), np.float64(7), MOST])
def test_what_is_a_count(value: Any) -> None:
    assert COUNT.problem(value) is None
    assert COUNT.read(value) == value
    assert type(COUNT.read(value)) is int


@pytest.mark.parametrize(("value", "good"), [(15, False), (16, True), (28, True), (29, False)])
def test_limits_are_allowed_and_what_lies_beyond_is_not(value: int, good: bool) -> None:
    assert SIZE.problem(value) == (None if good else ("out-of-range", WITHIN))
    assert SIZE.expected == WITHIN


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_a_value_where_a_default_is_none(nothing: str | None) -> None:
    assert TARGET.problem(nothing) is None
    assert TARGET.read(nothing) is None
    assert TARGET.read(0) == 0
    assert TARGET.problem(-1) == ("out-of-range", f"{OF_0} or nothing")
    assert FOLLOW.problem(nothing) is None
    assert FOLLOW.read(nothing) is None
    assert FOLLOW.problem("x") == ("not-an-option", "ENI limits or 110 or 250 or nothing")


# --- words to pick from ---------------------------------------------------------------------------


@pytest.mark.parametrize("choice", [POD_ENI, MODE, FOLLOW])
def test_each_option_in_any_case_is_read_as_it_is_spelt(choice: Choice) -> None:
    for option in choice.options:
        for said in (option, option.upper(), option.lower(), option.swapcase()):
            assert choice.problem(said) is None
            assert choice.read(said) == option


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "missing"),
        ("", "missing"),
        ("maybe", "not-an-option"),
        ("y", "not-an-option"),
        (2, "not-an-option"),
        (["yes"], "not-an-option"),
        # Formulas compare with the words: a cell must hold one of them.
        (True, "not-an-option"),
        (1.0, "not-an-option"),
    ],
)
def test_what_is_no_option(value: object, code: str) -> None:
    assert POD_ENI.problem(value) == (code, "no or yes")


@pytest.mark.parametrize(
    ("value", "hint"),
    [("prefixes", " (is prefix meant?)"), ("warm_eni", " (is warm-eni meant?)"), ("fargate", "")],
)
def test_what_is_much_like_an_option_is_asked_about(value: str, hint: str) -> None:
    assert MODE.problem(value) == ("not-an-option", f"undecided, warm-eni or prefix{hint}")


@pytest.mark.parametrize("yes", [True, "true", "TRUE", 1, 1.0, "1", np.True_])
@pytest.mark.parametrize("no", [False, "False", 0, 0.0, "0", np.False_])
def test_programs_say_yes_and_no_in_their_own_words(yes: object, no: object) -> None:
    assert (POD_ENI.said(yes), POD_ENI.said(no)) == ("yes", "no")
    # Of other choices, they are no words.
    assert (MODE.said(yes), MODE.said(no)) == (yes, no)


# --- free text ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "read"),
    [(None, ""), ("", ""), ("payments", "payments"), (42.0, "42"), (4.5, "4.5"), ("=1+1", "=1+1")],
)
def test_a_text_takes_what_a_cell_can_hold(value: object, read: str) -> None:
    assert NAME.problem(value) is None
    assert NAME.read(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (46349.0, "2026-11-23"),
        (46349.75, "2026-11-23"),
        (2_958_465, "9999-12-31"),
        (datetime.date(2026, 11, 23), "2026-11-23"),
        ("23 Nov", "23 Nov"),
        (None, ""),
        (2_958_466.0, "2958466"),
        (-1.0, "-1"),
    ],
)
def test_a_number_as_a_date_is_a_day(value: object, read: str) -> None:
    assert Text("date", "when it was made", is_date=True).read(value) == read


def test_a_text_has_an_end() -> None:
    assert NAME.problem("x" * 200) is None
    assert NAME.problem("x" * 201) == ("too-long", "a text of at most 200 characters")


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        ("", "nothing"),
        (True, "TRUE"),
        (False, "FALSE"),
        (2.0, "2"),
        (2.5, "2.5"),
        ("two", '"two"'),
        ("x" * 60, f'"{"x" * 60}"'),
        ("x" * 61, f'"{"x" * 57}..."'),
    ],
)
def test_found_words(value: object, words: str) -> None:
    assert found_words(value) == words


def test_long_texts_are_shown_where_they_differ() -> None:
    """And not cut off before."""
    same = "abcdefghij" * 6
    assert as_they_differ(same, f"{same}, or") == (f"...{same[-20:]}", f"...{same[-20:]}, or")
    for pair in [(f"{same[:56]}x", same[:56]), (same, 2.0), ("2", 2.0), (None, same)]:
        assert as_they_differ(*pair) == pair


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, None),
        (float("nan"), None),
        (float("inf"), ""),
        (2.0, 2),
        (2.5, 2.5),
        (np.float64(3), 3),
        (np.int64(3), 3),
        (True, True),
        ("", ""),
        ("words", "words"),
    ],
)
def test_a_value_an_error_and_nothing_are_three_things(value: object, shown: object) -> None:
    assert plain(value) == shown
    assert type(plain(value)) is type(shown)


def test_a_word_is_never_suggested_for_itself() -> None:
    assert near("m5.larg", ["m5.large", "c5.large"]) == " (is m5.large meant?)"
    assert near("M5.LARG", ["m5.large"]) == " (is m5.large meant?)"
    assert near("m5.large", ["m5.large", "m5.larges"]) == ""
    assert near("something", ["m5.large"]) == ""
