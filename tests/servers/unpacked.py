"""A mail server that lives in a root folder of its own: its packages conflict with Dovecot's and are never installed.

`.ci/other-mail-servers` unpacks them. Each server of the tests gets a root folder made of hard links to what was
unpacked, and files of its own where it is configured and keeps mail; it runs there by chroot, as root, without mounts.
"""

from __future__ import annotations

import itertools
import os
import shutil
import stat
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.dovecot_users import User
from tests.servers.processes import LOOPBACK, end_group, free_ports, greets, is_free, launch, wait_until

_UNPACKED = Path(__file__).parent.parent.parent / "build" / "mail-servers"
_RUNNING = _UNPACKED / "running"
_COMPLETE = ".complete"

# What is linked; /etc, /var and /run are a server's own.
_SHARED_FOLDERS = ("bin", "lib", "lib64", "sbin", "usr")
_DEVICES = {"null": (1, 3), "zero": (1, 5), "random": (1, 8), "urandom": (1, 9)}
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"

_START_TIMEOUT_S = 20.0
_STOP_TIMEOUT_S = 10.0
_START_ATTEMPTS = 4
_COMMAND_TIMEOUT_S = 30


class ServerMissingError(Exception):
    """This server cannot run here; the text says what it needs."""


def unpacked(name: str) -> Path:
    """Where the server's packages have been unpacked. Raises ServerMissingError."""
    if os.getuid() != 0:
        raise ServerMissingError(f"{name} runs in a root folder of its own, which needs root's rights")
    folder = _UNPACKED / name
    if not (folder / _COMPLETE).exists():
        raise ServerMissingError(f"{name} has not been unpacked: .ci/other-mail-servers does that")
    return folder


