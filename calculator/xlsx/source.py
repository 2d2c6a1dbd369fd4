"""One XML part of a stranger's file on its way through a parser, with every count held to a limit.

It is read with the standard library's expat, a piece at a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from calculator.errors import WorkbookError

__all__ = [
    "Element",
    "Fail",
    "Limits",
    "Source",
    "is_bare",
    "tags_under",
    "unescape",
    "whole",
]

# What to do about a file that cannot be read.
RESAVE = "Open it in Excel or LibreOffice and save it again as .xlsx."
RECOPY = "Get a new copy of the file."
UNLOCK = "Open it in Excel, remove the password and save it again as .xlsx."
PLAIN = "Give an .xlsx workbook."
HUGE = "That is more than a planning workbook needs; is it the right file?"


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


def whole(text: str) -> int:
    """A whole number of at most nine plain digits, -1 for anything else."""
    return int(text) if len(text) < 10 and text.isascii() and text.isdigit() else -1


def is_bare(part: bytes, begin: int, end: int) -> bool:
    """Whether there is nothing but elements and text from one byte of a part to another."""
    return part.find(b"<!", begin, end) < 0 and part.find(b"<?", begin, end) < 0


def unescape(text: str) -> str:
    """Excel writes what XML cannot hold as UTF-16 units: ``_x000D_`` for a carriage return."""
    if "_x" not in text:
        return text
    decoded = re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
    return decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def tags_under(root: str, names: Iterable[str]) -> tuple[str, ...]:
    """Element names as they appear under this root.

    What shares the root's prefix counts: that serves prefixed and strict documents alike, and
    leaves out the extensions, whose elements have the same local names in other namespaces.
    """
    prefix = root[: root.rfind(":") + 1]
    return tuple(prefix + name for name in names)


class Fail:
    """Raises the error of one file."""

    def __init__(self, file: str) -> None:
        self.file = file

    def __call__(self, reason: str, message: str) -> NoReturn:
        """Raise it."""
        raise WorkbookError(self.file, reason, message) from None


class Element(NamedTuple):
    """An element of a small part: names without prefixes, all text inside."""

    name: str
    attributes: dict[str, str]
    text: str


class Source:
    """One XML part on its way through a parser, a piece at a time; its user sets the handlers."""

    def __init__(self, part: str, pieces: Iterator[bytes], limits: Limits, fail: Fail) -> None:
        self.part, self.limits, self.fail = part, limits, fail
        self.pieces = pieces
        self._fed = 0
        self._finished = self.ended_early = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        self.fail("doctype", f"{self.part} declares a document type, as no workbook does.")

    def too_deep(self) -> NoReturn:
        """Refuse a part for its nesting."""
        what = f"{self.part} nests more than {self.limits.depth} elements"
        self.fail("too-deep", f"{what}, as no workbook does. {RESAVE}")

    def too_many(self, number: int, what: str) -> NoReturn:
        """Refuse a part for its size."""
        self.fail("too-large", f"{self.part} holds more than {number:,} {what}. {HUGE}")

    def step(self) -> bool:
        """Parse one more piece; False at the end, or once a handler raises StopIteration."""
        if self._finished:
            return False
        piece = next(self.pieces, b"")
        self._fed += len(piece)
        try:
            self.parser.Parse(piece, not piece)
        except StopIteration:
            self.ended_early = True
            return self._finish()
        except expat.ExpatError as error:
            what = f"{expat.ErrorString(error.code)} in line {error.lineno}"
            self.fail("malformed-xml", f"{self.part} is damaged: {what}. {RESAVE}")
        except (ValueError, LookupError) as error:  # an encoding that is unknown or multi-byte
            self.fail("malformed-xml", f"{self.part} cannot be decoded: {error}. {RESAVE}")
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
        for _ in self.pieces:
            pass

    def elements(self, *names: str, with_text: bool = False) -> list[Element]:
        """The root, and after it all elements of these names, with their text if it is wanted."""
        found: list[Element] = []
        text: list[str] = []
        tags: tuple[str, ...] = ()
        depth = 0

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal depth, tags
            depth += 1
            if depth > self.limits.depth:
                self.too_deep()
            if not found:
                tags = tags_under(name, names)
            elif name not in tags:
                return
            text.clear()
            if ":" in "".join(attributes):
                attributes = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            found.append(Element(name.rpartition(":")[2], attributes, ""))
            if len(found) > self.limits.elements:
                self.too_many(self.limits.elements, "entries")

        def end(name: str) -> None:
            nonlocal depth
            depth -= 1
            if text and name in tags:
                found[-1] = found[-1]._replace(text="".join(text).strip())

        self.parser.StartElementHandler, self.parser.EndElementHandler = start, end
        if with_text:
            self.parser.CharacterDataHandler = text.append
        while self.step():
            pass
        return found
