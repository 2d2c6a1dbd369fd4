"""Results as a notebook shows them: a table with a bar a subnet, and the bars as a plot.

Text has the colours of the page around it, and those of the bars are seen on white and on black.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from calculator.extras import pyplot
from calculator.load import Load

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Line", "Showing", "Shown", "Subnet"]

#: The parts of a bar, and their colours.
_PARTS = {
    "in use": "#2f6db0",
    "more at the peak": "#83aede",
    "left": "#5faf7b",
    "lacking": "#d92d20",
}
#: The size of a bar in a table [pixels].
_WIDTH, _HEIGHT = 180, 12


class Subnet(NamedTuple):
    """A subnet in a mode.

    Parameters
    ----------
    load: None where it is not known.
    smallest: the n of /n of the smallest that holds the peak; None where there is none.
    """

    load: Load | None
    smallest: int | None = None


class Line(NamedTuple):
    """A mode, or a mode with some targets.

    Parameters
    ----------
    name: what it is called.
    nodes: the fullest subnet.
    pods: the one that pods have of their own; None where they have none.
    fits: whether the plan does; None where that is not known.
    mark: what else is said of it.
    """

    name: str
    nodes: Subnet
    pods: Subnet | None = None
    fits: bool | None = None
    mark: str = ""


class Shown(NamedTuple):
    """What a notebook shows of a result.

    Parameters
    ----------
    heading: the answer, in a sentence.
    lines: a row each.
    notes: what else is said, a paragraph each.
    with_used: whether the steady state is known, and not the peak alone.
    """

    heading: str
    lines: Sequence[Line]
    notes: Sequence[str] = ()
    with_used: bool = True


class Showing:
    """What shows itself in a notebook, and can be plotted."""

    __slots__ = ()

    def _shown(self) -> Shown:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        """The result as HTML: a heading, a table, what else is said."""
        return _html(self._shown())

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw what is used, at the peak and left of each subnet [IPs], a bar each.

        Parameters
        ----------
        ax: where to draw; by default in a figure of its own.

        Raises
        ------
        InputError: when matplotlib, the extra ``plot``, is not installed.
        """
        return _plot(self._shown(), ax)


# --- a table --------------------------------------------------------------------------------------


def _html(shown: Shown) -> str:
    import pandas as pd

    with_pods = any(line.pods for line in shown.lines)
    with_mark = any(line.mark for line in shown.lines)
    rows = []
    for line in shown.lines:
        row: dict[str, object] = {"": line.name, **_figures(line.nodes, "", shown.with_used)}
        if with_pods:
            row |= _figures(line.pods or Subnet(None), "pod subnet ", shown.with_used)
        row["fits"] = line.fits
        if with_mark:
            row["mark"] = line.mark
        cells = {name: html.escape(_words(value)) for name, value in row.items()}
        loads = [subnet.load for subnet in (line.nodes, line.pods) if subnet]
        rows.append({**cells, _legend(shown): "".join(map(_bar, loads))})
    table = pd.DataFrame(rows).to_html(index=False, escape=False, border=0) if rows else ""
    words = [f"<p>{html.escape(each)}</p>" for each in shown.notes]
    heading = f"<p><strong>{html.escape(shown.heading)}</strong></p>"
    return f"<div>{heading}{table}{''.join(words)}</div>"


def _figures(subnet: Subnet, of: str, with_used: bool) -> dict[str, object]:
    """The figures of a subnet by header."""
    load, smallest = subnet.load, subnet.smallest
    peak = load.peak_remaining if load else None
    used = {f"{of}used": load and load.used} if with_used else {}
    return {
        **used,
        f"{of}at peak": None if load is None or peak is None else load.available - peak,
        f"{of}left": load and load.least,
        f"smallest {of}".strip(): f"/{smallest}" if smallest else None,
    }


def _words(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _legend(shown: Shown) -> str:
    """The header of the bars: which colour is what."""
    parts = list(_PARTS.items())[0 if shown.with_used else 1 :]
    if not any(
        subnet and subnet.load and subnet.load.least < 0
        for line in shown.lines
        for subnet in (line.nodes, line.pods)
    ):
        parts = parts[:-1]
    if not shown.with_used:
        parts[0] = ("at the peak", parts[0][1])
    return "&ensp;".join(
        f'<span style="color:{colour}">&#9632;</span>&nbsp;{words.replace(" ", "&nbsp;")}'
        for words, colour in parts
    )


def _bar(load: Load | None) -> str:
    """A subnet as a bar; what it lacks begins at its end."""
    if load is None:
        return "–"
    scale = _WIDTH / max(load.available + max(-load.least, 0), 1)
    drawn, at = [], 0.0
    for part, colour in zip(load.addresses, _PARTS.values(), strict=True):
        if part:
            drawn.append(
                f'<rect x="{at:.1f}" width="{part * scale:.1f}" height="{_HEIGHT}" '
                f'fill="{colour}"/>'
            )
            at += part * scale
    return (
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'style="display:block;margin:2px 0" aria-hidden="true">{"".join(drawn)}</svg>'
    )


# --- a plot ---------------------------------------------------------------------------------------


def _plot(shown: Shown, ax: Axes | None) -> Axes:
    plt = pyplot()
    bars = [
        (f"{line.name}{of if line.pods else ''}", subnet.load)
        for line in shown.lines
        for of, subnet in ((", nodes", line.nodes), (", pods", line.pods))
        if subnet and subnet.load
    ]
    if ax is None:
        height = 1.2 + 0.4 * max(len(bars), 1)
        ax = plt.subplots(figsize=(8, height), layout="constrained")[1]
    starts: list[Any] = [0] * len(bars)
    names = list(_PARTS)
    if not shown.with_used:
        names[1] = "at the peak"
    for number, (words, colour) in enumerate(zip(names, _PARTS.values(), strict=True)):
        widths = [load.addresses[number] for _, load in bars]
        if any(widths):
            ax.barh(range(len(bars)), widths, left=starts, color=colour, label=words)
        starts = [start + width for start, width in zip(starts, widths, strict=True)]
    for number, (_, load) in enumerate(bars):
        ends = [number - 0.4, number + 0.4]
        label = "the subnet's addresses" if number == 0 else None
        colour = plt.rcParams["axes.edgecolor"]
        ax.plot([load.available] * 2, ends, color=colour, linewidth=2, label=label)
    ax.set_yticks(range(len(bars)), [name for name, _ in bars])
    ax.set_ylim(len(bars) - 0.4, -0.6)
    ax.set_xlabel("addresses [IPs]")
    ax.set_title(shown.heading, loc="left", wrap=True, fontsize="medium")
    if bars:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    return ax
