"""A private Cyrus 3 (IMAP and POP3) in a root folder of its own, on free ports of the loopback interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from tests.servers.dovecot_users import User
from tests.servers.unpacked import UnpackedServer
from tests.servers.wire import Wire, quoted

_CYRUS = "cyrus"
_ADMIN = User("cyrus", "only the tests know")
_DOMAIN = "localhost"

_IMAPD = """\
configdirectory: /var/cyrus/conf
defaultpartition: default
partition-default: /var/cyrus/spool
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
idlesocket: /run/cyrus/socket/idle
notifysocket: /run/cyrus/socket/notify
servername: localhost
admins: cyrus
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_mech_list: PLAIN
sasl_sasldb_path: /etc/sasldb2
sasl_minimum_layer: 0
virtdomains: off
unixhierarchysep: {slash}
altnamespace: {no_prefix}
autocreate_post: 0
autocreate_quota: 0
autocreate_inbox_folders: Sent|Drafts|Trash|Junk|Archive
autocreate_subscribe_folders: Sent|Drafts|Trash
xlist-sent: Sent
xlist-drafts: Drafts
xlist-trash: Trash
xlist-junk: Junk
xlist-archive: Archive
specialusealways: yes
conversations: 0
maxlogins_per_user: {connections}
maxlogins_per_host: 200
failedloginpause: 0
"""
_MASTER = """\
START {{
  recover cmd="ctl_cyrusdb -r"
}}
SERVICES {{
  imap cmd="imapd -U 30" listen="127.0.0.1:{imap_port}" prefork=0 maxchild=100
  pop3 cmd="pop3d -U 30" listen="127.0.0.1:{pop3_port}" prefork=0 maxchild=50
}}
EVENTS {{
}}
"""


class Cyrus(UnpackedServer):
    """One Cyrus. Sent, Drafts, Trash, Junk and Archive exist from the first login and say what they are.

    separator: "." comes with the prefix "INBOX.", as Cyrus has it by itself; "/" without any.
    connections: more than these of one user are refused.
    """

    def __init__(self, *, separator: Literal[".", "/"] = ".", connections: int = 20, name: str = "cyrus") -> None:
        super().__init__(
            "cyrus",
            name=name,
            separator=separator,
            prefix="INBOX." if separator == "." else "",
            accounts={"mail": 8, _CYRUS: 8, "nobody": 65534},
        )
        self._connections = connections

    def _configure(self, imap_port: int, pop3_port: int) -> None:
        self._own(_CYRUS, "var/cyrus", "var/cyrus/conf", "var/cyrus/spool")
        self._own(_CYRUS, "run/cyrus", *(f"run/cyrus/{name}" for name in ("proc", "lock", "socket")))
        has_slash = "yes" if self.separator == "/" else "no"
        self._write(
            "etc/imapd.conf", _IMAPD.format(slash=has_slash, no_prefix=has_slash, connections=self._connections)
        )
        self._write("etc/cyrus.conf", _MASTER.format(imap_port=imap_port, pop3_port=pop3_port))
        self._set_password(_ADMIN)

    def _command(self) -> Sequence[str]:
        return (
            *("/usr/sbin/cyrmaster", "-D", "-p", "/run/cyrus/master.pid"),
            *("-C", "/etc/imapd.conf", "-M", "/etc/cyrus.conf"),
        )

    def _add_user(self, user: User, quota_bytes: int | None) -> None:
        self._set_password(user)
        with Wire(self.host, self.imap_port) as wire:
            # The first login makes the mailbox.
            wire.login(user.name, user.password)
            wire.run(b"SELECT", b"INBOX")
        if quota_bytes is not None:
            root = f"user{self.separator}{user.name}".encode()
            with Wire(self.host, self.imap_port) as wire:
                wire.login(_ADMIN.name, _ADMIN.password)
                wire.run(b"SETQUOTA", quoted(root), b"(STORAGE %d)" % max(quota_bytes // 1024, 1))

    def _set_password(self, user: User) -> None:
        self._run("/usr/sbin/saslpasswd2", "-p", "-c", "-u", _DOMAIN, user.name, text=user.password)
        self._own_file(_CYRUS, "etc/sasldb2")
