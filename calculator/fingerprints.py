"""What a finding is known by from one day to the next: what and where, in words of the model.

Rows that are inserted, sheets that are renamed and programs that save a file move and rewrite much,
but not these words. They tell no address and nothing that a program computes or rewrites.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from calculator.findings import CALCULATED, OVERFLOWS, Finding
from calculator.followers import ROW, group_words
from calculator.issues import OVERFLOW
from calculator.naming import Naming, titles_of
from calculator.workbook.about import ABOUT
from calculator.workbook.finder import meaning_of
from calculator.workbook.reading import PlanReading, SheetCells, WorkbookReading
from calculator.xlsx.decoration import looks_at
from calculator.xlsx.number_format import effect_of
from calculator.xlsx.reference import place

__all__ = ["with_fingerprints"]

#: Of a text that somebody typed, as much as is told; the rest of a longer one is a checksum, as it
#: is where it reads like words of ours.
_MOST = 60
#: What is said of how a cell looks, whatever it holds.
_OF_LOOKS = (
    *("hidden", "unseen", "struck-out", "number-format", "covered", "conditional-format"),
    "validation",
)
#: What holds the values of cells that were changed with it and are wrong.
_CHANGED = ("formula", "missing-formula")
#: Of a node group that does not count, what it would need is told, lest it grow.
_NOT_COUNTED = ("below-the-table", "missing", "not-a-type", "unknown-type")
#: What is told of each, and of others if it is there.
_NEEDS = {"instances": "instances", "pods_per_node": "pods"}
#: The number of a node group among its like, which another one may have tomorrow.
_NUMBER = re.compile(r" \(no\. [0-9]+\)$")


def with_fingerprints(findings: Sequence[Finding], book: WorkbookReading) -> list[Finding]:
    """The findings of a workbook, each with its ``fingerprint``; several may have the same."""
    words = _Words(book) if findings else None
    return [
        replace(each, fingerprint=" | ".join(words.of(each)), called=words.held(each))
        for each in findings
        if words
    ]


class _Words:
    """The words for the places of one workbook."""

    def __init__(self, book: WorkbookReading) -> None:
        self._book = book
        self._sheets = {
            sheet.name: (reading, sheet)
            for reading in book.plans
            for sheet in reading.sheets.values()
        }
        self._groups: dict[str, dict[int, tuple[str, bool]]] = {}
        self._types: dict[str, dict[int, str]] = {}

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self._book, titles_of(self._book.plans))

    def of(self, finding: Finding) -> Iterator[str]:
        """The words of a finding: code, sheet, header or label, node group, what was typed."""
        # A plan does not fit, whatever gives out first and however large the subnet is: how much it
        # lacks is its measure.
        overflows = finding.code in OVERFLOWS
        yield OVERFLOW if overflows else finding.code
        if finding.sheet is None:
            return
        yield self._sheet(finding.sheet)
        reading, sheet = self._sheets.get(finding.sheet, (None, None))
        at = place(finding.cell.partition(":")[0]) if finding.cell else None
        # Which cells look so is told beside it: of these, the first may be another tomorrow.
        begins_elsewhere = finding.cells and finding.code in _OF_LOOKS
        if finding.column is not None and not begins_elsewhere:
            # Of results that share a label, its own name, too.
            shares = finding.severity == "difference" and sheet and at
            named = self._naming.at(finding.sheet, at)[1] if shares and at else ""
            yield named if named.startswith(f"{finding.column} (") else finding.column
        if at is None or overflows:
            if finding.code == "chart" and finding.found is not None:
                yield _shown(finding.found)
            elif finding.column is None and finding.expected is not None:
                yield _shown(finding.expected)  # all that was lost with a column
            yield from self._said(finding)
            return
        row, column = at
        if sheet is not None and (stands := _in_place_of_words(finding, sheet)):
            yield stands
        if reading is None or sheet is None:
            types = self._types_of(finding.sheet)
            if row in types:
                yield types[row]
        elif row > sheet.layout.header_row and column in sheet.layout.columns.values():
            if finding.code not in _OF_LOOKS:  # which begin elsewhere where there are more
                yield self._row(reading, sheet, finding)
            if finding.code in _NOT_COUNTED and sheet is reading.plan:
                yield from _needs(sheet, row)
        yield from self._said(finding)
        if finding.code == "name" and (target := self._target(sheet, finding)):
            yield target
        is_formula = sheet is not None and _is_formula(sheet, (row, column))
        tells_value = not is_formula and finding.code not in (*CALCULATED, *_OF_LOOKS)
        if finding.found is not None and tells_value:
            yield _shown(finding.found)
        elif finding.code == "number-format" and (
            seen := self._looks(finding.sheet, at, finding.found)
        ):
            yield seen
        elif finding.is_edited:
            yield _shown(self._naming.formula(finding.sheet, at, str(finding.found)))

    def held(self, finding: Finding) -> str:
        """What the cells are called that a finding holds, a line each; of like rows, the same."""
        if not finding.holds or finding.sheet not in self._sheets:
            return ""
        names = []
        reading, sheet = self._sheets[finding.sheet]
        of_rows = finding.code in _NOT_COUNTED and sheet is reading.plan
        for cell in finding.holds.split("\n"):
            at = place(cell)
            held = sheet.cells.get(at)
            # Words are called as they are: an address would be another below an inserted row.
            _, name, row = self._naming.at(finding.sheet, at, _shown((held and held.value) or ""))
            value = _shown(held.value if held else None) if finding.code in _CHANGED else ""
            words = [name, _NUMBER.sub("", row), value]
            if of_rows and at[0] > sheet.layout.header_row:
                words += [_type_of(sheet, at[0]), *_needs(sheet, at[0])]
            names.append(", ".join(filter(None, words)))
        return "\n".join(names)

    def _looks(self, sheet: str, at: tuple[int, int], found: object) -> str:
        """What the number format of a cell makes of examples, however a program spells it."""
        look = looks_at(self._book.package, sheet, [at]).get(at)
        return effect_of(look.number_format, is_text=isinstance(found, str)) if look else ""

    def _said(self, finding: Finding) -> Iterator[str]:
        """What it says itself in words that stay, and the formulas of cells that stand below."""
        words, *formulas = finding.fingerprint.split("\n")
        if words:
            yield _shown(words) if finding.code == "covered" else words
        told = set()
        for each in formulas:
            cell, _, formula = each.partition(" ")
            named = self._naming.formula(str(finding.sheet), place(cell), formula)
            told.add(named.replace("TRUE", "1").replace("FALSE", "0"))  # as LibreOffice has it
        if told:
            yield _shown(" or ".join(sorted(told)))

    def _target(self, sheet: SheetCells | None, finding: Finding) -> str:
        """What a defined name of a setting stands for, as a formula would tell it."""
        for each in sheet.layout.sheet.settings if sheet and finding.cell else ():
            if each.defined_name and each.label == finding.column:
                name, at = each.defined_name, place(str(finding.cell))
                meaning = meaning_of(self._book.package, str(finding.sheet), name)
                return _shown(self._naming.formula(str(finding.sheet), at, meaning or ""))
        return ""

    def _sheet(self, name: str) -> str:
        """What the model calls a sheet of the file, or one that is missing there."""
        if name in self._sheets:
            declared = self._sheets[name][1].layout.sheet
            return declared.mode or declared.name.lower()
        for where in self._book.data.values():
            if where.sheet == name:
                return where.data.sheet
        if name in self._book.package.sheets:
            return "about" if name == ABOUT else "another sheet"
        missing = {each.name: each.mode for each in self._book.model.sheets}
        return missing.get(name) or name.lower()

    def _types_of(self, name: str) -> dict[int, str]:
        """The instance types of a data sheet, by row."""
        if name not in self._types:
            self._types[name] = {
                row: instance_type
                for where in self._book.data.values()
                if where.sheet == name and "instance_type" in where.data.figures
                for row, instance_type, _ in where.types(self._book.data_cells[name])
            }
        return self._types[name]

    def _row(self, reading: PlanReading, sheet: SheetCells, finding: Finding) -> str:
        """The node group of a row that holds one; of others, its number in the table.

        What was done to a row of formulas stays there, whichever node group it shows. Where there
        are several alike, what else is filled in tells them apart.
        """
        row, column = place(str(finding.cell).partition(":")[0])
        if sheet is not reading.plan:
            return f"row {row - sheet.layout.header_row}"
        if sheet.name not in self._groups:
            self._groups[sheet.name] = _groups_of(reading)
        words, has_like = self._groups[sheet.name].get(row, ("no node group", False))
        if has_like and finding.code not in _NOT_COUNTED:
            words += f" ({', '.join(_needs(sheet, row, but=column))})"
        return words


def _in_place_of_words(finding: Finding, sheet: SheetCells) -> str:
    """What stands where a label or header alone was lost, and says what the figures are now."""
    layout = sheet.layout
    if finding.code not in ("missing-label", "missing-setting", "missing-result"):
        return ""
    named = (*layout.unlabelled, *layout.unheaded)
    name = next((each for each in named if layout.cell(each) == finding.cell), None)
    if name is None:
        return ""
    cell = sheet.cells.get(layout.label_place(name))
    return _shown(cell.value) if cell and cell.value not in (None, "") else ""


def _groups_of(reading: PlanReading) -> dict[int, tuple[str, bool]]:
    """Instance type, operating system, and a count of the same, for each row with a type.

    Beside it stands whether there are several of these.
    """
    layout, cells = reading.plan.layout, reading.plan.cells
    at = layout.columns.get("instance_type", 0)
    rows = sorted(row for row, column in cells if column == at and row > layout.header_row)
    types = {row: words for row in rows if (words := _type_of(reading.plan, row))}
    every, seen, groups = Counter(map(str.casefold, types.values())), Counter[str](), {}
    for row, words in types.items():
        like = words.casefold()
        seen[like] += 1
        groups[row] = f"{words}, {seen[like]}", every[like] > 1
    return groups


def _type_of(plan: SheetCells, row: int) -> str:
    """Instance type and operating system of a row; "" for one without a type."""
    name, system = (_held(plan, row, each) for each in ("instance_type", "os"))
    if name in (None, ""):
        return ""
    return group_words(_shown(name), _shown(system or "Linux"))


def _needs(plan: SheetCells, row: int, *, but: int = 0) -> Iterator[str]:
    """What a row of the node table would need if it counted, all that is filled in.

    Parameters
    ----------
    but: a column that is left out.
    """
    for column in plan.layout.sheet.inputs:
        if plan.layout.columns.get(column.name) == but:
            continue
        value = _held(plan, row, column.name)
        is_told = column.name not in ("instance_type", "os") and value not in (None, "")
        if is_told or column.name in _NEEDS:
            yield f"{_NEEDS.get(column.name, column.header)}: {_shown(value or 0)}"


def _held(plan: SheetCells, row: int, name: str) -> object:
    cell = plan.cells.get((row, plan.layout.columns.get(name, 0)))
    return cell.value if cell else None


def _is_formula(sheet: SheetCells, at: tuple[int, int]) -> bool:
    cell = sheet.cells.get(at)
    return cell is not None and cell.formula is not None


def _shown(found: object) -> str:
    """What somebody typed, in one line and no more digits than every program keeps."""
    if isinstance(found, float | int) and not isinstance(found, bool):
        return f"{found:.12g}"
    text = " ".join(str(found).split())
    if len(text) <= _MOST and "|" not in text and not ROW.fullmatch(text):
        return text
    start = text[:_MOST].replace("|", "¦")
    return f"{start}… {hashlib.sha256(text.encode(errors='replace')).hexdigest()[:8]}"
