"""What a node takes, against ipamd's own decisions, the documentation, and ipamd step by step."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calculator.model.result import evaluate
from calculator.plan import NodeGroup, Plan
from tests.helpers import examples
from tests.model.vpc_cni.nodes import (
    CATALOG,
    IPV6,
    PREFIX,
    WARM_ENI,
    WARM_IP,
    WITH_POOL,
    nodes,
)

EACH_POOL = pytest.mark.parametrize("sheet", WITH_POOL, ids=[each.name for each in WITH_POOL])

NAMES = {
    "warm_eni": "warm_eni_target",
    "warm_ip": "warm_ip_target",
    "min_ip": "minimum_ip_target",
    "warm_prefix": "warm_prefix_target",
    "pods": "pods_per_node",
    "host": "host_network_pods",
    "max_pods": "own_max_pods",
}


def settled(sheet, cases):
    """(pods with an address, ENIs, secondary IPs, prefixes) for cases of the ipamd table."""
    plans = [
        {"host_network_pods": 0, "daemonset_pods": 0}
        | {NAMES.get(name, name): case[name] for name in case if name in INPUTS}
        for case in cases
    ]
    columns = ["active_ips", "attached_enis", "secondary_ips"]
    table = nodes(sheet, plans)
    if sheet is PREFIX:
        columns.append("prefixes")
    else:
        table["prefixes"] = 0
    return [tuple(map(int, row)) for row in table[[*columns[:3], "prefixes"]].to_numpy()]


INPUTS = ("max_enis", "ips_per_eni", "custom_networking", "pod_eni", *NAMES)
RESULTS = ("assigned", "enis", "secondary_ips", "prefixes")


def decided(cases):
    return [tuple(case[name] for name in RESULTS) for case in cases]


def is_of(sheet, case):
    """Whether a case of the table is one of that sheet's mode."""
    if case["prefix"]:
        return sheet is PREFIX
    has_ip_target = case["warm_ip"] or case["min_ip"]
    # WarmIP falls back to warm ENI mode when both of its targets are 0.
    return sheet is WARM_IP or (sheet is WARM_ENI and not has_ip_target)


@pytest.mark.parametrize(
    ("sheet", "count"),
    [(WARM_ENI, 983), (WARM_IP, 2367), (PREFIX, 1633)],
    ids=[each.name for each in WITH_POOL],
)
def test_a_node_settles_where_ipamd_does(sheet, count, ipamd_cases):
    cases = [case for case in ipamd_cases if is_of(sheet, case)]
    assert len(cases) == count
    assert settled(sheet, cases) == decided(cases)


def test_types_without_nitro_fall_back_to_secondary_addresses(ipamd_cases):
    cases = [case for case in ipamd_cases if is_of(WARM_IP, case)]
    plans = [
        {"host_network_pods": 0, "daemonset_pods": 0, "hypervisor": "xen"}
        | {NAMES.get(name, name): case[name] for name in case if name in INPUTS}
        for case in cases
    ]
    columns = ["active_ips", "attached_enis", "secondary_ips", "prefixes"]
    table = nodes(PREFIX, plans)[columns]
    assert [tuple(map(int, row)) for row in table.to_numpy()] == decided(cases)


# --- the documentation ----------------------------------------------------------------------------


def node_of(row, mode, **more):
    """The node of a row of the documentation's tables, whose empty targets are not set."""
    number = {name: int(row[name] or 0) for name in row if name.endswith("target")}
    group = NodeGroup(row["instance_type"], 1, int(row["pods"]), **more)
    plan = Plan(node_groups=[group], host_network_pods=0, daemonset_pods=0, **number)
    return evaluate(plan, mode=mode, catalog=CATALOG).node_groups.iloc[0]


def test_examples_of_the_documentation(docs_of):
    rows = docs_of("vpc_cni_docs_secondary_ip.csv")
    assert len(rows) == 16
    for row in rows:
        node = node_of(row, "warm-eni" if row["warm_eni_target"] else "warm-ip")
        held = int(row["attached_secondary_ips"])
        assert held == sum(map(int, row["ips_per_eni"].split("/")))
        assert (node.attached_enis, node.secondary_ips, node.warm_ips) == (
            int(row["attached_enis"]),
            held,
            int(row["unused_ips"]),
        ), row


