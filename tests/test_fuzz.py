"""Mutants in each run of the tests; ``python -m tests.fuzz`` makes as many as are asked for."""

from __future__ import annotations

from tests.fuzz import Mutant, bases, faults

SEED = "tests"
MUTANTS = 2_000


def test_mutants() -> None:
    sources = bases()
    found = [
        f"python -m tests.fuzz --seed {SEED} --only {mutant.number}: {what}"
        for mutant, what in faults(Mutant.of(sources, SEED, number) for number in range(MUTANTS))
    ]
    assert found == []
