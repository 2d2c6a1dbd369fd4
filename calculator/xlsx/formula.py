"""Tells whether two formulas are the same.

Programs that save a workbook rewrite its formulas: they add or drop ``$``, ``@``, ``_xlfn.`` and
parentheses, change the case of names, and turn ``Table3[[#This Row],[IPs Total]]`` into ``N23``.
None of this changes what is computed. So every formula is brought into one form, in which names
and structured references are areas of cells and parentheses have gone into the order of operands;
two formulas are the same if these forms are.

No algebra is done: ``A1*B1`` and ``B1*A1`` are different, and so are ``A1+(B1+C1)`` and
``A1+B1+C1``, which may differ in the last digit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from calculator.xlsx.geometry import Area, FormulaError, Geometry, OfCellError, Table

__all__ = [
    "Canonical",
    "FormulaError",
    "Geometry",
    "are_same",
    "canonical",
    "lost_references",
    "same_formula",
    "skeleton",
]

MAX_LENGTH = 8_192
"""Longest formula that is looked at [characters], Excel's own limit."""
MAX_NESTING = 64
"""Deepest nesting of parentheses and calls that is looked at, Excel's own limit."""
TOLERANCE = 1e-12
"""Relative tolerance between numbers: programs write 15 to 17 digits."""

# One atom is an area or a tag with its values, such as ("number", 1.0) or ("call", "sum", 1).
Atom = Area | tuple[object, ...]
Canonical = tuple[Atom, ...]
"""A formula as a flat sequence of atoms, each operator and call before its operands."""

_TOKEN = re.compile(
    r"""
    (?P<space>    [ \t\r\n]++ )
  | (?P<text>     "(?:[^"]|"")*+" )
  | (?P<error>    \#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!) )
  | (?P<brackets> \[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*+\])*+\] )
  | (?P<sheet>    (?:'(?:[^']|'')++'|[\w.]{1,80}+)! )
  | (?P<lines>    \$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?![\w.(!\[]) | \$?[0-9]{1,7}:\$?[0-9]{1,7} )
  | (?P<call>     [^\W\d][\w.]*+\( )
  | (?P<cell>     \$?[A-Za-z]{1,3}\$?[0-9]{1,7}(?![\w.\[]) )
  | (?P<number>   (?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[Ee][+-]?[0-9]++)? )
  | (?P<name>     [^\W\d][\w.?\\]*+ )
  | (?P<operator> <=|>=|<>|[-+*/^&=<>%(),;:{}@] )
    """,
    re.VERBOSE | re.DOTALL,
)
_REFERS = ("cell", "lines", "sheet", "name", "call", "brackets")
#: What is left of a formula without what it refers to.
_DOES = ("text", "call", "number", "operator")
_FUTURE_PREFIX = re.compile(r"(?:_xlfn\.|_xlws\.)+")

# Operators with two operands, tightest first; Excel takes those of one level from left to right.
_LEVELS = (("^",), ("*", "/"), ("+", "-"), ("&",), ("=", "<>", "<", ">", "<=", ">="))
_INFIX = tuple(chain.from_iterable(_LEVELS))
_THIS_ROW = 0


def same_formula(
    found: str, expected: str, *, sheet: str, row: int, column: int, geometry: Geometry
) -> bool:
    """Whether two formulas for one cell compute the same in the same way.

    Equal texts are the same without a further look, so ``expected`` has to fit the file at hand.
    Numbers are equal within TOLERANCE. A formula that cannot be understood is the same as no
    other. The parameters are those of :func:`canonical`.
    """
    if found == expected:
        return True
    try:
        left = canonical(found, sheet=sheet, row=row, column=column, geometry=geometry)
        right = canonical(expected, sheet=sheet, row=row, column=column, geometry=geometry)
    except FormulaError:
        return False
    return are_same(left, right)


def are_same(left: Canonical, right: Canonical) -> bool:
    """Whether two forms are those of one formula."""
    return left == right or (len(left) == len(right) and all(map(_same_atom, left, right)))


