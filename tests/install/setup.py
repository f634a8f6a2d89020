"""chat-setup on files as people leave them."""

import re

CONF = "/etc/chat/chat.conf"


def run_again(scenario) -> None:
    before = scenario.access_rules()
    said = scenario.machine.run("chat-setup")
    good = scenario.access_rules() == before and before.count("chat-setup: begin") == 2
    scenario.report.check("chat-setup once more changes nothing", good, said)
    cut_line(scenario)
    settings_as_the_worker_reads_them(scenario)


def cut_line(scenario) -> None:
    """An editor that ends a file without ending its last line."""
    machine, check = scenario.machine, scenario.report.check
    machine.shell(
        """
        set -e
        chat-setup forbid
        ident=$(echo /etc/postgresql/*/main/pg_ident.conf)
        printf 'other root postgres' >>"$ident"
        chat-setup database
        chat-setup database"""
    )
    blocks = scenario.access_rules().count("# chat-setup: begin")
    machine.run("chat-setup", "forbid")
    left = scenario.access_rules()
    good = blocks == 2 and "chat-setup" not in left and left.endswith("other root postgres")
    check("a last line that has no end", good, f"{blocks} blocks")
    machine.shell("sed -i '/^other root postgres/d' /etc/postgresql/*/main/pg_ident.conf")
    machine.run("chat-setup", "database")


def settings_as_the_worker_reads_them(scenario) -> None:
    """chat-setup takes what the worker takes and refuses what it refuses."""
    machine, check = scenario.machine, scenario.report.check
    cases = {
        "a comment after a value": ("s/^database.*/& # ours/", False),
        "a # inside of a value": ("s/^database.*/& password=a#b/", True),
        "a setting that stands twice": ("s/^database.*/&\\n&/", True),
    }
    # Status 2 are settings that cannot be used, and nothing else.
    check_worker = f"runuser -u chat -- chat-worker --check --config {CONF}"
    machine.run("cp", "-p", CONF, f"{CONF}.kept")
    for name, (edit, refused) in cases.items():
        machine.run("sed", "-i", edit, CONF)
        said = machine.shell(f"chat-setup database; echo status $?; {check_worker}; echo status $?")
        machine.run("cp", "-p", f"{CONF}.kept", CONF)
        setup, worker = re.findall(r"^status (\d+)$", said, re.MULTILINE)
        if refused:
            good = setup == worker == "2"
        else:
            good = setup == "0" and worker != "2"
        check(name, good, said.splitlines()[0])
    machine.run("rm", f"{CONF}.kept")
