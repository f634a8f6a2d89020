"""What goes wrong on a server, done to it. Each returns when all runs again."""

from machine import Machine

CRASHING = """[Service]
NotifyAccess=all
ExecStart=
ExecStart=/usr/bin/timeout --signal=KILL 0.5 /usr/bin/chat-worker --config /etc/chat/chat.conf
"""


def kill_each(machine: Machine) -> None:
    for number, pid in machine.workers().items():
        machine.run("kill", "-KILL", pid)
        wait_for_next(machine, number, pid)


def wait_for_next(machine: Machine, number: int, old: int, seconds: float = 60) -> float:
    unit = f"chat-worker@{number}.service"

    def replaced() -> bool:
        return machine.workers().get(number, old) != old and machine.succeeds(
            "systemctl", "--quiet", "is-active", unit
        )

    return machine.until(replaced, f"{unit} runs again", seconds)


def crash_loop(machine: Machine) -> None:
    directory = "/run/systemd/system/chat-worker@1.service.d"
    machine.shell(
        f"""
        mkdir -p {directory}
        printf '%s' '{CRASHING}' >{directory}/crash.conf
        systemctl daemon-reload
        systemctl restart --no-block chat-worker@1.service"""
    )
    restarts = "systemctl show --property=NRestarts --value chat-worker@1.service"
    machine.until(lambda: int(machine.shell(restarts)) >= 6, "six crashes")
    machine.shell(
        f"""
        rm -r {directory}
        systemctl daemon-reload
        systemctl restart chat-worker@1.service"""
    )


def hang(machine: Machine) -> None:
    pid = machine.workers()[1]
    machine.run("kill", "-STOP", pid)
    wait_for_next(machine, 1, pid)
    assert "Watchdog timeout" in machine.journal(100), "something else ended it"


def take_out(machine: Machine) -> None:
    """The socket starts its first worker again with the next connection, and no other."""
    first = machine.workers()[1]
    machine.run("systemctl", "stop", "chat-worker@2.service")
    # Its job is cancelled when a connection comes before it is done.
    machine.run("systemctl", "stop", "chat-worker@1.service", check=False)
    wait_for_next(machine, 1, first)
    assert 2 not in machine.workers(), "a request started it"
    machine.run("systemctl", "start", "chat-worker@2.service")


def nginx_workers(machine: Machine) -> set[str]:
    return set(machine.run("pgrep", "-f", "nginx: worker").split())


def reload_nginx(machine: Machine) -> None:
    for _ in range(3):
        before = nginx_workers(machine)
        machine.run("systemctl", "reload", "nginx")
        machine.until(lambda: nginx_workers(machine) - before, "nginx has new workers")
