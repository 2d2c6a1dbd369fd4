"""Plan the subnets of Amazon EKS clusters: compute, write, read and verify subnet workbooks."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calculator.answers.capacity import capacity
    from calculator.answers.compare import compare
    from calculator.answers.explain.explanation import explain
    from calculator.answers.recommend import recommend
    from calculator.answers.size import size
    from calculator.batch import evaluate_workbooks
    from calculator.catalog import load_catalog
    from calculator.model.result import evaluate
    from calculator.plan import NodeGroup, Plan
    from calculator.scenarios import sweep
    from calculator.verify import verify_workbook
    from calculator.workbook.reader import read_workbook
    from calculator.workbook.writer import write_workbook

__all__ = [
    "NodeGroup",
    "Plan",
    "capacity",
    "compare",
    "evaluate",
    "evaluate_workbooks",
    "explain",
    "load_catalog",
    "read_workbook",
    "recommend",
    "size",
    "sweep",
    "verify_workbook",
    "write_workbook",
]

# Each name is imported when it is first used, so that the command line starts at once.
_HOMES = {
    "NodeGroup": "plan",
    "Plan": "plan",
    "capacity": "answers.capacity",
    "compare": "answers.compare",
    "evaluate": "model.result",
    "evaluate_workbooks": "batch",
    "explain": "answers.explain.explanation",
    "load_catalog": "catalog",
    "read_workbook": "workbook.reader",
    "recommend": "answers.recommend",
    "size": "answers.size",
    "sweep": "scenarios",
    "verify_workbook": "verify",
    "write_workbook": "workbook.writer",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
