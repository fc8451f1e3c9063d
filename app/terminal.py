"""The terminal: every object of a desk with a window, in the order of birth. The architecture on one page.

clock, masker, logs -> desk (folds) -> frame clock, window (widgets) -> failures -> switchboard (sessions, links)
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from app.arming import Arming
from app.candles import CandleDesk
from app.clock import Clock
from app.collector import Collector
from app.connection_desk import ConnectionDesk
from app.connections import ConnectionSettings
from app.contract_alerts import ContractAlerts
from app.credentials import Passwords
from app.desk import Desk, Ordering
from app.doubt_alerts import DoubtAlerts
from app.failures import FailureHandler
from app.journal import Journal
from app.limits import shipped_limits
from app.logs import Logs, Masker, user_log_folder
from app.main_window import MainWindow
from app.oco_alerts import PairAlerts
from app.profile import Profile, profile_folder
from app.resources import fonts, power_specs, tokens
from app.switchboard import Switchboard
from app.trading import DeskTrading
from app.unmatched import UnmatchedAlerts
from protocols.market.orders import Order
from protocols.secret import Secret
from widgets.frame_clock import FrameClock
from widgets.notice_line import Offer
from widgets.theme import dress, load_fonts, theme_from_tokens

_LOG = logging.getLogger("quarterdeck")

TURN_SECONDS = 5.0
"""How long one connection keeps the next waiting."""


class Terminal:
    """Made on the running event loop, Qt's. `close` before the loop ends."""

    def __init__(
        self,
        application: QApplication,
        clock: Clock,
        *,
        theme: str = "dark",
        practice: bool = False,
        profile: Path | None = None,
        asks: bool = True,
    ) -> None:
        """`profile` is the folder that holds the journal, the trader's own unless one is given. Without `asks` nobody
        is there to give a password. Raises `ProfileRefused` when the profile can't be used, above all when another
        desk has it."""
        self._profile = Profile(profile_folder(os.environ, profile))
        self.clock = clock
        self._collector = Collector()
        self._collector.start()
        masker = Masker()
        self._logs = Logs(masker, folder=user_log_folder())
        self._tasks: set[asyncio.Task[None]] = set()
        self._journal = Journal(self._profile.folder / "journal", masker.mask)
        self.desk = Desk(Ordering(self._journal, shipped_limits(), clock, outlives=not practice), self)
        self.desk.restore()
        self.arming = Arming()
        load_fonts(fonts())
        look = theme_from_tokens(tokens(), theme)
        dress(application, look)
        self.frames = FrameClock(clock)
        self.trading = DeskTrading(
            self.desk,
            self.arming,
            clock,
            lambda words: self.window.notice(words),
            lambda: self.window.group.contract,
            lambda key: self.window.ladder.hop_to(key),
        )
        candles = CandleDesk()
        self.window = MainWindow(
            self.desk,
            self.frames,
            look,
            practice=practice,
            trading=self.trading,
            connections=lambda: self.connections,
            ask_candles=candles.ask,
        )
        self._failures = FailureHandler(lambda failure: self.window.notice(str(failure)), masker.mask)
        self._failures.install()
        self._failures.attach(asyncio.get_running_loop())
        passwords = Passwords(os.environ)
        self.switchboard = Switchboard(
            self.desk,
            clock,
            self._failures,
            power_specs(),
            masker.know,
            passwords,
            self._journal,
            (lambda settings, why, expected: self.connections.passwords.ask(settings, why, expected)) if asks else None,
            candles,
        )
        self.connections = ConnectionDesk(
            self.window, self.switchboard, passwords, self.desk.market, masker.know, self.spawn
        )
        self.switchboard.each_tick(self.desk.tick)
        self.switchboard.each_tick(self._watch)
        alerts = ContractAlerts(self.desk.market, self.alert)
        self.switchboard.each_tick(lambda: alerts.look(clock()))
        unmatched = UnmatchedAlerts(self.desk.market, self.alert)
        self.switchboard.each_tick(lambda: unmatched.look(clock()))
        of_pairs = PairAlerts(
            self.desk.market, self.desk.pairs, self._alert_of_pair, lambda words: self.window.toasts.say(words)
        )
        self.switchboard.each_tick(lambda: of_pairs.look(clock()))
        of_doubts = DoubtAlerts(
            self.desk.market,
            self.window.notices,
            self.trading.ask,
            lambda act: self.window.registry.key_texts.first(act),
        )
        self.switchboard.each_tick(lambda: of_doubts.look(clock()))
        for words in self._journal.notices:
            self.window.notice(words)

    def say(self, words: str) -> None:
        """Tells the trader of something that passed (`app.doubts.Telling`)."""
        self.window.notice(words)

    def alert(self, words: str) -> None:
        """Shows the trader something until he dismisses it, and logs it."""
        _LOG.warning("%s", words)
        self.window.notices.alert(words)

    def _alert_of_pair(self, words: str, alone: Order | None) -> None:
        """The same, and the cancel of the leg that lives alone beside it."""
        _LOG.warning("%s", words)
        offer = None
        if alone is not None:
            leg = f"Cancel leg {alone.client_id[-1]}"
            offer = Offer(leg, f"{leg}, which lives without the other", lambda: self.trading.cancel([alone]))
        self.window.notices.alert(words, offer)

    def _watch(self) -> None:
        """What has to be noticed without anybody acting: idleness, a machine that slept, a journal that fails."""
        self.trading.look()
        if self.desk.blocked is None:
            self.window.notices.resolve("trading")
        else:
            self.window.notices.block("trading", f"New orders are blocked: {self.desk.blocked}")
        if self._journal.frames_reason:
            lost = self._journal.frames_lost
            self.window.notices.block(
                "frames", f"{lost} frames of orders are not recorded: {self._journal.frames_reason}"
            )
        else:
            self.window.notices.resolve("frames")

    @property
    def profile(self) -> Path:
        """The folder of this desk's profile."""
        return self._profile.folder

    async def show(self, size: tuple[int, int] | None = None) -> None:
        """Shows the window; returns when it has been painted once."""
        if size is not None:
            self.window.resize(*size)
        self.window.show()
        self.frames.start()
        await self.window.painted()

    async def connect(self, *connections: ConnectionSettings, password: Secret | None = None) -> None:
        """Starts connections; each finds its own password unless one is given."""
        await asyncio.gather(*(self.switchboard.connect(settings, password) for settings in connections))

    async def connect_in_turn(self, *connections: ConnectionSettings, password: Secret) -> None:
        """The same, each once the one before is live, or has had its time: on one machine with their venue the first
        is live much sooner than if all of them asked at once. What the trader connected meanwhile is left alone."""
        for settings in connections:
            if self.switchboard.settings_of(settings.name) is not None:
                continue
            await self.connect(settings, password=password)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.switchboard.until_live(settings.name), TURN_SECONDS)

    def spawn(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Runs something beside the window until it is done or the terminal closes; a failure is shown."""

        async def run() -> None:
            await self._failures.guarded_wait(what, work)

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Ends connections, window, hooks and logs: a few seconds at most."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.switchboard.stop()
        self.frames.stop()
        self._journal.close()
        self._profile.close()
        self.window.dispose()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self._collector.stop()
        self._failures.uninstall()
        self._logs.close()
