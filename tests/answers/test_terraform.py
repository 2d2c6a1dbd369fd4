"""A layout as Terraform: it parses, and says what the layout says."""

from __future__ import annotations

import re
from importlib.util import find_spec
from typing import Any

import pytest

from calculator.answers.layout import lay_out, wanted
from calculator.answers.size import sizes_of
from calculator.answers.terraform import terraform
from calculator.answers.vpc import Vpc
from calculator.plan import NodeGroup, Plan
from tests.helpers import FEW_TYPES

needs_hcl2 = pytest.mark.skipif(find_spec("hcl2") is None, reason="python-hcl2 is not installed")
GROUP = NodeGroup("m5.large", 30, 20)
CLUSTER = {"kubernetes.io/cluster/${var.cluster_name}": "shared"}
PLANS = {
    "node subnets": Plan(node_groups=[GROUP], availability_zones=3),
    "custom": Plan(node_groups=[GROUP], pods_from="custom networking", pod_subnets=2),
    "tagged": Plan(node_groups=[GROUP], pods_from="tagged subnets", nodes_from="Karpenter"),
    "tagged only": Plan(node_groups=[GROUP], pods_from="tagged subnets only", node_subnets=2),
    "ipv6": Plan(node_groups=[GROUP], mode="ipv6", control_plane_enis=2),
}


def laid_out(plan: Plan, *secondary: str) -> tuple[str, list[tuple[str, int, str]]]:
    """The text of a layout, and range, zone and use of each subnet in it."""
    [sizes] = sizes_of([plan], 0, FEW_TYPES)
    assert sizes.chosen is not None
    found = wanted(plan, sizes.chosen.smallest_subnet, sizes.chosen.smallest_pod_subnet)
    layout = lay_out(found, Vpc.read("10.2.0.0/18", secondary))
    assert layout.missing is None
    text = terraform(layout, plan, sizes.chosen.mode)
    return text, [(str(each.cidr), each.zone, each.use) for each in layout.subnets]


def plain(value: Any) -> Any:
    """A value of python-hcl2, whose later versions keep the quotes."""
    if isinstance(value, dict):
        return {plain(key): plain(each) for key, each in value.items() if key[:2] != "__"}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value.strip('"') if isinstance(value, str) else value


def parsed(text: str) -> dict[str, Any]:
    import hcl2

    found = plain(hcl2.loads(text))
    assert isinstance(found, dict)
    return found


@needs_hcl2
@pytest.mark.parametrize("secondary", [(), ("100.64.0.0/18", "100.65.0.0/24")])
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_it_parses_and_says_what_the_layout_says(plan: Plan, secondary: tuple[str, ...]) -> None:
    text, layout = laid_out(plan, *secondary)
    found = parsed(text)
    [said] = found["locals"]
    assert said.pop("secondary_ranges", []) == list(secondary)
    subnets = {
        (each["cidr"], each["zone"], use.replace("_", "-"))
        for use, by_key in said.items()
        for each in by_key.values()
    }
    assert subnets == set(layout)
    assert sum(map(len, said.values())) == len(layout)
    made = {
        name: each
        for resource in found["resource"]
        for name, each in resource.get("aws_subnet", {}).items()
    }
    assert made.keys() == said.keys()
    for name, each in made.items():
        assert each["for_each"] == f"${{local.{name}}}"
        assert each["cidr_block"] == "${each.value.cidr}"
        assert each["tags"].items() >= CLUSTER.items()
        assert ("depends_on" in each) == bool(secondary)
    variables = {name for each in found["variable"] for name in each}
    assert variables >= {"vpc_id", "cluster_name", "zones"}
    outputs = {name for each in found["output"] for name in each}
    assert outputs == {f"{name}_subnet_ids" for name in said}
    associated = [each for each in found["resource"] if "aws_subnet" not in each]
    assert len(associated) == bool(secondary)


def tags(text: str, use: str) -> dict[str, str]:
    [resource] = re.findall(rf'^resource "aws_subnet" "{use}" \{{\n(.*?)^}}', text, re.M | re.S)
    [block] = re.findall(r"^  tags = \{\n(.*?)^  }", resource, re.M | re.S)
    quoted = dict(re.findall(r'^    "([^"]+)" += "([^"]+)"$', block, re.M))
    bare = dict(re.findall(r'^    "([^"]+)" += ([\w.]+)$', block, re.M))
    found = quoted | bare
    # a variable alone is no text around it
    assert not any(re.fullmatch(r"\$\{[^}]*\}", value) for value in quoted.values())
    assert len(found) == block.count("\n")
    assert found.pop("Name") == f"${{var.cluster_name}}-{use.replace('_', '-')}-${{each.key}}"
    return found


INTERNAL = {"kubernetes.io/role/internal-elb": "1"}
KARPENTER = {"karpenter.sh/discovery": "var.cluster_name"}
TAGS = {
    "node subnets": ({**CLUSTER, **INTERNAL}, None),
    "custom": ({**CLUSTER, **INTERNAL}, CLUSTER),
    "tagged": (
        {**CLUSTER, **INTERNAL, **KARPENTER},
        {**CLUSTER, "kubernetes.io/role/cni": "1"},
    ),
    "tagged only": (
        {**CLUSTER, **INTERNAL, "kubernetes.io/role/cni": "0"},
        {**CLUSTER, "kubernetes.io/role/cni": "1"},
    ),
}


@pytest.mark.parametrize("name", TAGS)
def test_tags_that_eks_load_balancers_and_discovery_need(name: str) -> None:
    text, _ = laid_out(PLANS[name])
    of_nodes, of_pods = TAGS[name]
    assert tags(text, "nodes") == of_nodes
    assert tags(text, "control_plane") == CLUSTER
    if of_pods is None:
        assert '"pods"' not in text
    else:
        assert tags(text, "pods") == of_pods


def test_every_zone_must_have_a_name() -> None:
    assert "length(var.zones) >= 3" in laid_out(PLANS["node subnets"])[0]


def test_subnets_are_named_by_zone_and_by_number_where_a_zone_has_several() -> None:
    text, _ = laid_out(PLANS["tagged only"])
    assert re.findall(r'"(\d.*)" = \{ cidr', text) == [
        "1-1",
        "1-2",
        "2-1",
        "2-2",
        "1",
        "2",
        "1",
        "2",
    ]
    assert not re.search(r"secondary|ipv6", text)


def test_subnets_of_an_ipv6_cluster_have_addresses_of_it() -> None:
    text, layout = laid_out(PLANS["ipv6"])
    assert [use for _, _, use in layout] == ["nodes", "nodes"]
    assert re.findall(r"ipv6 = (\d+)", text) == ["0", "1"]
    assert "cidrsubnet(var.vpc_ipv6_cidr_block, 8, each.value.ipv6)" in text
    assert 'variable "vpc_ipv6_cidr_block"' in text
