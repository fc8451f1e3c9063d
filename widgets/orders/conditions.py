"""Which orders are shown: the search, the switches, and a condition per column. No Qt."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from protocols.market.instruments import ContractKey
from widgets.orders.catalogue import COLUMNS, KINDS, Col, Kind
from widgets.orders.facts import NUMBER_OF, OURS, OVER, TEXT_OF, Fact, OrderFacts
from widgets.orders.vocabulary import NONE, Index, Integers, Mask, lookup
from widgets.orders.words import RANK


class Choice(msgspec.Struct, frozen=True, tag=True):
    """Only rows with one of these texts."""

    texts: tuple[str, ...]


class Range(msgspec.Struct, frozen=True, tag=True):
    """Only rows from `least` to `most`, both included: values in 1e-9, or nanoseconds. None leaves an end open."""

    least: int | None = None
    most: int | None = None


class Words(msgspec.Struct, frozen=True, tag=True):
    """Only rows whose text has all of these words, whatever their case."""

    text: str


Condition = Choice | Range | Words

FITS: Mapping[Kind, type[Condition]] = {Kind.CHOICE: Choice, Kind.NUMBER: Range, Kind.TIME: Range, Kind.TEXT: Words}
"""The condition that a kind of column can have."""

STATUSES = tuple(status.value for status in RANK)
INSTRUMENT_TEXTS = {Col.CONTRACT: "name", Col.DELIVERY: "delivery", Col.AREA: "area"}


@dataclasses.dataclass
class OrderFilter:
    """What the trader chose. `contract` is the link group's, which `only_contract` shows alone."""

    needle: str = ""
    only_working: bool = False
    only_own: bool = False
    only_contract: bool = False
    contract: ContractKey | None = None
    by_column: dict[Col, Condition] = dataclasses.field(default_factory=dict)

    @property
    def active(self) -> bool:
        switched = self.only_working or self.only_own or self.only_contract
        return bool(self.needle.strip()) or switched or bool(self.by_column)

    def state(self) -> dict[str, Any]:
        """The columns' conditions, for a workspace."""
        return {COLUMNS[column].key: msgspec.to_builtins(kept) for column, kept in sorted(self.by_column.items())}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Takes what was kept; a condition that can't be read, or fits no column, is passed over."""
        self.by_column = {}
        for column in Col:
            try:
                kept = msgspec.convert(state.get(COLUMNS[column].key), Condition)
            except msgspec.ValidationError:
                continue
            if isinstance(kept, FITS[KINDS[column]]):
                self.by_column[column] = kept


def passing(facts: OrderFacts, chosen: OrderFilter, index: Index) -> Mask:
    """For each of the rows whether it is shown, its pair left aside."""
    marks = facts.column(Fact.MARKS, index)
    mask: Mask = (marks & OVER) == 0 if chosen.only_working else np.ones(len(marks), np.bool_)
    if chosen.only_own:
        mask &= (marks & OURS) != 0
    if chosen.only_contract:
        wanted = facts.instruments.find(chosen.contract)
        mask &= facts.column(Fact.INSTRUMENT, index) == (-1 if wanted is None else wanted)
    for needle in chosen.needle.casefold().split():
        mask &= facts.found(needle, index)
    for column, condition in chosen.by_column.items():
        mask &= _fitting(facts, column, condition, index)
    return mask


def choices(facts: OrderFacts, column: Col) -> list[tuple[str, int]]:
    """The texts that a column has now, each with how many orders have it, in the order in which they are sorted."""
    codes, texts = _coded(facts, column, slice(None))
    counts = np.bincount(codes, minlength=len(texts)) if len(codes) else np.zeros(len(texts), np.int64)
    found: dict[str, int] = {}
    order = range(len(texts)) if column in (Col.STATUS, Col.WHOSE) else np.argsort(_places(facts, column, texts))
    for code in order:
        if counts[code]:
            found[texts[code]] = found.get(texts[code], 0) + int(counts[code])
    return list(found.items())


def _places(facts: OrderFacts, column: Col, texts: list[str]) -> Integers:
    if column in (Col.CONTRACT, Col.DELIVERY):
        return facts.instruments.ranks("place")
    if column is Col.AREA:
        return facts.instruments.ranks("area")
    return facts.vocabularies[TEXT_OF[column]].ranks()


def _fitting(facts: OrderFacts, column: Col, condition: Condition, index: Index) -> Mask:
    match condition:
        case Range(least, most):
            values = facts.column(NUMBER_OF[column], index)
            mask: Mask = values != NONE
            if least is not None:
                mask &= values >= least
            if most is not None:
                mask &= values <= most
            return mask
        case Choice(chosen):
            codes, texts = _coded(facts, column, index)
            return lookup(texts, set(chosen).__contains__)[codes] if len(texts) else np.zeros(len(codes), np.bool_)
        case Words(text):
            fact = TEXT_OF[column]
            codes = facts.column(fact, index)
            mask = np.ones(len(codes), np.bool_)
            for needle in text.casefold().split():
                mask &= facts.vocabularies[fact].hits(needle)[codes]
            return mask


def _coded(facts: OrderFacts, column: Col, index: Index) -> tuple[Integers, list[str]]:
    """The rows' codes in a column, and the text of each code."""
    match column:
        case Col.STATUS:
            return facts.column(Fact.STATUS, index), list(STATUSES)
        case Col.WHOSE:
            return facts.column(Fact.MARKS, index) & 1, ["colleague", "ours"]
        case Col.CONTRACT | Col.DELIVERY | Col.AREA:
            return facts.column(Fact.INSTRUMENT, index), facts.instruments.texts(INSTRUMENT_TEXTS[column])
    fact = TEXT_OF[column]
    return facts.column(fact, index), facts.vocabularies[fact].texts
