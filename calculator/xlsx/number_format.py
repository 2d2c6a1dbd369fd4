"""Number formats: what a cell shows, carried out as far as it takes to hold it against its value.

A format has sections, for numbers above 0, below 0, 0 and text, or with conditions of their own
(ECMA-376, 18.8.31). What is shown is read as a person reads it: one number, and what stands around
it. Blanks and commas that only keep digits apart are left out.
"""

from __future__ import annotations

import math
import operator
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

__all__ = [
    "LONGEST",
    "SEEN_IF_0",
    "alters",
    "colour_of",
    "colours_in",
    "digits_shown",
    "effect_of",
    "is_wide",
    "may_alter",
    "shown",
    "width_shown",
]

#: Kinds of numbers that must be seen, also where they are 0.
SEEN_IF_0 = ("figure", "share")
#: Programs take no longer format than this [characters]; nor is more than this scaled by one.
LONGEST = 255
_MOST, _HUGE = 9, 1e280
#: Numbers by which formats are told apart, whatever stands in a cell today.
_EXAMPLES = (0.0, 147.0, 2417.0, 65531.0, -5.0, 0.45)

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|\[(?P<set>[^\]]*)\]?|_.|\*(?P<fill>.)'
    r"|(?P<general>general)|(?P<power>e[-+]|(?<=[0#?.])e(?=[0#?]))|(?P<sign>.)",
    re.DOTALL | re.IGNORECASE,
)
#: Kinds of parts; the others are signs that are their own kind.
_WORDS, _DIGIT, _DATE, _GENERAL, _POWER = '"', "0", "d", "G", "E"
_AS_IT_IS = _GENERAL + "@"
_COLOUR = re.compile("black|white|red|green|blue|yellow|magenta|cyan|color ?[0-9]{1,2}")
_CONDITION = re.compile("([<>=]{1,2})(-?[0-9]+[.]?[0-9]*)")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "<>": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}

