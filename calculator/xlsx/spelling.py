"""The parts of a file in one spelling, whatever program wrote them, for those who look for tags.

XML may be written with prefixes of one's own, single quotes, blanks, letters as numbers, comments,
or two bytes a letter, and says the same. What is looked for by a search through bytes is looked
for in the usual spelling, which nearly all programs write; other parts are brought into it.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from functools import lru_cache
from xml.parsers import expat
from xml.sax.saxutils import escape

from calculator.memory import Kept
from calculator.xlsx.reference import a1, place
from calculator.xlsx.source import whole

__all__ = ["ODD_NUMBER", "is_usual", "may_hold", "usual"]

#: What stands before the names of extensions and of what is drawn, by their namespace.
_PREFIXES = {
    "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main": "x14:",
    "http://schemas.microsoft.com/office/excel/2006/main": "xm:",
    "urn:schemas-microsoft-com:vml": "v:",
    "urn:schemas-microsoft-com:office:office": "o:",
    "urn:schemas-microsoft-com:office:excel": "x:",
}
#: A part, or a piece of one, in which every tag is written as usual, and cells say where they are.
_TAGS = re.compile(
    rb"[^<]*+(?:<\?xml [^<>]*+>[^<]*+)?"
    rb'(?:<(?!c(?=[ />])(?! r=")|row(?=[ />])(?![^<>]* r="))/?[A-Za-z][\w:]*+'
    rb'(?: [\w:]++="[^"<>&]*+(?:&[a-z]++;[^"<>&]*+)*+")*+(?: ?/)?>[^<]*+)*+'
)
_PREFIXED_ROOT = re.compile(rb"[^<]*(?:<\?[^<>]*>[^<]*)?<\w+:")
_NAMESPACE = re.compile(rb' xmlns:?(\w*)="([^"]*)"')
#: Attributes that are numbers or truths, and these where they are not written as most are.
_NUMBERS = frozenset(
    (
        *("s", "ht", "hidden", "width", "min", "max", "defaultRowHeight", "defaultColWidth"),
        *("xSplit", "ySplit", "showFormulas", "showZeros", "showValue", "dxfId"),
        "transitionEvaluation",
    )
)
ODD_NUMBER = (
    f' (?:{"|".join(sorted(_NUMBERS))})="(?!(?:0|[1-9][0-9]*+)(?:[.][0-9]++)?"|true"|false")'
)
_ODD_NUMBER = re.compile(ODD_NUMBER.encode())
#: Whether parts are usual, by what tells them apart: a data sheet is long, and the same in many.
_KNOWN = Kept[bytes, bool](4_096)
#: Tags and texts of a part that are spelled anew: those of as many cells as are read.
_MOST_PIECES = 5_000_000


def may_hold(part: bytes, *names: bytes) -> bool:
    """Whether such names may be in a part, however it is spelled."""
    return any(name in part for name in names) or b"\0" in part[:4]


def is_usual(part: bytes) -> bool:
    """Whether a part, or a piece of one, is spelled as most programs do."""
    key = hashlib.blake2b(part, digest_size=16).digest()
    return _KNOWN.of(
        key,
        lambda: (
            _TAGS.fullmatch(part) is not None
            and _PREFIXED_ROOT.match(part) is None
            and _ODD_NUMBER.search(part) is None
            and _has_usual_prefixes(part)
        ),
    )


def _has_usual_prefixes(part: bytes) -> bool:
    """Whether names without a prefix are of one namespace, and others have the usual prefix."""
    found = [
        (prefix.decode(), uri.decode(errors="replace")) for prefix, uri in _NAMESPACE.findall(part)
    ]
    is_one = [prefix for prefix, _ in found].count("") <= 1
    return is_one and all(
        _PREFIXES.get(uri, prefix + ":") == prefix + ":" for prefix, uri in found if prefix
    )


def usual(part: bytes) -> bytes:
    """A part as most programs spell it, without comments; as far as it can be read."""
    return part if is_usual(part) else _respelled(part)


# Of a sheet it is asked for several times in turn.
@lru_cache(maxsize=2)
def _respelled(part: bytes) -> bytes:
    """A part as the parser reads it, each cell with its place and then its style."""
    pieces: list[str] = []
    way: list[str] = []
    #: What prefixes stand for: each the same in all of a part, as programs write it.
    prefixes: dict[str, str] = {}
    root: str | None = None
    row = column = 0
    begun = 0  # how many pieces there are up to a start, as long as nothing follows it

    def start(name: str, at: dict[str, str]) -> None:
        nonlocal root, row, column, begun
        if "xmlns" in "".join(at):
            prefixes.update((key[6:], each) for key, each in at.items() if key.startswith("xmlns"))
        prefix, _, local = name.rpartition(":")
        namespace = prefixes.get(prefix, prefix)
        root = namespace if root is None else root
        before = "" if namespace == root else _PREFIXES.get(namespace, f"{prefix or 'other'}:")
        if before == "" and local == "row":
            row, column = whole(at["r"]) if "r" in at else row + 1, 0
            at = {"r": str(row)} | at
        elif before == "" and local == "c":
            row, column = _place(at["r"]) if "r" in at else (row, column + 1)
            where = {"r": a1(row, column)} if row > 0 else {}
            at = where | ({"s": at["s"]} if "s" in at else {}) | at
        said = "".join([f' {key}="{_plainly(key, each)}"' for key, each in at.items()])
        if len(pieces) > _MOST_PIECES:
            raise LookupError
        pieces.append(f"<{before}{local}{said}>")
        way.append(f"{before}{local}")
        begun = len(pieces)

    def end(_: str) -> None:
        nonlocal begun
        name = way.pop()
        if len(pieces) == begun:
            pieces[-1], begun = pieces[-1].replace(">", "/>"), 0
        else:
            pieces.append(f"</{name}>")

    def refuse(*_: object) -> None:
        raise LookupError

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: pieces.append(escape(text))
    parser.StartDoctypeDeclHandler = refuse
    with contextlib.suppress(expat.ExpatError, ValueError, LookupError):  # said by who reads cells
        parser.Parse(part, True)
    return "".join(pieces).encode()


_QUOTE = {'"': "&quot;"}


def _place(reference: str) -> tuple[int, int]:
    try:
        return place(reference)
    except ValueError:  # beyond the end of any sheet
        return 0, 0


def _plainly(name: str, said: str) -> str:
    """An attribute as most programs write it: of a number, its digits."""
    if said.isalnum() and (said[0] != "0" or said == "0"):
        return said
    if name not in _NUMBERS:
        return escape(said, _QUOTE)
    try:
        return f"{float(said):.9f}".rstrip("0").rstrip(".")
    except ValueError:
        return escape(said.strip(), _QUOTE)
