"""The blotter's log of changes: who reads it knows what everyone knows, at the cost of what changed."""

from hypothesis import given
from hypothesis import strategies as st

from protocols.market import blotter as fold
from protocols.market.blotter import Blotter
from protocols.market.orders import Order, VenueState
from tests.protocols.test_blotter import report

names = st.sampled_from("abcde")
changes = st.lists(st.tuples(names, st.integers(1, 4), st.integers(0, 10)), max_size=30)


class Reader:
    """Keeps the orders by the log alone; reads all anew where it was cut."""

    def __init__(self, blotter: Blotter) -> None:
        self._blotter = blotter
        self._place = 0
        self.orders: dict[int, Order] = {}
        self.read = 0

    def catch_up(self) -> None:
        blotter = self._blotter
        if self._place < blotter.changed_offset:
            numbers = list(range(len(blotter)))
        else:
            numbers = blotter.changed[self._place - blotter.changed_offset :]
        self._place = blotter.changed_offset + len(blotter.changed)
        self.read += len(numbers)
        self.orders.update((number, blotter.order(number)) for number in numbers)


def tell(blotter: Blotter, name: str, revision: int, left: int) -> None:
    blotter.apply(report(f"v{name}", revision, VenueState.ACTIVE, left=left, client_id=name))


@given(changes, changes)
def test_a_reader_of_the_log_knows_every_order(
    first: list[tuple[str, int, int]], then: list[tuple[str, int, int]]
) -> None:
    blotter = Blotter()
    reader = Reader(blotter)
    for told in (first, then):
        for name, revision, left in told:
            tell(blotter, name, revision, left)
        reader.catch_up()
        assert list(reader.orders.values()) == [reader.orders[number] for number in range(len(reader.orders))]
        assert sorted(reader.orders.items()) == list(enumerate(blotter.rows()))
    for number, order in enumerate(blotter.rows()):
        assert blotter.number_of((order.connection, order.client_id)) == number
        assert blotter.order(number) is order


def test_what_tells_nothing_new_is_not_in_the_log() -> None:
    blotter = Blotter()
    reader = Reader(blotter)
    tell(blotter, "a", 2, 5)
    tell(blotter, "a", 1, 9)
    reader.catch_up()
    assert reader.read == 1


def test_the_log_is_bounded_and_a_reader_that_was_away_reads_all_anew(monkeypatch) -> None:
    monkeypatch.setattr(fold, "CHANGES_KEPT", 16)
    blotter = Blotter()
    reader = Reader(blotter)
    for revision in range(1, 200):
        tell(blotter, "ab"[revision % 2], revision, 5)
        assert len(blotter.changed) <= 16
    assert blotter.changed_offset > 0
    reader.catch_up()
    assert list(reader.orders.values()) == blotter.rows()
    tell(blotter, "a", 500, 1)
    before = reader.read
    reader.catch_up()
    assert reader.read == before + 1
    assert list(reader.orders.values()) == blotter.rows()
