"""Changes a list of names in TOML text as a careful person would: what stays keeps its place, line and comment.

tomlkit finds the list and keeps everything around it; its own changes within a list with comments can make text that
is no TOML any more.
"""

import re
import tomllib
from collections.abc import Collection, Sequence

_TOKEN = re.compile(
    r"""(?P<name>(?!\"{3}|'{3})(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'))|(?P<comment>\#[^\r\n]*)|(?P<comma>,)|(?P<space>\s+)"""
)
_INDENT = "    "

Token = tuple[str, str]
"""Its kind, and how it stands there."""

_COMMA: Token = ("comma", ",")


class UnknownLayout(ValueError):
    """There is more in it than names, commas, comments and space."""


def rewritten(text: str, names: Collection[str]) -> str:
    """The list (`[...]`) with these names: those that are not among them go, with the comment behind them; those that
    are new come last. Raises `UnknownLayout`."""
    tokens = _tokens(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    while (gone := _first_but(tokens, names)) is not None:
        _remove(tokens, gone)
    there = {_value(token) for token in tokens if token[0] == "name"}
    for name in names:
        if name not in there:
            _append(tokens, name, newline)
    return f"[{''.join(token for _, token in tokens)}]"


def _tokens(text: str) -> list[Token]:
    if not (text.startswith("[") and text.endswith("]")):
        raise UnknownLayout(text)
    tokens: list[Token] = []
    at, end = 1, len(text) - 1
    while at < end:
        found = _TOKEN.match(text, at, end)
        if found is None or found.lastgroup is None:
            raise UnknownLayout(text)
        tokens.append((found.lastgroup, found[0]))
        at = found.end()
    return tokens


def _value(token: Token) -> str:
    return str(tomllib.loads(f"name = {token[1]}")["name"])


def _first_but(tokens: Sequence[Token], names: Collection[str]) -> int | None:
    """Where the first name stands that is not among these."""
    found = (at for at, token in enumerate(tokens) if token[0] == "name" and _value(token) not in names)
    return next(found, None)


def _kind(tokens: Sequence[Token], index: int) -> str:
    return tokens[index][0] if 0 <= index < len(tokens) else ""


def _breaks(token: Token) -> bool:
    return token[0] == "space" and "\n" in token[1]


def _comma_after(tokens: Sequence[Token], index: int) -> int | None:
    """Where the comma that ends this name stands; None after the last one."""
    for after in range(index + 1, len(tokens)):
        if tokens[after][0] in ("comma", "name"):
            return after if tokens[after][0] == "comma" else None
    return None


def _comment_end(tokens: Sequence[Token], index: int) -> int:
    """Just behind the comment on the same line after `index`; just behind `index` where there is none."""
    after = index + 1
    if _kind(tokens, after) == "space" and not _breaks(tokens[after]):
        after += 1
    return after + 1 if _kind(tokens, after) == "comment" else index + 1


def _remove(tokens: list[Token], index: int) -> None:
    """With its comma, the comment behind it, and the space that it leaves."""
    comma = _comma_after(tokens, index)
    if comma is not None:
        del tokens[comma : _comment_end(tokens, comma)]
        del tokens[index]
    else:
        del tokens[index : _comment_end(tokens, index)]
        before = max((at for at in range(index) if tokens[at][0] == "comma"), default=None)
        if before is not None:
            del tokens[before]
            index -= 1
    _close_up(tokens, index)
    tokens[:] = _joined(tokens)


def _close_up(tokens: list[Token], index: int) -> None:
    """Takes the space away that a name left which stood at `index`; a line that ends must go on ending."""
    before, after = _kind(tokens, index - 1) == "space", _kind(tokens, index) == "space"
    if before and after:
        del tokens[index - 1 if _breaks(tokens[index]) else index]
    elif before and index == len(tokens) and not _breaks(tokens[index - 1]):
        del tokens[index - 1]
    elif after and index == 0 and not _breaks(tokens[0]):
        del tokens[0]


def _append(tokens: list[Token], name: str, newline: str) -> None:
    last = max((at for at in range(len(tokens)) if tokens[at][0] == "name"), default=None)
    added: Token = ("name", f'"{name}"')
    if last is None:
        if not tokens:
            tokens.append(added)
            return
        if _breaks(tokens[-1]):
            del tokens[-1]  # comments alone
        tokens += [("space", newline + _INDENT), added, ("space", newline)]
        return
    comma = _comma_after(tokens, last)
    ended = comma is not None
    if comma is None:
        comma = last + 1
        tokens.insert(comma, _COMMA)
    at = _comment_end(tokens, comma)
    between = tokens[last - 1][1] if last > 0 and _breaks(tokens[last - 1]) else " "
    if "\n" in between:
        between = newline + between.rpartition("\n")[2]
    elif _kind(tokens, at - 1) == "comment":
        between = newline + _INDENT
    tokens[at:at] = [("space", between), added, *([_COMMA] if ended else [])]


def _joined(tokens: Sequence[Token]) -> list[Token]:
    """Neighbouring spaces as one."""
    joined: list[Token] = []
    for token in tokens:
        if token[0] == "space" and _kind(joined, len(joined) - 1) == "space":
            joined[-1] = ("space", joined[-1][1] + token[1])
        else:
            joined.append(token)
    return joined