def _same_atom(left: Atom, right: Atom) -> bool:
    match left, right:
        case ("number", float(one)), ("number", float(other)):
            return math.isclose(one, other, rel_tol=TOLERANCE)
    return left == right


def canonical(formula: str, *, sheet: str, row: int, column: int, geometry: Geometry) -> Canonical:
    """Bring a formula into the form in which equal formulas are equal.

    Parameters
    ----------
    formula: the text as a file has it, with or without ``=``.
    sheet, row, column: the cell that holds it, counted from 1.
    geometry: the tables and names of its file.

    Returns
    -------
    A flat tuple that can be hashed. An area of one row that is the formula's own row has 0 for its
    row: a formula that is filled down a table has one form in all rows.

    Raises
    ------
    FormulaError: the text is too long or too deeply nested, is no formula, names a table, column
        or name that the file lacks, or means "this row" outside of the table's rows.
    """
    own = geometry.table_at(sheet, row, column)
    key = (formula, sheet, own and own.name)
    known = geometry.memory.get(key)
    if isinstance(known, _Known) and row in known.rows and row not in known.written_rows:
        return known.form
    if isinstance(known, str):
        raise FormulaError(known)
    try:
        parser = _Parser(formula, sheet, row, column, geometry)
        parsed = parser.parse()
    except OfCellError:
        raise
    except FormulaError as error:
        geometry.memory[key] = str(error)
        raise
    form = tuple(
        atom._replace(top=_THIS_ROW, bottom=_THIS_ROW)
        if isinstance(atom, Area) and atom.top == atom.bottom == row
        else atom
        for atom in parsed
    )
    if row not in parser.written_rows:
        geometry.memory[key] = _Known(form, parser.rows, frozenset(parser.written_rows))
    return form


def lost_references(formula: str) -> bool:
    """Whether a formula no longer refers to what it did, and says so.

    LibreOffice makes =NA() of one that refers to tables, in a file of the old format.
    """
    return "#REF!" in formula or formula.removeprefix("=") == "NA()"


@lru_cache(maxsize=1024)
def skeleton(formula: str) -> tuple[str, ...] | None:
    """What a formula does, whatever it refers to: its calls, signs, numbers and texts in order.

    None for a text that is no formula.
    """
    try:
        tokens = [*_tokens(formula)]
    except FormulaError:
        return None
    return tuple(
        _FUTURE_PREFIX.sub("", text.casefold()) if kind == "call" else text
        for kind, text in tokens
        if kind in _DOES and text not in (":", "@")
    )


class _Known(NamedTuple):
    """A canonical form, and the rows for which it is the right one: it must name none of them."""

    form: Canonical
    rows: range
    written_rows: frozenset[int]


