"""A layout as Terraform: its ranges as locals, and subnets with the tags that EKS looks for.

Sources: Amazon EKS User Guide (tags for load balancers, subnet selection of the VPC CNI); Karpenter
(discovery of subnets by a tag).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from calculator.answers.layout import CONTROL_PLANE, NODES, PODS, Layout, Subnet
from calculator.plan import KARPENTER, TAGGED_SUBNETS, TAGGED_SUBNETS_ONLY, Plan

__all__ = ["terraform"]


@dataclass(frozen=True)
class _Kind:
    """Subnets of one use."""

    use: str
    tags: Mapping[str, str]

    @property
    def name(self) -> str:
        """What Terraform calls them."""
        return self.use.replace("-", "_")


def terraform(layout: Layout, plan: Plan, mode: str) -> str:
    """The subnets of a layout as the text of a Terraform module.

    The VPC, the cluster and the names of the zones are its variables; the VPC's secondary ranges
    are added to it. Names of subnets are those of their zone, counted from 1, and a number where a
    zone has several.

    Parameters
    ----------
    layout: one in which nothing is missing.
    plan: what it is for.
    mode: the mode of the VPC CNI.
    """
    is_ipv6 = mode == "ipv6"
    kinds = [kind for kind in _kinds(plan) if any(each.use == kind.use for each in layout.subnets)]
    blocks = [
        *_variables(plan.availability_zones, is_ipv6=is_ipv6),
        "\n".join(_locals(layout, kinds, is_ipv6=is_ipv6)),
    ]
    if layout.vpc.secondary:
        blocks.append(_SECONDARY)
    blocks += ["\n".join(_resource(kind, layout, is_ipv6=is_ipv6)) for kind in kinds]
    blocks += [_output(kind) for kind in kinds]
    return "\n\n".join(blocks) + "\n"


def _kinds(plan: Plan) -> Iterator[_Kind]:
    cluster = {"kubernetes.io/cluster/${var.cluster_name}": "shared"}
    nodes = {**cluster, "kubernetes.io/role/internal-elb": "1"}
    if plan.pods_from == TAGGED_SUBNETS_ONLY:
        nodes["kubernetes.io/role/cni"] = "0"  # a node's own subnet has pods unless it says so
    sources = {group.nodes_from or plan.nodes_from for group in plan.node_groups}
    if KARPENTER in sources:
        nodes["karpenter.sh/discovery"] = "${var.cluster_name}"
    discovered = (
        {"kubernetes.io/role/cni": "1"}
        if plan.pods_from in (TAGGED_SUBNETS, TAGGED_SUBNETS_ONLY)
        else {}
    )
    yield _Kind(NODES, nodes)
    yield _Kind(PODS, {**cluster, **discovered})
    yield _Kind(CONTROL_PLANE, cluster)


def _variables(zones: int, *, is_ipv6: bool) -> Iterator[str]:
    yield _variable("vpc_id", "string", "The VPC that the subnets are made in.")
    yield _variable("cluster_name", "string", "The EKS cluster, as the tags name it.")
    yield _zones(zones)
    if is_ipv6:
        yield _variable("vpc_ipv6_cidr_block", "string", "The /56 of IPv6 addresses of the VPC.")


def _variable(name: str, kind: str, about: str) -> str:
    return f'variable "{name}" {{\n  type        = {kind}\n  description = "{about}"\n}}'


def _zones(count: int) -> str:
    about = f"Names of its Availability Zones, {count} or more, zone 1 first."
    checked = f"    condition     = length(var.zones) >= {count}\n"
    checked += f'    error_message = "The plan has {count} zones."\n'
    declared = _variable("zones", "list(string)", about).removesuffix("}")
    return f"{declared}\n  validation {{\n{checked}  }}\n}}"


def _locals(layout: Layout, kinds: Sequence[_Kind], *, is_ipv6: bool) -> Iterator[str]:
    yield "locals {"
    if layout.vpc.secondary:
        listed = ", ".join(f'"{each}"' for each in layout.vpc.secondary)
        yield "  # Those that the VPC has already are to be taken out."
        yield f"  secondary_ranges = [{listed}]"
    numbers = {each: number for number, each in enumerate(layout.subnets)}
    for kind in kinds:
        yield f"  {kind.name} = {{"
        for each in layout.subnets:
            if each.use == kind.use:
                ipv6 = f", ipv6 = {numbers[each]}" if is_ipv6 else ""
                values = f'cidr = "{each.cidr}", zone = {each.zone}{ipv6}'
                yield f'    "{_key(each, layout)}" = {{ {values} }}'
        yield "  }"
    yield "}"


def _key(subnet: Subnet, layout: Layout) -> str:
    """The name of a subnet among those of its use."""
    has_several = any(each.use == subnet.use and each.number > 1 for each in layout.subnets)
    return f"{subnet.zone}-{subnet.number}" if has_several else f"{subnet.zone}"


_SECONDARY = """\
resource "aws_vpc_ipv4_cidr_block_association" "secondary" {
  for_each   = toset(local.secondary_ranges)
  vpc_id     = var.vpc_id
  cidr_block = each.value
}"""


_IPV6 = """
  ipv6_cidr_block                 = cidrsubnet(var.vpc_ipv6_cidr_block, 8, each.value.ipv6)
  assign_ipv6_address_on_creation = true"""


def _resource(kind: _Kind, layout: Layout, *, is_ipv6: bool) -> Iterator[str]:
    """The subnets of one use."""
    yield f'resource "aws_subnet" "{kind.name}" {{'
    yield f"  for_each          = local.{kind.name}"
    yield "  vpc_id            = var.vpc_id"
    yield "  cidr_block        = each.value.cidr"
    yield "  availability_zone = var.zones[each.value.zone - 1]"
    if is_ipv6:
        yield _IPV6
    tags = {"Name": f"${{var.cluster_name}}-{kind.use}-${{each.key}}", **kind.tags}
    width = max(map(len, tags)) + 2
    yield ""
    yield "  tags = {"
    for name, value in tags.items():
        quoted = f'"{name}"'
        yield f"    {quoted:{width}} = {_value(value)}"
    yield "  }"
    if layout.vpc.secondary:
        yield ""
        yield "  depends_on = [aws_vpc_ipv4_cidr_block_association.secondary]"
    yield "}"


def _value(text: str) -> str:
    """A text as Terraform writes it: bare where it is a variable alone."""
    alone = re.fullmatch(r"\$\{([\w.]+)\}", text)
    return alone[1] if alone else f'"{text}"'


def _output(kind: _Kind) -> str:
    about = f"Ids of the subnets for {kind.use}, by zone."
    ids = f"{{ for key, subnet in aws_subnet.{kind.name} : key => subnet.id }}"
    return (
        f'output "{kind.name}_subnet_ids" {{\n  description = "{about}"\n  value       = {ids}\n}}'
    )
