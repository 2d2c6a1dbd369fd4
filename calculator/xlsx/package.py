"""An .xlsx file as a zip of parts: sheets, cells, tables, names and properties, behind guards.

This layer knows the format and nothing of subnets. It reads with the standard library only,
touches no part that nobody asks for, and treats every file as a stranger's: whatever is wrong
with one leaves here as a :class:`~calculator.errors.WorkbookError`, with a reason code and words
that say what was found and what to do, after bounded time and memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property

from calculator.errors import WorkbookError
from calculator.memory import Kept
from calculator.xlsx.appearance import PARTS
from calculator.xlsx.cells import BadValueError, Cell, CellError, Cells, Strings, read_cells
from calculator.xlsx.geometry import DefinedName, Table, table_in
from calculator.xlsx.hidden import Hidden, hidden_in
from calculator.xlsx.kinds import content_of, kind_of_zip
from calculator.xlsx.plain_cells import LARGEST, around_rows, only_rows, plain_cells, shared_in
from calculator.xlsx.reference import MAX_ROW, column_letters
from calculator.xlsx.source import (
    HUGE,
    PLAIN,
    RECOPY,
    RESAVE,
    UNLOCK,
    Element,
    Fail,
    Limits,
    Source,
    unescape,
    whole,
)
from calculator.xlsx.spelling import is_usual, usual

__all__ = ["Cell", "CellError", "Cells", "Limits", "Package"]

# All that zipfile raises over broken archives, odd flags, and names that do not decode.
_BROKEN_ZIP = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(RuntimeError, ValueError, IndexError, OverflowError),
)
_DEFAULT_LIMITS = Limits()
#: Kinds of relationships of a workbook to its macros.
_MACROS = ("vbaProject", "xlMacrosheet", "xlIntlMacrosheet")
#: A cell of a column with a shared string: its row and the number of the string.
_SHARED_STRING = rb'<c r="%s([0-9]{1,7})"(?: s="[0-9]+")? t="s"><v>([0-9]{1,9})</v>'
_SHEET_DATA = re.compile(rb"<(?:[\w.-]+:)?sheetData[\s/>]")
#: In the header of a zip's member: lengths of its name and of what follows that [bytes].
_NAME_AND_EXTRA = struct.Struct("<HH")

#: A sheet's part that is no larger [bytes] is kept until another one is asked for.
_KEPT = 4 << 20
#: Small parts [bytes] and their elements: files made from one template have most of them alike.
_SMALL = 32 << 10
_SEEN = Kept[tuple[bytes, tuple[str, ...], bool, Limits], list[Element]](512)


class Package:
    """One workbook file, open for reading; a context manager, for one thread at a time.

    All its methods raise :class:`~calculator.errors.WorkbookError` for what is wrong with the file.
    Its ``reason`` is one of

    - no such file: ``not-found``, ``not-a-file``, ``no-permission``, ``not-readable``, ``empty``
    - another kind of file: ``encrypted``, ``old-format``, ``html``, ``xml``, ``text``,
      ``opendocument``, ``binary-workbook``, ``numbers``, ``other-office-file``,
      ``not-a-workbook``; by their names alone ``named-text``, ``lock-file``
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
    has_macros: whether it holds macros, of VBA or of Excel 4; nothing here ever runs one.
    """

    def __init__(self, file: str, content: bytes, limits: Limits) -> None:
        self.file = file
        self._limits, self._fail, self._content = limits, Fail(file), content
        self._archive = self._unzip(content)
        self._members = self._list_members()
        self._tables: dict[str, tuple[Table, ...]] = {}
        self._table_names: set[str] = set()
        self._relations: dict[str, dict[str, tuple[str, str]]] = {}
        self._identities: dict[str, bytes] = {}
        #: Of each sheet that was read: what is hidden, what is behind its cells, if all are plain.
        self.hidden: dict[str, Hidden] = {}
        self.tails: dict[str, bytes] = {}
        self.is_plain: dict[str, bool] = {}
        self._kept: tuple[str, bytes] = "", b""
        self._read_workbook()

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        content: bytes | OSError | None = None,
        *,
        limits: Limits = _DEFAULT_LIMITS,
    ) -> Package:
        """Open a workbook file and read its lists of sheets and names.

        Parameters
        ----------
        content: its bytes, or why they could not be read, where that is known already.
        """
        file = os.fspath(path)
        return cls(file, content_of(file, content, limits, Fail(file)), limits)

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the content; the file itself is not held open."""
        self._archive.close()

    def cells(self, sheet: str, *, until_row: int = MAX_ROW) -> Cells:
        """The cells of one sheet, read anew with every call; rows after until_row are left out."""
        part = self._part_of(sheet)
        if self._member(part).file_size <= LARGEST:
            whole = self._whole(part)
            plain = plain_cells(whole, self._strings, until_row, self._limits)
            is_plain = plain is not None and is_usual(around_rows(whole))
            whole = whole if is_plain else usual(whole)
            self.tails[sheet] = whole[max(whole.rfind(b"sheetData>"), 0) :]
            self.is_plain[sheet] = is_plain and until_row == MAX_ROW
            self.hidden[sheet] = hidden_in(whole, plain and plain[1])
            if plain is not None:
                return plain[0]
            if len(_SHEET_DATA.findall(whole)) > 1:
                self._fail("malformed-xml", f"{part} has more than one list of rows. {RESAVE}")
        return read_cells(self._source(part), sheet, self._strings, until_row)

    def cells_of(self, sheet: str, rows: Iterable[int]) -> Cells:
        """The cells of some rows of one sheet; of all, where it is not plainly written."""
        part = self._part_of(sheet)
        if self._member(part).file_size <= LARGEST:
            picked = only_rows(self._whole(part), rows)
            if picked and (plain := plain_cells(picked, self._strings, MAX_ROW, self._limits)):
                return plain[0]
        return self.cells(sheet)

    def whole(self, sheet: str) -> bytes:
        """The part of one sheet, as most programs spell it."""
        if self._kept[0] != sheet:
            part = self._whole(self._part_of(sheet))
            part = part if self.is_plain.get(sheet) else usual(part)
            self._kept = (sheet, part) if len(part) <= _KEPT else ("", b"")
            return part
        return self._kept[1]

    @property
    def style_part(self) -> bytes | None:
        """What tells the styles of files apart: their parts as the zip has them, None for none."""
        there = [each for each in self._styles if each.casefold() in self._members]
        return b"".join(map(self._packed, there)) if there else None

    def styles(self) -> list[Element]:
        """The elements of the styles part that appearance knows; only where there is one."""
        return self._elements(self._styles[0], *PARTS)[1:]

    def parts_of(self, sheet: str, *kinds: str) -> list[bytes]:
        """Parts to which relationships of these kinds or ids lead from a sheet; "" for the file."""
        parts = [sheet and self._part_of(sheet)]
        for kind in kinds:
            parts = [part for each in parts for part in self._related(each, kind)]
        return list(map(self._whole, parts))

    def rows_of(self, sheet: str, column: int) -> dict[str, int]:
        """The first row of a column with each text, in lower case; none if some are not shared."""
        cell = _SHARED_STRING % column_letters(column).encode()
        rows: dict[str, int] = {}
        if b't="inlineStr"' in (whole := self.whole(sheet)) or b't="str"' in whole:
            return {}  # of texts that are not shared, too, the first counts
        with contextlib.suppress(BadValueError):
            for row, index in re.findall(cell, whole):
                text = self._strings.by_index[index.decode()]
                rows.setdefault((text or "").lower(), int(row))
        return rows

    def identity(self, sheet: str) -> bytes:
        """The same for two sheets whose parts are the same, byte for byte, and their texts."""
        if sheet not in self._identities:
            part = self._part_of(sheet)
            digest = hashlib.blake2b(self._packed(part), digest_size=16)
            numbers = shared_in(digest.digest(), lambda: self._whole(part))
            try:
                texts = [self._strings.by_index[number] or "" for number in numbers]
                digest.update("\0".join(texts).encode("utf-8", "surrogatepass"))
            except BadValueError:  # like none but itself
                digest.update(self._content)
            self._identities[sheet] = digest.digest()
        return self._identities[sheet]

    def size_of(self, sheet: str) -> int:
        """The size of one sheet's part [bytes]."""
        return self._member(self._part_of(sheet)).file_size

    def tables_of(self, sheet: str) -> tuple[Table, ...]:
        """The tables of one sheet, in the order of its relationships."""
        if sheet not in self._tables:
            related = self._related(self._part_of(sheet), "table")
            tables = (self._table(sheet, part) for part in related)
            self._tables[sheet] = tuple(table for table in tables if table is not None)
        return self._tables[sheet]

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of all worksheets, in workbook order."""
        return tuple(table for sheet in self.sheets for table in self.tables_of(sheet))

    @cached_property
    def properties(self) -> dict[str, str]:
        """The custom document properties, every value as text."""
        return {
            unescape(element.attributes.get("name", "")): unescape(element.text)
            for part in self._related("", "custom-properties", "customProperties")
            for element in self._elements(part, "property", with_text=True)[1:]
        }

    @cached_property
    def application(self) -> str:
        """The program that saved it, as it says; "" where it does not."""
        with contextlib.suppress(WorkbookError):
            for part in self._related("", "extended-properties", "extendedProperties"):
                for element in self._elements(part, "Application", with_text=True)[1:]:
                    return unescape(element.text)
        return ""

    def _unzip(self, content: bytes) -> zipfile.ZipFile:
        # There are at most as many members as signatures, which are counted before zipfile makes
        # an object of each; of a small file it makes few.
        many = len(content) > 1 << 20 and content.count(b"PK\1\2") > self._limits.members
        try:
            archive = None if many else zipfile.ZipFile(io.BytesIO(content))
        except _BROKEN_ZIP as error:
            if b"PK\5\6" in content:
                self._fail("damaged", f"It is a damaged zip file ({error}). {RECOPY}")
            what = "It breaks off in the middle, as after an incomplete download"
            self._fail("truncated", f"{what}. {RECOPY}")
        if archive is None or len(archive.infolist()) > self._limits.members:
            what = f"It is a zip of more than {self._limits.members:,} parts"
            self._fail("too-large", f"{what}. {HUGE}")
        return archive

    def _list_members(self) -> dict[str, zipfile.ZipInfo]:
        """The members by name; case makes no difference to the names of parts."""
        found: dict[str, zipfile.ZipInfo] = {}
        for member in self._archive.infolist():
            name = member.filename.replace("\\", "/").lstrip("/").casefold()
            if name in found:
                self._fail("duplicate-part", f"It holds the part {name!r} twice. {RESAVE}")
            if member.flag_bits & 1:
                self._fail("encrypted", f"Its parts are encrypted with a password. {UNLOCK}")
            found[name] = member
        sizes = [member.file_size for member in found.values()]
        if max(sizes, default=0) > self._limits.part or sum(sizes) > self._limits.total:
            total, part = self._limits.total >> 20, self._limits.part >> 20
            what = f"Unpacked, it has {sum(sizes) >> 20:,} MiB, {max(sizes) >> 20:,} in one part"
            self._fail("too-large", f"{what}; at most {total:,} and {part:,} are read. {HUGE}")
        return found

    def _read_workbook(self) -> None:
        main = self._related("", "officeDocument")
        if not main or main[0].endswith(".bin"):
            there = "mimetype" in self._members
            mimetype = next(self._pieces("mimetype", 100), b"") if there else b""
            self._fail(*kind_of_zip(self._members, mimetype))
        root, *elements = self._elements(
            *(main[0], "sheet", "definedName", "workbookPr", "calcPr", "workbookView"),
            with_text=True,
        )
        if root.name != "workbook":
            what = f"It is an Office file with a {root.name[:40]!r} in it, not a workbook"
            self._fail("other-office-file", f"{what}. {PLAIN}")
        relations = self._relationships(main[0])
        sheets: dict[str, str] = {}  # of all kinds: scopes count them all
        self.hidden_sheets: set[str] = set()
        self.settings: dict[str, str] = {}
        #: Of each window, whether it is ``visible``.
        self.windows: list[str] = []
        self._parts: dict[str, str] = {}
        for element in elements:
            if element.name == "sheet":
                at = element.attributes.get
                name = at("name", "")
                if name.casefold() in sheets:
                    what = f"Two of its sheets are named {name!r}"
                    self._fail("duplicate-sheet", f"{what}. {RESAVE}")
                sheets[name.casefold()] = name
                if at("id") == "" and at("state") == "veryHidden":
                    continue  # a module of Excel 5, whose code stands elsewhere
                if at("id") not in relations:
                    self._fail("missing-part", f"Its sheet {name!r} has no part. {RESAVE}")
                kind, part = relations[at("id", "")]
                if kind == "worksheet":
                    self._parts[name] = part
                    if at("state", "visible") != "visible":
                        self.hidden_sheets.add(name)
            elif element.name == "workbookView":
                self.windows.append(element.attributes.get("visibility", "visible"))
            elif element.name != "definedName":
                self.settings |= element.attributes
        self.sheets = tuple(self._parts)
        every = list(sheets.values())
        self.names = tuple(self._name(one, every) for one in elements if one.name == "definedName")
        self.has_macros = bool(self._related(main[0], *_MACROS))
        self._styles = self._related(main[0], "styles") + self._related(main[0], "theme")
        strings = self._related(main[0], "sharedStrings")
        self._strings = Strings(self._source(strings[0], piece=2 << 10) if strings else None)

    def _name(self, element: Element, sheets: list[str]) -> DefinedName:
        name, scope = element.attributes.get("name", ""), element.attributes.get("localSheetId")
        if scope is not None and not 0 <= whole(scope) < len(sheets):
            what = f"The name {name!r} belongs to sheet number {scope!r}, which does not exist"
            self._fail("bad-reference", f"{what}. {RESAVE}")
        return DefinedName(name, None if scope is None else sheets[whole(scope)], element.text)

    def _part_of(self, sheet: str) -> str:
        if sheet not in self._parts:
            there = ", ".join(map(repr, self.sheets)) or "none"
            self._fail("missing-sheet", f"It has no worksheet {sheet!r}; there are: {there}.")
        return self._parts[sheet]

    def _member(self, part: str) -> zipfile.ZipInfo:
        if part.casefold() not in self._members:
            self._fail("missing-part", f"It is incomplete: the part {part} is missing. {RESAVE}")
        return self._members[part.casefold()]

    def _source(self, part: str, piece: int = 64 << 10) -> Source:
        """A part on its way to a parser; should it be missing, that is said once it is read."""
        return Source(part, self._pieces(part, piece), self._limits, self._fail)

    def _elements(self, part: str, *names: str, with_text: bool = False) -> list[Element]:
        """The root of a small part, and all elements of these names."""
        if self._member(part).file_size > _SMALL:
            return self._source(part).elements(*names, with_text=with_text)
        content = self._whole(part)
        key = content, names, with_text, self._limits

        def found() -> list[Element]:
            source = Source(part, iter([content]), self._limits, self._fail)
            return source.elements(*names, with_text=with_text)

        return _SEEN.of(key, found)

    def _pieces(self, part: str, size: int) -> Iterator[bytes]:
        """The unpacked part in pieces; small ones for a part that is read as far as needed."""
        member = self._readable(part)
        try:
            # A declared size that lies does no harm: zipfile never hands out more than that.
            with self._archive.open(member) as stream:
                while piece := stream.read(size):
                    yield piece
        except _BROKEN_ZIP as error:
            self._fail("damaged", f"Its part {part} is damaged ({error}). {RECOPY}")

    def _whole(self, part: str) -> bytes:
        """A part that is unpacked at once, without the buffers that zipfile sets up for pieces."""
        member, packed = self._readable(part), self._packed(part)
        size = member.file_size
        try:
            if member.compress_type == zipfile.ZIP_DEFLATED:
                # Nor here: one byte more than was declared, and it is not what was declared.
                packed = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, size + 1)
        except zlib.error as error:
            self._fail("damaged", f"Its part {part} is damaged ({error}). {RECOPY}")
        if len(packed) != size or zlib.crc32(packed) != member.CRC:
            self._fail("damaged", f"Its part {part} is damaged (Bad CRC-32). {RECOPY}")
        return packed

    def _packed(self, part: str) -> bytes:
        """A part as the zip holds it."""
        member = self._readable(part)
        start = max(member.header_offset, 0)
        try:
            begin = start + 30 + sum(_NAME_AND_EXTRA.unpack_from(self._content, start + 26))
        except struct.error as error:
            self._fail("damaged", f"Its part {part} is damaged ({error}). {RECOPY}")
        return self._content[begin : begin + member.compress_size]

    def _readable(self, part: str) -> zipfile.ZipInfo:
        member = self._member(part)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            what = f"Its part {part} is compressed by an unusual method ({member.compress_type})"
            self._fail("unsupported-compression", f"{what}. {RESAVE}")
        return member

    def _relationships(self, part: str) -> dict[str, tuple[str, str]]:
        """The relationships of a part, "" for the whole file: id -> (kind, target part)."""
        if part in self._relations:
            return self._relations[part]
        folder, _, base = part.rpartition("/")
        path = posixpath.join(folder, "_rels", f"{base}.rels")
        if path.casefold() not in self._members:
            return {}
        found = self._relations[part] = {}
        for element in self._elements(path, "Relationship")[1:]:
            at = element.attributes.get
            if at("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, at("Target", "")))
                found[at("Id", "")] = (at("Type", "").rpartition("/")[2], target.lstrip("/"))
        return found

    def _related(self, part: str, *kinds: str) -> list[str]:
        of = self._relationships(part)
        return [to for key, (kind, to) in of.items() if kind in kinds or key in kinds]

    def _table(self, sheet: str, part: str) -> Table | None:
        """A table; None for one that cannot be right, or has the name of another."""
        table = table_in(self._elements(part, "tableColumn", "tableStyleInfo"), sheet)
        if table is None or table.name.casefold() in self._table_names:
            return None
        self._table_names.add(table.name.casefold())
        return table
