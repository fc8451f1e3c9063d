"""What an HTTP request is answered with."""

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """An HTTP answer; the body is JSON. `late` by so many seconds; a `withheld` one is never sent: whoever asked waits
    until he gives up."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    late: float = 0.0
    withheld: bool = False
