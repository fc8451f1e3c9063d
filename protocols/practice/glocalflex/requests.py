"""What the body of `POST /api/v1/order/` asks for.

What the page names is read strictly: a number as text, a repeated key or an unknown word is refused, so that a client's
slip shows here. What it does not name is passed over. Everything that is wrong is told at once, as such servers do.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import msgspec

from protocols.market.flex import Delivery
from protocols.market.times import TimeRefused, UtcNs, utc_from_text
from protocols.market.values import Price, Quantity, Side, ValueRefused, scaled
from protocols.practice.glocalflex.locations import COUNTRIES, Location
from protocols.practice.glocalflex.orders import Terms, closing

LONGEST_TEXT = 200
MOST_NAMES = 50
MOST_POINTS = 10_000
_SIDES = {"buy": Side.BUY, "sell": Side.SELL}
_BASELINE_TEXTS = ("metering_id", "quality", "energy_product", "unit_measured")
_BASELINE_TIMES = ("created_at", "reading_start", "reading_end")
_DIRECTIONS = ("consumption", "production")


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong, and where: an entry of a 422's `detail`."""

    loc: tuple[str | int, ...]
    msg: str
    type: str = "value_error"


class Invalid(ValueError):
    """The body can't be done; `problems` says everything that is wrong with it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.msg for problem in problems))
        self.problems = problems


class Asked(msgspec.Struct, frozen=True):
    """A valid order. Of a baseline only whether there is one matters to the venue."""

    terms: Terms
    baseline: bool


def read_order(body: bytes, now: UtcNs) -> Asked:
    """Reads an order that comes in now. Raises `Invalid`."""
    reader = _Reader(_object(body))
    side = reader.side()
    power = reader.number("power", "greater than 0", lambda value: value > 0)
    price = reader.number("price", "greater than or equal to 0", lambda value: value >= 0)
    delivery = reader.delivery(now)
    expiry = reader.expiry(now)
    location = reader.location()
    baseline = reader.baseline(side)
    if reader.problems or side is None or power is None or price is None or delivery is None or location is None:
        raise Invalid(*reader.problems)
    return Asked(Terms(side, Quantity(power), Price(price), delivery, location, expiry), baseline)


class _Reader:
    """Reads field after field and gathers what is wrong."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.problems: list[Problem] = []
        self._fields = fields

    def side(self) -> Side | None:
        text = self._text(self._fields, "side")
        if text is not None and text not in _SIDES:
            self._wrong("Input should be 'buy' or 'sell'", "side", kind="enum")
            return None
        return None if text is None else _SIDES[text]

    def number(self, name: str, words: str, fits: Any) -> int | None:
        """A value in units of 1e-9."""
        value = self._present(self._fields, name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self._wrong("Input should be a valid number", name, kind="float_type")
            return None
        try:
            read = scaled(Decimal(value))
        except ValueRefused as refused:
            self._wrong(str(refused), name)
            return None
        if not fits(read):
            self._wrong(f"Input should be {words}", name)
            return None
        return read

    def delivery(self, now: UtcNs) -> Delivery | None:
        start, end = self._time(self._fields, "delivery_start"), self._time(self._fields, "delivery_end")
        if start is None or end is None:
            return None
        delivery = Delivery(start, end)
        if end <= start:
            self._wrong("delivery_end should be after delivery_start", "delivery_end")
        elif closing(delivery) <= now:
            self._wrong("delivery_start should be more than 15 minutes ahead", "delivery_start")
        else:
            return delivery
        return None

    def expiry(self, now: UtcNs) -> UtcNs | None:
        """None where it is left out: then the order ends as its window closes."""
        if self._fields.get("expiry_time") is None:
            return None
        expiry = self._time(self._fields, "expiry_time")
        if expiry is not None and expiry <= now:
            self._wrong("expiry_time should be in the future", "expiry_time")
        return expiry

    def location(self) -> Location | None:
        given = self._part("location")
        if given is None:
            return None
        names, country = given.get("location_id"), given.get("country_code", "")
        if names is None:
            names = []
        if not isinstance(names, list) or len(names) > MOST_NAMES or not all(map(_is_name, names)):
            self._wrong("Input should be a list of texts", "location", "location_id", kind="list_type")
            return None
        if country is not None and country not in ("", *COUNTRIES):
            words = ", ".join(f"'{code}'" for code in COUNTRIES)
            self._wrong(f"Input should be {words} or ''", "location", "country_code", kind="enum")
            return None
        return Location(tuple(names), country)

    def baseline(self, side: Side | None) -> bool:
        """Whether there is one, which is for sellers only."""
        if self._fields.get("baseline") is None:
            return False
        given = self._part("baseline")
        if given is None:
            return False
        if side is Side.BUY:
            self._wrong("a buy order has no baseline", "baseline")
        for name in _BASELINE_TEXTS:
            self._text(given, name, "baseline")
        for name in _BASELINE_TIMES:
            self._time(given, name, "baseline")
        direction = self._text(given, "direction", "baseline")
        if direction is not None and direction not in _DIRECTIONS:
            self._wrong("Input should be 'consumption' or 'production'", "baseline", "direction", kind="enum")
        resolution = self._present(given, "resolution", "baseline")
        if resolution is not None and (isinstance(resolution, bool) or not isinstance(resolution, int)):
            self._wrong("Input should be a valid integer", "baseline", "resolution", kind="int_type")
        self._points(self._present(given, "data_points", "baseline"))
        return True

    def _points(self, points: Any) -> None:
        """Each is an object of one time and one number."""
        where = ("baseline", "data_points")
        if points is None:
            return
        if not isinstance(points, list) or not 0 < len(points) <= MOST_POINTS:
            self._wrong(f"Input should be a list of 1 to {MOST_POINTS} objects", *where, kind="list_type")
            return
        for number, point in enumerate(points):
            if not isinstance(point, dict) or len(point) != 1:
                self._wrong("Input should be an object of one time and one number", *where, number)
                continue
            ((time, value),) = point.items()
            if _time_of(time) is None:
                self._wrong("Input should be a valid datetime", *where, number, kind="datetime_parsing")
            if isinstance(value, bool) or not isinstance(value, int | Decimal):
                self._wrong("Input should be a valid number", *where, number, time[:40], kind="float_type")

    # Kinds of fields

    def _part(self, name: str) -> dict[str, Any] | None:
        value = self._present(self._fields, name)
        if value is not None and not isinstance(value, dict):
            self._wrong("Input should be an object", name, kind="dict_type")
            return None
        return value

    def _present(self, fields: dict[str, Any], name: str, *above: str) -> Any:
        value = fields.get(name)
        if value is None:
            self._wrong("Field required", *above, name, kind="missing")
        return value

    def _text(self, fields: dict[str, Any], name: str, *above: str) -> str | None:
        value = self._present(fields, name, *above)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            self._wrong("Input should be a valid string", *above, name, kind="string_type")
            return None
        return value

    def _time(self, fields: dict[str, Any], name: str, *above: str) -> UtcNs | None:
        value = self._present(fields, name, *above)
        if value is None:
            return None
        read = _time_of(value)
        if read is None:
            self._wrong("Input should be a valid datetime", *above, name, kind="datetime_parsing")
        return read

    def _wrong(self, words: str, *where: str | int, kind: str = "value_error") -> None:
        self.problems.append(Problem(("body", *where), words, kind))


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(
            body.decode(), object_pairs_hook=_without_repeats, parse_float=_exact, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        if isinstance(error, Invalid):
            raise
        raise Invalid(Problem(("body", 0), "JSON decode error", "json_invalid")) from error
    if not isinstance(found, dict):
        raise Invalid(Problem(("body",), "Input should be an object", "model_attributes_type"))
    return found


def _time_of(value: Any) -> UtcNs | None:
    try:
        return utc_from_text(value) if isinstance(value, str) else None
    except TimeRefused:
        return None


def _is_name(value: Any) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= LONGEST_TEXT)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid(Problem(("body", 0), "a key is repeated", "json_invalid"))
    return found


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Invalid(Problem(("body", 0), "a number that nobody can hold", "json_invalid")) from error


def _no_constant(text: str) -> NoReturn:
    raise Invalid(Problem(("body", 0), f"{text} is no JSON", "json_invalid"))
