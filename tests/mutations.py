"""What tests/fuzz.py does to a workbook: edits, which may break anything, and other spellings.

An edit changes what is written; a spelling changes how, and nothing that a person sees.
"""

from __future__ import annotations

import io
import random
import re
import struct
import warnings
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import unescape

from calculator.xlsx.reference import a1, place

__all__ = ["EDITS", "SPELLINGS", "Book", "Mutation"]

SHEET, STRINGS, TABLE = "xl/worksheets/sheet", "xl/sharedStrings", "xl/tables/"
WORKBOOK, STYLES = "xl/workbook.xml", "xl/styles"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_CELL = r"<c [^>]*?(?:/>|>.*?</c>)"
_ROW = r"<row [^>]*?(?:/>|>.*?</row>)"
_ITEM = r"<si>.*?</si>|<si/>"


class Book:
    """The parts of a workbook on their way through mutations, and how its zip is written."""

    def __init__(self, parts: dict[str, bytes], seed: object) -> None:
        self.parts = dict(parts)
        self.any = random.Random(str(seed))
        self.method = zipfile.ZIP_STORED
        self.stream: type[io.BytesIO] = io.BytesIO
        self.twice: str | None = None
        self.wrapped: list[Callable[[bytes], bytes]] = []

    def named(self, start: str) -> list[str]:
        """The parts that begin so; relationships of one only where they are meant."""
        return sorted(
            name for name in self.parts if name.startswith(start) and name.endswith(("xml", "rels"))
        )

    def text(self, part: str) -> str:
        return self.parts[part].decode("utf-8", "surrogateescape")

    def write(self, part: str, text: str) -> None:
        self.parts[part] = text.encode("utf-8", "surrogateescape")

    def find(self, start: str, pattern: str) -> tuple[str, str, re.Match[str] | None]:
        """One of these parts, its text, and one place of it that matches."""
        names = self.named(start)
        if not names:
            return "", "", None
        part = self.any.choice(names)
        text = self.text(part)
        compiled = re.compile(pattern, re.DOTALL)
        match = compiled.search(text, self.any.randrange(len(text) + 1))
        return part, text, match or compiled.search(text)

    def change(
        self, start: str, pattern: str, new: Callable[[re.Match[str]], str], *, every: bool = False
    ) -> None:
        """Replace what matches in one of these parts: one place, or every one."""
        part, text, match = self.find(start, pattern)
        if match is not None and every:
            self.write(part, re.sub(pattern, new, text, flags=re.DOTALL))
        elif match is not None:
            self.write(part, text[: match.start()] + new(match) + text[match.end() :])

    def zipped(self) -> bytes:
        """The workbook as a file."""
        stream = self.stream()
        with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", self.method) as archive:
            warnings.simplefilter("ignore", UserWarning)  # a name that is there twice
            for name, part in self.parts.items():
                for _ in range(1 + (name == self.twice)):
                    archive.writestr(zipfile.ZipInfo(name), part, self.method)
        content = stream.getvalue()
        for wrap in self.wrapped:
            content = wrap(content)
        return content


Mutation = Callable[[Book], None]


def rewrite(start: str, pattern: str, *new: str, every: bool = False) -> Mutation:
    """Replace what a pattern matches in a part by one of these templates."""

    def change(book: Book) -> None:
        template = book.any.choice(new)
        book.change(start, pattern, lambda match: match.expand(template), every=every)

    return change


# --- edits: parts ---------------------------------------------------------------------------------


def _any_part(book: Book) -> str:
    return book.any.choice(sorted(book.parts) or [""])


def remove_part(book: Book) -> None:
    book.parts.pop(_any_part(book), None)


def copy_part(book: Book) -> None:
    one, other = _any_part(book), _any_part(book)
    if one:
        book.parts[other] = book.parts[one]


def rename_part(book: Book) -> None:
    if name := _any_part(book):
        book.parts[book.any.choice([name + "x", "xl/" + name, name.upper()])] = book.parts.pop(name)


def swap_parts(book: Book) -> None:
    kind = book.any.choice([SHEET, TABLE, "xl/"])
    names = book.named(kind)
    if len(names) > 1:
        one, other = book.any.sample(names, 2)
        book.parts[one], book.parts[other] = book.parts[other], book.parts[one]


