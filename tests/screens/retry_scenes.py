"""Accounts that cannot log in: the retry dialog."""

from collections.abc import Callable
from functools import partial

from mailmove_gui.desktop.dialogs.retry_dialog import RetryDialog
from mailmove_gui.domain.endpoints import Endpoint
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.logins import AccountLogins, LoginQuestion
from mailmove_gui.domain.plan import Account, Mailbox, account_id
from mailmove_gui.domain.probing import Stage, StageResult
from mailmove_gui.domain.reasons import Reason, Side
from mailmove_gui.domain.states import AccountState
from mailmove_gui.providers.table import provider_of_host
from tests.screens.scene import Scene
from tests.screens.scenes import board

TENCENT = Endpoint("imap.exmail.qq.com", 993)
ALIBABA = Endpoint("imap.qiye.aliyun.com", 993)
UNKNOWN = Endpoint("imap.old.example", 993)
LOGIN_FAILED = Failure(Reason.WRONG_PASSWORD, Side.SOURCE, "NO [AUTHENTICATIONFAILED] Login fail")


def waiting(
    name: str, side: Side, reason: Reason, tries: int = 0, source: Endpoint = TENCENT, state: str = "needs_password"
) -> AccountLogins:
    old, new = f"{name}@acme.cn", f"{name}@acme.com"
    account = Account(account_id(old, new), Mailbox(source, old), Mailbox(ALIBABA, new))
    host = account.mailbox(side).endpoint.host
    question = LoginQuestion(account, side, Failure(reason, side), tries, provider_of_host(host))
    return AccountLogins(account.id, AccountState(state), (question,))


def mixed() -> tuple[AccountLogins, ...]:
    return (
        waiting("bo", Side.SOURCE, Reason.WRONG_PASSWORD, 2),
        waiting("cy", Side.DESTINATION, Reason.WRONG_PASSWORD, 1),
        waiting("di", Side.SOURCE, Reason.PROTOCOL_DISABLED, state="failed"),
    )


def many() -> tuple[AccountLogins, ...]:
    reasons = (Reason.WRONG_PASSWORD, Reason.NEEDS_APP_PASSWORD, Reason.LOCKED_OUT, Reason.PASSWORD_MISSING)
    return tuple(
        waiting(f"colleague{number}", Side.SOURCE, reasons[number % len(reasons)], number % 6) for number in range(40)
    )


def retry(
    accounts: Callable[[], tuple[AccountLogins, ...]],
    fill: Callable[[RetryDialog], None],
    width: int,
    height: int,
    *,
    is_alone: bool = False,
) -> Scene:
    scene = board(width, height)
    dialog = RetryDialog(scene.window.controller.logins, accounts(), scene.window, is_alone=is_alone, keeps=True)
    fill(dialog)
    return Scene(dialog, scene.window)


def untouched(dialog: RetryDialog) -> None:
    """As it comes up."""


def first_typed(dialog: RetryDialog) -> None:
    dialog.lines[0].field.setText("typed")


def with_where(dialog: RetryDialog) -> None:
    dialog.lines[0].where_button.set_open(True)


def tested(dialog: RetryDialog) -> None:
    """One test runs, one has failed, one works."""
    outcomes = (None, LOGIN_FAILED, Failure(Reason.TIMED_OUT, Side.SOURCE))
    for line, failure in zip(dialog.lines, (*outcomes, None), strict=False):
        line.field.setText("typed")
        line.test_button.click()
        if line is dialog.lines[0]:
            continue
        stage = Stage.CONNECT if failure is not None and failure.reason is Reason.TIMED_OUT else Stage.LOGIN
        line._take(StageResult(stage, failure))
        line._testing.cancel()
        line._finish()


def four_to_test() -> tuple[AccountLogins, ...]:
    names = ("bo", "cy", "di", "el")
    return tuple(waiting(name, Side.SOURCE, Reason.WRONG_PASSWORD, source=UNKNOWN) for name in names)


def others_go_on(dialog: RetryDialog) -> None:
    """One was helped elsewhere, and one more has failed meanwhile."""
    dialog.lines[1].field.setText("typed")
    helped = dialog.lines[0].question.account.id
    new = waiting("el", Side.DESTINATION, Reason.LOCKED_OUT, 5, state="failed")
    dialog.renew((AccountLogins(helped, AccountState.MOVING), new))


def column_pasted(dialog: RetryDialog) -> None:
    dialog.fill_in("\n".join(f"password {number}" for number in range(12)))


def one() -> tuple[AccountLogins, ...]:
    return (waiting("li.xiaoming", Side.SOURCE, Reason.NEEDS_APP_PASSWORD, 5),)


RETRY_SCENES: dict[str, Callable[[int, int], Scene]] = {
    "retry": partial(retry, mixed, first_typed),
    "retry_where": partial(retry, mixed, with_where),
    "retry_many": partial(retry, many, untouched),
    "retry_pasted": partial(retry, many, column_pasted),
    "retry_tested": partial(retry, four_to_test, tested),
    "retry_changing": partial(retry, mixed, others_go_on),
    "retry_alone": partial(retry, one, first_typed, is_alone=True),
    "retry_alone_where": partial(retry, one, with_where, is_alone=True),
}