#: What ipamd's code does where its documentation says otherwise: ENIs, prefixes, unused addresses.
DOCUMENTED_OTHERWISE = {
    ("t3.small", 7, 20, 0): (1, 2, 32),
    ("p3dn.24xlarge", 0, 0, 3): (1, 2, 29),
    ("p3dn.24xlarge", 0, 0, 95): (1, 7, 17),
    ("p3dn.24xlarge", 5, 10, 45): (1, 4, 19),
}


def test_examples_of_the_documentation_with_prefixes(docs_of):
    rows = docs_of("vpc_cni_docs_prefix.csv")
    assert len(rows) == 20
    for row in rows:
        node = node_of(row, "prefix")
        key = (
            row["instance_type"],
            *(int(row[name] or 0) for name in ("warm_ip_target", "minimum_ip_target", "pods")),
        )
        documented = tuple(int(row[name]) for name in ("enis", "attached_prefixes", "unused_ips"))
        assert bool(row["known_doc_error"]) == (key in DOCUMENTED_OTHERWISE), key
        expected = DOCUMENTED_OTHERWISE.get(key, documented)
        assert (node.attached_enis, node.prefixes, node.warm_ips) == expected, row


WINDOWS_TYPE = {"max_enis": 4, "ips_per_eni": 30, "os": "Windows", "daemonset_pods": 0}


def test_examples_of_windows_nodes(docs_of):
    rows = docs_of("windows_docs_secondary_ip.csv")
    assert len(rows) == 11
    for sheet in (WARM_ENI, WARM_IP):
        cases = [
            WINDOWS_TYPE
            | {
                "windows_warm_ip_target": int(row["warm_ip_target"]),
                "windows_minimum_ip_target": int(row["minimum_ip_target"]),
                "pods_per_node": int(row["pods"]),
            }
            for row in rows
        ]
        table = nodes(sheet, cases)
        assert table.secondary_ips.tolist() == [int(row["allocated_ips"]) for row in rows]
        assert table.warm_ips.tolist() == [int(row["warm_ips"]) for row in rows]
        assert set(table.attached_enis) == {1}


def test_examples_of_windows_nodes_with_prefixes(docs_of):
    rows = docs_of("windows_docs_prefix.csv")
    assert len(rows) == 23
    cases = []
    for row in rows:
        # A warm prefix target counts where no IP target is set; else what is empty has the
        # controller's default.
        by_prefixes = row["warm_prefix_target"] and not row["warm_ip_target"]
        defaults = ("0", "0") if by_prefixes else ("1", "3")
        warm, least = (
            int(row[name] or default)
            for name, default in zip(("warm_ip_target", "minimum_ip_target"), defaults, strict=True)
        )
        cases.append(
            WINDOWS_TYPE
            | {
                "windows_warm_prefix_target": int(row["warm_prefix_target"] or 0),
                "windows_prefix_warm_ip_target": warm,
                "windows_prefix_minimum_ip_target": least,
                "pods_per_node": int(row["pods"]),
            }
        )
    table = nodes(PREFIX, cases)
    assert table.prefixes.tolist() == [int(row["attached_prefixes"]) for row in rows]
    assert table.warm_ips.tolist() == [int(row["unused_ips"]) for row in rows]
    assert set(table.attached_enis) == {1}


@pytest.mark.parametrize(
    ("sheet", "pods", "secondary_ips", "that_fit"),
    [(WARM_ENI, 0, 3, 9), (WARM_IP, 4, 7, 9), (WARM_IP, 9, 9, 9), (PREFIX, 0, 16, 108)],
)
def test_windows_nodes_have_one_eni_and_the_controllers_defaults(
    sheet, pods, secondary_ips, that_fit
):
    case = {"max_enis": 3, "ips_per_eni": 10, "os": "Windows", "pods_per_node": pods}
    [row] = nodes(sheet, [{**case, "daemonset_pods": 0, "pod_eni": "yes"}]).to_dict("records")
    assert (row["secondary_ips"], row["pods_that_fit"]) == (secondary_ips, that_fit)
    assert (row["attached_enis"], row["pod_enis"], row["trunk_enis"]) == (1, 1, 0)


