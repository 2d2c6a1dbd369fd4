"""What a node takes, against ipamd's own decisions, the documentation, and ipamd step by step."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculator.catalog import load_catalog
from calculator.model.engine import evaluate
from calculator.plan import NodeGroup, Plan
from tests.model.nodes import PREFIX, SHEETS, WARM_ENI, WARM_IP, nodes

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
    ids=[each.name for each in SHEETS],
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
    return evaluate(plan, mode=mode, catalog=load_catalog()).node_groups.iloc[0]


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
    [(WARM_ENI, 0, 3, 9), (WARM_IP, 4, 7, 9), (WARM_IP, 9, 9, 9), (PREFIX, 0, 16, 144)],
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


LIMITS = sorted({(each.max_enis, each.ipv4_per_eni) for each in load_catalog()})


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


@pytest.mark.parametrize("sheet", SHEETS, ids=[each.name for each in SHEETS])
@settings(max_examples=60, deadline=None)
@given(cases=st.lists(states(), min_size=1, max_size=10))
def test_closed_forms_are_where_ipamd_gets_step_by_step(sheet, cases):
    off = {"warm_ip": 0, "min_ip": 0} if sheet is WARM_ENI else {}
    cases = [{**case, **off, "prefix": int(sheet is PREFIX)} for case in cases]
    assert settled(sheet, cases) == [step_by_step(case) for case in cases]


def test_the_restatement_is_itself_where_ipamd_gets(ipamd_cases):
    assert [step_by_step({**case, "host": 0}) for case in ipamd_cases] == decided(ipamd_cases)


@pytest.mark.parametrize("sheet", SHEETS, ids=[each.name for each in SHEETS])
@settings(max_examples=40, deadline=None)
@given(
    state=states(),
    windows=st.booleans(),
    daemonset_pods=st.integers(0, 5),
    instances=st.integers(0, 9),
    security_group_pods=st.integers(0, 12),
    ip_family=st.sampled_from(["IPv4", "IPv6"]),
    max_eni=st.integers(0, 5),
    hypervisor=st.sampled_from(["nitro", "xen", None]),
)
def test_invariants(sheet, state, windows, **more):
    case = {NAMES.get(name, name): value for name, value in state.items()} | more
    if windows:
        case |= {"os": "Windows", "custom_networking": "no", "ip_family": "IPv4"}
    cases = [{**case, "pods_per_node": case["pods_per_node"] + extra} for extra in range(12)]
    table = nodes(sheet, cases)
    ipv6 = case["ip_family"] == "IPv6"
    custom = int(not ipv6 and case["custom_networking"] in (1, "yes"))
    slots = case["ips_per_eni"] - 1
    size = 16 if sheet is PREFIX and case["hypervisor"] == "nitro" else 1
    needed = table.pods_per_node + case["daemonset_pods"]
    room = max(0, case["own_max_pods"] - case["host_network_pods"])
    assert (table.row_state > 0).all()
    assert (table.active_ips <= needed).all()
    assert (table.active_ips + table.branch_enis <= max(room, 0)).all()
    assert (table.active_ips <= table.secondary_ips).all()
    assert (table.secondary_ips <= table.pod_enis * slots * size).all()
    most = case["max_eni"] or case["max_enis"]
    held = table.attached_enis + table.trunk_enis
    assert held.between(1, max(1, min(most, case["max_enis"]), 1 + custom)).all()
    assert (table.active_enis <= table.attached_enis).all()
    assert (table.secondary_ips <= (table.attached_enis - custom) * slots * size).all()
    assert (table.warm_ips == table.secondary_ips - table.active_ips).all()
    assert (table.warm_enis == table.attached_enis - custom - table.active_enis).all()
    assert (table.branch_enis <= 9 * table.trunk_enis).all()
    addresses = table.secondary_ips + table.attached_enis + table.trunk_enis + table.branch_enis
    assert (table.ips_per_node == addresses).all()
    assert (table.ips_total == table.ips_per_node * case["instances"]).all()
    if ipv6:
        assert set(table.ips_per_node - table.trunk_enis - table.branch_enis) == {1}
    for name in ("active_ips", "active_enis", "secondary_ips", "attached_enis", "pods_total"):
        assert (np.diff(table[name]) >= 0).all(), name


# --- pods that take no address, and pods that get none --------------------------------------------

M5_LARGE = {"max_enis": 3, "ips_per_eni": 10, "max_pods": 29}
ONLY_MINIMUM = {"warm_ip_target": 0, "minimum_ip_target": 5}


@pytest.mark.parametrize(
    ("sheet", "given", "active_ips", "ips_per_node", "pods_total", "check"),
    [
        # 12 pods on 2 of 3 ENIs, the third is warm
        (WARM_ENI, {"pods_per_node": 10}, 12, 30, 20, "OK"),
        (WARM_IP, {"pods_per_node": 10}, 12, 15, 20, "OK"),
        (WARM_ENI, {"pods_per_node": 10, "host_network_pods": 0}, 12, 30, 20, "OK"),
        (WARM_ENI, {"pods_per_node": 10, "host_network_pods": 17}, 12, 30, 20, "OK"),
        (WARM_ENI, {"pods_per_node": 12, "daemonset_pods": 0}, 12, 30, 24, "OK"),
        (WARM_ENI, {"pods_per_node": 0, "daemonset_pods": 0}, 0, 10, 0, "OK"),
        (WARM_ENI, {"pods_per_node": 25}, 27, 30, 50, "OK"),
        (WARM_ENI, {"pods_per_node": 28}, 27, 30, 50, "30 pods a node need an address, 27 fit"),
        (
            WARM_ENI,
            {"pods_per_node": 10, "host_network_pods": 28},
            *(1, 20, 0, "12 pods a node need an address, 1 fit"),
        ),
        (
            WARM_ENI,
            {"pods_per_node": 10, "host_network_pods": 30},
            *(0, 10, 0, "12 pods a node need an address, 0 fit"),
        ),
        (
            WARM_ENI,
            {"pods_per_node": 3, "own_max_pods": 4, "host_network_pods": 0},
            *(4, 10, 4, "5 pods a node need an address, 4 fit"),
        ),
        (WARM_IP, {"pods_per_node": 3, **ONLY_MINIMUM}, 5, 6, 6, "OK"),
        (
            WARM_IP,
            {"pods_per_node": 10, **ONLY_MINIMUM},
            *(5, 6, 6),
            "12 pods a node need an address, 5 get one: without WARM_IP_TARGET ipamd stops at "
            "MINIMUM_IP_TARGET",
        ),
        (
            WARM_IP,
            {"pods_per_node": 28, **ONLY_MINIMUM},
            *(5, 6, 6, "30 pods a node need an address, 27 fit"),
        ),
        # 12 pods in 1 prefix, another is warm
        (PREFIX, {"pods_per_node": 10}, 12, 33, 20, "OK"),
        (PREFIX, {"pods_per_node": 10, "warm_prefix_target": 0}, 12, 17, 20, "OK"),
        (PREFIX, {"pods_per_node": 10, "warm_ip_target": 5}, 12, 33, 20, "OK"),
        (PREFIX, {"pods_per_node": 10, **ONLY_MINIMUM}, 12, 17, 20, "OK"),
        (
            PREFIX,
            {"pods_per_node": 30, **ONLY_MINIMUM},
            *(16, 17, 28),
            "32 pods a node need an address, 16 get one: without WARM_IP_TARGET ipamd stops at "
            "MINIMUM_IP_TARGET",
        ),
        (PREFIX, {"pods_per_node": 106}, 108, 113, 212, "OK"),
        (PREFIX, {"pods_per_node": 107}, 108, 113, 212, "109 pods a node need an address, 108 fit"),
        (PREFIX, {"pods_per_node": 107, "vcpus": 30}, 109, 129, 214, "OK"),
        (
            PREFIX,
            {"pods_per_node": 10, "hypervisor": None},
            *(12, 30, 20),
            "not known to be a Nitro type: falls back to secondary IPs, counted so",
        ),
        (
            PREFIX,
            {"pods_per_node": 10, "vcpus": None},
            *(12, 33, 20),
            "its vCPUs are not known: 110 max pods are assumed; enter its own max pods",
        ),
    ],
)
def test_pods_and_addresses(sheet, given, active_ips, ips_per_node, pods_total, check):
    row = nodes(sheet, [{**M5_LARGE, "instances": 2, **given}]).iloc[0]
    assert (row.active_ips, row.ips_per_node, row.pods_total, row.check) == (
        active_ips,
        ips_per_node,
        pods_total,
        check,
    )


# --- ENIs, max pods, pods with a security group of their own --------------------------------------


@pytest.mark.parametrize(
    ("given", "max_pods", "pod_enis"),
    [
        ({}, 29, 3),
        ({"max_eni": 2}, 20, 2),
        ({"max_eni": 9}, 29, 3),
        ({"custom_networking": "yes"}, 20, 2),
        ({"custom_networking": "yes", "max_eni": 2}, 11, 1),
        ({"custom_networking": "yes", "max_eni": 1}, 2, 0),
        ({"custom_networking": "yes", "ip_family": "IPv6"}, 29, 3),
        ({"pod_eni": "yes"}, 29, 2),
        ({"pod_eni": "yes", "custom_networking": "yes"}, 20, 1),
        ({"pod_eni": "yes", "max_eni": 1}, 11, 1),
        ({"pod_eni": "yes", "trunk_compatible": None}, 29, 3),
        ({"own_max_pods": 58}, 58, 3),
        ({"max_pods_by": "110 or 250", "vcpus": 29}, 110, 3),
        ({"max_pods_by": "110 or 250", "vcpus": 30}, 250, 3),
        ({"max_pods_by": "110 or 250", "own_max_pods": 17}, 17, 3),
        ({"os": "Windows"}, 11, 1),
        ({"os": "Windows", "own_max_pods": 5}, 5, 1),
    ],
)
def test_enis_for_pods_and_max_pods(given, max_pods, pod_enis):
    row = nodes(WARM_ENI, [{**M5_LARGE, **given}]).iloc[0]
    assert (row.max_pods, row.pod_enis) == (max_pods, pod_enis)


@pytest.mark.parametrize(
    ("given", "branch_enis", "that_fit", "ips_per_node", "check"),
    [
        # An m5.large: 18 secondary IPs and 9 branch ENIs, a trunk ENI and two more.
        ({"pods_per_node": 16, "security_group_pods": 9}, 9, 18, 18 + 9 + 3, "OK"),
        (
            {"pods_per_node": 16, "security_group_pods": 10},
            *(9, 18, 18 + 9 + 3, "10 pods a node need a branch ENI, 9 fit"),
        ),
        (
            {"pods_per_node": 0, "security_group_pods": 9, "own_max_pods": 9},
            *(7, 0, 9 + 7 + 2),
            "2 pods a node need an address, 0 fit",
        ),
        (
            {"pods_per_node": 0, "security_group_pods": 1, "pod_eni": "no"},
            *(0, 27, 20, "1 pods a node need a branch ENI, 0 fit: ENABLE_POD_ENI is off"),
        ),
        (
            {"pods_per_node": 0, "security_group_pods": 1, "trunk_compatible": False},
            *(0, 27, 20, "1 pods a node need a branch ENI, 0 fit"),
        ),
    ],
)
def test_pods_with_a_security_group_of_their_own(given, branch_enis, that_fit, ips_per_node, check):
    case = {**M5_LARGE, "pod_eni": "yes", **given}
    row = nodes(WARM_ENI, [case]).iloc[0]
    assert (row.branch_enis, row.pods_that_fit) == (branch_enis, that_fit)
    assert (row.ips_per_node, row.check) == (ips_per_node, check)
    assert (
        row.pods_hosted_per_node == min(given["pods_per_node"], max(0, that_fit - 2)) + branch_enis
    )


@pytest.mark.parametrize(
    ("given", "hosted", "check"),
    [
        ({"pods_per_node": 25}, 25, "OK"),
        ({"pods_per_node": 26}, 25, "28 pods a node need an address, 27 fit"),
        ({"pods_per_node": 200, "own_max_pods": 250}, 200, "OK"),
        (
            {"pods_per_node": 5, "hypervisor": "xen"},
            *(5, "an IPv6 cluster needs Nitro types, and this one is not known to be one"),
        ),
    ],
)
@pytest.mark.parametrize("sheet", [WARM_ENI, WARM_IP], ids=["WarmENI", "WarmIP"])
def test_pods_of_ipv6_clusters_take_no_ipv4_address(sheet, given, hosted, check):
    row = nodes(sheet, [{**M5_LARGE, "ip_family": "IPv6", **given}]).iloc[0]
    assert (row.ips_per_node, row.secondary_ips, row.attached_enis) == (1, 0, 1)
    assert (row.warm_ips, row.warm_enis, row.active_ips) == (0, 1, 0)
    assert (row.pods_hosted_per_node, row.check) == (hosted, check)
