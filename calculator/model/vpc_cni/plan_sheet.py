"""Sheet Plan: what everyone fills in, the comparison of the modes, and the verdict in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from calculator.inputs import Text
from calculator.model.expression import (
    Cells,
    Expression,
    Name,
    Operand,
    Values,
    expression,
    ref,
    where,
)
from calculator.model.functions import both, either, if_error, maximum, minimum, or_nothing, surely
from calculator.model.ranges import count_said, count_where, position, say
from calculator.model.sheet import Column, Label, Notice, Setting, Sheet, Total
from calculator.model.vpc_cni.messages import MESSAGES
from calculator.model.vpc_cni.modes import MODE_SHEETS
from calculator.model.vpc_cni.places import beside
from calculator.model.vpc_cni.rows import GROUP_COLUMNS
from calculator.model.vpc_cni.settings import message_of
from calculator.plan import PLAN_INPUTS, UNDECIDED

__all__ = ["PLAN"]

#: Rows below the table in which an input is still seen; more than anybody scrolls by mistake.
_ROWS_BELOW = 200
HEADER_ROW = 13
MODE = ref("mode")
#: The modes that an undecided plan compares: IPv6 is chosen when a cluster is made.
_COMPARED = MODE_SHEETS[:3]

#: Name, label and row of the inputs that everyone has.
_INPUTS = (
    ("subnet_prefix_length", "Subnet prefix length (/n)", 4),
    ("availability_zones", "Availability Zones", 5),
    ("mode", "Mode of the cluster", 6),
    ("warm_eni_target", "WARM_ENI_TARGET", 7),
    ("warm_ip_target", "WARM_IP_TARGET", 8),
    ("minimum_ip_target", "MINIMUM_IP_TARGET", 9),
    ("warm_prefix_target", "WARM_PREFIX_TARGET", 10),
    ("host_network_pods", "Host-network pods", 11),
    ("daemonset_pods", "DaemonSet pods", 12),
)
_WORDS = (
    ("name", "Name", "B1", "C1"),
    ("owner", "Owner", "E1", "F1"),
    ("date", "Date", "G1", "H1"),
)
_SETTINGS = tuple(
    Setting(
        input=PLAN_INPUTS[name],
        label=label,
        label_cell=f"A{row}",
        cell=f"B{row}",
    )
    for name, label, row in _INPUTS
)
_TEXTS = tuple(
    Setting(input=PLAN_INPUTS[name], label=label, label_cell=beside, cell=cell, optional=True)
    for name, label, beside, cell in _WORDS
)
assert all(isinstance(each.input, Text) for each in _TEXTS)


# --- inputs below the rows that are counted -------------------------------------------------------


class _Below(Expression):
    """Something of the inputs that stand below the rows that the sheets of all modes can see.

    The formulas look at some rows more than there can be by mistake, in every column that a person
    fills in; the engine is told what the reader found.
    """

    def __init__(self, given: str, template: str) -> None:
        seen = [ref("last_row_seen")] if "{seen}" in template else []
        self.children = (ref(given), *seen)
        self._template = template

    def evaluate(self, values: Values) -> Any:
        return self.children[0].evaluate(values)

    def render(self, cells: Cells) -> str:
        return self._template.format(
            seen=cells.cell(Name("last_row_seen")),
            **cells.below(_ROWS_BELOW),
        )


_LAST_SEEN = _Below("given_last_row_seen", "{last}")
# Beside an error the formulas cannot see what is filled in. One in a row of the table is a fault of
# its own; where there is none, it must be below.
_COUNT_BELOW = if_error(
    _Below(
        "given_inputs_below",
        'SUMPRODUCT(({before}<>"")*(ROW({rows})>{seen}))+'
        'SUMPRODUCT(({behind}<>"")*(ROW({rows})>{seen}))',
    ),
    where(ref("rows_to_correct") > 0, 0, 1),
)
_LAST_BELOW = if_error(
    _Below(
        "given_last_row_below",
        'MAX(SUMPRODUCT(MAX(({before}<>"")*(ROW({rows})>{seen})*ROW({rows}))),'
        'SUMPRODUCT(MAX(({behind}<>"")*(ROW({rows})>{seen})*ROW({rows}))))',
    ),
    ref("last_row_seen") + 1,
)


# --- the node table -------------------------------------------------------------------------------


def _of_chosen(of: Callable[[Sheet], Operand], undecided: Operand) -> Expression:
    """Something of the mode that is chosen."""
    result = expression(undecided)
    for sheet in reversed(MODE_SHEETS):
        assert sheet.mode
        result = where(surely(MODE == sheet.mode), of(sheet), result)
    return result


def _said_by() -> Expression:
    """The sheet whose words stand in column Check: of the mode, or the first that says more."""
    found: Expression = expression(_COMPARED[-1].name)
    for sheet in reversed(_COMPARED[:-1]):
        found = where(ref("says", sheet.name) == "ok", found, sheet.name)
    found = where(ref("chosen_sheet") == "", found, ref("chosen_sheet"))
    return or_nothing(where(ref("says", _COMPARED[0].name) == "", "", found))


def _check() -> Expression:
    said = ref("check", MODE_SHEETS[-1].name)
    for sheet in reversed(MODE_SHEETS[:-1]):
        said = where(ref("said_by") == sheet.name, ref("check", sheet.name), said)
    return or_nothing(said)


_COLUMNS = (
    *GROUP_COLUMNS[:3],
    Column(
        name="check",
        header="Check",
        about="OK, or what is wrong with the row and what to do",
        formula=_check(),
        style="check",
        width=43,
    ),
    *GROUP_COLUMNS[3:],
    Column(
        name="number",
        header="N",  # which keeps the formula of Check short
        about="step: number of the row, No. on the sheets of the modes",
        formula=position(),
        style="helper",
        width=11,
    ),
    Column(
        name="said_by",
        header="By",
        about="step: the sheet whose words stand in column Check",
        formula=_said_by(),
        style="helper",
        width=10,
    ),
)

# --- the comparison -------------------------------------------------------------------------------


def _key(mode: str | None) -> str:
    return str(mode).replace("-", "_")


def _compared(sheet: Sheet, row: int) -> tuple[Total, ...]:
    key = _key(sheet.mode)

    def cell(column: str, name: str, label: str, formula: Expression, style: str) -> Total:
        return Total(
            name=f"{key}_{name}",
            label=label,
            label_cell=f"{column}4",
            cell=f"{column}{row}",
            formula=formula,
            style=style,
        )

    smallest, pods = ref("smallest_subnet", sheet.name), ref("smallest_pod_subnet", sheet.name)
    return (
        cell("D", "verdict", "Mode", f"{sheet.name} " & ref("status", sheet.name), "compared"),
        cell("E", "used", "IPs used", ref("ips_used", sheet.name), "figure"),
        cell("F", "at_peak", "At the peak", ref("peak_ips", sheet.name), "figure"),
        cell("G", "left", "Left", ref("peak_remaining", sheet.name), "left"),
        cell("H", "smallest", "Smallest", smallest, "size"),
        cell("I", "idle", "Idle", ref("idle_share", sheet.name), "share"),
        cell("J", "smallest_pods", "For pods", pods, "size"),
        cell("S", "outcome", "Outcome", ref("outcome", sheet.name), "small"),
    )


_COMPARISON = tuple(
    total for row, sheet in enumerate(MODE_SHEETS, 5) for total in _compared(sheet, row)
)


def _hosted_in(sheet: Sheet) -> Expression:
    return ref("pods_hosted", sheet.name)


def _outcome_of(sheet: Sheet) -> Expression:
    return ref(f"{_key(sheet.mode)}_outcome")


def _verdict_of(sheet: Sheet) -> Expression:
    return ref(f"{_key(sheet.mode)}_verdict")


# --- steps, at the right --------------------------------------------------------------------------


_step = partial(beside, "K", "N", style="small")
_further = partial(beside, "P", "R", style="small")

_PLAINLY_FITS = [_outcome_of(sheet) == "fits" for sheet in _COMPARED]
_FITS = [ref("fits_here", sheet.name) for sheet in _COMPARED]
_UNDECIDED_OUTCOME = where(
    both(*_PLAINLY_FITS),
    "fits",
    where(
        minimum(*_FITS) == 1,
        "fits-with-remarks",
        where(maximum(*_FITS) == 1, "fits-in-some", "does-not-fit"),
    ),
)
_SAID_OF_ALL = (
    _verdict_of(_COMPARED[0]) & "; " & _verdict_of(_COMPARED[1]) & "; " & _verdict_of(_COMPARED[2])
)
_OUTCOME = ref("outcome_of_plan")
_STEPS = (
    _step(
        4,
        "settings_to_correct",
        "Settings to correct",
        count_said([f"{each.name}_message" for each in _SETTINGS])
        + ref("settings_on_settings_to_correct"),
    ),
    _step(
        5,
        "rows_to_correct",
        "Rows to correct",
        # Of a mode that carries every row: what another cannot carry is no fault of the plan.
        count_where("state", "<", 0, MODE_SHEETS[0].name),
    ),
    _step(6, "last_row_seen", "Last row that every sheet sees", _LAST_SEEN),
    _step(7, "rows_below", "Inputs below it", _COUNT_BELOW),
    _step(8, "last_row_below", "Last row of these", _LAST_BELOW),
    _step(
        9,
        "to_correct",
        "What makes all figures unknown",
        ref("settings_to_correct") + ref("rows_to_correct") + ref("rows_below"),
    ),
    _step(10, "groups", "Node groups", count_where("state", ">", 0, MODE_SHEETS[0].name)),
    _step(1, "outcome_undecided", "Outcome while undecided", _UNDECIDED_OUTCOME),
    _step(
        11,
        "outcome_of_plan",
        "Outcome of the plan",
        where(
            ref("to_correct") > 0,
            "not-known",
            where(
                ref("groups") == 0,
                "no-node-group",
                _of_chosen(_outcome_of, ref("outcome_undecided")),
            ),
        ),
    ),
    _step(12, "chosen_sheet", "Sheet of the mode", _of_chosen(lambda sheet: sheet.name, "")),
    _step(
        2,
        "said_of_mode",
        "What is said of the modes",
        _of_chosen(_verdict_of, _SAID_OF_ALL),
    ),
)
_SAID_BEFORE = where(
    _OUTCOME == "does-not-fit",
    "Does not fit:",
    where(
        _OUTCOME == "not-possible",
        "Does not fit:",
        where(
            surely(MODE == UNDECIDED),
            where(_OUTCOME == "fits-in-some", "Fits in some modes:", "Fits in each mode:"),
            "",
        ),
    ),
)
_VERDICT = where(
    ref("settings_to_correct") > 0,
    say(MESSAGES, "correct-settings-first", ref("settings_to_correct")),
    where(
        ref("rows_below") > 0,
        say(MESSAGES, "below-the-table", ref("last_row_below")),
        where(
            ref("rows_to_correct") > 0,
            say(MESSAGES, "correct-rows", ref("rows_to_correct")),
            ref("verdict_when_known"),
        ),
    ),
)
_WHEN_KNOWN = where(
    ref("groups") == 0,
    say(MESSAGES, "enter-a-node-group"),
    where(
        surely(both(_OUTCOME == "fits", MODE == UNDECIDED)),
        say(MESSAGES, "fits-each-mode"),
        # No text ends with a blank: LibreOffice would drop it.
        where(ref("said_before") == "", "", ref("said_before") & " ") & ref("said_of_mode"),
    ),
)

# --- remarks --------------------------------------------------------------------------------------

_UPDATED = ref("updated_groups")
_UPDATE = where(
    ref("updates") == 0,
    "no node group is updated",
    where(_UPDATED == "one", "one node group is updated", "all node groups are updated"),
)
_PEAK = where(
    ref("settings_to_correct") > 0,
    "The peak is not known.",
    "The peak: "
    & where(ref("rollout_surge") > 0, "pods surge by " & ref("rollout_surge") & " %, ", "")
    & where(ref("zone_loss") == "yes", "a zone is lost, ", "")
    & ref("update_words")
    & where(ref("control_plane_enis") > 0, ", EKS is upgraded", "")
    & where(ref("availability_zones") == 1, ". EKS asks for two zones.", "."),
)
_OTHERS = where(
    ref("settings_on_settings_to_correct") > 0,
    "All other settings: sheet Settings.",
    "All other settings: sheet Settings ("
    & ref("settings_changed")
    & where(
        ref("settings_changed") == 1, " differs from its default).", " differ from the default)."
    ),
)
_CONTENTS = where(
    either(ref("to_correct") > 0, ref("groups") == 0, _OUTCOME == "not-possible"),
    "One row a node group, in the table below.",
    "One row a node group: "
    & ref("hosted")
    & " pods hosted with "
    & where(ref("chosen_sheet") == "", MODE_SHEETS[0].name, ref("chosen_sheet"))
    & ", in "
    & ref("groups")
    & where(ref("groups") == 1, " node group.", " node groups."),
)


def _remark(name: str, row: int, formula: Expression) -> Total:
    return Total(
        name=name,
        label="Good to know",
        label_cell="D9",
        cell=f"D{row}",
        formula=formula,
        style="remark",
    )


_ONE_ZONE = Notice(
    code="one-zone",
    about="availability_zones",
    when=ref("availability_zones") == 1,
    message=say(MESSAGES, "one-zone"),
    of_row=False,
)
_NO_OTHER_ZONE = Notice(
    code="no-other-zone",
    about="zone_loss",
    when=both(ref("zone_loss") == "yes", ref("availability_zones") == 1),
    message=say(MESSAGES, "no-other-zone"),
    of_row=False,
)
_DEFAULT_DOES_NOT_FIT = Notice(
    code="default-does-not-fit",
    about="mode",
    when=both(
        MODE == UNDECIDED,
        _OUTCOME == "fits-in-some",
        _outcome_of(_COMPARED[0]) == "does-not-fit",
    ),
    message=say(MESSAGES, "default-does-not-fit"),
    of_row=False,
)

PLAN = Sheet(
    name="Plan",
    mode=None,
    title="plan",
    table="Nodes",
    labels=(
        Label(cell="A3", text="Cluster", style="heading"),
        Label(cell="D3", text="Modes compared, in the fullest subnet", style="scope"),
    ),
    settings=(*_SETTINGS, *_TEXTS),
    columns=_COLUMNS,
    totals=(
        Total(
            name="verdict",
            label="EKS subnet plan",
            label_cell="A1",
            cell="A2",
            formula=_VERDICT,
            style="verdict",
        ),
        *map(message_of, _SETTINGS),
        *_COMPARISON,
        _remark("peak_words", 10, _PEAK),
        _remark("settings_words", 11, _OTHERS),
        _remark("contents_words", 12, _CONTENTS),
        *_STEPS,
        _step(3, "verdict_when_known", "Verdict when all is known", _WHEN_KNOWN),
        _further(
            4,
            "hosted",
            "Pods hosted in the mode, or in the first",
            _of_chosen(_hosted_in, _hosted_in(MODE_SHEETS[0])),
        ),
        _further(2, "said_before", "What is said before them", _SAID_BEFORE),
        _further(3, "update_words", "What is said of updates", _UPDATE),
    ),
    notices=(_ONE_ZONE, _NO_OTHER_ZONE, _DEFAULT_DOES_NOT_FIT),
    header_row=HEADER_ROW,
)
