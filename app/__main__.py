"""`quarterdeck`: reads the command line and hands over to the command. Each command builds its own objects, in order:

    clock, logs, failures -> desk (folds) -> switchboard (sessions, links) -> window (widgets, frame clock)

`app.cli.window` is that page for the desk, `app.cli.probe` the same without a window.
"""

import argparse
import contextlib
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    options = _parser().parse_args(arguments)
    # Imported by need: the practice venue has no use for Qt, and every import is time before the first window.
    match options.command:
        case "practice":
            from app.cli import practice

            return practice.run(options)
        case "probe":
            from app.cli import probe

            return probe.run(options)
        case "gallery":
            from app.cli import gallery

            return gallery.run(options)
        case _:
            from app.cli import window

            return window.run(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="quarterdeck",
        description="Trading terminal for intraday power. Without --connections it opens on its own practice venue.",
    )
    parser.add_argument("--version", action="version", version=f"quarterdeck {version('quarterdeck')}")
    _connections(parser)
    _look(parser)
    commands = parser.add_subparsers(dest="command", title="commands", metavar="")

    shot = commands.add_parser("shot", help="run the window for a while, write a picture and the desk's state")
    _connections(shot)
    _look(shot)
    shot.add_argument("--seconds", type=_positive, required=True, help="how long to run")
    shot.add_argument("--png", type=_writable, required=True, help="where the picture goes")
    shot.add_argument("--state", type=_writable, required=True, help="where the state goes, as JSON")
    shot.add_argument("--size", type=_size, default=(1600, 1000), help="width x height, such as 1600x1000")
    shot.add_argument("--scale", type=_positive, help="pixels per logical pixel, such as 2")

    probe = commands.add_parser("probe", help="connect without a window and say how it went")
    _connections(probe, required=True)
    probe.add_argument("--seconds", type=_positive, required=True, help="how long to run")
    probe.add_argument("--state", type=_writable, required=True, help="where the state goes, as JSON")

    gallery = commands.add_parser("gallery", help="paint every widget in every state, in both themes")
    gallery.add_argument("--folder", type=Path, required=True, help="where the pictures go")
    gallery.add_argument("--only", default="", help="widgets with this in their name, such as ladder")

    practice = commands.add_parser("practice", help="run the practice venue on its own")
    practice.add_argument("--port", type=int, default=8765, help="0 takes any free one")
    practice.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    practice.add_argument(
        "--tls", action="store_true", help="serve TLS, with a certificate authority kept in the profile"
    )
    _practice(practice)
    return parser


def _writable(text: str) -> Path:
    """A file that can be made: said before the run, not after it."""
    path = Path(text)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} can't be written: its folder does not exist, or it is one")
    return path


def _connections(parser: argparse.ArgumentParser, required: bool = False) -> None:
    parser.add_argument(
        "--connections", type=Path, required=required, default=argparse.SUPPRESS, help="connections in TOML"
    )


def _look(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--theme", choices=["dark", "light"], default=argparse.SUPPRESS, help="how the window looks; dark by default"
    )


def _practice(parser: argparse.ArgumentParser) -> None:
    """The switches of the practice venue; `POST /practice/faults` turns the faults while it runs."""
    parser.add_argument("--seed", type=int, default=1, help="the same seed and start make the same market")
    parser.add_argument("--rate", type=_positive, help="book changes a second over all areas, about")
    parser.add_argument("--token-lifetime", type=_positive, help="seconds until a token expires")
    parser.add_argument("--flex-orders", type=int, help="orders in the flexibility book, about; 400 by default")
    parser.add_argument("--flex-windows", type=int, help="delivery windows that they are for; 40 by default")
    parser.add_argument("--flex-pace", type=float, help="how many times faster flexibility orders go on; 1 by default")
    faults = parser.add_argument_group("faults, all off by default")
    faults.add_argument("--reorder", type=float, help="chance that an event is sent after its successor")
    faults.add_argument("--duplicate", type=float, help="chance that an event is sent twice")
    faults.add_argument("--drop", type=float, help="chance that an event is not sent, once per --drop-every at most")
    faults.add_argument("--drop-every", type=_positive, help="seconds in which a channel drops one event at most")
    faults.add_argument("--split", type=int, help="parts that a list is sent in")
    faults.add_argument("--split-base", type=int, choices=[0, 1], help="the number of the first part")
    faults.add_argument("--unsubscribe-every", type=_positive, help="seconds between subscriptions ended by the venue")
    faults.add_argument("--stall-heartbeat", action="store_true", help="send no heartbeats")


def _positive(text: str) -> float:
    with contextlib.suppress(ValueError):
        value = float(text)
        if 0 < value < 1e9:
            return value
    raise argparse.ArgumentTypeError(f"must be a positive number, not {text!r}")


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and 200 <= int(width) <= 16000 and 200 <= int(height) <= 16000):
        raise argparse.ArgumentTypeError("must be width x height, such as 1600x1000")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
