"""A real PostgreSQL for the tests, with its own data in a folder that goes away, reached through a socket in it.

    python tests/postgres_server.py              starts one and prints its URL; Ctrl-C stops it
    python tests/postgres_server.py COMMAND ...  runs a command meanwhile, with the URL in GOLDENPROMPT_STORE

It takes the programs of Debian's package `postgresql`, and runs them as its user `postgres` where root started it, as
the server refuses root.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

if os.name == "posix":
    import pwd

PATIENCE = 60.0
USER = "postgres"


def programs() -> Path | None:
    """Give the folder of the newest server's programs; None where there is none that can be run."""
    found = [
        *Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        *([Path(named)] if (named := shutil.which("initdb")) else []),
    ]
    if not found or (os.geteuid() == 0 and not _has_user()):
        return None
    return max(found, key=lambda path: [int(part) for part in path.parts if part.isdecimal()]).parent


def _has_user() -> bool:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        return False
    return True


@contextmanager
def postgres_server():
    """Start a server; give the URL of its database."""
    folder = Path(tempfile.mkdtemp(prefix="golden-pg-"))  # short, as names of sockets must be
    given = {"cwd": folder, "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    if os.geteuid() == 0:
        account = pwd.getpwnam(USER)
        os.chown(folder, account.pw_uid, account.pw_gid)
        given |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    home, data = programs(), folder / "data"
    try:
        subprocess.run(
            [home / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"], check=True, **given
        )
        settings = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "max_connections": "30"}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with subprocess.Popen([home / "postgres", "-D", data, *words], **given) as server:
            try:
                _wait(server, folder / ".s.PGSQL.5432", home, folder)
                yield f"postgresql:///{USER}?host={folder}&user={USER}"
            finally:
                server.send_signal(signal.SIGINT)
                server.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: subprocess.Popen, socket: Path, home: Path, folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    ready = [home / "pg_isready", "-q", "-h", folder, "-U", USER]
    while not socket.exists() or subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError("PostgreSQL does not start")
        time.sleep(0.05)


def main(command: list[str]) -> int:
    with postgres_server() as url:
        if command:
            return subprocess.run(command, env={**os.environ, "GOLDENPROMPT_STORE": url}, check=False).returncode
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        try:
            signal.pause()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
