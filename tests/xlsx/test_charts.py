"""Charts as files have them, whoever wrote them."""

from __future__ import annotations

import re
from functools import cache

import pytest

from calculator.xlsx.charts import Chart, chart_of
from tests.helpers import Raw, content

PART = "xl/charts/chart1.xml"


@cache
def part() -> str:
    return Raw(content()).parts[PART].decode()


def chart(*edits: tuple[str, str]) -> Chart:
    xml = part()
    for old, new in edits:
        assert old in xml
        xml = xml.replace(old, new, 1)
    return chart_of(xml.encode())


def test_the_chart_of_ours() -> None:
    ours = chart()
    assert [each.name for each in ours.series] == [
        "In use, steady state",
        "At the peak",
        "Left at the peak",
    ]
    assert [each.name_from for each in ours.series] == [f"Chart!$A${row}" for row in (4, 5, 6)]
    assert [each.values for each in ours.series] == [f"Plan!${c}$5:${c}$8" for c in "EFG"]
    assert {each.words for each in ours.series} == {"Plan!$D$5:$D$8"}
    assert ours.titles == ("Addresses [IPs]",)
    assert ours.oddities == ()


def test_prefixes_make_no_difference() -> None:
    """Scripts write others than Excel, or none."""
    for prefix in ("", "ns0:"):
        xml = re.sub("<(/?)c:", rf"<\g<1>{prefix}", part())
        assert chart_of(xml.encode()) == chart()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ('<c:strRef><c:f>"At ""the"" peak"</c:f></c:strRef>', ('At "the" peak', "")),
        (
            "<c:strRef><c:f>Plan!$F$4</c:f><c:strCache><c:pt><c:v>At</c:v></c:pt></c:strCache>"
            "</c:strRef>",
            ("At", "Plan!$F$4"),
        ),
        ("<c:v>At the peak</c:v>", ("At the peak", "")),
        ("", ("", "")),
    ],
)
def test_names_that_were_typed_and_names_of_cells(name: str, expected: tuple[str, str]) -> None:
    xml = re.sub("<c:tx><c:strRef>.*?</c:tx>", f"<c:tx>{name}</c:tx>", part())
    series = chart_of(xml.encode()).series[1]
    assert (series.name, series.name_from) == expected


SCALING = '<c:scaling><c:orientation val="minMax"/></c:scaling><c:axPos val="l"/>'
OURS = '<c:spPr><a:solidFill><a:srgbClr val="8DB4DC"/></a:solidFill></c:spPr>'
LEGEND = '<c:legend><c:legendPos val="b"/><c:layout/></c:legend>'
EDGE = '<a:ln><a:solidFill><a:srgbClr val="8DB4DC"/></a:solidFill></a:ln>'
FIELD = '<a:fld type="VALUE"><a:t>503</a:t></a:fld>'
LABELS = '<c:showVal val="1"/>'
NEGATIVE = "<c:pt><c:v>-93</c:v></c:pt><c:pt><c:v>-9.5</c:v></c:pt><c:pt/>"


def scaled(inside: str, old: str = SCALING) -> tuple[str, str]:
    return old, f'<c:scaling>{inside}</c:scaling><c:axPos val="l"/>'


def labelled(inside: str) -> tuple[str, str]:
    return LABELS, f"{LABELS}{inside}"


def typed(words: str, field: str = "") -> str:
    run = f"<a:r><a:t>{words}</a:t></a:r>{field}"
    return f"<c:dLbl><c:tx><c:rich><a:p>{run}</a:p></c:rich></c:tx></c:dLbl>"


def drawn(looks: str) -> tuple[str, str]:
    """The first series, drawn otherwise."""
    return OURS, f"<c:spPr>{looks}</c:spPr>"


def filled(colour: str) -> str:
    """Of a colour: six digits, or the name of one of the theme."""
    kind = "srgbClr" if len(colour) == 6 else "schemeClr"
    return f'<a:solidFill><a:{kind} val="{colour}"/></a:solidFill>'


def ground(colour: str) -> tuple[str, str]:
    return "</c:valAx>", f"</c:valAx><c:spPr>{filled(colour)}</c:spPr>"


def legend(inside: str) -> tuple[str, str]:
    """The legend, looking otherwise."""
    return LEGEND, LEGEND.replace("<c:layout/>", inside)


def letters(inside: str = "", size: str = "") -> str:
    return f"<c:txPr><a:p><a:pPr><a:defRPr{size}>{inside}</a:defRPr></a:pPr></a:p></c:txPr>"


def in_all(inside: str) -> tuple[str, str]:
    """What all letters of the chart look like."""
    return "</c:chart>", f"</c:chart>{inside}"


