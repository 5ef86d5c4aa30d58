"""The plan, its accounts, and what happened to them."""

import sqlite3
from dataclasses import replace
from datetime import datetime

from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import MigrationPlan, plan_from_json, plan_to_json
from mailmove_gui.domain.problems import InvalidInput, Problem, ProblemKind
from mailmove_gui.domain.reasons import Side
from mailmove_gui.domain.records import AccountRecord, AttemptRecord
from mailmove_gui.domain.secret import SecretKey
from mailmove_gui.domain.states import FINISHED, AccountState, after_restart
from mailmove_gui.ledger.columns import failure_columns, failure_of, moment_of, text
from mailmove_gui.ledger.numbers import NumberRows

ENDS_OF_A_PASS = FINISHED | {AccountState.WATCHING}


class AccountRows(NumberRows):
    """Plan, accounts and attempts."""

    def plan(self) -> MigrationPlan:
        """The newest revision."""
        row = self._database.row("SELECT plan FROM plan_revisions ORDER BY id DESC LIMIT 1")
        if row is None:
            raise InvalidInput(Problem(ProblemKind.FILE_NOT_A_MIGRATION))
        return plan_from_json(row["plan"])

    def save_plan(self, plan: MigrationPlan) -> None:
        """Keep the plan as a new revision if it differs; a file keeps the id that its migration has."""
        with self._database.writing() as connection:
            newest = connection.execute("SELECT plan FROM plan_revisions ORDER BY id DESC LIMIT 1").fetchone()
            before = None if newest is None else plan_from_json(newest["plan"])
            if before is not None:
                plan = replace(plan, id=before.id)
            document = text(plan_to_json(plan))
            if newest is not None and newest["plan"] == document:
                return
            if before is not None:
                self._carry_owners_over(connection, before, plan)
            connection.execute("INSERT INTO plan_revisions (plan) VALUES (?)", (document,))
            connection.executemany(
                "INSERT OR IGNORE INTO accounts (account_id, state) VALUES (?, ?)",
                [(text(account.id), AccountState.NOT_STARTED.value) for account in plan.accounts],
            )

    def secret_keys(self) -> frozenset[SecretKey]:
        """Under which passwords may have been kept: the keys of every revision of the plan.

        Passwords are put only under keys of a plan that was saved before, so no list of its own is needed.
        """
        plans = [plan_from_json(row["plan"]) for row in self._database.rows("SELECT plan FROM plan_revisions")]
        return frozenset(account.secret_key(side) for plan in plans for account in plan.accounts for side in Side)

    def _carry_owners_over(self, connection: sqlite3.Connection, before: MigrationPlan, plan: MigrationPlan) -> None:
        """Where only the server of a destination mailbox was corrected, what is known of the mailbox stays known."""
        old = {account.id: account.destination for account in before.accounts}
        in_use = {account.destination.key for account in plan.accounts}
        for account in plan.accounts:
            mailbox = old.get(account.id, account.destination)
            moved = mailbox.key != account.destination.key and mailbox.owner == account.destination.owner
            if moved and mailbox.key not in in_use:
                connection.execute(
                    "UPDATE OR IGNORE owners SET owner = ? WHERE owner = ?",
                    (text(account.destination.key), text(mailbox.key)),
                )
        self._owners.clear()

    def account(self, account_id: str) -> AccountRecord:
        """Where the account stands; KeyError if there is none."""
        with self._database.reading() as connection:
            number = self._account(account_id)
            row = connection.execute("SELECT * FROM accounts WHERE id = ?", (number,)).fetchone()
            return AccountRecord(
                account_id,
                AccountState(row["state"]),
                self.counts(account_id),
                failure_of(row),
                moment_of(row["finished"]),
                moment_of(row["started"]),
                moment_of(row["watching_since"]),
            )

    def accounts(self) -> tuple[AccountRecord, ...]:
        """All accounts of the plan, in its order."""
        with self._database.reading():
            return tuple(self.account(account.id) for account in self.plan().accounts)

    def set_account_state(
        self, account_id: str, state: AccountState, failure: Failure | None = None, *, at: datetime
    ) -> None:
        """Keep where the account stands, and add a line to its log."""
        values = {
            "account": self._account(account_id),
            "state": state.value,
            "at": at.isoformat(),
            "finished": at.isoformat() if state in ENDS_OF_A_PASS else None,
            **failure_columns(failure),
        }
        with self._database.writing() as connection:
            before = connection.execute("SELECT state FROM accounts WHERE id = :account", values).fetchone()
            if before["state"] in ENDS_OF_A_PASS:
                # It is called something else now, and has made no further pass.
                values["finished"] = None
            # What the wizard's check has found comes from CHECKING, too; but only a run has waited for its turn before.
            connection.execute(
                "UPDATE accounts SET started = coalesce(started, CASE"
                " WHEN :state = 'checking' AND state IN ('queued', 'waiting') THEN :at END) WHERE id = :account",
                values,
            )
            connection.execute(
                "UPDATE accounts SET state = :state, reason = :reason, side = :side, server_text = :server_text,"
                " until = :until, finished = coalesce(:finished, finished),"
                " watching_since = CASE :state WHEN 'watching' THEN coalesce(watching_since, :at)"
                " WHEN 'closed' THEN NULL ELSE watching_since END WHERE id = :account",
                values,
            )
            connection.execute(
                "INSERT INTO attempts (account, at, state, reason, side, server_text, until)"
                " VALUES (:account, :at, :state, :reason, :side, :server_text, :until)",
                values,
            )

    def attempts(self, account_id: str) -> tuple[AttemptRecord, ...]:
        """The account's log, oldest first; KeyError if there is no such account."""
        rows = self._database.rows("SELECT * FROM attempts WHERE account = ? ORDER BY id", (self._account(account_id),))
        return tuple(
            AttemptRecord(datetime.fromisoformat(row["at"]), AccountState(row["state"]), failure_of(row))
            for row in rows
        )

    def pause_interrupted(self) -> None:
        """Give accounts that were running when the last program ended the state that this means."""
        stale = [
            (after_restart(state).value, state.value) for state in AccountState if after_restart(state) is not state
        ]
        with self._database.writing() as connection:
            connection.executemany("UPDATE accounts SET state = ? WHERE state = ?", stale)
