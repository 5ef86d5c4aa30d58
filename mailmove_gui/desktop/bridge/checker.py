"""The check before the start, away from the UI thread."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject

from mailmove_gui.desktop.bridge.latest_run import LatestRun
from mailmove_gui.desktop.bridge.services import Services
from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.domain.ports import Spawn
from mailmove_gui.domain.secret import Secret, SecretKey
from mailmove_gui.engine.preflight import CheckPorts, check_accounts


class Checker(LatestRun):
    """Checks accounts on both sides, several at once; `reported` carries one AccountCheck after the other."""

    def __init__(self, services: Services, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(spawn, parent)
        self._services = services

    def start(
        self, plan: MigrationPlan, passwords: Mapping[SecretKey, Secret], account_ids: Iterable[str] | None = None
    ) -> None:
        """Check accounts of the plan (None: all); a check that is running is given up."""
        wanted = None if account_ids is None else tuple(account_ids)
        typed = dict(passwords)

        def work(report: Callable[[Any], None], cancel: CancelToken) -> None:
            secrets = self._services.temporary_secrets()
            for key, secret in typed.items():
                secrets.put(key, secret)
            gateway = self._services.gateway(plan.options)
            ports = CheckPorts(gateway, secrets, self._services.provider_of_host, spawn=self._spawn)
            check_accounts(plan, wanted, ports, report, cancel)

        self._begin("checks", work)
