"""A local user without rights tries what he must not be able to do."""

from machine import Machine
from report import Report

SECRET = "a-password-that-nobody-sees"
OVERRIDE = "/etc/systemd/system/chat-worker@.service.d/database.conf"

CONNECT = """
import socket
socket.socket(socket.AF_UNIX).connect("/run/chat/chat.sock")
"""
ATTEMPTS = {
    "talk to the FastCGI socket": ["python3", "-c", CONNECT],
    "see the FastCGI socket": ["ls", "/run/chat/chat.sock"],
    "be chat_worker by a socket": ["psql", "-XwU", "chat_worker", "-c", "SELECT", "chat"],
    "be chat_worker by TCP": [
        "psql",
        "-XwU",
        "chat_worker",
        "-h",
        "127.0.0.1",
        "-c",
        "SELECT",
        "chat",
    ],
    "be chat_owner": ["psql", "-XwU", "chat_owner", "-c", "SELECT", "chat"],
    "be postgres": ["psql", "-XwU", "postgres", "-c", "SELECT", "chat"],
    "be himself in the database": ["psql", "-XwU", "mallory", "-c", "SELECT", "chat"],
    "read chat.conf": ["cat", "/etc/chat/chat.conf"],
    "see what the workers count": ["ls", "/run/chat-worker"],
}
ATTEMPTS_ON_SECRETS = {
    "read the password's file": ["cat", "/etc/chat/chat-secret.conf"],
    "read the credential": ["sh", "-c", "cat /run/credentials/chat-worker@1.service/*"],
    "read a worker's environment": ["sh", "-c", "cat /proc/{pid}/environ"],
    "find it in a command line": ["grep", "-rqsa", SECRET, "/proc/{pid}/cmdline"],
    "find it in the units": ["sh", "-c", f"systemctl cat chat-worker@1.service | grep {SECRET}"],
}


def intrude(machine: Machine, report: Report) -> None:
    # A role of his own name, as careless administrators make them.
    machine.shell("useradd mallory && runuser -u postgres createuser mallory")
    # The attempts would succeed if they were allowed.
    allowed = machine.succeeds("psql", "-Xwc", "SELECT", "postgres", user="mallory")
    allowed &= machine.succeeds("cat", "/etc/nginx/sites-available/chat.conf", user="mallory")
    report.check("an intruder can log in", allowed)
    allowed = machine.succeeds(*ATTEMPTS["talk to the FastCGI socket"], user="www-data")
    report.check("nginx's user may talk to the socket", allowed)
    _all_fail(machine, report, ATTEMPTS)
    _use_password(machine)
    pid = machine.workers()[1]
    address = machine.run(
        *[
            "psql",
            "-XAtqc",
            "SELECT DISTINCT client_addr FROM pg_stat_activity WHERE usename = 'chat_worker'",
        ],
        user="postgres",
    )
    healthy = machine.succeeds("curl", "-sf", "http://localhost/healthz")
    report.check("a password by LoadCredential=, over TCP", address == "127.0.0.1" and healthy)
    attempts = {
        name: [word.replace("{pid}", str(pid)) for word in words]
        for name, words in ATTEMPTS_ON_SECRETS.items()
    }
    _all_fail(machine, report, attempts)
    machine.shell(
        f"rm {OVERRIDE} /etc/chat/chat-secret.conf; systemctl daemon-reload; chat-setup restart"
    )


def _all_fail(machine: Machine, report: Report, attempts: dict) -> None:
    succeeded = [
        name for name, words in attempts.items() if machine.succeeds(*words, user="mallory")
    ]
    for name in attempts:
        report.check(f"an intruder cannot {name}", name not in succeeded)


def _use_password(machine: Machine) -> None:
    """With the example of the package, as its comment says."""
    machine.shell(
        f"""
        set -e
        runuser -u postgres -- psql -Xqc "ALTER ROLE chat_worker PASSWORD '{SECRET}'"
        umask 077
        echo 'database = host=127.0.0.1 dbname=chat user=chat_worker password={SECRET}' \
            >/etc/chat/chat-secret.conf
        mkdir -m 755 {OVERRIDE.rpartition("/")[0]}
        sed 's/192.0.2.10/127.0.0.1/' /usr/share/doc/chat/examples/database-on-another-host.conf \
            >{OVERRIDE}
        systemctl daemon-reload
        chat-setup restart"""
    )
