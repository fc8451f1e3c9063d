"""What an order ticket that is on the screen means, read off its widgets by Qt alone: the oracle for random keys.

Nothing here is taken from the code under test. Texts are read with decimals, pips are counted from the quote that was
there when the text came to stand in its field, and what is expected is what the venue would have to read on the wire.
"""

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QWidget

TYPES = {"Market": "MARKET", "Limit": "LIMIT", "Stop": "STOP", "Stop limit": "STOP_LIMIT"}
TERMS = {"All or none": "AON", "Fill or kill": "FOK", "Immediate or cancel": "IOC", "Take profit immediately": "TPI",
         "Good till cancelled": "GTC"}  # fmt: skip
ON_THE_WIRE = {"quantity": "quantity", "price": "price", "stop_price": "stopPrice", "validity_until": "tillTime"}
PIP = Decimal("0.0001")
TO_READ = 0.5
FAR = Decimal("0.051")
"""Of the middle of bid and ask: no order this far off goes without a question."""

Texts = dict[str, str]


@dataclasses.dataclass(frozen=True)
class Moment:
    """What there was at a time: bid and ask where the quote was live, seconds on our clock, and the time of day."""

    bid: Decimal | None
    ask: Decimal | None
    at: float
    day: datetime


@dataclasses.dataclass(frozen=True)
class Living:
    """An order that is modified: its name at the venue, and its numbers as they were shown."""

    venue_id: int
    numbers: dict[str, Decimal | datetime | None]


def text_of(editor: QWidget) -> str:
    """What stands in a field, as one reads it."""
    if isinstance(editor, QLineEdit):
        return editor.text()
    if isinstance(editor, QComboBox):
        return editor.currentText()
    return next((each.text() for each in editor.findChildren(QPushButton) if each.isChecked()), "")


class MeantInTicket:
    """Follows the texts on the screen. `look` after everything that happened."""

    def __init__(self) -> None:
        self._texts: Texts = {}
        self._since: dict[str, Moment] = {}
        self._question: tuple[Texts, float] | None = None
        self.living: Living | None = None

    def look(self, texts: Texts, asked: bool, now: Moment) -> None:
        """`texts` are those of the fields that are there, by name; `asked` whether a question can be read."""
        for name, text in texts.items():
            if self._texts.get(name) != text:
                self._since[name] = now
        self._texts = dict(texts)
        if not asked:
            self._question = None
        elif self._question is None or self._question[0] != texts:
            self._question = (dict(texts), now.at)

    def was_read(self, now: Moment) -> bool:
        """Whether a question about this very order has been on the screen long enough."""
        question = self._question
        return question is not None and question[0] == self._texts and now.at - question[1] >= TO_READ - 1e-6

    def has_to_be_asked(self, now: Moment) -> bool:
        """Whether nobody may send it without a question, whatever the desk's limits say of the rest."""
        if now.bid is None or now.ask is None:
            return True
        mid = (now.bid + now.ask) / 2
        prices = [self._number(name) for name in ("price", "stop_price") if self._texts.get(name)]
        return any(isinstance(price, Decimal) and abs(price - mid) > FAR * mid for price in prices)

    def on_the_wire(self, symbol: str) -> dict[str, Any] | None:
        """What the venue would have to be told; None where the texts are no order."""
        return self._order(symbol) if self.living is None else self._change(self.living)

    def _order(self, symbol: str) -> dict[str, Any] | None:
        kind = TYPES.get(self._texts.get("type", ""))
        numbers: dict[str, Any] = {name: self._number(name) for name in ON_THE_WIRE if self._texts.get(name)}
        terms = TERMS.get(self._texts.get("time_in_force", ""))
        side = {"Buy": "BUY", "Sell": "SELL"}.get(self._texts.get("side", ""))
        needed = {"quantity"} | ({"price"} if "LIMIT" in str(kind) else set())
        needed |= {"stop_price"} if str(kind).startswith("STOP") else set()
        if None in (kind, terms, side, *numbers.values()) or needed != numbers.keys() - {"validity_until"}:
            return None
        note = self._texts.get("comment", "").strip()
        said = {"symbol": symbol, "side": side, "type": kind, "timeInForce": terms, **({"note": note} if note else {})}
        return said | {ON_THE_WIRE[name]: number for name, number in numbers.items()}

    def _change(self, living: Living) -> dict[str, Any] | None:
        """Only what is another number now."""
        found: dict[str, Any] = {"orderId": living.venue_id}
        for name, known in living.numbers.items():
            text = self._texts.get(name, "")
            number = self._number(name) if text else None
            if number is None and text:
                return None
            if number != known:
                found[ON_THE_WIRE[name]] = "" if number is None else number
        return found if len(found) > 1 else None

    def _number(self, name: str) -> Decimal | datetime | None:
        text, since = self._texts.get(name, "").strip(), self._since[name]
        match name:
            case "quantity":
                found = re.fullmatch(r"(\d*[.,]?\d+)\s*([km]?)", text, re.IGNORECASE)
                times = {"k": 1_000, "m": 1_000_000}.get(found[2].lower(), 1) if found else 0
                return Decimal(found[1].replace(",", ".")) * times if found else None
            case "validity_until":
                lives = re.fullmatch(r"(\d+)([hm])", text)
                if lives is None:
                    return datetime.fromisoformat(f"{text}Z") if re.fullmatch(r"\d{4}-\d\d-\d\d [\d:]+", text) else None
                return since.day + timedelta(**{{"h": "hours", "m": "minutes"}[lives[2]]: int(lives[1])})
        plain = re.fullmatch(r"\d*[.,]?\d+", text)
        if plain:
            return Decimal(text.replace(",", "."))
        counted = re.fullmatch(r"([ab]?)\s*([+-])\s*(\d*[.,]?\d+)\s*p(?:ips?)?|([ab])", text, re.IGNORECASE)
        if counted is None or since.bid is None or since.ask is None:
            return None
        whose = (counted[1] or counted[4] or {"+": "a", "-": "b"}[counted[2]]).lower()
        far = PIP * Decimal((counted[3] or "0").replace(",", "."))
        return {"a": since.ask, "b": since.bid}[whose] + (far if counted[2] == "+" else -far)


def read_frame(frame: dict[str, Any]) -> dict[str, Any]:
    """An order frame as it went out, in the oracle's terms, without who sent it and under which name. Either dialect's
    word for a lifetime."""
    payload = {
        "tillTime" if name == "lifeTime" else name: value
        for name, value in frame["payload"].items()
        if name not in ("clientOrderId", "login")
    }
    for name in ("quantity", "price", "stopPrice"):
        if name in payload:
            payload[name] = Decimal(str(payload[name]))
    if payload.get("tillTime"):
        payload["tillTime"] = datetime.fromisoformat(payload["tillTime"]).astimezone(UTC)
    return payload
