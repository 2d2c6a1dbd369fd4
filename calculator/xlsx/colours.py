"""Colours as a workbook names them, fonts and fills, and whether a text can be read on them."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = [
    "BLACK",
    "SMALLEST",
    "USUAL_SIZE",
    "WHITE",
    "Fill",
    "Font",
    "Palette",
    "are_alike",
    "are_one",
    "is_green",
    "is_lost",
    "is_red",
    "theme_in",
]

BLACK, WHITE = "000000", "FFFFFF"
#: Of two colours that can be told apart: their contrast, or how much red, green and blue differ,
#: as those of bright green and white do.
_LEAST_CONTRAST, _MUCH = 1.5, 1.9
#: By how much red, green and blue of what looks the same differ together, at most.
_HARDLY = 0.2
#: The smallest letters that can be read [points]: digits of 4 are no four dots of a screen high.
SMALLEST = 5
#: Fonts that show signs in place of letters and digits; others are called after symbols, too.
_SIGNS = re.compile(
    "wingdings|webdings|dingbats|^symbol( mt)?$|marlett|mt extra|ms outlook|reference specialty"
    "|bookshelf symbol|mdl2 assets|fluent icons|barcode|code (39|93|128)|3 of 9|hc39m|blank"
    "|^redacted|^flow (block|circular|rounded)",
    re.IGNORECASE,
)
#: The elements that name a font; and what one says of itself whose letters are signs.
_NAMES, _OF_SIGNS = ("name", "rFont"), "2"
_COLOURS_OF_FILLS = ("fgColor", "bgColor", "color")
USUAL_SIZE = 11.0
#: The theme of Office: paper and ink, twice; accents and links.
_OFFICE = (
    *(WHITE, BLACK, "E7E6E6", "44546A", "4472C4", "ED7D31", "A5A5A5", "FFC000", "5B9BD5"),
    *("70AD47", "0563C1", "954F72"),
)
_OF_THEME = re.compile(rb'<(?:a:)?(?:sys|srgb)Clr [^<>]*?(?:lastClr|val)="([0-9A-Fa-f]{6})"')
#: The colours of number formats that have a name, in the order of their numbers.
_NAMED = {
    "black": BLACK,
    "white": WHITE,
    "red": "FF0000",
    "green": "00FF00",
    "blue": "0000FF",
    "yellow": "FFFF00",
    "magenta": "FF00FF",
    "cyan": "00FFFF",
}
#: The number of the first of them, also by 8 less; and the text and the ground of windows.
_FIRST, _OF_WINDOWS = 8, {"64": BLACK, "65": WHITE}


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours that the cells of a workbook name by number.

    Parameters
    ----------
    theme: as cells count them. indexed: those of its own, none where it has the usual ones.
    """

    theme: Sequence[str] = _OFFICE
    indexed: Sequence[str] = ()

    def colour(self, at: Mapping[str, str]) -> str | None:
        """A colour as six digits; None where it is not known."""
        if "rgb" in at:
            found = at["rgb"][-6:].upper()
        elif "theme" in at:
            found = _at(self.theme, at["theme"])
        else:
            found = self._indexed(at.get("indexed", ""))
        try:
            red, green, blue = _channels(found)
            tint = float(at.get("tint") or 0)
            if not tint:
                return found
            hue, light, full = colorsys.rgb_to_hls(red, green, blue)
            light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
            mixed = colorsys.hls_to_rgb(hue, min(max(light, 0), 1), full)
            return "".join(f"{round(255 * each):02X}" for each in mixed)
        except ValueError:
            return None

    def named(self, name: str) -> str | None:
        """A colour by the name that number formats have for it, such as red or color9."""
        number = name.removeprefix("color").strip()
        if number.isdecimal():
            return self.colour({"indexed": str(_FIRST - 1 + int(number))})
        return _NAMED.get(name)

    def _indexed(self, number: str) -> str:
        if number in _OF_WINDOWS:
            return _OF_WINDOWS[number]
        if self.indexed:
            return _at(self.indexed, number)
        if named := _at([*_NAMED.values()] * 2, number):
            return named
        # Few files name others, and to import them takes long.
        from openpyxl.styles.colors import COLOR_INDEX

        return _at(COLOR_INDEX, number)[-6:]


