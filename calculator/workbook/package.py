"""An .xlsx file as a zip of parts: sheets, cells, tables, names and properties, behind guards.

This layer knows the format and nothing of subnets. It reads with the standard library only,
touches no part that nobody asks for, and treats every file as a stranger's: whatever is wrong
with one leaves here as a :class:`~calculator.errors.WorkbookError`, with a reason code and words
that say what was found and what to do, after bounded time and memory.
"""

from __future__ import annotations

import io
import math
import os
import posixpath
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Generic, NamedTuple, NoReturn, TypeVar
from xml.parsers import expat

from calculator.errors import WorkbookError

if TYPE_CHECKING:
    from openpyxl.formula.translate import Translator

__all__ = ["Cell", "CellError", "Cells", "DefinedName", "Limits", "Package", "Table"]

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
_V = TypeVar("_V")

# What to do about a file that cannot be read.
_RESAVE = "Open it in Excel or LibreOffice and save it again as .xlsx."
_RECOPY = "Get a new copy of the file."
_UNLOCK = "Open it in Excel, remove the password and save it again."
_PLAIN = "Give an .xlsx workbook."
_HUGE = "That is more than a planning workbook needs; is it the right file?"

# All that zipfile raises over broken archives. RuntimeError covers NotImplementedError (odd flags
# and versions), ValueError covers UnicodeDecodeError (names that do not decode).
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    IndexError,
    OverflowError,
)


class CellError(str):
    """An Excel error value such as ``#N/A``."""

    __slots__ = ()


class Cell(NamedTuple):
    """What a file records for one cell.

    value: a number (always float), text, a truth value or an Excel error; ``""`` for a formula
    whose recorded result is empty text; None where no value is recorded.
    formula: its text without the leading ``=``, shared formulas written out; None if there is none.
    """

    value: float | str | bool | CellError | None
    formula: str | None


Cells = dict[tuple[int, int], Cell]
"""Cells by (row, column), both counted from 1; only those with a value or a formula."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a worksheet; rows and columns count from 1.

    header_row: the row of its headers, 0 if they are switched off.
    first_row, last_row: its data rows, without the headers and the totals.
    columns: the names of its columns, from first_column on.
    """

    name: str
    sheet: str
    header_row: int
    first_row: int
    last_row: int
    first_column: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A name of the workbook (sheet is None) or of one sheet, and the text it refers to."""

    name: str
    sheet: str | None
    refers_to: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workbook may ask of this machine; generous for one that people fill in.

    file, part, total: bytes on disk, of one unpacked part, of all unpacked parts together.
    members: parts of the zip. elements: entries of a part other than cells, such as names.
    cells: of one sheet, empty ones and rows included. strings: shared strings.
    tag, depth: bytes of one XML tag or comment; nested elements (Excel's sheets stay under 12).
    formula, nesting: characters and nested parentheses of one formula.
    expansion: characters of all written-out shared formulas of one sheet, about.
    """

    file: int = 64 << 20
    part: int = 64 << 20
    total: int = 256 << 20
    members: int = 2_000
    elements: int = 100_000
    cells: int = 500_000
    strings: int = 1_000_000
    tag: int = 1 << 20
    depth: int = 16
    formula: int = 8_192
    nesting: int = 64
    expansion: int = 8 << 20


_DEFAULT_LIMITS = Limits()


class _BadValueError(ValueError):
    """Something in a cell that cannot be; holds a reason and what was found."""


class _Memo(dict[str, _V], Generic[_V]):
    """A dict that computes what it lacks, and starts afresh before it grows without end."""

    def __init__(self, compute: Callable[[str], _V]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, key: str) -> _V:
        value = self._compute(key)
        if len(self) >= 65_536:
            self.clear()
        self[key] = value
        return value


