"""What several test modules share: filled-in workbooks, raw edits of their parts, LibreOffice."""

from __future__ import annotations

import io
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, unescape

import pytest

from calculator.batch import Chunk, Evaluation
from calculator.executors import is_stopped
from calculator.parity import WorkbookReport
from calculator.plan import NodeGroup, Plan
from calculator.workbook.writer import write_workbook
from calculator.xlsx.cells import CellError
from calculator.xlsx.reference import a1, place

MODELS = ("vpc-cni", "aws-sample")
#: The sheets of each model's new workbook.
SHEETS = {"vpc-cni": ("WarmENI", "WarmIP", "Prefix"), "aws-sample": ("WarmENI", "WarmIP")}
AWS_SAMPLE = Path(__file__).parents[2] / "shared/data/aws-sample/subnet-calc.xlsx"

needs_aws_sample = pytest.mark.skipif(
    not AWS_SAMPLE.exists(), reason="AWS's sample workbook is not beside this checkout"
)
needs_ironcalc = pytest.mark.skipif(
    find_spec("ironcalc") is None, reason="IronCalc is not installed"
)
needs_dask = pytest.mark.skipif(find_spec("distributed") is None, reason="Dask is not installed")
needs_pyarrow = pytest.mark.skipif(find_spec("pyarrow") is None, reason="pyarrow is not installed")
needs_s3 = pytest.mark.skipif(
    any(find_spec(each) is None for each in ("moto", "s3fs", "flask")),
    reason="s3fs or moto[server] is not installed",
)
needs_libreoffice = pytest.mark.skipif(
    not (shutil.which("soffice") or shutil.which("libreoffice")),
    reason="LibreOffice is not installed",
)

#: Types that both catalogs know; groups that fit, that are full, that are empty.
PLAN = Plan(
    subnet_prefix_length=20,
    warm_eni_target=1,
    warm_ip_target=3,
    minimum_ip_target=7,
    warm_prefix_target=0,
    host_network_pods=2,
    daemonset_pods=2,
    node_groups=(
        NodeGroup("m5.12xlarge", 2, 100),
        NodeGroup("t3.medium", 12, 9),
        NodeGroup("c5.large", 7, 0),
        NodeGroup("m5.xlarge", 0, 30),
        NodeGroup("r5.4xlarge", 3, 61),
    ),
)


@cache
def content(model: str = "vpc-cni", plan: Plan | None = PLAN, rows: int = 20) -> bytes:
    """A workbook of the program as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.xlsx")
        write_workbook(path, plan, model=model, rows=rows)
        return path.read_bytes()


def many(folder: Path, number: int, model: str = "vpc-cni") -> list[str]:
    """Small workbooks, no two neighbours alike, and their paths in order."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"p{each:03}.xlsx" for each in range(number)]
    for each, path in enumerate(paths):
        saved(path, model, Plan(node_groups=[NodeGroup("m5.large", each % 3, 9)]), 5)
    return [str(path) for path in paths]


def as_text(reports: Sequence[WorkbookReport]) -> str:
    """Reports as one text, equal where they are; NaN is equal to itself."""
    return "\n".join(map(repr, reports)) + repr(
        [sheet.columns for each in reports for sheet in each.sheets]
    )


def saved(path: Path, model: str = "vpc-cni", plan: Plan | None = PLAN, rows: int = 20) -> Path:
    """A workbook of the program, written to `path`."""
    path.write_bytes(content(model, plan, rows))
    return path


class _Keep:
    """Stands for what a cell has already."""


