"""What may be filled in, and the words for what may not."""

import dataclasses
import pickle

import numpy as np
import pytest

from calculator.errors import InputError
from calculator.plan import GROUP_QUANTITIES, PLAN_QUANTITIES, NodeGroup, Plan, found_words

# name: default, least, most
LIMITS = {
    "subnet_prefix_length": (23, 16, 28),
    "warm_eni_target": (1, 0, 1_000_000),
    "warm_ip_target": (1, 0, 1_000_000),
    "minimum_ip_target": (0, 0, 1_000_000),
    "host_network_pods": (2, 0, 1_000_000),
    "daemonset_pods": (2, 0, 1_000_000),
}
COUNT = "a whole number of 0 or more"


def make(name, value):
    if name in LIMITS:
        return getattr(Plan(**{name: value}), name)
    return getattr(NodeGroup("m5.large", **{name: value}), name)


def test_defaults():
    assert dataclasses.asdict(Plan()) == {
        **{name: default for name, (default, _, _) in LIMITS.items()},
        "node_groups": (),
    }
    assert NodeGroup("m5.large") == NodeGroup("m5.large", 1, 0)
    assert list(PLAN_QUANTITIES) == list(LIMITS)
    assert list(GROUP_QUANTITIES) == ["instances", "pods_per_node"]


ALL_LIMITS = {**LIMITS, "instances": (1, 0, 1_000_000), "pods_per_node": (0, 0, 1_000_000)}


@pytest.mark.parametrize(("name", "limits"), ALL_LIMITS.items())
def test_limits_are_allowed_and_what_lies_beyond_is_not(name, limits):
    default, least, most = limits
    quantity = {**PLAN_QUANTITIES, **GROUP_QUANTITIES}[name]
    assert (quantity.default, quantity.minimum, quantity.maximum) == limits
    assert [make(name, value) for value in (default, least, most)] == [default, least, most]
    for value in (least - 1, most + 1):
        with pytest.raises(InputError, match=rf"^{name}: found {value}; a whole number "):
            make(name, value)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "missing", COUNT),
        ("", "missing", COUNT),
        ("5", "not-a-number", COUNT),
        (True, "not-a-number", COUNT),
        (np.True_, "not-a-number", COUNT),
        ([1], "not-a-number", COUNT),
        (1j, "not-a-number", COUNT),
        (1.5, "not-a-whole-number", COUNT),
        (float("nan"), "not-a-whole-number", COUNT),
        (float("inf"), "not-a-whole-number", COUNT),
        (-1, "out-of-range", COUNT),
        (-1e300, "out-of-range", COUNT),
        (1_000_001, "out-of-range", "a whole number from 0 to 1,000,000"),
        (10**400, "out-of-range", "a whole number from 0 to 1,000,000"),
    ],
)
def test_kinds_of_problems(value, kind, expected):
    assert GROUP_QUANTITIES["instances"].problem(value) == (kind, expected)


@pytest.mark.parametrize("value", [0, 2, 2.0, -0.0, np.int64(7), np.float64(7), 1_000_000])
def test_no_problem(value):
    assert GROUP_QUANTITIES["instances"].problem(value) is None
    stored = NodeGroup("m5.large", value).instances
    assert stored == value
    assert type(stored) is int


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Plan(subnet_prefix_length=29),
            "subnet_prefix_length: found 29; a whole number from 16 to 28 is expected",
        ),
        (
            lambda: Plan(daemonset_pods=0.5),
            f"daemonset_pods: found 0.5; {COUNT} is expected",
        ),
        (
            lambda: Plan(warm_ip_target="two"),
            f'warm_ip_target: found "two"; {COUNT} is expected',
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
            lambda: NodeGroup("  "),
            'instance_type: found "  "; an instance type is expected',
        ),
        (
            lambda: NodeGroup(5),
            "instance_type: found 5; an instance type is expected",
        ),
        (
            lambda: Plan(node_groups=["m5.large"]),
            "node_groups: found 'm5.large'; a NodeGroup is expected",
        ),
    ],
)
def test_messages(make, message):
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value) == message
    assert str(pickle.loads(pickle.dumps(caught.value))) == message


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        ("", "nothing"),
        (True, "TRUE"),
        (2.0, "2"),
        (2.5, "2.5"),
        ("two", '"two"'),
        ("x" * 60, f'"{"x" * 60}"'),
        ("x" * 61, f'"{"x" * 57}..."'),
    ],
)
def test_found_words(value, words):
    assert found_words(value) == words


def test_node_groups_are_kept_as_a_tuple():
    groups = [NodeGroup("m5.large"), NodeGroup("c5.2xlarge", 2, 30)]
    plan = Plan(node_groups=groups)
    groups.clear()
    assert plan.node_groups == (NodeGroup("m5.large"), NodeGroup("c5.2xlarge", 2, 30))
