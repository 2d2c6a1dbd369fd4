"""What a workbook says, as plain data: the same whatever program saved it and wherever it stands.

Everything has the name that the model gives it, or its label and header: no address, no row of a
worksheet, no sheet as somebody renamed it. ``text`` prints it, ``diff`` compares two.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from calculator.catalog import Catalog, load_catalog
from calculator.errors import WorkbookError
from calculator.findings import Finding
from calculator.inputs import found_words, plain
from calculator.model.result import verdict_words
from calculator.model.sheet import Model
from calculator.naming import Naming, Where, group_title, groups_of, titles_of
from calculator.parity.data_sheets import FIGURES
from calculator.report import SheetReport, WorkbookReport
from calculator.told import FORMULAS, Told, followers_told, is_told_as_formula, told_of
from calculator.verify import judge, without_garbage_collection
from calculator.workbook.about import CHART_TITLE, PROPERTIES
from calculator.workbook.reader import read_workbook
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.workbook.seen import seen_of
from calculator.xlsx.charts import chart_parts
from calculator.xlsx.decoration import formats_of, notes_of
from calculator.xlsx.reference import place

__all__ = ["Description", "Figure", "Group", "Told", "describe"]

#: What a cell holds, as plain text or number; None where it is not known, "" for nothing.
Value = float | str | bool | None
#: A part of the workbook, "" for what all have in common, and the name of what it has.
Key = tuple[str, str]

_ROW = re.compile(r"\bRow [0-9]+")
#: What stands for itself in a number format.
_LITERAL = re.compile(r'"([^"]*)"?|\\(.)')
#: What a node group is known by.
_KIND = ("instance_type", "os")
#: Results that say once more what others say.
_TWICE = ("prefix_length", "subnet_available", "steady_ips", "steady_remaining")
#: Titles of sheets that hold nothing but words and pictures of ours, wherever they were moved.
_OURS = ("EKS subnet calculator", CHART_TITLE)


@dataclass(frozen=True)
class Group:
    """A node group: its instance type, operating system and the number among its like.

    Parameters
    ----------
    scope: the sheet that it is of, where sheets are plans of their own that differ; else "".
    values: all that is filled in, by name.
    """

    scope: str
    instance_type: str
    os: str
    number: int
    values: Mapping[str, Value]

    @property
    def title(self) -> str:
        """What it is called; the second of two alike says so."""
        return group_title(self.instance_type, self.os, self.number)


@dataclass(frozen=True)
class Figure:
    """A figure of an instance type on a workbook's data sheets, and the built-in one."""

    own: Value
    builtin: Value


@dataclass(frozen=True)
class Description:
    """What a workbook says.

    Parameters
    ----------
    file: its path, as given.
    model, layout: as of its report.
    compared: whether its formulas were held against the program's.
    fits, mode, verdict: whether the plan fits, in which mode, in words.
    inputs: what is filled in of the whole plan.
    groups: the node groups, in the order of the sheet.
    results: totals and details by sheet and name.
    formulas: formulas and constants that are not the program's, by sheet, name and row.
    ours: the program's, likewise, of those that are not.
    looks: notes and charts, by sheet and place.
    formats: number formats by sheet, label or header and row; that of most rows under "" for all,
        and those that are others by their own.
    findings: all others that follow from no other, causes first.
    followers: of each cause, by its fingerprint, what follows from it, by marks that stay.
    catalog: the one that the workbook says it was made with; "" where it does not say.
    types: how many instance types its data sheets have figures of.
    figures: by type and figure, where they are not the built-in ones.
    others: names of worksheets that belong to no model.
    chosen: the sheets that the verdict is of, by what they are called.
    labels: the label or header of each name.
    """

    file: str
    model: str
    layout: int | None
    compared: bool
    fits: bool | None
    mode: str
    verdict: str
    inputs: dict[Key, Value] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    results: dict[Key, Value] = field(default_factory=dict)
    formulas: dict[Where, str] = field(default_factory=dict)
    ours: dict[Where, str] = field(default_factory=dict)
    looks: dict[Key, str] = field(default_factory=dict)
    formats: dict[Where, str] = field(default_factory=dict)
    findings: list[Told] = field(default_factory=list)
    followers: dict[str, dict[str, Told]] = field(default_factory=dict)
    catalog: str = ""
    types: int = 0
    figures: dict[Key, Figure] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)


def describe(path: str | os.PathLike[str]) -> Description:
    """Read, evaluate and check a workbook, and say what it says.

    Parameters
    ----------
    path: as for :func:`calculator.verify_workbook`.

    Raises
    ------
    WorkbookError: when the file cannot be read, or holds no plan.
    """
    with without_garbage_collection():
        reading = read_workbook(path)
        [report] = judge([reading])
        if report.error:
            raise WorkbookError(reading.file, "no-figures", report.error)
        return _described(reading, report)