@dataclass(slots=True)
class Font:
    """The ink of a text and the size of its letters, 0 where it shows signs in their place.

    Parameters
    ----------
    is_struck: whether a line runs through it.
    is_told: whether its colour was told.
    """

    ink: str | None = BLACK
    size: float = USUAL_SIZE
    is_struck: bool = False
    is_told: bool = False

    def take(self, name: str, at: Mapping[str, str], palette: Palette) -> None:
        """Take what an element says."""
        if name == "color":
            self.ink = BLACK if at.get("auto") in ("1", "true") else palette.colour(at)
            self.is_told = True
        elif name == "sz" and self.size:
            self.size = _size(at)
        elif name == "strike":
            self.is_struck = at.get("val", "1") in ("1", "true")
        elif (name in _NAMES and _SIGNS.search(at.get("val", ""))) or (
            name == "charset" and at.get("val") == _OF_SIGNS
        ):
            self.size = 0.0

    def is_unseen(self, grounds: Iterable[str | None]) -> bool:
        """Whether a text can hardly be read on what is behind it."""
        return self.size < SMALLEST or is_lost(self.ink, grounds)


@dataclass(slots=True)
class Fill:
    """What is behind a text, as Excel shows one of no colours.

    Parameters
    ----------
    is_told: whether one of its colours was told.
    """

    pattern: str = "none"
    fore: str | None = BLACK
    back: str | None = WHITE
    stops: list[str | None] = field(default_factory=list)
    is_told: bool = False

    def take(self, name: str, at: Mapping[str, str], palette: Palette) -> None:
        """Take what an element says."""
        self.is_told = self.is_told or name in _COLOURS_OF_FILLS
        if name == "patternFill":
            self.pattern = at.get("patternType", "none")
        elif name == "fgColor":
            self.fore = palette.colour(at)
        elif name == "bgColor":
            self.back = palette.colour(at)
        elif name == "color":  # of a gradient
            self.stops.append(palette.colour(at))

    @property
    def is_none(self) -> bool:
        """Whether there is nothing behind the text but the sheet."""
        return self.pattern == "none" and not self.stops

    def grounds(self, *, of_rule: bool = False) -> tuple[str | None, ...]:
        """Its colours; a rule's one colour is the one that stands behind in patterns."""
        if self.stops:
            return tuple(self.stops)
        if of_rule and self.pattern in ("none", "solid"):
            return (self.back,)
        if self.pattern in ("none", "solid"):
            return (self.fore if self.pattern == "solid" else WHITE,)
        return self.fore, self.back


def theme_in(part: bytes) -> Sequence[str]:
    """The colours of a theme's part, as cells count them: paper before ink."""
    scheme, _, _ = part.partition(b"clrScheme>")
    found = [each.decode().upper() for each in _OF_THEME.findall(scheme)]
    if len(found) != len(_OFFICE):
        return _OFFICE
    ink, paper, ink2, paper2, *others = found
    return (paper, ink, paper2, ink2, *others)


def are_alike(ink: str | None, ground: str | None) -> bool:
    """Whether two colours can hardly be told apart, by their contrast as WCAG 2 defines it."""
    if ink is None or ground is None:
        return False
    both = _channels(ink), _channels(ground)
    lights = []
    for channels in both:
        linear = [
            each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
            for each in channels
        ]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    contrast = (max(lights) + 0.05) / (min(lights) + 0.05)
    apart = sum(abs(one - other) for one, other in zip(*both, strict=True))
    return contrast < _LEAST_CONTRAST and apart < _MUCH


def are_one(one: str | None, other: str | None) -> bool:
    """Whether two areas of these colours look like one: far more alike than a text may be."""
    if one is None or other is None:
        return False
    pairs = zip(_channels(one), _channels(other), strict=True)
    return sum(abs(this - that) for this, that in pairs) < _HARDLY


def is_lost(ink: str | None, grounds: Iterable[str | None]) -> bool:
    """Whether a text of this colour can hardly be read on any of these."""
    return all(are_alike(ink, ground) for ground in grounds)


def is_green(colour: str | None) -> bool:
    """Whether a colour says that all is well."""
    if colour is None:
        return False
    red, green, blue = _channels(colour)
    return green > max(red, blue) + 0.03


def is_red(colour: str | None) -> bool:
    """Whether a colour says that something is wrong; amber is none."""
    if colour is None:
        return False
    red, green, blue = _channels(colour)
    return red > max(green, blue) + 0.1


def _size(at: Mapping[str, str]) -> float:
    """The size of a font [points]."""
    try:
        return max(float(at["val"]), 1.0)
    except (LookupError, ValueError):
        return USUAL_SIZE


def _at(colours: Sequence[str], number: str) -> str:
    known = number.isascii() and number.isdecimal() and int(number) < len(colours)
    return colours[int(number)] if known else ""


def _channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue of a colour, from 0 to 1.

    Raises
    ------
    ValueError: it is not told in digits.
    """
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue
