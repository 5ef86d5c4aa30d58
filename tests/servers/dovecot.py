"""A private Dovecot 2.3 in a folder of its own, on free ports of the loopback interface."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import trustme

from tests.servers.dovecot_config import CAPABILITIES, Ports, ServerConfig, configuration
from tests.servers.dovecot_users import DovecotUsers, User
from tests.servers.processes import LOOPBACK, end_group, free_ports, greets, is_free, launch, wait_until

__all__ = ["MAIL_USER", "Dovecot", "DovecotMissingError", "User", "dovecot_program"]

Scheme = Literal["imap", "imap+starttls", "imaps", "pop3", "pop3+starttls", "pop3s"]

# Who owns the mail when root starts it: a system account that every Debian has.
MAIL_USER = "mail"

_START_TIMEOUT_S = 20.0
_STOP_TIMEOUT_S = 10.0
_START_ATTEMPTS = 4

# Memory is several times faster than a disk for thousands of small files; a container's 64 MB are not worth it.
_MEMORY_FOLDER = Path("/dev/shm")
_MEMORY_NEEDED_BYTES = 2 * 1024**3


class DovecotMissingError(Exception):
    """There is no Dovecot 2.3 here; the text says what to install."""


def dovecot_program() -> Path:
    """The `dovecot` to start.

    Raises DovecotMissingError if there is none, or one that is not 2.3 (2.4 has another configuration language).
    """
    found = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if found is None:
        raise DovecotMissingError("Dovecot is not installed: apt-get install dovecot-imapd dovecot-pop3d")
    asked = subprocess.run([found, "--version"], capture_output=True, text=True, timeout=10, check=False)
    version = asked.stdout.strip()
    if not version.startswith("2.3."):
        raise DovecotMissingError(
            f"Dovecot 2.3 is needed (Debian 12 has it), {found} is {version or asked.stderr.strip()}"
        )
    return Path(found)


class Dovecot:
    """One Dovecot. A context manager: starts on entry, stops on exit and takes its folder with it.

    separator, prefix: of the personal namespace ("/" or "."; "" or for example "INBOX.").
    users: password by name; more by `add_user` at any time.
    hidden_capabilities: not announced. Dovecot goes on doing them: it answers APPENDUID with UIDPLUS hidden, and takes
        LITERAL+ and MULTIAPPEND. Where that matters, put `tests.proxies.imap_proxy.ImapProxy` before it.
    layout: "fs" lets a folder's name hold a dot; "maildir++" is what most hosts use and refuses dots.
    authority: signs the server's certificate; shared by servers that one client shall trust with one file.
    connections_per_user: more than these are refused with `NO [LIMIT]`.
    max_message_bytes: a larger APPEND is refused.
    special_folders: Drafts, Sent, Trash, Junk and Archive exist from the start and say what they are.
    """

    def __init__(
        self,
        *,
        separator: str = "/",
        prefix: str = "",
        users: Mapping[str, str] | None = None,
        hidden_capabilities: Collection[str] = (),
        layout: Literal["fs", "maildir++"] = "fs",
        authority: trustme.CA | None = None,
        connections_per_user: int = 50,
        max_message_bytes: int = 100 * 1024**2,
        special_folders: bool = True,
        name: str = "dovecot",
    ) -> None:
        unknown = set(hidden_capabilities) - set(CAPABILITIES)
        if unknown:
            raise ValueError(f"Dovecot does not announce {sorted(unknown)} anyway")
        self.separator = separator
        self.prefix = prefix
        self.hidden_capabilities = frozenset(hidden_capabilities)
        self.host = LOOPBACK
        self.name = name
        self._layout: Literal["fs", "maildir++"] = layout
        self._authority = authority or trustme.CA()
        self._connections_per_user = connections_per_user
        self._max_message_bytes = max_message_bytes
        self._special_folders = special_folders
        self._first_users = dict(users or {})
        self._users: DovecotUsers | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._ports: Ports | None = None

    # -- Where it is ------------------------------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """All that this server has: configuration, log, users, mail."""
        if self._folder is None:
            raise RuntimeError("this Dovecot has not been started")
        return self._folder

    @property
    def ports(self) -> Ports:
        if self._ports is None:
            raise RuntimeError("this Dovecot has not been started")
        return self._ports

    @property
    def imap_port(self) -> int:
        """Without TLS; STARTTLS is offered."""
        return self.ports.imap

    @property
    def imaps_port(self) -> int:
        return self.ports.imaps

    @property
    def pop3_port(self) -> int:
        """Without TLS; STLS is offered."""
        return self.ports.pop3

    @property
    def pop3s_port(self) -> int:
        return self.ports.pop3s

    @property
    def users(self) -> DovecotUsers:
        if self._users is None:
            raise RuntimeError("this Dovecot has not been started")
        return self._users

    @property
    def ca_file(self) -> Path:
        """The certificate (PEM) that signed the server's."""
        return self.folder / "ca.pem"

    @property
    def log(self) -> str:
        """What the server has logged so far."""
        try:
            return (self.folder / "dovecot.log").read_text("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def url(self, scheme: Scheme = "imaps") -> str:
        """This server as the program's command line wants it: `imaps://127.0.0.1:4711`."""
        port = {
            "imap": self.ports.imap,
            "imap+starttls": self.ports.imap,
            "imaps": self.ports.imaps,
            "pop3": self.ports.pop3,
            "pop3+starttls": self.ports.pop3,
            "pop3s": self.ports.pop3s,
        }[scheme]
        return f"{scheme}://{self.host}:{port}"

    # -- Users ------------------------------------------------------------------------------------------------------

    def add_user(self, name: str, password: str, *, quota_bytes: int | None = None) -> User:
        """A new, empty mailbox; can be used at once. Raises as `DovecotUsers.add_user` does."""
        return self.users.add_user(name, password, quota_bytes=quota_bytes)

    def new_user(self, password: str = "pass word", *, quota_bytes: int | None = None) -> User:
        """A mailbox with a name that no other has: one for each test."""
        return self.users.new_user(password, quota_bytes=quota_bytes)

    def set_password(self, name: str, password: str, *, quota_bytes: int | None = None) -> None:
        """The next login needs this password; the mailbox stays. Takes up to a second."""
        self.users.set_password(name, password, quota_bytes=quota_bytes)

    def remove_user(self, name: str) -> None:
        """Takes the mailbox and all its mail away."""
        self.users.remove_user(name)

    # -- Life -------------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Returns when the server has greeted.

        Raises DovecotMissingError if it is not installed, RuntimeError with its log if it does not come up.
        """
        if self._folder is not None:
            raise RuntimeError("this Dovecot has been started already")
        program = dovecot_program()
        self._make_folder()
        try:
            for attempt in range(1, _START_ATTEMPTS + 1):
                self._ports = Ports(*free_ports(4))
                self._launch(program)
                if self._is_greeting():
                    break
                # Between choosing a port and listening on it, another program may have taken it.
                if "Address already in use" not in self.log or attempt == _START_ATTEMPTS:
                    raise RuntimeError(f"Dovecot does not start:\n{self._errors()}{self.log}")
                self._end_process()
                (self.folder / "dovecot.log").unlink(missing_ok=True)
            for name, password in self._first_users.items():
                self.add_user(name, password)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Ends all its processes, waits until its ports are free, removes its folder. Safe to call twice."""
        self.go_down()
        self._ports = None
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None
            self._users = None

    def go_down(self) -> None:
        """Cuts all connections and ends; mail and ports are kept for `come_back`."""
        self._end_process()
        if self._ports is not None:
            ports = self._ports
            if not wait_until(lambda: all(is_free(port) for port in ports), _STOP_TIMEOUT_S):
                raise RuntimeError(f"Dovecot has ended, but one of its ports is still taken: {ports}")

    def come_back(self) -> None:
        """After `go_down`: the same mail on the same ports."""
        self._launch(dovecot_program())
        if not self._is_greeting():
            raise RuntimeError(f"Dovecot does not come back:\n{self._errors()}{self.log}")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _make_folder(self) -> None:
        parent = None
        if os.access(_MEMORY_FOLDER, os.W_OK) and shutil.disk_usage(_MEMORY_FOLDER).free > _MEMORY_NEEDED_BYTES:
            parent = _MEMORY_FOLDER
        self._folder = Path(tempfile.mkdtemp(prefix="mailmove-dovecot-", dir=parent))
        # Its processes run as other users than the one who starts it.
        self._folder.chmod(0o755)
        for name in ("run", "state", "home", "users"):
            (self._folder / name).mkdir()
        self._users = DovecotUsers(self._folder / "users", self._folder / "home")
        if os.getuid() == 0:
            shutil.chown(self._folder / "home", MAIL_USER, MAIL_USER)
        certificate = self._authority.issue_cert("localhost", LOOPBACK)
        certificate.private_key_and_cert_chain_pem.write_to_path(str(self._folder / "server.pem"))
        self._authority.cert_pem.write_to_path(str(self.ca_file))

    def _launch(self, program: Path) -> None:
        account = pwd.getpwnam(MAIL_USER) if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        config = ServerConfig(
            folder=self.folder,
            host=self.host,
            ports=self.ports,
            user=account.pw_name,
            group=grp.getgrgid(account.pw_gid).gr_name,
            uid=account.pw_uid,
            gid=account.pw_gid,
            separator=self.separator,
            prefix=self.prefix,
            layout=self._layout,
            hidden_capabilities=self.hidden_capabilities,
            connections_per_user=self._connections_per_user,
            max_message_bytes=self._max_message_bytes,
            special_folders=self._special_folders,
        )
        (self.folder / "dovecot.conf").write_text(configuration(config))
        command = [str(program), "-F", "-c", str(self.folder / "dovecot.conf")]
        self._process = launch(command, self.folder / "dovecot.err")

    def _is_greeting(self) -> bool:
        """Waits for the greetings on all ports; False if Dovecot has ended or says nothing in time."""
        process = self._process
        assert process is not None
        for port, greeting in ((self.ports.imap, b"* OK "), (self.ports.pop3, b"+OK ")):

            def is_settled(port: int = port, greeting: bytes = greeting) -> bool:
                return process.poll() is not None or greets(port, greeting)

            if not wait_until(is_settled, _START_TIMEOUT_S):
                return False
        return process.poll() is None

    def _errors(self) -> str:
        return (self.folder / "dovecot.err").read_text("utf-8", "replace")

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end_group(process)
