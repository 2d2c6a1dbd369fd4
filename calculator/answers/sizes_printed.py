"""The answer to how small: a table, the layout with what is free or missing, JSON, Terraform."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from calculator.answers.layout import Layout, Missing, Subnet, lay_out, wanted
from calculator.answers.size import ADDRESSES, ModeSize, Sizes
from calculator.answers.vpc import Vpc
from calculator.plan import NODE_SUBNETS
from calculator.results.console import Field, print_table, print_text, printable

__all__ = ["Answer", "answers", "as_json", "print_answers"]


@dataclass(frozen=True)
class Answer:
    """What is answered for one plan.

    Parameters
    ----------
    file: where the plan stands; "" for node groups that stand in no file.
    sizes: None where the plan cannot be used, and `error` says why.
    layout: None where none is asked for, or no mode has sizes to lay out.
    """

    file: str
    sizes: Sizes | None
    layout: Layout | None = None
    error: str = ""

    @property
    def is_good(self) -> bool:
        """Whether there are subnets that hold the plan, and room for all of them."""
        chosen = self.sizes.chosen if self.sizes else None
        is_laid_out = self.layout is None or self.layout.missing is None
        return chosen is not None and chosen.has_sizes and is_laid_out


def answers(
    sizes: Iterable[tuple[str, Sizes | None, str]], vpc: Vpc | None = None
) -> Iterator[Answer]:
    """Lay out plans in a VPC, each in what those before it have left free.

    Parameters
    ----------
    sizes: file, sizes and error of each plan.
    vpc: None where no layout is asked for.
    """
    for file, sized, error in sizes:
        layout = None
        if vpc and sized and sized.chosen:
            chosen = sized.chosen
            subnets = wanted(sized.plan, chosen.smallest_subnet, chosen.smallest_pod_subnet)
            layout = lay_out(subnets, vpc)
            taken = tuple(each.cidr for each in layout.subnets if each.cidr)
            vpc = Vpc(vpc.cidr, vpc.secondary, (*vpc.used, *taken))
        yield Answer(file, sized, layout, error)


# --- JSON -----------------------------------------------------------------------------------------


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer for a plan as JSON has it."""
    sizes, layout = answer.sizes, answer.layout
    if sizes is None:
        return {"error": answer.error}
    return {
        "mode": sizes.chosen and sizes.chosen.mode,
        "modes": [
            {
                "mode": each.mode,
                "smallest_subnet": each.smallest_subnet,
                "smallest_pod_subnet": each.smallest_pod_subnet,
            }
            for each in sizes.modes
        ],
        "layout": [
            {"cidr": str(each.cidr), "zone": each.zone, "use": each.use}
            for each in (layout.subnets if layout else ())
        ],
        "free": [str(each) for each in (layout.free if layout else ())],
        "missing": _missing_as_json(layout.missing) if layout and layout.missing else None,
    }


def _missing_as_json(missing: Missing) -> dict[str, Any]:
    return {
        "subnets": [
            {"size": each.size, "zone": each.zone, "use": each.use} for each in missing.subnets
        ],
        "smallest_vpc": missing.smallest_vpc and str(missing.smallest_vpc),
        "secondary": [str(each) for each in missing.secondary],
    }


def print_json(found: Sequence[Answer], *, is_one: bool) -> None:
    """Print the answer for one plan, or those for several with their files."""
    document = (
        as_json(found[0])
        if is_one
        else {"plans": [{"file": each.file, **as_json(each)} for each in found]}
    )
    print(json.dumps(document, indent=2, ensure_ascii=False))


# --- text -----------------------------------------------------------------------------------------


def print_answers(found: Sequence[Answer], *, is_one: bool) -> None:
    """Print the sizes of all plans, a row a mode of one or a row a plan; then where subnets lie."""
    usable = [(each, each.sizes) for each in found if each.sizes]
    if not usable:
        return
    if is_one:
        _print_modes(usable[0][1])
    else:
        modes = [each.mode for each in usable[0][1].modes]
        fields = [Field("file", wraps=True), *map(Field, modes)]
        rows = [[each.file, *_row(sizes)] for each, sizes in usable]
        print_table(fields, rows)
        print(
            "* is the mode of the plan, or the one with the smallest subnets; /28+/22: nodes, pods"
        )
    for each, sizes in usable:
        if not is_one and each.is_good and not each.layout:
            continue
        if not is_one:
            print()
        start = "" if is_one else f"{printable(each.file)}: "
        print_text(f"{start}{_said(sizes)}", indent="  ")
        if each.layout:
            _print_layout(each.layout)


def _row(sizes: Sizes) -> list[str]:
    """The sizes of one plan in each mode."""
    cells = []
    for each in sizes.modes:
        found = [size for size in (each.smallest_subnet, each.smallest_pod_subnet) if size]
        mark = "*" if each is sizes.chosen else ""
        cells.append("+".join(f"/{size}" for size in found) + mark if each.has_sizes else "")
    return cells


