"""The plans that a question is asked of: workbooks, folders of them, or node groups."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from calculator.catalog import Catalog
from calculator.convert import plan_of
from calculator.errors import InputError, WorkbookError
from calculator.files import find_workbooks
from calculator.plan import NodeGroup, Plan

__all__ = ["Asked", "asked", "is_alone", "usable"]


@dataclass(frozen=True)
class Asked:
    """A plan, and the file that it stands in.

    Parameters
    ----------
    file: its path; "" for node groups that stand in none.
    plan: what is filled in; None where the file cannot be used.
    error: why it cannot, in words.
    """

    file: str
    plan: Plan | None
    error: str = ""


def asked(
    paths: Iterable[str | os.PathLike[str]] = (),
    node_groups: Sequence[NodeGroup] = (),
    settings: Mapping[str, Any] | None = None,
    *,
    may_be_empty: bool = False,
) -> Iterator[Asked]:
    """The plans of some workbooks, or of node groups; a file that cannot be used costs itself.

    Parameters
    ----------
    paths: files, folders, globs and URLs, as for :func:`calculator.evaluate_workbooks`.
    node_groups: a plan that stands in no file, in place of workbooks.
    settings: inputs of the plan that go before those of a workbook, by name.
    may_be_empty: whether a plan without node groups can be asked as well.

    Raises
    ------
    InputError: when there are neither paths nor node groups, or both, or a setting is out of its
        limits.
    """
    paths, changed = list(paths), dict(settings or {})
    if (paths and node_groups) or not (paths or node_groups or may_be_empty):
        raise InputError("name workbooks, or node groups with --node, and not both")
    if not paths:
        yield Asked("", Plan(node_groups=node_groups, **changed))
        return
    for file in find_workbooks(paths).files:
        try:
            plan = plan_of(file)
        except (WorkbookError, InputError) as error:
            yield Asked(file, None, str(error))
        else:
            yield Asked(file, replace(plan, **changed))


def is_alone(asked: Sequence[Asked], paths: Sequence[str]) -> bool:
    """Whether one plan was named, and not a folder that happens to hold one."""
    return len(asked) == 1 and asked[0].file in ("", *paths)


def usable(one: Asked, catalog: Catalog) -> Asked:
    """A plan whose instance types the catalog lists, or why it cannot be used.

    Raises
    ------
    InputError: for a plan that stands in no file.
    """
    if one.plan is None:
        return one
    try:
        catalog.require(group.instance_type for group in one.plan.node_groups)
    except InputError as error:
        if not one.file:
            raise
        return Asked(one.file, None, f"{one.file}: {error}")
    return one