_KEEP = _Keep()
_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_ROW = re.compile(r'(<row r="([0-9]+)"[^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
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

    def save(self, path: Path) -> Path:
        for sheet in self.sheets:
            self.text(sheet)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in self.parts.items():
                # A date of its own would make the file another one with every run.
                archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
        return path

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
        before = self.text(sheet)
        assert old in before, old
        self.parts[self.sheets[sheet]] = before.replace(old, new).encode()

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

    def shift(self, sheet: str, by: int) -> None:
        """Move all rows of a sheet down, with their table: what inserting rows at the top does.

        Formulas are moved for references in A1, those of other sheets to this one as well;
        validation and formats stay where they are.
        """
        from openpyxl.formula.translate import Translator

        for other in self.sheets.keys() - {sheet}:
            xml = self.text(other)
            if f"{sheet}!" in xml:
                moved = re.sub(
                    rf"(?<=<f>)[^<]*\b{sheet}![^<]*",
                    lambda formula: re.sub(
                        rf"\b({sheet}!\$?[A-Z]+\$?)([0-9]+)",
                        lambda found: f"{found[1]}{int(found[2]) + by}",
                        formula[0],
                    ),
                    xml,
                )
                self.parts[self.sheets[other]] = moved.encode()

        def moved_row(match: re.Match[str]) -> str:
            number = int(match[2]) + by
            opening = re.sub('r="[0-9]+"', f'r="{number}"', match[1], count=1)
            return f"{opening}>{_CELL.sub(moved_cell, match[3] or '')}</row>"

        def moved_cell(match: re.Match[str]) -> str:
            row, column = place(match[1])
            cell = a1(row + by, column)

            def moved_formula(found: re.Match[str]) -> str:
                # A relative copy of the formula with all its $ taken away moves every reference.
                text = re.sub(r"\$([A-Z]{1,2})\$([0-9])", r"\1\2", unescape(found[2]))
                if "!" not in text:  # what points at another sheet stays
                    text = Translator(f"={text}", match[1]).translate_formula(cell)[1:]
                return f"{found[1]}{escape(text)}</f>"

            inner = re.sub("(<f[^>]*>)(.*?)</f>", moved_formula, match[3] or "", flags=re.DOTALL)
            return f'<c r="{cell}"{match[2]}>{inner}</c>'

        self.parts[self.sheets[sheet]] = _ROW.sub(moved_row, self.text(sheet)).encode()

        def moved_range(match: re.Match[str]) -> str:
            corners = (place(each) for each in match[1].split(":"))
            return 'ref="' + ":".join(a1(row + by, column) for row, column in corners) + '"'

        for part in self.tables(sheet):
            xml = self.parts[part].decode()
            self.parts[part] = re.sub('ref="([A-Z0-9:]+)"', moved_range, xml).encode()
        xml = self.parts["xl/workbook.xml"].decode()
        self.parts["xl/workbook.xml"] = re.sub(
            rf"({sheet}!\$[A-Z]+\$)([0-9]+)(</definedName>)",
            lambda found: f"{found[1]}{int(found[2]) + by}{found[3]}",
            xml,
        ).encode()

    def tables(self, sheet: str) -> list[str]:
        """The table parts of a sheet."""
        folder, _, name = self.sheets[sheet].rpartition("/")
        relations = self.parts.get(f"{folder}/_rels/{name}.rels", b"<none/>")
        targets = [each.attrib["Target"] for each in ElementTree.fromstring(relations)]
        return [each.replace("..", "xl") for each in targets if "tables/" in each]


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


def libreoffice(sources: list[Path], folder: Path) -> list[Path]:
    """The workbooks as LibreOffice saves them, in `folder`."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program is not None
    profile = (folder / "profile").as_uri()
    subprocess.run(
        [
            *(program, f"-env:UserInstallation={profile}", "--headless", "--norestore"),
            *("--convert-to", "xlsx", "--outdir", str(folder / "out"), *map(str, sources)),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    return [folder / "out" / each.name for each in sources]


# --- what workers do ------------------------------------------------------------------------------


def die_unless(marker: str) -> str:
    """End this process at once, as the kernel does for want of memory, but only once.

    marker: a file that is made then; with none, it happens every time.
    """
    if not os.path.exists(marker):
        if marker:
            Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return marker


def of_sigint(_: object) -> tuple[int, bool]:
    """This process, and whether Ctrl-C does nothing to it."""
    return os.getpid(), signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@dataclass(frozen=True)
class Deadly(Evaluation):
    """An evaluation that ends its worker over some files.

    deadly: files whose name has this in it.
    marker: as for :func:`die_unless`.
    """

    deadly: str = "deadly"
    marker: str = ""

    def __call__(self, chunk: Chunk) -> list[WorkbookReport]:
        if any(self.deadly in each for each in chunk.files):
            die_unless(self.marker)
        return super().__call__(chunk)


@dataclass(frozen=True)
class Failing(Evaluation):
    """An evaluation that fails over some files, as it never should."""

    def __call__(self, chunk: Chunk) -> list[WorkbookReport]:
        if any("odd" in each for each in chunk.files):
            raise ZeroDivisionError("what nobody thought of")
        return super().__call__(chunk)


def until_stopped(marker: str) -> str:
    """Work on until this process is told to stop; the marker says that it began."""
    Path(marker).touch()
    for _ in range(6_000):
        if is_stopped():
            return "stopped"
        time.sleep(0.005)
    return "never stopped"
