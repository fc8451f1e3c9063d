"""Why the venue refuses a request. 400 and 401 are the protocol page's; the others are this venue's own words."""

from protocols.acttrader import messages


class Refused(ValueError):
    """A request that is answered with `error`."""

    def __init__(self, code: int, word: str, detail: str = "") -> None:
        self.code = code
        self.word = word
        super().__init__(f"{word}: {detail}" if detail else word)


def no_such_order() -> Refused:
    return Refused(messages.NOT_EXISTS_CODE, messages.ORDER_NOT_EXISTS)


def already_closed() -> Refused:
    return Refused(messages.ALREADY_CLOSED_CODE, messages.ORDER_ALREADY_CLOSED)


def malformed(detail: str) -> Refused:
    return Refused(402, "MALFORMED_REQUEST", detail)


def unknown_event(event: str) -> Refused:
    return Refused(403, "UNKNOWN_EVENT", event[:40])


def unknown_symbol(symbol: str) -> Refused:
    return Refused(404, "UNKNOWN_SYMBOL", symbol[:40])


def invalid(field: str, detail: str) -> Refused:
    """A value that reads well and can't be."""
    return Refused(405, "INVALID_VALUE", f"{field}: {detail}")


def wrong_login() -> Refused:
    return Refused(406, "WRONG_LOGIN")


def market_closed() -> Refused:
    return Refused(407, "MARKET_CLOSED")


def too_many_orders() -> Refused:
    return Refused(408, "TOO_MANY_ORDERS")


def on_purpose() -> Refused:
    return Refused(499, "REFUSED_ON_PURPOSE")