def as_lines(looks: str) -> tuple[tuple[str, str], ...]:
    """Lines for columns, of which the first looks so."""
    kinds = (("<c:barChart>", "<c:lineChart>"), ("</c:barChart>", "</c:lineChart>"))
    return *kinds, (OURS, looks)


NO_LINE = "<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>"
NO_MARK = '<c:marker><c:symbol val="none"/></c:marker>'
BELOW = '<c:tickLblPos val="low"/>'


def beside(inside: str) -> tuple[str, str]:
    return "<c:cat>", f"{inside}<c:cat>"


def named(inside: str) -> tuple[str, str]:
    """The legend, with something else or without."""
    return LEGEND, inside


#: An edit, and the oddity that it is.
ODD = [
    (in_all(letters(filled("FFFFFF"))), "its letters can hardly be seen"),
    (in_all(letters(size=' sz="400"')), "its letters can hardly be seen"),
    (labelled(letters(filled("FFFFFF"))), "its labels can hardly be seen"),
    (labelled(f"<c:dLbl>{letters(filled('bg1'))}</c:dLbl>"), "its labels can hardly be seen"),
    (
        labelled(f'{letters(filled("8DB4DC"))}<c:dLblPos val="inEnd"/>'),
        "its labels can hardly be seen",
    ),
    ((BELOW, BELOW + letters(filled("FFFFFF"))), "what stands at its axes can hardly be seen"),
    (
        ("<a:pPr><a:defRPr/></a:pPr>", f"<a:pPr><a:defRPr>{filled('FFFFFF')}</a:defRPr></a:pPr>"),
        "what stands at its axes can hardly be seen",
    ),
    (
        (LABELS, '<c:showVal val="0"/><c:showSerName val="1"/>'),
        "its labels show names in place of numbers",
    ),
    (scaled('<c:orientation val="maxMin"/>'), "its axis is reversed"),
    (scaled('<c:logBase val="10"/>'), "its axis is logarithmic"),
    (scaled('<c:min val="100"/>'), "its axis begins at 100"),
    (scaled('<c:max val="2500"/>'), "its axis ends at 2,500, whatever there is to show"),
    (
        ('<c:tickLblPos val="nextTo"/>', '<c:dispUnits><c:builtInUnit val="tens"/></c:dispUnits>'),
        "its axis counts in tens",
    ),
    (('"clustered"', '"percentStacked"'), "it shows shares, and not numbers"),
    (('"clustered"', '"stacked"'), "its series stand on top of each other"),
    (("</c:barChart>", "</c:barChart><c:catAx/>"), "its series have different axes"),
    (("</c:valAx>", "</c:valAx><c:dateAx/><c:valAx/>"), "its series have different axes"),
    (("</c:valAx>", "</c:valAx><c:valAx/>"), "its series have different axes"),
    (('<c:gapWidth val="80"/>', '<c:overlap val="100"/>'), "its series hide each other"),
    (drawn("<a:noFill/>"), "not all its columns can be seen"),
    (drawn("<a:noFill/><a:ln><a:noFill/></a:ln>"), "not all its columns can be seen"),
    (drawn(OURS.replace("8DB4DC", "ffffff")[8:-9]), "not all its columns can be seen"),
    (
        beside("<c:dPt><c:spPr><a:noFill/></c:spPr></c:dPt>"),
        "not all its columns can be seen",
    ),
    (drawn(filled("FEFEFE")), "not all its columns can be seen"),
    (drawn(filled("lt1")), "not all its columns can be seen"),
    (
        drawn('<a:solidFill><a:srgbClr val="8DB4DC"><a:alpha val="0"/></a:srgbClr></a:solidFill>'),
        "not all its columns can be seen",
    ),
    (drawn(f"<a:noFill/><a:ln>{filled('bg1')}</a:ln>"), "not all its columns can be seen"),
    (ground("8DB4DC"), "not all its columns can be seen"),
    (drawn(filled("5FAF7B")), "not all its series differ in colour"),
    (
        beside(f"<c:dPt><c:spPr>{filled('1B3A5C')}</c:spPr></c:dPt>"),
        "columns of a series have the colour of another",
    ),
    ((BELOW, '<c:tickLblPos val="none"/>'), "nothing says which columns are of which mode"),
    ((BELOW, f"<c:delete/>{BELOW}"), "nothing says which columns are of which mode"),
    (legend(letters(filled("FFFFFF"))), "its legend can hardly be seen"),
    (legend(letters(size=' sz="100"')), "its legend can hardly be seen"),
    (
        legend('<c:layout><c:manualLayout><c:h val="0.001"/></c:manualLayout></c:layout>'),
        "its legend can hardly be seen",
    ),
    (beside("<c:trendline/>"), "its series have a trend line"),
    (beside("<c:errBars/>"), "its series have error bars"),
    (named(""), "nothing says which series is which, as it has no legend"),
    (
        named("<c:legend><c:legendEntry><c:delete val='1'/></c:legendEntry></c:legend>"),
        "its legend does not name all series",
    ),
    (('<c:crosses val="autoZero"/>', '<c:crossesAt val="9"/>'), "its columns do not begin at 0"),
    (('<c:crosses val="autoZero"/>', '<c:crosses val="max"/>'), "its columns do not begin at 0"),
    (
        ('formatCode="#,##0"', 'formatCode="0,"'),
        "the number format 0, of its labels shows numbers otherwise than they are",
    ),
    (
        ('formatCode="#,##0"', 'formatCode="0;0"'),
        "the number format 0;0 of its labels shows numbers otherwise than they are",
    ),
    (labelled(typed("503")), 'a label says "503", which was typed'),
    (
        labelled(typed("5</a:t></a:r><a:r><a:t>03")),
        'a label says "503", which was typed',
    ),
    (labelled(typed("none")), 'a label says "none", which was typed'),
    (labelled(typed("1, not ", FIELD)), 'a label says "1, not ", which was typed'),
    (labelled("<c:dLbl><c:delete val='1'/></c:dLbl>"), "a label was deleted"),
    (labelled("<c:dLbl><c:delete/></c:dLbl>"), "a label was deleted"),
    (
        labelled("<c:dLbl><c:tx><c:strRef><c:f>Plan!$A$4</c:f></c:strRef></c:tx></c:dLbl>"),
        "a label shows Plan!A4",
    ),
    (
        labelled(
            '<c:extLst><c:ext><x:showDataLabelsRange xmlns:x="x" val="1"/></c:ext></c:extLst>'
        ),
        "its labels show other cells",
    ),
]


