"""What changed between two workbooks: descriptions made by hand, and files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from calculator.convert import convert_workbook
from calculator.description import Description, Figure, Group, Told, describe
from calculator.difference import SEVERITIES_OF_CHANGES, Change, changes
from calculator.plan import NodeGroup, Plan
from calculator.results.text import text_of
from tests.helpers import FEW_TYPES, PLAN, Raw, saved

SAMPLES = Path(__file__).parent.parent / "sample_workbooks"
#: A workbook that says little.
PLAIN = Description(
    file="plan.xlsx",
    model="vpc-cni",
    layout=2,
    compared=True,
    fits=True,
    mode="undecided",
    verdict="Fits",
    inputs={("", "subnet_prefix_length"): 23},
    results={("WarmENI", "ips_used"): 100},
    catalog="EC2",
    types=3,
    labels={"subnet_prefix_length": "Subnet size", "ips_used": "IPs used", "instances": "Number"},
)


def group(name: str, instances: int, number: int = 1, *, os: str = "Linux") -> Group:
    return Group("", name, os, number, {"instances": instances, "pods_per_node": 9})


def said(**more: object) -> Description:
    return replace(PLAIN, **more)  # type: ignore[arg-type]


def told(found: list[Change]) -> list[tuple[object, ...]]:
    return [(each.kind, each.severity, each.where, each.what, each.old, each.new) for each in found]


def test_the_same_is_no_change() -> None:
    assert changes(PLAIN, said(file="other.xlsx")) == []


def test_a_verdict_that_turns_is_a_fault_or_mended() -> None:
    bad = said(fits=False, verdict="Does not fit")
    unknown = said(fits=None, verdict="Rows to correct: 1")
    assert told(changes(PLAIN, bad)) == [
        ("verdict", "fault", "", "Verdict", "Fits", "Does not fit")
    ]
    assert [each.severity for each in changes(PLAIN, unknown)] == ["fault"]
    assert [each.severity for each in changes(bad, PLAIN)] == ["mended"]
    assert [each.severity for each in changes(PLAIN, said(verdict="Fits in each"))] == ["result"]


def test_inputs_and_results() -> None:
    new = said(inputs={("", "subnet_prefix_length"): 22}, results={("WarmENI", "ips_used"): None})
    assert told(changes(PLAIN, new)) == [
        ("input", "input", "", "Subnet size", 23, 22),
        ("result", "result", "WarmENI", "IPs used", 100, None),
    ]


def test_an_input_that_one_has_by_sheet() -> None:
    both = {("WarmENI", "subnet_prefix_length"): 23, ("WarmIP", "subnet_prefix_length"): 24}
    assert told(changes(PLAIN, said(inputs=both))) == [
        ("input", "input", "WarmIP", "Subnet size", 23, 24)
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([("a", 1), ("b", 2)], [("b", 2), ("a", 1)], []),
        ([("a", 1), ("a", 2), ("a", 3)], [("a", 1), ("a", 3)], [("a (no. 2)", "2 × 9", None)]),
        ([("a", 1), ("a", 2)], [("a", 2), ("a", 5)], [("a (no. 2)", 1, 5)]),
        ([("a", 1)], [("a", 1), ("a", 1)], [("a (no. 2)", None, "1 × 9")]),
        ([("a", 1)], [("b", 1)], [("a", "1 × 9", None), ("b", None, "1 × 9")]),
    ],
)
def test_node_groups_are_matched_by_what_they_are(
    before: list[tuple[str, int]],
    after: list[tuple[str, int]],
    expected: list[tuple[object, ...]],
) -> None:
    def groups(listed: list[tuple[str, int]]) -> list[Group]:
        names = [name for name, _ in listed]
        return [
            group(name, number, names[: at + 1].count(name))
            for at, (name, number) in enumerate(listed)
        ]

    found = changes(said(groups=groups(before)), said(groups=groups(after)))
    assert [(each.where, each.old, each.new) for each in found] == expected


def test_a_type_in_capitals_is_the_same_group() -> None:
    old, new = said(groups=[group("m5.large", 1)]), said(groups=[group("M5.LARGE", 1)])
    assert changes(old, new) == []


def test_another_system_is_another_group() -> None:
    old, new = said(groups=[group("a", 1)]), said(groups=[group("a", 1, os="Windows")])
    assert [each.where for each in changes(old, new)] == ["a", "a Windows"]


def test_formulas_findings_and_figures() -> None:
    fault = Told("fault", "missing", "Plan, Instances, a", "found nothing")
    warning = Told("warning", "one-zone", "Plan", "")
    new = said(
        formulas={("WarmENI", "IPs used", ""): "=1+1"},
        findings=[warning, fault],
        figures={("m5.large", "max_enis"): Figure(9, 3)},
        others=("Notes",),
        types=4,
    )
    found = changes(PLAIN, new)
    assert told(found) == [
        ("finding", "fault", "Plan, Instances, a", "missing", None, "found nothing"),
        ("formula", "difference", "WarmENI", "IPs used", "the program's formula", "=1+1"),
        ("catalog", "difference", "", "Instance types", 3, 4),
        ("catalog", "difference", "m5.large", "max_enis", 3, 9),
        ("finding", "warning", "Plan", "one-zone", None, "found"),
        ("worksheet", "input", "", "Other worksheet", None, "Notes"),
    ]
    back = changes(new, PLAIN)
    assert {each.severity for each in back} == {"mended", "difference", "input"}
    assert [(each.old, each.new) for each in back if each.kind == "formula"] == [
        ("=1+1", "the program's formula")
    ]


def test_a_finding_whose_words_changed_is_one_change() -> None:
    old, new = (
        said(findings=[Told("warning", "peak-overflow", "Plan", words)]) for words in ("3", "4")
    )
    assert told(changes(old, new)) == [("finding", "result", "Plan", "peak-overflow", "3", "4")]


def test_what_follows_in_one_only_is_told_beside_a_cause_that_both_have() -> None:
    one, other = (Told("difference", "formula", "Plan, Left", words) for words in ("=1", "=2"))
    known = said(followers={"head": {}})
    edited = said(followers={"head": {"a": one}})
    assert told(changes(known, edited)) == [
        ("finding", "difference", "Plan, Left", "formula", None, "=1")
    ]
    assert told(changes(edited, known)) == [
        ("finding", "mended", "Plan, Left", "formula", "=1", None)
    ]
    again = said(followers={"head": {"b": other}})
    assert told(changes(edited, again)) == [
        ("finding", "difference", "Plan, Left", "formula", "=1", "=2")
    ]
    # What came with its cause, or follows from another one now, is told by that.
    assert changes(PLAIN, edited) == changes(edited, PLAIN) == []
    assert changes(edited, said(followers={"head": {}, "label": {"a": one}})) == []


def test_formulas_that_were_not_compared_are_no_change() -> None:
    old = said(compared=False, layout=1)
    assert changes(old, said(formulas={("WarmENI", "IPs used", ""): "=1+1"})) == []


def test_the_worst_comes_first() -> None:
    old = describe(SAMPLES / "faulty" / "constant.xlsx")
    new = describe(SAMPLES / "faulty" / "not-a-number.xlsx")
    severities = [each.severity for each in changes(old, new)]
    assert severities[0] == "fault"
    assert severities == sorted(severities, key=SEVERITIES_OF_CHANGES.index)
    assert severities[-1] == "mended"


@pytest.mark.thorough
def test_a_plan_that_was_changed(tmp_path: Path) -> None:
    def described(name: str, size: int, groups: list[NodeGroup]) -> Description:
        plan = Plan(subnet_prefix_length=size, node_groups=groups)
        return describe(saved(tmp_path / name, plan=plan, rows=6, catalog=FEW_TYPES))

    one, other = NodeGroup("m5.large", 3, 20), NodeGroup("c5.large", 2, 9)
    old = described("a.xlsx", 23, [one, other])
    new = described("b.xlsx", 22, [other, replace(one, instances=4)])
    inputs = [each for each in changes(old, new) if each.severity == "input"]
    assert [(each.where, each.name, each.old, each.new) for each in inputs] == [
        ("", "subnet_prefix_length", 23, 22),
        ("m5.large", "instances", 3, 4),
    ]
    assert {each.kind for each in changes(old, new)} == {"input", "node-group", "result"}


def test_what_was_typed_or_computed(tmp_path: Path) -> None:
    """A formula stands against the value that was typed, and a value against the formula."""
    path = saved(tmp_path / "a.xlsx", rows=8, catalog=FEW_TYPES)
    raw = Raw(path.read_bytes())
    raw.put("Plan", "B4", 20.0, "10*2")
    raw.put("WarmIP", "B8", 9.0, None)
    old, new = describe(path), describe(raw.save(tmp_path / "b.xlsx"))
    ours = "=[Nodes and their pods (node_ips)]+[Load balancers, EKS control plane and "
    ours += "others]+[Moved between a full subnet and tagged ones (moved_ips)]"
    pairs = {(each.old, each.new) for each in changes(old, new) if each.kind == "formula"}
    assert pairs == {(20, "=10*2"), (ours, "9")}
    pairs = {(each.old, each.new) for each in changes(new, old) if each.kind == "formula"}
    assert pairs == {("=10*2", 20), ("9", ours)}


@pytest.mark.parametrize("label", ["A4", "A6", "A8", "E1"])
def test_an_input_whose_label_is_gone_is_still_what_it_was(tmp_path: Path, label: str) -> None:
    plan = replace(PLAN, owner="Kim", warm_ip_target=7)
    old = describe(path := saved(tmp_path / "a.xlsx", plan=plan, catalog=FEW_TYPES))
    raw = Raw(path.read_bytes())
    raw.put("Plan", label, "x", None)
    new = describe(raw.save(tmp_path / "b.xlsx"))
    assert [each for each in changes(old, new) if each.kind == "input"] == []


def test_other_instances_below_the_table_are_told(tmp_path: Path) -> None:
    said = []
    for instances in (3.0, 9.0):
        raw = Raw(saved(tmp_path / "plan.xlsx", catalog=FEW_TYPES).read_bytes())
        for cell, value in (("A60", "m5.large"), ("B60", instances), ("C60", 5.0)):
            raw.put("Plan", cell, value)
        said.append(describe(raw.save(tmp_path / "below.xlsx")))
    [change] = changes(*said)
    assert (change.what, change.old, change.new) == (
        "below-the-table",
        'found "m5.large", 3, 5',
        'found "m5.large", 9, 5',
    )


def test_an_input_of_no_use_is_told_from_one_of_use(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", catalog=FEW_TYPES)
    raw = Raw(path.read_bytes())
    raw.put("Plan", "B5", "2", None)
    raw.put("Plan", "B11", -2.0, None)
    found = changes(describe(path), describe(raw.save(tmp_path / "b.xlsx")))
    assert {(each.old, each.new) for each in found if each.kind == "input"} == {
        (2, '"2"'),
        (2, -2),
    }


@pytest.mark.thorough
def test_number_formats_notes_and_charts(tmp_path: Path) -> None:
    saved(tmp_path / "a.xlsx", rows=8, catalog=FEW_TYPES)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book["WarmENI"]["B8"].number_format = "0.00"
    book["Plan"]["B15"].comment = Comment("Ask Jo,\nwho knows.", "Jo")
    book["Chart"]._charts.clear()
    book.save(tmp_path / "b.xlsx")
    old, new = describe(tmp_path / "a.xlsx"), describe(tmp_path / "b.xlsx")
    assert {
        (each.where, each.what, each.old, each.new)
        for each in changes(old, new)
        if each.kind == "look"
    } == {
        ("", "charts", "1", None),
        ("Plan", f"note, # of Instances, {new.groups[1].title}", None, "Ask Jo, who knows."),
        ("WarmENI", "number format, IPs used", "#,##0", "0.00"),
    }


def test_formats_of_a_column_are_those_of_most_rows() -> None:
    def looks(before: dict, after: dict) -> list[tuple[object, ...]]:
        found = changes(said(formats=before), said(formats=after))
        return [(each.where, each.what, each.old, each.new) for each in found]

    shown = {("Plan", "Pods", ""): "#,##0"}
    odd = {**shown, ("Plan", "Pods", "m5.large"): "0.0"}
    assert looks(shown, odd) == [("Plan", "number format, Pods, m5.large", "#,##0", "0.0")]
    assert looks(odd, shown) == [("Plan", "number format, Pods, m5.large", "0.0", "#,##0")]
    # of a workbook without a row nothing is known, and nothing changed
    assert looks({}, odd) == looks(odd, {}) == []


def test_node_groups_that_are_filled_in_are_no_change_of_look(tmp_path: Path) -> None:
    saved(tmp_path / "blank.xlsx", plan=None, rows=8, catalog=FEW_TYPES)
    saved(tmp_path / "plan.xlsx", rows=8, catalog=FEW_TYPES)
    blank, plan = describe(tmp_path / "blank.xlsx"), describe(tmp_path / "plan.xlsx")
    for found in (changes(blank, plan), changes(plan, blank)):
        kinds = {each.kind for each in found}
        assert "look" not in kinds
        assert "node-group" in kinds


@pytest.mark.thorough
def test_aws_sample_against_its_conversion(tmp_path: Path) -> None:
    source, result = SAMPLES / "aws-sample-example.xlsx", tmp_path / "converted.xlsx"
    convert_workbook(source, result)
    found = changes(describe(source), describe(result))
    # at the peak of the other model pods are rolled out and a node group is updated
    assert {each.kind for each in found} == {"model", "result", "verdict"}
    assert ("WarmENI", "ips_available", 510, 507) in {
        (each.where, each.name, each.old, each.new) for each in found
    }


def test_formulas_are_compared_row_by_row_and_counted_after_that() -> None:
    def of(*rows: str) -> Description:
        return said(formulas={("WarmENI", "Pods that fit", row): "=1+0" for row in rows})

    def told_of(old: Description, new: Description) -> list[tuple[str, str]]:
        return [(each.severity, each.what) for each in changes(old, new)]

    five, four = of("a", "b", "c", "d", "e"), of("a", "b", "c", "d")
    assert told_of(five, four) == [("mended", "Pods that fit, e")]
    assert told_of(of("a", "b", "c"), four) == [("difference", "Pods that fit, d")]
    other = of("a", "b", "x", "y")
    assert told_of(four, other) == [
        *(("difference", f"Pods that fit, {row}") for row in "xy"),
        *(("mended", f"Pods that fit, {row}") for row in "cd"),
    ]
    assert told_of(PLAIN, four) == [("difference", "Pods that fit, 4 node groups")]
    assert [*text_of(four)] != [*text_of(other)]


def hidden(folder: Path, *rows: int) -> Description:
    """A workbook with hidden rows."""
    raw = Raw(saved(folder / "plan.xlsx", catalog=FEW_TYPES))
    for row in rows:
        raw.replace("Plan", f'<row r="{row}" ', f'<row r="{row}" hidden="1" ')
    return describe(raw.save(folder / f"{len(rows)}.xlsx"))


def test_of_several_cells_each_is_compared(tmp_path: Path) -> None:
    one, two = hidden(tmp_path, 15), hidden(tmp_path, 14, 15)
    for pair, severity in (((one, two), "warning"), ((two, one), "mended")):
        found = [each for each in changes(*pair) if each.kind == "finding"]
        assert {(each.what, each.severity) for each in found} == {("hidden", severity)}
        assert {each.where.rpartition(", ")[2] for each in found} == {"m5.12xlarge"}
