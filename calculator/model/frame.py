"""What stands around the node table of a vpc-cni sheet: settings, results, what is to correct.

Every sheet keeps the places that users of AWS's sample know. A result is shown only while every
setting and every row can be computed; otherwise it is an error, never a number that is too low.
"""

from __future__ import annotations

from calculator.model.expression import (
    Expression,
    count_where,
    is_whole_number,
    not_available,
    ref,
    total,
    where,
)
from calculator.model.sheet import Label, Notice, Setting, Total
from calculator.plan import PLAN_QUANTITIES, Quantity

__all__ = ["SETTINGS_TO_CORRECT", "SUBNET_OVERFLOW", "labels", "results", "settings", "valid"]

PREFIX_LENGTH = ref("subnet_prefix_length")
SETTINGS_TO_CORRECT = ref("settings_to_correct")
ROWS_TO_CORRECT = ref("rows_to_correct")
ROWS_WITH_WARNING = ref("rows_with_warning")
IPS_REMAINING = ref("ips_remaining")


def valid(cell: Expression, quantity: Quantity) -> Expression:
    """Whether a cell holds a whole number within its limits."""
    return is_whole_number(cell, quantity.minimum, quantity.maximum)


def settings(*cells: tuple[str, str, str, str]) -> tuple[Setting, ...]:
    """Settings from (name, label, cell of the label, cell)."""
    return tuple(
        Setting(quantity=PLAN_QUANTITIES[name], label=label, label_cell=label_cell, cell=cell)
        for name, label, label_cell, cell in cells
    )


def _messages(of: tuple[Setting, ...]) -> tuple[Total, ...]:
    """Beside each input, what is wrong with it."""
    return tuple(
        Total(
            name=f"{each.name}_message",
            label=each.label,
            label_cell=each.label_cell,
            cell=chr(ord(each.cell[0]) + 1) + each.cell[1:],
            formula=where(
                valid(ref(each.name), each.quantity), "", f"enter {each.quantity.expected}"
            ),
            style="message",
        )
        for each in of
    )


def results(of: tuple[Setting, ...]) -> tuple[Total, ...]:
    """The results of a sheet with these settings, the status line and the counts behind it."""
    to_correct = where(ref(f"{of[0].name}_message") == "", 0, 1)
    for each in of[1:]:
        to_correct = to_correct + where(ref(f"{each.name}_message") == "", 0, 1)

    def known(formula: Expression) -> Expression:
        return where(SETTINGS_TO_CORRECT + ROWS_TO_CORRECT > 0, not_available(), formula)

    def result(name: str, label: str, row: int, formula: Expression, style: str) -> Total:
        return Total(
            name=name,
            label=label,
            label_cell=f"A{row}",
            cell=f"B{row}",
            formula=formula,
            style=style,
        )

    return (
        result(
            "ips_available",
            "IPs available",
            5,
            where(
                valid(PREFIX_LENGTH, PLAN_QUANTITIES["subnet_prefix_length"]),
                2 ** (32 - PREFIX_LENGTH) - 5,
                not_available(),
            ),
            "number",
        ),
        result("ips_used", "IPs used", 8, known(total("ips_total")), "number"),
        result("pods_hosted", "Pods hosted", 9, known(total("pods_total")), "number"),
        result(
            "ips_remaining",
            "IPs remaining",
            10,
            ref("ips_available") - ref("ips_used"),
            "remaining",
        ),
        result(
            "status",
            "Status",
            11,
            where(
                SETTINGS_TO_CORRECT > 0,
                "Correct the settings marked in red",
                where(
                    ROWS_TO_CORRECT > 0,
                    "Correct the rows marked in column Check",
                    where(
                        IPS_REMAINING < 0,
                        "Does not fit: the subnet is " & (0 - IPS_REMAINING) & " addresses short",
                        where(
                            ROWS_WITH_WARNING > 0,
                            "The subnet suffices, but see column Check: not every pod gets an "
                            "address",
                            "Fits: " & IPS_REMAINING & " addresses remain",
                        ),
                    ),
                ),
            ),
            "status",
        ),
        result("settings_to_correct", "Settings to correct", 18, to_correct, "small"),
        result("rows_to_correct", "Rows to correct", 19, count_where("row_state", "<", 0), "small"),
        result(
            "rows_with_warning",
            "Rows with a warning",
            20,
            count_where("row_state", ">", 0) - count_where("check", "=", "OK"),
            "small",
        ),
        *_messages(of),
    )


SUBNET_OVERFLOW = Notice(
    kind="subnet-overflow",
    about="subnet_prefix_length",
    when=IPS_REMAINING < 0,
    message="the plan needs " & (0 - IPS_REMAINING) & " addresses more than the subnet has",
    of_row=False,
)


def labels(mode: str, of: tuple[Setting, ...], *more: Label) -> tuple[Label, ...]:
    """The words of a sheet: title, headings, a remark beside each setting, and `more`."""
    remarks = (
        Label(cell=f"D{each.cell[1:]}", text=each.quantity.about, style="remark")
        for each in of
        if each.cell.startswith("B")
    )
    return (
        Label(cell="A1", text=f"EKS subnet calculator: {mode}", style="title"),
        Label(cell="A2", text="Fill in the blue cells; everything else follows. See sheet About."),
        Label(cell="A3", text="Subnet:", style="heading"),
        Label(cell="A7", text="Results:", style="heading"),
        Label(cell="A12", text="VPC CNI and pods on every node:", style="heading"),
        Label(cell="A17", text="Checks:", style="heading"),
        Label(cell="D21", text="Of one instance", style="band"),
        Label(cell="O21", text="Of the row", style="band"),
        *remarks,
        *more,
    )
