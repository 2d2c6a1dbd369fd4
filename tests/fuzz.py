"""Mutated workbooks, and what must hold of each: ``python -m tests.fuzz --mutants 100000``.

A mutant is a workbook after some edits, which may break anything, and then some other spellings,
which change nothing that a person sees. Of each must hold:

- it is reported on, or refused by a WorkbookError, in bounded time, and the report is JSON;
- the quick scanner, the parser and openpyxl, as far as they take it, read the same cells;
- the spellings change no word of the report;
- where the report is clean, openpyxl finds the report's inputs and results recorded in the file,
  and the formulas that were written there.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import random
import re
import signal
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl.reader.excel import ExcelReader
from openpyxl.reader.strings import read_string_table
from openpyxl.worksheet._reader import INLINE_STRING, VALUE_TAG, WorkSheetParser
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.xml.constants import SHARED_STRINGS

from calculator import NodeGroup, Plan
from calculator.catalog import Catalog, load_catalog
from calculator.errors import WorkbookError
from calculator.report import PlanReport, SheetReport, WorkbookReport
from calculator.results.as_json import as_json
from calculator.verify import judge
from calculator.workbook.layout import Layout
from calculator.workbook.reader import read_workbook
from calculator.workbook.reading import WorkbookReading
from calculator.xlsx.cells import Cells, Strings, read_cells
from calculator.xlsx.hidden import hidden_in
from calculator.xlsx.package import Package
from calculator.xlsx.plain_cells import plain_cells
from calculator.xlsx.reference import MAX_ROW, a1
from calculator.xlsx.source import Fail, Limits, Source
from tests.helpers import Raw, content
from tests.mutations import EDITS, SPELLINGS, Book

#: What a mutant may take [s of CPU].
MOST = 5.0
_BATCH = 20
_FILE = "mutant.xlsx"
_LIMITS = Limits()

Place = tuple[int, int]


class Read(dict[Place, tuple[Any, Any]]):
    """Value and formula of each cell, as openpyxl reads them; the same only as itself."""

    __hash__ = object.__hash__
    __eq__ = object.__eq__
    __ne__ = object.__ne__


class _TooSlow(BaseException):
    """Nothing in between may take it for an error of its own."""


@contextlib.contextmanager
def _bounded(seconds: float = MOST) -> Iterator[None]:
    """Breaks off what takes too long."""

    def ring(*_: object) -> None:
        raise _TooSlow(f"it takes more than {seconds} s")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# --- what is mutated ------------------------------------------------------------------------------

_TYPES = ("m5.large", "t3.medium", "m4.large")
_SMALL = Catalog(
    (each for each in load_catalog() if each.instance_type in _TYPES), load_catalog().version
)
_PLAN = Plan(
    subnet_prefix_length=24,
    warm_ip_target=3,
    node_groups=[NodeGroup("m5.large", 3, 12), NodeGroup("t3.medium", 2, 5)],
)
_AWS_PLAN = Plan(subnet_prefix_length=24, node_groups=_PLAN.node_groups)


class Base:
    """A workbook that mutants are made of."""

    def __init__(self, name: str, file: bytes) -> None:
        self.name, self.file = name, file
        self.parts = Raw(file).parts

    @cached_property
    def reading(self) -> WorkbookReading:
        return read_workbook(_FILE, self.file)

    @cached_property
    def report(self) -> str:
        return _words(_reports([self.file])[0])

    @cached_property
    def cells(self) -> Mapping[str, Read]:
        found = by_openpyxl(self.file)
        assert found is not None, self.name
        return found


def bases() -> list[Base]:
    """Small workbooks: of each model, with tables and without, and one that hides something.

    Those of AWS's layout are smaller still, and come four times as often.
    """
    own = content(plan=_PLAN, rows=3, catalog=_SMALL)
    aws = content("aws-sample", plan=_AWS_PLAN, rows=3, catalog=_SMALL)
    return [
        Base("vpc-cni", own),
        Base("vpc-cni without tables", _changed(own, Raw.without_tables)),
        Base("vpc-cni that hides", _changed(own, _hide)),
        *[Base("aws-sample", aws)] * 4,
        *[Base("aws-sample without tables", _changed(aws, Raw.without_tables))] * 4,
    ]


def _changed(file: bytes, change: Any) -> bytes:
    raw = Raw(file)
    change(raw)
    for sheet in raw.sheets:
        raw.text(sheet)
    book = Book(raw.parts, 0)
    return book.zipped()


def _hide(raw: Raw) -> None:
    """A hidden row and column, a merged area, and a number format that shows a percentage."""
    raw.replace("Plan", '<row r="14"', '<row r="14" hidden="1"')
    raw.replace("WarmENI", "<cols><col ", '<cols><col hidden="1" ')
    raw.replace(
        "WarmIP", "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A5:B6"/></mergeCells>'
    )
    part = raw.sheets["WarmIP"]
    style = re.search(rb'<c r="B8" s="([0-9]+)"', raw.parts[part])
    assert style is not None
    styles = raw.parts["xl/styles.xml"].decode()
    before, cells = styles.split("<cellXfs")
    formats = re.split("(?=<xf )", cells)
    formats[int(style[1]) + 1] = re.sub(
        'numFmtId="[0-9]+"', 'numFmtId="9"', formats[int(style[1]) + 1]
    )
    raw.parts["xl/styles.xml"] = (before + "<cellXfs" + "".join(formats)).encode()


@dataclass(frozen=True)
class Mutant:
    """A workbook after some edits, and the same after some other spellings of it."""

    base: Base
    number: int
    edits: tuple[str, ...]
    spellings: tuple[str, ...]
    edited: bytes
    spelled: bytes

    @classmethod
    def of(cls, bases: Sequence[Base], seed: object, number: int) -> Mutant:
        choice = random.Random(f"{seed}:{number}")
        base = choice.choice(bases)
        edits = choice.choices(list(EDITS), k=choice.choice([0, 1, 1, 1, 2, 3]))
        book = Book(base.parts, f"{seed}:{number}")
        for name in edits:
            EDITS[name](book)
        edited = book.zipped()
        # What an edit of the zip hits depends on how it is written.
        most = 0 if book.wrapped or book.twice else choice.choice([0, 1, 2, 4]) or not edits
        spellings = choice.choices(list(SPELLINGS), k=most)
        for name in spellings:
            SPELLINGS[name](book)
        return cls(base, number, tuple(edits), tuple(spellings), edited, book.zipped())

    @property
    def is_sound(self) -> bool:
        """Whether all of its sheets can be read, those that nobody asks for among them."""
        try:
            package = Package.open(_FILE, self.edited)
            for sheet in package.sheets:
                source = package._source(package._part_of(sheet))
                read_cells(source, sheet, package._strings, MAX_ROW)
        except WorkbookError:
            return False
        return True


# --- reading and judging --------------------------------------------------------------------------

Outcome = WorkbookReport | WorkbookError | str


def _reports(files: Sequence[bytes]) -> list[Outcome]:
    """What is reported on each, or why it cannot be, or what should never have been raised."""
    outcomes: list[Any] = [_read(file) for file in files]
    readings = [each for each in outcomes if isinstance(each, WorkbookReading)]
    try:
        with _bounded():
            reports = iter(judge(readings))
    except (Exception, _TooSlow):
        reports = iter([_judged(each) for each in readings])
    return [next(reports) if isinstance(each, WorkbookReading) else each for each in outcomes]


def _read(file: bytes) -> WorkbookReading | WorkbookError | str:
    try:
        with _bounded():
            return read_workbook(_FILE, file)
    except WorkbookError as error:
        return error
    except (Exception, _TooSlow) as error:
        return _failure("reading", error)


def _judged(reading: WorkbookReading) -> Any:
    try:
        with _bounded():
            return judge([reading])[0]
    except (Exception, _TooSlow) as error:
        return _failure("judging", error)


def _failure(doing: str, error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace else None
    where = f" in {code.co_qualname}, line {trace.tb_lineno}" if code and trace else ""
    return f"{doing} raises {type(error).__name__}: {str(error)[:200]}{where}"


def _words(outcome: Outcome) -> str:
    """An outcome as text; of a file that cannot be read only that it is so."""
    if isinstance(outcome, WorkbookError) or (not isinstance(outcome, str) and outcome.error):
        return "unreadable"
    return outcome if isinstance(outcome, str) else json.dumps(as_json(outcome), allow_nan=False)


# --- three ways to read a cell --------------------------------------------------------------------


def disagreements(file: bytes, theirs: Mapping[str, Read] | None) -> Iterator[str]:
    """The first cell of each sheet that the quick scanner, the parser and openpyxl read otherwise.

    theirs: the cells as openpyxl reads them, None where it does not take the file.
    """
    try:
        package = Package.open(_FILE, file)
    except WorkbookError:
        return
    texts = None
    with contextlib.suppress(WorkbookError):
        texts = package._strings._source and package._whole(package._strings._source.part)
    for sheet in package.sheets:
        with contextlib.suppress(WorkbookError):
            part = package._whole(package._part_of(sheet))
            found = _read_otherwise(part, texts, (theirs or {}).get(sheet))
            if found and package.cells(sheet):  # which refuses what no worksheet holds
                yield f"{sheet}: {found}"


_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@lru_cache(maxsize=500)
def _read_otherwise(part: bytes, texts: bytes | None, theirs: Read | None) -> str:
    """A cell that the parser reads one way, and the scanner or openpyxl another."""
    ours = quick = None
    with contextlib.suppress(WorkbookError):
        ours = read_cells(_source(part), "", _strings(texts), MAX_ROW)
    with contextlib.suppress(WorkbookError):
        quick = plain_cells(part, _strings(texts), MAX_ROW, _LIMITS)
    if ours is None:
        return "the scanner takes what the parser refuses" if quick else ""
    if quick:
        # TRUE is 1 to Python.
        scanned, parsed = ({at: repr(one[at]) for at in one} for one in (quick[0], ours))
        for at in {**scanned, **parsed}:
            if scanned.get(at) != parsed.get(at):
                return f"{a1(*at)}, {parsed.get(at)}, is {scanned.get(at)} to the scanner"
        if hidden_in(part, quick[1]) != hidden_in(part):
            return "the scanner finds other hidden rows"
    return "" if theirs is None else next(_compared(ours, theirs), "")


def _source(part: bytes) -> Source:
    return Source("", iter([part]), _LIMITS, Fail(_FILE))


def _strings(texts: bytes | None) -> Strings:
    return Strings(None if texts is None else _source(texts))


def _compared(ours: Cells, theirs: Read) -> Iterator[str]:
    for at in {**ours, **theirs}:
        value, formula = ours.get(at, (None, None))
        their_value, their_formula = theirs.get(at, (None, ""))
        if not _same_formula(formula, their_formula):
            yield f"{a1(*at)}, ={formula}, is ={their_formula} to openpyxl"
        if not _same_value(value, their_value):
            yield f"{a1(*at)}, {value!r}, is {their_value!r} to openpyxl"


def _same_formula(ours: str | None, theirs: Any) -> bool:
    if isinstance(theirs, DataTableFormula):
        return ours is not None and ours.startswith("TABLE(")
    if ours and ours.startswith("{"):  # of an array formula the area, too
        ours = ours[1:].partition("} in ")[0]
    return (ours or "") == theirs


def _same_value(ours: Any, theirs: Any) -> bool:
    if isinstance(theirs, date | datetime | time | timedelta):
        return isinstance(ours, str)  # which it stays here: no input is a date
    if isinstance(ours, str) and isinstance(theirs, str) and "_x" in theirs:
        return True  # openpyxl leaves what XML cannot hold as it is written
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    return ours in (None, "") if theirs in (None, "") else bool(ours == theirs)


def by_openpyxl(file: bytes) -> dict[str, Read] | None:
    """The cells of each worksheet; None where openpyxl cannot read the file."""
    try:
        with _bounded(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader = ExcelReader(io.BytesIO(file))
            reader.read_manifest()
            reader.read_workbook()
            shared = reader.package.find(SHARED_STRINGS)
            texts = _texts_of(reader.archive.read(shared.PartName[1:])) if shared else ()
            return {
                sheet.name: _cells_of(reader.archive.read(relation.target), texts)
                for sheet, relation in reader.parser.find_sheets()
                if relation.target in reader.valid_files and "worksheet" in relation.Type
            }
    except (Exception, _TooSlow):
        return None


# Most parts of a mutant are those of its base.
@lru_cache(maxsize=500)
def _texts_of(part: bytes) -> Sequence[str]:
    return tuple(read_string_table(io.BytesIO(part)))


@lru_cache(maxsize=500)
def _cells_of(part: bytes, texts: Sequence[str]) -> Read:
    if _MAIN not in part:
        raise ValueError("openpyxl knows but one namespace")
    rows = _Both(io.BytesIO(part), texts).parse()
    return Read({(cell["row"], cell["column"]): cell["both"] for _, row in rows for cell in row})


class _Both(WorkSheetParser):
    """Reads formulas and values in one pass, and nothing else that takes time."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        before = self.col_counter
        if len(element.findall(VALUE_TAG)) > 1:
            raise ValueError("openpyxl takes the first of two values, the parser the last")
        self.data_only = True
        value = super().parse_cell(element)["value"]
        if element.get("t") == "inlineStr" and element.find(INLINE_STRING) is None:
            value = element.findtext(VALUE_TAG)  # which openpyxl does not look for
        self.data_only, self.col_counter = False, before
        cell: dict[str, Any] = super().parse_cell(element)
        return cell | {"both": (value, _formula_of(cell))}

    def parse_formatting(self, element: Any) -> None:
        pass


