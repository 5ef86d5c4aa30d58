"""The day of the switch: in the middle of it, before the first look, and finished."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailmove_gui.desktop.dialogs.cutover_dialog import CutoverDialog
from mailmove_gui.domain.cutover import AccountFacts, Cutover, CutoverWay
from mailmove_gui.domain.mx import DomainMail, MxAnswer, MxHistory, MxPlace, SenderPolicy
from mailmove_gui.domain.states import AccountState
from tests.screens.scene import Scene
from tests.screens.scenes import board

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
_DAY = timedelta(days=1)
_OLD = MxAnswer("ns1.dns.example", MxPlace.SOURCE, ("mxbiz1.qq.com", "mxbiz2.qq.com"), 3600)
_NEW = MxAnswer("ns1.dns.example", MxPlace.DESTINATION, ("mx1.qiye.aliyun.com", "mx2.qiye.aliyun.com"), 600)
_SWITCHED = DomainMail(
    "acme.example", (_NEW,), (replace(_NEW, server="223.5.5.5"), replace(_NEW, server="8.8.8.8")),
    SenderPolicy.DESTINATION,
)  # fmt: skip
_ACCOUNT = AccountFacts("1", "anna@acme.example", AccountState.DONE, NOW, NOW, NOW, NOW - 3 * _DAY)

FINISHED = Cutover(NOW, ((_SWITCHED, MxHistory("acme.example", NOW - 2 * _DAY, 3600, None)),), (_ACCOUNT,))
BEGUN = Cutover(
    NOW,
    (
        (
            DomainMail(
                "acme.example",
                (replace(_OLD, server="ns2.dns.example"), _NEW),
                (replace(_OLD, server="223.5.5.5"), MxAnswer("8.8.8.8")),
                SenderPolicy.OTHERS,
            ),
            MxHistory("acme.example", None, 3600, NOW),
        ),
    ),
    (_ACCOUNT, replace(_ACCOUNT, user="bo@acme.example", state=AccountState.NEEDS_PASSWORD)),
    ("mail.acme.example",),
)


def cutover(width: int, height: int, found: Cutover | None) -> Scene:
    shown = board(width, height).window
    dialog = CutoverDialog(shown)
    dialog.look()
    if found is not None:
        dialog.show_found(found)
    return Scene(dialog, shown)


def switch_first(width: int, height: int) -> Scene:
    scene = cutover(width, height, BEGUN)
    assert isinstance(scene.widget, CutoverDialog)
    scene.widget.way_buttons[CutoverWay.SWITCH_FIRST].click()
    return scene


CUTOVER_SCENES: dict[str, Callable[[int, int], Scene]] = {
    "cutover_looking": lambda width, height: cutover(width, height, None),
    "cutover_begun": lambda width, height: cutover(width, height, BEGUN),
    "cutover_switch_first": switch_first,
    "cutover_finished": lambda width, height: cutover(width, height, FINISHED),
}