# --- ipamd, step by step --------------------------------------------------------------------------


def step_by_step(case):
    """What a node settles at when its pods are scheduled one at a time.

    A plain restatement of ipamd. It fills the first ENI for pods when it starts, then, as long as
    its pool is too low and the node holds fewer addresses than max pods, it fills the first ENI
    with room, or else attaches another. A slot holds one address, or a prefix of 16.
    """
    slots, size = case["ips_per_eni"] - 1, 16 if case["prefix"] else 1
    warm_ip, min_ip = case["warm_ip"], case["min_ip"]
    most_enis = max(case["max_enis"] - case["pod_eni"], 1) - case["custom_networking"]
    # The primary ENI is there from the start; with custom networking it serves no pod.
    enis = [] if case["custom_networking"] else [0]
    pods = 0

    def short():
        """Slots that the pool is short of."""
        held = sum(enis) * size
        free = held - pods
        if warm_ip or min_ip:
            return math.ceil(max(warm_ip - free, min_ip - held, 0) / size)
        if case["prefix"]:
            free_prefixes = sum(enis) - math.ceil(pods / size)
            return max(case["warm_prefix"] - free_prefixes, int(free == 0))
        return slots if free < case["warm_eni"] * slots or free == 0 else 0

    def grow():
        """Whether ipamd could take any of the slots it is short of."""
        for number, held in enumerate(enis):
            if held < slots:
                enis[number] += min(slots - held, short())
                return True
        if len(enis) < most_enis:
            enis.append(min(slots, short()))
            return True
        return False

    grow()
    while True:
        while short() and sum(enis) * size < case["max_pods"] and grow():
            pass
        no_address = pods == sum(enis) * size
        if pods == case["pods"] or pods + case["host"] >= case["max_pods"] or no_address:
            prefixes = sum(enis) if case["prefix"] else 0
            attached = len(enis) + case["custom_networking"]
            return pods, attached, sum(enis) * size, prefixes
        pods += 1


LIMITS = sorted({(each.max_enis, each.ipv4_per_eni) for each in CATALOG})


@st.composite
def states(draw):
    max_enis, ips_per_eni = draw(st.sampled_from(LIMITS))
    most = max_enis * (ips_per_eni - 1)
    return {
        "max_enis": max_enis,
        "ips_per_eni": ips_per_eni,
        "max_pods": draw(st.sampled_from([most + 2, 110, 250]) | st.integers(1, most + 20)),
        "custom_networking": draw(st.integers(0, 1)),
        "pod_eni": draw(st.integers(0, 1)),
        "warm_eni": draw(st.integers(0, 4)),
        "warm_ip": draw(st.sampled_from([0, 1, 5]) | st.integers(0, most + 5)),
        "min_ip": draw(st.sampled_from([0, 10]) | st.integers(0, most + 5)),
        "warm_prefix": draw(st.integers(0, 4) | st.integers(0, most + 5)),
        "pods": draw(st.integers(0, 40) | st.integers(0, most + 10)),
        "host": draw(st.integers(0, 5)),
    }


@EACH_POOL
@examples(20)
@given(cases=st.lists(states(), min_size=1, max_size=10))
def test_closed_forms_are_where_ipamd_gets_step_by_step(sheet, cases):
    off = {"warm_ip": 0, "min_ip": 0} if sheet is WARM_ENI else {}
    cases = [{**case, **off, "prefix": int(sheet is PREFIX)} for case in cases]
    assert settled(sheet, cases) == [step_by_step(case) for case in cases]


def test_the_restatement_is_itself_where_ipamd_gets(ipamd_cases):
    assert [step_by_step({**case, "host": 0}) for case in ipamd_cases] == decided(ipamd_cases)