def _formula_of(cell: Mapping[str, Any]) -> Any:
    if cell["data_type"] != "f":
        return ""
    formula = cell["value"].text if isinstance(cell["value"], ArrayFormula) else cell["value"]
    return formula if isinstance(formula, DataTableFormula) else formula[1:].removeprefix("=")


# --- a clean report is right ----------------------------------------------------------------------


def discrepancies(base: Base, report: WorkbookReport, theirs: Mapping[str, Read]) -> Iterator[str]:
    """Where what openpyxl finds in a file is not what its clean report says or was written."""
    if _OTHERWISE & {each.code for each in report.findings}:
        return
    by_mode = {each.mode: each for each in report.sheets}
    for plan in base.reading.plans:
        for sheet in plan.sheets.values():
            declared, shown = sheet.layout.sheet, by_mode.get(str(sheet.layout.sheet.mode))
            holds_plan = report.plan and declared.name == plan.model.plan
            name = shown.sheet if shown else report.plan.sheet if holds_plan else sheet.name
            inputs = report.plan or shown
            # Of AWS's sheets each is a plan of its own, and may be gone.
            if inputs is None or name not in theirs:
                continue
            held = theirs[name]
            moved = sheet.layout.header_row - plan.plan.layout.header_row
            rows = shown or (report.plan if holds_plan else None)
            said = dict(_said(sheet.layout, inputs.settings, shown, rows, moved))
            for at, (what, value, default) in said.items():
                found = held.get(at, (None, ""))[0]
                if not (_is(found, value) or (found in (None, "") and value == default)):
                    yield f"{name}!{a1(*at)}: {found!r}, but {what} is {value!r}"
            filled = {row for row, _ in held}
            for at, (_, formula) in base.cells[sheet.name].items():
                found = held.get(at, (None, ""))[1]
                # The last rows of AWS's table may be gone: they are empty, and found when filled.
                if formula and at[0] in filled and _plain(found) != _plain(formula):
                    yield f"{name}!{a1(*at)}: ={found}, but ={formula} was written"


