"""Free ports, and server processes that end with whoever started them."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"

_STOP_TIMEOUT_S = 10.0

# The shell becomes the server, so that its process id and its exit are the server's. Beside it waits a reader on our
# end of a pipe: however this process dies, the pipe ends, and the server with it.
_LAUNCH = 'exec 3<&0; ( ( read -r _ <&3; kill -TERM $$ ) >/dev/null 2>&1 & ); exec "$@" 3<&- </dev/null'


def free_ports(count: int) -> list[int]:
    """Different ports that nobody listens on at this moment."""
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(socket.socket()) for _ in range(count)]
        for listener in listeners:
            listener.bind((LOOPBACK, 0))
        return [int(listener.getsockname()[1]) for listener in listeners]


def is_free(port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        # Ended connections in TIME_WAIT do not stop a server from listening.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def greets(port: int, greeting: bytes) -> bool:
    """Whether a server there begins with these bytes."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=2) as connection:
            return connection.recv(64).startswith(greeting)
    except OSError:
        return False


def wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """True as soon as the condition holds, False if it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_group_alive(group: int) -> bool:
    """Whether a process of this group still runs; ended ones that nobody has collected do not count."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            # pid (name) state ppid pgrp …; the name may hold spaces and brackets.
            state, _, process_group = (entry / "stat").read_text().rpartition(") ")[2].split(" ")[:3]
            if int(process_group) == group and state != "Z":
                return True
    return False


def launch(
    command: Sequence[str], errors: Path, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Starts a server that stays in the foreground, as the leader of a group; what it says goes to `errors`.

    It ends when this process does. End it with `end_group`.
    """
    with errors.open("ab") as stderr:
        return subprocess.Popen(
            ["/bin/sh", "-c", _LAUNCH, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            env=environment,
            start_new_session=True,
        )


def end_group(process: subprocess.Popen[bytes]) -> None:
    """Ends a launched server with all processes of its group. Raises RuntimeError if one of them does not end."""
    assert process.stdin is not None
    process.stdin.close()
    for ending in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, ending)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_TIMEOUT_S)
        if wait_until(lambda: not is_group_alive(process.pid), _STOP_TIMEOUT_S):
            process.wait(_STOP_TIMEOUT_S)
            return
    raise RuntimeError(f"processes of group {process.pid} do not end")
