"""What nginx and systemd say of the files that the package installed."""

from machine import Machine
from report import Report


def examples(machine: Machine, report: Report) -> None:
    """Each alone; of the one form that all of 1.22 to 1.26 take, the newer ones warn."""
    said = machine.shell(
        """
        cd /etc/ssl
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=chat.example.org 2>&1 \
            -keyout private/chat.example.org.key -out certs/chat.example.org.pem >/dev/null
        for site in tls auth-basic auth-request; do
            site=/usr/share/doc/chat/examples/$site.conf
            echo "events {} http { include $site; }" >/root/site.conf
            nginx -t -c /root/site.conf
        done
        rm private/chat.example.org.key certs/chat.example.org.pem"""
    )
    lines = said.splitlines()
    good = sum("test is successful" in line for line in lines) == 3
    warnings = {line.split(" in /")[0].split("#")[1] for line in lines if "[warn]" in line}
    warnings = {warning.split(": ", 1)[1] for warning in warnings}
    report.check("nginx -t of the examples", good, "; ".join(warnings) or "no warning")


def units(machine: Machine, report: Report) -> None:
    rated = machine.shell("systemd-analyze security --no-pager chat-worker@1.service | tail -n 1")
    score = float(rated.split(":")[1].split()[0])
    report.check("systemd-analyze security", score <= 1.0, rated.strip("→ "))
    verified = machine.shell(
        "systemd-analyze verify --man=no chat.socket chat.target chat-setup.service"
        " chat-worker@1.service"
    )
    report.check("systemd-analyze verify", verified == "", verified or "no complaint")