def _said(
    layout: Layout,
    settings: Mapping[str, Any],
    results: SheetReport | None,
    rows: SheetReport | PlanReport | None,
    moved: int,
) -> Iterator[tuple[Place, tuple[str, Any, Any]]]:
    """What a report says of each cell of a sheet: its name, the value, and that of an empty cell.

    moved: how much further down the node table of this sheet stands than that of the inputs.
    """
    for setting in layout.sheet.settings:
        if setting.name in settings:
            said = setting.name, settings[setting.name], setting.default
            yield layout.places[setting.name], said
    totals = {**results.details, **results.totals} if results else {}
    for total in layout.sheet.totals:
        if total.name in totals:
            yield layout.places[total.name], (total.name, totals[total.name], "")
    defaults = {
        column.name: column.input.default if column.optional else column.empty
        for column in layout.sheet.inputs
        if column.input
    }
    for group in rows.node_groups if rows else ():
        for name, number in layout.columns.items():
            if name in group:
                said = name, group[name], defaults.get(name, "")
                yield (group["row"] + moved, number), said


#: Findings that say already that not all was compared.
_OTHERWISE = {"no-recorded-values", "no-formulas", "made-by-older", "made-by-newer"}


def _is(found: Any, expected: Any) -> bool:
    if expected is None:
        return isinstance(found, str) and found.startswith("#")
    if expected == "" or found in (None, ""):
        return found in (None, "") and expected == ""
    if isinstance(expected, str):
        return isinstance(found, str) and found.strip().casefold() == expected.casefold()
    return not isinstance(found, bool | str) and abs(found - expected) <= 1e-9 * abs(expected)


