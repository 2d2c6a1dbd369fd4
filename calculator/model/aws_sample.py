"""AWS's published sample workbook, the EKS subnet calculator, cell for cell.

Formulas, headers and labels are those of the workbook that the EKS Best Practices Guide links to
(2022). So are its errors; ``vpc_cni`` says what is true. Only its notices are ours.
"""

from __future__ import annotations

from calculator.model.expression import BLANK, Expression, group, ref, where
from calculator.model.functions import ceiling_math, minimum, not_available
from calculator.model.ranges import lookup, total
from calculator.model.sheet import (
    Column,
    DataTable,
    Label,
    Model,
    Notice,
    Setting,
    Sheet,
    Total,
    catalog_rows,
)
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS

__all__ = ["AWS_SAMPLE"]

INSTANCE_TYPE = ref("instance_type")
INSTANCES = ref("instances")
PODS = ref("pods_per_node")
MAX_ENIS = ref("max_enis")
IPV4_PER_ENI = ref("ipv4_per_eni")
ACTIVE_ENIS = ref("active_enis")
ACTIVE_IPS = ref("active_ips")
USED_IPS = ref("ips_per_node")
HOST_NETWORK_PODS = ref("host_network_pods")
DAEMONSET_PODS = ref("daemonset_pods")
PREFIX_LENGTH = ref("subnet_prefix_length")


def _xlookup(
    key: Expression, table: str, header: str, result: str, value: Expression
) -> Expression:
    return lookup(
        "_xlfn.XLOOKUP({key},{column},{result})",
        value,
        key=key,
        column=(table, header),
        result=(table, result),
    )


IPS_OF_SUBNET = where(
    PREFIX_LENGTH >= 1,
    where(PREFIX_LENGTH <= 30, 2 ** (32 - PREFIX_LENGTH) - 2, not_available()),
    not_available(),
)

INPUTS = (
    Column(
        name="instance_type",
        header="instance type",
        about="EC2 instance type",
        style="text",
        width=25.5,
    ),
    Column(
        name="instances",
        header="# of Instances",
        about="instances of this type [instances]",
        input=GROUP_INPUTS["instances"],
        empty=0,
        width=15,
    ),
    Column(
        name="pods_per_node",
        header="Target Workload Pods per Node",
        about="workload pods on each instance [pods]",
        input=GROUP_INPUTS["pods_per_node"],
        empty=0,
        width=30,
    ),
)

LIMITS = (
    Column(
        name="max_enis",
        header="Max ENIs per Instance (PI)",
        about="ENIs the instance can have [ENIs]",
        formula=_xlookup(INSTANCE_TYPE, "Table1", "Type", "MaxENI", ref("catalog_max_enis")),
        looks_up="max_enis",
        width=26,
    ),
    Column(
        name="ipv4_per_eni",
        header="IPs per ENI PI",
        about="IPv4 addresses of one ENI, its primary address included [IPs]",
        formula=_xlookup(INSTANCE_TYPE, "Table1", "Type", "IPv4addr", ref("catalog_ipv4_per_eni")),
        looks_up="ipv4_per_eni",
        width=14.5,
    ),
    Column(
        name="max_pods",
        header="Max Pods PI",
        about="pods the instance can run; no other formula uses it [pods]",
        formula=_xlookup(
            INSTANCE_TYPE, "Table2", "instance type", "max pods", ref("catalog_max_pods")
        ),
        looks_up="max_pods",
        width=13.5,
    ),
    Column(
        name="max_ipv4",
        header="Max IPv4 PI",
        about="IPv4 addresses of all its ENIs [IPs]",
        formula=MAX_ENIS * IPV4_PER_ENI,
        width=13.5,
    ),
    Column(
        name="raw_enis",
        header="Raw ENIs needed PI",
        about="ENIs its workload pods need, with a fraction [ENIs]",
        formula=PODS / IPV4_PER_ENI,
        style="ratio",
        width=20,
    ),
    Column(
        name="active_enis",
        header="in use ENIs PI",
        about="ENIs its workload pods need [ENIs]",
        formula=ceiling_math(PODS / IPV4_PER_ENI),
        width=14.5,
    ),
)

ACTUAL_IPS = Column(
    name="active_ips",
    header="Actual IPs PI",
    about="workload and host-network pods [IPs]",
    formula=PODS + HOST_NETWORK_PODS,
    width=13.5,
)
IPS_TOTAL = Column(
    name="ips_total",
    header="IPs Total",
    about="addresses of all instances [IPs]",
    formula=USED_IPS * INSTANCES,
    width=10.5,
)


