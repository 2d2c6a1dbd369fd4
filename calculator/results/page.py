"""The report of many workbooks as one page: a file that works without a network.

Workbooks stand in it as compact JSON, which a little script shows fifty at a time; what is counted
and the fullest subnets are there without it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from importlib.metadata import version
from typing import IO, Any
from urllib.parse import quote

from calculator.extras import PROGRAM, jinja
from calculator.findings import CODES, SEVERITIES, Finding
from calculator.load import Load
from calculator.report import WorkbookReport
from calculator.results.console import printable
from calculator.results.load import LITTLE, Fullest, short_names
from calculator.results.standing import accepted, decisive, left_at_peak, modes, remarks

__all__ = ["Page"]

#: What is counted, and what there is to say of a workbook, the worst first, in words.
_COUNTED = {
    "unreadable": ("could not be read", "cannot be read"),
    "faults": ("with faults", "fault"),
    "overflow": ("do not fit", "does not fit"),
    "differences": ("with differences", "difference"),
    "little": (f"with less than {LITTLE:.0%} left", "little is left"),
    "warnings": ("with warnings", "warning"),
    "accepted": ("with nothing but what is known or suppressed", "nothing new"),
    "fine": ("need nothing", "fine"),
}
#: What was not checked, by the code that says so, and why.
_UNCHECKED = {
    "unreadable": "Could not be read, so that nothing of it was checked",
    "not-recalculated": "Another program was to calculate it anew, and gave no values",
    "made-by-older": "Formulas and values were not compared: an older version made it",
    "made-by-newer": "Formulas and values were not compared: a newer version made it",
    "no-formulas": "It holds values only: there are no formulas to compare",
    "no-recorded-values": "It was never calculated: there are no recorded values to compare",
    "macros": "It holds macros: they were not run, and what they do was not looked at",
    "copied-sheet": "A sheet in it is a copy, which was not looked at",
}
#: Findings of a workbook, and files that were not checked, that are listed [each].
_MOST_FINDINGS, _MOST_FILES = 50, 20
#: What ends a script or begins a comment in it, as JSON can say it otherwise.
_IN_SCRIPT = str.maketrans({each: f"\\u{ord(each):04x}" for each in "<>&"})


class Page:
    """The report as an .html file, being written.

    Parameters
    ----------
    stream: where to write.
    rows: where the workbooks are kept until the page is written, empty; can be read and written.
    path: where the report will be. Links to files in its folder or below it are relative.
    """

    def __init__(self, stream: IO[str], rows: IO[str], path: str) -> None:
        self._environment = jinja(path).Environment(autoescape=True, trim_blocks=True)
        self._environment.filters["zip"] = zip
        self._stream = stream
        self._folder = os.path.join(os.path.dirname(os.path.abspath(path)), "")
        self._rows = rows
        self._counts: Counter[str] = Counter()
        self._fullest: Fullest[tuple[str, str]] = Fullest()
        #: Workbooks by code, and the order in which codes came.
        self._codes: Counter[str] = Counter()
        self._numbers: dict[str, int] = {}
        self._unchecked: dict[str, tuple[list[str], int]] = {}

    def add(self, report: WorkbookReport) -> None:
        """Add what a workbook was found to be."""
        said, sheet = remarks(report), decisive(report)
        load = Load.of(sheet.number) if sheet else None
        if load and sheet:
            self._fullest.keep(load, (report.file, sheet.sheet))
            if load.share < LITTLE and report.verdict and report.verdict.fits is not False:
                # That is no finding: it makes no run fail, and nobody can accept it.
                self._counts["only_little"] += not said
                said.append("little")
        said = said or (["accepted"] if accepted(report) else [])
        self._counts.update({"evaluated", *(said or ["fine"])})
        codes = {each.code for each in report.findings if not each.because_of}
        self._codes.update(
            {each.code for each in report.findings if each.counts and not each.because_of}
        )
        lacks = "not-recalculated" if report.sheets else "unreadable"
        for code in (*([lacks] if report.error else []), *sorted(codes)):
            if code in _UNCHECKED:
                self._note_unchecked(code, report)
        row = self._row(report, said, load)
        self._rows.write("," * (self._counts["evaluated"] > 1) + "\n")
        self._rows.write(json.dumps(row, separators=(",", ":")).translate(_IN_SCRIPT))

    def _note_unchecked(self, code: str, report: WorkbookReport) -> None:
        files, count = self._unchecked.get(code, ([], 0))
        if count < _MOST_FILES:
            why = f": {report.error}" if code not in CODES else ""
            files.append(printable(report.file + why))
        self._unchecked[code] = files, count + 1

    def _row(self, report: WorkbookReport, said: list[str], load: Load | None) -> list[Any]:
        """A workbook as the script takes it: the order is that of html/page.js."""
        causes = [each for each in report.findings if not each.because_of]
        # One of each kind is there in any case, so that it is found by its kind.
        first = {each.code: each for each in reversed(causes)}
        listed = sorted(causes, key=lambda one: one is not first[one.code])[:_MOST_FINDINGS]
        listed.sort(key=lambda one: (not one.counts, SEVERITIES.index(one.severity)))
        follow = Counter(each.because_of for each in report.findings)
        verdict = report.error or (report.verdict.message if report.verdict else "")
        verdict += "".join(f" ({words})" for words in report.accepted.values())
        sheet = decisive(report)
        sizes = [size for each in report.chosen if (size := each.number("smallest_subnet"))]
        shown = [
            [
                self._numbers.setdefault(each.code, len(self._numbers)),
                printable(each.place or ""),
                printable(each.column or ""),
                printable(each.message),
                follow.pop(each.place, 0) if each.place else 0,
                *_standing(each),
            ]
            for each in listed
        ]
        return [
            printable(report.file),
            self._link(report.file),
            sum(1 << number for number, name in enumerate(_COUNTED) if name in said),
            printable(verdict),
            modes(report),
            left_at_peak(sheet) if sheet else None,
            max(sizes) if sheet and sizes else None,
            load and load.available,
            shown,
            len(causes) - len(shown),
        ]

    def _link(self, file: str) -> str:
        """Where a click on a file's name leads; "" where it can lead nowhere."""
        try:
            if "://" in file:
                of_web = file.startswith(("https://", "http://"))
                return quote(file, safe=":/?&=%") if of_web else ""
            path = os.path.abspath(file)
            if path.startswith(self._folder):
                # Without the ./ a name with a colon would read as a scheme.
                return "./" + quote(os.fsencode(path[len(self._folder) :].replace(os.sep, "/")))
            path = path.replace(os.sep, "/")
            return "file://" + "/" * (not path.startswith("/")) + quote(os.fsencode(path))
        except UnicodeEncodeError:
            return ""

    def close(self) -> None:
        """Write the page."""
        script, style = _part("page.js"), _part("page.css")
        template = self._environment.from_string(_part("page.html.jinja"))
        self._rows.seek(0)
        names = short_names(file for _, (file, _) in self._fullest)
        template.stream(
            counts=self._counts,
            counted=_COUNTED,
            fullest=[
                (load, printable(f"{names[file]}, {sheet}"))
                for load, (file, sheet) in self._fullest
            ],
            end=self._fullest.end,
            cut=self._fullest.most > self._fullest.end,
            codes=self._codes_found(),
            unchecked=[
                (why, *self._unchecked[code])
                for code, why in _UNCHECKED.items()
                if code in self._unchecked
            ],
            program=f"{PROGRAM} {version(PROGRAM)}",
            script=script,
            style=style,
            script_hash=_hash(script),
            style_hash=_hash(style),
            about=self._about(),
            rows=_pieces(self._rows),
        ).dump(self._stream)

    def _codes_found(self) -> list[tuple[str, str, str, int]]:
        """Code, severity, advice and how many workbooks have it, the worst and most first."""
        found = [
            (code, CODES[code].severity, CODES[code].advice, count)
            for code, count in self._codes.items()
        ]
        return sorted(found, key=lambda one: (SEVERITIES.index(one[1]), -one[3], one[0]))

    def _about(self) -> str:
        """What the script needs to know beside the rows."""
        codes = [[code, CODES[code].severity, CODES[code].advice] for code in self._numbers]
        about = {"states": [state for _, state in _COUNTED.values()], "codes": codes}
        return json.dumps(about, separators=(",", ":")).translate(_IN_SCRIPT)


def _standing(finding: Finding) -> list[str]:
    """What a baseline and suppressions say of a finding, in words; nothing of a new one."""
    if finding.standing in (None, "new"):
        return []
    return [printable(": ".join(filter(None, (finding.standing, finding.reason))))]


def _part(name: str) -> str:
    return resources.files("calculator.results").joinpath("html", name).read_text("utf-8")


def _hash(text: str) -> str:
    """What a page's policy knows its own script by: no other runs, whatever a cell holds."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _pieces(stream: IO[str]) -> Iterator[str]:
    while piece := stream.read(1 << 16):
        yield piece
