"""The cells of one worksheet: its XML and the shared strings, as numbers, texts and formulas."""

from __future__ import annotations

import math
import re
from itertools import chain, count
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from calculator.memory import Memo
from calculator.xlsx.reference import MAX_COLUMN, MAX_ROW, a1, place
from calculator.xlsx.source import RESAVE, Limits, Source, tags_under, unescape, whole

if TYPE_CHECKING:
    from openpyxl.formula.translate import Translator

__all__ = [
    "NUMBERS",
    "POSITIONS",
    "BadValueError",
    "Cell",
    "CellError",
    "Cells",
    "Formulas",
    "Strings",
    "read_cells",
    "value_of",
]


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


class BadValueError(ValueError):
    """Something in a cell that cannot be; holds a reason and what was found."""


# Parentheses, and whole what may hide some: text, column names (' escapes), sheet names.
_BRACKETS = re.compile(r"""[()]|"[^"]*"|\[(?:'.|[^]['])*\]|'(?:[^']|'')*'""", re.DOTALL)
# A program writes the strings that it shares all alike, if none begins or ends with a space.
_PLAIN_STRINGS = re.compile(
    rb'<\?xml version="1.0" encoding="UTF-8" standalone="yes"\?>\s*'
    rb'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rb'(?: (?:count|uniqueCount)="[0-9]+")*><si>(<t(?: xml:space="preserve")?>)'
)
_LAST_STRING = b"</t></si></sst>"
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b-\x1f]|]]>")
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]{1,9})?\s*")


def _position(reference: str) -> tuple[int, int]:
    try:
        return place(reference)
    except ValueError as error:
        raise BadValueError("bad-reference", str(error)) from None


def _number(text: str) -> float:
    number = float(text) if len(text) < 400 and _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise BadValueError("bad-number", f"{text[:40]!r} is recorded where a number belongs")
    return number


# Both repeat from sheet to sheet and file to file: one lookup in place of taking them apart.
POSITIONS, NUMBERS = Memo(_position), Memo(_number)


def value_of(kind: str, text: str) -> str | bool | CellError | None:
    """What ``<v>`` holds in a cell of a type other than number and shared string."""
    if kind in ("str", "d", "inlineStr"):
        return unescape(text)
    if not text:
        return None
    if kind == "e":
        return CellError(text)
    if kind == "b" and text in ("0", "1", "false", "true"):
        return text in ("1", "true")
    raise BadValueError("bad-value", f"{text[:40]!r} cannot stand in a cell of type {kind[:20]!r}")


class _Plain(NamedTuple):
    """Plainly written strings by their number, what stands between two, and what is left over."""

    by_index: dict[str, str]
    between: bytes
    rest: bytes


def _plain(piece: tuple[int, bytes, bytes]) -> _Plain | None:
    """Strings of what was read, from a number on, and what parts them; None if it is unusual."""
    known, between, read = piece
    begin = 0
    if not between:
        match = _PLAIN_STRINGS.match(read)
        if match is None:
            return None
        between, begin = b"</t></si><si>" + match[1], match.end()
    end = read.rfind(between, begin)
    if end < 0:
        return None
    taken = read[begin:end]
    found = taken.split(between)
    # There is nothing but text in it: no other tag, no entity, no other encoding.
    if taken.count(b"<") != 4 * (len(found) - 1) or b"&" in taken or not taken.isascii():
        return None
    if _NO_TEXT.search(taken):
        return None
    texts = map(unescape, map(bytes.decode, found))
    by_index = dict(zip(map(str, count(known)), texts, strict=False))
    return _Plain(by_index, between, read[end + len(between) :])


#: Files made by one program begin with the same strings.
_PLAIN_PIECES: Memo[tuple[int, bytes, bytes], _Plain | None] = Memo(_plain, 512)


