"""Amounts of positions as text. No Qt."""

from collections.abc import Iterable

import msgspec

from protocols.market.times import UtcNs
from widgets.delivery import UNIVERSAL, day_text
from widgets.figures import MINUS, amount_text, rounded

MONEY_DECIMALS = 2


def signed(value: int, decimals: int, unit: str = "") -> str:
    """With its sign and its thousands set apart, `+50 000` or `−1 234.50 EUR`; a plain zero has no sign. `value` is in
    1e-9 of the unit, rounded half away from zero."""
    sign = "+" if value > 0 else MINUS if value < 0 else ""
    text = f"{sign}{amount_text(abs(rounded(value, 1, decimals)), decimals)}"
    return f"{text} {unit}" if unit else text


def counted_since(since: UtcNs) -> str:
    """How far back pairs are counted, in words."""
    return (
        f"Counted: own orders of which anything was executed since {day_text(since, UNIVERSAL)} 00:00 UTC, by the "
        "journal of this desk and the venue's lists. Not in it: what was traded elsewhere, or earlier"
    )


def from_journal(unlisted: int, unit: str) -> str:
    """Of what was bought and sold, what the venue did not list."""
    return f"{amount_text(unlisted, 0)} {unit} of what was bought and sold known from the journal alone"


class Result(msgspec.Struct, frozen=True):
    """What a position made, in 1e-9 of `currency`: None where it is not known."""

    realised: int | None
    unrealised: int | None
    currency: str


def results_text(results: Iterable[Result]) -> str:
    """All of them together, by currency: `EUR realised +12.30, unrealised −4.00`. What is not known is counted, and
    never taken for nothing."""
    by_currency: dict[str, list[Result]] = {}
    for result in results:
        by_currency.setdefault(result.currency, []).append(result)
    return " · ".join(
        f"{currency} {_sum('realised', (each.realised for each in found))}, "
        f"{_sum('unrealised', (each.unrealised for each in found))}"
        for currency, found in sorted(by_currency.items())
    )


def _sum(word: str, values: Iterable[int | None]) -> str:
    found = list(values)
    known = [value for value in found if value is not None]
    if not known:
        return f"{word} not known"
    missing = len(found) - len(known)
    return f"{word} {signed(sum(known), MONEY_DECIMALS)}" + (f" ({missing} not known)" if missing else "")
