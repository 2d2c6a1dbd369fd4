"""Sizes of subnets: what each offers, and which is the smallest that holds so much.

Sources: Amazon VPC User Guide (5 reserved addresses of a subnet); Amazon EC2 User Guide (prefixes
are /28 blocks).
"""

from __future__ import annotations

from typing import Any

from calculator.model.expression import BLANK, Cells, Expression, Values, where
from calculator.model.functions import is_whole_number, maximum, not_available
from calculator.model.ranges import lookup

__all__ = ["SIZES", "SizesThatHold", "addresses", "all_blocks", "smallest", "whole_blocks"]

#: Prefix length, addresses, whole /28 blocks and all /28 blocks of every size that a subnet can
#: have. AWS reserves 5 addresses, which lie in the first and in the last /28.
SIZES = tuple(
    (n, 2 ** (32 - n) - 5, max(0, 2 ** (28 - n) - 2), 2 ** (28 - n)) for n in range(16, 29)
)


def _of_size(prefix_length: Expression, header: str, value: Expression) -> Expression:
    return lookup(
        "INDEX({column},MATCH({size},{sizes},0))",
        value,
        size=prefix_length,
        column=("SubnetSizes", header),
        sizes=("SubnetSizes", "prefix length"),
    )


def addresses(prefix_length: Expression) -> Expression:
    """Addresses that a subnet offers [IPs]; an error for a size that no subnet has."""
    is_size = is_whole_number(prefix_length, SIZES[0][0], SIZES[-1][0])
    value = where(is_size, 2 ** (32 - prefix_length) - 5, not_available())
    return _of_size(prefix_length, "addresses", value)


def whole_blocks(prefix_length: Expression) -> Expression:
    """Whole /28 blocks of a subnet [blocks]."""
    return _of_size(prefix_length, "/28 blocks", maximum(0, 2 ** (28 - prefix_length) - 2))


def all_blocks(prefix_length: Expression) -> Expression:
    """/28 blocks of a range [blocks]."""
    return _of_size(prefix_length, "/28 in all", 2 ** (28 - prefix_length))


class SizesThatHold(Expression):
    """How many of the sizes, from the largest on, hold so many addresses and blocks."""

    def __init__(self, ips: Expression, blocks: Expression | None = None) -> None:
        self.children = (ips,) if blocks is None else (ips, blocks)

    def evaluate(self, values: Values) -> Any:
        """How many, of each plan."""
        needed = [child.evaluate(values) for child in self.children]
        holds: Any = 0.0
        for _, *offered in SIZES:
            fits: Any = 1.0
            for has, need in zip(offered, needed, strict=False):
                fits = fits * (has >= need)
            holds = holds + fits
        for need in needed:
            holds = holds + (need - need)  # an error where that is one
        return holds

    def render(self, cells: Cells) -> str:
        """``SUMPRODUCT`` over the table of sizes."""
        columns = (cells.data("SubnetSizes", each) for each in ("addresses", "/28 blocks"))
        needed = (child.render(cells) for child in self.children)
        parts = "*".join(
            f"({column}>={need})" for column, need in zip(columns, needed, strict=False)
        )
        return f"SUMPRODUCT({parts}{'*1' if len(self.children) == 1 else ''})"


def smallest(sizes_that_hold: Expression) -> Expression:
    """The prefix length of the smallest size that holds it; nothing where not even a /16 does."""
    largest = SIZES[0][0]
    return where(
        sizes_that_hold == 0,
        BLANK,
        lookup(
            "INDEX({sizes},{number})",
            sizes_that_hold + (largest - 1),
            number=sizes_that_hold,
            sizes=("SubnetSizes", "prefix length"),
        ),
    )