def cut_part(book: Book) -> None:
    if name := _any_part(book):
        book.parts[name] = book.parts[name][: book.any.randrange(len(book.parts[name]) + 1)]


def alter_byte(book: Book) -> None:
    name = _any_part(book)
    if name and (part := bytearray(book.parts[name])):
        part[book.any.randrange(len(part))] = book.any.choice(b"\0<>&\"'/ =1A\xff\xc3\x80")
        book.parts[name] = bytes(part)


# --- edits: cells and rows ------------------------------------------------------------------------


def double(start: str, pattern: str) -> Mutation:
    """Write something twice."""
    return rewrite(start, pattern, r"\g<0>\g<0>")


def swap_neighbours(start: str, pattern: str) -> Mutation:
    """Put one thing behind the next."""
    return rewrite(start, f"({pattern})({pattern})", r"\2\1")


def copy_over(start: str, pattern: str) -> Mutation:
    """Write what stands at one place over what stands at another of the part."""

    def change(book: Book) -> None:
        part, text, one = book.find(start, pattern)
        found = re.compile(pattern, re.DOTALL).search(text, book.any.randrange(len(text) + 1))
        if one and found:
            book.write(part, text[: one.start()] + found[0] + text[one.end() :])

    return change


def move_cell(book: Book) -> None:
    def moved(match: re.Match[str]) -> str:
        row, column = place(match[1])
        rows = book.any.choice([0, 0, 1, -1, 40, 1_048_576 - row])
        columns = book.any.choice([1, -1, 2, 700, 16_384 - column])
        return f'<c r="{a1(max(row + rows, 1), max(column + columns, 1))}"'

    book.change(SHEET, '<c r="([A-Z]{1,3}[0-9]{1,7})"', moved)


def move_reference(book: Book) -> None:
    """Let a formula refer to a neighbour."""

    def moved(match: re.Match[str]) -> str:
        row = max(int(match[2]) + book.any.choice([1, -1, 9]), 1)
        return book.any.choice([f"{match[1]}{row}", f"$C{match[2]}", f"A1:{match[1]}{row}"])

    book.change(SHEET, r"(?<=[(,!])(\$?[A-Z]{1,2}\$?)([0-9]+)(?=[^<>]*</f>)", moved)


def wrap_formula(book: Book) -> None:
    around = [
        "IFERROR({},0)",
        "{}+0",
        "({})*1",
        "-{}",
        "IF(TRUE,{},1)",
        "_xlfn.SINGLE({})",
        "{}&amp;",
    ]
    template = book.any.choice(around)
    book.change(SHEET, "(<f>)([^<]+)(?=</f>)", lambda match: match[1] + template.format(match[2]))


# --- edits: XML and zip ---------------------------------------------------------------------------


def nest(book: Book) -> None:
    depth = book.any.choice([3, 20, 2_000])
    book.change(SHEET, "<v>", lambda match: "<v>" * depth + "1" + "</v>" * (depth - 1))


def in_another_encoding(book: Book) -> None:
    name = _any_part(book)
    codec = book.any.choice(["utf-16", "utf-16-be", "utf-32", "cp1252", "utf-7", "cp037"])
    if name.endswith(("xml", "rels")):
        text = book.parts[name].decode("utf-8", "replace")
        book.parts[name] = text.replace("UTF-8", codec, 1).encode(codec, "replace")


def cut_file(book: Book) -> None:
    share = book.any.random()
    book.wrapped.append(lambda content: content[: int(len(content) * share)])


def bytes_around(book: Book) -> None:
    before, after = book.any.choice(
        [(b"", b"\0" * 40), (b"x", b""), (b"PK\3\4", b""), (b"", b"PK")]
    )
    book.wrapped.append(lambda content: before + content + after)


def write_part_twice(book: Book) -> None:
    book.twice = _any_part(book)


