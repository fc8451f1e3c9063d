"""How far a contract is: verification, then settlement, each begun and done, in the venue's words and in ours. No Qt.

The venue's pages name two sets of words. Those are known here; any other is shown as it came, and counted as no step.
"""

import enum
from typing import NamedTuple

from protocols.market.flex_contracts import ContractStep, FlexContractView
from protocols.market.times import UtcNs


class State(enum.Enum):
    """Where a station of the line is. Each has a glyph, so that no colour speaks alone."""

    AHEAD = "○"
    DONE = "●"
    FAILED = "×"
    UNKNOWN = "?"


INKS = {State.AHEAD: "text_muted", State.DONE: "live", State.FAILED: "danger", State.UNKNOWN: "warning"}


class Station(NamedTuple):
    """One point of the line; `at` is when the venue says it was, None where it says none, or it is ahead."""

    label: str
    state: State
    at: UtcNs | None = None


class Progress(NamedTuple):
    """`words` say where it stands now; `tone` is the theme's ink of them."""

    stations: tuple[Station, ...]
    words: str
    ink: str

    @property
    def line(self) -> str:
        """`●━●━○━○`."""
        return "━".join(station.state.value for station in self.stations)


VERIFYING, VERIFIED, SETTLING, SETTLED = "Verification", "Verified", "Settlement", "Settled"
_LABELS = (VERIFYING, VERIFIED, SETTLING, SETTLED)

_VERIFICATION: dict[str, tuple[int, str, State]] = {
    "awaiting_baseline_data": (0, "waits for baseline data", State.AHEAD),
    "baseline_received": (0, "baseline received", State.AHEAD),
    "baseline_accepted": (0, "baseline accepted", State.AHEAD),
    "baseline_rejected": (0, "baseline rejected", State.FAILED),
    "awaiting_metering_data": (0, "waits for metering data", State.AHEAD),
    "ready_not_initiated": (0, "verification is ready to begin", State.AHEAD),
    "initiated": (1, "verification has begun", State.DONE),
    "processing_verification": (1, "is being verified", State.DONE),
    "completed_success": (2, "verified", State.DONE),
    "completed_error": (2, "verification ended with an error", State.FAILED),
    "completed_failed": (2, "verification failed", State.FAILED),
}
_SETTLEMENT: dict[str, tuple[int, str, State]] = {
    "awaiting_verification_completion": (2, "waits for verification", State.AHEAD),
    "ready_not_initiated": (2, "settlement is ready to begin", State.AHEAD),
    "processing_settlement": (3, "is being settled", State.DONE),
    "initiated": (3, "settlement has begun", State.DONE),
    "completed_success": (4, "settled", State.DONE),
    "completed_error": (4, "settlement ended with an error", State.FAILED),
    "completed_failed": (4, "settlement failed", State.FAILED),
}
"""Word -> how many stations are reached with it, what it says in ours, and how the last of them stands."""

_ORDERS = {
    "pending": "pending",
    "awaiting_baseline_data": "waits for its baseline",
    "selected_for_baseline_activation": "its baseline is being activated",
    "accepted": "accepted",
    "matching_active": "in the book",
    "partial_filled": "filled in part",
    "filled": "filled",
    "cancelled": "cancelled",
    "expired": "expired",
}


def order_words(status: str) -> str:
    """A status of an order in plain words; one that no page names, as it came."""
    return _ORDERS.get(status, f"“{status}”" if status else "")


def step_words(word: str) -> str:
    """A word of a contract in plain ones; one that no page names, as it came."""
    known = _alone(word)
    if known is not None:
        return known[1]
    either = word in _VERIFICATION and word in _SETTLEMENT
    return word.replace("_", " ") if either else f"“{word}”"


def progress_of(view: FlexContractView) -> Progress:
    """The four stations. A settlement that is reported has its verification behind it, told or not told."""
    contract = view.contract
    told = [
        (kind, word)
        for kind, word in (
            ("verification", contract.verification),
            ("settlement", contract.settlement),
            ("", contract.status),
        )
        if word
    ]
    known = [(word, meaning) for kind, word in told if (meaning := _meaning(kind, word)) is not None]
    unknown = [word for kind, word in told if _meaning(kind, word) is None]
    reached = max((count for _, (count, _, _) in known), default=0)
    failed = {max(count, 1) - 1 for _, (count, _, state) in known if state is State.FAILED}
    stations = []
    for index, label in enumerate(_LABELS):
        state = State.FAILED if index in failed else State.DONE if index < reached else State.AHEAD
        stations.append(Station(label, state, _when(view.steps, index)))
    if unknown:
        return Progress(tuple(stations), " · ".join(f"“{word}”" for word in unknown), INKS[State.UNKNOWN])
    if not known:
        return Progress(tuple(stations), "nothing told yet", "text_muted")
    words = max(known, key=lambda each: (each[1][2] is State.FAILED, each[1][0]))[1][1]
    ink = "danger" if failed else "live" if reached == len(_LABELS) else "text"
    return Progress(tuple(stations), words, ink)


def _meaning(kind: str, word: str) -> tuple[int, str, State] | None:
    """What a word comes to: with its kind before it, as the WebSocket page writes, or bare, as the REST pages do."""
    for name, table in (("verification", _VERIFICATION), ("settlement", _SETTLEMENT)):
        prefixed = word.startswith(f"{name}_")
        bare = word.removeprefix(f"{name}_")
        if (prefixed or kind == name) and bare in table:
            return table[bare]
    return None


def _alone(word: str) -> tuple[int, str, State] | None:
    """The same of a word of which it is not told what it is about: one that may be about either is not guessed at."""
    if word in _VERIFICATION and word in _SETTLEMENT:
        return None
    return _meaning("", word) or _VERIFICATION.get(word) or _SETTLEMENT.get(word)


def _when(steps: tuple[ContractStep, ...], station: int) -> UtcNs | None:
    """When the station was told to be reached, by the venue's clock."""
    for step in steps:
        meaning = _alone(step.word)
        if meaning is not None and meaning[0] == station + 1 and meaning[2] is not State.AHEAD:
            return step.told_at
    return None
