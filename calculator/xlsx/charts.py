"""Charts: what their series show, and by what people read other numbers than they show."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from calculator.xlsx.colours import BLACK, SMALLEST, WHITE, are_alike, are_one
from calculator.xlsx.number_format import alters
from calculator.xlsx.package import Package
from calculator.xlsx.tree import Node, read, related

__all__ = ["Chart", "Series", "chart_of", "chart_parts"]

_SHARES = ("pieChart", "pie3DChart", "ofPieChart", "doughnutChart")
_AXES = ("catAx", "dateAx", "valAx")
#: What may be drawn beside the numbers of a series.
_BESIDE = {"trendline": "a trend line", "errBars": "error bars"}
#: The colours that themes have for paper and ink, wherever they are named.
_OF_THEMES = {
    **dict.fromkeys(("bg1", "lt1", "window"), WHITE),
    **dict.fromkeys(("tx1", "dk1", "windowText"), BLACK),
}
#: Less of a colour than this is as good as none [share].
_LEAST_ALPHA = 0.1
#: Where there are lines, and where a mark of each number has a colour of its own.
_LINES = ("lineChart", "line3DChart", "scatterChart", "radarChart")
#: A part of a chart that can hardly be seen [share].
_SLIVER = 0.02
#: How the letters of a part look, and those of a title.
_LETTERS, _OF_TITLES = "txPr/p/pPr/defRPr", ("pPr/defRPr", "r/rPr")
#: Where labels stand on the columns that they are of.
_ON_COLUMNS = ("ctr", "inEnd", "inBase")
#: An axis that begins this much further down than there is to show makes all of it look the same.
_FLAT = 5
_YES, _NO = ("1", "true"), ("0", "false")
#: Numbers that a format should show as they are.
_EXAMPLES = (147.0, -147.0, 1_234_567.0, 0.0)
#: Of what somebody typed, as much as is told [characters].
_MOST = 60
_DIGIT = re.compile("[0-9]")


class Series(NamedTuple):
    """A series of a chart.

    Parameters
    ----------
    name: as it was typed, or as the file remembers what a cell said; "" for none.
    name_from: the reference to the cell that it is named by, "" for none.
    words, values: likewise what it shows, "" for what it holds itself, None for what it has not.
    """

    name: str
    name_from: str
    words: str | None
    values: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Parameters
    ----------
    series: in the order of the part.
    titles: what its axes of values are called.
    name: what it is called itself, "" for nothing.
    oddities: what makes people read other numbers, in words such as "its axis is reversed".
    of_words: what its axes of words are called.
    """

    series: tuple[Series, ...]
    titles: tuple[str, ...]
    oddities: tuple[str, ...]
    name: str = ""
    of_words: tuple[str, ...] = ()


def chart_parts(package: Package, sheet: str) -> list[bytes]:
    """The parts of the charts on a sheet."""
    return related(package, sheet, "drawing", "chart")


def chart_of(part: bytes) -> Chart:
    """The chart that a part describes; one without series for what cannot be read."""
    nothing = Node("", {}, [], [])
    read_part = read(part)
    chart = next(read_part.every("chartSpace/chart"), nothing)
    plot = next(chart.every("plotArea"), nothing)
    paper = _ground(read_part, "chartSpace", WHITE)
    oddities = dict.fromkeys(
        (
            *_oddities(plot),
            *_oddities_of_names(chart),
            *_oddities_of_colours(plot, _ground(plot, "", paper)),
            *_oddities_of_legend(chart, paper),
            *_oddities_of_letters(read_part, chart, paper),
        )
    )
    return Chart(
        tuple(map(_series, plot.every("*/ser"))),
        tuple(map(_title, plot.every("valAx/title"))),
        tuple(oddities),
        "".join(map(_title, chart.every("title"))),
        tuple(map(_title, (*plot.every("catAx/title"), *plot.every("dateAx/title")))),
    )


