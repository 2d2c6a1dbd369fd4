"""Mutants in each run of the tests; ``python -m tests.fuzz`` makes as many as are asked for."""

from __future__ import annotations

from functools import cache

import pytest

from calculator.verify import judge
from tests.fuzz import Base, Mutant, bases, discrepancies, faults
from tests.helpers import times
from tests.mutations import EDITS, SPELLINGS, Book

SEED = "tests"
MUTANTS = times(2_000)

sources = cache(bases)


@pytest.mark.thorough
def test_mutants() -> None:
    mutants = (Mutant.of(sources(), SEED, number) for number in range(MUTANTS))
    found = [
        f"python -m tests.fuzz --seed {SEED} --only {mutant.number}: {what}"
        for mutant, what in faults(mutants)
    ]
    assert found == []


@pytest.mark.parametrize("name", [*EDITS, *SPELLINGS])
def test_each_mutation_changes_something(name: str) -> None:
    base = sources()[0]

    def mutated(seed: int) -> bytes:
        book = Book(base.parts, seed)
        (EDITS | SPELLINGS)[name](book)
        return book.zipped()

    # Some find what they change on one sheet of many.
    assert any(mutated(seed) != Book(base.parts, seed).zipped() for seed in range(100))


def lies(base: Base, name: str) -> list[str]:
    """What is noticed of a clean report with another value."""
    [report] = judge([base.reading])
    assert report.plan is not None
    if name in report.plan.settings:
        report.plan.settings[name] = 25
    elif name in report.sheets[0].totals:
        report.sheets[0].totals[name] = 25
    elif name:
        report.sheets[0].columns[name][1] = 25.0
    return list(discrepancies(base, report, base.cells))


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("subnet_prefix_length", "Plan!B4: 24"),
        ("ips_used", "WarmENI!B8: 78"),
        ("active_ips", "WarmENI!L31: 7"),
    ],
)
def test_a_report_that_lies_is_noticed(name: str, cell: str) -> None:
    [found] = lies(sources()[0], name)
    assert found.startswith(cell)


def test_a_report_that_does_not_lie() -> None:
    assert lies(sources()[0], "") == []
