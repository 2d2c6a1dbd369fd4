"""What is computed: the models, their expressions and the engine. Knows no file."""

from __future__ import annotations

from functools import cache

from calculator.errors import InputError
from calculator.model.sheet import Model, Sheet

__all__ = ["get_model", "get_sheet", "models"]


@cache
def models() -> tuple[Model, ...]:
    """All models, the default first."""
    from calculator.model.aws_sample import AWS_SAMPLE
    from calculator.model.vpc_cni import VPC_CNI

    return VPC_CNI, AWS_SAMPLE


def get_model(name: str) -> Model:
    """The model of that name.

    Raises
    ------
    InputError: lists the models there are.
    """
    for model in models():
        if model.name == name:
            return model
    listed = ", ".join(model.name for model in models())
    raise InputError(f'model: found "{name}"; one of {listed} is expected')


def get_sheet(model: Model, name_or_mode: str) -> Sheet:
    """The model's sheet of that name or mode.

    Raises
    ------
    InputError: lists the sheets there are.
    """
    for sheet in model:
        if name_or_mode in (sheet.name, sheet.mode):
            return sheet
    listed = ", ".join(f"{sheet.name} ({sheet.mode})" for sheet in model)
    raise InputError(f'sheet: found "{name_or_mode}"; model {model.name} has {listed}')