class Strings:
    """The shared strings, read only as far as the highest index that was asked for."""

    def __init__(self, source: Source | None) -> None:
        self._source = source
        self._strings: list[str] = []
        self.by_index: Memo[str, str | None] = Memo(self._find)
        # What was read so far, while all of it is plain, and the end of it that is not yet taken
        # apart: less than two pieces, or one with each new piece would cost more than the last.
        self._read: list[bytes] | None = []
        self._rest = self._between = b""

    def _find(self, text: str) -> str | None:
        if not text:  # a cell without a value, though it has a type
            return None
        index, strings = whole(text), self._strings
        while len(strings) <= index and self._source and self._step(self._source):
            pass
        if not 0 <= index < len(strings):
            what = f"it points to text number {text[:20]!r}, but the file does not hold it"
            raise BadValueError("bad-string-index", what)
        return strings[index]

    def _step(self, source: Source) -> bool:
        """Read one more piece; False at the end."""
        if self._read is not None:
            piece = next(source.pieces, b"")
            self._read.append(piece)
            read = self._rest + piece
            if not piece and read.endswith(_LAST_STRING):
                read = read.removesuffix(_LAST_STRING) + self._between
            if self._take_plain(read, source.limits.strings):
                self._source = source if piece else None
                return True
            # Anything out of the ordinary, the end among it, is for the parser, from the start.
            source.pieces = chain(self._read, source.pieces)
            self._read = None
            self._strings.clear()
            self._prepare(source)
        return source.step()

    def _take_plain(self, read: bytes, most: int) -> bool:
        """Take apart what was read and is not yet, where it is written as most programs do."""
        known = len(self._strings)
        taken = _PLAIN_PIECES[known, self._between, read]
        if taken is None or known + len(taken.by_index) > most:
            return False
        self._strings += taken.by_index.values()
        # Nearly all of them will be asked for.
        self.by_index.update(taken.by_index.items())
        self._between, self._rest = taken.between, taken.rest
        return True

    def _prepare(self, source: Source) -> None:
        strings, buffer, runs = self._strings, list[str](), list[str]()
        max_depth, max_strings = source.limits.depth, source.limits.strings
        depth = phonetic = 0
        item = run = sound = ""

        def root(name: str, _: object) -> None:
            nonlocal item, run, sound
            item, run, sound = tags_under(name, ("si", "t", "rPh"))
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
                strings.append(unescape("".join(runs)))
                if len(strings) > max_strings:
                    source.too_many(max_strings, "texts")
            elif name == sound:
                del runs[phonetic:]

        source.parser.StartElementHandler, source.parser.EndElementHandler = root, end
        source.parser.CharacterDataHandler = buffer.append


class Formulas:
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
            raise BadValueError("bad-formula", what)
        depth = deepest = 0
        for lexeme in _BRACKETS.findall(text):
            depth += (lexeme == "(") - (lexeme == ")")
            deepest = max(deepest, depth)
        if deepest > self._limits.nesting:
            what = f"the formula nests {deepest:,} parentheses, more than {self._limits.nesting}"
            raise BadValueError("bad-formula", what)

    def special(self, text: str, attributes: dict[str, str], position: tuple[int, int]) -> str:
        """The formula of an ``<f>`` that has a type: shared, array or dataTable."""
        kind, key = attributes["t"], attributes.get("si", "")
        if kind == "dataTable":
            return f"TABLE({attributes.get('r1', '')},{attributes.get('r2', '')})"
        place = a1(*position)
        if kind != "shared":
            # An array formula fills all cells of its area, and none beside.
            area = attributes.get("ref", place).replace("$", "")
            alone = (place, f"{place}:{place}", "")
            return text if area in alone else f"{{{text}}} in {area[:20]}"
        if text:
            self._shared[key] = (text, place)
            self._translators.pop(key, None)
            return text
        if key not in self._shared:
            what = f"it shares the formula {key[:20]!r}, which no cell before it holds"
            raise BadValueError("bad-formula", what)
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
            raise BadValueError("too-large", what)
        try:
            if key not in self._translators:
                self._translators[key] = Translator(f"={text}", origin)
            return str(self._translators[key].translate_formula(place))[1:]
        except Exception as error:  # openpyxl was not made for hostile formulas
            what = f"its shared formula cannot be understood ({error})"
            raise BadValueError("bad-formula", what) from None


