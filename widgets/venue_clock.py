"""How far a venue's clock is from this computer's, in words. Without Qt."""

from protocols.market.times import SECOND
from widgets.delivery import age_text

SKEWED = 2 * SECOND
"""The trader is warned of more than this."""
IN_STEP = 3 * SECOND // 2
"""And not any more below this: a clock at the border would make the warning come and go."""


def apart(offset_ns: int) -> str:
    """How much that is, without a direction: `3.2 s`, `2 min`."""
    seconds = abs(offset_ns) / SECOND
    return f"{seconds:.1f} s" if seconds < 60 else age_text(seconds)


def is_skewed(offset_ns: int, warned: bool) -> bool:
    """Whether the trader has to be warned; `warned` says whether he is already."""
    return abs(offset_ns) > (IN_STEP if warned else SKEWED)


def skew_words(connection: str, offset_ns: int) -> str:
    """The warning. What is late looks like a clock that is behind: it is said where it may be that."""
    follow = "countdowns follow the venue; set the clock"
    if offset_ns > 0:
        return f"This computer's clock is {apart(offset_ns)} behind {connection}: {follow}"
    return f"This computer's clock is {apart(offset_ns)} ahead of {connection}, or its messages come late: {follow}"


def offset_words(offset_ns: int) -> str:
    """For a table: `clock +0.1 s`, the venue's clock against ours."""
    words = apart(offset_ns)
    if words == apart(0):
        return f"clock ±{words}"
    return f"clock {'−' if offset_ns < 0 else '+'}{words}"


def clock_tip(connection: str, offset_ns: int) -> str:
    """What the figure means, and how sure it is."""
    way = "ahead of" if offset_ns >= 0 else "behind"
    return (
        f"The clock of {connection} is {apart(offset_ns)} {way} this computer's, by the least delayed of its last"
        " heartbeats; what that one took on its way is in it. Countdowns follow the venue."
    )
