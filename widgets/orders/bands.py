"""What stands in the headers between rows: what a group comes to, and how a pair stands. No Qt."""

from protocols.market.orders import Order, OrderStatus
from protocols.market.pair_results import PairResult, pair_result
from protocols.market.pairs import PairState
from widgets.grid import Band, Cell
from widgets.marks import MARKS
from widgets.orders.arrangement import group_of_line, pair_of_line
from widgets.orders.catalogue import GroupBy
from widgets.orders.cells import OrderCells
from widgets.orders.rows import OrderRows
from widgets.orders.sorting import PAIRS
from widgets.orders.totals import totals, totals_text
from widgets.orders.words import LOOKS, Look

OPEN, FOLDED = "▾", "▸"
_PAST_THE_DIM = ("danger", "warning")
"""What a pair that is broken or in doubt goes on saying while its feed is down: then above all."""

PAIR_LOOKS = {
    PairState.PENDING: Look("…", "text_secondary"),
    PairState.WORKING: Look("●", "live"),
    PairState.EXECUTING: Look("▶", "live"),
    PairState.ENDING: Look("▷", "text_secondary"),
    PairState.DONE: Look("✓", "text_muted"),
    PairState.BROKEN: Look("✗", "danger", bold=True),
    PairState.BOTH_FILLED: Look("✗", "danger", bold=True),
    PairState.IN_DOUBT: Look("?", "warning", bold=True),
}


def band_of(rows: OrderRows, line: int, cells: OrderCells) -> Band:
    """A header's words. That of a group says what it comes to, that of a pair how it stands: grey, and in words, where
    nobody hears of its orders now."""
    fold = FOLDED if rows.arrangement.is_folded(line) else OPEN
    result = pair_of(rows, line)
    if result is not None:
        return Band(_pair_cells(rows, line, result, cells), _rescue(result), fold, header=False)
    numbers = rows.arrangement.within(line)
    found = totals(rows.facts, numbers)
    words = Cell(totals_text(found, len(numbers)), "text_secondary")
    return Band((group_cell(rows, line), words), fold=fold)


def band_words(band: Band) -> str:
    """As it is copied and spoken: parted by tabs."""
    return "\t".join(cell.text for cell in (*band.left, *band.right))


def group_cell(rows: OrderRows, line: int) -> Cell:
    """What the orders of a group have in common."""
    found = group_of_line(line)
    assert found is not None
    group, code = found
    match group:
        case GroupBy.CONTRACT:
            words = rows.facts.instruments.words[code]
            venue = rows.facts.instruments.keys[code].connection
            delivery = "" if words.delivery in words.title else words.delivery
            return Cell(" · ".join(part for part in (words.title, delivery, venue) if part), bold=True)
        case GroupBy.STATUS:
            status = OrderStatus(rows.arrangement.name_of(line)[1])
            look = LOOKS[status]
            return Cell(status.value, look.ink, look.mark, bold=True)
        case GroupBy.SIDE:
            text = rows.arrangement.name_of(line)[1]
            return Cell(text, text.lower(), bold=True)
        case GroupBy.PAIR:
            return Cell("Pairs: one cancels the other" if code == PAIRS else "Single orders", bold=True)
    return Cell(rows.arrangement.name_of(line)[1], bold=True)


def pair_of(rows: OrderRows, line: int) -> PairResult | None:
    """How the pair of a header stands; None for any other line."""
    pair = pair_of_line(line)
    if pair is None:
        return None
    return pair_result(rows.facts.orders[number] for number in rows.facts.legs[pair])


def survivor_of(result: PairResult) -> Order | None:
    """The leg of a broken pair that lives on alone, if it is ours to cancel."""
    order = result.survivor if result.state is PairState.BROKEN else None
    return order if order is not None and order.ours else None


def _rescue(result: PairResult) -> tuple[Cell, ...]:
    """What a broken pair offers."""
    order = survivor_of(result)
    if order is None or order.request is not None:
        return ()
    leg = next(leg for leg in result.legs if leg.order is order)
    return (Cell(f"Cancel {leg.name}", "danger", bold=True),)


def _pair_cells(rows: OrderRows, line: int, result: PairResult, cells: OrderCells) -> tuple[Cell, ...]:
    first = rows.facts.orders[int(rows.arrangement.within(line)[0])]
    instrument = rows.facts.instruments.words[rows.facts.instruments.code(first.key)]
    look, words = PAIR_LOOKS[result.state], result.words
    standing = cells.standing(first)
    dim = not standing.live and not result.over
    if dim:
        words = f"{words} · orders {standing.freshness.value}"
        if look.ink not in _PAST_THE_DIM:
            look = Look(MARKS[standing.freshness], "text_muted")
    return (
        Cell("Pair", "text_muted" if dim else "text_secondary"),
        Cell(instrument.name, "text_muted" if dim else "text", bold=True),
        Cell(first.side.value, "text_muted" if dim else first.side.name.lower(), bold=True),
        Cell(words, look.ink, look.mark, look.bold),
    )