def _title(title: Node) -> str:
    """What was typed, or what the file remembers a cell to say."""
    return title.words or title.text("tx/strRef/strCache/pt/v") or ""


def _series(ser: Node) -> Series:
    name, name_from = ser.text("tx/v") or ser.text("tx/strRef/strCache/pt/v") or "", ""
    if source := ser.text("tx/strRef/f"):
        if source.startswith('"'):  # as LibreOffice writes what was typed
            name = source[1:-1].replace('""', '"')
        else:
            name_from = source
    return Series(name, name_from, _shown(ser, "cat", "xVal"), _shown(ser, "val", "yVal"))


def _shown(ser: Node, *names: str) -> str | None:
    return next((each.text("*/f") or "" for each in ser.inside if each.name in names), None)


def _oddities(plot: Node) -> Iterator[str]:
    groupings = [each.attributes.get("val") for each in plot.every("*/grouping")]
    if "percentStacked" in groupings or any(each.name in _SHARES for each in plot.inside):
        yield "it shows shares, and not numbers"
    if "stacked" in groupings:
        yield "its series stand on top of each other"
    elif "percentStacked" not in groupings and any(map(_hides_series, plot.inside)):
        yield "its series hide each other"
    for name, what in _BESIDE.items():
        if any(plot.every(f"*/ser/{name}")):
            yield f"its series have {what}"
    axes = [each for each in plot.inside if each.name in _AXES]
    if len(axes) > 2:
        yield "its series have different axes"
    for axis in axes:
        crosses = axis.value("crosses") in ("min", "max") or axis.number("crossesAt")
        if crosses and axis.name != "valAx":
            yield "its columns do not begin at 0"
        has_words = axis.value("tickLblPos") != "none" and not _is_deleted(axis)
        if len(axes) == 2 and axis.name == "catAx" and not has_words and not _names_modes(plot):
            yield "nothing says which columns are of which mode"
    for axis in plot.every("valAx"):
        yield from _oddities_of_axis(axis, *_reach(plot))
    for labels in (*plot.every("*/ser/dLbls"), *plot.every("*/dLbls")):
        yield from _oddities_of_labels(labels)


def _hides_series(kind: Node) -> bool:
    """Whether series that are drawn so lie behind others."""
    is_deep = kind.name == "areaChart" or ("3D" in kind.name and kind.name not in _SHARES)
    return is_deep or (kind.number("overlap") or 0) > 0


def _names_modes(plot: Node) -> bool:
    """Whether the words for each column stand elsewhere than at the axis."""
    return any(plot.every("dTable")) or any(
        each.attributes.get("val") in _YES for each in plot.all_inside("showCatName")
    )


def _colour(fill: Node) -> str | None:
    """The colour of a fill; "" for none, None for what is not known."""
    if fill.name == "noFill":
        return ""
    for colour in fill.inside if fill.name == "solidFill" else ():
        alpha = colour.value("alpha")
        if alpha and _share(alpha) < _LEAST_ALPHA:
            return ""
        if any(each.name != "alpha" for each in colour.inside):
            return None  # lighter or darker than it is called
        named = colour.attributes.get("lastClr") or colour.attributes.get("val", "")
        named = _OF_THEMES.get(named, named)
        return named.upper() if re.fullmatch("[0-9A-Fa-f]{6}", named) else None
    return None


def _share(written: str) -> float:
    """A share as files have it: in thousandths of a percent, or with the sign."""
    with contextlib.suppress(ValueError):
        return float(written[:-1]) / 100 if written.endswith("%") else float(written) / 100_000
    return 1.0


def _fill(looks: Node) -> str | None:
    """The colour of what looks so; None where it is not told."""
    fills = (each for each in looks.inside if each.name.endswith("Fill"))
    return next(map(_colour, fills), None)


def _edge(looks: Node) -> str | None:
    return next(map(_fill, looks.every("ln")), None)


