"""The sheets of the model: how they are found, and what they share."""

import pytest

from calculator.model import get_model, get_sheet
from calculator.plan import GROUP_INPUTS, PLAN_INPUTS
from tests.model.nodes import PREFIX, SHEETS, WARM_ENI, WARM_IP


def test_sheets_are_found_by_name_and_by_mode():
    model = get_model("vpc-cni")
    assert get_sheet(model, "WarmENI") is get_sheet(model, "warm-eni") is WARM_ENI
    assert get_sheet(model, "WarmIP") is get_sheet(model, "warm-ip") is WARM_IP
    assert get_sheet(model, "Prefix") is get_sheet(model, "prefix") is PREFIX


@pytest.mark.parametrize("sheet", SHEETS, ids=[each.name for each in SHEETS])
def test_names_labels_and_places_are_each_sheets_own(sheet):
    names = [each.name for each in (*sheet.placed, *sheet.columns)]
    assert len(set(names)) == len(names)
    cells = [each.cell for each in sheet.placed]
    assert len(set(cells)) == len(cells)
    labels = {each.label_cell: each.label for each in sheet.placed}
    assert len(set(labels.values())) == len(labels)
    words = {each.cell: each.text for each in sheet.labels}
    assert len(words) == len(sheet.labels)
    assert not words.keys() & {*cells, *labels}
    headers = [each.header for each in sheet.columns]
    assert len(set(headers)) == len(headers)


@pytest.mark.parametrize("sheet", SHEETS, ids=[each.name for each in SHEETS])
def test_places_that_users_of_the_sample_know(sheet):
    cells = {each.name: each.cell for each in sheet.placed}
    assert cells["subnet_prefix_length"] == "B4"
    assert cells["ips_available"] == "B5"
    assert [cells[name] for name in ("ips_used", "pods_hosted", "ips_remaining")] == [
        *("B8", "B9", "B10")
    ]
    target = {"WarmENI": "warm_eni_target", "WarmIP": "warm_ip_target"}
    assert cells[target.get(sheet.name, "warm_prefix_target")] == "B13"
    assert (cells["host_network_pods"], cells["daemonset_pods"]) == ("B14", "B15")
    assert sheet.header_row == 22
    assert [each.header for each in sheet.columns[:3]] == [
        *("instance type", "# of Instances", "Target Workload Pods per Node")
    ]


def test_every_input_of_a_plan_stands_on_a_sheet():
    placed = {each.name for sheet in SHEETS for each in sheet.settings}
    assert placed == PLAN_INPUTS.keys()
    columns = {each.name for sheet in SHEETS for each in sheet.inputs if each.input}
    assert columns == GROUP_INPUTS.keys()
