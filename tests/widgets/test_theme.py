"""The tokens: complete, and legible by WCAG AA wherever an ink meets a ground."""

import tomllib
from importlib.resources import files

import pytest
from PySide6.QtGui import QColor

from widgets.theme import Theme, TokensRefused, contrast, theme_from_tokens

TOKENS = tomllib.loads((files("resources") / "themes" / "tokens.toml").read_text(encoding="utf-8"))

INKS = (
    "text",
    "text_secondary",
    "text_muted",
    "buy",
    "sell",
    "up",
    "down",
    "last",
    "live",
    "warning",
    "danger",
    "accent",
)
GROUNDS = ("surface", "row_alternate", "surface_raised", "window", "selection", "accent_surface")
PAIRS = [
    *((ink, ground) for ink in INKS for ground in GROUNDS),
    ("text", "danger_surface"),
    ("danger", "danger_surface"),
    ("text", "practice_surface"),
    ("practice_text", "practice_surface"),
    ("text_inverse", "accent"),
    ("buy", "buy_surface"),
    ("sell", "sell_surface"),
    ("text", "buy_depth"),
    ("text", "sell_depth"),
]


@pytest.fixture(params=["dark", "light"])
def theme(request: pytest.FixtureRequest) -> Theme:
    return theme_from_tokens(TOKENS, request.param)


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_is_legible(theme: Theme, ink: str, ground: str) -> None:
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= 4.5


def test_a_focus_ring_and_lamps_stand_out(theme: Theme) -> None:
    for name in ("focus_ring", "live", "warning", "danger", "practice"):
        assert contrast(getattr(theme, name), theme.surface) >= 3


def test_contrast_is_wcags() -> None:
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)
    assert contrast(QColor("#777777"), QColor("white")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda tokens: tokens["dark"].pop("buy"), "lacks buy"),
        (lambda tokens: tokens["dark"].update(pink="#ff00ff"), "unknown name pink"),
        (lambda tokens: tokens["dark"].update(buy="blue-ish"), "not a colour"),
        (lambda tokens: tokens.pop("sizes"), "no table [sizes]"),
    ],
)
def test_a_wrong_token_file_is_refused_by_name(spoil, complaint: str) -> None:
    tokens = {table: dict(values) for table, values in TOKENS.items()}
    spoil(tokens)
    with pytest.raises(TokensRefused) as refusal:
        theme_from_tokens(tokens, "dark")
    assert complaint in str(refusal.value)
