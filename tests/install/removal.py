"""Removing the package: nothing of it stays but the messages, and those only as long as wanted."""

# The test's own, and what remembers everything that was ever installed.
FOREIGN = "chattr|^/(proc|sys|dev|root|run/systemd|var/cache|var/log/(apt|journal))/"


def traces(machine) -> set[str]:
    """All that names the chat: files, users, units."""
    found = machine.shell(
        f"""
        find / -xdev -name '*chat*' 2>/dev/null | grep -Ev '{FOREIGN}'
        find /run -name '*chat*' 2>/dev/null | grep -Ev '{FOREIGN}'
        grep -l chat /etc/passwd /etc/group /etc/shadow /etc/gshadow
        systemctl list-units --no-legend --plain --state=active,activating,failed 'chat*'
        systemctl list-unit-files --no-legend 'chat*'""",
        check=False,
    )
    return set(found.splitlines())


def purge(scenario) -> None:
    machine, check, apt = scenario.machine, scenario.report.check, scenario.apt

    def count(what: str, database: str = "postgres") -> str:
        statement = f"SELECT count(*) FROM {what}"
        return machine.run("psql", "-XAtqc", statement, database, user="postgres")

    apt("purge chat")
    left = traces(machine) - scenario.files_before
    check("purge leaves nothing", not left, " ".join(sorted(left)))
    restored = scenario.access_rules() == scenario.access_before
    check("purge puts PostgreSQL's access rules back", restored)
    serving = machine.succeeds("nginx", "-t") and machine.succeeds(
        "systemctl", "is-active", "nginx"
    )
    check("nginx runs on without the chat", serving)
    databases = "pg_database WHERE datname = 'chat'"
    before = count("chat.messages", "chat")
    check("purge keeps the database", count(databases) == "1", f"{before} messages")

    apt("install /root/newer.deb")
    running = machine.succeeds("systemctl", "is-active", "chat-worker@1.service")
    after = count("chat.messages", "chat")
    check("installed again it has its messages", after == before and running)

    machine.shell("echo chat chat/purge-database boolean true | debconf-set-selections")
    apt("purge chat")
    gone = count(databases) == count("pg_roles WHERE rolname LIKE 'chat%'") == "0"
    check("purge destroys the database if told so", gone)
