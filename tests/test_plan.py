"""What may be filled in, by field, and what is said of what may not."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

from calculator.errors import InputError
from calculator.inputs import Choice, Quantity, Text
from calculator.plan import GROUP_INPUTS, MODES, PLAN_INPUTS, NodeGroup, Plan

MANY = 1_000_000
# name: default, least, most
LIMITS = {
    "subnet_prefix_length": (23, 16, 28),
    "availability_zones": (2, 1, 6),
    "warm_eni_target": (1, 0, MANY),
    "warm_ip_target": (None, 0, MANY),
    "minimum_ip_target": (0, 0, MANY),
    "warm_prefix_target": (1, 0, MANY),
    "host_network_pods": (2, 0, MANY),
    "daemonset_pods": (2, 0, MANY),
    "reserved_enis": (0, 0, MANY),
    "max_eni": (0, 0, MANY),
    "node_subnets": (1, 1, 100),
    "pod_subnets": (1, 1, 100),
    "prefix_reservation": (24, 16, 28),
    "rollout_surge": (25, 0, 100),
    "max_unavailable_percent": (0, 0, 100),
    "replaced_at_once": (10, 0, 100),
    "albs": (0, 0, MANY),
    "nlbs": (0, 0, MANY),
    "endpoints": (0, 0, MANY),
    "nat_gateways": (0, 0, MANY),
    "pod_subnet_prefix_length": (19, 16, 28),
    "max_unavailable": (1, 1, 100),
    "other_ips": (0, 0, MANY),
    "control_plane_enis": (0, 0, 4),
    "windows_warm_ip_target": (3, 0, MANY),
    "windows_minimum_ip_target": (3, 0, MANY),
    "windows_warm_prefix_target": (0, 0, MANY),
    "windows_prefix_warm_ip_target": (1, 0, MANY),
    "windows_prefix_minimum_ip_target": (3, 0, MANY),
}
GROUP_LIMITS = {
    "instances": (1, 0, MANY),
    "pods_per_node": (0, 0, MANY),
    "own_max_pods": (0, 0, MANY),
    "security_group_pods": (0, 0, MANY),
    "most_instances": (None, 0, MANY),
    "in_fullest_zone": (None, 0, MANY),
    "most_pods": (None, 0, MANY),
    "other_enis": (0, 0, MANY),
    "other_ips_per_node": (0, 0, MANY),
}
# name: default, then all options
OPTIONS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "mode": ("undecided", ("undecided", "warm-eni", "warm-ip", "prefix", "ipv6")),
    "nodes_from": (
        "managed node group",
        ("managed node group", "Karpenter", "self-managed", "EKS Auto Mode"),
    ),
    "pod_eni": ("no", ("no", "yes")),
    "pods_from": (
        "node subnets",
        ("node subnets", "custom networking", "tagged subnets", "tagged subnets only"),
    ),
    "zone_loss": ("no", ("no", "yes")),
    "updated_groups": ("one", ("none", "one", "all")),
    "update_strategy": ("default", ("default", "minimal")),
    "prefix_case": ("best case", ("best case", "worst case", "reservation")),
}
GROUP_OPTIONS: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "os": ("Linux", ("Linux", "Windows")),
    "nodes_from": (None, (*OPTIONS["nodes_from"][1], "Fargate")),
}
TEXTS = ("name", "owner", "date")
#: Left to the mode where nothing is said.
BY_MODE = ("warm_ip_target",)
COUNT = "a whole number of 0 or more"


def make(name: str, value: Any) -> Any:
    """What a plan or a node group keeps of a value."""
    if name in PLAN_INPUTS:
        return getattr(Plan(**{name: value}), name)
    return getattr(NodeGroup("m5.large", **{name: value}), name)


def test_defaults() -> None:
    defaults = {name: one[0] for name, one in (LIMITS | OPTIONS).items()}
    defaults |= dict.fromkeys(TEXTS, "")
    assert dataclasses.asdict(Plan()) == {**defaults, "node_groups": ()}
    assert NodeGroup("m5.large") == NodeGroup("m5.large", 1, 0, "Linux", 0, 0)
    assert PLAN_INPUTS.keys() == defaults.keys()
    assert GROUP_INPUTS.keys() == GROUP_LIMITS.keys() | GROUP_OPTIONS.keys()
    assert all(each.name == name for name, each in {**PLAN_INPUTS, **GROUP_INPUTS}.items())
    assert OPTIONS["mode"][1] == MODES


@pytest.mark.parametrize(("name", "limits"), {**LIMITS, **GROUP_LIMITS}.items())
def test_limits_are_allowed_and_what_lies_beyond_is_not(
    name: str, limits: tuple[int | None, int, int]
) -> None:
    default, least, most = limits
    quantity = {**PLAN_INPUTS, **GROUP_INPUTS}[name]
    assert isinstance(quantity, Quantity)
    assert (quantity.default, quantity.minimum, quantity.maximum) == limits
    assert [make(name, value) for value in (default, least, most)] == [default, least, most]
    for value in (least - 1, most + 1):
        with pytest.raises(InputError, match=rf"^{name}: found {value}; a whole number "):
            make(name, value)


@pytest.mark.parametrize(
    ("of", "name", "options"),
    [
        *((Plan, *each) for each in OPTIONS.items()),
        *((partial(NodeGroup, "m5.large"), *each) for each in GROUP_OPTIONS.items()),
    ],
)
def test_each_option_in_any_case_is_kept_as_it_is_spelt(
    of: Callable[..., Any], name: str, options: tuple[str | None, tuple[str, ...]]
) -> None:
    choice = (PLAN_INPUTS if of is Plan else GROUP_INPUTS)[name]
    assert isinstance(choice, Choice)
    assert (choice.default, choice.options) == options
    for option in choice.options:
        for said in (option, option.upper(), option.swapcase()):
            assert getattr(of(**{name: said}), name) == option


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_kept_as_text(name: str) -> None:
    assert isinstance(PLAN_INPUTS[name], Text)
    seven = "1900-01-06" if name == "date" else "7"
    assert [make(name, value) for value in ("x", "", None, 7)] == ["x", "", "", seven]


@pytest.mark.parametrize("value", [0, 2, 2.0, np.int64(7), np.float64(7)])
def test_a_count_is_kept_as_an_integer(value: Any) -> None:
    kept = make("instances", value)
    assert kept == value
    assert type(kept) is int


@pytest.mark.parametrize("name", BY_MODE)
def test_none_leaves_the_choice_to_the_mode(name: str) -> None:
    assert make(name, None) is None
    assert make(name, "") is None
    assert PLAN_INPUTS[name].empty


@pytest.mark.parametrize("name", [name for name in PLAN_INPUTS if name not in (*BY_MODE, *TEXTS)])
def test_none_is_no_value_of_any_other_setting(name: str) -> None:
    with pytest.raises(InputError, match=f"^{name}: found nothing; .* is expected$"):
        make(name, None)


@pytest.mark.parametrize(("yes", "no"), [(True, False), ("true", "False"), (1, 0.0)])
def test_programs_say_yes_and_no_in_their_own_words(yes: Any, no: Any) -> None:
    plan = Plan(pod_eni=yes, zone_loss=no)
    assert (plan.pod_eni, plan.zone_loss) == ("yes", "no")
    assert type(plan.pod_eni) is str


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Plan(subnet_prefix_length=29),
            "subnet_prefix_length: found 29; a whole number from 16 to 28 is expected",
        ),
        (lambda: Plan(daemonset_pods=0.5), f"daemonset_pods: found 0.5; {COUNT} is expected"),
        (
            lambda: Plan(warm_ip_target="two"),
            f'warm_ip_target: found "two"; {COUNT} or nothing is expected',
        ),
        (
            lambda: Plan(updated_groups="some"),
            'updated_groups: found "some"; none, one or all is expected',
        ),
        (
            lambda: Plan(mode="IPV4"),
            'mode: found "IPV4"; undecided, warm-eni, warm-ip, prefix or ipv6 (is ipv6 meant?) is '
            "expected",
        ),
        (
            lambda: Plan(mode=True),
            "mode: found TRUE; undecided, warm-eni, warm-ip, prefix or ipv6 is expected",
        ),
        (
            lambda: Plan(availability_zones=7),
            "availability_zones: found 7; a whole number from 1 to 6 is expected",
        ),
        (
            lambda: Plan(name="x" * 201),
            f'name: found "{"x" * 57}..."; a text of at most 200 characters is expected',
        ),
        (
            lambda: NodeGroup("m5.large", os="BSD"),
            'os: found "BSD"; Linux or Windows is expected',
        ),
        (
            lambda: NodeGroup("m5.large", 1_000_001),
            "instances: found 1000001; a whole number from 0 to 1,000,000 is expected",
        ),
        (
            lambda: NodeGroup("m5.large", pods_per_node=None),
            f"pods_per_node: found nothing; {COUNT} is expected",
        ),
        (
            lambda: NodeGroup("m5.large", own_max_pods=True),
            f"own_max_pods: found TRUE; {COUNT} is expected",
        ),
        (lambda: NodeGroup("  "), 'instance_type: found "  "; an instance type is expected'),
        (lambda: NodeGroup(5), "instance_type: found 5; an instance type is expected"),
        (
            lambda: Plan(node_groups=["m5.large"]),
            "node_groups: found 'm5.large'; a NodeGroup is expected",
        ),
    ],
)
def test_messages(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message
    assert str(pickle.loads(pickle.dumps(caught.value))) == message


def test_node_groups_are_kept_as_a_tuple() -> None:
    groups = [NodeGroup("m5.large"), NodeGroup("c5.2xlarge", 2, 30)]
    plan = Plan(node_groups=groups)
    groups.clear()
    assert plan.node_groups == (NodeGroup("m5.large"), NodeGroup("c5.2xlarge", 2, 30))


def test_a_plan_cannot_be_changed_and_is_equal_to_one_alike() -> None:
    plan = Plan(subnet_prefix_length=22, node_groups=[NodeGroup("m5.large")])
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.subnet_prefix_length = 23  # type: ignore[misc]
    assert plan == pickle.loads(pickle.dumps(plan))
    assert hash(plan) == hash(dataclasses.replace(plan))


@pytest.mark.parametrize("cls", [Plan, NodeGroup])
def test_help_says_of_every_field_what_it_takes(cls: type) -> None:
    document = " ".join((cls.__doc__ or "").split())
    inputs = PLAN_INPUTS if cls is Plan else GROUP_INPUTS
    for field in dataclasses.fields(cls):
        assert f" {field.name}: " in document
    for name, given in inputs.items():
        assert f"{name}: {given.about}; {given.expected}; by default " in document, name
    if cls is Plan:
        assert "by default 23." in document
        assert "by default 1 in warm-ip mode, 0 in prefix mode." in document
