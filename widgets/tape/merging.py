"""Which trades are one row when equal ones are merged: same contracts, price and time of execution. Without Qt."""

KEPT = 4_096
"""Equal trades are told close together: beyond some thousands of others they are not looked for."""

MOST = 1_000
"""Trades in one row. Those over it begin another: however many are equal, each costs the same."""

Key = tuple[int, int, int]


class Merging:
    """Groups of row numbers. The first of a group is the row that stands for it, and stays it while it belongs."""

    def __init__(self) -> None:
        self._recent: dict[Key, int] = {}
        self._older: dict[Key, int] = {}
        self._members: dict[int, list[int]] = {}
        self._first: dict[int, int] = {}

    def members(self, number: int) -> list[int]:
        """The group that this row is the first of; itself alone without one."""
        return self._members.get(number) or [number]

    def first(self, number: int) -> int:
        """The row that the trade is shown in."""
        return self._first.get(number, number)

    def join(self, number: int, key: Key, oldest: int) -> bool:
        """Whether there was a group for it, or another trade to make one with. `oldest` is the oldest row there is."""
        first = self._recent.get(key)
        if first is None:
            first = self._older.get(key)
        if first is None or first < oldest or first == number or len(self._members.get(first, ())) >= MOST:
            self._remember(key, number)
            return False
        self._members.setdefault(first, [first]).append(number)
        self._first[number] = first
        return True

    def part(self, number: int, key: Key) -> int | None:
        """The first of those that it was with and is no more; None when it was alone."""
        first = self._first.pop(number, number)
        members = self._members.pop(first, None)
        if members is None:
            for generation in (self._recent, self._older):
                if generation.get(key) == number:
                    del generation[key]
            return None
        members.remove(number)
        if first == number:
            first = members[0]
            self._remember(key, first)
            self._first.pop(first)
            self._first.update(dict.fromkeys(members[1:], first))
        if len(members) > 1:
            self._members[first] = members
        return first

    def _remember(self, key: Key, number: int) -> None:
        if len(self._recent) >= KEPT:
            self._older, self._recent = self._recent, {}
        self._recent[key] = number
