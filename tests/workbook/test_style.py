"""Colours that everybody can read."""

from __future__ import annotations

import pytest

from calculator.model import get_model
from calculator.workbook.style import STYLES
from tests.helpers import MODELS


def luminance(colour: str) -> float:
    """The relative luminance of an sRGB colour. Source: WCAG 2.1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_guidelines_say() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", STYLES)
def test_words_can_be_read_on_their_ground(name: str) -> None:
    style = STYLES["base"] | STYLES[name]
    assert contrast(style["font_color"], style.get("bg_color", "#FFFFFF")) >= 4.5


@pytest.mark.parametrize("name", ["good", "bad", "warning"])
@pytest.mark.parametrize("below", ["verdict", "compared", "left", "status", "check", "input"])
def test_a_mark_can_be_read_whatever_it_marks(name: str, below: str) -> None:
    style = STYLES["base"] | STYLES[below] | STYLES[name]
    assert contrast(style["font_color"], style["bg_color"]) >= 4.5


@pytest.mark.parametrize("model", MODELS)
def test_a_model_names_styles_that_there_are(model: str) -> None:
    for sheet in get_model(model).sheets:
        for each in (*sheet.placed, *sheet.columns, *sheet.labels):
            assert getattr(each, "style", "text") in STYLES, each
