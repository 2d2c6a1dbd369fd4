"""Causes that are one, by what each of them says: columns that were exchanged, a word replaced."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from calculator.findings import SEVERITIES, Finding
from calculator.parity.together import LOST, LOST_QUIETLY
from calculator.workbook.reading import PlanReading
from calculator.workbook.words import normal
from calculator.xlsx.geometry import Geometry
from calculator.xlsx.reference import place as place_of

__all__ = ["as_one"]

#: Labels in which a word was replaced are not fewer by chance.
_FEWEST = 3


def as_one(reading: PlanReading, findings: Sequence[Finding], geometry: Geometry) -> list[Finding]:
    """The findings, with one cause for several that say the same.

    What follows from those that are joined follows from that one, but what was lost with them in
    another way; a second finding of the same place, which says something else, stays as it is.
    """
    every = [*findings]
    for cause, joined in (*_crosswise(findings), *_replaced(reading, findings, geometry)):
        those = {id(each) for each in joined}
        places = {each.place for each in joined}
        kept = {each.place for each in every if not each.because_of and id(each) not in those}
        for number, each in enumerate(every):
            if id(each) == id(joined[0]):
                every[number] = cause
            elif id(each) in those:
                every[number] = replace(each, because_of=cause.place)
            elif each.because_of in places - kept:
                is_lost = each.code in (*LOST, *LOST_QUIETLY)
                every[number] = replace(each, because_of=None if is_lost else cause.place)
    return every


def _crosswise(findings: Sequence[Finding]) -> Iterator[tuple[Finding, list[Finding]]]:
    """Pairs of columns of which each holds what the other should, in every row that differs."""
    columns: dict[tuple[str | None, int], dict[int, Finding]] = defaultdict(dict)
    for each in findings:
        if each.code == "value" and not each.because_of:
            row, column = place_of(str(each.cell))
            columns[each.sheet, column][row] = each
    for (one, first), (other, second) in itertools.combinations(columns.items(), 2):
        if one[0] != other[0] or first.keys() != second.keys() or len(first) < 2:
            continue
        if all(
            (first[row].found, first[row].expected) == (second[row].expected, second[row].found)
            for row in first
        ):
            joined = [*first.values(), *second.values()]
            cause = joined[0]
            message = (
                f'recorded is that of "{joined[-1].column}" under "{cause.column}", and the other '
                "way around, as LibreOffice does where columns that these look at were exchanged "
                "by cut and paste: open the file anew, and calculate it"
            )
            cells = (str(each.cell) for each in joined)
            yield replace(cause, message=message).over(cells), joined


def _replaced(
    reading: PlanReading, findings: Sequence[Finding], geometry: Geometry
) -> Iterator[tuple[Finding, list[Finding]]]:
    """A word of labels and headers that another one stands for throughout."""
    roots = [each for each in findings if not each.because_of]
    lost = [each for each in roots if each.code in (*LOST, *LOST_QUIETLY) and each.column]
    texts = _other_texts(reading) if len(lost) >= _FEWEST else {}
    ways = dict.fromkeys(
        (way, each.column)
        for each in lost
        for way in _ways(str(each.column), texts.get(str(each.sheet), ()))
    )
    often = Counter(way for way, _ in ways)
    way = max(often, key=often.__getitem__, default=None)
    if way is None or often[way] < _FEWEST:
        return
    word, other = way

    def so(text: str) -> set[str]:
        """What becomes of a text, in programs that look at the case of letters and in others."""
        anyhow = re.sub(re.escape(word), lambda _: other, text, flags=re.IGNORECASE)
        return {text.replace(word, other), anyhow} - {text}

    def is_replaced(finding: Finding) -> bool:
        """Whether nothing but the word is another."""
        sheet, label = str(finding.sheet), str(finding.column)
        if finding.code == "missing-mode":
            headers = [{*each.headers} for each in reading.model.data_tables]
            columns = [{*table.columns} for table in geometry.tables_of(sheet)]
            return any(
                those - there and all(so(header) & there for header in those - there)
                for those, there in itertools.product(headers, columns)
            )
        if finding.code in (*LOST, *LOST_QUIETLY):
            return not so(label).isdisjoint(texts.get(sheet, ()))
        return finding.found in so(str(finding.expected))

    joined = [each for each in roots if is_replaced(each)]
    # The worst is told, and of these one that has the word.
    joined.sort(key=lambda each: (SEVERITIES.index(each.severity), each not in lost))
    places = {each.place for each in joined}
    joined += [each for each in findings if each.because_of in places and is_replaced(each)]
    cells = len(joined)
    message = (
        f'"{other}" stands for "{word}" in {cells} labels, headers and other words that formulas '
        "or this program go by, and what belongs to them cannot be checked: replace it back"
    )
    yield replace(joined[0], message=message, cells=cells), joined


def _other_texts(reading: PlanReading) -> dict[str, list[str]]:
    """The texts of each sheet that are no label or header of it, in order."""
    texts = {}
    for sheet in reading.sheets.values():
        declared = sheet.layout.sheet
        known = {normal(each.label) for each in declared.placed}
        known |= {normal(each.header) for each in declared.columns}
        held = (cell.value for cell in sheet.cells.values() if type(cell.value) is str)
        texts[sheet.name] = [each for each in dict.fromkeys(held) if normal(each) not in known]
    return texts


def _ways(label: str, texts: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each word of a label, with what stands for it in a text that is like it in all else."""
    words = label.split(" ")
    for number, word in enumerate(words):
        before, behind = " ".join([*words[:number], ""]), " ".join(["", *words[number + 1 :]])
        for text in texts if before or behind else ():
            other = text[len(before) : len(text) - len(behind)]
            if other and text == before + other + behind:
                yield word, other
