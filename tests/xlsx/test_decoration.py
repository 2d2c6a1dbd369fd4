"""Rules of conditional formatting and notes, as files have them."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from calculator.errors import WorkbookError
from calculator.xlsx.decoration import are_all_rules, looks_of, notes_of, partly_unseen, rules_of
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
        places = [(8, 2), (8, 3), (9, 2), (10, 1), (10, 3), (11, 3), (12, 3)]
        assert last.those_of(places) == [0, 4, 5]
        assert {each.look.is_green for each in ours} == {True, False}
        assert not any(each.look.is_odd for each in ours)
        assert [*rules_of(package, "InstanceTypes")] == []


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


def _colours(*colours: str) -> str:
    return "".join(f'<color rgb="FF{each}"/>' for each in colours)


def _icons(limits: str, attributes: str = 'iconSet="3Symbols"') -> str:
    return f'<iconSet {attributes}><cfvo type="percent" val="0"/><cfvo {limits}/></iconSet>'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (f"<colorScale>{_colours('000000', '000000')}</colorScale>", (True, False)),
        (f"<colorScale>{_colours('00B050', '63BE7B')}</colorScale>", (False, True)),
        (f"<colorScale>{_colours('F8696B', 'FFEB84', '63BE7B')}</colorScale>", None),
        (f"<dataBar>{_colours('000000')}</dataBar>", (True, False)),
        (f"<dataBar>{_colours('63C384')}</dataBar>", None),
        ("<iconSet/>", None),
        ('<x14:dataBar><x14:axisColor rgb="FF000000"/></x14:dataBar>', None),
        (_icons('type="num" val="-9999"'), (False, True)),
        (_icons('type="percent" val="0"'), (False, True)),
        (_icons('type="num" val="0"'), None),
        (_icons('type="percent" val="67"'), None),
        (_icons('type="formula" val="$B$4"'), None),
        (_icons('type="num" val="-9"', 'iconSet="3Symbols" reverse="1"'), (False, True)),
        (_icons('type="formula" val="$B$4"', 'reverse="true"'), (False, True)),
        (_icons('type="num" val="9"', 'iconSet="3ArrowsGray" reverse="1"'), None),
        ('<x14:iconSet custom="1"/><x14:cfIcon iconSet="3Flags" iconId="2"/>', (False, True)),
        ('<x14:iconSet custom="1"/><x14:cfIcon iconSet="3Flags" iconId="0"/>', None),
        ('<x14:iconSet custom="1"/><x14:cfIcon iconSet="NoIcons" iconId="0"/>', None),
        (f"<colorScale>{_colours('63BE7B', 'F8696B')}</colorScale>", (False, True)),
        (_icons('type="num" val="-9"', 'iconSet="5Quarters"'), None),
    ],
)
def test_what_paints_by_value(inside: str, expected: tuple[bool, bool] | None) -> None:
    changed = raw()
    rule = f'<cfRule type="?" priority="9">{inside}</cfRule>'
    wrapped = f'<conditionalFormatting sqref="B8">{rule}</conditionalFormatting></worksheet>'
    changed.replace("InstanceTypes", "</worksheet>", wrapped)
    with opened(changed) as package:
        found = [
            (rule.look.unseen, rule.look.is_green) for rule in rules_of(package, "InstanceTypes")
        ]
    assert found == ([expected] if expected else [])


def test_a_rule_has_the_colours_of_the_files_theme() -> None:
    changed = raw()
    own = OF_OTHER_SHEETS.replace('rgb="FFFFFFFF"', 'theme="6"')
    changed.replace("IPv6", "</worksheet>", own)
    for colour in ("FEFEFE", "101010"):
        theme = changed.parts["xl/theme/theme1.xml"].decode()
        theme = re.sub("(<a:accent3><a:srgbClr val=).{8}", rf'\1"{colour}"', theme)
        changed.parts["xl/theme/theme1.xml"] = theme.encode()
        with opened(changed) as package:
            assert rules_of(package, "IPv6")[-1].look.unseen is (colour == "FEFEFE")


@pytest.mark.parametrize(
    ("ink", "ground", "unseen"),
    [
        *(("FFFFFF", "FFFFFF", True), ("0000FF", "FFFFFF", False), ("FFFFFF", "101010", False)),
        ("000000", "101010", True),
    ],
)
def test_a_part_of_a_text_on_what_is_behind_it(ink: str, ground: str, *, unseen: bool) -> None:
    changed = raw()
    styles = changed.parts["xl/styles.xml"].decode()
    solid = f'<patternFill patternType="solid"><fgColor rgb="FF{ground}"/></patternFill>'
    fills = f"<fills><fill>{solid}</fill>"
    styles = re.sub('fillId="[0-9]+"', 'fillId="0"', re.sub("<fills[^>]*>", fills, styles))
    changed.parts["xl/styles.xml"] = styles.encode()
    run = f"<r><rPr>{_colours(ink)}</rPr><t>m5</t></r>"
    [(cell, style)] = re.findall('(<c r="A2"( s="[0-9]+").*?</c>)', changed.text("InstanceTypes"))
    own = f'<c r="A2"{style} t="inlineStr"><is>{run}</is></c>'
    changed.replace("InstanceTypes", cell, own)
    with opened(changed) as package:
        assert partly_unseen(package, "InstanceTypes") == ({(2, 1)} if unseen else set())


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
        assert [*rules_of(package, "InstanceTypes")] == []


_CELLS = '<c r="A1" ' * 20_000
_RULE = '<conditionalFormatting sqref="A1"><cfRule dxfId="1">%s</conditionalFormatting>'


@pytest.mark.parametrize(
    "mark", ["<!-- {} -->", "<![CDATA[{}", "{}"], ids=["comment", "text", "bare"]
)
@pytest.mark.parametrize(
    ("before", "tags"),
    [
        ("</worksheet>", "<mergeCell " * 20_000),
        ("</worksheet>", _CELLS),
        ("<sheetData>", _CELLS),
        ("</sheetData>", _CELLS),
        ("</worksheet>", _RULE % ("<iconSet " * 20_000)),
        ("</worksheet>", _RULE % f"<x14:dxf>{'<a ' * 20_000}</x14:dxf>"),
        ("</worksheet>", _RULE % f"<iconSet/><{'a' * 20_000}"),
        ("</worksheet>", '<c r="A1"' + ' t="s"' * 20_000),
    ],
    ids=["merged", "tail", "head", "cells", "signs", "look", "name", "attributes"],
)
def test_tags_that_do_not_end_are_not_gone_over_again(mark: str, before: str, tags: str) -> None:
    changed = raw()
    changed.replace("InstanceTypes", before, mark.replace("{}", tags) + before)
    rich = "<si><r><rPr><b/></rPr><t>a</t></r></si></sst>"
    changed.replace_in("xl/sharedStrings.xml", "</sst>", rich)
    began = time.process_time()
    with suppress(WorkbookError), opened(changed) as package:
        rules_of(package, "InstanceTypes")
        looks_of(package, "InstanceTypes")
        partly_unseen(package, "InstanceTypes")
    assert time.process_time() - began < 1.5


@pytest.mark.parametrize(
    ("rules", "areas", "taken"),
    [(300, 1, 300), (2_001, 1, 2_000), (1, 300, 300), (9, 3_000, 20_000)],
)
def test_of_many_rules_the_first_are_looked_at(rules: int, areas: int, taken: int) -> None:
    changed = raw()
    rule = '<cfRule type="expression" dxfId="0"><formula>TRUE</formula></cfRule>'
    sqref = " ".join(f"Q{number}" for number in range(1, areas + 1))
    each = f'<conditionalFormatting sqref="{sqref}">{rule}</conditionalFormatting>'
    changed.replace("InstanceTypes", "</worksheet>", f"{each * rules}</worksheet>")
    with opened(changed) as package:
        found = rules_of(package, "InstanceTypes")
        assert sum(len(each.areas) for each in found) == taken
        assert are_all_rules(package, "InstanceTypes") is (taken == rules * areas)


def test_this_program_writes_no_notes() -> None:
    with opened(raw()) as package:
        assert notes_of(package, "Plan") == {}
