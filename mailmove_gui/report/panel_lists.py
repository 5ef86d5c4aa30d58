"""The plan's destination accounts as lists that control panels make accounts from.

Each panel wants headings of its own. Where they are from:

- Google Workspace: the template of the admin console (support.google.com/a/answer/40057), in UTF-8 with BOM as that
  page asks for.
- Microsoft 365: the sample of "Add multiple users" (learn.microsoft.com, article "Add several users at the same time to
  Microsoft 365"), which must be kept to the letter.
- Alibaba Mail: the import of the domain's administration as resellers describe it, a CSV from Excel, which is GBK in
  China: 姓名, 邮箱账号 and so on. help.aliyun.com/document_detail/36734.html names the way there.
- Tencent Exmail: the bulk import (批量导入) as resellers list its columns, which are the fields of the panel's own
  interface (exmail.qq.com/qy_mng_logic/doc#10014). Its template has changed over the years: compare it.

Nobody's password is in any of them, and what a plan does not know stays empty. Names are made from addresses.
"""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailmove_gui.domain.control import CancelToken
from mailmove_gui.domain.ledger import Ledger
from mailmove_gui.domain.panels import ControlPanel
from mailmove_gui.domain.plan import MigrationPlan
from mailmove_gui.report.tables import harmless
from mailmove_gui.report.whole_file import whole_file

_BETWEEN_NAMES = re.compile(r"[._+-]+")


@dataclass(frozen=True, slots=True)
class _Person:
    """Whose mailbox it is, as far as an address tells: ``anna.meyer@`` is Anna Meyer, ``info@`` Info Info."""

    address: str
    first: str
    last: str

    @property
    def name(self) -> str:
        return self.first if self.first == self.last else f"{self.first} {self.last}"


@dataclass(frozen=True, slots=True)
class _Format:
    """Headings, what stands below some of them, and the encoding that the panel reads."""

    headings: Sequence[str]
    cells: dict[str, Callable[[_Person], str]]
    encoding: str


_FORMATS = {
    ControlPanel.GOOGLE: _Format(
        (
            "First Name [Required]", "Last Name [Required]", "Email Address [Required]", "Password [Required]",
            "Password Hash Function [UPLOAD ONLY]", "Org Unit Path [Required]", "Change Password at Next Sign-In",
        ),
        {
            "First Name [Required]": lambda person: person.first,
            "Last Name [Required]": lambda person: person.last,
            "Email Address [Required]": lambda person: person.address,
            "Org Unit Path [Required]": lambda _person: "/",
            "Change Password at Next Sign-In": lambda _person: "True",
        },
        "utf-8-sig",
    ),
    ControlPanel.MICROSOFT: _Format(
        (
            "Username", "First name", "Last name", "Display name", "Job title", "Department", "Office number",
            "Office phone", "Mobile phone", "Fax", "Alternate email address", "Address", "City", "State or province",
            "ZIP or postal code", "Country or region",
        ),
        {
            "Username": lambda person: person.address,
            "First name": lambda person: person.first,
            "Last name": lambda person: person.last,
            "Display name": lambda person: person.name,
        },
        "utf-8",
    ),
    ControlPanel.ALIBABA: _Format(
        ("姓名", "邮箱账号", "工号", "邮箱密码", "部门", "分机号", "职务", "手机", "邮箱容量(M)"),
        {"姓名": lambda person: person.name, "邮箱账号": lambda person: person.address},
        "gb18030",
    ),
    ControlPanel.TENCENT: _Format(
        ("帐号", "密码", "编号", "姓名", "电话", "所属部门", "性别", "职务", "手机", "生日"),
        {"帐号": lambda person: person.address, "姓名": lambda person: person.name},
        "gb18030",
    ),
}  # fmt: skip


def write_panel_list(ledger: Ledger, path: Path, panel: ControlPanel, *, cancel: CancelToken | None = None) -> None:
    """One row a destination mailbox, in the order of the plan, without passwords.

    Raises:
        Cancelled: it was asked to stop; what was there stays.
        OSError: the file cannot be written; what was there stays.
        MailError: LOCAL_DISK, the ledger cannot be read.
    """
    form = _FORMATS[panel]
    people = _people(ledger.plan())
    (cancel or CancelToken()).check()
    with whole_file(path, form.encoding) as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(form.headings)
        for person in people:
            cells = [form.cells[heading](person) if heading in form.cells else "" for heading in form.headings]
            writer.writerow(map(harmless, cells))


def _people(plan: MigrationPlan) -> list[_Person]:
    """The owners of the destination mailboxes; several accounts may go into one."""
    addresses = {account.destination.owner: account.destination.user.strip() for account in plan.accounts}
    return [_person(address) for address in addresses.values()]


def _person(address: str) -> _Person:
    words = [word.capitalize() for word in _BETWEEN_NAMES.split(address.partition("@")[0]) if word]
    # The panels want both names.
    return _Person(address, words[0] if words else address, " ".join(words[1:]) or (words or [address])[0])
