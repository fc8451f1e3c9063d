"""What was traded of one contract, by price."""

from protocols.market.events import Trade, TradePrinted, TradeState
from protocols.market.instruments import ContractKey
from protocols.market.tape import Tape
from protocols.market.times import UtcNs
from tests.widgets.desk import price, quantity
from widgets.ladder.traded import LastTrade, TradedAtPrice

KEY = ContractKey("practice", "DE-AMPRION", "15Q4")
OTHER = ContractKey("practice", "DE-AMPRION", "16Q1")


class Prints:
    """A tape, and a short way to print on it."""

    def __init__(self, capacity: int = 1000) -> None:
        self.tape = Tape(capacity)

    def __call__(
        self,
        number: int,
        at: str,
        amount: str,
        state: TradeState = TradeState.ACTIVE,
        revision: int = 1,
        key: ContractKey = KEY,
    ) -> None:
        trade = Trade(
            "practice",
            str(number),
            revision,
            price(at),
            quantity(amount),
            state,
            "",
            UtcNs(number),
            key,
            None,
        )
        self.tape.apply(TradePrinted("trades", trade))


def test_trades_before_and_after_it_was_made_add_up_by_price() -> None:
    print_ = Prints()
    print_(1, "72.10", "5")
    traded = TradedAtPrice(print_.tape, KEY)
    print_(2, "72.10", "2.5")
    print_(3, "-0.50", "1")
    print_(4, "72.10", "99", key=OTHER)
    traded.catch_up()
    assert traded.quantities == {price("72.10"): quantity("7.5"), price("-0.50"): quantity("1")}
    assert traded.last == LastTrade(price("-0.50"), quantity("1"), -1)


def test_a_recalled_trade_is_taken_out_and_the_one_before_is_the_last() -> None:
    print_ = Prints()
    print_(1, "72.10", "5")
    print_(2, "72.30", "2")
    traded = TradedAtPrice(print_.tape, KEY)
    assert traded.last == LastTrade(price("72.30"), quantity("2"), 1)
    print_(2, "72.30", "2", TradeState.RECALLED, revision=2)
    traded.catch_up()
    assert traded.quantities == {price("72.10"): quantity("5")}
    assert traded.last == LastTrade(price("72.10"), quantity("5"), None)


def test_a_corrected_trade_moves() -> None:
    print_ = Prints()
    print_(1, "72.10", "5")
    traded = TradedAtPrice(print_.tape, KEY)
    print_(1, "72.20", "4", revision=2)
    traded.catch_up()
    assert traded.quantities == {price("72.20"): quantity("4")}


def test_a_trade_that_was_corrected_and_forgotten_before_it_was_read_is_passed_over() -> None:
    print_ = Prints(capacity=20)
    for number in range(20):
        print_(number, "72.10", "1")
    traded = TradedAtPrice(print_.tape, KEY)
    print_(0, "72.20", "4", revision=2)
    print_(20, "72.30", "2")
    traded.catch_up()
    assert traded.quantities[price("72.30")] == quantity("2")
    assert price("72.20") not in traded.quantities


def test_the_revision_moves_with_this_contract_only() -> None:
    print_ = Prints()
    traded = TradedAtPrice(print_.tape, KEY)
    before = traded.revision
    print_(1, "72.10", "5", key=OTHER)
    traded.catch_up()
    assert traded.revision == before
    print_(2, "72.10", "5")
    traded.catch_up()
    assert traded.revision > before


def test_rows_the_tape_has_forgotten_are_forgotten_here() -> None:
    print_ = Prints(capacity=10)
    traded = TradedAtPrice(print_.tape, KEY)
    for number in range(1, 31):
        print_(number, "72.10", "1")
        traded.catch_up()
    assert traded.quantities == {price("72.10"): quantity(str(len(print_.tape)))}
