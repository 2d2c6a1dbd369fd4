"""Where a count stops to fit, however many counts are looked at in one pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.answers.boundary import Boundary


def searched(search: Boundary, last: int, at_once: int) -> list[int]:
    """Search where all counts up to the last fit; gives the counts that were looked at."""
    looked_at = []
    while not search.is_found:
        counts = search.wanted(at_once)
        assert 0 < len(counts) == len(set(counts)) <= at_once
        looked_at += counts
        search.learn(counts, [why(count, last) for count in counts])
    return looked_at


def why(count: int, last: int) -> str:
    return "" if count <= last else f"no room for {count}"


@given(
    present=st.integers(0, 3000),
    above=st.integers(0, 3000),
    last=st.integers(-1, 6000),
    at_once=st.integers(1, 40),
)
def test_the_count_fits_and_one_more_does_not(
    present: int, above: int, last: int, at_once: int
) -> None:
    most = present + above
    search = Boundary(present, most, why(present, last))
    looked_at = searched(search, last, at_once)
    assert all(0 <= count <= most for count in looked_at)
    assert search.count == (None if last < 0 else min(last, most))
    assert search.reason == (why(last + 1, last) if last < most else "")


@pytest.mark.parametrize(("at_once", "passes"), [(1, 40), (15, 8)])
def test_a_search_is_short(at_once: int, passes: int) -> None:
    for last in (0, 10, 999, 123_456, 1_000_000):
        assert len(searched(Boundary(0, 1_000_000), last, at_once)) <= passes * at_once


def test_the_first_that_does_not_fit_ends_it() -> None:
    # 3 and 5 do not fit, though 4 does
    search = Boundary(0, 10)
    search.learn([1, 2, 3, 4, 5], ["", "", "three", "", "five"])
    assert (search.is_found, search.count, search.reason) == (True, 2, "three")
