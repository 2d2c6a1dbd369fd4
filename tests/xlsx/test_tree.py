"""The elements of small parts, and of what strangers put into them."""

from __future__ import annotations

import pytest

from calculator.xlsx.tree import read

WORDS = (
    b'<a:p xmlns:a="a"><a:r><a:t>Left at</a:t></a:r><a:br/><a:r><a:t> the peak </a:t></a:r></a:p>'
)


def test_ways_to_an_element() -> None:
    root = read(b'<r><s n="1"><v>a</v><v n="2.5">b</v></s><s n="x"/></r>')
    assert [each.attributes for each in root.every("r/s")] == [{"n": "1"}, {"n": "x"}]
    assert [each.pieces for each in root.every("*/*/v")] == [["a"], ["b"]]
    assert (root.text("r/s/v"), root.text("r/s/w")) == ("a", None)
    assert (root.value("r/s", "n"), root.value("r/s"), root.value("s", "n")) == ("1", "", "")
    assert [each.name for each in root.all_inside()] == ["r", "s", "v", "v", "s"]
    assert len([*root.all_inside("v")]) == 2


def test_numbers_of_elements() -> None:
    root = read(b'<r><a val="2.5"/><b val="x"/></r>')
    assert [root.number(f"r/{name}") for name in "abc"] == [2.5, None, None]


def test_a_text_is_one_whatever_stands_between() -> None:
    assert read(b"<r><f>Plan!<!-- -->$A$1 </f></r>").text("r/f") == "Plan!$A$1"


@pytest.mark.parametrize(
    "part", [b"<a><b/>", b"<a><b/></c>", b"\xff<", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_of_a_part_that_cannot_be_read_there_is_nothing(part: bytes) -> None:
    assert read(part).inside == []


def test_words_are_those_of_all_runs() -> None:
    assert read(WORDS).words == "Left at the peak"


def test_of_alternatives_the_first_counts() -> None:
    inside = "<m:Choice><a>1</a></m:Choice><m:Fallback><a>2</a><b/></m:Fallback>"
    xml = f'<r xmlns:m="m"><m:AlternateContent>{inside}</m:AlternateContent></r>'
    [root] = read(xml.encode()).every("r")
    assert [each.name for each in root.all_inside()] == ["a"]
    assert root.text("a") == "1"


def test_what_stands_too_deep_or_behind_too_much_is_left_out() -> None:
    assert len([*read(b"<a>" * 99 + b"</a>" * 99).all_inside()]) == 39
    assert len([*read(b"<a>" + b"<b/>" * 30_000 + b"<c/></a>").all_inside()]) == 20_000
