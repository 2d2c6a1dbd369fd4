"""How bad an issue is, and when it is worse than it was."""

from __future__ import annotations

from typing import Any

import pytest

from calculator.measures import Measure, is_within, worse_words


@pytest.mark.parametrize(
    ("now", "known", "is_so"),
    [
        (None, [3], True),
        *(((3,), [3], True), ((2,), [3], True), ((4,), [3], False)),
        ((3, ["A"]), [3], True),
        ((1, ["B"]), [3, ["A", "B"]], True),
        ((1, ["C"]), [3, ["A", "B"]], False),
        # Addresses are no value beside its result, and the other way round.
        *(((3,), [300, 210], False), ((300, 210), [400], False)),
        *(((300, 210), [300, 210], True), ((290, 210), [300, 210], False)),
    ],
)
def test_what_is_within_what_is_known(
    now: Measure | None, known: list[Any], *, is_so: bool
) -> None:
    assert is_within(now, known) is is_so


def test_what_is_short_without_a_finding() -> None:
    said = worse_words((1200,), [90], None)
    assert said == "worse than known: 1,200 addresses short, and 90 are known"
