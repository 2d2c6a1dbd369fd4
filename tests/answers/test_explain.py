"""How numbers come about: each is the engine's, its arithmetic holds, and all of it is shown."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from calculator import NodeGroup, Plan, explain, write_workbook
from calculator.answers.explain.explanation import Explanation, explained
from calculator.answers.explain.rules import Rules
from calculator.answers.explain.source import source_of
from calculator.answers.explain.steps import Step
from calculator.cli import main
from calculator.errors import InputError, WorkbookError
from calculator.inputs import plain
from tests.answers.plans import plans

MODES = ("warm-eni", "warm-ip", "prefix", "ipv6")
#: AWS's guide: three c5.large, as the cluster starts, with a CoreDNS pod on two of them.
GUIDE = Plan(
    node_groups=[NodeGroup("c5.large", 2, 1), NodeGroup("c5.large", 1, 0)],
    availability_zones=1,
    daemonset_pods=0,
)


def by_name(found: Explanation) -> dict[str, Step]:
    return {each.name: each for each in (*found.steps, found.result)}


# --- an evaluator of simple formulas --------------------------------------------------------------


def _array(found: re.Match[str]) -> str:
    return f"array([{found[1].replace(';', ',')}])"


def _sumproduct(products: Any) -> float:
    return float(np.sum(products))


_FUNCTIONS = {
    "MIN": min,
    "MAX": max,
    "ROUNDUP": lambda number, _: math.ceil(number),
    "INT": math.floor,
    "SUMPRODUCT": _sumproduct,
    "IF": lambda condition, then, otherwise: then if condition else otherwise,
    "IFERROR": lambda value, _: value,
    "ISNUMBER": math.isfinite,
    "NA": lambda: math.nan,
    "array": np.array,
}


def computed(formula: str) -> Any:
    """What Python makes of a formula of numbers, which are written as in a spreadsheet."""
    text = re.sub(r"\{([^}]*)\}", _array, formula)
    text = text.replace("CEILING.MATH(", "ROUNDUP(0,").replace("^", "**").replace("#N/A", "NA()")
    text = text.replace("<>", "!=").replace('""', "math.inf")
    text = re.sub(r"(?<![<>!=])=(?!=)", "==", text)
    return eval(text, {"math": math, **_FUNCTIONS})  # numbers and functions, as checked below


_ARRAY = re.compile(r"\{[^}]*\}")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


def check(step: Step, steps: dict[str, Step]) -> None:
    """What a step shows is right, and comes from somewhere that is shown."""
    if step.formula is None or step.with_values is None:
        assert step.kind != "step" or not step.refers_to
        return
    referred = [steps[name] for name in step.refers_to]
    if "#N/A" in step.with_values or step.with_values == "NA()":
        assert step.value is None, step
    elif not isinstance(step.value, str):
        assert plain(computed(step.with_values)) == step.value, step
    literals = {float(each) for each in _NUMBER.findall(step.formula)}
    # What shows nothing adds 0 to a sum.
    numbers_shown = [
        each.value or 0
        for each in referred
        if each.value in ("", None) or not isinstance(each.value, str)
    ]
    shown = {abs(float(number)) for number in numbers_shown}
    used = _NUMBER.findall(_ARRAY.sub("", step.with_values))
    assert {float(each) for each in used} <= literals | shown | {100}, step
    for words, numbers in step.because:
        assert words
        if '"' not in numbers:
            assert computed(numbers), step


def explanations(plan: Plan, mode: str, **more: Any) -> Iterator[tuple[Explanation, float | str]]:
    """Each number of a sheet, with the engine's value."""
    source = source_of(plan, mode=mode)
    book = source.book()
    book.evaluate()
    rules = Rules(source.book())
    tables = book[source.sheet.name]
    for column in source.sheet.columns:
        for number in range(len(plan.node_groups)):
            if not column.is_text and column.name != "number":
                value = plain(tables.groups[column.name][number])
                yield explained(source, rules, column.name, number, **more), value
    for total in source.sheet.totals:
        if not total.is_text:
            value = plain(tables.plans[total.name][0])
            yield explained(source, rules, total.name, None, **more), value


# To make a plan simpler would take minutes: what fails names the step.
@pytest.mark.thorough
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(plan=plans(), mode=st.sampled_from(MODES), everything=st.booleans())
def test_every_number_is_the_engines_and_its_arithmetic_holds(
    plan: Plan, mode: str, everything: bool
) -> None:
    for found, value in explanations(plan, mode, everything=everything):
        assert found.result.value == value
        steps = by_name(found)
        assert len(steps) == len(found.steps) + 1
        for step in (*found.steps, found.result):
            check(step, steps)