def _described(reading: WorkbookReading, report: WorkbookReport) -> Description:
    model = reading.model
    order = [sheet.name for sheet in model.sheets]
    plans = sorted(reading.plans, key=lambda each: order.index(each.plan.layout.sheet.name))
    titles = titles_of(plans)
    naming = Naming(reading, titles)
    positions = {name: number for number, name in enumerate(titles)}
    sheets = sorted(report.sheets, key=lambda each: positions[each.sheet])
    results = _results(sheets, titles)
    catalog, own = _catalog_of(reading), reading.catalog
    verdict = report.verdict
    message = _ROW.sub("A row", verdict.message) if verdict else ""
    if not model.plan:  # which has the sheets' names in the file
        left = {sheet: value for (sheet, name), value in results.items() if name == "ips_remaining"}
        message = "; ".join(verdict_words(*each) for each in left.items())  # type: ignore[arg-type]
    return Description(
        file=reading.file,
        model=model.name,
        layout=report.layout,
        compared=not reading.is_of_other_layout,
        fits=verdict.fits if verdict else None,
        mode=verdict.mode if verdict else "",
        verdict=message,
        inputs=_inputs(reading, plans, titles),
        groups=_groups(plans, titles),
        results=results,
        formulas=_formulas(plans, report.findings, naming),
        ours=_ours(report.findings, naming),
        looks=_looks(reading, plans, naming),
        formats=_formats(reading, plans, naming),
        findings=told_of(reading, report.findings, naming),
        followers=followers_told(report.findings, naming),
        catalog=catalog,
        types=sum(1 for each in own or () if each.max_enis is not None),
        figures=_figures(model.name, own) if own else {},
        others=tuple(_others(reading)),
        chosen=tuple(titles[each.sheet] for each in report.chosen),
        labels=_labels(model),
    )


def _scope(plan: PlanReading, titles: Mapping[str, str]) -> str:
    return "" if plan.model.plan else titles[plan.plan.name]


def _inputs(
    reading: WorkbookReading, plans: Sequence[PlanReading], titles: Mapping[str, str]
) -> dict[Key, Value]:
    """The settings; what stands the same on all sheets that have it, once."""
    found: dict[str, dict[str, Value]] = {}
    for plan in plans:
        for sheet in plan.sheets.values():
            for setting in sheet.layout.sheet.settings:
                value = plain(plan.settings[setting.name])
                is_lost = setting.name in sheet.layout.missing and not reading.is_of_other_layout
                if value is None or is_lost:  # of no use; what was found says so
                    cell = sheet.cells.get(sheet.layout.places[setting.name])
                    value = _typed(cell and cell.value, setting.is_text and is_lost)
                found.setdefault(setting.name, {})[_scope(plan, titles)] = value
    inputs: dict[Key, Value] = {}
    for name, values in found.items():
        is_one = len(set(values.values())) == 1
        inputs |= {("" if is_one else scope, name): value for scope, value in values.items()}
    return inputs


def _groups(plans: Sequence[PlanReading], titles: Mapping[str, str]) -> list[Group]:
    """The node groups; where they stand the same on all sheets, once."""
    of_scope: dict[str, list[Group]] = {}
    for plan in plans:
        columns = {each.name: each for each in plan.plan.layout.sheet.inputs}
        groups = of_scope[_scope(plan, titles)] = []
        for at, kind in enumerate(groups_of(plan)):
            values = {name: _given(plan, name, at) for name in columns if name not in _KIND}
            groups.append(Group("", *kind, values))
    if all(each == next(iter(of_scope.values())) for each in of_scope.values()):
        return next(iter(of_scope.values()))
    return [replace(group, scope=scope) for scope, groups in of_scope.items() for group in groups]


def _given(plan: PlanReading, name: str, at: int) -> Value:
    value = plain(plan.groups[name][at])
    return _typed(plan.raw[name][at]) if value is None else value


def _typed(value: object, is_text: bool = False) -> Value:
    """What was typed and is of no use: a text in quotes, lest it pass for an input."""
    typed: Value = plain(value) if type(value) is float or is_text else found_words(value)
    return typed


def _results(sheets: Sequence[SheetReport], titles: Mapping[str, str]) -> dict[Key, Value]:
    return {
        (titles[sheet.sheet], name): value
        for sheet in sheets
        for name, value in (sheet.totals | sheet.details).items()
        if name not in _TWICE
    }


def _formulas(
    plans: Sequence[PlanReading], findings: Sequence[Finding], naming: Naming
) -> dict[Where, str]:
    """What stands in place of the program's formulas, or computes an input."""
    found: dict[Where, dict[str, None]] = {}

    def add(sheet: str, cell: tuple[int, int], text: str) -> None:
        found.setdefault(naming.at(sheet, cell), {})[text] = None

    for plan in plans:
        for sheet in plan.sheets.values():
            for cell in _input_cells(plan, sheet):
                if cell in sheet.cells and (formula := sheet.cells[cell].formula):
                    add(sheet.name, cell, naming.formula(sheet.name, cell, formula))
    codes = {each.place: each.code for each in findings}
    for each in findings:
        if is_told_as_formula(each, codes, naming) and each.sheet and each.cell:
            cell, text = place(each.cell), found_words(each.found)
            if isinstance(each.found, str) and each.found.startswith("="):
                text = naming.formula(each.sheet, cell, each.found)
            add(each.sheet, cell, text)
    return {where: " | ".join(texts) for where, texts in found.items()}


