"""What the rooms of data sheets share: workbooks with few types, which are read soon."""

from __future__ import annotations

import pytest

from calculator.catalog import load_catalog
from calculator.parity import data_sheets
from tests.helpers import AS_BUILT_IN


@pytest.fixture
def few_types_are_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the few types of small workbooks be all that there are."""
    catalogs = {"vpc-cni": AS_BUILT_IN, "aws-sample": load_catalog(model="aws-sample")}
    monkeypatch.setattr(data_sheets, "load_catalog", lambda model: catalogs[model])