#: Blanks, also those at which no line ends, as in French between thousands.
_BLANKS = " \xa0\u202f\u2009"
# A number, however its thousands are kept apart, and names with a digit of their own. \0 stands
# before the digits of the value.
_NUMBER = re.compile(
    rf"(?:(?<![.\w])\.\0?\d+|\d+(?:[,{_BLANKS}'’]\d{{3}})*(?:\.\d+)?)(?:e[-+]?\d+)?",
    re.IGNORECASE,
)
_NAMES = re.compile(r"\bEC2\b|(?<=\bIP)v[46]\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_NEGATIVE = re.compile(r"(?<!\w)[-−–]|[-−–][\s\0$€£]*$|\(|\b(?:minus|negative)\b", re.IGNORECASE)
_NEGATIVE_BEHIND = re.compile(rf"[{_BLANKS}\0]*(?:[-−](?!\w)|negative\b|minus\b)", re.IGNORECASE)
#: Behind a number: more of it, or a letter that is taken for a digit or a power, as in 480k.
_GOES_ON = re.compile(r"\s*\+|[^\W\d_]")
_WORD = re.compile(r"\(s\)|[^\W\d_]+", re.IGNORECASE)
_PLURAL = re.compile("(?<=ss|ix)es$|(?<!s)s$")
#: Words around a number that leave it as it is, beside those of its label, each in the singular.
#: Any other may be a multiple in some language, say that it is not so, or count something else.
_HARMLESS = frozenset(
    (
        "(s)",
        "pc",
        "piece",
        "unit",
        "total",
        "of",
        "in",
        "the",
        "a",
        "an",
        "and",
        "minus",
        "negative",
        "x",
    )
)
#: Words for the same unit.
_UNITS = tuple(
    frozenset(words.split())
    for words in (
        *("ip address addr", "eni interface", "node instance host worker vm machine"),
        *("prefix block", "pod", "zone az", "balancer alb nlb", "gateway gw"),
    )
)
#: Words that say the same of a number as each other, where its label has one of them.
_ALIKE = (
    *_UNITS,
    frozenset({"used", "use"}),
    frozenset({"free", "left", "available", "remaining"}),
    frozenset({"each", "per"}),
)
#: Words that never leave a number as it is, though its label may have them.
_TELLING = frozenset({"not", "no", "lacks", "lacking", "hundred"})
#: Kinds of signs by which a number is another one, or none: of sums of money, of calculation,
#: and such that look like a digit or are written over one; those among them that do no harm.
_TELLING_SIGNS = frozenset({"Sc", "Sm", "Sk", "So", "Mn", "Me", "No", "Nl"})
_PLAIN_SIGNS, _PER_MILLE = "+−=→№", "‰‱"
#: With three decimals a whole number is read as thousands, as many languages write these.
_AS_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}")
#: What stands behind this sign is seen from right to left, 480 as 084.
_TURNED = re.compile("\u202e([^\u202c]*)\u202c?")
#: Marks around a text that say nothing; those for 0, and what else says 0 without a digit.
_MARKS, _DASHES, _ZERO = f"{_BLANKS}\0.·•…", "-–—()", ("", "none", "nil", "zero")
#: How far from a number what is shown may be, by rounding; a share is read in per cent.
_ROUNDED, _ROUNDED_SHARE = 0.5, 0.05


#: Signs and letters are narrower than a digit; a number and the digits for it of a usual cell.
_SIGN, _USUAL, _MOST_WIDE = 0.4, 1_234_567.0, 12
#: Kinds in a format that has as many decimals as there is room for: General, a fraction.
_FITS_ITSELF = frozenset(f"{_AS_IT_IS}{_POWER}/")


class _Section(NamedTuple):
    """One section of a format: parts with their kinds, a comparison it is for, and a colour."""

    parts: tuple[tuple[str, str], ...] = ()
    condition: tuple[str, float] | None = None
    colour: str = ""

    @property
    def kinds(self) -> str:
        return "".join(kind for kind, _ in self.parts)

    @property
    def words(self) -> str:
        return "".join(text for kind, text in self.parts if kind == _WORDS)


def alters(number_format: str, value: object, kind: str = "number", label: str = "") -> bool:
    """Whether a format shows a number or text as another, or as nothing.

    Parameters
    ----------
    kind: ``number``; ``figure``, of which 0 must be seen, too; ``share``, a figure that is read in
        per cent; or ``date``.
    label: the words that say what the cell is, with its unit in brackets, and /n for a length.
    """
    if type(value) is str:  # an error, a str of its own kind, is shown whatever the format
        section = _section_of_text(number_format)
        if section is None:
            return False
        places = sum(each in _AS_IT_IS for each in section.kinds)
        return bool(section.words.strip(_MARKS)) or (places != 1 and value != "")
    if not isinstance(value, float):
        return False
    section, _ = _section_of(number_format, value)
    if _DATE in section.kinds:
        return kind != "date" or re.search("[0-9]", section.words) is not None
    text = _shown(number_format, value)
    numbers = [*_NUMBER.finditer(_NAMES.sub("", text))]
    if value == 0 and not numbers:
        left = text.strip(_MARKS + _DASHES).casefold()
        return left not in _ZERO or (not text.strip(f"{_BLANKS}\0") and kind in SEEN_IF_0)
    if len(numbers) != 1 or any(map(_is_telling, text)):
        return True
    return not _is_read_as(value, numbers[0], label, is_share=kind == "share")


def _is_read_as(value: float, number: re.Match[str], label: str, *, is_share: bool) -> bool:
    """Whether a number, with what stands around it, is read as this value."""
    before, after = number.string[: number.start()], number.string[number.end() :]
    is_percent = after.lstrip().startswith("%")
    if value and is_percent and not is_share and "[%]" not in label:
        return False
    if value and (_GOES_ON.match(after) or _words(f"{before} {after}") - _harmless(label)):
        return False
    if before.rstrip(f"{_BLANKS}\0").endswith("/") and "/n" not in label:
        return False
    if value.is_integer() and not is_share and value and _AS_THOUSANDS.fullmatch(number[0]):
        return False
    size = 100 if is_percent and is_share else 1
    read = float(re.sub(r"[^\d.e+-]", "", number[0].lower())) / size
    if _NEGATIVE.search(_IN_BRACKETS.sub("", before)) or _NEGATIVE_BEHIND.match(after):
        read = -read
    return abs(read - value) <= (_ROUNDED_SHARE if is_share else _ROUNDED)


@lru_cache(maxsize=1024)
def _harmless(label: str) -> frozenset[str]:
    """The words around a number under this label that leave it as it is."""
    own = _words(label) - _TELLING
    if "[%]" in label:  # of whatever it is, it is none of that
        own = own.difference(*_UNITS)
    alike = (words for words in _ALIKE if words & own)
    return _HARMLESS.union(own, *alike)


def _words(text: str) -> frozenset[str]:
    """The words of a text, in the singular."""
    return frozenset(_PLURAL.sub("", each.casefold()) for each in _WORD.findall(text))


def _is_telling(sign: str) -> bool:
    """Whether a number is not seen as it is beside this sign."""
    if sign.isascii() and sign.isalnum():
        return False
    is_of_kind = unicodedata.category(sign) in _TELLING_SIGNS and sign not in _PLAIN_SIGNS
    return is_of_kind or sign in _PER_MILLE


@lru_cache(maxsize=1024)
def may_alter(number_format: str) -> bool:
    """Whether a format shows some number or text as another, or as nothing."""
    limits = [each.condition[1] for each in _sections(number_format) if each.condition]
    near = [number + step for number in limits for step in (-1, 0, 1)]
    values = (147.0, -147.0, 1_234_567.0, 0.0, *near, "text", "")
    return any(alters(number_format, each, "figure") for each in values)


@lru_cache(maxsize=1024)
def is_wide(number_format: str) -> bool:
    """Whether a usual column may have no room for what a format makes of a usual number."""
    return width_shown(number_format, _USUAL) > _MOST_WIDE


def shown(number_format: str, value: float | str) -> str | None:
    """What a number or text is shown as, as far as it is read; None for a date."""
    if isinstance(value, float) and _DATE in _section_of(number_format, value)[0].kinds:
        return None
    return _shown(number_format, value).replace("\0", "").strip()


@lru_cache(maxsize=1024)
def effect_of(number_format: str, *, is_text: bool = False) -> str:
    """What a format makes of examples, in words that are the same however programs spell it."""
    examples = [("text", "text")] if is_text else [(f"{each:g}", each) for each in _EXAMPLES]
    seen = ((words, shown(number_format, each)) for words, each in examples)
    return ", ".join(f"{words} as {'a date' if each is None else each}" for words, each in seen)


def colours_in(number_format: str) -> set[str]:
    """The colours of a format, as it names them in lower case."""
    return {each.colour for each in _sections(number_format)} - {""}


def colour_of(number_format: str, value: object) -> str:
    """The colour that a format gives to a value, "" where it gives none."""
    if isinstance(value, float):
        return _section_of(number_format, value)[0].colour
    section = _section_of_text(number_format) if isinstance(value, str) else None
    return section.colour if section else ""


def digits_shown(number_format: str, value: float) -> int:
    """How many digits a number is shown with, as far as they do not depend on the room for it."""
    text = shown(number_format, value) or ""
    if _FITS_ITSELF.intersection(_section_of(number_format, value)[0].kinds):
        text = re.split("[.e]", text)[0]
    return sum(map(str.isdecimal, text))


def width_shown(number_format: str, value: float) -> float:
    """How wide a number is with what stands around it, at the least [digits]."""
    digits = digits_shown(number_format, value)
    if _FITS_ITSELF.intersection(_section_of(number_format, value)[0].kinds):
        return digits
    return digits + _SIGN * sum(not each.isdecimal() for each in shown(number_format, value) or "")


def _shown(number_format: str, value: float | str) -> str:
    return _TURNED.sub(lambda found: found[1][::-1], _written(number_format, value))


def _written(number_format: str, value: float | str) -> str:
    if isinstance(value, float):
        section, is_signed = _section_of(number_format, value)
        return "-" * is_signed + _number(section, abs(value))
    found = _section_of_text(number_format)
    if found is None:
        return value
    return "".join(value if kind in _AS_IT_IS else text for kind, text in found.parts)


# --- sections -----------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _sections(number_format: str) -> tuple[_Section, ...]:
    sections = [_Section()]
    for found in _TOKEN.finditer(number_format):
        last, setting = sections[-1], (found["set"] or "").lower()
        if found["sign"] == ";":
            sections.append(_Section())
        elif limit := _CONDITION.fullmatch(setting):
            sections[-1] = last._replace(condition=(limit[1], float(limit[2])))
        elif _COLOUR.fullmatch(setting):
            sections[-1] = last._replace(colour=setting)
        else:
            sections[-1] = last._replace(parts=(*last.parts, _part(found)))
    return tuple(sections)


def _part(found: re.Match[str]) -> tuple[str, str]:
    """The kind of a part of a format, and what it shows."""
    kind, text = found.lastgroup, found[found.lastgroup or 0]
    if kind == "general":
        return _GENERAL, ""
    if kind == "power":
        return _POWER, ""
    if kind == "set":  # a currency and a language, or hours that go on beyond a day
        if re.fullmatch("h+|m+|s+", text, re.IGNORECASE):
            return _DATE, ""
        return _WORDS, text[1:].partition("-")[0] if text.startswith("$") else ""
    if kind == "fill":  # as often as there is room
        return _WORDS, text if text.isalnum() or text in "-(" else " "
    if kind is None:  # a blank as wide as a sign
        return _WORDS, " "
    if kind == "sign" and text in "0#?":
        return _DIGIT, text
    if kind == "sign" and text in ".,%/@":
        return text, text
    if kind == "sign" and text.lower() in "ymdhsbgea":
        return _DATE, ""
    return _WORDS, text


def _section_of_text(number_format: str) -> _Section | None:
    """The section for text; None where that is shown as it is."""
    sections = _sections(number_format)
    if len(sections) > 3:
        return sections[3]
    return sections[-1] if "@" in sections[-1].kinds else None


def _section_of(number_format: str, value: float) -> tuple[_Section, bool]:
    """The section for a number, and whether a minus stands before it."""
    every = _sections(number_format)
    # The last one is for text if it has an @.
    is_of_text = len(every) < 4 and "@" in every[-1].kinds
    sections = (every[:-1] or _sections("General")) if is_of_text else every[:3]
    if not any(each.condition for each in sections[:2]):
        number = 0 if value > 0 else 1 if value < 0 else 2
        number = number if number < len(sections) else 0
        return sections[number], value < 0 and number == 0
    for number, each in enumerate(sections[:2]):
        if each.condition and _holds(each.condition, value):
            is_for_negatives = each.condition in (("<", 0), ("<=", 0))
            return each, value < 0 and number == 0 and not is_for_negatives
    others = [each for each in sections if not each.condition]
    return (others or sections)[-1], False


def _holds(condition: tuple[str, float], value: float) -> bool:
    compare = _COMPARE.get(condition[0])
    return compare is not None and compare(value, condition[1])


# --- digits -------------------------------------------------------------------------------------


def _number(section: _Section, size: float) -> str:
    """What a section shows of a number without its sign."""
    kinds = section.kinds
    bare = kinds.replace(_WORDS, "")
    size *= 100.0 ** min(kinds.count("%"), _MOST)
    size = min(max(size, 1 / _HUGE), _HUGE) if size else size
    first = next((at for at, kind in enumerate(kinds) if kind in _AS_IT_IS + _DIGIT), -1)
    digits: dict[int, str] = {}
    if first >= 0 and _POWER in kinds:
        digits[first] = f"\0{_with_power(bare, size)}"
    elif first >= 0 and (kinds[first] != _DIGIT or "0/" in bare):  # a fraction, such as 1 1/4
        digits[first] = f"\0{size:.15g}"
    elif first >= 0:
        digits = _in_places(section, size)
    return "".join(
        digits.get(at, text if kind in (_WORDS, "%") else "")
        for at, (kind, text) in enumerate(section.parts)
    )


def _with_power(bare: str, size: float) -> str:
    whole, _, decimals = bare.partition(_POWER)[0].partition(".")
    power = math.floor(math.log10(size)) if size else 0
    power -= power % min(max(whole.count(_DIGIT), 1), _MOST)
    return f"{size / 10.0**power:.{decimals.count(_DIGIT)}f}e{power:+d}"


def _in_places(section: _Section, size: float) -> dict[int, str]:
    """The digits of a number in the places for them, of which the first has all that are left."""
    kinds = section.kinds
    point = len(kinds.partition(".")[0])
    places = [at for at, kind in enumerate(kinds) if kind == _DIGIT]
    before, behind = ([at for at in places if (at < point) is side] for side in (True, False))
    # Commas behind the last place, or before the point, stand for thousands that are left out.
    whole, _, decimals = re.sub('["%]', "", kinds).partition(".")
    commas = len(whole) - len(whole.rstrip(",")) + decimals.count(",")
    size /= 1000.0 ** min(commas, _MOST)
    whole, _, rest = f"{size:.{len(behind)}f}".partition(".")
    while rest.endswith("0") and section.parts[behind[len(rest) - 1]][1] == "#":
        rest = rest[:-1]
    needed = "".join(section.parts[at][1] for at in before).lstrip("#?")
    whole = whole.lstrip("0").zfill(len(needed))
    digits = {at: kind for at, kind in enumerate(kinds) if kind in "./"}
    digits |= zip(behind, rest, strict=False)
    for at in before[:0:-1]:
        whole, digits[at] = whole[:-1], whole[-1:]
    first = before[0] if before else point
    digits[first] = f"\0{whole}{digits.get(first, '')}"
    return digits