def _ours(findings: Sequence[Finding], naming: Naming) -> dict[Where, str]:
    """The program's formulas where others stand, or none."""
    found: dict[Where, dict[str, None]] = {}
    for each in findings:
        if each.code in FORMULAS and each.sheet and each.cell:
            cell = place(each.cell)
            text = naming.formula(each.sheet, cell, str(each.expected))
            found.setdefault(naming.at(each.sheet, cell), {})[text] = None
    return {where: " | ".join(texts) for where, texts in found.items()}


def _looks(
    reading: WorkbookReading, plans: Sequence[PlanReading], naming: Naming
) -> dict[Key, str]:
    """The notes beside inputs and results, and how many charts there are."""
    package = reading.package
    looks: dict[Key, str] = {}
    for plan in plans:
        for sheet in plan.sheets.values():
            for cell, words in notes_of(package, sheet.name).items():
                title, *what = naming.at(sheet.name, cell)
                looks[title, ", ".join(filter(None, ("note", *what)))] = words
    if charts := sum(len(chart_parts(package, name)) for name in package.sheets):
        looks["", "charts"] = str(charts)
    return looks


def _signs(literal: re.Match[str]) -> str:
    """Signs of a number format that stand for themselves; quoted if they would not without."""
    signs = literal[1] or literal[2] or ""
    return "".join(f'"{each}"' if each in "0#?" else each for each in signs)


def _formats(
    reading: WorkbookReading, plans: Sequence[PlanReading], naming: Naming
) -> dict[Where, str]:
    """How inputs and results are shown: of a column, what most rows have, and what others do."""
    found: dict[Key, dict[str, list[str]]] = {}
    for plan in plans:
        for sheet in plan.sheets.values():
            shown = formats_of(reading.package, sheet.name)
            for *_, cell in seen_of(plan, sheet):
                # Programs quote signs that stand for themselves in several ways, or not, and
                # write [Red] as [RED].
                text = _LITERAL.sub(_signs, shown.get(cell, "General"))
                text = re.sub(r"\[[a-zA-Z]+\]", lambda found: found[0].upper(), text)
                title, name, row = naming.at(sheet.name, cell)
                found.setdefault((title, name), {}).setdefault(text, []).append(row)
    formats: dict[Where, str] = {}
    for (title, name), rows in found.items():
        most = max(rows, key=lambda text: len(rows[text]))
        formats[title, name, ""] = most
        formats |= {(title, name, row): text for text in rows if text != most for row in rows[text]}
    return formats


def _input_cells(plan: PlanReading, sheet: SheetCells) -> Iterator[tuple[int, int]]:
    layout = sheet.layout
    for setting in layout.sheet.settings:
        if setting.name not in layout.missing:
            yield layout.places[setting.name]
    numbers = [layout.columns.get(each.name) for each in layout.sheet.inputs]
    for row in plan.rows if sheet is plan.plan else ():
        yield from ((row, number) for number in numbers if number)


def _catalog_of(reading: WorkbookReading) -> str:
    """The catalog that a workbook says it was made with, in its properties or on sheet About."""
    said = reading.properties.get(PROPERTIES["catalog"])
    if said is not None:
        return said.strip()
    found = (
        re.fullmatch("Catalog of instance types: (.*), on sheet .*", line) for line in reading.about
    )
    return next((match[1] for match in found if match), "")


def _figures(model: str, own: Catalog) -> dict[Key, Figure]:
    builtin = load_catalog(model=model)
    return {
        (each.instance_type, figure): Figure(value, known)
        for each in own
        if each.instance_type
        for ours in [builtin.get(each.instance_type)]
        for figure in FIGURES
        for value, known in [(getattr(each, figure), getattr(ours, figure, None))]
        # Where a table is broken, its header reads as a type.
        if value != known and (ours or each.max_enis is not None)
    }


def _others(reading: WorkbookReading) -> Iterator[str]:
    """The worksheets that belong to no model; ours of words and pictures are not among them."""
    known = {sheet.name for plan in reading.plans for sheet in plan.sheets.values()}
    known |= {where.sheet for where in reading.data.values()}
    for name in reading.package.sheets:
        if name not in known:
            title = reading.package.cells(name, until_row=1).get((1, 1))
            if title is None or title.value not in _OURS:
                yield name


def _labels(model: Model) -> dict[str, str]:
    """What each input and result is called; of two results of one label, which subnet is meant."""
    labels: dict[str, str] = {}
    for sheet in model.sheets:
        often = Counter(each.label for each in sheet.totals)
        for each in sheet.placed:
            of_pods = often[each.label] > 1 and "pod_subnet" in each.name
            labels.setdefault(each.name, each.label + " (pod subnet)" * of_pods)
        labels |= {each.name: each.header for each in sheet.inputs}
    return labels