# --- in words -------------------------------------------------------------------------------------


def test_the_example_of_awss_guide() -> None:
    """Its nodes with a pod have two ENIs and 20 addresses, the third has one and 10."""
    assert [explain(GUIDE, "ips_per_node", row=row).result.value for row in (1, 2)] == [20, 10]
    total = explain(GUIDE, "used")
    assert total.result.value == 50
    assert by_name(total)["node_ips"].with_values == "20 * 2 + 10"
    with_pod, without = (by_name(explain(GUIDE, row=row)) for row in (1, 2))
    enis = "ROUNDUP(Active IPs / (IPs per ENI - 1), 0) + WARM_ENI_TARGET"
    assert with_pod["units_wanted"].formula == without["units_wanted"].formula == enis
    assert with_pod["units_wanted"].with_values == "ROUNDUP(1 / (10 - 1), 0) + 1"
    assert without["units_wanted"].with_values == "ROUNDUP(0 / (10 - 1), 0) + 1"
    assert with_pod["units_wanted"].because == (("WARM_ENI_TARGET >= 1", "1 >= 1"),)
    ips = "Own IPs + Secondary IPs + Attached ENIs - 1"
    assert with_pod["ips_per_node"].formula == without["ips_per_node"].formula == ips
    assert with_pod["ips_per_node"].with_values == "1 + 18 + 2 - 1"
    assert without["ips_per_node"].with_values == "1 + 9 + 1 - 1"


def test_steps_stand_after_what_they_refer_to() -> None:
    found = explain(GUIDE, row=1)
    seen: set[str] = set()
    for step in (*found.steps, found.result):
        assert seen.issuperset(step.refers_to)
        seen.add(step.name)


def test_what_does_not_decide_is_gone_into_when_asked() -> None:
    short, long = (by_name(explain(GUIDE, row=1, everything=each)) for each in (False, True))
    assert short["pods_that_fit"].formula is None
    assert not short["pods_that_fit"].decides
    assert long["pods_that_fit"].with_values == "MIN(27, 29 - 2)"
    assert not long["pods_that_fit"].decides
    assert short.keys() < long.keys()


def test_depth() -> None:
    found = explain(GUIDE, row=1, depth=1)
    assert [each.name for each in found.steps] == ["ips_per_node", "instances"]
    assert found.result.with_values == "20 * 2"
    assert all(each.formula is None for each in found.steps)


def test_max_pods_say_by_which_constant() -> None:
    found = by_name(
        explain(Plan(node_groups=[NodeGroup("m5.24xlarge", 2, 100)]), "max_pods", row=1)
    )
    cap = found["max_pods_cap"]
    assert (cap.value, cap.formula) == (250, "Max pods of a large instance")
    assert cap.because == (
        ('Nodes from = "managed node group"', '"managed node group" = "managed node group"'),
        ("vCPUs >= [vCPUs of a large instance, from]", "96 >= 30"),
    )
    constant = found["max_pods_of_large"]
    assert (constant.kind, constant.unit) == ("constant", "pods")
    assert constant.source == "Amazon EKS User Guide: max pods"
    assert (
        cap.source == "Amazon EKS User Guide: max pods of managed node groups; Karpenter; nodeadm"
    )
    assert "max_pods_of_small" not in found  # a branch that is not taken


def test_what_a_total_adds_besides_is_said() -> None:
    found = explain(GUIDE, "peak").result
    assert found.name == "peak_ips"
    assert found.with_values == "50 + 40"
    assert "Loss of a zone" in found.nothing
    assert "Nodes that an update adds" not in found.nothing


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("peak_remaining", "peak_remaining"),
        ("left at peak", "peak_remaining"),
        ("Remaining at the Peak", "peak_remaining"),
        ("smallest", "smallest_subnet"),
        ("ENIs in the region", "enis"),
        ("the region", "enis"),
        ("Loss of a zone", "zone_loss_ips"),
        ("largest eni", "largest_eni"),
    ],
)
def test_a_total_is_found_by_what_people_call_it(said: str, name: str) -> None:
    assert explain(GUIDE, said).result.name == name


@pytest.mark.parametrize("mode", ["warm-eni", "prefix"])
def test_a_label_that_is_printed_is_taken_back(mode: str) -> None:
    """Those of the two subnets are the same, but for the heading."""
    plan = Plan(node_groups=[NodeGroup("m5.large", 3, 20)], pods_from="custom networking")
    names = ("peak_ips", "pod_subnet_peak_ips", "smallest_pod_subnet", "node_ips", "moved_ips")
    for name in names:
        label = explain(plan, name, mode=mode).result.label
        assert explain(plan, label, mode=mode).result.name == name
    assert explain(plan, "In use at the peak, pod subnet", mode=mode).result.value == (
        explain(plan, "pod_subnet_peak_ips", mode=mode).result.value
    )


def test_what_is_not_there_lists_what_is() -> None:
    with pytest.raises(InputError, match='total: found "peek"; sheet WarmENI has these:') as said:
        explain(GUIDE, "peek")
    assert "peak" in str(said.value).splitlines()[1]
    assert "ips_used: IPs used" in str(said.value)
    with pytest.raises(InputError, match='column: found "warm"; it is a part of several:') as said:
        explain(GUIDE, "warm", row=1)
    assert str(said.value).splitlines()[1:] == ["  warm_ips: Warm IPs", "  warm_enis: Warm ENIs"]
    with pytest.raises(InputError, match="row: found 3; node groups: 1, 2 is expected"):
        explain(GUIDE, row=3)


def test_a_row_that_cannot_be_computed_says_why() -> None:
    group = NodeGroup("m5.large", 1, 5, os="Windows")
    plan = Plan(node_groups=[group], pods_from="custom networking")
    found = explain(plan, row=1)
    assert found.result.value == ""
    assert "Windows" in found.check
    total = by_name(explain(plan, "used"))
    assert total["ips_used"].value is None
    assert total["node_ips"].because == (("Rows to correct > 0", "1 > 0"),)


# --- workbooks ------------------------------------------------------------------------------------


@pytest.mark.thorough
def test_a_row_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, GUIDE, rows=4)
    by_sheet, by_plan = (explain(path, row=row, mode="WarmENI") for row in (31, 15))
    assert by_sheet == by_plan
    assert (by_sheet.row, by_sheet.plan_row, by_sheet.group) == (31, 15, "c5.large (no. 2)")
    steps = by_name(by_sheet)
    assert steps["pods_per_node"].cell == "Plan!C15"
    assert steps["warm_eni_target"].cell == "Plan!B7"
    assert str(steps["ips_per_node"].cell).startswith("WarmENI!")
    with pytest.raises(InputError, match="row: found 16; rows of sheet WarmENI above"):
        explain(path, row=16)
    with pytest.raises(InputError, match='sheet: found "Warm"; one of Plan, WarmENI, WarmIP'):
        explain(path, row=15, mode="Warm")


@pytest.mark.thorough
def test_each_cell_is_where_the_workbook_has_it(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    write_workbook(path, GUIDE, rows=4)
    book = openpyxl.load_workbook(path, data_only=True)
    for name, row in (("ips_total", 30), ("peak_remaining", None)):
        found = explain(path, name, row=row, everything=True)
        for step in (*found.steps, found.result):
            assert step.cell
            sheet, _, cell = step.cell.partition("!")
            shown = book[sheet][cell].value
            assert shown == step.value or (shown is None and step.kind == "input"), step


def test_awss_sample_by_its_own_rules() -> None:
    path = Path("sample_workbooks/aws-sample-example.xlsx")
    found = explain(path, row=23, mode="WarmENI")
    assert found.model == "aws-sample"
    steps = by_name(found)
    assert steps["ips_per_node"].with_values == "5 * 30 + 2"
    assert steps["active_enis"].formula is not None
    assert steps["active_enis"].formula.startswith("CEILING.MATH(")
    assert found.result.value == 304
    assert found.vpc_cni == explain(path, row=23, mode="WarmENI", model="vpc-cni").result.value
    assert found.vpc_cni == 300


def test_a_workbook_with_a_fault_cannot_be_explained() -> None:
    with pytest.raises(WorkbookError, match="its inputs cannot all be used"):
        explain("sample_workbooks/faulty/not-a-number.xlsx")


# --- the command ----------------------------------------------------------------------------------

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["explain", *arguments])
        return status, *capsys.readouterr()

    return run


#: With many rows, tagged subnets, prefixes, Windows nodes, and saved by another program.
SAMPLES = (
    "aws-sample-large",
    "vpc-cni-large",
    "vpc-cni-custom-networking",
    "vpc-cni-prefix",
    "vpc-cni-windows",
    "vpc-cni-ipv6",
    "saved-by-libreoffice",
)
NODES = ("--node", "c5.large:2:1", "--node", "c5.large:1:0", "--daemonset-pods", "0")


def test_a_node_group_is_printed(run: Run) -> None:
    status, out, _ = run(*NODES, "1")
    assert status == 0
    assert out.startswith("WarmENI, node group 1: c5.large\nIPs total: 20\n\nFilled in, ")
    assert "= Own IPs + Secondary IPs + Attached ENIs - 1 = 1 + 18 + 2 - 1\n" in out
    assert "because WARM_ENI_TARGET >= 1 (1 >= 1)\n" in out
    assert "27  Pods that fit [pods], does not decide here: pods that the node has" in out


def test_the_documents_of_the_rules_are_printed_each_once(run: Run) -> None:
    printed = run("--node", "m5.large:3:2", "1")[1]
    said = " ".join(printed.split("The rules are those of VPC CNI v1.23.1.\n")[1].split())
    assert said.count("pkg/ipamd/ipamd.go (isDatastorePoolTooLow, increaseDatastorePool)") == 1
    assert "Attached ENIs: VPC CNI v1.23.1: pkg/ipamd/ipamd.go" in said
    assert "IPs per ENI: Amazon EC2 User Guide: addresses of a network interface" in said


@pytest.mark.thorough
@pytest.mark.parametrize("path", SAMPLES)
def test_what_is_printed_fits_a_line_and_a_screen_or_two(run: Run, path: str) -> None:
    first = "23" if path.startswith("aws") else "14"
    for words in ([], ["WarmIP", first], ["WarmENI", "--total", "used"]):
        status, out, err = run(f"sample_workbooks/{path}.xlsx", *words)
        assert (status, err) == (0, "")
        lines = out.splitlines()
        assert max(map(len, lines)) <= 100
        assert 5 < len(lines) <= 75


def test_a_mode_that_is_not_possible_says_why_once(run: Run) -> None:
    _, out, _ = run("--node", "m5.large:3:2", "--mode", "ipv6", "--pods-from", "custom networking")
    assert out.count("#N/A") == 0
    assert "IPv6 is not possible: an IPv6 cluster has no custom networking" in out
    [unknown] = [line for line in out.splitlines() if line.startswith("Not known: ")]
    assert unknown.startswith("Not known: IPs used; In use at the peak; ")


def test_many_node_groups_are_cut(run: Run) -> None:
    many = [each for number in range(20) for each in ("--node", f"m5.large:1:{number}")]
    _, out, _ = run(*many, "--total", "used")
    assert ", ... 12 more\n" in out
    assert "... (20 terms)\n" in out


def test_json(run: Run) -> None:
    _, out, _ = run(*NODES, "1", "--json")
    found = json.loads(out)
    assert (found["file"], found["sheet"], found["mode"], found["row"]) == (
        None,
        "WarmENI",
        "warm-eni",
        1,
    )
    assert found["result"]["value"] == 20
    assert found["result"]["refers_to"] == ["ips_per_node"]
    assert found["steps"][0].keys() == found["result"].keys()
    _, out, _ = run(*NODES, "--json")
    [sheet] = json.loads(out)["sheets"]
    names = [each["result"]["name"] for each in sheet["explanations"]]
    assert names[:4] == ["ips_per_node", "ips_per_node", "ips_available", "ips_used"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name a workbook, or node groups with --node"),
        ([*NODES, "1", "--total", "peak"], "--total: it is of a whole sheet"),
        ([*NODES, "--column", "warm_ips"], "--column: it is of a node group"),
        (
            ["sample_workbooks/vpc-cni-small.xlsx", "WarmIP", "Prefix"],
            "WORKBOOK \\[SHEET\\] \\[ROW\\]",
        ),
        (["sample_workbooks/aws-sample-small.xlsx", "23"], "sheets WarmENI, WarmIP are plans"),
        ([*NODES, "WarmEN"], 'sheet: found "WarmEN"'),
        ([*NODES, "--model", "aws-sample", "Prefix"], 'sheet: found "Prefix"'),
    ],
)
def test_what_cannot_be_asked(run: Run, words: list[str], said: str) -> None:
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    assert re.search(said, err)
