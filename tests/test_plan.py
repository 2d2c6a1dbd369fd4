"""What may be filled in, and the words for what may not."""

import dataclasses
import pickle

import numpy as np
import pytest

from calculator.errors import InputError
from calculator.model import models
from calculator.model.engine import setting_of
from calculator.plan import (
    GROUP_INPUTS,
    PLAN_INPUTS,
    Choice,
    NodeGroup,
    Plan,
    Quantity,
    found_words,
)

MANY = 1_000_000
# name: default, least, most
LIMITS = {
    "subnet_prefix_length": (23, 16, 28),
    "warm_eni_target": (1, 0, MANY),
    "warm_ip_target": (1, 0, MANY),
    "minimum_ip_target": (0, 0, MANY),
    "warm_prefix_target": (1, 0, MANY),
    "host_network_pods": (2, 0, MANY),
    "daemonset_pods": (2, 0, MANY),
    "max_eni": (0, 0, MANY),
    "pod_subnet_prefix_length": (19, 16, 28),
    "availability_zones": (1, 1, 6),
    "max_unavailable": (1, 1, 100),
    "other_ips": (0, 0, MANY),
    "control_plane_enis": (0, 0, 4),
    "windows_warm_ip_target": (3, 1, MANY),
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
}
# name: options, the default first
OPTIONS = {
    "max_pods_by": ("ENI limits", "110 or 250"),
    "pod_eni": ("no", "yes"),
    "custom_networking": ("no", "yes"),
    "ip_family": ("IPv4", "IPv6"),
    "zone_loss": ("no", "yes"),
    "updated_groups": ("none", "one", "all"),
    "prefix_case": ("best case", "worst case"),
}
GROUP_OPTIONS = {"os": ("Linux", "Windows")}
#: None for the default of each sheet.
BY_SHEET = {"warm_ip_target": None, "max_pods_by": None}
COUNT = "a whole number of 0 or more"


def make(name, value):
    if name in PLAN_INPUTS:
        return getattr(Plan(**{name: value}), name)
    return getattr(NodeGroup("m5.large", **{name: value}), name)


def test_defaults():
    limits, options = LIMITS.items(), OPTIONS.items()
    defaults = {name: each[0] for name, each in (*limits, *options)}
    assert dataclasses.asdict(Plan()) == {**defaults, **BY_SHEET, "node_groups": ()}
    assert NodeGroup("m5.large") == NodeGroup("m5.large", 1, 0, "Linux", 0, 0)
    assert PLAN_INPUTS.keys() == defaults.keys()
    assert GROUP_INPUTS.keys() == GROUP_LIMITS.keys() | GROUP_OPTIONS.keys()
    assert all(each.name == name for name, each in {**PLAN_INPUTS, **GROUP_INPUTS}.items())


@pytest.mark.parametrize(("name", "limits"), {**LIMITS, **GROUP_LIMITS}.items())
def test_limits_are_allowed_and_what_lies_beyond_is_not(name, limits):
    default, least, most = limits
    quantity = {**PLAN_INPUTS, **GROUP_INPUTS}[name]
    assert isinstance(quantity, Quantity)
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
    assert GROUP_INPUTS["instances"].problem(value) == (kind, expected)


@pytest.mark.parametrize("value", [0, 2, 2.0, -0.0, np.int64(7), np.float64(7), 1_000_000])
def test_no_problem(value):
    assert GROUP_INPUTS["instances"].problem(value) is None
    stored = NodeGroup("m5.large", value).instances
    assert stored == value
    assert type(stored) is int


# --- words to pick from ---------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "options"), {**OPTIONS, **GROUP_OPTIONS}.items())
def test_each_option_in_any_case_is_kept_as_it_is_spelt(name, options):
    choice = {**PLAN_INPUTS, **GROUP_INPUTS}[name]
    assert isinstance(choice, Choice)
    assert (choice.default, choice.options) == (options[0], options)
    for option in options:
        for said in (option, option.upper(), option.lower(), option.swapcase()):
            assert choice.problem(said) is None
            assert make(name, said) == option


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "missing"),
        ("", "missing"),
        ("maybe", "not-an-option"),
        (" yes", "not-an-option"),
        ("y", "not-an-option"),
        (2, "not-an-option"),
        (["yes"], "not-an-option"),
        # Formulas compare with the words: a cell must hold one of them.
        (True, "not-an-option"),
        (1.0, "not-an-option"),
    ],
)
def test_what_is_no_option(value, kind):
    assert PLAN_INPUTS["pod_eni"].problem(value) == (kind, "no or yes")


@pytest.mark.parametrize("yes", [True, "true", "TRUE", 1, 1.0, "1", np.True_])
@pytest.mark.parametrize("no", [False, "False", 0, 0.0, "0", np.False_])
def test_programs_say_yes_and_no_in_their_own_words(yes, no):
    plan = Plan(pod_eni=yes, zone_loss=no)
    assert (plan.pod_eni, plan.zone_loss) == ("yes", "no")
    assert type(plan.pod_eni) is str


def test_a_truth_value_is_no_other_word():
    with pytest.raises(InputError, match="ip_family: found TRUE; IPv4 or IPv6 is expected"):
        Plan(ip_family=True)
    with pytest.raises(InputError, match="own_max_pods: found TRUE; a whole number"):
        NodeGroup("m5.large", own_max_pods=True)


# --- the default of each sheet --------------------------------------------------------------------


def test_none_stands_for_the_default_of_each_sheet():
    said = {
        (sheet.mode, setting.name): setting_of(Plan(), setting)
        for model in models()
        for sheet in model
        for setting in sheet.settings
        if setting.name in BY_SHEET
    }
    assert said == {
        ("warm-eni", "max_pods_by"): "ENI limits",
        ("warm-ip", "max_pods_by"): "ENI limits",
        ("prefix", "max_pods_by"): "110 or 250",
        ("warm-ip", "warm_ip_target"): 1,
        ("prefix", "warm_ip_target"): 0,
    }


def test_what_is_said_goes_for_every_sheet():
    plan = Plan(warm_ip_target=0, max_pods_by="eni LIMITS")
    for model in models():
        for sheet in model:
            for setting in sheet.settings:
                if setting.name in BY_SHEET:
                    assert setting_of(plan, setting) in (0, "ENI limits")


@pytest.mark.parametrize("name", [name for name in PLAN_INPUTS if name not in BY_SHEET])
def test_none_is_no_value_of_any_other_setting(name):
    with pytest.raises(InputError, match=f"^{name}: found nothing; .* is expected$"):
        Plan(**{name: None})


# --- messages -------------------------------------------------------------------------------------


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
            lambda: Plan(updated_groups="some"),
            'updated_groups: found "some"; none or one or all is expected',
        ),
        (
            lambda: Plan(availability_zones=7),
            "availability_zones: found 7; a whole number from 1 to 6 is expected",
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