def lie_in_zip(book: Book) -> None:
    """Another number in a header of a member, or in the directory: flags, method, size, place."""
    signature, fields = book.any.choice(
        [
            (b"PK\1\2", ((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (42, 4))),
            (b"PK\3\4", ((6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2))),
            (b"PK\5\6", ((8, 2), (10, 2), (12, 4), (16, 4), (20, 2))),
        ]
    )
    at, size = book.any.choice(fields)
    number = book.any.choice([0, 1, 8, 9, 12, 99, 40_000, (1 << 8 * size) - 1])
    share = book.any.random()

    def lie(content: bytes) -> bytes:
        begins = [match.start() for match in re.finditer(re.escape(signature), content)]
        if not begins:
            return content
        begin = begins[int(share * len(begins))] + at
        packed = struct.pack("<I", number)[:size]
        return content[:begin] + packed + content[begin + size :]

    book.wrapped.append(lie)


# --- spellings ------------------------------------------------------------------------------------


def _tag(book: Book, new: Callable[[str, list[str]], str]) -> None:
    """Write one tag, or every tag of a part, otherwise: name and attributes."""
    attribute = r"\s+[\w:.]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*')"

    def spelled(match: re.Match[str]) -> str:
        return new(match[1], re.findall(attribute, match[2])) + match[3]

    start = book.any.choice([SHEET, SHEET, SHEET, "xl/", "_rels"])
    every = book.any.random() < 0.5
    book.change(start, rf"(<[A-Za-z][\w:]*)((?:{attribute})+)(\s*/?>)", spelled, every=every)


def attributes_in_another_order(book: Book) -> None:
    _tag(book, lambda name, found: name + "".join(book.any.sample(found, len(found))))


def blanks_between_attributes(book: Book) -> None:
    blank = book.any.choice(["  ", "\n", "\t"])
    _tag(book, lambda name, found: name + "".join(blank + each.strip() for each in found) + blank)


def other_quotes(book: Book) -> None:
    def quoted(attribute: str) -> str:
        name, quote, value = attribute.partition('"')
        return f"{name}'{value[:-1]}'" if quote and "'" not in attribute else attribute

    _tag(book, lambda name, found: name + "".join(map(quoted, found)))


def blanks_around_equals(book: Book) -> None:
    _tag(book, lambda name, found: name + "".join(each.replace("=", " = ", 1) for each in found))


def prefixes(book: Book) -> None:
    """Every element of a part under a prefix, as some libraries write them."""
    parts = [
        name
        for start in (SHEET, STRINGS, TABLE, WORKBOOK, STYLES)
        for name in book.named(start)
        if b"<!" not in book.parts[name] and b"mc:" not in book.parts[name]
    ]
    if parts:
        part = book.any.choice(parts)
        text = book.text(part)
        if f' xmlns="{_MAIN}"' in text:
            text = re.sub(r"<(/?)(?=[A-Za-z]\w*[\s/>])", r"<\1x:", text)
            book.write(part, text.replace(f' xmlns="{_MAIN}"', f' xmlns:x="{_MAIN}"'))


def _between(new: str) -> Mutation:
    """Write something between two elements of a sheet, where no text stands."""
    return rewrite(SHEET, r"(?<=</c>)(?=<c )|(?<=</row>)(?=<row )|(?<=<sheetData>)(?=<row)", new)


def in_cdata(book: Book) -> None:
    def wrapped(match: re.Match[str]) -> str:
        text = unescape(match[2], {"&quot;": '"', "&apos;": "'"})
        return match[0] if "]]>" in text else f"{match[1]}<![CDATA[{text}]]>"

    book.change(book.any.choice([SHEET, STRINGS]), "(<(?:v|f|t)>)([^<]+)(?=</)", wrapped)


def characters_by_number(book: Book) -> None:
    def coded(match: re.Match[str]) -> str:
        form = book.any.choice(["&#{};", "&#x{:x};"])
        return match[1] + "".join(form.format(ord(each)) for each in unescape(match[2])[:3])

    start = book.any.choice([SHEET, STRINGS, TABLE, WORKBOOK])
    text = r"(<(?:v|f|t|definedName [^>]*)>| (?:name|ref|r|t)=\")([A-Za-z0-9]{1,3})"
    book.change(start, text, coded)


def utf_16(book: Book) -> None:
    names = book.named("xl/")
    if names and b"\xff\xfe" not in book.parts[name := book.any.choice(names)][:2]:
        text = re.sub("^<[?]xml.*?[?]>", "", book.parts[name].decode("utf-8-sig", "replace"))
        book.parts[name] = f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")


def _strings(book: Book) -> list[str]:
    names = book.named(STRINGS)
    return re.findall(_ITEM, book.text(names[0]), re.DOTALL) if names else []


def inline_strings(book: Book) -> None:
    items = _strings(book)

    def inline(match: re.Match[str]) -> str:
        number = int(match[3])
        if number >= len(items):
            return match[0]
        inner = items[number].removeprefix("<si>").removesuffix("</si>")
        return f'{match[1]} t="inlineStr"{match[2]}><is>{inner}</is></c>'

    shared = r'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?) t="s"( ?)><v>([0-9]{1,6})</v></c>'
    book.change(SHEET, shared, inline, every=book.any.random() < 0.3)


def another_shared_string(book: Book) -> None:
    """The same text once more at the end, and one cell that points there."""
    items = _strings(book)
    if not any(f'"{len(items)}"'.encode() in book.parts[name] for name in book.named(STRINGS)):
        return  # an edit took some out, and what points to them would point to this one

    def point(match: re.Match[str]) -> str:
        number = int(match[1])
        if number >= len(items):
            return match[0]
        [part] = book.named(STRINGS)
        text = book.text(part)
        end = text.rfind("</sst>")
        if end < 0 or len(re.findall("<si>|<si/>", text)) != len(items):
            return match[0]
        book.write(part, text[:end] + items[number] + text[end:])
        return f"<v>{len(items)}</v>"

    book.change(SHEET, r"(?<= t=\"s\">)<v>([0-9]{1,6})</v>(?=</c>)", point)


def runs(book: Book) -> None:
    """A shared string in two runs, and how it is spoken beside it."""

    def split(match: re.Match[str]) -> str:
        first, rest = match[1][:2], match[1][2:]
        spoken = '<rPh sb="0" eb="1"><t>ti</t></rPh>' if book.any.random() < 0.5 else ""
        keep = ' xml:space="preserve"'
        return f"<si><r><t{keep}>{first}</t></r><r><t{keep}>{rest}</t></r>{spoken}</si>"

    book.change(STRINGS, "<si><t>([^<&_]{3,})</t></si>", split)


def share_formula(book: Book) -> None:
    """The same formula in two cells below each other as a shared one."""
    part, text, found = book.find(SHEET, "<f>([^<]+)</f>")
    if found is None or re.search(r"[A-Z]\$?[0-9]", found[1]):
        return
    cell = re.compile(rf'(<c r="([A-Z]+[0-9]+)"[^>]*>)<f>{re.escape(found[1])}</f>')
    cells = list(cell.finditer(text))
    if len({re.sub("[0-9]", "", each[2]) for each in cells}) == 1 and len(cells) > 1:
        area = f"{cells[0][2]}:{cells[-1][2]}"
        number = 90 + text.count(" si=")
        master = f'<f t="shared" ref="{area}" si="{number}">{found[1]}</f>'
        formulas = iter([master, *[f'<f t="shared" si="{number}"/>'] * len(cells)])
        book.write(part, cell.sub(lambda match: match[1] + next(formulas), text))


def rename_ids(book: Book) -> None:
    """Other names for the relationships of a part."""
    sources = {
        name: f"{name.rpartition('/')[0]}/_rels/{name.rpartition('/')[2]}.rels"
        for name in book.named("xl/w")
    }
    there = [name for name, rels in sources.items() if rels in book.parts and "_rels" not in name]
    if there:
        name = book.any.choice(there)
        for part in (name, sources[name]):
            book.write(part, re.sub(r'(?<=[ :][iI]d=")rId(?=[0-9]+")', "of-", book.text(part)))


def other_targets(book: Book) -> None:
    """Targets as whole paths, or by a way round."""
    whole = book.any.random() < 0.5
    start = "/xl/" if whole else "./x/../"
    rewrite("xl/_rels/workbook", r'(?<= Target=")(?=[a-z])', start, every=True)(book)


def cells_that_end(book: Book) -> None:
    rewrite(SHEET, "<c ([^>]*)/>", r"<c \1></c>")(book)


def zip_otherwise(book: Book) -> None:
    book.method = book.any.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
    names = book.any.sample(sorted(book.parts), len(book.parts))
    book.parts = {name: book.parts[name] for name in names}


class _Pipe(io.BytesIO):
    """A stream on which zipfile must write sizes behind the members."""

    def tell(self) -> int:
        raise OSError

    def seekable(self) -> bool:
        return False


def data_descriptors(book: Book) -> None:
    book.stream = _Pipe


def zip_comment(book: Book) -> None:
    book.wrapped.append(
        lambda content: content[:-2] + b"\4\0note" if content[-2:] == b"\0\0" else content
    )


def names_in_another_case(book: Book) -> None:
    if name := _any_part(book):
        book.parts[name.swapcase()] = book.parts.pop(name)


def unused_part(book: Book) -> None:
    book.parts["xl/unused.bin"] = b"\0<xml>"


# --- the table ------------------------------------------------------------------------------------

#: Numbers as no spreadsheet writes them, or none at all.
_NUMBERS = (
    "1E2",
    "+5",
    "0x10",
    "INF",
    "NaN",
    "-NaN",
    "1e999",
    "1e-999",
    "٣",
    "１２",
    "1_000",
    " 7 ",
)
_NUMBERS += ("-0", "1.", ".", " .5", "12,5", "1 000", "", "true", "TRUE", "#N/A", "1d5", "9" * 420)
_NUMBERS += ("0.1", "-3", "3.0000000000000004", "1e15", "2", "300", "\n4\n", "&#53;", "4&#x0;")
_TYPES = ("s", "b", "e", "n", "str", "d", "inlineStr", "x", "")

EDITS: dict[str, Mutation] = {
    "a part removed": remove_part,
    "a part over another": copy_part,
    "a part renamed": rename_part,
    "two parts swapped": swap_parts,
    "a part cut off": cut_part,
    "a byte altered": alter_byte,
    "another content type": rewrite(
        "[Content", r'(?<=ContentType=")[^"]*', "text/plain", "application/xml", ""
    ),
    "a part without a content type": rewrite("[Content", "<Override [^>]*/>", ""),
    "a relationship that dangles": rewrite(
        "xl/", r'(?<= Target=")[^"]*', "nowhere.xml", "", "../../../x", "/", "%00", "#a"
    ),
    "a relationship to another part": copy_over("xl/_rels", r'(?<= Target=")[^"]*'),
    "a circular relationship": rewrite(
        "xl/worksheets/_rels", r'(?<= Target=")[^"]*', "sheet1.xml", "../workbook.xml"
    ),
    "an external relationship": rewrite("xl/", r"(<Relationship )", r'\1TargetMode="External" '),
    "another kind of relationship": rewrite(
        "",
        r"(?<=/relationships/)\w+(?=\")",
        "worksheet",
        "table",
        "sharedStrings",
        "chartsheet",
        "",
    ),
    "a relationship removed": rewrite("", "<Relationship [^>]*/>", ""),
    "a relationship twice": double("", "<Relationship [^>]*/>"),
    "another type of cell": rewrite(SHEET, r'(?<= t=")\w+(?=")', *_TYPES),
    "a type on a number": rewrite(
        SHEET, r'(<c r="[A-Z0-9]+"(?: s="\d+")?)(?=><v>)', *(rf'\1 t="{each}"' for each in _TYPES)
    ),
    "another value": rewrite(SHEET, r"(?<=<v>)[^<]*(?=</v>)", *_NUMBERS),
    "a value of another cell": copy_over(SHEET, r"(?<=<v>)[^<]*(?=</v>)"),
    "a number one more": rewrite(SHEET, r"(?<=[0-9])(?=</v>)", "1"),
    "a value removed": rewrite(SHEET, r"<v>[^<]*</v>", "", "<v/>", "<v></v>"),
    "a value twice": double(SHEET, r"<v>[^<]*</v>"),
    "another shared string": rewrite(
        SHEET, r'(?<=t="s"><v>)[0-9]+', "0", "1", "-1", "99999", "999999999999", "1.0", "1e1", "x"
    ),
    "text of another cell": copy_over(SHEET, r'(?<=t="s"><v>)[0-9]+'),
    "text put into a cell": rewrite(
        SHEET,
        r'(<c r="[A-Z0-9]+"(?: s="\d+")?)(?: t="\w+")?><v>[^<]*</v></c>',
        r'\1 t="inlineStr"><is><t>three</t></is></c>',
        r'\1 t="inlineStr"><is><r><t>1</t></r><r><t>2</t></r></is></c>',
        r'\1 t="str"><v> 5 </v></c>',
        r'\1 t="str"><v>_x0035_</v></c>',
        r'\1 t="inlineStr"><v>5</v></c>',
        r'\1 t="d"><v>2026-01-01T00:00:00</v></c>',
        r'\1 t="inlineStr"><is/></c>',
    ),
    "a cell moved": move_cell,
    "a cell without a reference": rewrite(SHEET, r'(?<=<c) r="[A-Z0-9]+"', ""),
    "an odd reference": rewrite(
        SHEET,
        r'(?<=<c r=")([A-Z]+)([0-9]+)',
        "",
        r"\1",
        r"\2",
        r"$\1$\2",
        r"\g<1>0\2",
        r"\1-\2",
        "r1",
    ),
    "a reference in small letters": rewrite(SHEET, r'(?<=<c r=")A(?=[0-9])', "a"),
    "a cell twice": double(SHEET, _CELL),
    "a cell over another": copy_over(SHEET, _CELL),
    "a cell removed": rewrite(SHEET, _CELL, ""),
    "two cells in another order": swap_neighbours(SHEET, _CELL),
    "another style": rewrite(SHEET, r'(?<= s=")[0-9]+', "0", "1", "7", "30", "9999", "-1", "x"),
    "a row without a number": rewrite(SHEET, r'(?<=<row) r="[0-9]+"', ""),
    "another number of a row": rewrite(
        SHEET,
        r'(?<=<row r=")[0-9]+',
        "0",
        "1",
        "-1",
        r"1\g<0>",
        "1048576",
        "1048577",
        "1e1",
        "x",
        "",
    ),
    "a row twice": double(SHEET, _ROW),
    "a row removed": rewrite(SHEET, _ROW, ""),
    "two rows in another order": swap_neighbours(SHEET, _ROW),
    "a hidden row": rewrite(SHEET, r'(<row r="[0-9]+")', r'\1 hidden="1"'),
    "a hidden column": rewrite(SHEET, r"(<col )", r'\1hidden="1" '),
    "a formula that refers elsewhere": move_reference,
    "another constant in a formula": rewrite(
        SHEET, r"(?<=[(,+*/-])[0-9]+(?=[^<>]*</f>)", "3", "0", ""
    ),
    "another column in a formula": copy_over(SHEET, r"(?<=\[#This Row\],\[)[^]<]+(?=\])"),
    "another function": rewrite(
        SHEET, r"[A-Z]+(?=\([^<>]*</f>)", "MIN", "MAX", "SUM", "XX", "_xlfn.SUM"
    ),
    "another operator": rewrite(SHEET, r"[-+*/](?=[^<>]*</f>)", "+", "-", "*", "/", "^"),
    "another comparison": rewrite(
        SHEET, "(?:&[lg]t;)?=?(?<=[;=])(?=[^<>]*</f>)", "=", "&gt;", "&lt;="
    ),
    "a formula wrapped": wrap_formula,
    "a formula of another cell": copy_over(SHEET, r"(?<=<f>)[^<]+(?=</f>)"),
    "a formula removed": rewrite(SHEET, r"<f[^>]*>[^<]*</f>", "", "<f/>", "<f></f>"),
    "a formula twice": double(SHEET, r"<f[^>]*>[^<]*</f>"),
    "a shared formula": rewrite(
        SHEET,
        "<f>([^<]+)</f>",
        r'<f t="shared" si="0" ref="A1:Z99">\1</f>',
        '<f t="shared" si="0"/>',
        r'<f t="array" ref="A1:Z99">\1</f>',
        '<f t="dataTable" ref="A1:B2" r1="A1" r2="B1"/>',
        r'<f t="">\1</f>',
        r"<f>=\1</f>",
        r"<f> \1 </f>",
    ),
    "an input that is a formula": rewrite(
        SHEET, r"(?<=\">)(?=<v>[0-9]+</v>)", "<f>1+1</f>", "<f>B5</f>"
    ),
    "another area of a table": rewrite(
        TABLE,
        r'(?<= ref=")([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)',
        *(r"\1\2:\g<3>1\4", r"\1\2:\3\2", r"\3\4:\1\2", r"B\2:\3\4", r"\1\2", "A1:XFD1048576", ""),
    ),
    "a column of a table renamed": rewrite(
        TABLE, r'(?<=<tableColumn )([^>]*name=")', r"\1x", r'x="" \1'
    ),
    "columns of a table in another order": swap_neighbours(
        TABLE, "<tableColumn [^>]*?(?:/>|>.*?</tableColumn>)"
    ),
    "a column of a table twice": double(TABLE, "<tableColumn [^>]*?(?:/>|>.*?</tableColumn>)"),
    "a table renamed": rewrite(
        TABLE, r'(?<=[nN]ame=")\w+(?=")', "Nodes", "WarmENI", "A1", "", "x y"
    ),
    "another number of a table": rewrite(TABLE, r'(?<= id=")[0-9]+', "1", "2", "0", "x"),
    "a table without its headers": rewrite(
        TABLE,
        "<table ",
        *(
            f'<table {each}="{n}" '
            for each in ("headerRowCount", "totalsRowCount")
            for n in "0129x"
        ),
    ),
    "a table removed": rewrite(SHEET, "<tableParts.*</tableParts>", ""),
    "a name that means another cell": rewrite(
        WORKBOOK, r"(?<=\$)([0-9]+)(?=</definedName>)", r"\g<1>1", "1", "1048577"
    ),
    "a name that means nothing": rewrite(
        WORKBOOK, r"(<definedName [^>]*>)[^<]*", r"\1#REF!", r"\1", r"\g<1>1", r"\1[1]Other!$A$1"
    ),
    "a name removed": rewrite(WORKBOOK, "<definedName [^>]*>[^<]*</definedName>", ""),
    "a name twice": double(WORKBOOK, "<definedName [^>]*>[^<]*</definedName>"),
    "the name of another sheet": rewrite(
        WORKBOOK, r'(?<=localSheetId=")[0-9]+', "0", "1", "99", "-1", "x"
    ),
    "sheets in another order": swap_neighbours(WORKBOOK, "<sheet [^>]*/>"),
    "a sheet removed": rewrite(WORKBOOK, "<sheet [^>]*/>", ""),
    "a sheet twice": double(WORKBOOK, "<sheet [^>]*/>"),
    "a sheet renamed": rewrite(
        WORKBOOK,
        r'(?<=<sheet name=")[^"]*',
        "Plan",
        "Mine",
        "",
        "a'b",
        "PLAN",
        "WarmIP",
        "x" * 40,
        "&#10;",
    ),
    "a hidden sheet": rewrite(
        WORKBOOK,
        "<sheet ",
        *(f'<sheet state="{each}" ' for each in ("hidden", "veryHidden", "visible", "x")),
    ),
    "another part of a sheet": rewrite(WORKBOOK, r'(?<= r:id="rId)[0-9]+', "1", "3", "4", "99", ""),
    "another setting of calculation": rewrite(
        WORKBOOK,
        "<calcPr ",
        '<calcPr calcMode="manual" ',
        '<calcPr iterate="1" ',
        '<calcPr fullPrecision="0" ',
    ),
    "dates of 1904": rewrite(WORKBOOK, "<workbookPr ", '<workbookPr date1904="1" '),
    "another text": rewrite(
        STRINGS, r"(?<=<t>)[^<]*(?=</t>)", "", "x", r"\g<0> ", " ", r"\g<0>:", "instance type"
    ),
    "two texts in another order": swap_neighbours(STRINGS, _ITEM),
    "a text removed": rewrite(STRINGS, _ITEM, ""),
    "another property": rewrite(
        "docProps/custom", r"(?<=<vt:lpwstr>)[^<]*", "", "2", "1", "99", "aws-sample", "x"
    ),
    "another colour": rewrite(STYLES, r'(?<=rgb=")[0-9A-F]+', "FFFFFFFF", "FF000000", "x", ""),
    "another number format": rewrite(
        STYLES, r'(?<=numFmtId=")[0-9]+', "0", "9", "14", "49", "164", "-1", "x"
    ),
    "a document type": rewrite("", r"(?<=\?>)", '<!DOCTYPE x [<!ENTITY e "1">]>', "<!DOCTYPE x>"),
    "an unknown entity": rewrite(
        "xl/", "(?<=<[vft]>)", "&e;", "&amp", "&#0;", "&#xD800;", "&#1114112;"
    ),
    "an attribute twice": rewrite(SHEET, r'<(c|row|f)( \w+="[^"]*")', r"<\1\2\2"),
    "attributes of another namespace": rewrite(
        SHEET, '<c r="', '<c xml:r="A1" r="', '<c q:r="A1" r="'
    ),
    "another namespace": rewrite("xl/", "(?<=spreadsheetml/2006/)main", "other"),
    "an extension with cells": rewrite(
        SHEET,
        "(?=<sheetData>|</row>|</worksheet>)",
        '<q:row xmlns:q="urn:q" r="1"><q:c r="B5"><q:v>9</q:v></q:c></q:row>',
        "<sheetData/>",
        '<extLst><ext><row r="14"><c r="B14"><v>99</v></c></row></ext></extLst>',
    ),
    "a tag removed": rewrite("xl/", r"</?\w+(?: [^<>]*)?>", ""),
    "text between tags": rewrite(SHEET, "(?=<c |<row |<v>|<f>)", "x", "]]>", "1"),
    "many elements within each other": nest,
    "another encoding": in_another_encoding,
    "a file cut off": cut_file,
    "bytes around the file": bytes_around,
    "a part twice": write_part_twice,
    "a zip that lies": lie_in_zip,
}

SPELLINGS: dict[str, Mutation] = {
    "attributes in another order": attributes_in_another_order,
    "blanks between attributes": blanks_between_attributes,
    "blanks around equals": blanks_around_equals,
    "other quotes": other_quotes,
    "prefixes": prefixes,
    "a line break between elements": _between("\n  "),
    "a comment between elements": _between('<!-- <c r="A1"><v>1</v></c></sheetData> -->'),
    "an instruction between elements": _between("<?go <v>?>"),
    "a comment within text": rewrite(SHEET, "(?<=<v>)(?=[0-9])", "<!-- 1 -->"),
    "text as CDATA": in_cdata,
    "characters by their numbers": characters_by_number,
    "UTF-16": utf_16,
    "no XML declaration": rewrite("xl/", r"^<\?xml.*?\?>\s*", ""),
    "a byte order mark": rewrite("xl/", r"^(?=<)", "\ufeff"),
    "inline strings": inline_strings,
    "another shared string": another_shared_string,
    "texts in runs": runs,
    "a shared formula": share_formula,
    "formulas that are not array formulas": rewrite(
        SHEET, "<f>(?=[^<])", '<f aca="false">', '<f ca="0">'
    ),
    "other ids": rename_ids,
    "other targets": other_targets,
    "empty cells that end": cells_that_end,
    "an empty cell more": rewrite(SHEET, r'(?=</row><row r="([0-9]+)")', r'<c s="0"/>'),
    "rows without spans": rewrite(SHEET, r' spans="[0-9:]*"', "", every=True),
    "no dimension": rewrite(SHEET, "<dimension [^>]*/>", "", '<dimension ref="A1:XFD1048576"/>'),
    "numbers otherwise": rewrite(
        SHEET,
        r'(<c r="[A-Z0-9]+"(?: s="\d+")?>(?:<f>[^<]*</f>)?<v>[1-9][0-9]*)(?=</v>)',
        r"\1.0",
        r"\1.",
        r"\1E0",
        r"\1e+00",
        r"\1 ",
    ),
    "a type that is the default": rewrite(
        SHEET, r'(<c r="[A-Z0-9]+"(?: s="\d+")?)(?=><v>)', r'\1 t="n"'
    ),
    "an extension": rewrite(
        SHEET,
        "(?=</worksheet>)",
        '<extLst><ext uri="x"><q:row xmlns:q="urn:q" r="1"><q:c r="A1"/></q:row></ext></extLst>',
    ),
    "the zip otherwise": zip_otherwise,
    "data descriptors": data_descriptors,
    "a comment of the zip": zip_comment,
    "names of parts in another case": names_in_another_case,
    "an unused part": unused_part,
}
