"""Settings: what is wrong with one is said beside it, and how many differ from their defaults."""

import math

import pytest

from calculator.model.expression import NOTHING
from tests.model.vpc_cni.nodes import (
    MODEL,
    SHEETS,
    book_of,
    said,
    shown,
)

NAN = math.nan


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("subnet_prefix_length", 29.0, "enter 16 to 28"),
        ("subnet_prefix_length", 15.0, "enter 16 to 28"),
        ("subnet_prefix_length", 23.5, "enter 16 to 28"),
        ("subnet_prefix_length", NAN, "enter 16 to 28"),
        ("subnet_prefix_length", NOTHING, "enter 16 to 28"),
        ("host_network_pods", -1.0, "enter 0 or more"),
        ("daemonset_pods", NAN, "enter 0 or more"),
        ("warm_eni_target", 0.5, "enter 0 or more"),
        ("warm_ip_target", 0.5, "enter 0 or more or nothing"),
        ("warm_ip_target", NAN, "enter 0 or more or nothing"),
        ("availability_zones", 0.0, "enter 1 to 6"),
        ("mode", "", "pick from the list"),
        ("mode", "WarmENI", "pick from the list"),
        ("pods_from", "maybe", "pick from the list"),
        ("nodes_from", "Fargate", "pick from the list"),
        ("control_plane_enis", 5.0, "enter 0 to 4"),
        ("max_unavailable", 0.0, "enter 1 to 100"),
        ("updated_groups", "two", "pick from the list"),
    ],
)
def test_a_setting_with_a_fault_says_so_beside_it(name, value, words):
    book = book_of([("m5.large", 2, 10), ("",)], **{name: value})
    messages = {
        setting.name: message
        for sheet in MODEL.sheets
        for setting in sheet.settings
        if f"{setting.name}_message" in sheet.by_name
        for message in shown(book[sheet.name], f"{setting.name}_message")
    }
    assert {key: each for key, each in messages.items() if each} == {name: words}
    for sheet in SHEETS:
        tables = book[sheet.name]
        assert tables.groups["state"].tolist() == [-1, 0]
        assert tables.groups["check"].tolist() == ["Correct the settings marked in red", ""]
        available = None if name == "subnet_prefix_length" else 507
        assert shown(tables, "ips_available", "ips_used", "outcome") == [
            *(available, None, "not-known")
        ]
    assert shown(book["Plan"], "settings_to_correct", "outcome_of_plan") == [1, "not-known"]
    assert shown(book["Plan"], "verdict") == [said("correct-settings-first", 1)]


def test_a_setting_that_may_be_empty():
    book = book_of([("m5.large", 2, 10)], warm_ip_target=NOTHING)
    assert shown(book["Plan"], "settings_to_correct", "outcome_of_plan") == [0, "fits"]


def test_settings_that_differ_from_their_default_are_counted():
    plan = book_of([])["Plan"]
    assert shown(plan, "settings_words") == [
        "All other settings: sheet Settings (0 differ from the default)."
    ]
    more = {"other_ips": 8.0, "nodes_from": "Karpenter", "warm_eni_target": 7.0}
    plan = book_of([], **more)["Plan"]  # the last one stands on sheet Plan itself
    assert shown(plan, "settings_words") == [
        "All other settings: sheet Settings (2 differ from the default)."
    ]
