"""Evaluates what was filled in, many plans in one pass, and notes what is to be said of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from calculator.catalog import load_catalog
from calculator.findings import OVERFLOWS, Finding
from calculator.inputs import found_words, plain
from calculator.model.engine import Book, Tables, notices
from calculator.model.result import verdict_of
from calculator.model.sheet import LOOKED_UP, Notice
from calculator.plan import UNDECIDED
from calculator.report import Verdict
from calculator.workbook.reading import PlanReading, WorkbookReading

__all__ = ["Evaluated", "evaluate_alike"]

#: What is said of a node group by the figures of its type.
_BY_FIGURES = (
    "pods-do-not-fit",
    "beyond-max-pods",
    "branch-enis-do-not-fit",
    "prefix-fallback",
    "vcpus-not-known",
)


class Evaluated:
    """One plan of a workbook while it is evaluated and checked."""

    def __init__(
        self,
        book: WorkbookReading,
        reading: PlanReading,
        figures: dict[str, Any],
        changed: Sequence[tuple[str, Finding]],
    ) -> None:
        self.book = book
        self.reading = reading
        self.figures = figures
        self.changed = changed
        self.columns: dict[str, dict[str, list[Any]]] = {}
        self.totals: dict[str, dict[str, Any]] = {}
        self.verdict: Verdict | None = None
        self.findings: list[Finding] = []

    def changed_figure(self, row: int) -> str | None:
        """Where a figure was changed of the type of the node group in a row."""
        if not self.changed:
            return None
        number = self.reading.rows.index(row)
        name = str(self.reading.groups["instance_type"][number]).lower()
        of_type = (
            each.place
            for of, each in self.changed
            if each.code != "own-type" and of.lower() == name
        )
        return next(of_type, None)


def evaluate_alike(alike: Sequence[Evaluated]) -> None:
    """Evaluate plans of one kind in one pass and give each its own part."""
    readings = [each.reading for each in alike]
    model = readings[0].model
    sheets = model.sheets if model.plan else [readings[0].plan.layout.sheet]
    settings = {
        setting.name: np.array(
            [reading.settings[setting.name] for reading in readings],
            dtype=object if setting.is_text else float,
        )
        for sheet in sheets
        for setting in sheet.settings
    }
    for name in readings[0].given:
        settings[name] = np.array([reading.given[name] for reading in readings])
    groups: dict[str, Any] = {}
    for column in (column for sheet in sheets for column in sheet.inputs):
        values = [value for reading in readings for value in reading.groups[column.name]]
        # What few rows need is alike in most files: then it is computed with once for all rows.
        is_one = values and values.count(values[0]) == len(values)
        groups[column.name] = np.array(
            values[0] if is_one else values, dtype=object if column.is_text else float
        )
    for name in alike[0].figures:
        groups[name] = np.concatenate([each.figures[name] for each in alike])
    positions = [number for reading in readings for number in reading.positions]
    groups["position"] = np.array(positions, dtype=float)
    counts = [len(reading.rows) for reading in readings]
    plan = np.repeat(np.arange(len(alike)), counts)
    book = Book(model, sheets, settings, groups, plan)
    book.evaluate()
    starts = np.cumsum([0, *counts])
    for number, checked in enumerate(alike):
        part, alone = slice(starts[number], starts[number + 1]), slice(number, number + 1)
        for tables in book:
            name = tables.sheet.name
            checked.columns[name] = {
                column.name: tables.groups.listed(column.name, part)
                for column in tables.sheet.columns
            }
            checked.totals[name] = {
                result.name: tables.plans.listed(result.name, alone)[0]
                for result in tables.sheet.totals
            }
        if model.plan:
            checked.verdict = verdict_of(book, number)
        _find_unknown_types(checked)
    _note(alike, book, starts)


def _find_unknown_types(checked: Evaluated) -> None:
    """Note the node groups whose type the catalog, or one of its data sheets, does not list."""
    reading, figures = checked.reading, checked.figures
    sheet = reading.plan
    if "instance_type" not in sheet.layout.columns:
        return  # a fault of its own
    unknown = {name: np.isnan(figures[f"catalog_{name}"]) for name in LOOKED_UP}
    if reading.model.plan:
        del unknown["max_pods"]  # which follows from the others
    faulty = {each.cell for each in reading.faults if each.sheet == sheet.name}
    for number in np.flatnonzero(
        sum(unknown.values()) * (figures["catalog_fargate"] == 0)
    ).tolist():
        row = reading.rows[number]
        lacking = [name for name in unknown if unknown[name][number]]
        if sheet.layout.cell("instance_type", row) in faulty:
            continue
        name = str(reading.groups["instance_type"][number])
        listed = sorted(
            {each.sheet for each in reading.model.data_tables if set(lacking) & set(each.figures)}
        )
        message = f"found {found_words(name)}; an instance type of sheet "
        message += f"{' and '.join(listed)} is expected"
        if figures["catalog_position"][number] == 0 and (hint := load_catalog().hint(name)):
            message += f"; {hint}"
        # AWS's sample shows max pods and computes nothing with them.
        code = "unknown-max-pods" if lacking == ["max_pods"] else "unknown-type"
        because = checked.changed_figure(row)
        finding = sheet.finding(code, "instance_type", row, name, message, because_of=because)
        checked.findings.append(finding)


def _note(alike: Sequence[Evaluated], book: Book, starts: Any) -> None:
    """Give each plan the notices that apply to it, each once, and with the modes that have it."""
    said: dict[tuple[int, str, str | None], tuple[Finding, list[str]]] = {}
    compared = sum(tables.sheet.mode not in (None, "ipv6") for tables in book)
    for tables in book:
        for notice, at, message in notices(tables):
            number = int(book.plan[at]) if notice.of_row else at
            checked = alike[number]
            if not _is_asked(checked, tables, notice):
                continue
            sheet = checked.reading.sheet_of(notice.about, of_row=notice.of_row)
            if sheet is None:
                continue
            row = checked.reading.rows[at - int(starts[number])] if notice.of_row else None
            overflows = checked.verdict is not None and notice.code in OVERFLOWS
            # That no mode holds the plan is one finding, whatever overflows in each.
            code = "overflow" if overflows else notice.code
            what = number, code, None if overflows else sheet.layout.cell(notice.about, row)
            if what in said:
                finding, modes = said[what]
                if finding.message == message:
                    modes.append(tables.sheet.name)
                continue
            level = tables.groups if notice.of_row else tables.plans
            found = plain(level[notice.about][at])
            if overflows and checked.verdict is not None:
                message = checked.verdict.message
            because = checked.changed_figure(row) if row and notice.code in _BY_FIGURES else None
            finding = sheet.finding(
                notice.code, notice.about, row, found, message, because_of=because
            )
            checked.findings.append(finding)
            is_of_mode = notice.of_row and tables.sheet.mode is not None
            said[what] = finding, [tables.sheet.name] * is_of_mode
    for (number, *_), (finding, modes) in said.items():
        verdict, findings = alike[number].verdict, alike[number].findings
        if verdict and verdict.mode == UNDECIDED and 0 < len(modes) < compared:
            named = replace(finding, message=f"{finding.message} ({', '.join(modes)})")
            findings[findings.index(finding)] = named


def _is_asked(checked: Evaluated, tables: Tables, notice: Notice) -> bool:
    """Whether a notice of a sheet matters to the plan, by the mode that is chosen."""
    verdict, mode = checked.verdict, tables.sheet.mode
    if verdict is None or mode is None or verdict.mode == mode:
        return True
    if verdict.mode != UNDECIDED or mode == "ipv6":
        return False
    if notice.of_row or notice.in_any_mode:
        return True
    # Of modes that are compared, settings that act in one of them are no matter yet.
    return verdict.fits is False and notice.code in OVERFLOWS
