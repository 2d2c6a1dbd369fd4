"""Rules of conditional formatting and notes, as files have them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calculator.xlsx.decoration import notes_of, rules_of
from calculator.xlsx.package import Package
from tests.helpers import FEW_TYPES, Raw, content

DXF = '<x14:dxf><font><color rgb="FFFFFFFF"/></font></x14:dxf>'
OF_OTHER_SHEETS = (
    '<extLst><ext xmlns:x14="x"><x14:conditionalFormattings><x14:conditionalFormatting>'
    f'<x14:cfRule type="expression"><xm:f>Plan!B4&gt;1</xm:f>{DXF}</x14:cfRule>'
    "<xm:sqref>B8 B10:C11</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
    "</extLst></worksheet>"
)


def raw() -> Raw:
    return Raw(content("vpc-cni", rows=3, catalog=FEW_TYPES))


@contextmanager
def opened(changed: Raw) -> Iterator[Package]:
    with tempfile.TemporaryDirectory() as folder:
        package = Package.open(changed.save(Path(folder, "plan.xlsx"), compress=False))
        for sheet in package.sheets:
            package.cells(sheet)
        yield package


def test_rules_of_both_kinds() -> None:
    changed = raw()
    changed.replace("IPv6", "</worksheet>", OF_OTHER_SHEETS)
    with opened(changed) as package:
        *ours, last = rules_of(package, "IPv6")
        assert last.areas == ((8, 2, 8, 2), (10, 2, 11, 3))
        assert last.formulas == ("Plan!B4>1",)
        assert last.look.unseen
        assert last.is_for((11, 3))
        assert not last.is_for((9, 2))
        assert {each.look.is_green for each in ours} == {True, False}
        assert not any(each.look.is_odd for each in ours)
        assert rules_of(package, "InstanceTypes") == ()


@pytest.mark.parametrize(
    ("kind", "attributes", "is_odd"),
    [
        ("dataBar", 'minLength="0" showValue="0"', True),
        ("iconSet", 'iconSet="3Arrows" showValue="false"', True),
        ("x14:iconSet", 'custom="1" showValue="0"', True),
        ("dataBar", 'showValue="1"', None),
        ("iconSet", 'iconSet="3Arrows"', None),
    ],
)
def test_bars_and_signs_in_place_of_numbers(
    kind: str, attributes: str, *, is_odd: bool | None
) -> None:
    changed = raw()
    rule = (
        f'<cfRule type="?" priority="9"><{kind} {attributes}><cfvo type="min"/></{kind}></cfRule>'
    )
    wrapped = f'<conditionalFormatting sqref="B8">{rule}</conditionalFormatting></worksheet>'
    changed.replace("InstanceTypes", "</worksheet>", wrapped)
    with opened(changed) as package:
        looks = [each.look for each in rules_of(package, "InstanceTypes")]
    assert [each.is_odd for each in looks] == ([] if is_odd is None else [is_odd])


@pytest.mark.parametrize(
    "nonsense",
    [
        '<conditionalFormatting sqref="?"><cfRule dxfId="0"/></conditionalFormatting>',
        '<conditionalFormatting sqref="A1"><cfRule dxfId="99999"/></conditionalFormatting>',
        '<conditionalFormatting sqref="A1"/>' * 50_000,
        "<!-- " + '<conditionalFormatting sqref="A1"> <cfRule> ' * 50_000 + " -->",
    ],
    ids=["no area", "no style", "many", "a comment"],
)
def test_what_strangers_write_does_no_harm(nonsense: str) -> None:
    changed = raw()
    changed.replace("InstanceTypes", "</worksheet>", f"{nonsense}</worksheet>")
    with opened(changed) as package:
        assert rules_of(package, "InstanceTypes") == ()


def test_this_program_writes_no_notes() -> None:
    with opened(raw()) as package:
        assert notes_of(package, "Plan") == {}
