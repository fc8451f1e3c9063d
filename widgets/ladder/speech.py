"""The ladder in a sentence, for a screen reader. No Qt."""

from protocols.market.instruments import InstrumentSpec
from widgets.ladder.depth import RowSide
from widgets.ladder.frame import FrameRow, LadderFrame, Quote
from widgets.ladder.mouse import Form
from widgets.ladder.own import own_text
from widgets.ladder.words import ABSENT, Tone, number

_UNITS = {
    "EUR/MWh": "euro per megawatt hour",
    "GBP/MWh": "pound per megawatt hour",
    "MW": "megawatt",
    "MWh": "megawatt hour",
    "EUR/kWh": "euro per kilowatt hour",
    "W": "watt",
}


_CLICKS = {
    None: "A click does nothing with these keys held",
    Form.ICEBERG: "Shift: a click on a quantity stages an iceberg at its price; figures say what it shows",
    Form.STOP: "Ctrl: a click beside a price stages a stop there: left of it to buy, right of it to sell",
    Form.LIMIT: "A click on a bid or ask quantity stages an order at its price",
}


def spoken(frame: LadderFrame) -> str:
    """`live. Active, Continuous. Bid 72.15 euro per megawatt hour, 12.5 megawatt. ...`; no numbers unless live."""
    parts = []
    if frame.plate is not None:
        parts.append(frame.plate.title)
        parts += frame.plate.lines[:1]
    else:
        parts.append(frame.condition.value)
    if frame.header is not None:
        parts.append(frame.header.state.text.replace(" · ", ", "))
    if frame.condition.live and frame.quote is not None and frame.spec is not None:
        parts += _sides(frame.quote, frame.spec.price_unit, frame.spec.quantity_unit)
    parts += _own_and_staged(frame)
    return ". ".join(part.rstrip(".") for part in parts if part)


def _own_and_staged(frame: LadderFrame) -> list[str]:
    """What we have there and are about to do; not live makes neither untrue."""
    said, spec = [], frame.spec
    if frame.body is not None and spec is not None:
        unit = _UNITS.get(spec.quantity_unit, spec.quantity_unit)
        for name, own in (("buy", frame.body.own_buys), ("sell", frame.body.own_sells)):
            if own.count:
                orders = f"{own.count} own {name} order{'s' * (own.count != 1)}"
                much = f"{number(own.total, spec.quantity_decimals).text} {unit}"
                said.append(f"{orders}, {f'in {own.windows} delivery windows' if own.windows > 1 else much}")
    if frame.bar is not None and frame.bar.stage is not None:
        said.append(f"Staged, not sent: {frame.bar.title.text.replace('−', 'minus ').replace('→', 'to')}")
    if frame.bar is not None and frame.bar.note.tone is Tone.WARNING:
        said.append(frame.bar.note.text)
    return said


def _sides(quote: Quote, price_unit: str, quantity_unit: str) -> list[str]:
    price, quantity = _UNITS.get(price_unit, price_unit), _UNITS.get(quantity_unit, quantity_unit)
    said = []
    for name, nothing, best, amount in (
        ("Bid", "No bids", quote.bid, quote.bid_quantity),
        ("Ask", "No asks", quote.ask, quote.ask_quantity),
    ):
        best = best.replace("−", "minus ")
        if amount or best != ABSENT:
            said.append(f"{name} {best} {price}" + (f", {amount} {quantity}" if amount else ""))
        else:
            said.append(nothing)
    return said


def row_text(row: FrameRow, spec: InstrumentSpec) -> str:
    """What a row holds, for its tool tip: `72.10 EUR/MWh`, `Bid 12.5 MW: 3 orders at 2 prices`..."""
    lines = [f"{row.price.text} {spec.price_unit}"]
    for name, side in (("Bid", row.bid), ("Ask", row.ask)):
        if side.quantity:
            lines.append(f"{name} {_amount(side.quantity, spec)}: {_counted(side)}")
            lines.append(f"{name} to here {_amount(side.cumulative, spec)}")
        elif side.levels:
            lines.append(f"{name} quoted, nobody says how much")
    if row.volume:
        lines.append(f"Traded {_amount(row.volume, spec)}")
    lines += own_text_of(row, spec)
    return "\n".join(lines)


def _amount(value: int, spec: InstrumentSpec) -> str:
    return f"{number(value, spec.quantity_decimals).text} {spec.quantity_unit}"


def _counted(side: RowSide) -> str:
    orders = f"{side.orders} order{'s' if side.orders != 1 else ''}"
    return f"{orders} at {side.levels} prices" if side.levels > 1 else orders


def own_text_of(row: FrameRow, spec: InstrumentSpec) -> list[str]:
    """A line per own order of a row."""
    cells = [cell for cell in (row.own_buy, row.own_sell) if cell is not None]
    return [own_text(own, spec) for cell in cells for own in cell.orders]


def click_text(form: Form | None) -> str:
    """What a click on a quantity does while keys are held."""
    return _CLICKS[form]