@lru_cache(maxsize=5_000)
def _plain(formula: Any) -> str:
    """A formula without what makes no difference."""
    bare = re.sub(r"\s|\$", "", str(formula)).casefold()
    return re.sub(r"^_xlfn\.single\((.*)\)$", r"\1", bare)


# --- the loop -------------------------------------------------------------------------------------


def faults(mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, str]]:
    """What does not hold of which."""
    stream = iter(mutants)
    while some := list(islice(stream, _BATCH)):
        edited = [each for each in some if each.edits and each.spellings]
        before = dict(zip(map(id, edited), _reports([each.edited for each in edited]), strict=True))
        for mutant, outcome in zip(some, _reports([each.spelled for each in some]), strict=True):
            try:
                words = _words(outcome)
            except ValueError as error:
                words = _failure("JSON", error)
            if isinstance(outcome, str) or words.startswith("JSON"):
                yield mutant, words
                continue
            theirs = by_openpyxl(mutant.spelled)
            for each in disagreements(mutant.spelled, theirs):
                yield mutant, each
            if mutant.spellings:
                expected = _words(before[id(mutant)]) if mutant.edits else mutant.base.report
                # Of a damaged sheet, what is not needed is not read where it is plainly written.
                known = "unreadable" in (words, expected) and not mutant.is_sound
                if words != expected and not known:
                    yield mutant, f"spelled otherwise, {_change(expected, words)}"
            is_clean = isinstance(outcome, WorkbookReport) and outcome.clean
            if is_clean and theirs and (words != mutant.base.report or theirs != mutant.base.cells):
                for each in discrepancies(mutant.base, outcome, theirs):
                    yield mutant, f"clean, though {each}"
                    break