def _pods_of_all(name: str, header: str) -> Column:
    """The sample has this column under three headers, twice on one sheet."""
    return Column(
        name=name,
        header=header,
        about="workload pods of all instances [pods]",
        formula=PODS * INSTANCES,
        width=14,
    )


WARM_ENI_COLUMNS = (
    *INPUTS,
    *LIMITS,
    Column(
        name="attached_enis",
        header="with warm ENI PI",
        about="ENIs in use and warm ENIs [ENIs]",
        formula=ACTIVE_ENIS + ref("warm_eni_target"),
        width=18,
    ),
    ACTUAL_IPS,
    Column(
        name="ips_per_node",
        header="Used IPs PI",
        about="addresses of all ENIs, and the host-network pods [IPs]",
        formula=ref("attached_enis") * IPV4_PER_ENI + HOST_NETWORK_PODS,
        width=12.5,
    ),
    _pods_of_all("total_pods", "Total Pods PI"),
    IPS_TOTAL,
    _pods_of_all("pods_total", "Pods Total"),
)

WARM_IP_COLUMNS = (
    *INPUTS,
    *LIMITS,
    ACTUAL_IPS,
    Column(
        name="ips_per_node",
        header="Used IPs PI",
        about="addresses of the ENIs in use, and the host-network pods [IPs]",
        formula=ACTIVE_ENIS * IPV4_PER_ENI + HOST_NETWORK_PODS,
        width=12.5,
    ),
    Column(
        name="warm_enis",
        header="Warm ENIs Needed",
        about="1 where the ENIs in use leave fewer free addresses than the target [ENIs]",
        formula=where(group(USED_IPS - ACTIVE_IPS) < ref("warm_ip_target"), 1, 0),
        width=17,
    ),
    Column(
        name="attached_enis",
        header="in use ENIs PI -",
        about="ENIs in use and the warm ENI [ENIs]",
        formula=ACTIVE_ENIS + ref("warm_enis"),
        width=15,
    ),
    Column(
        name="actual_ips_with_warm",
        header="Actual IPs PI -",
        about="the same as Actual IPs PI [IPs]",
        formula=ACTIVE_IPS,
        width=14,
    ),
    Column(
        name="used_ips_with_warm",
        header="Used IPs PI -",
        about="addresses of all ENIs; no other formula uses it [IPs]",
        formula=ref("attached_enis") * IPV4_PER_ENI,
        width=13,
    ),
    _pods_of_all("pods_total", "Total Pods"),
    IPS_TOTAL,
)


def _settings(target: str) -> tuple[Setting, ...]:
    return (
        Setting(
            input=PLAN_INPUTS["subnet_prefix_length"],
            label="Subnet CIDR Size",
            label_cell="A4",
            cell="B4",
        ),
        Setting(
            input=PLAN_INPUTS[target],
            label=target.upper(),
            label_cell="A13",
            cell="B13",
            defined_name=target.upper(),
            empty=0,
            own_default=1,
        ),
        Setting(
            input=PLAN_INPUTS["host_network_pods"],
            label="Host Networking IPs",
            label_cell="A14",
            cell="B14",
            empty=0,
        ),
        Setting(
            input=PLAN_INPUTS["daemonset_pods"],
            label="Daemonset Pods",
            label_cell="A15",
            cell="B15",
            empty=0,
        ),
    )


TOTALS = (
    Total(
        name="ips_available",
        label="Total Available IP Addresses",
        label_cell="A5",
        cell="B5",
        formula=_xlookup(PREFIX_LENGTH, "Table4", "size", "number of ips", IPS_OF_SUBNET),
    ),
    Total(
        name="ips_used",
        label="Number of IPs Used",
        label_cell="A8",
        cell="B8",
        formula=total("ips_total"),
    ),
    Total(
        name="pods_hosted",
        label="Number of Pods Hosted",
        label_cell="A9",
        cell="B9",
        formula=total("pods_total"),
    ),
    Total(
        name="ips_remaining",
        label="# of Subnet IPs Remaining",
        label_cell="A10",
        cell="B10",
        formula=ref("ips_available") - ref("ips_used"),
        style="remaining",
    ),
)

