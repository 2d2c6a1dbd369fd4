"""Charts: what their series show, and by what people read other numbers than they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from calculator.xlsx.number_format import alters
from calculator.xlsx.package import Package
from calculator.xlsx.tree import Node, read, related

__all__ = ["Chart", "Series", "chart_of", "chart_parts"]

_SHARES = ("pieChart", "pie3DChart", "ofPieChart", "doughnutChart")
_AXES = ("catAx", "dateAx", "valAx")
#: What may be drawn beside the numbers of a series.
_BESIDE = {"trendline": "a trend line", "errBars": "error bars"}
#: What hardly differs from what is behind a chart.
_WHITE = ("FFFFFF", "BG1", "WINDOW")
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
    """

    series: tuple[Series, ...]
    titles: tuple[str, ...]
    oddities: tuple[str, ...]
    name: str = ""


def chart_parts(package: Package, sheet: str) -> list[bytes]:
    """The parts of the charts on a sheet."""
    return related(package, sheet, "drawing", "chart")


def chart_of(part: bytes) -> Chart:
    """The chart that a part describes; one without series for what cannot be read."""
    nothing = Node("", {}, [], [])
    chart = next(read(part).every("chartSpace/chart"), nothing)
    plot = next(chart.every("plotArea"), nothing)
    oddities = dict.fromkeys((*_oddities(plot), *_oddities_of_legend(chart)))
    return Chart(
        tuple(map(_series, plot.every("*/ser"))),
        tuple(map(_title, plot.every("valAx/title"))),
        tuple(oddities),
        "".join(map(_title, chart.every("title"))),
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
    if any(map(_is_unseen, (*plot.every("*/ser/spPr"), *plot.every("*/ser/dPt/spPr")))):
        yield "not all its columns can be seen"
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
    for axis in plot.every("valAx"):
        yield from _oddities_of_axis(axis, _least(plot))
    for labels in (*plot.every("*/ser/dLbls"), *plot.every("*/dLbls")):
        yield from _oddities_of_labels(labels)


def _hides_series(kind: Node) -> bool:
    """Whether series that are drawn so lie behind others."""
    is_deep = kind.name == "areaChart" or ("3D" in kind.name and kind.name not in _SHARES)
    return is_deep or (kind.number("overlap") or 0) > 0


def _is_unseen(looks: Node) -> bool:
    """Whether columns that look so have no colour of their own, and no edge."""
    fill = next((each for each in looks.inside if each.name.endswith("Fill")), None)
    if fill is None or any(looks.every("ln/solidFill")):
        return False
    is_white = fill.name == "solidFill" and fill.value("*").upper() in _WHITE
    return fill.name == "noFill" or is_white


def _oddities_of_legend(chart: Node) -> Iterator[str]:
    if any(map(_is_deleted, chart.every("legend/legendEntry"))):
        yield "its legend does not name all series"
    elsewhere = (*chart.all_inside("showSerName"), *chart.all_inside("showKeys"))
    are_named = any(each.attributes.get("val") in _YES for each in elsewhere)
    are_many = len([*chart.every("plotArea/*/ser")]) > 1
    if are_many and not are_named and not any(chart.every("legend")):
        yield "nothing says which series is which, as it has no legend"


def _is_deleted(part: Node) -> bool:
    return any(each.attributes.get("val") not in _NO for each in part.every("delete"))


def _oddities_of_axis(axis: Node, least: float) -> Iterator[str]:
    if axis.value("scaling/orientation") == "maxMin":
        yield "its axis is reversed"
    if axis.value("scaling/logBase"):
        yield "its axis is logarithmic"
    first, last = axis.number("scaling/min"), axis.number("scaling/max")
    if first is not None and first > least:
        yield f"its axis begins at {first:,.15g}"
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


def _odd_format(of: Node, what: str) -> Iterator[str]:
    for each in of.every("numFmt"):
        written = each.attributes.get("formatCode", "General")
        of_cells = each.attributes.get("sourceLinked") in _YES
        if not of_cells and any(alters(written, number, "figure") for number in _EXAMPLES):
            shown = f"number format {written[:_MOST]} of its {what} shows numbers"
            yield f"the {shown} otherwise than they are"


def _least(plot: Node) -> float:
    """The least number that the file remembers its series to show; 0 where none is below it."""
    points = (point for name in ("val", "yVal") for point in plot.every(f"*/ser/{name}/*/*/pt"))
    below = (re.fullmatch(r"-[0-9]{1,15}(?:[.][0-9]*)?", each.text("v") or "") for each in points)
    return min((float(each[0]) for each in below if each), default=0.0)
