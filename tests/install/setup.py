"""chat-setup on files as people leave them."""

CONF = "/etc/chat/chat.conf"


def run_again(scenario) -> None:
    before = scenario.access_rules()
    said = scenario.machine.run("chat-setup")
    good = scenario.access_rules() == before and before.count("chat-setup: begin") == 2
    scenario.report.check("chat-setup once more changes nothing", good, said)
    cut_line(scenario)
    unusable_settings(scenario)


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


def unusable_settings(scenario) -> None:
    """The worker would refuse them, so chat-setup does not guess either."""
    machine, check = scenario.machine, scenario.report.check
    cases = {
        "a # inside of a value": "s/^database.*/& password=a#b/",
        "a setting that stands twice": "s/^database.*/&\\n&/",
    }
    machine.run("cp", "-p", CONF, f"{CONF}.kept")
    for name, edit in cases.items():
        machine.run("sed", "-i", edit, CONF)
        said = machine.shell("chat-setup database; echo status $?", check=False)
        refused = machine.run("chat-worker", "--check", "--config", CONF, check=False)
        machine.run("cp", "-p", f"{CONF}.kept", CONF)
        good = said.endswith("status 2") and CONF in said and CONF in refused
        check(name, good, said.splitlines()[0])
    machine.run("rm", f"{CONF}.kept")