@pytest.mark.parametrize(("edit", "oddity"), ODD, ids=str)
def test_what_makes_people_read_other_numbers(edit: tuple[str, str], oddity: str) -> None:
    assert chart(edit).oddities == (oddity,)


@pytest.mark.parametrize("kind", ["pieChart", "pie3DChart", "ofPieChart", "doughnutChart"])
def test_a_pie_shows_shares(kind: str) -> None:
    xml = part().replace("barChart>", f"{kind}>")
    assert chart_of(xml.encode()).oddities == ("it shows shares, and not numbers",)


@pytest.mark.parametrize("kind", ["areaChart", "area3DChart", "bar3DChart", "line3DChart"])
def test_series_that_lie_behind_others(kind: str) -> None:
    xml = part().replace("barChart>", f"{kind}>")
    assert chart_of(xml.encode()).oddities == ("its series hide each other",)
    on_top = chart_of(xml.replace('"clustered"', '"stacked"').encode())
    assert on_top.oddities == ("its series stand on top of each other",)


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        ("", ""),
        ("<c:rich><a:p><a:r><a:t>Free</a:t></a:r></a:p></c:rich>", "Free"),
        ("<c:strRef><c:strCache><c:pt><c:v>Left</c:v></c:pt></c:strCache></c:strRef>", "Left"),
    ],
)
def test_what_a_chart_is_called(inside: str, name: str) -> None:
    title = f"<c:title><c:tx>{inside}</c:tx></c:title>"
    found = chart(('<c:autoTitleDeleted val="1"/>', title))
    assert (found.name, found.oddities) == (name, ())


