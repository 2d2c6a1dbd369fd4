"""The plans that a question is asked of: workbooks, folders of them, or node groups."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from calculator.catalog import Catalog, load_catalog
from calculator.convert import read_plan
from calculator.errors import InputError, WorkbookError
from calculator.files import find_workbooks
from calculator.plan import NodeGroup, Plan

__all__ = ["NO_GROUP", "PLANS", "Asked", "asked", "is_alone", "usable"]

#: What is said of a plan without node groups.
NO_GROUP = "it has no node group; enter one"
#: Plans that are computed in one pass: enough for arrays to be worth it.
PLANS = 100


@dataclass(frozen=True)
class Asked:
    """A plan, and the file that it stands in.

    Parameters
    ----------
    file: its path; "" for node groups that stand in none.
    plan: what is filled in; None where the file cannot be used.
    error: why it cannot, in words.
    catalog: limits of its instance types, by default the built-in ones.
    is_of_aws: whether it is filled in in AWS's sample, whose own rules are others.
    """

    file: str
    plan: Plan | None
    error: str = ""
    catalog: Catalog = field(default_factory=load_catalog)
    is_of_aws: bool = False


def asked(
    paths: Iterable[str | os.PathLike[str]] = (),
    node_groups: Sequence[NodeGroup] = (),
    settings: Mapping[str, Any] | None = None,
    catalog: Catalog | None = None,
    *,
    may_be_empty: bool = False,
) -> Iterator[Asked]:
    """The plans of some workbooks, or of node groups; a file that cannot be used costs itself.

    Parameters
    ----------
    paths: files, folders, globs and URLs, as for :func:`calculator.evaluate_workbooks`.
    node_groups: a plan that stands in no file, in place of workbooks.
    settings: inputs of the plan that go before those of a workbook, by name.
    catalog: limits of the instance types; by default those of each workbook, and else the built-in
        ones.
    may_be_empty: whether a plan without node groups can be asked as well.

    Raises
    ------
    InputError: when there are neither paths nor node groups, or both, a setting is out of its
        limits, or the catalog does not list a type of node groups that stand in no file.
    """
    paths, changed = list(paths), dict(settings or {})
    if paths and node_groups:
        raise InputError("name workbooks, or node groups with --node, and not both")
    if not (paths or node_groups or may_be_empty):
        raise InputError("found no plan: name workbooks, or node groups with --node")
    if not paths:
        yield usable(Asked("", Plan(node_groups=node_groups, **changed)), catalog)
        return
    for file in find_workbooks(paths).files:
        try:
            plan, own, is_of_aws = read_plan(file)
        except (WorkbookError, InputError) as error:
            yield Asked(file, None, str(error))
        else:
            filled_in = Asked(file, replace(plan, **changed), catalog=own, is_of_aws=is_of_aws)
            yield usable(filled_in, catalog)


def is_alone(asked: Sequence[Asked], paths: Sequence[str]) -> bool:
    """Whether one plan was named, and not a folder that happens to hold one."""
    return len(asked) == 1 and asked[0].file in ("", *paths)


def usable(one: Asked, catalog: Catalog | None = None) -> Asked:
    """A plan whose instance types its catalog lists, or why it cannot be used.

    Parameters
    ----------
    catalog: goes before its own.

    Raises
    ------
    InputError: for a plan that stands in no file.
    """
    plan = one.plan
    if plan is None:
        return one
    if catalog is not None:
        one = replace(one, catalog=catalog)
    try:
        one.catalog.require(group.instance_type for group in plan.node_groups)
    except InputError as error:
        if not one.file:
            raise
        return Asked(one.file, None, f"{one.file}: {error}")
    return one
