"""Stand-ins for looking at mail servers."""

import threading
from collections.abc import Mapping

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.probing import Probe, Stage, StageResult
from mailmove_gui.domain.reasons import Reason


class FakeProber:
    """Answers by URL: a greeting for a server whose certificate fits, or the reason why it failed.

    Servers that are not listed refuse the connection, those in `stuck` say nothing until the time is over. Every
    other answer takes `delay_s`.
    """

    def __init__(
        self, servers: Mapping[str, str | Reason], *, stuck: frozenset[str] = frozenset(), delay_s: float = 0.0
    ) -> None:
        self._servers = servers
        self._stuck = stuck
        self._delay_s = delay_s
        self._lock = threading.Lock()
        self.asked: list[str] = []

    def probe(self, endpoint: Endpoint, cancel: CancelToken, *, timeout_s: float) -> Probe:
        with self._lock:
            self.asked.append(endpoint.url)
        if endpoint.url in self._stuck:
            cancel.wait(timeout_s)
            return Probe(endpoint, (StageResult(Stage.CONNECT, Failure(Reason.TIMED_OUT)),))
        cancel.wait(self._delay_s)
        answer = self._servers.get(endpoint.url, Reason.CONNECTION_REFUSED)
        if isinstance(answer, Reason):
            return Probe(endpoint, (StageResult(Stage.TLS, Failure(answer)),))
        return Probe(endpoint, (StageResult(Stage.GREETING, detail=answer),), greeting=answer)