class _Parser:
    """One pass over one formula; ``rows`` and ``written_rows`` say for which rows it holds."""

    def __init__(self, formula: str, sheet: str, row: int, column: int, geometry: Geometry) -> None:
        self.sheet, self.row, self.column, self.geometry = sheet, row, column, geometry
        self.rows, self.written_rows = range(1, 1_048_577), set[int]()
        self.nesting = self.position = 0
        self.tokens = list(_tokens(formula))

    def parse(self) -> Canonical:
        try:
            form = self.expression()
        except RecursionError:  # the caller may have used up most of the stack
            raise OfCellError("the formula is nested too deeply") from None
        if self.peek()[0] != "end":
            raise self.unexpected("an operator")
        return form

    def peek(self) -> tuple[str, str]:
        """The next token that is not white space; it becomes the current one."""
        if self.tokens[self.position][0] == "space":
            self.position += 1
        return self.tokens[self.position]

    def accept(self, *operators: str) -> str:
        kind, text = self.peek()
        if kind != "operator" or text not in operators:
            return ""
        self.position += 1
        return text

    def expect(self, operator: str) -> None:
        if not self.accept(operator):
            raise self.unexpected(operator)

    def unexpected(self, wanted: str) -> FormulaError:
        return FormulaError(f"found '{self.peek()[1][:40]}' where {wanted} is expected")

    def expression(self) -> Canonical:
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise FormulaError(f"the formula is nested more than {MAX_NESTING} deep")
        operands, operators = [self.operand()], list[str]()
        while operator := self.accept(*_INFIX):
            operators.append(operator)
            operands.append(self.operand())
        for level in _LEVELS:
            if operators:
                operands, operators = _fold(operands, operators, level)
        self.nesting -= 1
        return operands[0]

    def operand(self) -> Canonical:
        minus = percent = 0
        single = False
        while sign := self.accept("+", "-", "@"):
            minus += sign == "-"
            single = single or sign == "@"
        spans = [self.span()]
        while self.is_intersection():
            spans.append(self.span())
        value = (("intersection", len(spans)), *chain(*spans)) if len(spans) > 1 else spans[0]
        if single:
            value = self.single(value)
        while self.accept("%"):
            percent += 1
        return (*[("-",)] * minus, *[("%",)] * percent, *value) if minus or percent else value

    def single(self, value: Canonical) -> Canonical:
        """One cell of an area, which ``@`` takes: the one in the formula's own row or column."""
        match value:
            case (Area() as area,) if area.top != area.bottom or area.left != area.right:
                if area.left == area.right and area.top <= self.row <= area.bottom:
                    self.rows = range(self.row, self.row + 1)
                    return (area._replace(top=self.row, bottom=self.row),)
                return (("single",), area)
        return value

    def is_intersection(self) -> bool:
        """White space is an operator where a second reference follows it."""
        kind, text = self.peek()
        return self.tokens[self.position - 1][0] == "space" and (kind in _REFERS or text == "(")

    def span(self) -> Canonical:
        """Operands of the operator ``:``, which is not part of a plain ``A1:B2`` only."""
        value = self.primary(self.sheet)
        while self.accept(":"):
            match value:
                case (Area() as one,):
                    end = self.primary(one.sheet)  # Data!A1:B2 is all on Data
                case _:
                    end = self.primary(self.sheet)
            match value + end:
                case (Area() as one, Area() as other) if one.sheet == other.sheet:
                    area = one.to(other)
                    if area.top != area.bottom and self.row in (one.top, other.top):
                        self.written_rows.add(self.row)  # may reach from this row to another
                    value = (area,)
                case _:
                    value = (("range",), *value, *end)
        return value

    def primary(self, sheet: str) -> Canonical:
        kind, text = self.peek()
        self.position += 1
        match kind:
            case "number" if math.isfinite(number := float(text)):
                return (("number", number),)
            case "text":
                return (("text", text[1:-1].replace('""', '"')),)
            case "error":
                return (("error", text),)
            case "cell" | "lines":
                return self.cells(sheet, text) or self.name(text)
            case "sheet":
                return self.elsewhere(text[:-1])
            case "call":
                return self.call(text[:-1].casefold())
            case "name":
                return self.name(text)
            case "brackets":
                return self.structured(self.table_here(), text)
        if text == "(":
            return self.parenthesis()
        if text == "{":
            return self.array()
        self.position -= 1
        raise self.unexpected("a value")

    def parenthesis(self) -> Canonical:
        areas = [self.expression()]
        while self.accept(","):
            areas.append(self.expression())
        self.expect(")")
        return areas[0] if len(areas) == 1 else (("union", len(areas)), *chain(*areas))

    def array(self) -> Canonical:
        values, widths = [self.expression()], [1]
        while separator := self.accept(",", ";"):
            values.append(self.expression())
            if separator == ";":
                widths.append(0)
            widths[-1] += 1
        self.expect("}")
        return (("array", *widths), *chain(*values))

    def call(self, name: str) -> Canonical:
        arguments: list[Canonical] = []
        if not self.accept(")"):
            while True:
                omitted = self.peek() in (("operator", ","), ("operator", ")"))
                arguments.append((("omitted",),) if omitted else self.expression())
                if self.accept(")"):
                    break
                self.expect(",")
        if name == "_xlfn.single" and len(arguments) == 1:  # what a file has for @
            return self.single(arguments[0])
        if name in ("true", "false") and not arguments:
            return (("logical", name),)
        name = _FUTURE_PREFIX.sub("", name, count=1)
        return (("call", name, len(arguments)), *chain(*arguments))

    def elsewhere(self, sheet: str) -> Canonical:
        if sheet.startswith("'"):
            sheet = sheet[1:-1].replace("''", "'")
        kind, text = self.tokens[self.position]
        self.position += 1
        if kind in ("cell", "lines") and (cells := self.cells(sheet, text)):
            return cells
        if kind in ("cell", "name"):
            return self.written(self.geometry.name(sheet, text))
        if kind == "error":
            return (("error", text),)
        self.position -= 1
        raise self.unexpected("a cell or a name")

    def cells(self, sheet: str, text: str) -> Canonical | None:
        """The cells of A1 or A:C; None for a name such as ABC9999999, beyond the last cell."""
        area = Area.of(sheet, text)
        return area and self.written(area)

    def name(self, text: str) -> Canonical:
        folded = text.casefold()
        table = self.geometry.table(folded)
        kind, brackets = self.tokens[self.position]
        if kind == "brackets":
            self.position += 1
            if table is None:
                raise FormulaError(f"there is no table {text[:80]}")
            return self.structured(table, brackets)
        if table is not None:
            return self.structured(table, "[]")
        if folded in ("true", "false"):
            return (("logical", folded),)
        if folded.startswith("_xlpm."):  # a variable of LET or LAMBDA
            return (("name", None, folded),)
        return self.written(self.geometry.name(self.sheet, text))

    def table_here(self) -> Table:
        table = self.geometry.table_at(self.sheet, self.row, self.column)
        if table is None:
            raise FormulaError("a reference to a table's column without its name is in no table")
        return table

    def structured(self, table: Table, brackets: str) -> Canonical:
        area, this_row = self.geometry.structured(table, brackets, self.sheet, self.row)
        if not this_row:
            return self.written(area)
        first, last = max(self.rows[0], table.first_row), min(self.rows[-1], table.last_row)
        self.rows = range(first, last + 1)
        return (area,)

    def written(self, atom: Atom) -> Canonical:
        """Take note of a row that the formula means wherever it stands."""
        if isinstance(atom, Area) and atom.top == atom.bottom:
            self.written_rows.add(atom.top)
        return (atom,)


