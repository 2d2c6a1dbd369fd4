"""Sheet Sizes: what is left of subnets of each size at the peak, in each mode.

Nothing moves between subnets of nodes and tagged ones here: each has to hold what is asked of it,
as for the smallest subnets that the sheets of the modes tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calculator.model.expression import BLANK, Expression, ref, where
from calculator.model.functions import both, if_error, minimum
from calculator.model.sheet import Label, Sheet, Total
from calculator.model.vpc_cni.ipamd import PREFIX_SIZE
from calculator.model.vpc_cni.modes import MODE_SHEETS
from calculator.model.vpc_cni.places import PODS_ELSEWHERE, beside
from calculator.model.vpc_cni.sizes import SIZES, addresses, whole_blocks
from calculator.model.vpc_cni.subnets import needed

__all__ = ["SIZES_SHEET"]

_MODES = dict(zip("CDEF", MODE_SHEETS, strict=True))


@dataclass(frozen=True, eq=False)
class _Table:
    """A row a size, a column a mode; above them, what is asked of a subnet.

    Parameters
    ----------
    top: the row of the heads.
    which: 0 for subnets of nodes, 1 for those of pods.
    of: what a subnet is called.
    planned: the size that the plan has.
    shown: when there is something to show.
    prefix: of the names.
    """

    top: int
    which: int
    of: str
    planned: Expression
    shown: Expression
    prefix: str = ""

    def heads(self) -> Iterator[Label]:
        """The words above the columns."""
        words = {"A": f"Size of a {self.of}", "B": "Addresses"}
        words |= {column: sheet.name for column, sheet in _MODES.items()}
        for column, text in words.items():
            yield Label(cell=f"{column}{self.top}", text=text, style="head")

    def totals(self) -> Iterator[Total]:
        """All that stands below them."""
        labels = (f"Asked of a {self.of} at the peak", f"/28 blocks asked of a {self.of}")
        for column, sheet in _MODES.items():
            asked = needed(with_prefixes=sheet.mode == "prefix", sheet=sheet.name)[self.which]
            for number, (label, formula) in enumerate(zip(labels, asked, strict=False), 1):
                name = self._name(f"{sheet.mode}_asked_{number}")
                yield beside("A", column, self.top + number, name, label, formula, "figure")
        for row, (size, *_) in enumerate(SIZES, self.top + 3):
            yield from self._of_size(row, size)

    def _of_size(self, row: int, size: int) -> Iterator[Total]:
        def cell(column: str, name: str, formula: Expression, style: str = "figure") -> Total:
            name, label = self._name(f"{name}_{size}"), f"/{size} {self.of}"
            return beside("A", column, row, name, label, formula, style)

        is_first = size == SIZES[0][0]
        length = ref("largest_subnet") if is_first else self._ref(f"size_{size - 1}") + 1
        here = self._ref(f"size_{size}")
        yield cell("B", "addresses", addresses(here))
        for column, sheet in _MODES.items():
            left = self._ref(f"addresses_{size}") - self._ref(f"{sheet.mode}_asked_1")
            if sheet.mode == "prefix":
                lacking = self._ref(f"{sheet.mode}_asked_2") - whole_blocks(here)
                left = where(lacking > 0, minimum(left, 0 - lacking * PREFIX_SIZE), left)
            # Of what is not known nothing is shown: the row of what is asked tells.
            shown = where(self.shown, if_error(left, BLANK), BLANK)
            yield cell(column, f"{sheet.mode}_left", shown, "sized")
        is_planned = both(self.shown, here == self.planned)
        yield cell("G", "planned", where(is_planned, "as planned", ""), "word")
        yield cell("H", "size", length, "small")

    def _ref(self, name: str) -> Expression:
        return ref(self._name(name))

    def _name(self, name: str) -> str:
        return f"{self.prefix}{name}".replace("-", "_")


_HAS_GROUPS = ref("groups") > 0
_HAS_PODS = both(_HAS_GROUPS, PODS_ELSEWHERE)
_TABLES = (
    _Table(4, 0, "subnet", ref("subnet_prefix_length"), _HAS_GROUPS),
    _Table(22, 1, "pod subnet", ref("pod_subnet_prefix_length"), _HAS_PODS, "pod_"),
)

SIZES_SHEET = Sheet(
    name="Sizes",
    mode=None,
    title="sizes",
    table=None,
    labels=(
        Label(cell="A1", text="Subnet sizes: addresses left at the peak", style="title"),
        Label(
            cell="A2",
            text="Below 0: so many are lacking; a /28 block that is lacking counts as 16. "
            "No subnet helps another out here.",
            style="remark",
        ),
        Label(cell="A3", text="The fullest subnet", style="scope"),
        Label(
            cell="A21",
            text="The fullest pod subnet, where pods have subnets of their own",
            style="scope",
        ),
        *(head for table in _TABLES for head in table.heads()),
    ),
    totals=tuple(total for table in _TABLES for total in table.totals()),
    widths=(32, 13, 13, 13, 13, 13, 14),
)
