"""The site as it is deployed, on a database of its own: for benchmarks and fault tests, on loopback, bounded.

`prepare` must come before Django is set up, because settings are read once: a process has one engine.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support import postgres

ROOT = Path(__file__).resolve().parents[2]
DEPLOYED = ("--preload", "--worker-class", "gthread", "--threads", "8", "--workers", "2", "--graceful-timeout", "30")
"""Options of the server as in deploy/Dockerfile; a test holds the two together."""


class Ground:
    """A data folder and a database: SQLite, or a throw-away PostgreSQL with durable commits."""

    def __init__(self, engine: str):
        self.engine = engine
        self.folder = Path(tempfile.mkdtemp(prefix="dissensus-ground-"))
        self.cluster: postgres.Cluster | None = None
        os.environ["DISSENSUS_DATA"] = str(self.folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "annotate.settings"
        os.environ["DISSENSUS_LOG"] = "CRITICAL"
        os.environ.pop("DISSENSUS_URL", None)
        os.environ.pop("DATABASE_URL", None)
        if engine == "postgresql":
            self.cluster = postgres.Cluster(postgres.binaries())
            os.environ["DATABASE_URL"] = f"postgres://postgres@/postgres?host={self.cluster.home}"

    def set_up(self) -> None:
        """Django with this database, migrated, its static files in place."""
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)

    def database_pids(self) -> list[int]:
        if self.cluster is None:
            return []
        return tree(self.cluster.pid)

    def crash_database(self) -> None:
        """Kill the postmaster at once and start it again: what was committed must be there."""
        assert self.cluster is not None
        os.kill(self.cluster.pid, signal.SIGKILL)
        for _ in range(50):
            try:
                # Its children take a moment to notice, and hold the shared memory until then.
                return self.cluster.start()
            except subprocess.CalledProcessError:
                time.sleep(0.2)
        raise TimeoutError("PostgreSQL did not start again.")

    def stop(self) -> None:
        from django.db import connections

        connections.close_all()
        if self.cluster is not None:
            self.cluster.stop()


class Server:
    """gunicorn as deployed. `pid` is its master's; ended by `stop`, whatever happens in between."""

    def __init__(self, port: int, *, options: tuple[str, ...] = DEPLOYED, **environment: str):
        self.port = port
        command = [sys.executable, "-m", "gunicorn", "annotate.wsgi", "--bind", f"127.0.0.1:{port}", *options]
        # A session of its own: what is left of a killed master can be ended by its group.
        self.process = subprocess.Popen(
            [*command, "--log-level", "critical", "--no-control-socket"],
            cwd=ROOT, env=os.environ | environment, start_new_session=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        self.pid = self.process.pid

    def wait(self, seconds: float = 30) -> "Server":
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                    line.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                    if b" 200 " in line.recv(100):
                        return self
            except OSError:
                pass
            time.sleep(0.1)
        raise TimeoutError(f"No answer on port {self.port} within {seconds} s.")

    def pids(self) -> list[int]:
        return tree(self.pid)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.kill()

    def kill(self) -> None:
        """End master and workers at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def serving(port: int, **more) -> Iterator[Server]:
    server = Server(port, **more)
    try:
        yield server.wait()
    finally:
        server.stop()


def tree(pid: int) -> list[int]:
    """A process and its descendants, from /proc."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Processor time these processes and their ended children have used so far."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")