@pytest.mark.parametrize(
    "edit",
    [
        scaled('<c:min val="0"/>'),
        scaled('<c:min val="-10"/>'),
        labelled(typed("at the peak: ", FIELD)),
        labelled(typed(" ")),
        labelled("<c:delete val='1'/>"),
        labelled("<c:dLbl><c:delete val='0'/></c:dLbl>"),
        (f"{LABELS}</c:dLbls>", f"{LABELS}</c:dLbls><c:dPt><c:spPr>{EDGE}</c:spPr></c:dPt>"),
        drawn(f"<a:noFill/>{EDGE}"),
        drawn("<a:gradFill/>"),
        drawn(filled("FFE699")),
        drawn(filled("accent2")),
        drawn(
            filled("bg1").replace("/></a:solid", '><a:lumMod val="65000"/></a:schemeClr></a:solid')
        ),
        ground("FAFAFA"),
        in_all(letters(filled("404040"), ' sz="900"')),
        labelled(letters(filled("tx1"))),
        labelled(letters(filled("FFFFFF")) + f"<c:spPr>{filled('1B3A5C')}</c:spPr>"),
        labelled(letters(filled("FFFFFF")) + "<c:delete val='1'/>"),
        (
            '<a:pPr><a:defRPr/></a:pPr><a:r><a:rPr lang="en-US"/>',
            f"<a:pPr><a:defRPr>{filled('FFFFFF')}</a:defRPr></a:pPr>"
            f"<a:r><a:rPr>{filled('404040')}</a:rPr>",
        ),
        (LABELS, f'{LABELS}<c:showSerName val="1"/>'),
        legend(letters(filled("tx1"), ' sz="900"')),
        (BELOW, '<c:tickLblPos val="high"/><c:delete val="0"/>'),
        beside(f"<c:dPt><c:spPr>{filled('FF0000')}</c:spPr></c:dPt>"),
        ('<c:gapWidth val="80"/>', '<c:overlap val="0"/>'),
        ('<c:gapWidth val="80"/>', '<c:overlap val="-27"/>'),
        named("<c:legend><c:legendEntry><c:delete val='0'/></c:legendEntry></c:legend>"),
        named('<c:dTable><c:showKeys val="1"/></c:dTable>'),
        labelled('<c:dLbl><c:numFmt formatCode="0.0"/></c:dLbl>'),
        labelled('<c:dLbl><c:numFmt formatCode="0," sourceLinked="1"/></c:dLbl>'),
        labelled('<c:dLbl><c:numFmt formatCode="0," sourceLinked="true"/></c:dLbl>'),
        labelled('<c:dLbl><c:numFmt formatCode="0,"/><c:showVal val="0"/></c:dLbl>'),
        labelled('<c:dLbl><c:numFmt formatCode="0,"/><c:showVal val="false"/></c:dLbl>'),
        labelled("<c:dLbl><c:numFmt/></c:dLbl>"),
        ('"clustered"', '"standard"'),
        (
            '<c:showVal val="1"/>',
            '<c:showVal val="0"/><c:extLst><c:ext><c:ser/></c:ext></c:extLst>',
        ),
    ],
    ids=str,
)
def test_what_can_be_read_as_it_is(edit: tuple[str, str]) -> None:
    assert chart(edit).oddities == ()
    assert len(chart(edit).series) == 3


def test_labels_on_dark_columns_may_be_white() -> None:
    on_columns = f'{letters(filled("FFFFFF"))}<c:dLblPos val="ctr"/>'
    dark = (OURS, f"<c:spPr>{filled('2F4B6C')}</c:spPr>")
    assert chart(labelled(on_columns), dark).oddities == ()


def test_labels_may_name_the_series_where_no_legend_does() -> None:
    names = (LABELS, '<c:showVal val="0"/><c:showSerName val="1"/>')
    assert chart(names, named("")).oddities == ()


@pytest.mark.parametrize(
    ("looks", "is_odd"),
    [
        (f"{NO_LINE}{NO_MARK}", True),
        (NO_LINE, False),
        (f"<c:spPr><a:noFill/></c:spPr>{NO_MARK}", False),
    ],
)
def test_lines(looks: str, is_odd: bool) -> None:
    odd = ("not all its columns can be seen",) if is_odd else ()
    assert chart(*as_lines(looks)).oddities == odd


def test_an_axis_far_below_all_that_there_is_to_show() -> None:
    numbers = ("<c:numCache>", "<c:numCache><c:pt><c:v>500</c:v></c:pt>")
    [odd] = chart(numbers, scaled('<c:min val="-9999999"/>')).oddities
    assert odd == "its axis begins at -9,999,999, far below all that there is to show"
    assert chart(numbers, scaled('<c:min val="-1000"/>')).oddities == ()


def test_what_the_axis_of_the_modes_is_called() -> None:
    title = (
        "<c:title><c:tx><c:rich><a:p><a:r><a:t>Modes</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    )
    assert chart(('<c:axPos val="b"/>', f'<c:axPos val="b"/>{title}')).of_words == ("Modes",)


def test_an_axis_that_cuts_off_what_is_below_it() -> None:
    below = ("<c:numCache>", f"<c:numCache>{NEGATIVE}")
    assert chart(below, scaled('<c:min val="0"/>')).oddities == ("its axis begins at 0",)
    assert chart(below, scaled('<c:min val="-20"/>')).oddities == ("its axis begins at -20",)
    assert chart(below, scaled('<c:min val="-100"/>')).oddities == ()


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"<c:chartSpace",
        b"\xff\xfe<",
        b'<?xml version="1.0" encoding="cp9999"?><a/>',
        b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>',
        b"<a>" * 50_000,
        b"<a>" + b"<a/>" * 50_000 + b"</a>",
    ],
    ids=["nothing", "torn", "no text", "encoding", "doctype", "deep", "many"],
)
def test_what_strangers_write_does_no_harm(nonsense: bytes) -> None:
    assert chart_of(nonsense) == Chart((), (), ())
