"""How bad an issue is, and when it is worse than it was."""

from __future__ import annotations

from typing import Any

import pytest

from calculator.measures import Measure, is_within, measure_of, shortage_of, worse_words
from tests.reports import finding, report, sheet


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


@pytest.mark.parametrize(("cells", "measure"), [(0, None), (1, (1,)), (2, (2, []))])
def test_of_formulas_that_are_gone_the_cells_are_counted(
    cells: int, measure: Measure | None
) -> None:
    assert measure_of(finding("missing-formula", cells=cells, found=None)) == measure


def test_what_is_short_is_that_of_the_sheet_that_a_finding_is_of() -> None:
    sheets = [sheet("warm-eni", -50, fits=False), sheet("warm-ip", -90, fits=False)]
    both = report("a.xlsx", sheets=sheets, fits=False)
    for name, short in (("WarmENI", 50), ("WarmIP", 90)):
        assert shortage_of(both, finding("subnet-overflow", f"{name}!B10")) == (short,)
    # Where no blocks are counted, none is lacking.
    plain = sheet("prefix", -120, fits=False, details={}, name="Prefix")
    lacking = finding("too-few-prefixes", "Prefix!B10")
    assert shortage_of(report("a.xlsx", sheets=[plain], fits=False), lacking) == (20,)


def test_what_is_short_without_a_finding() -> None:
    said = worse_words((1200,), [90], None)
    assert said == "worse than known: 1,200 addresses short, and 90 are known"
