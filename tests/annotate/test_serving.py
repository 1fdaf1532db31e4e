import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError

from annotate import serving
from annotate.demo import seeding
from tests.support.running import DEPLOYED

HERE = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def started(tmp_path):
    """Start a command that serves, wait until it answers; the port and what it printed. Stopped by Ctrl-C."""
    running = []

    def start(command: str, *arguments: str) -> tuple[int, str, subprocess.Popen]:
        port, said = free_port(), tmp_path / "said"
        environment = os.environ | {"DISSENSUS_DATA": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1"}
        with said.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", command, "--port", str(port), "--workers", "1", *arguments],
                cwd=HERE, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        running.append(process)
        wait_until_ready(port, process, said)
        return port, said.read_text(), process

    yield start
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def wait_until_ready(port: int, process: subprocess.Popen, said: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise AssertionError(f"It never answered:\n{said.read_text()}")


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.read().decode()


def test_serve_offers_the_first_admin_link_and_stops_on_ctrl_c(started):
    port, said, process = started("serve")
    link = re.search(r"http://127\.0\.0\.1:\d+/\S*", said.split("First admin")[1]).group()

    assert f":{port}/" in link
    assert "<form" in get(link)
    assert "Dissensus" in get(f"http://127.0.0.1:{port}/")
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    with pytest.raises(OSError, match="refused"):
        get(f"http://127.0.0.1:{port}/healthz")


def test_the_demonstration_prints_a_way_in_for_each_role(started):
    port, said, _ = started("demo")

    links = re.findall(r"Sign in as (\w+).*\n\s+(http\S+)", said)
    assert [role for role, _ in links] == ["annotator", "researcher", "admin"]
    for _, link in links:
        assert "<form" in get(link)
    assert f"http://127.0.0.1:{port}/studies/{seeding.SLUG}/" in said


def test_a_port_in_use_is_said_before_anything_is_done():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(CommandError, match="Choose another --port"):
            serving.find_place("127.0.0.1", taken.getsockname()[1])


def test_benchmarks_and_fault_tests_run_the_server_as_it_is_deployed():
    assert f" {' '.join(DEPLOYED)} " in (HERE / "deploy" / "Dockerfile").read_text()
