"""The bar below the rows: what is staged, what is typed, why nothing was. No Qt."""

import dataclasses

from protocols.market.instruments import InstrumentSpec
from protocols.market.times import UtcNs
from protocols.market.values import Side, plain_text
from widgets.fx_staging import short_quantity
from widgets.key_texts import KeyTexts
from widgets.ladder.hand import Hand, Typing
from widgets.ladder.own import OwnSide
from widgets.ladder.words import Tone, Word
from widgets.staging import NotStaged, Stage, changes, quantity_text, to_command

CURSOR = "▏"


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """`stage` is what the title says; a click on a bar that shows another one sends nothing."""

    stage: Stage | None
    title: Word
    note: Word
    presets: tuple[str, ...]
    chosen: int | None
    """The preset that is the next quantity."""
    editing: int | None
    """The preset that is being typed."""
    typing: bool
    blocked: bool
    """Whether what is staged would not go as it stands; the note says why."""

    @property
    def side(self) -> Side | None:
        return None if self.stage is None else self.stage.side


def bar_of(
    hand: Hand, spec: InstrumentSpec, why_not: str, own: tuple[OwnSide, OwnSide] | None, keys: KeyTexts, now: UtcNs
) -> Bar:
    """`why_not` says why nothing may be staged or sent now."""
    presets = () if hand.of_flex else hand.presets
    return Bar(
        stage=hand.stage,
        title=_title(hand, spec, now),
        note=_note(hand, spec, why_not, own, keys),
        presets=tuple((short_quantity if hand.of_pair else plain_text)(preset) for preset in presets),
        chosen=presets.index(hand.quantity) if hand.quantity in presets else None,
        editing=hand.preset if hand.entry is not None and hand.typing is Typing.PRESET else None,
        typing=hand.entry is not None,
        blocked=bool(why_not or _unchanged(hand) or _fault(hand)),
    )


def _title(hand: Hand, spec: InstrumentSpec, now: UtcNs) -> Word:
    if hand.stage is None and hand.of_flex:
        return Word("Orders are made in the ticket", Tone.TEXT)
    if hand.stage is None:
        return Word(f"{quantity_text(hand.quantity, spec)} {spec.quantity_unit}", Tone.TEXT)
    return Word(hand.preview(now), Tone.BUY if hand.stage.side is Side.BUY else Tone.SELL)


def _note(hand: Hand, spec: InstrumentSpec, why_not: str, own: tuple[OwnSide, OwnSide] | None, keys: KeyTexts) -> Word:
    if hand.entry is not None:
        name = hand.typing.value if hand.typing is not Typing.PRESET else f"Preset {hand.preset + 1}"
        fault = hand.notice or hand.entry.fault(spec)
        typed = f"{name} {hand.entry.text}{CURSOR} {spec.quantity_unit}"
        if fault:
            return Word(f"{typed}  {fault}", Tone.WARNING)
        return Word(f"{typed}  {_hint(keys, ('ladder.send', 'sets it'))}".rstrip(), Tone.ACCENT)
    fault = (why_not or _fault(hand)) if hand.stage is not None else ""
    if hand.notice and not fault:
        # What an act came to, and what has become of the price meanwhile: neither hides the other.
        said = [hand.new_place()] if hand.overtaken else []
        words = " · ".join(f"{each[:1].upper()}{each[1:]}" for each in (*said, hand.notice))
        return Word(words, Tone.ACCENT if hand.informed and not said else Tone.WARNING)
    if hand.stage is None:
        if why_not:
            return Word(f"Not now: {why_not}", Tone.MUTED)
        # The public book names no orders: nobody can tell where ours stand in it.
        queue = "no order identifiers, so no place in the queue is known"
        own_note = _own_note(spec, own)
        return Word(f"{own_note.text} · {queue}", own_note.tone) if hand.of_flex else own_note
    if fault:
        return Word(f"Can't go: {fault}", Tone.WARNING)
    if _unchanged(hand):
        drops = _hint(keys, ("ladder.drop", "drops"))
        return Word(f"Change its price or quantity{drops and f', {drops}'}", Tone.SECONDARY)
    hint = _hint(keys, ("ladder.send", "sends"), ("ladder.drop", "drops")) or "A click sends"
    if not hand.armed:
        hint = f"Disarmed: {_hint(keys, ('window.arm', 'arms'), ('ladder.drop', 'drops'))}".removesuffix(": ")
    where = hand.new_place()
    note = " · ".join(filter(None, (where[:1].upper() + where[1:], hint)))
    return Word(note, Tone.WARNING if hand.overtaken else Tone.SECONDARY)


def _hint(keys: KeyTexts, *acts: tuple[str, str]) -> str:
    """`Enter sends, Esc drops`: those acts that have a key."""
    return ", ".join(f"{keys.first(act)} {does}" for act, does in acts if keys.first(act))


def _unchanged(hand: Hand) -> bool:
    """Whether an amendment was staged and its change is yet to be said."""
    return hand.stage is not None and hand.amended is not None and not changes(hand.stage, hand.amended)


def _fault(hand: Hand) -> str:
    """What would be refused of the stage as it stands."""
    if hand.stage is None or (hand.stage.order is not None and hand.stage.order == hand.amended):
        return ""
    try:
        to_command(hand.stage, hand.amended)
    except NotStaged as why:
        return str(why)
    return ""


def _how_much(side: OwnSide, spec: InstrumentSpec) -> str:
    """`12.5 in 3` orders, and what of them is not plainly in the book: `12.5 in 3 (1 hibernated)`, `50 000 in 2 (1
    pair)`; of different goods there is no sum: `3 in 2 windows`."""
    pairs = (side.pairs, "", "pair" if side.pairs == 1 else "pairs")
    special = ((side.in_doubt, "?", "in doubt"), (side.hibernated, "", "hibernated"), pairs)
    said = [" ".join(filter(None, (mark, str(n) if n < side.count else "", word))) for n, mark, word in special if n]
    much = f"{quantity_text(side.total, spec)} in {side.count}"
    if side.windows > 1:
        much = f"{side.count} in {side.windows} windows"
    return f"{much} ({', '.join(said)})" if said else much


def _own_note(spec: InstrumentSpec, own: tuple[OwnSide, OwnSide] | None) -> Word:
    sides = [side for side in own or () if side.count]
    if not sides or own is None:
        return Word("No own orders", Tone.MUTED)
    said = [f"{letter} {_how_much(side, spec)}" for letter, side in zip("BS", own, strict=True) if side.count]
    doubted = any(side.in_doubt for side in sides)
    return Word(f"Own orders: {', '.join(said)}", Tone.WARNING if doubted else Tone.SECONDARY)
