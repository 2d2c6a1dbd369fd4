"""The parts of a workbook, for edits to its XML: of one cell, and what programs do to a sheet."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr, unescape

from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from calculator.workbook.layout import quoted
from calculator.xlsx.cells import CellError
from calculator.xlsx.reference import a1, place


class _Keep:
    """Stands for what a cell has already."""


_KEEP = _Keep()
_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_ROW = re.compile(r'(<row r="([0-9]+)"[^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_CORNER = re.compile(r"(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

_Grid = tuple[str, dict[int, tuple[str, dict[int, str]]], str]


class Raw:
    """The parts of a workbook, for edits to its XML that keep everything else as it is."""

    def __init__(self, source: Path | bytes) -> None:
        stream = io.BytesIO(source if isinstance(source, bytes) else source.read_bytes())
        with zipfile.ZipFile(stream) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        targets = {
            each.attrib["Id"]: each.attrib["Target"].removeprefix("/xl/")
            for each in ElementTree.fromstring(self.parts["xl/_rels/workbook.xml.rels"])
        }
        workbook = ElementTree.fromstring(self.parts["xl/workbook.xml"])
        self.sheets = {
            each.attrib["name"]: "xl/" + targets[each.attrib[_ID]]
            for each in workbook.iter(f"{_MAIN}sheet")
        }
        self._grids: dict[str, _Grid] = {}

    def save(self, path: Path, *, compress: bool = True) -> Path:
        for sheet in self.sheets:
            self.text(sheet)
        kind = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        with zipfile.ZipFile(path, "w", kind) as archive:
            for name, part in self.parts.items():
                # A date of its own would make the file another one with every run.
                archive.writestr(zipfile.ZipInfo(name), part, kind)
        return path

    def copied(self) -> Raw:
        """Another with the same parts."""
        for sheet in self.sheets:
            self.text(sheet)
        other = Raw.__new__(Raw)
        other.parts, other.sheets, other._grids = {**self.parts}, {**self.sheets}, {}
        return other

    def text(self, sheet: str) -> str:
        """The XML of a sheet."""
        part = self.sheets[sheet]
        if sheet in self._grids:
            before, rows, after = self._grids.pop(sheet)
            every = "".join(
                f"{opening}>{''.join(cells[each] for each in sorted(cells))}</row>"
                for _, (opening, cells) in sorted(rows.items())
            )
            self.parts[part] = f"{before}<sheetData>{every}</sheetData>{after}".encode()
        return self.parts[part].decode()

    def _grid(self, sheet: str) -> _Grid:
        """The XML of a sheet in pieces: before its rows, each row's opening and cells, after."""
        if sheet not in self._grids:
            before, rest = self.text(sheet).split("<sheetData>")
            inside, after = rest.split("</sheetData>")
            rows = {
                int(row[2]): (
                    row[1],
                    {place(cell[1])[1]: cell[0] for cell in _CELL.finditer(row[3] or "")},
                )
                for row in _ROW.finditer(inside)
            }
            self._grids[sheet] = before, rows, after
        return self._grids[sheet]

    def replace(self, sheet: str, old: str, new: str) -> None:
        """Replace all of a text in the XML of a sheet; it must be there."""
        self.text(sheet)
        self.replace_in(self.sheets[sheet], old, new)

    def replace_in(self, part: str, old: str, new: str) -> None:
        before = self.parts[part].decode()
        assert old in before, old
        self.parts[part] = before.replace(old, new).encode()

    def formulas(self, sheet: str) -> dict[str, str]:
        """Formulas by cell, those that are written out."""
        found = {}
        for cell, _, inner in _CELL.findall(self.text(sheet)):
            if match := re.search("<f[^>]*>(.+?)</f>", inner or "", re.DOTALL):
                found[cell] = unescape(match[1], {"&quot;": '"'})
        return found

    def put(self, sheet: str, cell: str, value: Any = _KEEP, formula: Any = _KEEP) -> None:
        """Set value or formula of a cell; None for both removes what it holds."""
        row, column = place(cell)
        _, rows, _ = self._grid(sheet)
        _, cells = rows.setdefault(row, (f'<row r="{row}"', {}))
        there = _CELL.fullmatch(cells.get(column, ""))
        attributes, inner = (there[2], there[3] or "") if there else ("", "")
        style = re.search(' s="[0-9]+"', attributes)
        kind = "".join(re.findall(' t="[A-Za-z]+"', attributes))
        formula_xml = "".join(re.findall("<f[^>]*>.*?</f>|<f[^>]*/>", inner, re.DOTALL))
        value_xml = "".join(re.findall("<v>.*?</v>|<is>.*?</is>", inner, re.DOTALL))
        if not isinstance(formula, _Keep):
            formula_xml = "" if formula is None else f"<f>{escape(formula)}</f>"
        if not isinstance(value, _Keep):
            kind, value_xml = _value_xml(value)
        format_ = style[0] if style else ""
        cells[column] = f'<c r="{cell}"{format_}{kind}>{formula_xml}{value_xml}</c>'

    def record(self, sheet: str, values: Mapping[tuple[int, int], Any]) -> None:
        """Set the values of all formulas, by row and column; "" for one that has none."""

        def cell(there: re.Match[str]) -> str:
            formula = re.match("<f[^>]*>.*?</f>|<f[^>]*/>", there[3] or "", re.DOTALL)
            if formula is None:
                return there[0]
            kind, value = _value_xml(values.get(place(there[1]), ""))
            attributes = re.sub(' t="[A-Za-z]+"', "", there[2])
            return f'<c r="{there[1]}"{attributes}{kind}>{formula[0]}{value}</c>'

        self.parts[self.sheets[sheet]] = _CELL.sub(cell, self.text(sheet)).encode()

    # --- what a spreadsheet program does to a whole sheet -----------------------------------------

    def shift(self, sheet: str, by: int) -> None:
        """Insert rows at the top of a sheet."""
        self.insert(sheet, rows=by)

    def insert(self, sheet: str, *, before: str = "A1", rows: int = 0, columns: int = 0) -> None:
        """Insert rows above a cell, or columns to its left; less than 0 deletes those before it.

        Everything that refers to a cell moves along: formulas of all sheets, tables, names, the
        chart, validation and formats. Within a table, new rows get its formulas, new columns
        headers, as in Excel. No value is calculated: :func:`calculated` does that.
        """
        top, left = place(before)

        def moved(row: int, column: int) -> tuple[int, int]:
            return row + rows * (row >= top), column + columns * (column >= left)

        def is_gone(row: int, column: int) -> bool:
            return top + rows <= row < top or left + columns <= column < left

        def area(cells: str) -> str:
            """Cells, or the areas between two of them, after the move; "" for what is gone."""
            corners = [one.groups() for one in _CORNER.finditer(cells)]
            places = [place(f"{letters}{row}") for _, letters, _, row in corners]
            if places and all(is_gone(*each) for each in places):
                return ""
            texts = []
            for number, (at_column, _, at_row, _) in enumerate(corners):
                row, column = places[number]
                if number % 2 and left + columns <= column < left:  # an area's end that is gone
                    column = left + columns - 1
                elif number % 2 and top + rows <= row < top:
                    row = top + rows - 1
                row, column = moved(row, column)
                texts.append(f"{at_column}{a1(1, column)[:-1]}{at_row}{row}")
            parts = _CORNER.split(cells)[::5]
            return "".join(part + text for part, text in zip(parts, [*texts, ""], strict=True))

        gone: set[str] = set()
        for part in self.tables(sheet):
            gone |= self._stretch(part, left, columns, area)

        def reference(home: str, text: str) -> str:
            on, _, cells = text.rpartition("!")
            if "[" in text:  # of a table
                return "#REF!" if any(f"[{each}]" in text for each in gone) else text
            if (_unquoted(on) if on else home) != sheet or not _CORNER.search(cells):
                return text
            new = area(cells)
            return f"{on}{'!' if on else ''}{new}" if new else "#REF!"

        self._rewrite(reference)
        xml = self.text(sheet)
        for attribute in ("ref", "sqref", "topLeftCell", "activeCell"):
            parts = re.split(f'(?<= {attribute}=")([A-Z0-9: ]+)', xml)
            parts[1::2] = [" ".join(map(area, each.split())) or "IV60000" for each in parts[1::2]]
            xml = "".join(parts)
        self.parts[self.sheets[sheet]] = xml.encode()
        head, grid, tail = self._grid(sheet)
        new: dict[int, tuple[str, dict[int, str]]] = {}
        for row, (opening, cells) in grid.items():
            kept = {column: xml for column, xml in cells.items() if not is_gone(row, column)}
            if not top + rows <= row < top:
                new[moved(row, 1)[0]] = (
                    re.sub(' r="[0-9]+"', f' r="{moved(row, 1)[0]}"', opening, count=1),
                    {moved(row, column)[1]: xml for column, xml in kept.items()},
                )
        self._grids[sheet] = head, {row: _placed(row, *new[row]) for row in new}, tail
        self._fill(sheet, top, rows)

    def _stretch(self, part: str, left: int, columns: int, moved: Callable[[str], str]) -> set[str]:
        """Let a table grow or shrink; the headers of columns that are gone."""
        xml = self.parts[part].decode()
        area = str(ElementTree.fromstring(xml).attrib["ref"])
        first, last = (place(each)[1] for each in area.split(":"))
        entries = re.findall("<tableColumn (?:[^>]*/>|.*?</tableColumn>)", xml, re.DOTALL)
        gone = []
        if first < left <= last + 1 and columns < 0:
            gone = entries[left + columns - first : left - first]
            entries = [each for each in entries if each not in gone]
        elif first < left <= last and columns > 0:
            names = [f"Column{number}" for number in range(1, columns + 1)]
            entries[left - first : left - first] = [
                f'<tableColumn id="{900 + number}" name="{name}"/>'
                for number, name in enumerate(names)
            ]
        listed = f'<tableColumns count="{len(entries)}">{"".join(entries)}</tableColumns>'
        xml = re.sub("<tableColumns.*</tableColumns>", lambda _: listed, xml, flags=re.DOTALL)
        xml = xml.replace(f'ref="{area}"', f'ref="{moved(area)}"')
        self.parts[part] = xml.encode()
        names = (unescape(str(re.findall(' name="([^"]*)"', each)[0])) for each in gone)
        return {re.sub(r"(['#\[\]])", r"'\1", name) for name in names}

    def _fill(self, sheet: str, top: int, rows: int) -> None:
        """Give new rows of a table its formulas, and new columns their headers."""
        for part in self.tables(sheet):
            tree = ElementTree.fromstring(self.parts[part])
            (head, first), (last, _) = map(place, tree.attrib["ref"].split(":"))
            for at, column in enumerate(tree.iter(f"{_MAIN}tableColumn"), first):
                if re.fullmatch("Column[0-9]+", column.attrib["name"]):
                    self.put(sheet, a1(head, at), column.attrib["name"])
            if head + 1 < top <= last:
                above = self.formulas(sheet)
                for cell, formula in above.items():
                    row, at = place(cell)
                    for new in range(top, top + rows):
                        if row == top - 1:
                            self.put(sheet, a1(new, at), None, formula)

    def rename(self, sheet: str, name: str) -> None:
        """Rename a sheet, in all formulas too."""
        self.text(sheet)

        def reference(_: str, text: str) -> str:
            on, _, cells = text.rpartition("!")
            return f"{quoted(name)}!{cells}" if on and _unquoted(on) == sheet else text

        self._rewrite(reference)
        self.replace_in("xl/workbook.xml", f"name={quoteattr(sheet)}", f"name={quoteattr(name)}")
        self.sheets = {name if one == sheet else one: at for one, at in self.sheets.items()}

    def remove(self, sheet: str) -> None:
        """Delete a sheet; what referred to it is #REF!, as in spreadsheet programs."""
        names = [_table_name(self.parts[part]) for part in self.tables(sheet)]
        part, number = self.sheets[sheet], [*self.sheets].index(sheet)
        self.text(sheet)
        del self.sheets[sheet]

        def reference(_: str, text: str) -> str:
            on, _, cells = text.rpartition("!")
            gone = _unquoted(on) == sheet if on else cells.partition("[")[0] in names
            return "#REF!" if gone else text

        self._rewrite(reference)
        folder, _, file = part.rpartition("/")
        for gone in (*self.tables(sheet, part), part, f"{folder}/_rels/{file}.rels"):
            self.parts.pop(gone, None)
            types = self.parts["[Content_Types].xml"].decode()
            types = re.sub(f'<Override PartName="/{re.escape(gone)}"[^>]*/>', "", types)
            self.parts["[Content_Types].xml"] = types.encode()
        xml = self.parts["xl/workbook.xml"].decode()
        xml = re.sub(f"<sheet name={quoteattr(sheet)}[^>]*/>", "", xml)
        xml = re.sub(f'<definedName [^>]*localSheetId="{number}"[^>]*>[^<]*</definedName>', "", xml)
        xml = re.sub(
            '(?<=localSheetId=")[0-9]+',
            lambda one: str(int(one[0]) - (int(one[0]) > number)),
            xml,
        )
        self.parts["xl/workbook.xml"] = re.sub(' activeTab="[0-9]+"', "", xml).encode()
        relations = self.parts["xl/_rels/workbook.xml.rels"].decode()
        target = part.removeprefix("xl/")
        relations = re.sub(f'<Relationship [^>]*Target="{re.escape(target)}"[^>]*/>', "", relations)
        self.parts["xl/_rels/workbook.xml.rels"] = relations.encode()

    def copy(self, sheet: str, name: str) -> None:
        """A copy of a sheet behind the last one; its tables get names of their own."""
        number = 1 + max(int(each) for each in re.findall(r"sheet(\d+)\.xml", str(self.sheets)))
        part = f"xl/worksheets/sheet{number}.xml"
        tables = self.tables(sheet)
        names = {_table_name(self.parts[one]): f"{name}_{n}" for n, one in enumerate(tables)}
        names = {old: re.sub(r"\W", "_", new) for old, new in names.items()}
        self.parts[part] = self.text(sheet).encode()
        self.sheets[name] = part
        rels = self.sheets[sheet].replace("worksheets/", "worksheets/_rels/") + ".rels"
        if rels in self.parts:
            xml = self.parts[rels].decode()
            for at, one in enumerate(tables):
                new = f"xl/tables/table{number}0{at}.xml"
                table = self.parts[one].decode()
                old = _table_name(self.parts[one])
                table = re.sub(' id="[0-9]+"', f' id="{number}0{at}"', table, count=1)
                self.parts[new] = table.replace(f'"{old}"', f'"{names[old]}"').encode()
                xml = xml.replace(one.removeprefix("xl"), new.removeprefix("xl"))
                self._declare(new, "table")
            self.parts[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = xml.encode()
        self._declare(part, "worksheet")
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
        relation = f'<Relationship Id="rId9{number}" Type="{kind}" Target="{part[3:]}"/>'
        end = "</Relationships>"
        self.replace_in("xl/_rels/workbook.xml.rels", end, relation + end)
        entry = f'<sheet name={quoteattr(name)} sheetId="9{number}" r:id="rId9{number}"/>'
        self.replace_in("xl/workbook.xml", "</sheets>", f"{entry}</sheets>")

        def reference(home: str, text: str) -> str:
            on, bracket, columns = text.partition("[")
            if home == name and bracket and on in names:
                return f"{names[on]}[{columns}"
            return text

        self._rewrite(reference)

    def _declare(self, part: str, kind: str) -> None:
        type_ = f"application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"
        entry = f'<Override PartName="/{part}" ContentType="{type_}"/>'
        self.replace_in("[Content_Types].xml", "</Types>", f"{entry}</Types>")

    def order(self, *sheets: str) -> None:
        """Put the sheets into another order."""
        before = [*self.sheets]
        for sheet in before:
            self.text(sheet)
        self.sheets = {sheet: self.sheets[sheet] for sheet in sheets}
        xml = self.parts["xl/workbook.xml"].decode()
        entries = re.findall("<sheet [^>]*/>", xml)
        by_name = dict(zip(before, entries, strict=True))
        listed = "".join(by_name[sheet] for sheet in sheets)
        xml = re.sub("<sheets>.*</sheets>", lambda _: f"<sheets>{listed}</sheets>", xml)
        xml = re.sub(
            '(?<=localSheetId=")[0-9]+',
            lambda one: str(sheets.index(before[int(one[0])])),
            xml,
        )
        self.parts["xl/workbook.xml"] = xml.encode()

    def without_tables(self) -> None:
        """Drop every table and write its references in A1, as Google Sheets saves a workbook."""
        areas: dict[str, tuple[str, int, int, dict[str, int]]] = {}
        for sheet in self.sheets:
            for part in self.tables(sheet):
                xml = self.parts.pop(part)
                tree = ElementTree.fromstring(xml)
                (top, left), (bottom, _) = map(place, tree.attrib["ref"].split(":"))
                headers = [each.attrib["name"] for each in tree.iter(f"{_MAIN}tableColumn")]
                numbers = {header: left + at for at, header in enumerate(headers)}
                areas[tree.attrib["name"]] = sheet, top, bottom, numbers
            folder, _, file = self.sheets[sheet].rpartition("/")
            rels = f"{folder}/_rels/{file}.rels"
            if rels in self.parts:
                kept = re.sub("<Relationship [^>]*/tables/[^>]*/>", "", self.parts[rels].decode())
                self.parts[rels] = kept.encode()
            xml_of_sheet = re.sub("<tableParts.*</tableParts>", "", self.text(sheet))
            self.parts[self.sheets[sheet]] = xml_of_sheet.encode()
        types = re.sub(
            "<Override [^>]*/tables/[^>]*/>", "", self.parts["[Content_Types].xml"].decode()
        )
        self.parts["[Content_Types].xml"] = types.encode()

        def reference(home: str, text: str, row: int) -> str:
            name, _, inside = text.partition("[")
            if name not in areas:
                return text
            sheet, top, bottom, columns = areas[name]
            item, _, header = inside.rpartition(",")
            header = re.sub("'(.)", r"\1", header.strip("[]"))
            column = columns[header]
            on = "" if sheet == home else f"{quoted(sheet)}!"
            if "#This Row" in item:
                return on + a1(row, column)
            if "#Headers" in item:
                return on + a1(top, column, absolute=True)
            first, last = (a1(each, column, absolute=True) for each in (top + 1, bottom))
            return f"{on}{first}:{last}"

        for sheet in self.sheets:
            for cell, formula in self.formulas(sheet).items():
                if any(f"{name}[" in formula for name in areas):
                    row = place(cell)[0]
                    new = _rewritten(formula, lambda text: reference(sheet, text, row))  # noqa: B023
                    self.put(sheet, cell, formula=new)

    def type_over_header(self, sheet: str, cell: str, table: str, header: str, other: str) -> None:
        """As spreadsheet programs do it: the table and all formulas that name the column follow."""
        self.put(sheet, cell, other)
        for each in self.sheets:
            self.text(each)
        for part, content in self.parts.items():
            text = content.replace(f"{table}[{header}]".encode(), f"{table}[{other}]".encode())
            if part.startswith("xl/tables/") and f'displayName="{table}"'.encode() in text:
                text = text.replace(f'name="{header}"'.encode(), f'name="{other}"'.encode())
            self.parts[part] = text

    def _rewrite(self, reference: Callable[[str, str], str]) -> None:
        """Rewrite each reference in formulas, rules, names and the chart: (sheet, text) -> text."""
        for sheet, part in self.sheets.items():
            xml = self.text(sheet)
            of_sheet = _rewriter(lambda text: reference(sheet, text))  # noqa: B023
            tags = "f|formula|formula1|formula2"
            self.parts[part] = re.sub(rf"(<(?:{tags})(?: [^>]*)?>)([^<]+)", of_sheet, xml).encode()
            for table in self.tables(sheet):
                kept = self.parts[table].decode()
                kept = re.sub("(<calculatedColumnFormula>)([^<]+)", of_sheet, kept)
                self.parts[table] = kept.encode()
        of_book = _rewriter(lambda text: reference("", text))
        xml = self.parts["xl/workbook.xml"].decode()
        self.parts["xl/workbook.xml"] = re.sub(
            "(<definedName [^>]*>)([^<]+)", of_book, xml
        ).encode()
        for part in [name for name in self.parts if name.startswith("xl/charts/chart")]:
            xml = self.parts[part].decode()
            self.parts[part] = re.sub("(<c:f>)([^<{]+)", of_book, xml).encode()

    def tables(self, sheet: str, part: str = "") -> list[str]:
        """The table parts of a sheet."""
        folder, _, name = (part or self.sheets[sheet]).rpartition("/")
        relations = self.parts.get(f"{folder}/_rels/{name}.rels", b"<none/>")
        targets = [each.attrib["Target"] for each in ElementTree.fromstring(relations)]
        return [each.replace("..", "xl") for each in targets if "tables/" in each]


def _placed(row: int, opening: str, cells: dict[int, str]) -> tuple[str, dict[int, str]]:
    """The cells of a row with their references."""
    opening = re.sub(' spans="[0-9:]+"', "", opening)
    return opening, {
        at: re.sub(r'<c r="[A-Z0-9]+"', f'<c r="{a1(row, at)}"', xml, count=1)
        for at, xml in cells.items()
    }


def _unquoted(sheet: str) -> str:
    return sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet


def _table_name(xml: bytes) -> str:
    return ElementTree.fromstring(xml).attrib["name"]


@cache
def _tokens(formula: str) -> list[Token]:
    return list(Tokenizer(f"={formula}").items)


def _rewritten(formula: str, reference: Callable[[str], str]) -> str:
    """A formula with other references."""
    return "".join(
        reference(token.value) if token.subtype == Token.RANGE else token.value
        for token in _tokens(formula)
    )


def _rewriter(reference: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    known: dict[str, str] = {}  # a column has one formula in all its rows

    def rewrite(found: re.Match[str]) -> str:
        if found[2] not in known:
            formula = unescape(found[2], {"&quot;": '"'})
            known[found[2]] = escape(_rewritten(formula, reference))
        return found[1] + known[found[2]]

    return rewrite


def _value_xml(value: Any) -> tuple[str, str]:
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ' t="b"', f"<v>{value:d}</v>"
    if isinstance(value, CellError):
        return ' t="e"', f"<v>{value}</v>"
    if isinstance(value, str):
        return ' t="str"', f"<v>{escape(value)}</v>"
    return "", f"<v>{value!r}</v>"
