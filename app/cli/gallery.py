"""`quarterdeck gallery`: pictures of every widget in every state, and sheets of them."""

import argparse
import os
import sys

from app.resources import font_configuration, fonts, tokens

THEMES = ("dark", "light")
_SCALING = ("QT_SCALE_FACTOR", "QT_FONT_DPI", "QT_SCREEN_SCALE_FACTORS", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME")


def run(options: argparse.Namespace) -> int:
    """0 when all of it was written, 2 when something can't be."""
    # The same pictures everywhere: no screen, our fonts only, nothing of the machine's taste.
    for name in _SCALING:
        os.environ.pop(name, None)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["FONTCONFIG_FILE"] = str(font_configuration())
    from PySide6.QtWidgets import QApplication

    from app.gallery.catalogue import catalogue
    from app.gallery.pictures import Picture, paint, write
    from app.qt_messages import log_qt_messages
    from widgets.theme import dress, load_fonts, theme_from_tokens

    log_qt_messages()
    application = QApplication(["quarterdeck"])
    application.setCursorFlashTime(0)
    load_fonts(fonts())
    themes = [theme_from_tokens(tokens(), name) for name in THEMES]
    pictures: list[Picture] = []
    for theme in themes:
        dress(application, theme)
        for scene in catalogue(options.only):
            pictures += paint(scene, theme)
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        written = write(pictures, themes, options.folder)
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{len(written)} files in {options.folder}: begin with index.html")
    return 0