def _tokens(formula: str) -> Iterator[tuple[str, str]]:
    if len(formula) > MAX_LENGTH:
        length = f"the formula has {len(formula):,} characters"
        raise FormulaError(f"{length}, more than the {MAX_LENGTH:,} that Excel allows")
    position = int(formula.startswith("="))
    while position < len(formula):
        match = _TOKEN.match(formula, position)
        if match is None:
            raise FormulaError(f"cannot read the formula from {formula[position:][:40]!r} on")
        yield str(match.lastgroup), match.group()
        position = match.end()
    yield "end", ""


def _fold(
    operands: list[Canonical], operators: list[str], level: tuple[str, ...]
) -> tuple[list[Canonical], list[str]]:
    """Join the operands of each run of operators of one level; give those that are left."""
    runs = [([operands[0]], list[str]())]
    left = []
    for operator, operand in zip(operators, operands[1:], strict=True):
        if operator in level:
            runs[-1][0].append(operand)
            runs[-1][1].append(operator)
        else:
            left.append(operator)
            runs.append(([operand], []))
    return [_join(values, signs, level) for values, signs in runs], left


def _join(values: list[Canonical], signs: list[str], level: tuple[str, ...]) -> Canonical:
    if not signs:
        return values[0]
    (tag, *before), *body = values[0]
    if tag == "chain" and before[0] in level:  # (a-b)-c is a-b-c, a-(b-c) is not
        return (("chain", *before, *signs), *body, *chain(*values[1:]))
    return (("chain", *signs), *chain(*values))