class UnpackedServer(ABC):
    """One server. A context manager: starts on entry, stops on exit and takes its folder with it.

    kind: what its packages were unpacked as. name: for people. separator, prefix: of the personal namespace.
    accounts: system users of the root folder and their numbers, which this system should give to nobody but mail.
    """

    def __init__(self, kind: str, *, name: str, separator: str, prefix: str, accounts: Mapping[str, int]) -> None:
        self.name = name
        self.host = LOOPBACK
        self.separator = separator
        self.prefix = prefix
        self._kind = kind
        self._accounts = {"root": 0, **accounts}
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._root: Path | None = None
        self._ports: tuple[int, int] | None = None

    # -- What each kind of server does its own way

    @abstractmethod
    def _configure(self, imap_port: int, pop3_port: int) -> None:
        """Write the configuration files below `root`."""

    @abstractmethod
    def _command(self) -> Sequence[str]:
        """The program that stays in the foreground, as seen from inside the root folder."""

    def _is_ready(self) -> bool:
        """Whether it can serve, beyond greeting."""
        return True

    @abstractmethod
    def _add_user(self, user: User, quota_bytes: int | None) -> None:
        """Make a mailbox."""

    # -- Where it is

    @property
    def root(self) -> Path:
        """The server's root folder."""
        if self._root is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._root

    @property
    def imap_port(self) -> int:
        """Without TLS."""
        return self._started_ports[0]

    @property
    def pop3_port(self) -> int:
        """Without TLS."""
        return self._started_ports[1]

    @property
    def _started_ports(self) -> tuple[int, int]:
        if self._ports is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._ports

    # -- Users

    def add_user(self, name: str, password: str, *, quota_bytes: int | None = None) -> User:
        """A new mailbox; can be used at once."""
        user = User(name, password)
        self._add_user(user, quota_bytes)
        return user

    def new_user(self, password: str = "pass word", *, quota_bytes: int | None = None) -> User:
        """A mailbox with a name that no other has: one for each test."""
        return self.add_user(f"u{next(self._numbers)}", password, quota_bytes=quota_bytes)

    # -- Life

    def start(self) -> Self:
        """Returns when the server has greeted. Raises ServerMissingError, or RuntimeError if it does not come up."""
        if self._root is not None:
            raise RuntimeError(f"{self.name} has been started already")
        self._make_root(unpacked(self._kind))
        try:
            for attempt in range(1, _START_ATTEMPTS + 1):
                imap_port, pop3_port = free_ports(2)
                self._ports = imap_port, pop3_port
                self._configure(imap_port, pop3_port)
                self._process = launch(["chroot", str(self.root), *self._command()], self._errors_file, {"PATH": _PATH})
                if self._is_greeting():
                    break
                # Between choosing a port and listening on it, another program may have taken it.
                if attempt == _START_ATTEMPTS:
                    raise RuntimeError(f"{self.name} does not start:\n{self._errors_file.read_text()}")
                self._end_process()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Ends all its processes, waits until its ports are free, removes its folder. Safe to call twice."""
        self._end_process()
        ports, self._ports = self._ports, None
        if ports is not None and not wait_until(lambda: all(map(is_free, ports)), _STOP_TIMEOUT_S):
            raise RuntimeError(f"{self.name} has ended, but one of its ports is still taken: {ports}")
        root, self._root = self._root, None
        if root is not None:
            shutil.rmtree(root)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # -- The root folder

    @property
    def _errors_file(self) -> Path:
        return self.root / "tmp" / "errors"

    def _make_root(self, source: Path) -> None:
        _RUNNING.mkdir(exist_ok=True)
        self._root = root = Path(tempfile.mkdtemp(prefix=f"{self._kind}-", dir=_RUNNING))
        try:
            # Its processes run as other users than the one who starts it.
            root.chmod(0o755)
            for name in _SHARED_FOLDERS:
                if (source / name).exists():
                    shutil.copytree(source / name, root / name, symlinks=True, copy_function=os.link)
            for name in ("dev", "etc", "run", "var"):
                (root / name).mkdir()
            for name in ("tmp", "var/tmp"):
                (root / name).mkdir()
                (root / name).chmod(0o1777)
            for name, (major, minor) in _DEVICES.items():
                os.mknod(root / "dev" / name, stat.S_IFCHR | 0o666, os.makedev(major, minor))
                (root / "dev" / name).chmod(0o666)
            self._write_system_files()
        except PermissionError as error:
            self.stop()
            raise ServerMissingError(
                f"{self.name} needs a root folder of its own, and making it failed: {error}"
            ) from None
        except BaseException:
            self.stop()
            raise

    def _write_system_files(self) -> None:
        passwd = "".join(f"{name}:x:{number}:{number}::/:/bin/sh\n" for name, number in self._accounts.items())
        group = "".join(f"{name}:x:{number}:\n" for name, number in self._accounts.items())
        self._write("etc/passwd", passwd)
        self._write("etc/group", group)
        self._write("etc/hosts", f"{LOOPBACK} localhost\n")
        self._write("etc/services", "imap 143/tcp\npop3 110/tcp\n")

    def _write(self, name: str, text: str, *, owner: str = "root") -> None:
        """A file below the root folder, replaced as a whole."""
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.new")
        beside.write_text(text)
        beside.chmod(0o644)
        os.chown(beside, self._accounts[owner], self._accounts[owner])
        beside.replace(target)

    def _own(self, owner: str, *names: str) -> None:
        """Gives folders to a system user, making them where they are missing."""
        for name in names:
            (self.root / name).mkdir(parents=True, exist_ok=True)
            os.chown(self.root / name, self._accounts[owner], self._accounts[owner])

    def _own_file(self, owner: str, name: str) -> None:
        os.chown(self.root / name, self._accounts[owner], self._accounts[owner])

    def _run(self, *command: str, text: str = "") -> None:
        """A program inside the root folder, with this on its standard input."""
        done = subprocess.run(
            ["chroot", str(self.root), *command],
            input=text,
            env={"PATH": _PATH},
            capture_output=True,
            text=True,
            timeout=_COMMAND_TIMEOUT_S,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")

    # -- Processes

    def _is_greeting(self) -> bool:
        """Waits for the greetings on both ports; False if the server has ended or says nothing in time."""
        process = self._process
        assert process is not None
        for port, greeting in ((self.imap_port, b"* OK "), (self.pop3_port, b"+OK ")):

            def is_settled(port: int = port, greeting: bytes = greeting) -> bool:
                return process.poll() is not None or greets(port, greeting)

            if not wait_until(is_settled, _START_TIMEOUT_S):
                return False
        return wait_until(lambda: process.poll() is not None or self._is_ready(), _START_TIMEOUT_S) and (
            process.poll() is None
        )

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            end_group(process)
