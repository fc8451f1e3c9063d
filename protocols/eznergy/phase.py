"""Where a connection stands, between off and open."""

import enum


class Phase(enum.Enum):
    """Where the connection stands."""

    OFF = "off"
    AUTHENTICATING = "authenticating"
    OPENING = "opening"
    OPEN = "open"
    WAITING = "waiting"
    STOPPED = "stopped"
