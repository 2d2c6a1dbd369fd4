"""What a workbook asks of the program that shows it, where people expect something else."""

from __future__ import annotations

from collections.abc import Iterator

from calculator.findings import Finding
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.hidden import Hidden

__all__ = ["is_hiding", "names_of_tables", "settings_of_calculation"]

#: What a workbook may ask of such a program: code, attribute, values, and words.
_SETTINGS = (
    ("manual-calculation", "calcMode", ("manual",), "results stay as they are while inputs change"),
    ("iteration", "iterate", ("1", "true"), "formulas that refer to themselves give no error"),
    (
        "precision-as-displayed",
        "fullPrecision",
        ("0", "false"),
        "numbers are cut off to the digits that are shown",
    ),
    ("dates-of-1904", "date1904", ("1", "true"), "dates count from 1904"),
    ("hidden", "showObjects", ("none", "placeholders"), "charts and shapes are not shown"),
)


def settings_of_calculation(reading: WorkbookReading) -> Iterator[Finding]:
    """Settings by which a program calculates, or shows, otherwise than people expect."""
    for code, name, values, words in _SETTINGS:
        if reading.package.settings.get(name, "").lower() in values:
            yield Finding(code, None, None, None, None, f"{words} ({name} is set)")
    names = (sheet.name for plan in reading.plans for sheet in plan.sheets.values())
    if taken := [each for each in names if reading.package.hidden.get(each, Hidden()).transition]:
        message = "texts count as 0, and comparisons as 1 and 0, in the formulas of "
        message += f"{', '.join(taken)} (transitionEvaluation is set)"
        yield Finding("transition-evaluation", taken[0], None, None, None, message)


def names_of_tables(reading: WorkbookReading) -> Iterator[Finding]:
    """Defined names that are called as tables of formulas are, as one finding."""
    looked_at = {sheet.name for plan in reading.plans for sheet in plan.sheets.values()}
    looked_at |= {each.sheet for each in reading.data.values()}
    names = {each.name.casefold(): each.name for each in reading.package.names}
    hidden = [
        each
        for each in reading.package.tables
        if each.name.casefold() in names and each.sheet in looked_at
    ]
    if hidden:
        said = (f"{names[each.name.casefold()]} hides table {each.name}" for each in hidden)
        message = f"the name {', the name '.join(said)}: "
        message += "programs take the name for the table; delete or rename it"
        yield Finding("name", hidden[0].sheet, None, None, hidden[0].name, message)


def is_hiding(finding: Finding) -> bool:
    """Whether it says that a defined name hides a table."""
    return finding.code == "name" and finding.cell is None and finding.found is not None
