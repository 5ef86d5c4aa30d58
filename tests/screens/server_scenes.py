"""The pages of the two servers, the connection test and the certificate, without a server behind them."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtWidgets import QWidget

from mailmove_gui.desktop.dialogs.certificate_dialog import CertificateDialog
from mailmove_gui.desktop.dialogs.connection_test_dialog import ConnectionTestDialog
from mailmove_gui.desktop.wizard.server_page import ServerPage
from mailmove_gui.domain.certificates import Certificate
from mailmove_gui.domain.endpoints import Endpoint, MailProtocol
from mailmove_gui.domain.events import Failure
from mailmove_gui.domain.plan import Options
from mailmove_gui.domain.probing import Stage, StageResult, pin_for
from mailmove_gui.domain.providers import (
    Confidence,
    Detection,
    DetectionStep,
    PasswordKind,
    Provider,
    ServerOffer,
    StepOutcome,
    StepReport,
    UserNameForm,
    VisibleWindow,
)
from mailmove_gui.domain.reasons import Reason, Side

EXMAIL_SERVER = Endpoint("imap.exmail.qq.com", 993)
EXMAIL = Provider(
    "tencent-exmail",
    "Tencent Exmail / WeCom Mail",
    "腾讯企业邮箱",
    imap=(ServerOffer(EXMAIL_SERVER), ServerOffer(Endpoint("hwimap.exmail.qq.com", 993), "outside mainland China")),
    passwords=(PasswordKind.APP_PASSWORD, PasswordKind.PASSWORD),
    app_password_name="客户端专用密码",
    app_password_where="exmail.qq.com 网页版 → 设置 → 账户/邮箱绑定 → 安全登录 / 客户端专用密码 → 生成",
    enable_first=True,
    enable_where="管理后台可按成员开关 IMAP/SMTP 与 POP/SMTP; 成员: 设置 → 客户端设置 → 开启 IMAP/SMTP 服务",
    window=VisibleWindow(30, "设置 → 客户端设置/收发信设置 → 收取选项 → 全部"),
    help_urls=("https://help.provider.example/imap/client-passwords",),
    confidence=Confidence.HIGH,
)
_STEPS = DetectionStep
STEPS = (
    StepReport(_STEPS.DOMAIN_TABLE, StepOutcome.NOTHING),
    StepReport(_STEPS.MX, StepOutcome.NOTHING, "mail.acme.example"),
    StepReport(_STEPS.CNAME, StepOutcome.NOTHING),
    StepReport(_STEPS.SRV, StepOutcome.NOTHING),
    StepReport(_STEPS.AUTOCONFIG, StepOutcome.NO_ANSWER, "autoconfig.acme.example"),
    StepReport(_STEPS.SPF, StepOutcome.NOTHING, "v=spf1 -all"),
    StepReport(_STEPS.GUESS, StepOutcome.NOTHING, "imap.acme.example, mail.acme.example"),
)


def exmail(asked: str = "anna@acme.cn") -> Detection:
    return Detection(
        asked,
        asked.rpartition("@")[2],
        EXMAIL,
        (EXMAIL_SERVER, Endpoint("pop.exmail.qq.com", 995, protocol=MailProtocol.POP3)),
        UserNameForm.FULL,
        DetectionStep.MX,
        "mxbiz1.qq.com",
        Confidence.HIGH,
    )


def nothing(asked: str = "acme.example") -> Detection:
    return Detection(asked, asked.rpartition("@")[2], steps=STEPS)


def offline(asked: str = "acme.example") -> Detection:
    steps = tuple(StepReport(step.step, StepOutcome.NO_ANSWER) for step in STEPS[1:])
    return Detection(asked, asked.rpartition("@")[2], steps=steps)


def gateway(asked: str = "anna@acme.example") -> Detection:
    servers = (
        Endpoint("outlook.office365.com", 993),
        Endpoint("imap-secure.a-rather-long-regional-subdomain.hosting-provider.example", 993),
    )
    provider = Provider(
        "microsoft365",
        "Microsoft 365 (Exchange Online, operated by a partner with quite a long name for Europe)",
        passwords=(PasswordKind.OAUTH2,),
    )
    return Detection(
        asked,
        asked.rpartition("@")[2],
        provider,
        servers,
        how=DetectionStep.SPF,
        evidence="spf.protection.outlook.com",
        confidence=Confidence.MEDIUM,
        gateway="Proofpoint",
    )


def guessed(asked: str = "anna@acme.example") -> Detection:
    server = Endpoint("mail.acme.example", 993)
    return Detection(
        asked,
        asked.rpartition("@")[2],
        None,
        (server,),
        how=DetectionStep.GUESS,
        evidence="mail.acme.example",
        needs_consent=True,
    )


def certificate() -> Certificate:
    return Certificate(
        "CN=mail.hosting-provider.example, O=Hosting Provider Ltd.",
        ("mail.hosting-provider.example", "*.hosting-provider.example", "192.0.2.7"),
        "CN=Hosting Provider Internal CA 3, O=Hosting Provider Ltd., C=CN",
        datetime(2024, 3, 1, tzinfo=UTC),
        datetime(2027, 3, 1, tzinfo=UTC),
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    )


def failing(stage: Stage, failure: Failure, certificate: Certificate | None = None) -> tuple[StageResult, ...]:
    """All steps before `stage` pass, and there it ends."""
    details = {
        Stage.NAME: "120.232.69.34, 2402:4e00:8030::b6",
        Stage.CONNECT: "port 993 answers",
        Stage.TLS: "TLS 1.3",
        Stage.GREETING: "[CAPABILITY IMAP4 IMAP4rev1 ID AUTH=PLAIN AUTH=LOGIN NAMESPACE] QQMail XMIMAP4Server ready",
    }
    before = list(Stage)[: list(Stage).index(stage)]
    passed = (StageResult(one, detail=details.get(one, "")) for one in before)
    return (*passed, StageResult(stage, failure, certificate=certificate))


def show(page: ServerPage, detection: Detection, text: str = "") -> None:
    """Type what a detection was asked for, and have it found."""
    form = page.automatic
    form.asked_field.setText(text or detection.asked)
    form._take_text(text or detection.asked)
    form._pause.stop()
    form._take_detection(detection)


def new_test(page: ServerPage) -> ConnectionTestDialog:
    dialog = ConnectionTestDialog(
        page._testing, EXMAIL_SERVER, Side.SOURCE, UserNameForm.FULL, Options, "anna@acme.cn", page
    )
    dialog.password_field.setText("typed")
    dialog._renew()
    return dialog


def running(page: ServerPage) -> QWidget:
    dialog = new_test(page)
    dialog._start()
    for result in failing(Stage.LOGIN, Failure(Reason.WRONG_PASSWORD))[:3]:
        dialog._take(result)
    return dialog


def ended(page: ServerPage, results: tuple[StageResult, ...]) -> ConnectionTestDialog:
    dialog = new_test(page)
    dialog._start()
    for result in results:
        dialog._take(result)
    page._testing.cancel()
    dialog._finish()
    return dialog


def wrong_password(page: ServerPage) -> QWidget:
    failure = Failure(
        Reason.NEEDS_APP_PASSWORD, Side.SOURCE, "NO LOGIN Login error password error, please use 客户端专用密码"
    )
    dialog = ended(page, failing(Stage.LOGIN, failure))
    dialog.words_button.click()
    return dialog


def wrong_certificate(page: ServerPage) -> QWidget:
    failure = Failure(Reason.CERTIFICATE_WRONG_HOST, Side.SOURCE)
    return ended(page, failing(Stage.TLS, failure, certificate()))


def everything_works(page: ServerPage) -> QWidget:
    return ended(
        page, tuple(StageResult(stage, detail="14 folders" if stage is Stage.FOLDERS else "") for stage in Stage)
    )


def certificate_dialog(page: ServerPage) -> QWidget:
    server = Endpoint("imap.acme.cn", 993)
    return CertificateDialog(certificate(), server, Reason.CERTIFICATE_WRONG_HOST, page)


def found(page: ServerPage) -> None:
    show(page, exmail())


def found_and_where(page: ServerPage) -> None:
    show(page, exmail())
    for reminder in page.automatic.card.reminders:
        reminder.box.setChecked(True)
        if reminder.where_button is not None:
            reminder.where_button.click()


def not_found(page: ServerPage) -> None:
    show(page, nothing())
    page.automatic.tried_button.click()


def busy(page: ServerPage) -> None:
    page.automatic.asked_field.setText("anna@acme.cn")
    page.automatic._take_text("anna@acme.cn")
    page.automatic._ask_now()
    page.automatic._at_once.stop()
    page.automatic._show_state()


def pinned(page: ServerPage) -> None:
    page.manual_choice.click()
    page.form._take_host("imap.acme.cn")
    page.form._show()
    page._take_pin(pin_for(Endpoint("imap.acme.cn", 993), certificate()))


def pop3(page: ServerPage) -> None:
    page.manual_choice.click()
    page.form._take_host("pop3s://2001:db8::20".replace("2001:db8::20", "[2001:db8::20]"))
    page.form._show()


def pop3_found(page: ServerPage) -> None:
    show(page, exmail())
    page.automatic._choose(1)


PAGES: dict[str, Callable[[ServerPage], None]] = {
    "busy": busy,
    "found": found,
    "found_where": found_and_where,
    "not_found": not_found,
    "offline": lambda page: show(page, offline()),
    "gateway": lambda page: show(page, gateway()),
    "consent": lambda page: show(page, guessed()),
    "pinned": pinned,
    "pop3": pop3,
    "pop3_found": pop3_found,
}
DIALOGS: dict[str, Callable[[ServerPage], QWidget]] = {
    "test_running": running,
    "test_wrong_password": wrong_password,
    "test_wrong_certificate": wrong_certificate,
    "test_works": everything_works,
    "certificate": certificate_dialog,
}
