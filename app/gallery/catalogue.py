"""Everything that the gallery shows, in the order of its sheets."""

from app.gallery import (
    candle_scenes,
    flex_scenes,
    ladder_scenes,
    oco_scenes,
    position_scenes,
    table_scenes,
    ticket_scenes,
    window_scenes,
)
from app.gallery.scenes import Scene


def catalogue(only: str = "") -> list[Scene]:
    """All scenes, or those whose widget has these words in its name."""
    every = [
        *ladder_scenes.scenes(),
        *ticket_scenes.scenes(),
        *oco_scenes.scenes(),
        *table_scenes.scenes(),
        *position_scenes.scenes(),
        *candle_scenes.scenes(),
        *flex_scenes.scenes(),
        *window_scenes.scenes(),
    ]
    return [scene for scene in every if only.casefold() in scene.widget.casefold()]
