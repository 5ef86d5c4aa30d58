"""A private Courier 5 (IMAP and POP3) in a root folder of its own, on free ports of the loopback interface."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from tests.servers.dovecot_users import User
from tests.servers.unpacked import UnpackedServer

_MAIL = "mail"

# The shell stays, and takes the daemons with it when it is told to end: they have process groups of their own.
_START = """\
set -a
. /etc/courier/authdaemonrc
/usr/lib/courier/courier-authlib/authdaemond &
daemons=$!
. /etc/courier/imapd
couriertcpd -address=127.0.0.1 $LIMITS -nodnslookup -noidentlookup {imap_port} \\
    /usr/lib/courier/courier/imaplogin /usr/bin/imapd Maildir &
daemons="$daemons $!"
. /etc/courier/pop3d
couriertcpd -address=127.0.0.1 $LIMITS -nodnslookup -noidentlookup {pop3_port} \\
    /usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir &
daemons="$daemons $!"
trap 'kill $daemons' TERM
wait
"""
_AUTHDAEMON = """\
authmodulelist=authuserdb
daemons=4
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=
"""
# As Debian delivers them, without what needs a certificate.
_IMAP = """\
IMAP_CAPABILITY="IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"
IMAP_KEYWORDS=1
IMAP_ACL=1
IMAP_IDLE_TIMEOUT=60
IMAP_MAILBOX_SANITY_CHECK=1
IMAP_CHECK_ALL_FOLDERS=0
IMAP_OBSOLETE_CLIENT=0
IMAP_UMASK=022
IMAP_USELOCKS=1
IMAP_TRASHFOLDERNAME=Trash
IMAP_EMPTYTRASH=
IMAP_STARTTLS=NO
LIMITS="-maxprocs=100 -maxperip={connections}"
"""
_POP3 = """\
POP3AUTH=""
POP3_STARTTLS=NO
LIMITS="-maxprocs=100 -maxperip={connections}"
"""


class Courier(UnpackedServer):
    """One Courier: "." separates, all folders lie below "INBOX.", no folder says what it is for.

    connections: more than these from one address are closed without a word.
    """

    def __init__(self, *, connections: int = 20, name: str = "courier") -> None:
        super().__init__(
            "courier",
            name=name,
            separator=".",
            prefix="INBOX.",
            accounts={_MAIL: 8, "courier": 8, "nobody": 65534},
        )
        self._connections = connections
        self._users: list[User] = []

    def _configure(self, imap_port: int, pop3_port: int) -> None:
        self._own(_MAIL, "run/courier", "run/courier/authdaemon", "var/mail")
        self._write("etc/courier/authdaemonrc", _AUTHDAEMON)
        self._write("etc/courier/imapd", _IMAP.format(connections=self._connections))
        self._write("etc/courier/pop3d", _POP3.format(connections=self._connections))
        self._write("etc/courier/start", _START.format(imap_port=imap_port, pop3_port=pop3_port))
        self._write_users()

    def _command(self) -> Sequence[str]:
        return ("/bin/dash", "/etc/courier/start")

    def _is_ready(self) -> bool:
        return (self.root / "run" / "courier" / "authdaemon" / "socket").exists()

    def _add_user(self, user: User, quota_bytes: int | None) -> None:
        maildir = f"var/mail/{user.name}/Maildir"
        self._own(_MAIL, f"var/mail/{user.name}", maildir, *(f"{maildir}/{name}" for name in ("cur", "new", "tmp")))
        if quota_bytes is not None:
            self._write(f"{maildir}/maildirsize", f"{quota_bytes}S\n", owner=_MAIL)
        self._users.append(user)
        self._write_users()

    def _write_users(self) -> None:
        """Courier looks users up in two small databases: where they live, and their passwords."""
        number = self._accounts[_MAIL]
        homes = [
            f"{user.name}\thome=/var/mail/{user.name}|mail=/var/mail/{user.name}/Maildir|uid={number}|gid={number}|_="
            for user in self._users
        ]
        passwords = [
            f"{user.name}\timappw={_hashed(user.password)}|pop3pw={_hashed(user.password)}" for user in self._users
        ]
        for name, lines in (("userdb", homes), ("userdbshadow", passwords)):
            self._run(
                "/usr/lib/courier/courier-authlib/makedatprog",
                *("-", f"/etc/courier/{name}.new", f"/etc/courier/{name}.dat"),
                text="\n".join([*lines, "", ".", ""]),
            )
            (self.root / "etc" / "courier" / f"{name}.dat").chmod(0o600)


def _hashed(password: str) -> str:
    return "{SHA256}" + base64.b64encode(hashlib.sha256(password.encode()).digest()).decode()