def _print_modes(sizes: Sizes) -> None:
    """Print a row a mode of one plan."""
    has_pods = sizes.plan.pods_from != NODE_SUBNETS
    rows = []
    problems: dict[str, list[str]] = {}
    for each in sizes.modes:
        cells = [*_cells(each.smallest_subnet, each.peak_ips)]
        cells += _cells(each.smallest_pod_subnet, each.pod_peak_ips) if has_pods else []
        rows.append([each.mode + ("*" if each is sizes.chosen else ""), *cells])
        is_said = each in (sizes.compared if sizes.chosen is None else (sizes.chosen,))
        if each.problem and not is_said:
            problems.setdefault(each.problem, []).append(each.mode)
    print_table(_OF_MODES[: len(rows[0])], rows)
    for problem, modes in problems.items():
        print_text(f"{', '.join(modes)}: {problem}", indent="  ")


_OF_MODES = (
    Field("mode"),
    Field("smallest subnet", right=True),
    Field("at peak", right=True),
    Field("left", right=True),
    Field("smallest pod subnet", right=True),
    Field("pod subnet at peak", right=True),
    Field("pod subnet left", right=True),
)


def _cells(size: int | None, peak: int | None) -> tuple[object, object, object]:
    """Size of a subnet, what it holds at the peak, and what is left."""
    if size is None:
        return None, peak, None
    return f"/{size}", peak, ADDRESSES[size] - (peak or 0)


_OF_LAYOUT = (
    Field("range"),
    Field("zone", right=True),
    Field("use"),
    Field("addresses", right=True),
)


def _print_layout(layout: Layout) -> None:
    """Print where the subnets lie, what is free, and what is missing."""
    rows = [(each.cidr, each.zone, each.use, ADDRESSES[each.size or 16]) for each in layout.subnets]
    if rows:
        print()
        print_table(_OF_LAYOUT, rows)
    print_text(f"free: {', '.join(map(str, layout.free)) or 'nothing'}", indent="  ")
    if layout.missing:
        print_text(missing_words(layout), indent="  ")


def _said(sizes: Sizes) -> str:
    """The mode that is chosen, and why."""
    zones = sizes.plan.availability_zones
    if sizes.chosen is None:
        problems = "; ".join(dict.fromkeys(each.problem for each in sizes.compared))
        return f"WarmENI, WarmIP and Prefix have no subnets that hold the peak: {problems}"
    chosen = sizes.chosen
    if not chosen.has_sizes:
        return f"{chosen.sheet} has no subnets that hold the peak: {chosen.problem}"
    where = "in the one zone" if zones == 1 else f"in each of {zones} zones"
    words = f"{chosen.sheet} (*): {_subnets(chosen, sizes)} {where}"
    if sizes.plan.mode == "undecided":
        words += "; no mode is chosen: of WarmENI, WarmIP and Prefix it "
        words += _BY_PEAK if sizes.are_equal else "needs the smallest subnets"
    return words


_BY_PEAK = "takes the fewest addresses at the peak of those with the smallest subnets"


def _subnets(mode: ModeSize, sizes: Sizes) -> str:
    words = _counted(sizes.plan.node_subnets, "subnet", mode.smallest_subnet)
    if mode.smallest_pod_subnet is None:
        return words
    pods = _counted(sizes.plan.pod_subnets, "subnet", mode.smallest_pod_subnet)
    return f"{words} for nodes and {pods} for pods"


def _counted(count: int, noun: str, size: int | None) -> str:
    return f"a {noun} of /{size}" if count == 1 else f"{count} {noun}s of /{size}"


def missing_words(layout: Layout) -> str:
    """What has no room in a VPC, and what would do, in words."""
    missing = layout.missing
    assert missing is not None
    alike: dict[tuple[int | None, str], list[Subnet]] = {}
    for each in missing.subnets:
        alike.setdefault((each.size, each.use), []).append(each)
    would_do = []
    if missing.smallest_vpc:
        would_do.append(f"the smallest VPC that would do is {missing.smallest_vpc}")
    if missing.secondary:
        ranges = ",".join(map(str, missing.secondary))
        would_do.append(f"to add --secondary {ranges} would do, too")
    return "; ".join([f"missing: {', '.join(map(_lacking, alike.values()))}", *would_do])


def _lacking(subnets: Sequence[Subnet]) -> str:
    """Subnets of one size and use that have no room, in words."""
    size, use = subnets[0].size, subnets[0].use
    zones = sorted({each.zone for each in subnets})
    of_zones = f"zone{'s' * (len(zones) > 1)} {', '.join(map(str, zones))}"
    if size is None:
        return f"subnets for {use} in {of_zones}, which no size of subnet holds"
    return f"{_counted(len(subnets), 'subnet', size)} for {use} in {of_zones}"
