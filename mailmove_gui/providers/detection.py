"""Who runs a domain's mail: own table, DNS, autoconfig, guessing, in the order of how much each is worth."""

import ssl
from collections.abc import Callable

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.probing import Prober
from mailmove_gui.domain.providers import Detection, DetectionStep
from mailmove_gui.providers.asked import read_asked
from mailmove_gui.providers.findings import Findings
from mailmove_gui.providers.name_servers import NameServers
from mailmove_gui.providers.table import ProviderTable, provider_table


class ServerDetector:
    """Finds out who runs the mail of a domain. Thread-safe: a call has nothing in common with another.

    Args:
        prober: looks at servers that were guessed; without one nothing is guessed.
        tls_context: makes the context of each https connection; it has to check certificate and name.
        name_servers: who is asked about names.
        https_port: where web servers listen.
    """

    def __init__(
        self,
        prober: Prober | None,
        *,
        tls_context: Callable[[], ssl.SSLContext],
        name_servers: NameServers | None = None,
        https_port: int = 443,
    ) -> None:
        self._prober = prober
        self._tls_context = tls_context
        self._name_servers = name_servers or NameServers()
        self._https_port = https_port

    def __call__(self, asked: str, cancel: CancelToken, *, online: bool = True) -> Detection:
        """Look for the servers of an address, a domain, a server's name or an IP address.

        No password is involved, and only the domain is told to anybody. Takes 5 s at the most. Without `online` nobody
        is asked: the answer comes from the table alone.

        Returns:
            What was found; without a domain if there is none in `asked`.

        Raises:
            Cancelled: asked to stop.
        """
        cancel.check()
        read = read_asked(asked)
        if read is None:
            return Detection(asked, "")
        table = provider_table()
        findings = Findings(asked, read.name)
        if (match := table.by_domain(read.name)) or (match := table.by_server(read.name)):
            findings.decide(DetectionStep.DOMAIN_TABLE, read.name, match)
        else:
            findings.saw_nothing(DetectionStep.DOMAIN_TABLE)
            if online:
                self._search(findings, table, cancel, is_host=read.is_host)
        return findings.detection()

    def _search(self, findings: Findings, table: ProviderTable, cancel: CancelToken, *, is_host: bool) -> None:
        # What speaks DNS and https takes a quarter of a second to import, which nobody has to wait for at start-up.
        from mailmove_gui.providers.search import Search, run_until_cancelled  # noqa: PLC0415

        search = Search(findings, table, self._name_servers, self._prober, self._tls_context, self._https_port)
        run_until_cancelled(search.run(is_host=is_host), cancel)
