"""What docs/operations.md tells people to type, typed."""

import re

from images import REPOSITORY


def commands_of(section: str) -> list[str]:
    """The blocks of shell commands of a section, in order."""
    text = (REPOSITORY / "docs/operations.md").read_text()
    body = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", body, re.DOTALL)


def back_up_and_restore(scenario) -> None:
    machine = scenario.machine
    back_up, restore = commands_of("Back up and restore")
    before = scenario.messages()
    machine.shell("set -e; cd /\n" + back_up)
    scenario.say("this is not in the backup")
    machine.shell("set -e; cd /\n" + restore)
    private = machine.run("stat", "--format=%a", "/var/backups/chat.dump") == "600"
    machine.until(scenario.healthy, "healthy after the restoring")
    same = bool(before) and scenario.messages() == before
    after = scenario.say("after the restoring")["id"]
    good = same and private and after > before[-1]
    machine.run("rm", "/var/backups/chat.dump")
    scenario.report.check("back up and restore by the manual", good, f"{len(before)} messages")


def retain(scenario) -> None:
    """The examples, with nothing that is old enough to go."""
    machine = scenario.machine
    before = scenario.messages()
    machine.shell(
        """
        set -e
        cp /usr/share/doc/chat/examples/chat-retain.* /etc/systemd/system/
        systemctl daemon-reload
        systemctl enable --now --quiet chat-retain.timer
        systemctl start chat-retain.service"""
    )
    kept = scenario.messages() == before
    scenario.report.check("the timer for retention runs", kept, f"{len(before)} messages kept")
    machine.shell(
        """
        set -e
        cd /etc/systemd/system
        mkdir chat-retain.service.d
        printf '[Service]\\nEnvironment=PGPORT=1\\n' >chat-retain.service.d/away.conf
        systemctl daemon-reload"""
    )
    failed = not machine.succeeds("systemctl", "start", "chat-retain.service")
    scenario.report.check("retention fails without a database", failed)
    machine.shell(
        """
        set -e
        systemctl disable --now --quiet chat-retain.timer
        rm -r /etc/systemd/system/chat-retain.* /var/lib/systemd/timers/stamp-chat-retain.timer
        systemctl daemon-reload
        systemctl reset-failed"""
    )


DUMPS = sorted((REPOSITORY / "tests/dumps").glob("schema-*.sql"))
# A dump of the present as it was made by a release with that schema.
AS_BACKED_UP = """
set -e; cd /
runuser -u postgres -- createdb --encoding=UTF8 --template=template0 old
runuser -u postgres -- psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 old </root/old.sql >/dev/null
runuser -u postgres -- pg_dump --format=custom old >/var/backups/chat.dump
runuser -u postgres -- dropdb old
"""


def restore_every_version(scenario) -> None:
    """Backups of every schema that there was, restored by the manual; the present one at last."""
    machine = scenario.machine
    back_up, restore = commands_of("Back up and restore")
    before = scenario.messages()
    machine.shell("set -e; cd /\n" + back_up)
    machine.run("mv", "/var/backups/chat.dump", "/root/present.dump")
    restored = []
    for dump in DUMPS:
        (machine.root / "root/old.sql").write_bytes(dump.read_bytes())
        machine.shell(AS_BACKED_UP)
        # People do not stop and start the chat five times in ten seconds, which systemd refuses.
        machine.run("systemctl", "reset-failed")
        machine.shell("set -e; cd /\n" + restore)
        machine.until(scenario.healthy, f"healthy with {dump.name}")
        found = len(scenario.messages())
        said = scenario.say(f"after {dump.stem}")["id"]
        if said in scenario.messages() and (found > 0 or dump.stem == "schema-001"):
            restored.append(dump.stem[-3:])
    machine.run("mv", "/root/present.dump", "/var/backups/chat.dump")
    machine.run("systemctl", "reset-failed")
    machine.shell("set -e; cd /\n" + restore)
    machine.until(scenario.healthy, "healthy with the present again")
    good = len(restored) == len(DUMPS) > 0 and scenario.messages() == before
    machine.run("rm", "/var/backups/chat.dump", "/root/old.sql")
    scenario.report.check("backups of every older schema", good, " ".join(restored))
