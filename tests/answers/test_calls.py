"""Calls to EC2 against ipamd gone through pod by pod, and what a node settles at in the model."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calculator.answers.calls import Limits, Targets, filled
from tests.answers.plans import pod_by_pod
from tests.model.vpc_cni.nodes import PREFIX, WARM_ENI, WARM_IP, nodes

LIMITS = st.builds(
    Limits,
    enis=st.integers(1, 8),
    slots=st.integers(1, 20),
    slot_size=st.sampled_from([1, 16]),
    max_pods=st.integers(1, 260),
    primary_kept=st.integers(0, 1),
)
TARGETS = st.builds(
    Targets,
    warm_eni=st.integers(0, 4),
    warm_ip=st.sampled_from([0, 0, 1, 2, 5, 16, 17]) | st.integers(0, 300),
    minimum_ip=st.sampled_from([0, 0, 10, 16, 30]) | st.integers(0, 300),
    warm_prefix=st.integers(0, 5) | st.integers(0, 40),
)


@pytest.mark.thorough
@settings(max_examples=400, deadline=None)
@given(limits=LIMITS, targets=TARGETS, pods=st.integers(0, 260))
@example(limits=Limits(3, 9, 16, 110, 0), targets=Targets(0, 0, 3, 0), pods=60)
def test_they_are_those_of_ipamd_pod_by_pod(limits, targets, pods):
    result = filled(limits, targets, pods)
    assert tuple(result) == pod_by_pod(limits, targets, pods)
    assert result.ec2_calls == result.assignments + 3 * result.new_enis


@pytest.mark.parametrize(
    ("targets", "pods", "calls"),
    [
        (Targets(warm_eni=1), 0, (1, 0)),  # the primary ENI is filled when the node joins
        (Targets(warm_eni=1), 1, (1, 1)),  # one pod, and no whole ENI is free
        (Targets(warm_eni=0), 9, (1, 1)),  # another ENI once the last address is gone
        (Targets(warm_eni=2), 0, (1, 1)),
        (Targets(warm_ip=1), 3, (4, 0)),  # a call a pod
        (Targets(warm_ip=1, minimum_ip=9), 8, (1, 0)),
        (Targets(warm_ip=2, minimum_ip=8), 8, (2, 1)),
        (Targets(minimum_ip=20), 20, (1, 2)),
    ],
)
def test_of_a_c5_large_by_hand(targets, pods, calls):
    result = filled(Limits(3, 9, 1, 29, 0), targets, pods)
    assert (result.assignments, result.new_enis) == calls


@st.composite
def cases(draw):
    """A node with limits of its own, as a plan that has its targets."""
    case = {
        "max_enis": draw(st.integers(1, 8)),
        "ips_per_eni": draw(st.integers(2, 20)),
        "own_max_pods": draw(st.integers(1, 200)),
        "custom_networking": 0,
        "host_network_pods": draw(st.integers(0, 3)),
        "daemonset_pods": draw(st.integers(0, 3)),
        "pods_per_node": draw(st.integers(0, 200)),
        "hypervisor": draw(st.sampled_from(["nitro", "nitro", "xen"])),
        "pod_eni": draw(st.sampled_from(["no", "yes"])),
        "warm_eni_target": draw(st.integers(0, 3)),
        "warm_ip_target": draw(st.sampled_from([0, 1, 5]) | st.integers(0, 200)),
        "minimum_ip_target": draw(st.sampled_from([0, 10]) | st.integers(0, 200)),
        "warm_prefix_target": draw(st.integers(0, 9)),
    }
    if case["max_enis"] > 1:
        case["custom_networking"] = draw(st.integers(0, 1))
    return case


@pytest.mark.thorough
@pytest.mark.parametrize("sheet", [WARM_ENI, WARM_IP, PREFIX], ids=["eni", "ip", "prefix"])
@settings(max_examples=40, deadline=None)
@given(drawn=st.lists(cases(), min_size=1, max_size=10))
def test_it_settles_where_the_model_does(sheet, drawn):
    for case, row in zip(drawn, nodes(sheet, drawn).to_dict("records"), strict=True):
        ip_targets = {}
        if sheet is not WARM_ENI:
            ip_targets = {
                "warm_ip": case["warm_ip_target"],
                "minimum_ip": case["minimum_ip_target"],
            }
        targets = Targets(
            warm_eni=case["warm_eni_target"], warm_prefix=case["warm_prefix_target"], **ip_targets
        )
        names = ("pod_enis", "slot_size", "max_pods", "primary_kept", "active_ips")
        enis, size, max_pods, kept, pods = (int(row[name]) for name in names)
        limits = Limits(enis, case["ips_per_eni"] - 1, size, max_pods, kept)
        result = filled(limits, targets, pods)
        assert result.slots_held == row["slots_held"], case
        assert result.attached == row["attached_enis"], case