_REFERENCE = re.compile("([A-Z]{1,3})([1-9][0-9]{0,6})")
# Parentheses, and whole what may hide some: text, column names (' escapes), sheet names.
_BRACKETS = re.compile(r"""[()]|"[^"]*"|\[(?:'.|[^]['])*\]|'(?:[^']|'')*'""", re.DOTALL)
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]{1,9})?\s*")


def _position(reference: str) -> tuple[int, int]:
    row = column = 0
    if found := _REFERENCE.fullmatch(reference):
        row = int(found[2])
        for letter in found[1]:
            column = column * 26 + ord(letter) - 64
    if not (0 < row <= MAX_ROW and 0 < column <= MAX_COLUMN):
        raise _BadValueError("bad-reference", f"{reference[:40]!r} is no cell of a worksheet")
    return row, column


def _reference(row: int, column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def _number(text: str) -> float:
    number = float(text) if len(text) < 400 and _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise _BadValueError("bad-number", f"{text[:40]!r} is recorded where a number belongs")
    return number


# Both repeat from sheet to sheet and file to file: one lookup in place of taking them apart.
_POSITIONS, _NUMBERS = _Memo(_position), _Memo(_number)


def _whole(text: str) -> int:
    """A whole number of at most nine plain digits, -1 for anything else."""
    return int(text) if len(text) < 10 and text.isascii() and text.isdigit() else -1


def _unescape(text: str) -> str:
    """Excel writes what XML cannot hold as UTF-16 units: ``_x000D_`` for a carriage return."""
    if "_x" not in text:
        return text
    decoded = re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
    return decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _value(kind: str, text: str) -> str | bool | CellError | None:
    """What ``<v>`` holds in a cell of a type other than number and shared string."""
    if kind in ("str", "d", "inlineStr"):
        return _unescape(text)
    if not text:
        return None
    if kind == "e":
        return CellError(text)
    if kind == "b" and text in ("0", "1", "false", "true"):
        return text in ("1", "true")
    raise _BadValueError("bad-value", f"{text[:40]!r} cannot stand in a cell of type {kind[:20]!r}")


def _tags(root: str, names: Iterable[str]) -> tuple[str, ...]:
    """Element names as they appear under this root.

    What shares the root's prefix counts: that serves prefixed and strict documents alike, and
    leaves out the extensions, whose elements have the same local names in other namespaces.
    """
    prefix = root[: root.rfind(":") + 1]
    return tuple(prefix + name for name in names)


class _Fail:
    """Raises the error of one file."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __call__(self, reason: str, message: str) -> NoReturn:
        raise WorkbookError(self.file, reason, message) from None


class _Element(NamedTuple):
    """An element of a small part: names without prefixes, all text inside."""

    name: str
    attributes: dict[str, str]
    text: str


class _Source:
    """One XML part on its way through a parser, a piece at a time; its user sets the handlers."""

    def __init__(self, part: str, pieces: Iterator[bytes], limits: Limits, fail: _Fail) -> None:
        self.part, self.limits, self.fail = part, limits, fail
        self._pieces = pieces
        self._fed = 0
        self._finished = self.ended_early = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        self.fail("doctype", f"{self.part} declares a document type, as no workbook does.")

    def too_deep(self) -> NoReturn:
        what = f"{self.part} nests more than {self.limits.depth} elements"
        self.fail("too-deep", f"{what}, as no workbook does. {_RESAVE}")

    def too_many(self, number: int, what: str) -> NoReturn:
        self.fail("too-large", f"{self.part} holds more than {number:,} {what}. {_HUGE}")

    def step(self) -> bool:
        """Parse one more piece; False at the end, or once a handler raises StopIteration."""
        if self._finished:
            return False
        piece = next(self._pieces, b"")
        self._fed += len(piece)
        try:
            self.parser.Parse(piece, not piece)
        except StopIteration:
            self.ended_early = True
            return self._finish()
        except expat.ExpatError as error:
            what = f"{expat.ErrorString(error.code)} in line {error.lineno}"
            self.fail("malformed-xml", f"{self.part} is damaged: {what}. {_RESAVE}")
        except (ValueError, LookupError) as error:  # an encoding that is unknown or multi-byte
            self.fail("malformed-xml", f"{self.part} cannot be decoded: {error}. {_RESAVE}")
        # Expat holds an unfinished tag in memory and scans it anew with every piece.
        if self._fed - self.parser.CurrentByteIndex > self.limits.tag:
            self.too_many(self.limits.tag, "bytes in one tag")
        return bool(piece) or self._finish()

    def _finish(self) -> bool:
        # Handlers and parser refer to each other: cut, lest cells wait for the garbage collector.
        self._finished = True
        self.parser.StartElementHandler = self.parser.EndElementHandler = None
        self.parser.CharacterDataHandler = self.parser.StartDoctypeDeclHandler = None
        return False

    def check_rest(self) -> None:
        """Unpack what is left without parsing it: only then is the checksum compared."""
        for _ in self._pieces:
            pass

    def elements(self, *names: str) -> list[_Element]:
        """The root, and after it all elements of these names."""
        found: list[_Element] = []
        text: list[str] = []
        tags: tuple[str, ...] = ()
        depth = 0

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth, tags
            depth += 1
            if depth > self.limits.depth:
                self.too_deep()
            if not found:
                tags = _tags(name, names)
            elif name not in tags:
                return
            text.clear()
            plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            found.append(_Element(name.rpartition(":")[2], plain, ""))
            if len(found) > self.limits.elements:
                self.too_many(self.limits.elements, "entries")

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            if text and name in tags:
                found[-1] = found[-1]._replace(text="".join(text).strip())

        self.parser.StartElementHandler, self.parser.EndElementHandler = start, end
        self.parser.CharacterDataHandler = text.append
        while self.step():
            pass
        return found


class _Strings:
    """The shared strings, parsed only as far as the highest index that was asked for."""

    def __init__(self, source: _Source | None) -> None:
        self._source = source
        self._strings: list[str] = []
        self.by_index = _Memo(self._find)
        if source:
            self._prepare(source)

    def _find(self, text: str) -> str:
        index, strings = _whole(text), self._strings
        while len(strings) <= index and self._source and self._source.step():
            pass
        if not 0 <= index < len(strings):
            what = f"it points to text number {text[:20]!r}, but the file does not hold it"
            raise _BadValueError("bad-string-index", what)
        return strings[index]

    def _prepare(self, source: _Source) -> None:
        strings, buffer, runs = self._strings, list[str](), list[str]()
        max_depth, max_strings = source.limits.depth, source.limits.strings
        depth = phonetic = 0
        item = run = sound = ""

        def root(name: str, _: object) -> None:
            nonlocal item, run, sound
            item, run, sound = _tags(name, ("si", "t", "rPh"))
            source.parser.StartElementHandler = start

        def start(name: str, _: object) -> None:
            nonlocal depth, phonetic
            depth += 1
            if depth > max_depth:
                source.too_deep()
            if name == run:
                buffer.clear()
            elif name == item:
                runs.clear()
            elif name == sound:
                phonetic = len(runs)

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            if name == run:
                runs.append("".join(buffer))
            elif name == item:
                strings.append(_unescape("".join(runs)))
                if len(strings) > max_strings:
                    source.too_many(max_strings, "texts")
            elif name == sound:
                del runs[phonetic:]

        source.parser.StartElementHandler, source.parser.EndElementHandler = root, end
        source.parser.CharacterDataHandler = buffer.append


class _Formulas:
    """Checks the formulas of one sheet and writes out those that are shared."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._shared: dict[str, tuple[str, str]] = {}
        self._translators: dict[str, Translator] = {}
        self._spent = 0

    def check(self, text: str) -> None:
        """Refuse what could exhaust those who parse formulas by recursion."""
        if len(text) > self._limits.formula:
            what = f"the formula has {len(text):,} characters, more than {self._limits.formula:,}"
            raise _BadValueError("bad-formula", what)
        depth = deepest = 0
        for lexeme in _BRACKETS.findall(text):
            depth += (lexeme == "(") - (lexeme == ")")
            deepest = max(deepest, depth)
        if deepest > self._limits.nesting:
            what = f"the formula nests {deepest:,} parentheses, more than {self._limits.nesting}"
            raise _BadValueError("bad-formula", what)

    def special(self, text: str, attributes: dict[str, str], position: tuple[int, int]) -> str:
        """The formula of an ``<f>`` that has a type: shared, array or dataTable."""
        kind, key = attributes["t"], attributes.get("si", "")
        if kind == "dataTable":
            return f"TABLE({attributes.get('r1', '')},{attributes.get('r2', '')})"
        if kind != "shared":
            return text
        place = _reference(*position)
        if text:
            self._shared[key] = (text, place)
            self._translators.pop(key, None)
            return text
        if key not in self._shared:
            what = f"it shares the formula {key[:20]!r}, which no cell before it holds"
            raise _BadValueError("bad-formula", what)
        written = self._translate(key, place)
        self.check(written)
        return written

    def _translate(self, key: str, place: str) -> str:
        """A shared formula as it reads in another cell."""
        from openpyxl.formula.translate import Translator

        text, origin = self._shared[key]
        # To take a formula apart costs about as much as to write it out ten times.
        self._spent += len(text) if key in self._translators else 10 * len(text)
        if self._spent > self._limits.expansion:
            what = f"the shared formulas come to more than {self._limits.expansion:,} characters"
            raise _BadValueError("too-large", what)
        try:
            if key not in self._translators:
                self._translators[key] = Translator(f"={text}", origin)
            return str(self._translators[key].translate_formula(place))[1:]
        except Exception as error:  # openpyxl was not made for hostile formulas
            what = f"its shared formula cannot be understood ({error})"
            raise _BadValueError("bad-formula", what) from None


def _read_cells(source: _Source, sheet: str, strings: _Strings, last_row: int) -> Cells:
    """The cells of one worksheet part, down to last_row."""
    # The handlers run some ten thousand times a file: locals only, the likely case first.
    cells: Cells = {}
    buffer, runs = list[str](), list[str]()
    limits, formulas = source.limits, _Formulas(source.limits)
    max_depth, max_cells = limits.depth, limits.cells
    max_formula, max_nesting = limits.formula, limits.nesting
    shared, numbers, positions = strings.by_index, _NUMBERS, _POSITIONS
    join, make = "".join, tuple.__new__
    c = v = f = row_tag = data = inline = run = sound = ""
    depth = seen = row = phonetic = 0
    position = (0, 0)
    kind: str | None = None
    value: float | str | bool | CellError | None = None
    formula: str | None = None
    attributes_of_f: dict[str, str] = {}

    def fail(reason: str, what: str, place: str = "") -> NoReturn:
        place = place or f"cell {_reference(*position)}"
        source.fail(reason, f"Sheet {sheet!r}, {place}: {what}. {_RESAVE}")

    def root(name: str, attributes: dict[str, str]) -> None:
        nonlocal c, v, f, row_tag, data, inline, run, sound
        names = ("c", "v", "f", "row", "sheetData", "is", "t", "rPh")
        c, v, f, row_tag, data, inline, run, sound = _tags(name, names)
        source.parser.StartElementHandler = start
        start(name, attributes)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, seen, row, phonetic, position, kind, value, formula, attributes_of_f
        depth += 1
        if depth > max_depth:
            source.too_deep()
        if name == v:
            buffer.clear()
        elif name == f:
            buffer.clear()
            attributes_of_f = attributes
        else:
            seen += 1
            if seen > max_cells:
                source.too_many(max_cells, "cells")
            if name == c:
                value = formula = None
                kind = attributes.get("t")
                try:
                    position = positions[attributes["r"]]
                except KeyError:
                    position = (row, position[1] + 1)
                    if position[1] > MAX_COLUMN:
                        fail("bad-reference", f"more than {MAX_COLUMN:,} cells", f"row {row}")
                except _BadValueError as error:
                    reason, what = error.args
                    fail(reason, what, f"row {row}")
                if position[0] != row:
                    fail("bad-reference", f"the cell stands in row {row}")
            elif name == row_tag:
                before, row = row, _whole(attributes["r"]) if "r" in attributes else row + 1
                if not before < row <= MAX_ROW:
                    what = f"row number {attributes.get('r', str(row))[:20]!r} follows {before}"
                    fail("bad-reference", what, "list of rows")
                if row > last_row:
                    raise StopIteration
                position = (row, 0)
            elif name == run:
                buffer.clear()
            elif name == inline:
                runs.clear()
            elif name == sound:
                phonetic = len(runs)

    def end(name: str) -> None:
        nonlocal depth, value, formula
        depth -= 1
        try:
            if name == c:
                if value is not None or formula is not None:
                    if position in cells:
                        raise _BadValueError("bad-reference", "the cell is there twice")
                    # What Cell(value, formula) does, at half the price.
                    cells[position] = make(Cell, (value, formula))
            elif name == v:
                text = join(buffer)
                if kind is None or kind == "n":
                    value = numbers[text] if text else None
                elif kind == "s":
                    value = shared[text]
                else:
                    value = _value(kind, text)
            elif name == f:
                text = join(buffer)
                if len(text) > max_formula or text.count("(") > max_nesting:
                    formulas.check(text)
                if "t" in attributes_of_f:
                    text = formulas.special(text, attributes_of_f, position)
                formula = text.removeprefix("=") or None
            elif name == run:
                runs.append(join(buffer))
            elif name == sound:
                del runs[phonetic:]
            elif name == inline:
                value = _unescape(join(runs))
            elif name == data:
                raise StopIteration
        except _BadValueError as error:
            fail(*error.args)

    source.parser.StartElementHandler, source.parser.EndElementHandler = root, end
    source.parser.CharacterDataHandler = buffer.append
    while source.step():
        pass
    if not source.ended_early:
        what = f"{source.part} is no worksheet, it holds no rows"
        source.fail("malformed-xml", f"Sheet {sheet!r} is damaged: {what}. {_RESAVE}")
    if row <= last_row:
        source.check_rest()
    return cells


class Package:
    """One workbook file, open for reading; a context manager, for one thread at a time.

    All its methods raise :class:`~calculator.errors.WorkbookError` for what is wrong with the file.
    Its ``reason`` is one of

    - no such file: ``not-found``, ``not-a-file``, ``no-permission``, ``not-readable``, ``empty``
    - another kind of file: ``encrypted``, ``old-format``, ``html``, ``xml``, ``text``,
      ``opendocument``, ``binary-workbook``, ``other-office-file``, ``not-a-workbook``
    - a broken file: ``truncated``, ``damaged``, ``unsupported-compression``, ``duplicate-part``,
      ``missing-part``, ``malformed-xml``, ``doctype``
    - more than :class:`Limits` allow: ``too-large``, ``too-deep``
    - contents that contradict themselves: ``duplicate-sheet``, ``duplicate-table``, ``bad-table``,
      ``bad-reference``, ``bad-number``, ``bad-value``, ``bad-string-index``, ``bad-formula``
    - a question about a worksheet that is not there: ``missing-sheet``

    Attributes
    ----------
    file: the path, as it was given.
    sheets: names of the worksheets in workbook order; chart and dialog sheets are left out.
    names: the defined names.

    """

    def __init__(self, file: str, content: bytes, limits: Limits) -> None:
        self.file = file
        self._limits, self._fail = limits, _Fail(file)
        self._archive = self._unzip(content)
        self._members = self._list_members()
        self._tables: dict[str, tuple[Table, ...]] = {}
        self._table_names: set[str] = set()
        self._read_workbook()

    @classmethod
    def open(cls, path: str | os.PathLike[str], *, limits: Limits = _DEFAULT_LIMITS) -> Package:
        """Open a workbook file and read its lists of sheets and names."""
        file = os.fspath(path)
        return cls(file, _content(file, limits, _Fail(file)), limits)

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the content; the file itself is not held open."""
        self._archive.close()

    def cells(self, sheet: str, *, until_row: int | None = None) -> Cells:
        """The cells of one sheet, read anew with every call; rows after until_row are left out."""
        last_row = MAX_ROW if until_row is None else until_row
        source = self._source(self._part_of(sheet))
        return _read_cells(source, sheet, self._strings, last_row)

    def tables_of(self, sheet: str) -> tuple[Table, ...]:
        """The tables of one sheet, in the order of its relationships."""
        if sheet not in self._tables:
            related = self._related(self._part_of(sheet), "table")
            self._tables[sheet] = tuple(self._table(sheet, part) for part in related)
        return self._tables[sheet]

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of all worksheets, in workbook order."""
        return tuple(table for sheet in self.sheets for table in self.tables_of(sheet))

    @cached_property
    def properties(self) -> dict[str, str]:
        """The custom document properties, every value as text."""
        return {
            _unescape(element.attributes.get("name", "")): _unescape(element.text)
            for part in self._related("", "custom-properties", "customProperties")
            for element in self._source(part).elements("property")[1:]
        }

    def _unzip(self, content: bytes) -> zipfile.ZipFile:
        # There are at most as many members as signatures: counted before zipfile makes objects.
        if content.count(b"PK\1\2") > self._limits.members:
            what = f"It is a zip of more than {self._limits.members:,} parts"
            self._fail("too-large", f"{what}. {_HUGE}")
        try:
            return zipfile.ZipFile(io.BytesIO(content))
        except _BROKEN_ZIP as error:
            if b"PK\5\6" in content:
                self._fail("damaged", f"It is a damaged zip file ({error}). {_RECOPY}")
            what = "It breaks off in the middle, as after an incomplete download"
            self._fail("truncated", f"{what}. {_RECOPY}")

    def _list_members(self) -> dict[str, zipfile.ZipInfo]:
        """The members by name; case makes no difference to the names of parts."""
        found: dict[str, zipfile.ZipInfo] = {}
        for member in self._archive.infolist():
            name = member.filename.replace("\\", "/").lstrip("/").casefold()
            if name in found:
                self._fail("duplicate-part", f"It holds the part {name!r} twice. {_RESAVE}")
            if member.flag_bits & 1:
                self._fail("encrypted", f"Its parts are encrypted with a password. {_UNLOCK}")
            found[name] = member
        sizes = [member.file_size for member in found.values()]
        if max(sizes, default=0) > self._limits.part or sum(sizes) > self._limits.total:
            total, part = self._limits.total >> 20, self._limits.part >> 20
            what = f"Unpacked, it has {sum(sizes) >> 20:,} MiB, {max(sizes) >> 20:,} in one part"
            self._fail("too-large", f"{what}; at most {total:,} and {part:,} are read. {_HUGE}")
        return found

    def _read_workbook(self) -> None:
        main = self._related("", "officeDocument")
        if not main or main[0].endswith(".bin"):
            self._fail(*self._kind_of_zip())
        root, *elements = self._source(main[0]).elements("sheet", "definedName")
        if root.name != "workbook":
            what = f"It is an Office file with a {root.name[:40]!r} in it, not a workbook"
            self._fail("other-office-file", f"{what}. {_PLAIN}")
        relations = self._relationships(main[0])
        sheets: dict[str, str] = {}  # of all kinds: scopes count them all
        self._parts: dict[str, str] = {}
        for element in elements:
            if element.name == "sheet":
                name = element.attributes.get("name", "")
                if name.casefold() in sheets:
                    what = f"Two of its sheets are named {name!r}"
                    self._fail("duplicate-sheet", f"{what}. {_RESAVE}")
                if element.attributes.get("id") not in relations:
                    self._fail("missing-part", f"Its sheet {name!r} has no part. {_RESAVE}")
                sheets[name.casefold()] = name
                kind, part = relations[element.attributes["id"]]
                if kind == "worksheet":
                    self._parts[name] = part
        self.sheets = tuple(self._parts)
        every = list(sheets.values())
        names = [element for element in elements if element.name == "definedName"]
        self.names = tuple(self._name(element, every) for element in names)
        strings = [part for kind, part in relations.values() if kind == "sharedStrings"]
        self._strings = _Strings(self._source(strings[0], first=2 << 10) if strings else None)

    def _name(self, element: _Element, sheets: list[str]) -> DefinedName:
        name, scope = element.attributes.get("name", ""), element.attributes.get("localSheetId")
        if scope is not None and not 0 <= _whole(scope) < len(sheets):
            what = f"The name {name!r} belongs to sheet number {scope!r}, which does not exist"
            self._fail("bad-reference", f"{what}. {_RESAVE}")
        return DefinedName(name, None if scope is None else sheets[_whole(scope)], element.text)

    def _part_of(self, sheet: str) -> str:
        if sheet not in self._parts:
            there = ", ".join(map(repr, self.sheets)) or "none"
            self._fail("missing-sheet", f"It has no worksheet {sheet!r}; there are: {there}.")
        return self._parts[sheet]

    def _source(self, part: str, first: int = 64 << 10) -> _Source:
        if part.casefold() not in self._members:
            self._fail("missing-part", f"It is incomplete: the part {part} is missing. {_RESAVE}")
        return _Source(part, self._pieces(part, first), self._limits, self._fail)

    def _pieces(self, part: str, size: int) -> Iterator[bytes]:
        """The unpacked part, in small pieces at first, for those who need no more."""
        member = self._members[part.casefold()]
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            what = f"Its part {part} is compressed by an unusual method ({member.compress_type})"
            self._fail("unsupported-compression", f"{what}. {_RESAVE}")
        try:
            # A declared size that lies does no harm: zipfile never hands out more than that.
            with self._archive.open(member) as stream:
                while piece := stream.read(size):
                    yield piece
                    size = min(2 * size, 64 << 10)
        except _BROKEN_ZIP as error:
            self._fail("damaged", f"Its part {part} is damaged ({error}). {_RECOPY}")

    def _relationships(self, part: str) -> dict[str, tuple[str, str]]:
        """The relationships of a part, "" for the whole file: id -> (kind, target part)."""
        folder, _, base = part.rpartition("/")
        path = posixpath.join(folder, "_rels", f"{base}.rels")
        if path.casefold() not in self._members:
            return {}
        found = {}
        for element in self._source(path).elements("Relationship")[1:]:
            at = element.attributes.get
            if at("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, at("Target", "")))
                found[at("Id", "")] = (at("Type", "").rpartition("/")[2], target.lstrip("/"))
        return found

    def _related(self, part: str, *kinds: str) -> list[str]:
        relations = self._relationships(part).values()
        return [target for kind, target in relations if kind in kinds]

    def _table(self, sheet: str, part: str) -> Table:
        root, *columns = self._source(part).elements("tableColumn")
        at = root.attributes.get
        name, area = at("displayName") or at("name", ""), at("ref", "")
        if name.casefold() in self._table_names:
            self._fail("duplicate-table", f"Two of its tables are named {name!r}. {_RESAVE}")
        header, totals = _whole(at("headerRowCount", "1")), _whole(at("totalsRowCount", "0"))
        first, _, last = area.partition(":")
        if first.isalpha():  # whole columns, as LibreOffice writes a table that fills the sheet
            first, last = f"{first}1", f"{last or first}{MAX_ROW}"
        try:
            (top, left), (bottom, right) = _position(first), _position(last or first)
        except _BadValueError as error:
            what = f"Table {name!r} on sheet {sheet!r} has the range {area[:40]!r}: {error.args[1]}"
            self._fail("bad-table", f"{what}. {_RESAVE}")
        if header not in (0, 1) or totals not in (0, 1) or right - left + 1 != len(columns):
            what = f"Table {name!r} on sheet {sheet!r} has {len(columns)} columns in range {area}"
            self._fail("bad-table", f"{what}, {header} header and {totals} totals rows. {_RESAVE}")
        self._table_names.add(name.casefold())
        return Table(
            name=name,
            sheet=sheet,
            header_row=top if header else 0,
            first_row=top + header,
            last_row=bottom - totals,
            first_column=left,
            columns=tuple(_unescape(column.attributes.get("name", "")) for column in columns),
        )

    def _kind_of_zip(self) -> tuple[str, str]:
        """Reason and message for a zip without a workbook in XML."""
        mimetype = b""
        if "mimetype" in self._members:
            mimetype = next(self._pieces("mimetype", 100), b"")
        if b"opendocument" in mimetype:
            return "opendocument", f"It is an OpenDocument file (such as .ods). {_RESAVE}"
        if any(name.endswith("workbook.bin") for name in self._members):
            return "binary-workbook", f"It is a binary workbook (.xlsb). {_RESAVE}"
        return "not-a-workbook", f"It is a zip file without a workbook in it. {_PLAIN}"


def _content(file: str, limits: Limits, fail: _Fail) -> bytes:
    """The bytes of a file that begins as a zip does."""
    try:
        mode = os.stat(file).st_mode
        if not stat.S_ISREG(mode):  # a pipe would keep us waiting
            what = "a folder" if stat.S_ISDIR(mode) else "no regular file"
            fail("not-a-file", f"It is {what}. {_PLAIN}")
        with open(file, "rb") as stream:
            content = stream.read(limits.file + 1)
    except FileNotFoundError:
        fail("not-found", "There is no such file. Check the path.")
    except PermissionError:
        fail("no-permission", "It may not be read. Check its permissions.")
    except (OSError, ValueError) as error:
        fail("not-readable", f"It cannot be read: {error}.")
    if len(content) > limits.file:
        fail("too-large", f"It has more than {limits.file >> 20:,} MiB. {_HUGE}")
    if not content.startswith(b"PK\3\4"):
        fail(*_kind_of_file(content))
    return content


def _kind_of_file(content: bytes) -> tuple[str, str]:
    """Reason and message for a file that is no zip."""
    start = content[:4096]
    if not content:
        return "empty", f"The file is empty. {_RECOPY}"
    if start.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            return "encrypted", f"It is encrypted with a password. {_UNLOCK}"
        if any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
            return "old-format", f"It is a workbook of Excel 97-2003 (.xls). {_RESAVE}"
        return "old-format", f"It is a file of an old Office program, not .xlsx. {_RESAVE}"
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        what = "It is a web page, perhaps a login page that was saved in place of the download"
        return "html", f"{what}. {_RECOPY}"
    if head.startswith(b"<"):
        return "xml", f"It is a plain XML file, not an .xlsx workbook. {_RESAVE}"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or not (
        start.startswith(b"%PDF") or re.search(rb"[\0-\x08\x0e-\x1a]", start)
    ):
        return "text", f"It is a text file (such as CSV), not an .xlsx workbook. {_RESAVE}"
    return "not-a-workbook", f"It is not an .xlsx workbook, whatever its name. {_PLAIN}"
