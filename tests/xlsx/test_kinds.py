"""What is no .xlsx workbook is called by its name, and it is said what to do."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from calculator.errors import WorkbookError
from calculator.xlsx.package import Package
from tests.helpers import edited_in_libreoffice, needs_uno

RESAVE = "Open it in Excel or LibreOffice and save it again as .xlsx."
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The first record of a workbook of Excel 97-2003.
FIRST = bytes.fromhex("0908 1000 0006 0500 bb0d cc07 0000 0000 0600 0000")


def zipped(*names: str, **contents: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, content in {**dict.fromkeys(names, ""), **contents}.items():
            file.writestr(name, content)
    return stream.getvalue()


def old_file(*streams: str, content: bytes = b"") -> bytes:
    names = "".join(f"{name}\0".ljust(32, "\0") for name in streams)
    return COMPOUND + bytes(504) + content + names.encode("utf-16-le")


def refused(path: Path) -> tuple[str, str]:
    with pytest.raises(WorkbookError) as caught:
        Package.open(path)
    return caught.value.reason, caught.value.message


TERRAFORM = b'# Subnets\n\nresource "aws_subnet" "a" {\n  cidr_block = "10.0.0.0/23"\n}\n'
EKSCTL = b"# A cluster\napiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\n"
BY_CONTENT = {
    "JSON": (b'\xef\xbb\xbf{\n  "Subnets": []}', "text", "JSON"),
    "a list in JSON": (b'[ {"SubnetId": 1}]', "text", "JSON"),
    "YAML": (b"---\nnodes: 3\n", "text", "YAML"),
    "a manifest": (EKSCTL, "text", "YAML"),
    "Terraform": (TERRAFORM, "text", "Terraform"),
    "Terraform's locals": (b"locals {\n  a = 1\n}\n", "text", "Terraform"),
    "PDF": (b"%PDF-1.7\n", "not-a-workbook", "a PDF document"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0\0", "not-a-workbook", "a picture"),
    "gzip": (b"\x1f\x8b\x08\0", "not-a-workbook", "a gzip archive"),
    "odt": (
        zipped(mimetype="application/vnd.oasis.opendocument.text"),
        "opendocument",
        "an OpenDocument file, but no spreadsheet",
    ),
}


@pytest.mark.parametrize(("content", "reason", "what"), BY_CONTENT.values(), ids=BY_CONTENT)
def test_by_content_whatever_the_name(
    tmp_path: Path, content: bytes, reason: str, what: str
) -> None:
    for name in ("plan.xlsx", "plan", "plan.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        assert refused(path) == (reason, f"It is {what}; an .xlsx workbook is expected.")


BY_NAME = {
    "plan.json": ("\n3\n", "JSON"),
    "plan.yml": ("nodes: 3\n", "YAML"),
    "plan.toml": ("[nodes]\ncount = 3\n", "TOML"),
    "plan.CSV": ("type,count\nm5.large,3\n", "CSV"),
    "plan.tfvars": ("nodes = 3\n", "Terraform"),
}


@pytest.mark.parametrize("name", BY_NAME)
def test_by_the_ending_of_the_name(tmp_path: Path, name: str) -> None:
    text, what = BY_NAME[name]
    (tmp_path / name).write_text(text)
    message = f"It is {what}; an .xlsx workbook is expected."
    assert refused(tmp_path / name) == ("named-text", message)
    (tmp_path / "plan.xlsx").write_text(text)
    message = f"It is a text file (such as CSV), not an .xlsx workbook. {RESAVE}"
    assert refused(tmp_path / "plan.xlsx") == ("text", message)


SPREADSHEETS = {
    "encrypted": (old_file("EncryptionInfo", "EncryptedPackage"), "encrypted", "with a password."),
    "xls": (old_file("Workbook", content=FIRST), "old-format", "Excel 97-2003 (.xls). Open it"),
    "encrypted xls": (
        old_file("Workbook", content=FIRST + bytes.fromhex("2f00 3600")),
        "encrypted",
        "Excel 97-2003 (.xls), encrypted with a password. Open it in Excel, remove the password",
    ),
    "encrypted xls with a password to write": (
        old_file("Workbook", content=FIRST + bytes.fromhex("8600 0000 2f00 3600")),
        "encrypted",
        "Excel 97-2003 (.xls), encrypted",
    ),
    "xls of Excel 3": (
        bytes.fromhex("0902 0600 0000 1000 0000"),
        "old-format",
        f"Excel 2 to 5 (.xls). {RESAVE}",
    ),
    "xlsb": (zipped("xl/workbook.bin"), "binary-workbook", f"binary workbook (.xlsb). {RESAVE}"),
    "numbers": (
        zipped("Index/Document.iwa"),
        "numbers",
        "Apple's Numbers (.numbers) or its sister programs. Open it in Numbers and export it",
    ),
    "web page for Excel": (
        b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>',
        "html",
        f"web page made for Excel, not an .xlsx workbook. {RESAVE}",
    ),
    "zip of workbooks": (
        zipped("plans/a.xlsx"),
        "not-a-workbook",
        "zip file of workbooks. Unpack it and give those.",
    ),
}


@pytest.mark.parametrize(("content", "reason", "words"), SPREADSHEETS.values(), ids=SPREADSHEETS)
@pytest.mark.parametrize("name", ["plan.xlsx", "plan.ods"])
def test_other_spreadsheets_whatever_their_name(
    tmp_path: Path, content: bytes, reason: str, words: str, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found, message = refused(path)
    assert found == reason
    assert words in message


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A workbook as LibreOffice saves it, by the ending of its name, with one start."""
    folder = tmp_path_factory.mktemp("kinds")
    with xlsxwriter.Workbook(folder / "source.xlsx") as workbook:
        workbook.add_worksheet().write(0, 0, "text")
    endings = ("xls", "ods", "fods")
    jobs = {f"plan.{ending}": (folder / "source.xlsx", ()) for ending in endings}
    done = edited_in_libreoffice(folder, jobs)
    return {ending: done[f"plan.{ending}"] for ending in endings}


@pytest.mark.thorough
@needs_uno
@pytest.mark.parametrize(
    ("ending", "reason", "words"),
    [
        ("xls", "old-format", f"a workbook of Excel 97-2003 (.xls). {RESAVE}"),
        ("ods", "opendocument", f"an OpenDocument spreadsheet (.ods). {RESAVE}"),
        ("fods", "opendocument", "plain XML (.fods). Open it in LibreOffice and save it again"),
    ],
)
def test_as_libreoffice_writes_them(
    by_libreoffice: dict[str, Path], tmp_path: Path, ending: str, reason: str, words: str
) -> None:
    for name in (f"plan.{ending}", "renamed.xlsx"):
        found, message = refused(Path(shutil.copy(by_libreoffice[ending], tmp_path / name)))
        assert found == reason
        assert words in message


def test_a_lock_file_that_was_named(tmp_path: Path) -> None:
    path = tmp_path / "~$plan.xlsx"
    path.write_bytes(b"\x05Alice".ljust(165, b" "))
    what = "It is the lock file of a workbook that somebody has open"
    assert refused(path) == ("lock-file", f"{what}. Give the workbook itself, plan.xlsx.")
