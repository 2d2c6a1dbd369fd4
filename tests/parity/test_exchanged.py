"""Words in each other's places: which of them are, and which only stand elsewhere."""

from __future__ import annotations

import pytest

from calculator.parity.exchanged import _rings

Place = tuple[int, int]
A, B, C, D = ((row, 1) for row in range(1, 5))


@pytest.mark.parametrize(
    ("homes", "rings"),
    [
        ({A: A, B: B}, []),
        ({A: B, B: A, C: C}, [[A, B]]),
        ({A: B, B: C, C: A}, [[A, B, C]]),
        ({A: B, B: A, C: D, D: C}, [[A, B], [C, D]]),
        ({A: B, B: C}, []),  # moved down, and not exchanged
        ({A: C, B: C, C: A}, [[A, C]]),  # two that stand in one place are none of a ring
        ({A: D, B: C, C: B}, [[B, C]]),
    ],
)
def test_rings(homes: dict[Place, Place], rings: list[list[Place]]) -> None:
    assert [*_rings(homes)] == rings