# The published workbook caps nothing; what a node really takes is in vpc_cni.
FITTING_PODS = minimum(MAX_ENIS * (IPV4_PER_ENI - 1), ref("max_pods") - HOST_NETWORK_PODS)
NOTICES = (
    Notice(
        code="pods-do-not-fit",
        about="pods_per_node",
        when=PODS + DAEMONSET_PODS > FITTING_PODS,
        message=(PODS + DAEMONSET_PODS)
        & " pods a node need an address, DaemonSet pods included, and "
        & FITTING_PODS
        & " fit; this workbook counts all of them",
    ),
    Notice(
        code="subnet-overflow",
        about="subnet_prefix_length",
        when=ref("ips_remaining") < 0,
        message="the plan needs "
        & (0 - ref("ips_remaining"))
        & " addresses more than the subnet has",
        of_row=False,
    ),
)


def _labels(other_sheet: str, unsupported: tuple[str, ...]) -> tuple[Label, ...]:
    return (
        Label(cell="A1", text="EKS Subnet IP Usage Calculator", style="title"),
        Label(
            cell="A2",
            text="AWS's published sample, reproduced: it computes as that workbook does. "
            "Fill in the blue cells.",
        ),
        Label(cell="A3", text="Subnet Information:", style="heading"),
        Label(cell="A7", text="Calculation Results:", style="heading"),
        Label(cell="A12", text="Cluster Configuration:", style="heading"),
        Label(cell="C13", text=f"The other mode: sheet {other_sheet}.", style="remark"),
        Label(cell="C15", text="No formula of the sample uses this.", style="remark"),
        Label(cell="A17", text="Unsupported Configurations:", style="heading"),
        *(Label(cell=f"A{row}", text=text) for row, text in enumerate(unsupported, 18)),
        Label(cell="E21", text="PI (Per Instance)", style="remark"),
    )


def _spare_row(formula: Expression) -> Expression:
    return where(INSTANCE_TYPE == "", BLANK, formula)


AWS_SAMPLE = Model(
    name="aws-sample",
    title="AWS's sample workbook (2022)",
    about=(
        "This workbook computes what AWS's published sample computes, cell for cell, so that old "
        "plans can be read and compared. For a plan you build on, use the vpc-cni model.",
        "Where it differs from what a node takes: it reserves 2 addresses of the subnet where AWS "
        "reserves 5; it counts an ENI's primary address as one for pods; it adds host-network pods "
        "to the subnet's use; it never uses its DaemonSet input; it caps nothing at the limits of "
        "the instance; its WarmIP total counts whole ENIs and ignores the warm target.",
        "A type that is missing from maxENI or maxPods gives #N/A, and so do the totals.",
    ),
    sheets=(
        Sheet(
            name="WarmENI",
            mode="warm-eni",
            title="warm ENI mode",
            table="Table3",
            labels=_labels("WarmIP", ("WARM_IP_TARGET", "MINIMUM_IP_TARGET", "Prefix Delegation")),
            settings=_settings("warm_eni_target"),
            columns=WARM_ENI_COLUMNS,
            totals=TOTALS,
            notices=NOTICES,
            spare_row=_spare_row,
        ),
        Sheet(
            name="WarmIP",
            mode="warm-ip",
            title="warm IP mode",
            table="Table36",
            labels=_labels(
                "WarmENI", ("MINIMUM_IP_TARGET", "WARM_ENI_TARGET", "Prefix Delegation")
            ),
            settings=_settings("warm_ip_target"),
            columns=WARM_IP_COLUMNS,
            totals=TOTALS,
            notices=NOTICES,
            spare_row=_spare_row,
        ),
    ),
    data_tables=(
        DataTable(
            name="Table4",
            sheet="CidrData",
            headers=("size", "number of ips"),
            rows=lambda _: [(size, 2 ** (32 - size) - 2) for size in range(1, 31)],
        ),
        DataTable(
            name="Table2",
            sheet="maxPods",
            headers=("instance type", "max pods"),
            figures=("instance_type", "max_pods"),
            rows=catalog_rows("instance_type", "max_pods"),
        ),
        DataTable(
            name="Table1",
            sheet="maxENI",
            headers=("IPv4addr", "MaxENI", "Type"),
            figures=("ipv4_per_eni", "max_enis", "instance_type"),
            rows=catalog_rows("ipv4_per_eni", "max_enis", "instance_type"),
        ),
    ),
)