@st.composite
def nodes_of_any_kind(draw):
    """States of a node with the inputs that ipamd's table does not have."""
    case = {NAMES.get(name, name): value for name, value in draw(states()).items()} | {
        "daemonset_pods": draw(st.integers(0, 5)),
        "instances": draw(st.integers(0, 9)),
        "availability_zones": draw(st.integers(1, 4)),
        "zone_loss": draw(st.sampled_from(["no", "yes"])),
        "security_group_pods": draw(st.integers(0, 12)),
        "max_eni": draw(st.integers(0, 5)),
        "hypervisor": draw(st.sampled_from(["nitro", "xen", None])),
        "trunk_compatible": draw(st.sampled_from([True, False, None])),
        "branch_enis": draw(st.sampled_from([9, 0, None])),
        "os": draw(st.sampled_from(["Linux", "Linux", "Windows"])),
    }
    if case["os"] == "Windows":
        case["custom_networking"] = 0
    return case


@EACH_POOL
@examples(20)
@given(case=nodes_of_any_kind())
def test_invariants(sheet, case):
    cases = [{**case, "pods_per_node": case["pods_per_node"] + extra} for extra in range(12)]
    table = nodes(sheet, cases)
    custom = case["custom_networking"]
    slots = case["ips_per_eni"] - 1
    size = 16 if sheet is PREFIX and case["hypervisor"] == "nitro" else 1
    needed = table.pods_per_node + case["daemonset_pods"]
    room = max(0, case["own_max_pods"] - case["host_network_pods"])
    if case["os"] == "Windows" and not case["own_max_pods"]:
        room = max(0, 110 - case["host_network_pods"])
    assert (table.state == 1).all()
    assert (table.active_ips <= needed).all()
    assert (table.active_ips + table.branch_enis <= room).all()
    assert (table.active_ips <= table.secondary_ips).all()
    assert (table.secondary_ips <= table.pod_enis * slots * size).all()
    most = case["max_eni"] or case["max_enis"]
    held = table.attached_enis + table.trunk_enis
    assert held.between(1, max(1, min(most, case["max_enis"]), 1 + custom)).all()
    assert (table.active_enis <= table.attached_enis).all()
    assert (table.secondary_ips <= (table.attached_enis - custom) * slots * size).all()
    assert (table.warm_ips == table.secondary_ips - table.active_ips).all()
    assert (table.warm_enis == table.attached_enis - custom - table.active_enis).all()
    assert (table.branch_enis <= (case["branch_enis"] or 0) * table.trunk_enis).all()
    if case["os"] == "Windows" or not case["trunk_compatible"]:
        assert not table.trunk_enis.any()
    addresses = table.secondary_ips + table.attached_enis + table.trunk_enis + table.branch_enis
    assert (table.ips_per_node == addresses).all()
    nodes_in_zone = math.ceil(case["instances"] / case["availability_zones"])
    assert set(table.nodes) == {nodes_in_zone}
    assert (table.ips_total == table.ips_per_node * nodes_in_zone).all()
    assert (table.pods_hosted_per_node <= table.pods_per_node + table.branch_enis).all()
    for name in ("active_ips", "active_enis", "secondary_ips", "attached_enis", "pods_total"):
        assert (np.diff(table[name]) >= 0).all(), name


@examples(20)
@given(case=nodes_of_any_kind())
def test_invariants_of_ipv6(case):
    case |= {"os": "Linux", "custom_networking": 0}
    cases = [{**case, "pods_per_node": case["pods_per_node"] + extra} for extra in range(12)]
    table = nodes(IPV6, cases)
    assert set(table.state) == {1 if case["hypervisor"] == "nitro" else -1}
    if case["hypervisor"] != "nitro":
        assert np.isinf(table.ips_per_node).all()  # shows nothing
        return
    assert set(table.attached_enis) == {1}
    assert (table.ips_per_node == 1 + table.trunk_enis + table.branch_enis).all()
    # Only max pods limit what a node carries: its ENIs never run out of IPv6 addresses.
    room = max(0, case["own_max_pods"] - case["host_network_pods"])
    workload = np.minimum(table.pods_per_node + case["daemonset_pods"], room - table.branch_enis)
    hosted = np.maximum(0, workload - case["daemonset_pods"]) + table.branch_enis
    assert (table.pods_hosted_per_node == hosted).all()