def _change(before: str, after: str) -> str:
    """The first difference of two reports."""
    if "{" not in before or "{" not in after:
        return f"{before[:200]} becomes {after[:300]}"
    one, other = json.loads(before), json.loads(after)
    for key in one:
        if one[key] != other[key]:
            if isinstance(one[key], list):
                gone = [each for each in one[key] if each not in other[key]]
                new = [each for each in other[key] if each not in one[key]]
                return f"{key}: {str(gone[:1])[:400]} becomes {str(new[:1])[:400]}"
            return f"{key}: {str(one[key])[:300]} becomes {str(other[key])[:300]}"
    return "nothing"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__.splitlines()[0]
    )
    parser.add_argument("files", nargs="*", type=Path, help="workbooks to mutate, beside our own")
    parser.add_argument("--mutants", type=int, default=2_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument(
        "--only", type=int, help="the number of one mutant, which is kept as a file"
    )
    options = parser.parse_args(arguments)
    sources = bases() + [Base(each.name, each.read_bytes()) for each in options.files]
    numbers = range(options.mutants) if options.only is None else [options.only]
    count = 0
    for mutant, what in faults(Mutant.of(sources, options.seed, each) for each in numbers):
        count += 1
        done = "; ".join(mutant.edits + mutant.spellings)
        print(
            f"--seed {options.seed} --only {mutant.number} ({mutant.base.name}: {done}): {what}",
            flush=True,
        )
    if options.only is not None:
        mutant = Mutant.of(sources, options.seed, options.only)
        Path("edited.xlsx").write_bytes(mutant.edited)
        Path("spelled.xlsx").write_bytes(mutant.spelled)
    print(f"{len(numbers):,} mutants, {count:,} faults", file=sys.stderr)
    return bool(count)


if __name__ == "__main__":
    sys.exit(main())
