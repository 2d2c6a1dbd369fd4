"""What is drawn on sheets: the chart of the modes, held against ours, and what lies over cells."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from calculator.findings import Finding
from calculator.inputs import found_words
from calculator.workbook.about import CHART, CHART_AXIS, CHART_TITLE, CHARTED
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.workbook.seen import Place, read_of
from calculator.workbook.words import normal
from calculator.xlsx.cells import Cell
from calculator.xlsx.charts import Chart, Series, chart_of, chart_parts
from calculator.xlsx.formula import FormulaError, canonical
from calculator.xlsx.geometry import Area
from calculator.xlsx.package import Package
from calculator.xlsx.reference import MAX_COLUMN, MAX_ROW, a1
from calculator.xlsx.shapes import Box, Grid, Shape, lines_of, shapes_of, shapes_on
from calculator.xlsx.tree import related

__all__ = ["look_at_charts", "look_at_shapes"]

_NO_CELL = Cell(None, None)
#: What the results of the modes are.
_IS = {
    "used": "what is in use in the steady state",
    "at_peak": "what is in use at the peak",
    "left": "what is left at the peak",
    "verdict": "what is said of each mode",
}
#: As far as shapes are turned that may lie over something: rows and columns.
_FAR = 10_000
#: How a heading begins that says of what the addresses are; others are people's own.
_OF = normal("Addresses of ")
#: What a title that says something of the figures has; another one is people's own, too.
_OF_FIGURES = re.compile(
    r"[\[%×]|1[,.]?000|\b(?:address(?:es)?|(?:ip|eni|pod|node|zone|thousand|million)s?|used|free|left|"
    r"remaining|peak|average)\b"
)
#: So many charts of a sheet are looked at.
_MOST = 50


def look_at_charts(reading: WorkbookReading, plan: PlanReading) -> Iterator[Finding]:
    """What the chart of the modes shows otherwise than the results of the modes, once an edit.

    One that lost what it showed can be seen to show nothing. Other charts are other people's.
    """
    if reading.is_of_other_layout:
        return
    parts = {name: chart_parts(reading.package, name)[:_MOST] for name in reading.package.sheets}
    home = [name for name, each in parts.items() if each and _is_where_ours_is(name, reading)]
    for sheet in home or parts:  # where it was moved, its names tell
        charts = {part: chart_of(part) for part in parts[sheet]}
        ours = {part: chart for part, chart in charts.items() if _has_our_names(chart)}
        if charts and not ours and home:
            ours = charts
        for chart in ours.values():
            for found, message in _Modes(reading, plan.plan, sheet).wrong(chart):
                yield Finding("chart", sheet, None, None, found, message)
        if ours:
            yield from _heading(reading, sheet)
        over = _over_charts(reading.package, sheet, ours) if ours else ()
        for shape in dict.fromkeys(over):  # each once, over however many
            message = f"{_said(shape)} lies over the chart"
            told = "covered", sheet, None, None, shape.words or None, message
            yield Finding(*told, fingerprint=_says(shape))


def _heading(reading: WorkbookReading, sheet: str) -> Iterator[Finding]:
    """What stands over our chart, where it says that the addresses are of something else."""
    first = _first_cell(reading, sheet)
    if normal(str(first)).startswith(_OF) and "fullest" not in normal(str(first)):
        message = f'the heading over the chart is {found_words(first)}, not "{CHART_TITLE}"'
        yield Finding("chart", sheet, "A1", None, str(first), message)


def _has_our_names(chart: Chart) -> bool:
    """Whether most series are called as ours are, on whichever sheet."""
    names = {normal(each.name) for each in chart.series}
    return len(names.intersection(map(normal, CHARTED.values()))) > 1


def _is_where_ours_is(sheet: str, reading: WorkbookReading) -> bool:
    return sheet == CHART or _first_cell(reading, sheet) == CHART_TITLE


def _first_cell(reading: WorkbookReading, sheet: str) -> object:
    return reading.package.cells(sheet, until_row=1).get((1, 1), _NO_CELL).value


class _Modes:
    """What a chart on a sheet should show: results of the modes, and the words for each."""

    def __init__(self, reading: WorkbookReading, plan: SheetCells, sheet: str) -> None:
        self._reading, self._plan, self._sheet = reading, plan, sheet
        layout = plan.layout
        names = {
            result: [name for name in layout.places if name.endswith(f"_{result}")]
            for result in (*CHARTED, "verdict")
        }
        # Where one was lost, its place is a guess.
        self._places = {
            result: {layout.places[name] for name in each if name not in layout.unplaced}
            for result, each in names.items()
        }
        self._called = {normal(words): result for result, words in CHARTED.items()}
        for result, each in names.items():  # a series may be named by the head of its cells
            self._called.setdefault(normal(layout.text_of(each[0])), result)
            # Or by what was typed over that, which is said of the head.
            if each[0] in layout.unlabelled:
                head = plan.cells.get(layout.label_place(each[0]), _NO_CELL).value
                self._called.setdefault(normal(str(head or "")), result)
        #: Whether a mode was lost, and with it a part of what the chart showed.
        self._is_cut = any(name in layout.unplaced for each in names.values() for name in each)

    def wrong(self, chart: Chart) -> Iterator[tuple[str | None, str]]:
        """What is wrong with a chart: what was found, and a message."""
        if not chart.series:
            yield None, "the chart shows nothing, and not the results of the modes"
        names = [*map(self._name, chart.series)]
        named_by = {each.name_from: None for each in chart.series}
        empty = [where for where, name in zip(named_by, names, strict=False) if where and not name]
        if empty and len(named_by) == len(names) > 1:
            where = ", ".join(map(_shortened, empty))
            yield where, f"nothing stands in {where}, by which the chart names its series"
        # Where rows are inserted above, LibreOffice calls all series by one cell, as can be seen.
        if len(names) > 1 and len({*names}) == 1 and normal(names[0]) not in self._called:
            names = [""] * len(names)
        # Names that were exchanged are one edit, and so are cells that were moved.
        if series := [*filter(None, map(self._wrong_series, chart.series, names))]:
            yield "; ".join(found for found, _ in series), "; ".join(said for _, said in series)
        # Where all of them were lost, that is said.
        named = [each.words for each in chart.series if self._places["verdict"]]
        for words in dict.fromkeys(named):
            if words is not None and self._shown(words) not in ("verdict", None):
                what = f"those of {_shortened(words)}" if words else "typed"
                those = f"those of {self._cells_of('verdict')}, the modes"
                yield "other words", f"the words below its columns are {what}, and not {those}"
        titles = [("the axis of the chart", title, CHART_AXIS) for title in chart.titles]
        if self._is_of_figures(chart.name):
            titles.insert(0, ("the chart", chart.name, CHART_TITLE))
        for what, title, called in titles:
            if title and normal(title) != normal(called):
                yield title, f'{what} is called {found_words(title)}, not "{called}"'
        for title in chart.of_words:
            if self._says_other_order(title):
                yield title, f"the words below its columns are called {found_words(title)}"
        for oddity in chart.oddities:
            yield oddity, f"the chart shows the modes otherwise than they are: {oddity}"

    def _is_of_figures(self, title: str) -> bool:
        """Whether a title says what the figures are, or of which mode."""
        words = title.casefold()
        modes = (each.name.casefold() for each in self._plan.layout.model.sheets if each.mode)
        return bool(_OF_FIGURES.search(words)) or any(each in words for each in modes)

    def _says_other_order(self, title: str) -> bool:
        """Whether a title says modes in another order than that in which they stand."""
        words = normal(title)
        names = [normal(each.name) for each in self._plan.layout.model.sheets if each.mode]
        said = [at for at in map(words.find, names) if at >= 0]
        return said != sorted(said)

    def _wrong_series(self, series: Series, name: str) -> tuple[str, str] | None:
        """What a series shows that is not what it is called, and in words."""
        shown = None if series.values is None else self._shown(series.values)
        called = self._called.get(normal(name), "")
        if shown is None or (shown and (not name or shown == called)):
            return None
        if called and not self._places[called]:  # lost with its column, which is said
            return None
        what = _shortened(series.values or "") or "numbers of its own"
        if shown:
            what += f", which is {_IS[shown]}"
        elif called:
            what += f", and not {self._cells_of(called)}, which is {_IS[called]}"
        else:
            what += ", and not a result of the modes"
        found = f"{name}: {CHARTED.get(shown, 'other cells')}"
        return found, f"series {found_words(name)} shows {what}"

    def _name(self, series: Series) -> str:
        """What a series is called: by a cell, what that says now."""
        area, package = self._area(series.name_from), self._reading.package
        there = {each.casefold(): each for each in package.sheets}
        if area is None or area.sheet not in there:
            return series.name
        sheet = there[area.sheet]
        is_plan = sheet == self._plan.name
        cells = self._plan.cells if is_plan else package.cells(sheet, until_row=area.top)
        return str(cells.get((area.top, area.left), _NO_CELL).value or "")

    def _shown(self, formula: str) -> str | None:
        """The result that a formula is of, "" for other cells, None where those were lost."""
        if "#REF!" in formula:
            return None
        area = self._area(formula)
        if area is None or area.sheet != self._plan.name.casefold():
            return ""
        ends = {area[1:3], area[3:]}
        for result, places in self._places.items():
            whole = {min(places), max(places)} if places else None
            if ends == whole or (self._is_cut and ends <= places):
                return result
        return ""

    def _area(self, formula: str) -> Area | None:
        geometry = self._reading.geometry
        try:
            form = canonical(formula, sheet=self._sheet, row=MAX_ROW, column=1, geometry=geometry)
        except FormulaError:
            return None
        return form[0] if len(form) == 1 and isinstance(form[0], Area) else None

    def _cells_of(self, result: str) -> str:
        if not (places := self._places[result]):
            return "what was lost"
        return f"{self._plan.name}!{a1(*min(places))}:{a1(*max(places))}"


def _shortened(formula: str) -> str:
    return formula.replace("$", "")[:60]


# --- shapes ---------------------------------------------------------------------------------------


def look_at_shapes(reading: WorkbookReading, plan: PlanReading) -> Iterator[Finding]:
    """What lies over something that people read of a plan, its settings and results, each once."""
    for sheet in plan.sheets.values():
        shapes = [*shapes_of(reading.package, sheet.name)]
        lines = [*lines_of(reading.package, sheet.name)]
        if not shapes and not lines:
            continue
        every = read_of(plan, sheet)
        last_row, last_column = (
            max((each.place[at] for each in every), default=1) for at in (0, 1)
        )
        ends = [last_row, last_column]
        # What is turned lies elsewhere than its corners, and of a line all of its length counts.
        if far := [*lines, *(each for each in shapes if each.turn)]:
            ends = [min(max(pair), _FAR) for pair in zip(ends, _last(far), strict=True)]
        grid = Grid(reading.package, sheet.name, *ends)
        boxes = [(each, _box(each.place, sheet, grid, last_column)) for each in every]
        for shape in shapes:
            over = grid.box(shape)
            under = [each for each, box in boxes if over.covers(box)]
            if under:
                first = under[0]
                value = sheet.cells.get(first.place, _NO_CELL).value
                message = f"{_said(shape)} lies over {first.what}"
                says = {"fingerprint": _says(shape)}
                found = sheet.finding("covered", first.name, first.row, value, message, **says)
                yield found.over(a1(*each.place) for each in under)
        values = [(each, box) for each, box in boxes if each.is_value]
        for line in map(grid.box, lines):
            struck = [(each, box) for each, box in values if line.strikes(box)]
            length = sum(box.right - box.left for _, box in struck)
            # What runs on from one cell leads to something else.
            if len(struck) > 1 or 2 * length > line.right - line.left:
                first = struck[0][0]
                value = sheet.cells.get(first.place, _NO_CELL).value
                what = f"row {first.row}" if first.row else "the cell"
                message = f"a line strikes out {what}, and what stands there counts"
                found = sheet.finding("struck-out", first.name, first.row, value, message)
                yield found.over(a1(*each.place) for each, _ in struck)


def _over_charts(package: Package, sheet: str, ours: Container[bytes]) -> Iterator[Shape]:
    """What lies over charts of ours on a sheet, or on these."""
    shapes = [*shapes_of(package, sheet)]
    grid = Grid(package, sheet, *_last(shapes))
    charts = [(at, shape) for at, shape in enumerate(shapes) if shape.chart]
    for at, shape in charts[:_MOST]:
        if any(part in ours for part in related(package, sheet, "drawing", shape.chart)):
            yield from shapes_on(package, sheet, shape.chart)
            for other in shapes[at + 1 :]:
                if grid.box(other).covers(grid.box(shape)):
                    yield other


def _last(shapes: Iterable[Shape]) -> tuple[int, int]:
    """The last row and column in which a shape has a corner."""
    corners = [each for shape in shapes for each in (shape.start, shape.end) if len(each) == 4]
    last_row = max((row for _, _, row, _ in corners), default=0)
    last_column = max((column for column, *_ in corners), default=0)
    return min(last_row + 1, MAX_ROW), min(last_column + 1, MAX_COLUMN)


def _said(shape: Shape) -> str:
    return f"{shape.what} ({found_words(shape.words)})" if shape.words else shape.what


def _says(shape: Shape) -> str:
    """What a text box says, or below that, of which cell: programs keep that of no other thing."""
    if shape.link:
        return f"\nA1 {shape.link}"
    return " ".join(shape.words.split()) if shape.what == "a text box" else ""


def _box(at: Place, sheet: SheetCells, grid: Grid, last_column: int) -> Box:
    """The box of a cell, with the empty cells that its text runs over."""
    row, column = at
    value = sheet.cells.get(at, _NO_CELL).value
    until = next(
        (
            each
            for each in range(column + 1, last_column + 1)
            if sheet.cells.get((row, each), _NO_CELL).value not in (None, "")
        ),
        last_column + 1,
    )
    return grid.cell(row, column, len(value) if isinstance(value, str) else 0, until)
