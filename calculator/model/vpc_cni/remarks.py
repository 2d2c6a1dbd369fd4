"""What a mode's sheet has to say of a row that can be computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calculator.model.expression import Expression, Operand, ref, text, where
from calculator.model.functions import both
from calculator.model.ranges import say
from calculator.model.sheet import Column, Notice
from calculator.model.vpc_cni.ipamd import AUTO_MODE
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.model.vpc_cni.rows import helper

__all__ = ["Remark", "figure", "remarks", "said"]

PODS, CAPACITY, BRANCH_ENIS = ref("pod_ips_needed"), ref("pods_that_fit"), ref("branch_enis")
IS_NODE, SAYS = ref("is_node"), ref("says")


@dataclass(frozen=True, eq=False)
class Remark:
    """What a sheet may have to say of a row that can be computed.

    Parameters
    ----------
    code: of the words, and of the finding.
    about: the input that it points to.
    when: condition.
    figure: what stands in the words for #.
    """

    code: str
    about: str
    when: Expression
    figure: Operand = 0

    @property
    def notice(self) -> Notice:
        """The same as a notice."""
        words = say(MESSAGES, self.code, self.figure)
        return Notice(code=self.code, about=self.about, when=self.when, message=words)


_FITS_LESS = PODS > CAPACITY
PODS_DO_NOT_FIT = Remark(
    "pods-do-not-fit", "pods_per_node", both(_FITS_LESS, ref("by_max_pods") == 0), CAPACITY
)
BRANCH_ENIS_DO_NOT_FIT = Remark(
    "branch-enis-do-not-fit",
    "security_group_pods",
    ref("security_group_pods") > BRANCH_ENIS,
    BRANCH_ENIS,
)
VCPUS_NOT_KNOWN = Remark(
    "vcpus-not-known",
    "instance_type",
    both(ref("is_capped") == 1, ref("max_pods") == ref("max_pods_of_small")),
)
AT_LEAST = Remark("auto-mode-at-least", "instance_type", AUTO_MODE)


def remarks(of_mode: Sequence[Remark] | None) -> tuple[Remark, ...]:
    """What a mode may have to say of a row, the most important first.

    Parameters
    ----------
    of_mode: what only this mode has to say; None for one whose pods cost no address.
    """
    has_pool = of_mode is not None
    by_max_pods = both(_FITS_LESS, ref("by_max_pods") == 1) if has_pool else _FITS_LESS
    return (
        Remark("beyond-max-pods", "pods_per_node", by_max_pods, CAPACITY),
        *((PODS_DO_NOT_FIT,) if has_pool else ()),
        BRANCH_ENIS_DO_NOT_FIT,
        *(of_mode or ()),
        VCPUS_NOT_KNOWN,
        *((AT_LEAST,) if has_pool else ()),
    )


def said(declared: Sequence[Remark], *, has_obstacle: bool) -> tuple[Column, ...]:
    """The code of what column Check says, few remarks a column: the last column says it all.

    Parameters
    ----------
    has_obstacle: whether there are rows that only this mode cannot carry.
    """
    first = "first_said_here" if has_obstacle else "first_said"
    code: Expression = ref(first)
    columns = []
    # But for the last two, which are short, each has a column: no formula is long.
    parts = [*([remark] for remark in declared[:-2]), declared[-2:]]
    for at, part in reversed(list(enumerate(parts))):
        for remark in reversed(part):
            code = where(remark.when, remark.code, code)
        if at:
            name, header, otherwise = f"says_{at + 1}", f"Says {at + 1}", text("")
        else:
            name, header = "says", "Says"
            otherwise = ref(first)
        about = "the code of what column Check says"
        columns.append(helper(name, header, about, where(IS_NODE == 1, code, otherwise)))
        code = ref(name)
    return tuple(columns)


def figure(declared: Sequence[Remark]) -> Expression:
    """The number in the words of column Check."""
    shown: Expression = CAPACITY
    for remark in reversed(declared):
        if isinstance(remark.figure, Expression) and remark.figure is not CAPACITY:
            shown = where(SAYS == remark.code, remark.figure, shown)
    return shown