def _ground(part: Node, above: str, paper: str) -> str:
    """The colour that is behind what a part of a chart shows."""
    way = f"{above}/spPr" if above else "spPr"
    return next(map(_fill, part.every(way)), None) or paper


def _oddities_of_colours(plot: Node, ground: str) -> Iterator[str]:
    colours: list[str] = []
    of_points: list[list[str]] = []
    for kind in plot.inside:
        are_lines = kind.name in _LINES
        for series in kind.every("ser"):
            has_marks = series.value("marker/symbol") != "none"
            points = [*series.every("dPt/spPr")]
            for looks in (*series.every("spPr"), *points):
                if _is_unseen(looks, ground, are_lines) and not (are_lines and has_marks):
                    yield "not all its columns can be seen"
            of = _edge if are_lines else _fill
            colours.append(next((of(each) or "" for each in series.every("spPr")), ""))
            of_points.append([colour for each in points if (colour := of(each))])
    known = [each or None for each in colours]
    for one, other in itertools.combinations(range(len(known)), 2):
        if are_one(known[one], known[other]):
            yield "not all its series differ in colour"
        for this, that in ((one, other), (other, one)):
            if any(are_one(known[this], each) for each in of_points[that]):
                yield "columns of a series have the colour of another"


def _is_unseen(looks: Node, ground: str, is_line: bool) -> bool:
    """Whether what looks so has no colour of its own, and no edge."""

    def is_lost(colour: str | None) -> bool:
        return colour == "" or are_one(colour, ground)

    edge = _edge(looks)
    if is_line:
        return is_lost(edge)
    is_edged = any(looks.every("ln/solidFill")) and not is_lost(edge)
    return is_lost(_fill(looks)) and not is_edged


def _oddities_of_legend(chart: Node, paper: str) -> Iterator[str]:
    if any(map(_is_deleted, chart.every("legend/legendEntry"))):
        yield "its legend does not name all series"
    elsewhere = (*chart.all_inside("showSerName"), *chart.all_inside("showKeys"))
    are_named = any(each.attributes.get("val") in _YES for each in elsewhere)
    are_many = len([*chart.every("plotArea/*/ser")]) > 1
    if not are_many or are_named:
        return
    legend = next(chart.every("legend"), None)
    if legend is None:
        yield "nothing says which series is which, as it has no legend"
        return
    ground = _ground(legend, "", paper)
    sides = [legend.number(f"layout/manualLayout/{each}") for each in "wh"]
    is_sliver = any(each is not None and each < _SLIVER for each in sides)
    if is_sliver or any(_is_faint(each, ground) for each in legend.every(_LETTERS)):
        yield "its legend can hardly be seen"


def _oddities_of_letters(part: Node, chart: Node, paper: str) -> Iterator[str]:
    """Words and numbers that can hardly be seen; what has no looks of its own has those of all."""
    plot = next(chart.every("plotArea"), chart)
    axes = [each for each in plot.inside if each.name in _AXES and not _is_deleted(each)]
    bare = (each for each in (*chart.every("legend"), *axes) if not any(each.every(_LETTERS)))
    if any(bare) and any(_is_faint(each, paper) for each in part.every(f"chartSpace/{_LETTERS}")):
        yield "its letters can hardly be seen"
    for axis in axes:
        title = [each for way in _OF_TITLES for each in axis.every(f"title/tx/rich/p/{way}")]
        told = [each for each in title if _fill(each) is not None or "sz" in each.attributes]
        is_lost = bool(told) and all(_is_faint(each, paper) for each in told)
        if is_lost or any(_is_faint(each, paper) for each in axis.every(_LETTERS)):
            yield "what stands at its axes can hardly be seen"
    behind = _ground(plot, "", paper)
    for kind in plot.inside:
        is_beside = kind.name in _LINES or kind.value("grouping") == "clustered"
        for series in (kind, *kind.every("ser")):
            column = next(map(_fill, series.every("spPr")), None)
            for labels in (*series.every("dLbls"), *series.every("dLbls/dLbl")):
                where = labels.value("dLblPos")
                is_on_column = where in _ON_COLUMNS or not (where or is_beside)
                own = next(map(_fill, labels.every("spPr")), None)
                ground = own or (column if is_on_column else behind)
                is_shown = labels.value("showVal") not in _NO and not _is_deleted(labels)
                if is_shown and any(_is_faint(each, ground) for each in labels.every(_LETTERS)):
                    yield "its labels can hardly be seen"


def _is_faint(letters: Node, ground: str | None) -> bool:
    """Whether what is written so can hardly be seen."""
    ink, size = _fill(letters), letters.attributes.get("sz", "")
    is_tiny = size.isdecimal() and int(size) / 100 < SMALLEST
    return is_tiny or ink == "" or are_alike(ink, ground)


def _is_deleted(part: Node) -> bool:
    return any(each.attributes.get("val") not in _NO for each in part.every("delete"))


def _oddities_of_axis(axis: Node, least: float, most: float) -> Iterator[str]:
    if axis.value("scaling/orientation") == "maxMin":
        yield "its axis is reversed"
    if axis.value("scaling/logBase"):
        yield "its axis is logarithmic"
    first, last = axis.number("scaling/min"), axis.number("scaling/max")
    least, most = min(least, 0.0), max(most, 0.0)
    if first is not None and first > least:
        yield f"its axis begins at {first:,.15g}"
    elif first is not None and most > least and least - first > _FLAT * (most - least):
        yield f"its axis begins at {first:,.15g}, far below all that there is to show"
    if last is not None:
        yield f"its axis ends at {last:,.15g}, whatever there is to show"
    if any(axis.every("dispUnits")):
        yield f"its axis counts in {axis.value('dispUnits/builtInUnit') or 'units of its own'}"
    yield from _odd_format(axis, "axis")


def _oddities_of_labels(labels: Node) -> Iterator[str]:
    for each in (labels, *labels.every("dLbl")):
        if each is not labels and _is_deleted(each):
            yield "a label was deleted"
        if each.value("showVal") not in _NO:
            yield from _odd_format(each, "labels")
        if source := each.text("tx/strRef/f"):
            yield f"a label shows {source.replace('$', '')[:_MOST]}"
        # A field, which is no run, shows what the label is of; what was typed alone hides it.
        typed = "".join("".join(run.pieces) for run in each.every("tx/rich/p/r/t"))
        if typed.strip() and (_DIGIT.search(typed) or not any(each.every("tx/rich/p/fld"))):
            yield f'a label says "{typed[:_MOST]}", which was typed'
    if any(each.attributes.get("val") in _YES for each in labels.all_inside("showDataLabelsRange")):
        yield "its labels show other cells"


def _oddities_of_names(chart: Node) -> Iterator[str]:
    """Labels may well name the series where no legend does."""
    labels = (each for each in chart.all_inside("dLbls") if each.value("showVal") in _NO)
    if any(each.value("showSerName") in _YES for each in labels) and any(chart.every("legend")):
        yield "its labels show names in place of numbers"


def _odd_format(of: Node, what: str) -> Iterator[str]:
    for each in of.every("numFmt"):
        written = each.attributes.get("formatCode", "General")
        of_cells = each.attributes.get("sourceLinked") in _YES
        if not of_cells and any(alters(written, number, "figure") for number in _EXAMPLES):
            shown = f"number format {written[:_MOST]} of its {what} shows numbers"
            yield f"the {shown} otherwise than they are"


def _reach(plot: Node) -> tuple[float, float]:
    """The least and the largest number that the file remembers its series to show, and 0."""
    points = (point for name in ("val", "yVal") for point in plot.every(f"*/ser/{name}/*/*/pt"))
    known = (re.fullmatch(r"-?[0-9]{1,15}(?:[.][0-9]*)?", each.text("v") or "") for each in points)
    numbers = [float(each[0]) for each in known if each]
    return min(numbers, default=0.0), max(numbers, default=0.0)
