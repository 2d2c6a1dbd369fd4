"""A formula as one text, the same however a program writes it: references by what stands there."""

from __future__ import annotations

from collections.abc import Callable

from calculator.xlsx.formula import Atom, Canonical
from calculator.xlsx.geometry import Area

__all__ = ["formula_text"]

#: How tightly an operator binds, the tightest first; a value binds tighter than any.
_VALUE, _SIGN = -2, -1
_LEVELS = {
    sign: level
    for level, signs in enumerate(("^", "*/", "+-", "&", ("=", "<>", "<", ">", "<=", ">=")))
    for sign in signs
}


def formula_text(form: Canonical, name_of: Callable[[Area], str]) -> str:
    """A canonical form as text, without ``=``; equal forms give equal texts.

    Parameters
    ----------
    form: what :func:`calculator.xlsx.formula.canonical` gave.
    name_of: what to call an area; its rows are 0 where it is in the formula's own row.
    """
    return _Writer(form, name_of).write()[0]


class _Writer:
    """Writes the atoms of a form, each operator before its operands, from left to right."""

    def __init__(self, form: Canonical, name_of: Callable[[Area], str]) -> None:
        self._atoms = iter(form)
        self._name_of = name_of

    def write(self) -> tuple[str, int]:
        """The next value with all that belongs to it, and how tightly it binds."""
        atom: Atom = next(self._atoms)
        if isinstance(atom, Area):
            return self._name_of(atom), _VALUE
        match atom:
            case ("number", float(value)):
                return f"{value:.15g}", _VALUE
            case ("text", str(words)):
                return '"' + words.replace('"', '""') + '"', _VALUE
            case ("logical", str(word)):
                return word.upper(), _VALUE
            case ("error", str(word)) | ("name", _, str(word)):
                return word, _VALUE
            case ("omitted",):
                return "", _VALUE
            case ("-",):
                return f"-{self._within(_SIGN)}", _SIGN
            case ("%",):
                return f"{self._within(_SIGN)}%", _SIGN
            case ("single",):
                return f"@{self.write()[0]}", _VALUE
            case ("chain", *signs):
                return self._chain(list(map(str, signs)))
            case ("call", str(name), int(count)):
                return f"{name.upper()}({self._listed(count, ',')})", _VALUE
            case ("union", int(count)):
                return f"({self._listed(count, ',')})", _VALUE
            case ("intersection", int(count)):
                return f"({self._listed(count, ' ')})", _VALUE
            case ("range",):
                return self._listed(2, ":"), _VALUE
            case ("array", *widths):
                rows = [self._listed(int(str(width)), ",") for width in widths]
                return f"{{{';'.join(rows)}}}", _VALUE
        raise ValueError(f"there is no atom {atom!r}")

    def _listed(self, count: int, separator: str) -> str:
        return separator.join(self.write()[0] for _ in range(count))

    def _within(self, level: int) -> str:
        """The next value, in parentheses where it binds no tighter than what stands before it."""
        text, own = self.write()
        return text if own < level or own == _SIGN == level else f"({text})"

    def _chain(self, signs: list[str]) -> tuple[str, int]:
        level = _LEVELS[signs[0]]
        text = self._within(level)
        for sign in signs:
            text += sign + self._within(level)
        return text, level
