"""The menu at the end of a group's tabs: there while they have too little room and scroll."""

import PySide6QtAds as QtAds
from PySide6.QtCore import QEvent, QObject


class TabsMenu(QObject):
    """Of one group of docks. QtAds' own rule shows it where a tab's title is cut, and ours never are."""

    def __init__(self, area: QtAds.CDockAreaWidget) -> None:
        super().__init__(area)
        self._bar = area.titleBar().tabBar()
        self._button = area.titleBarButton(QtAds.TitleBarButtonTabsMenu)
        for watched in (self._bar, self._bar.widget()):
            watched.installEventFilter(self)
        self._look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._look()
        return False

    def _look(self) -> None:
        self._button.setVisible(self._bar.areTabsOverflowing())