def read_cells(source: Source, sheet: str, strings: Strings, last_row: int) -> Cells:
    """The cells of one worksheet part, down to last_row."""
    # The handlers run some ten thousand times a file: locals only, the likely case first.
    cells: Cells = {}
    buffer, runs = list[str](), list[str]()
    limits, formulas = source.limits, Formulas(source.limits)
    max_depth, max_cells = limits.depth, limits.cells
    max_formula, max_nesting = limits.formula, limits.nesting
    shared, numbers, positions = strings.by_index, NUMBERS, POSITIONS
    join, make = "".join, tuple.__new__
    c = v = f = row_tag = data = inline = run = sound = ""
    depth = seen = row = phonetic = 0
    leaf = False  # inside a formula or value, which hold text alone
    position = (0, 0)
    kind: str | None = None
    value: float | str | bool | CellError | None = None
    formula: str | None = None
    attributes_of_f: dict[str, str] = {}

    def fail(reason: str, what: str, place: str = "") -> NoReturn:
        place = place or f"cell {a1(*position)}"
        source.fail(reason, f"Sheet {sheet!r}, {place}: {what}. {RESAVE}")

    def root(name: str, attributes: dict[str, str]) -> None:
        nonlocal c, v, f, row_tag, data, inline, run, sound
        names = ("c", "v", "f", "row", "sheetData", "is", "t", "rPh")
        c, v, f, row_tag, data, inline, run, sound = tags_under(name, names)
        source.parser.StartElementHandler = start
        start(name, attributes)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, leaf, seen, row, phonetic, position, kind, value, formula, attributes_of_f
        if name == v:
            if leaf:
                source.too_deep()
            leaf = True
            buffer.clear()
        elif name == f:
            if leaf:
                source.too_deep()
            leaf = True
            buffer.clear()
            attributes_of_f = attributes
        elif name == c:
            seen += 1
            if seen > max_cells:
                source.too_many(max_cells, "cells")
            value = formula = None
            kind = attributes.get("t")
            try:
                position = positions[attributes["r"]]
            except KeyError:
                position = (row, position[1] + 1)
                if position[1] > MAX_COLUMN:
                    fail("bad-reference", f"more than {MAX_COLUMN:,} cells", f"row {row}")
            except BadValueError as error:
                reason, what = error.args
                fail(reason, what, f"row {row}")
            if position[0] != row:
                fail("bad-reference", f"the cell stands in row {row}")
        else:
            depth += 1
            if depth > max_depth:
                source.too_deep()
            seen += 1
            if seen > max_cells:
                source.too_many(max_cells, "cells")
            if name == row_tag:
                before, row = row, whole(attributes["r"]) if "r" in attributes else row + 1
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
        nonlocal depth, leaf, value, formula
        try:
            if name == v:
                leaf = False
                text = join(buffer)
                if kind is None or kind == "n":
                    value = numbers[text] if text else None
                elif kind == "s":
                    value = shared[text]
                else:
                    value = value_of(kind, text)
            elif name == c:
                if value is not None or formula is not None:
                    if position in cells:
                        raise BadValueError("bad-reference", "the cell is there twice")
                    # What Cell(value, formula) does, at half the price.
                    cells[position] = make(Cell, (value, formula))
            elif name == f:
                leaf = False
                text = join(buffer)
                if len(text) > max_formula or text.count("(") > max_nesting:
                    formulas.check(text)
                if attributes_of_f and "t" in attributes_of_f:
                    text = formulas.special(text, attributes_of_f, position)
                formula = text.removeprefix("=") or None
            else:
                depth -= 1
                if name == run:
                    runs.append(join(buffer))
                elif name == sound:
                    del runs[phonetic:]
                elif name == inline:
                    value = unescape(join(runs))
                elif name == data:
                    raise StopIteration
        except BadValueError as error:
            fail(*error.args)

    source.parser.StartElementHandler, source.parser.EndElementHandler = root, end
    source.parser.CharacterDataHandler = buffer.append
    while source.step():
        pass
    if not source.ended_early:
        what = f"{source.part} is no worksheet, it holds no rows"
        source.fail("malformed-xml", f"Sheet {sheet!r} is damaged: {what}. {RESAVE}")
    if row <= last_row:
        source.check_rest()
    return cells
