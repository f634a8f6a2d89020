"""Other releases over the one that runs: one that fails, a good one, and the one of before."""

DROP_IN = "/etc/systemd/system/chat-worker@.service.d"


def refusal_of(scenario, what: str) -> str:
    """What apt says when it fails."""
    try:
        scenario.apt(what)
    except AssertionError as error:
        return str(error)
    return ""


def half_configured(machine) -> bool:
    return machine.run("dpkg-query", "-Wf", "${db:Status-Status}", "chat") == "half-configured"


def fail(scenario) -> None:
    """Leaves the package half configured; the next event mends it."""
    machine, check = scenario.machine, scenario.report.check
    before, said = (machine.workers(), scenario.schema_version()), []
    scenario.under_load(
        "an upgrade whose migration fails",
        lambda: said.append(refusal_of(scenario, "install /root/unlucky.deb")),
    )
    reason = "division by zero" in said[0]
    check("apt fails and says why", reason and half_configured(machine))
    after = (machine.workers(), scenario.schema_version())
    check("the old workers run on", after == before, f"{before} {after}")


def upgrade(scenario) -> None:
    machine, check = scenario.machine, scenario.report.check
    # The releases before did not write down what they made.
    machine.shell(
        """
        rm -r /var/lib/chat
        echo 'max-polls = 9000' >>/etc/chat/chat.conf
        echo '# ours' >>/etc/nginx/sites-available/chat.conf"""
    )
    old, version = machine.workers(), scenario.schema_version()
    scenario.under_load("package upgrade", lambda: scenario.apt("install /root/newer.deb"))
    new = machine.workers()
    good = new.keys() == old.keys() and not set(new.values()) & set(old.values())
    check(
        "the upgrade restarted each worker",
        good,
        f"{sorted(old.values())} {sorted(new.values())}",
    )
    newest = int(machine.shell("ls /usr/share/chat/sql/[0-9]*").split("/")[-1].split("_")[0])
    check("the upgrade migrated", version < newest == scenario.schema_version())
    kept = machine.shell("tail -qn 1 /etc/chat/chat.conf /etc/nginx/sites-available/chat.conf")
    check("the upgrade kept the settings", kept == "max-polls = 9000\n# ours")
    known = machine.shell("sort /var/lib/chat/chat.made").split("\n")
    check("the upgrade knows what was made", known == ["database chat", "user chat"], str(known))


def go_back(scenario) -> None:
    """To a release that does not know the schema."""
    machine, check = scenario.machine, scenario.report.check
    workers = machine.workers()
    said = refusal_of(scenario, "install --allow-downgrades /root/older.deb")
    good = "Use the files of the newer release" in said and half_configured(machine)
    check("a release older than the schema is refused", good)
    check("the newer workers run on", machine.workers() == workers)
    scenario.apt("install /root/newer.deb")


def without_settings(scenario) -> None:
    """/etc/chat/chat.conf is gone for good, as dpkg keeps it: the settings are where the example
    for a database on another host has them."""
    machine = scenario.machine
    machine.shell(
        f"""
        set -e
        mv /etc/chat/chat.conf /etc/chat/chat-secret.conf
        mkdir -p {DROP_IN}
        cp /usr/share/doc/chat/examples/database-on-another-host.conf {DROP_IN}/
        systemctl daemon-reload
        chat-setup restart"""
    )
    workers = machine.workers()
    said = refusal_of(scenario, "install --reinstall /root/newer.deb")
    gone = not machine.succeeds("test", "-e", "/etc/chat/chat.conf")
    restarted = not set(workers.values()) & set(machine.workers().values())
    good = not said and gone and restarted and scenario.healthy()
    scenario.report.check("an upgrade without chat.conf", good, said[-300:])
    machine.shell(
        f"""
        set -e
        mv /etc/chat/chat-secret.conf /etc/chat/chat.conf
        rm -r {DROP_IN}
        systemctl daemon-reload
        dpkg --configure --pending
        chat-setup restart"""
    )
