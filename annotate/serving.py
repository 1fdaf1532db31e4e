"""One machine, one command: web server and worker side by side until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.management import CommandError, call_command

from judgments import checks

GRACE_SECONDS = 30


@dataclass(frozen=True)
class Place:
    """Where the server listens, and the address people use."""

    host: str
    port: int
    address: str


def find_place(host: str, port: int) -> Place:
    """Check that the port is free. The address is DISSENSUS_URL where it is set, else made from host and port.

    Raises CommandError when something else listens there.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port}: {error.strerror}. Choose another --port.") from None
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return Place(host, port, os.environ.get("DISSENSUS_URL", f"http://{shown}:{port}").rstrip("/"))


def others_note(place: Place) -> str:
    """What to say where the server listens for others, but nobody has said by which address they come."""
    if place.host in {"0.0.0.0", "::"} and "DISSENSUS_URL" not in os.environ:  # noqa: S104
        return "  Others reach it once DISSENSUS_URL names the address they use.\n"
    return ""


def prepare(place: Place) -> None:
    """Database up to date, promises checked, static files in place, links made for this address."""
    settings.PUBLIC_ADDRESS = place.address
    call_command("migrate", verbosity=0)
    checks.require()
    call_command("collectstatic", verbosity=0, interactive=False)


def run(place: Place, *, workers: int, demo: bool = False) -> None:
    """Serve until Ctrl-C or SIGTERM; when one of the two processes ends by itself, stop the other and say so."""
    environment = os.environ | {"DISSENSUS_URL": place.address, "DISSENSUS_DEMO": "1" if demo else "0"}
    environment.setdefault("DISSENSUS_LOG", "WARNING")
    for wish in (signal.SIGTERM, signal.SIGINT):  # A shell may have started us with SIGINT ignored.
        signal.signal(wish, _interrupt)
    here = str(settings.BASE_DIR)
    processes = {
        "web server": subprocess.Popen(_server(place, workers), env=environment, cwd=here),
        "worker": subprocess.Popen([sys.executable, "manage.py", "work"], env=environment, cwd=here),
    }
    try:
        ended = _first_to_end(processes)
        raise CommandError(f"The {ended} stopped with status {processes[ended].returncode}; everything was stopped.")
    except KeyboardInterrupt:
        pass
    finally:
        _stop(list(processes.values()))


def _server(place: Place, workers: int) -> list[str]:
    bind = f"[{place.host}]:{place.port}" if ":" in place.host else f"{place.host}:{place.port}"
    # Threads, so that a slow reader never holds a whole process. Loaded once: a worker that dies is back at once.
    options = ["--preload", "--worker-class", "gthread", "--threads", "8", "--workers", str(workers), "--bind", bind]
    options += ["--graceful-timeout", str(GRACE_SECONDS), "--log-level", "warning", "--no-control-socket"]
    return [sys.executable, "-m", "gunicorn", "annotate.wsgi", *options]


def _first_to_end(processes: dict[str, subprocess.Popen]) -> str:
    while True:
        for name, process in processes.items():
            if process.poll() is not None:
                return name
        time.sleep(0.5)


def _interrupt(signum, frame):
    raise KeyboardInterrupt


def _stop(processes: list[subprocess.Popen]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(GRACE_SECONDS + 5)
        except subprocess.TimeoutExpired:
            process.kill()
