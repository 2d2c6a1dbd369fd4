"""Draws over the cells of a workbook, as Excel writes what people put there."""

from __future__ import annotations

import re
from base64 import b64decode
from xml.sax.saxutils import escape

from tests.raw import Raw

_OF_DRAWINGS = "http://schemas.openxmlformats.org/drawingml/2006"
_OF_PARTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WHITE = '<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'
_SOMEWHERE = '<a:xfrm><a:off x="0" y="0"/><a:ext cx="500000" cy="100000"/></a:xfrm>'
_RECTANGLE = '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
PICTURE = (
    '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="3" name="Logo"/><xdr:cNvPicPr/></xdr:nvPicPr>'
    '<xdr:blipFill><a:blip r:embed="rId1"/><a:stretch/></xdr:blipFill>'
    f"<xdr:spPr>{_SOMEWHERE}{_RECTANGLE}</xdr:spPr></xdr:pic>"
)
#: A picture of one pixel.
_PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
LINE = (
    '<xdr:cxnSp macro=""><xdr:nvCxnSpPr><xdr:cNvPr id="4" name="Line"/><xdr:cNvCxnSpPr/>'
    f"</xdr:nvCxnSpPr><xdr:spPr>{_SOMEWHERE}{_RECTANGLE}</xdr:spPr></xdr:cxnSp>"
)
INK = (
    '<mc:AlternateContent xmlns:mc="x"><mc:Choice Requires="xdr14"><xdr14:contentPart xmlns:xdr14='
    '"y"><xdr14:nvContentPartPr><xdr14:cNvPr id="6" name="Ink"/></xdr14:nvContentPartPr>'
    "</xdr14:contentPart></mc:Choice><mc:Fallback/></mc:AlternateContent>"
)
NO_FILL = "<a:noFill/>"
MARKER = _WHITE.replace("/></a:solid", '><a:alpha val="40000"/></a:srgbClr></a:solid')


def line(points: float, fill: str = _WHITE) -> str:
    """What makes a line of a shape's edge."""
    return f'<a:ln w="{points * 12_700:.0f}">{fill}</a:ln>'


def shape(words: str = "", fill: str = _WHITE, hidden: bool = False, link: str = "") -> str:
    """A rectangle with words on it or of a cell, and what it is filled with."""
    is_hidden = ' hidden="1"' if hidden else ""
    text = f'<a:r><a:rPr lang="en-US"/><a:t>{escape(words)}</a:t></a:r>' if words else ""
    return (
        f'<xdr:sp macro="" textlink="{link}"><xdr:nvSpPr><xdr:cNvPr id="2" name="Box"{is_hidden}/>'
        f"<xdr:cNvSpPr/></xdr:nvSpPr><xdr:spPr>{_SOMEWHERE}{_RECTANGLE}{fill}</xdr:spPr>"
        f"<xdr:txBody><a:bodyPr/><a:lstStyle/><a:p>{text}</a:p></xdr:txBody></xdr:sp>"
    )


def group(*things: str) -> str:
    """Some things that are moved together."""
    inside = '<a:chOff x="0" y="0"/><a:chExt cx="500000" cy="100000"/></a:xfrm>'
    place = _SOMEWHERE.replace("</a:xfrm>", inside)
    properties = '<xdr:cNvPr id="5" name="Group"/><xdr:cNvGrpSpPr/>'
    return (
        f"<xdr:grpSp><xdr:nvGrpSpPr>{properties}</xdr:nvGrpSpPr><xdr:grpSpPr>{place}</xdr:grpSpPr>"
        f"{''.join(things)}</xdr:grpSp>"
    )


def corner(name: str, column: int, right: int, row: int, down: int) -> str:
    """A corner of what is drawn: column and row from 0, and how far into them [EMU]."""
    places = {"col": column, "colOff": right, "row": row, "rowOff": down}
    inside = "".join(f"<xdr:{tag}>{value}</xdr:{tag}>" for tag, value in places.items())
    return f"<xdr:{name}>{inside}</xdr:{name}>"


def over(cells: str, what: str, *, inset: int = 50_000) -> str:
    """Something from within one cell to within another."""
    letters = re.fullmatch("([A-Z])([0-9]+):([A-Z])([0-9]+)", cells)
    assert letters is not None
    left, top, right, bottom = letters.groups()
    start = corner("from", ord(left) - 65, inset, int(top) - 1, inset)
    end = corner("to", ord(right) - 65, 10 * inset, int(bottom) - 1, 3 * inset)
    return f"<xdr:twoCellAnchor>{start}{end}{what}<xdr:clientData/></xdr:twoCellAnchor>"


def describe(raw: Raw, sheet: str, kind: str, inside: str, looks: str = "") -> Raw:
    """A note or a control over E5:F6 of a sheet, as programs have written them since Excel 97.

    Parameters
    ----------
    looks: its style.
    inside: what else is said of it.
    """
    raw.parts["xl/drawings/described.vml"] = (
        f'<xml xmlns:v="v" xmlns:x="x"><v:shape style="{looks}"><v:textbox style="z"><div>'
        "<font>All</font> fit &amp; more</div></v:textbox>"
        f'<x:ClientData ObjectType="{kind}"><x:Anchor>4, 10, 4, 2, 6, 0, 7, 0</x:Anchor>{inside}'
        "</x:ClientData></v:shape></xml>"
    ).encode()
    relate(raw, sheet, "vmlDrawing", "xl/drawings/described.vml")
    return raw


def draw(raw: Raw, sheet: str, *anchors: str) -> Raw:
    """Draw on a sheet that has tables and no drawing yet."""
    number = 1 + sum(name.startswith("xl/drawings/drawing") for name in raw.parts)
    part = f"xl/drawings/drawing{number}.xml"
    raw.parts[part] = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<xdr:wsDr xmlns:xdr="{_OF_DRAWINGS}/spreadsheetDrawing" '
        f'xmlns:a="{_OF_DRAWINGS}/main" xmlns:r="{_OF_PARTS}">{"".join(anchors)}</xdr:wsDr>'
    ).encode()
    if "r:embed" in "".join(anchors):
        raw.parts["xl/media/image1.png"] = b64decode(_PNG)
        raw.parts[f"xl/drawings/_rels/drawing{number}.xml.rels"] = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{_OF_PARTS}/image" Target="/xl/media/image1.png"/>'
            "</Relationships>"
        ).encode()
        png = '<Default Extension="png" ContentType="image/png"/><Override'
        types = raw.parts["[Content_Types].xml"].decode()
        raw.parts["[Content_Types].xml"] = types.replace("<Override", png, 1).encode()
    kind = '"application/vnd.openxmlformats-officedocument.drawing+xml"'
    entry = f'<Override PartName="/{part}" ContentType={kind}/></Types>'
    raw.replace_in("[Content_Types].xml", "</Types>", entry)
    relate(raw, sheet, "drawing", part)
    raw.replace(sheet, "<tableParts", '<drawing r:id="rIddrawing"/><tableParts')
    return raw


def relate(raw: Raw, sheet: str, kind: str, part: str) -> None:
    """Let a sheet that has tables refer to a part."""
    entry = f'<Relationship Id="rId{kind}" Type="{_OF_PARTS}/{kind}" Target="/{part}"/>'
    relations = raw.sheets[sheet].replace("worksheets/", "worksheets/_rels/") + ".rels"
    raw.replace_in(relations, "</Relationships>", f"{entry}</Relationships>")
