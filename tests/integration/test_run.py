"""scripts/run as its user sees it: steps, an address, a sentence when something is wrong, and
nothing left behind."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import stack as stack_package
from conftest import REPOSITORY, Stack, bare_postgres
from stack import Failure, Workspace
from stack.children import wait_until

RUN = REPOSITORY / "scripts/run"
STACKCTL = REPOSITORY / "scripts/stackctl"
AS_ROOT = pytest.mark.skipif(os.getuid() != 0, reason="needs root")
NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class Launcher:
    """scripts/run in a process of its own, and what it said."""

    def __init__(self, var, command=(), prefix=(), **environment):
        env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "WORKERS")}
        env |= {"VAR": str(var), "PORT": "0"} | environment
        self.var = Path(var)
        self.lines = []
        self.process = subprocess.Popen(
            [*prefix, RUN, *command],
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # As in a terminal of its own: a Ctrl-C there is not one for the tests.
            start_new_session=True,
        )

    def wait_for_address(self) -> str:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if found := re.match(r"The chat is at (http://127\.0\.0\.1:\d+)/", line):
                return found[1]
        raise AssertionError(f"it ended with {self.process.wait()}: {self.text}")

    def end(self, number=None) -> int:
        if number is not None:
            self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=60)
        self.lines += rest.splitlines()
        return self.process.returncode

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def running(self) -> list[int]:
        return Workspace(self.var).processes()


@pytest.fixture
def launch(var):
    launched = []

    def start(*arguments, **environment) -> Launcher:
        where = environment.pop("var", var)
        launched.append(Launcher(where, *arguments, **environment))
        return launched[-1]

    yield start
    for launcher in launched:
        if launcher.process.poll() is None:
            launcher.end(signal.SIGTERM)


def needs_a_readable_checkout() -> None:
    if subprocess.run([*NOBODY, "test", "-r", RUN]).returncode != 0:
        pytest.skip("nobody may not read this checkout")


def refusal(launcher: Launcher) -> str:
    """Waits for an end that has to be a refusal in one sentence; returns the sentence."""
    assert launcher.end() == 1
    assert "Traceback" not in launcher.text
    assert launcher.running() == []
    assert launcher.lines[-1].startswith("scripts/run: ")
    return launcher.lines[-1].removeprefix("scripts/run: ")


def post(url: str, body: str) -> dict:
    request = urllib.request.Request(
        f"{url}/messages",
        json.dumps({"body": body}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def bodies(url: str) -> list[str]:
    with urllib.request.urlopen(f"{url}/messages?timeout=0", timeout=10) as answer:
        return [message["body"] for message in json.load(answer)]


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def worker_script(directory: Path, text: str) -> str:
    path = directory / "pretended-worker"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


# The plain course of things


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_says_its_steps_and_the_address_and_stops_when_asked(launch, number):
    launcher = launch()
    url = launcher.wait_for_address()
    steps = ("Starting PostgreSQL", "Migrating", "Starting 2 workers", "Starting nginx")
    for step in (*steps, "The chat is at"):
        assert any(line.startswith(step) for line in launcher.lines), launcher.text
    assert status(f"{url}/") == status(f"{url}/healthz") == 200
    assert launcher.end(number) == 0
    assert launcher.lines[-1] == "Stopping"
    assert launcher.running() == []
    assert not any(line.startswith("Traceback") for line in launcher.lines)


def test_messages_are_there_at_the_next_start(launch):
    first = launch()
    post(first.wait_for_address(), "still here?")
    first.end(signal.SIGTERM)
    second = launch()
    assert bodies(second.wait_for_address()) == ["still here?"]
    assert not any("Making" in line or "Applying" in line for line in second.lines)


def test_asked_to_stop_in_the_middle_of_starting_it_stops(launch):
    launcher = launch()
    while not launcher.process.stdout.readline().startswith("Migrating"):
        pass
    assert launcher.end(signal.SIGTERM) == 0
    assert launcher.running() == []


def test_a_command_gets_the_address_and_can_kill_a_worker(launch):
    script = (
        'test -n "$CHAT_URL" && $CHAT_CONTROL kill-worker && $CHAT_CONTROL kill-worker 1; exit 7'
    )
    launcher = launch(["sh", "-c", script])
    assert launcher.end() == 7
    assert re.search(r"Killed worker 0 .*\n.*Killed worker 1 ", launcher.text)
    assert launcher.running() == []


def test_the_logs_are_in_var(launch):
    launcher = launch()
    status(launcher.wait_for_address() + "/")
    launcher.end(signal.SIGTERM)
    logs = {path.name for path in (launcher.var / "log").iterdir()}
    assert logs >= {"postgres.log", "worker-0.log", "worker-1.log", "nginx-access.log"}


# As somebody, somewhere


@AS_ROOT
def test_it_runs_for_a_plain_user(launch, var):
    needs_a_readable_checkout()
    os.chown(var, 65534, 65534)
    launcher = launch([], NOBODY)
    assert status(launcher.wait_for_address() + "/healthz") == 200
    owners = {os.stat(f"/proc/{pid}").st_uid for pid in launcher.running()}
    assert owners == {65534}
    assert launcher.end(signal.SIGTERM) == 0
    assert launcher.running() == []


@AS_ROOT
def test_it_runs_below_a_directory_that_only_root_may_enter(launch, var):
    var.chmod(0o700)
    launcher = launch(var=var / "a place" / "var")
    assert status(launcher.wait_for_address() + "/healthz") == 200
    assert launcher.end(signal.SIGTERM) == 0
    assert launcher.running() == []


@AS_ROOT
def test_postgres_does_not_run_as_root_and_only_root_gets_in(launch):
    launcher = launch()
    launcher.wait_for_address()
    pids = [
        pid
        for pid in launcher.running()
        if Path(f"/proc/{pid}/comm").read_text().startswith("postgres")
    ]
    assert pids and 0 not in {os.stat(f"/proc/{pid}").st_uid for pid in pids}
    sockets = (launcher.var / "sockets").read_text()
    intruder = subprocess.run(
        [*NOBODY, "psql", f"host={sockets}/pg dbname=chat user=postgres", "-c", "SELECT 1"],
        capture_output=True,
        text=True,
    )
    assert intruder.returncode != 0 and "Permission denied" in intruder.stderr


def test_a_path_longer_than_a_socket_allows_is_no_obstacle(launch, var):
    launcher = launch(var=var / ("long" * 20) / ("longer" * 10))
    assert status(launcher.wait_for_address() + "/healthz") == 200


def test_a_database_that_exists_is_used_as_it_is_told(launch, var):
    with bare_postgres() as postgres:
        url = f"postgresql://postgres@/chat?host={postgres.workspace.sockets}/pg"
        launcher = launch(DATABASE_URL=url)
        post(launcher.wait_for_address(), "into the other database")
        assert postgres.psql("SELECT body FROM chat.messages") == "into the other database"
        # The workers stepped down to what they may do.
        worker = (var / "workers/0.pid").read_text().strip()
        assert "role=chat_worker" in Path(f"/proc/{worker}/environ").read_text()
        assert not (var / "postgres").exists()
        assert launcher.end(signal.SIGTERM) == 0
        assert postgres.running()
        assert launcher.lines[0] == "Connecting to the database of DATABASE_URL"


# What can be wrong


def test_a_port_that_is_in_use(launch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        sentence = refusal(launch(PORT=str(port)))
    assert sentence == f"Port {port} is in use. Choose another: PORT={port + 1}"


@pytest.mark.parametrize(
    "variable, value",
    [("PORT", "http"), ("PORT", "-1"), ("PORT", "65536"), ("WORKERS", "0"), ("WORKERS", "two")],
)
def test_a_number_that_is_none(launch, variable, value):
    sentence = refusal(launch(**{variable: value}))
    assert re.match(rf"{variable} must be a number from \d+ to \d+, not '{value}'\.", sentence)


def test_a_second_start_on_the_same_var(launch):
    first = launch()
    url = first.wait_for_address()
    second = launch()
    assert second.end() == 1
    assert re.search(rf"is running already in .* \(process {first.process.pid}\)", second.text)
    assert status(f"{url}/healthz") == 200


def test_a_cluster_of_another_version(launch, var):
    (var / "postgres").mkdir()
    (var / "postgres/PG_VERSION").write_text("9.6\n")
    sentence = refusal(launch())
    assert "holds a cluster of PostgreSQL 9.6, but this machine has" in sentence


def test_no_worker_was_built(launch, var):
    sentence = refusal(launch(CHAT_WORKER=str(var / "nowhere")))
    assert sentence == f"There is no worker at {var}/nowhere. Build it first: make"


def test_a_var_that_cannot_be_written(launch, var):
    (var / "file").write_text("")
    sentence = refusal(launch(var=var / "file"))
    assert "cannot be used" in sentence


def test_a_database_that_does_not_answer(launch, var):
    sentence = refusal(launch(DATABASE_URL=f"postgresql:///chat?host={var}&user=postgres"))
    assert sentence.startswith("PostgreSQL refused: ")


def test_a_worker_that_cannot_run(launch, var):
    launcher = launch(CHAT_WORKER=worker_script(var, "echo what is this >&2; exit 1"))
    assert launcher.end() == 1
    assert "The workers do not come up healthy" in launcher.text
    assert "what is this" in launcher.text and "Traceback" not in launcher.text
    assert launcher.running() == []


def test_postgres_that_ends_by_itself(launch):
    launcher = launch()
    launcher.wait_for_address()
    pid = int((launcher.var / "postgres/postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGQUIT)
    assert "PostgreSQL has ended; see " in refusal(launcher)


def test_nginx_that_ends_by_itself(launch):
    launcher = launch()
    launcher.wait_for_address()
    os.kill(int((launcher.var / "nginx/nginx.pid").read_text()), signal.SIGTERM)
    assert "nginx has ended; see " in refusal(launcher)


# After a kill -9 of the launcher


def test_what_it_started_ends_with_it_even_then(launch):
    launcher = launch()
    post(launcher.wait_for_address(), "before")
    launcher.end(signal.SIGKILL)
    assert wait_until(lambda: not launcher.running(), seconds=10)
    again = launch()
    assert bodies(again.wait_for_address()) == ["before"]
    assert again.end(signal.SIGTERM) == 0


def test_what_is_stuck_is_ended_by_the_next_start(launch):
    launcher = launch()
    launcher.wait_for_address()
    stuck = int((launcher.var / "workers/0.pid").read_text())
    sockets = Path((launcher.var / "sockets").read_text())
    os.kill(stuck, signal.SIGSTOP)
    # Not through the pipe, which the stuck one does not hold, but by the process alone.
    launcher.end(signal.SIGKILL)
    assert wait_until(lambda: launcher.running() == [stuck], seconds=10)
    again = launch()
    again.wait_for_address()
    assert stuck not in again.running()
    assert any("Ending 1 processes" in line for line in again.lines)
    assert not sockets.exists()


def test_a_cluster_that_was_half_made_is_made_anew(launch, var):
    (var / "postgres.new").mkdir()
    (var / "postgres.new/PG_VERSION").write_text("15\n")
    assert launch().wait_for_address()


# A copy of a checkout, made while the chat runs


def copy_of(var: Path) -> Path:
    """Beside it, with everything: owners, times, and what says where the original runs."""
    copy = var.with_name(f"{var.name}-copy")
    # A file that PostgreSQL removes meanwhile is no loss.
    subprocess.run(["cp", "-a", var, copy], capture_output=True)
    return copy


def test_a_copy_of_a_running_one_gets_its_own_of_everything(launch, var):
    original = launch(var=var / "var")
    url = original.wait_for_address()
    post(url, "before")
    copy = launch(var=copy_of(original.var))
    copy_url = copy.wait_for_address()
    post(copy_url, "in the copy")
    post(url, "in the original")
    assert bodies(copy_url) == ["before", "in the copy"]
    assert bodies(url) == ["before", "in the original"]
    assert not set(original.running()) & set(copy.running())
    assert copy.end(signal.SIGTERM) == 0
    assert status(f"{url}/healthz") == 200
    post(url, "afterwards")
    assert not any("Ending" in line for line in copy.lines)
    # A worker that starts now asks for PostgreSQL by the path of its socket.
    workers = set(original.running())
    subprocess.run([STACKCTL, original.var, "kill-worker"], check=True, stdout=subprocess.DEVNULL)
    assert wait_until(lambda: set(original.running()) - workers, seconds=5)
    assert wait_until(lambda: status(f"{url}/healthz") == 200, seconds=5)
    assert original.end(signal.SIGTERM) == 0


def test_whoever_controls_a_copy_does_nothing_to_the_original(launch, var):
    original = launch(var=var / "var")
    url = original.wait_for_address()
    running = original.running()
    copy = copy_of(original.var)
    for command in ("kill-worker", "reload-nginx", "restart-postgres"):
        told = subprocess.run([STACKCTL, copy, command], capture_output=True, text=True)
        assert told.returncode == 1 and "does not run in" in told.stderr, told.stderr
    assert original.running() == running
    assert status(f"{url}/healthz") == 200


def test_a_checkout_that_was_moved_finds_what_its_killed_launcher_left(launch, var):
    first = launch(var=var / "var")
    first.wait_for_address()
    sockets = Path((first.var / "sockets").read_text())
    first.end(signal.SIGKILL)
    assert wait_until(lambda: not first.running(), seconds=10)
    moved = first.var.rename(var / "moved")
    assert launch(var=moved).wait_for_address()
    assert not sockets.exists()


# The stack as tests use it


def test_a_worker_that_dies_is_replaced(make_stack):
    stack = make_stack(workers=2)
    before = stack.workers.pids()
    stack.workers.kill(0)
    assert wait_until(lambda: len(set(stack.workers.pids()) - set(before)) == 1, seconds=5)
    replaced = stack.workers.restart(1)
    assert replaced not in before
    # It says so when it has reached the database, a moment after it began.
    assert wait_until(stack.healthy, seconds=5)


def test_nobody_notices_a_worker_that_is_killed_under_load(make_stack):
    stack = make_stack(workers=2)
    stop = threading.Event()

    def keep_posting() -> int:
        sent = 0
        while not stop.is_set():
            post(stack.url, "x")  # raises unless the answer is 200
            sent += 1
        return sent

    with ThreadPoolExecutor(4) as pool:
        posters = [pool.submit(keep_posting) for _ in range(4)]
        for index in (0, 1, 0, 1):
            time.sleep(1)
            stack.workers.kill(index)
        time.sleep(0.5)
        stop.set()
        sent = sum(poster.result() for poster in posters)
    assert int(stack.postgres.psql("SELECT count(*) FROM chat.messages")) == sent > 0


def test_without_any_worker_the_error_is_json_and_says_when_to_come_back(make_stack):
    stack = make_stack(workers=1)
    # A socket that refuses, as when the service is stopped.
    stack.workers.socket_path.unlink()
    stack.workers.kill(0)
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(stack.url, "anybody?")
    assert refused.value.code == 502 and refused.value.headers["Retry-After"] == "1"
    assert refused.value.headers["Content-Type"] == "application/json"
    assert refused.value.headers.get_all("Cache-Control") == ["no-store"]
    assert json.load(refused.value)["error"].startswith("Unavailable: ")


def test_postgres_and_nginx_can_be_restarted(make_stack):
    stack = make_stack(workers=1)
    before = stack.nginx.pid
    for mode in ("fast", "immediate", "kill"):
        stack.postgres.restart(mode)
        assert wait_until(stack.healthy, seconds=10)
    stack.nginx.reload()
    assert stack.nginx.pid == before and stack.healthy()


def test_a_worker_that_ends_badly_is_reported(var, monkeypatch):
    real = os.environ.get("CHAT_WORKER") or REPOSITORY / "build/chat-worker"
    wrapper = worker_script(
        var,
        f"""
        trap 'kill $!; wait $!; echo "==1==ERROR: AddressSanitizer: pretended" >&2; exit 3' TERM
        exec 3<&0
        {shlex.quote(str(real))} "$@" <&3 &
        wait $!""",
    )
    monkeypatch.setenv("CHAT_WORKER", wrapper)
    with pytest.raises(Failure, match="(?s)ended with status 3.*wrote a sani.*: pretended"):
        with Stack(var / "var", workers=1):
            pass


def test_a_free_port_that_is_taken_meanwhile_is_no_obstacle(var, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = iter([other.getsockname()[1], *(stack_package.nginx.free_port() for _ in range(5))])
        monkeypatch.setattr(stack_package.nginx, "free_port", lambda: next(ports))
        with Stack(var / "var", workers=1) as stack:
            assert stack.nginx.port != other.getsockname()[1]


def test_two_stacks_do_not_meet(make_stack):
    first, second = make_stack(workers=1), make_stack(workers=1)
    post(first.url, "only here")
    assert bodies(second.url) == []


def test_stacks_leave_no_directories_of_sockets(var):
    stack = Stack(var)
    with stack:
        sockets = stack.workspace.sockets
        assert sockets.is_dir()
    assert not sockets.exists()


# The files as they are installed


@pytest.mark.skipif(not Path("/usr/bin/systemd-analyze").exists(), reason="needs systemd-analyze")
def test_systemd_takes_the_units(var):
    units = ["chat.target", "chat.socket", "chat-worker@.service"]
    for name in units:
        # The binary need not be installed here.
        text = (REPOSITORY / "systemd" / name).read_text()
        (var / name).write_text(text.replace("/usr/bin/chat-worker", "/bin/true"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units[:2], "chat-worker@1.service"],
        capture_output=True,
        text=True,
        cwd=var,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{var}:"},
    )
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.skipif(not Path("/usr/bin/systemd-analyze").exists(), reason="needs systemd-analyze")
def test_the_sandbox_of_a_worker_is_tight():
    unit = REPOSITORY / "systemd/chat-worker@.service"
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=10", unit],
        capture_output=True,
        text=True,
    )
    # --threshold counts in tenths: 10 is a score of 1.0.
    assert rated.returncode == 0, rated.stdout
