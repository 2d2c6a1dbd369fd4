"""What a file is that is no .xlsx workbook: by its first bytes, by what it holds, by its name."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Collection

from calculator.files import read_content
from calculator.xlsx.source import HUGE, PLAIN, RECOPY, RESAVE, UNLOCK, Fail, Limits

__all__ = ["content_of", "kind_of_file", "kind_of_zip"]

_INSTEAD = "an .xlsx workbook is expected"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: A record that begins a workbook of Excel 2 to 5, where it is no compound file.
_RECORD = re.compile(rb"\t[\0\2\4\x08][\4\6\x08\x10]\0")
#: The first record of a workbook of Excel 97-2003, and behind it that of a password to open it.
_PASSWORD = re.compile(rb"\t\x08\x10\0.{16}(?:\x86\0\0\0)?/\0", re.DOTALL)
#: Other kinds of files by how they begin.
_BINARY = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"PAR1": "a Parquet file",
    b"{\\rtf": "a text document (RTF)",
}
#: Kinds of text that cannot be mistaken.
_TEXT = {
    "JSON": re.compile(rb'\A(?:\{\s*["}]|\[\s*[{"\]])'),
    "YAML": re.compile(rb"\A(?:---\r?\n|%YAML)|^apiVersion: ", re.MULTILINE),
    "Terraform": re.compile(
        rb"^(?:(?:resource|data|module|variable|provider|output)"
        rb'(?: "[^"\n]*")+|locals|terraform) *\{',
        re.MULTILINE,
    ),
}
#: Kinds of text by the ending of their names.
_BY_ENDING = {
    ".json": "JSON",
    ".yaml": "YAML",
    ".yml": "YAML",
    ".toml": "TOML",
    ".csv": "CSV",
    ".tsv": "text with tabs (TSV)",
    ".tf": "Terraform",
    ".tfvars": "Terraform",
    ".hcl": "Terraform",
    ".md": "Markdown",
}


def kind_of_file(name: str, content: bytes) -> tuple[str, str]:
    """Reason and message for a file that is no zip."""
    start = content[:4096]
    base = os.path.basename(name)
    if base.startswith("~$"):
        what = "It is the lock file of a workbook that somebody has open"
        return "lock-file", f"{what}. Give the workbook itself, {base[2:]}."
    if not content:
        return "empty", f"The file is empty. {RECOPY}"
    if start.startswith(_COMPOUND):
        return _kind_of_compound(content)
    if _RECORD.match(start):
        return "old-format", f"It is a workbook of Excel 2 to 5 (.xls). {RESAVE}"
    for signature, what in _BINARY.items():
        if start.startswith(signature):
            return "not-a-workbook", f"It is {what}; {_INSTEAD}."
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, which has zeros
        return _kind_of_text(base, b"")
    if re.search(rb"[\0-\x08\x0e-\x1a]", start):
        return "not-a-workbook", f"It is not an .xlsx workbook, whatever its name. {PLAIN}"
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    return _kind_of_markup(head) if head.startswith(b"<") else _kind_of_text(base, head)


def kind_of_zip(members: Collection[str], mimetype: bytes) -> tuple[str, str]:
    """Reason and message for a zip without a workbook in XML.

    Parameters
    ----------
    members: the names of what it holds, in small letters.
    mimetype: what its member of that name says, if there is one.
    """
    if b"opendocument.spreadsheet" in mimetype:
        return "opendocument", f"It is an OpenDocument spreadsheet (.ods). {RESAVE}"
    if b"opendocument" in mimetype:
        return "opendocument", f"It is an OpenDocument file, but no spreadsheet; {_INSTEAD}."
    if any(name.endswith("workbook.bin") for name in members):
        return "binary-workbook", f"It is a binary workbook (.xlsb). {RESAVE}"
    if any(name.endswith(".iwa") or name == "index.zip" for name in members):
        what = "It is a document of Apple's Numbers (.numbers) or its sister programs"
        return "numbers", f"{what}. Open it in Numbers and export it to Excel, as .xlsx."
    if any(name.endswith(".xlsx") for name in members):
        return "not-a-workbook", "It is a zip file of workbooks. Unpack it and give those."
    return "not-a-workbook", f"It is a zip file without a workbook in it. {PLAIN}"


def _kind_of_compound(content: bytes) -> tuple[str, str]:
    """Of a file system in a file, as old Office programs and encryption make it."""

    def holds(name: str) -> bool:
        return f"{name}\0".encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        return "encrypted", f"It is encrypted with a password. {UNLOCK}"
    if not (holds("Workbook") or holds("Book")):
        return "old-format", f"It is a file of an old Office program, not .xlsx. {RESAVE}"
    what = "It is a workbook of Excel 97-2003 (.xls)"
    if _PASSWORD.search(content):
        return "encrypted", f"{what}, encrypted with a password. {UNLOCK}"
    return "old-format", f"{what}. {RESAVE}"


def _kind_of_markup(head: bytes) -> tuple[str, str]:
    low = head.lower()
    if low.startswith((b"<!doctype html", b"<html")):
        if b"office:excel" in low:
            return "html", f"It is a web page made for Excel, not an .xlsx workbook. {RESAVE}"
        what = "It is a web page, perhaps a login page that was saved in place of the download"
        return "html", f"{what}. {RECOPY}"
    if b"opendocument.spreadsheet" in low:
        what = "It is an OpenDocument spreadsheet in plain XML (.fods)"
        return "opendocument", f"{what}. Open it in LibreOffice and save it again as .xlsx."
    return "xml", f"It is a plain XML file, not an .xlsx workbook. {RESAVE}"


def _kind_of_text(name: str, head: bytes) -> tuple[str, str]:
    for what, pattern in _TEXT.items():
        if pattern.search(head):
            return "text", f"It is {what}; {_INSTEAD}."
    ending = os.path.splitext(name)[1].lower()
    if ending in _BY_ENDING:
        return "named-text", f"It is {_BY_ENDING[ending]}; {_INSTEAD}."
    return "text", f"It is a text file (such as CSV), not an .xlsx workbook. {RESAVE}"


def content_of(file: str, content: bytes | OSError | None, limits: Limits, fail: Fail) -> bytes:
    """The bytes of a file that begins as a zip does."""
    try:
        if content is None:
            content = read_content(file, limits.file)
        if isinstance(content, OSError):
            raise content
    except IsADirectoryError:
        fail("not-a-file", "It is a folder, and there is no workbook in it or below it.")
    except io.UnsupportedOperation:
        fail("not-a-file", f"It is a pipe or a device, not a file. {PLAIN}")
    except FileNotFoundError:
        fail("not-found", "There is no such file. Check the path.")
    except PermissionError:
        which = "is a folder that " if os.path.isdir(file) else ""
        fail("no-permission", f"It {which}may not be read. Check its permissions.")
    except (OSError, ValueError) as error:
        fail("not-readable", f"It cannot be read: {error}.")
    if len(content) > limits.file:
        fail("too-large", f"It has more than {limits.file >> 20:,} MiB. {HUGE}")
    if not content.startswith(b"PK\3\4"):
        fail(*kind_of_file(file, content))
    return content
