"""What a workbook asks of the program that calculates it."""

from __future__ import annotations

import pytest

from calculator import verify_workbook
from tests.helpers import scratch
from tests.workbook.readings import raw_of


@pytest.mark.parametrize(
    ("model", "names", "sheet"),
    [
        ("vpc-cni", ("Nodes",), "Plan"),
        ("vpc-cni", ("SUBNETSIZES",), "Tables"),
        ("aws-sample", ("Table1",), "maxENI"),
        ("aws-sample", ("Table3", "Table36"), "WarmENI"),
    ],
)
@pytest.mark.parametrize("scope", ["", ' localSheetId="0"'])
def test_names_that_hide_tables_are_told_once(
    model: str, names: tuple[str, ...], sheet: str, scope: str
) -> None:
    raw = raw_of(model)
    for name in (*names, "Team"):
        defined = f'<definedName name="{name}"{scope}>{sheet}!$A$1:$B$2</definedName>'
        raw.replace_in("xl/workbook.xml", "<definedNames>", f"<definedNames>{defined}")
    [finding] = verify_workbook(raw.save(scratch() / "plan.xlsx")).findings
    assert (finding.code, finding.place) == ("name", sheet)
    assert all(f"the name {name} hides table " in finding.message for name in names)
    assert "Team" not in finding.message
