"""A bare Debian: what the manual tells people to type first, in any order of things."""

import json
import re

import faults
import manual
import removal

CURL = "curl --silent --show-error --fail --max-time 20"


class Bare:
    """A machine with neither nginx nor PostgreSQL, and packages that can be installed on it."""

    def __init__(self, machine, report, packages):
        self.machine = machine
        self.report = report
        for name, file in packages.items():
            (machine.root / f"root/{name}.deb").write_bytes(file.read_bytes())

    def apt(self, what: str) -> str:
        """Without a terminal; returns what was said, whether or not it succeeded."""
        return self.machine.shell(
            f"DEBIAN_FRONTEND=noninteractive apt-get --yes -q {what}; echo status $?"
        )

    def healthy(self, site: str = "localhost") -> bool:
        return self.machine.succeeds(*CURL.split(), f"http://{site}/healthz")

    def enable_site(self) -> None:
        self.machine.shell(
            """
            ln -sf ../sites-available/chat.conf /etc/nginx/sites-enabled/
            rm -f /etc/nginx/sites-enabled/default"""
        )
        self.reload()

    def reload(self) -> None:
        """A reload is only asked for, and those of before answer as before until they end."""
        before = faults.nginx_workers(self.machine)
        self.machine.shell("nginx -t && systemctl reload nginx")
        self.machine.until(
            lambda: not before & faults.nginx_workers(self.machine), "nginx has reloaded"
        )

    def sql(self, statement: str, database: str = "postgres") -> str:
        return self.machine.run("psql", "-XAtqc", statement, database, user="postgres")

    def say(self, site: str, text: str) -> dict:
        return json.loads(
            self.machine.shell(
                f"{CURL} -H 'Content-Type: application/json'"
                f" -d '{json.dumps({'body': text})}' http://{site}/messages"
            )
        )

    def heard(self, site: str) -> list[str]:
        said = json.loads(self.machine.shell(f"{CURL} http://{site}/messages"))
        return [message["body"] for message in said]

    def purge_all(self) -> None:
        self.machine.shell("echo chat chat/purge-database boolean true | debconf-set-selections")
        self.apt("purge chat")


def one_command(bare: Bare) -> None:
    """The first block of the manual as it stands there."""
    block = manual.commands_of("Install")[0]
    block = re.sub(r"\./chat_\S+\.deb", "./newer.deb", block)
    block = block.replace("apt install", "apt-get install --yes -q")
    said = bare.machine.shell(
        f"export DEBIAN_FRONTEND=noninteractive; set -e; cd /root\n{block}", check=False
    )
    bare.reload()
    bare.report.check("the manual's first block", bare.healthy(), said.splitlines()[-1])
    bare.say("localhost", "hello")
    bare.report.check("a message after it", bare.heard("localhost") == ["hello"])


def postgresql_later(bare: Bare) -> None:
    """First nginx and the chat, then PostgreSQL."""
    machine, check = bare.machine, bare.report.check
    said = bare.apt("install --no-install-recommends nginx curl /root/newer.deb")
    check("without PostgreSQL: one sentence", _says_that_it_waits(said), said[-200:])
    bare.enable_site()
    said = bare.apt("install postgresql")
    took = machine.until(bare.healthy, "healthy with the PostgreSQL that came later")
    check("PostgreSQL later", said.endswith("status 0"), f"{took:.1f} s after it")
    through = "systemctl is-active chat-setup.service"
    machine.until(
        lambda: "inactive" in machine.shell(through, check=False), "chat-setup is through"
    )
    bare.purge_all()


def cluster_down(bare: Bare) -> None:
    machine, check = bare.machine, bare.report.check
    machine.run("systemctl", "stop", "postgresql")
    said = bare.apt("install /root/newer.deb")
    check("the cluster is down: one sentence", _says_that_it_waits(said), said[-200:])
    bare.enable_site()
    machine.run("systemctl", "start", "postgresql")
    took = machine.until(bare.healthy, "healthy once the cluster runs")
    check("the cluster came", True, f"{took:.1f} s after it")
    bare.purge_all()


def _says_that_it_waits(said: str) -> bool:
    sentence = (
        "PostgreSQL does not run on this host yet; as soon as it does, the chat sets itself up."
    )
    return said.endswith("status 0") and said.count(sentence) == 1 and "run chat-setup" not in said


def foreign_names(bare: Bare) -> None:
    """Somebody's account chat and his database chat, through install, upgrade and purge."""
    machine, check = bare.machine, bare.report.check
    machine.shell(
        """
        set -e
        useradd --create-home --shell /bin/sh chat
        echo mine >/home/chat/file
        runuser -u postgres -- createuser chat
        runuser -u postgres -- createdb --owner=chat chat
        runuser -u chat -- psql -Xqc 'CREATE TABLE mine AS SELECT 1' chat"""
    )
    before = _foreign(bare)
    said = bare.apt("install /root/older.deb")
    unpacked = machine.succeeds("test", "-e", "/usr/sbin/chat-setup")
    refused = 'the user or group "chat" was here before' in said and not unpacked
    check("a foreign user is refused", refused and _foreign(bare) == before)

    machine.shell("echo USER=chat-workers >>/etc/default/chat")
    said = bare.apt("install /root/older.deb")
    sentence = "the database chat was not made for the chat; nothing in it was touched"
    told = said.endswith("status 0") and sentence in said
    check("a foreign database is refused", told and _foreign(bare) == before)
    bare.enable_site()
    other = re.search(r"chat-setup database \w+", said)
    machine.shell(other[0] if other else "false")
    machine.until(bare.healthy, "healthy in another database")
    bare.say("localhost", "among strangers")
    user = machine.shell("ps -o user:20= -C chat-worker | sort -u")
    check("under other names", user == "chat-workers" and _foreign(bare) == before, user)

    said = bare.apt("install /root/newer.deb")
    heard = bare.heard("localhost") == ["among strangers"]
    check("an upgrade keeps the names", said.endswith("status 0") and heard)
    bare.purge_all()
    check("purge leaves what is foreign", _foreign(bare) == before)
    gone = not machine.succeeds("id", "chat-workers") and other[0].split()[-1] not in bare.sql(
        "SELECT datname FROM pg_database"
    )
    left = machine.shell("ls -d /etc/chat /var/lib/chat /etc/systemd/system/chat*", check=False)
    check("purge takes its own", gone and "No such file" in left, left.splitlines()[0])
    machine.shell(
        """
        runuser -u postgres -- dropdb chat; runuser -u postgres -- dropuser chat
        userdel --remove chat; rm -f /etc/default/chat"""
    )


def _foreign(bare: Bare) -> str:
    """All there is of that person, and who may use his database."""
    what = "SELECT datdba::regrole, datacl, pg_get_userbyid(datdba) FROM pg_database"
    return "\n".join(
        [
            bare.machine.shell("getent passwd chat; getent group chat; cat /home/chat/file"),
            bare.sql(f"{what} WHERE datname = 'chat'"),
            bare.sql("SELECT * FROM mine", "chat"),
            bare.sql("SELECT nspname FROM pg_namespace ORDER BY 1", "chat"),
        ]
    )


def two_chats(bare: Bare) -> None:
    """Beside the first one, which has a message."""
    machine, check = bare.machine, bare.report.check
    machine.shell(
        """
        set -e
        chat-setup --instance blue make blue.example.org
        ln -s ../sites-available/chat_blue.conf /etc/nginx/sites-enabled/"""
    )
    bare.reload()
    blue = "blue.localhost"
    machine.until(lambda: bare.healthy(blue) and bare.healthy(), "both healthy")
    bare.say(blue, "in blue")
    heard = (bare.heard("localhost"), bare.heard(blue))
    check("two chats, two databases", heard == (["hello"], ["in blue"]), str(heard))
    users = machine.shell("ps -o user:20= -C chat-worker | sort -u").split()
    # The database of one is closed to the user of the other.
    peep = "runuser -u {} -- psql -Xwc SELECT 'host=/run/postgresql user=chat_worker dbname={}'"
    own = machine.succeeds("sh", "-c", peep.format("chat-blue", "chat_blue"))
    other = machine.succeeds("sh", "-c", peep.format("chat-blue", "chat"))
    other |= machine.succeeds("sh", "-c", peep.format("chat", "chat_blue"))
    check("two pools, two users", users == ["chat", "chat-blue"] and own and not other)
    refused = machine.shell("chat-setup --instance worker make x.example.org; echo $?", check=False)
    check("a name that would clash is refused", refused.endswith("2"), refused.splitlines()[0])
    said = bare.apt("install --reinstall /root/newer.deb")
    both = bare.heard(blue) == ["in blue"] and bare.heard("localhost") == ["hello"]
    check("an upgrade restarts both", both and "run again" not in said)
    machine.reboot()
    machine.until(lambda: bare.healthy(blue) and bare.healthy(), "both healthy after a reboot")


def sub_path(bare: Bare) -> None:
    """Below /chat/, page included, from the example."""
    machine = bare.machine
    machine.shell(
        """
        set -e
        cp /usr/share/doc/chat/examples/sub-path.conf /etc/nginx/sites-available/
        ln -sf ../sites-available/sub-path.conf /etc/nginx/sites-enabled/chat.conf"""
    )
    bare.reload()
    machine.until(lambda: bare.healthy("localhost/chat"), "healthy below /chat/")
    page = machine.shell(f"{CURL} http://localhost/chat/")
    heard = bare.heard("localhost/chat")
    bare.report.check("below a path", "<html" in page and heard == ["hello"])


def purge(bare: Bare, before: set[str]) -> None:
    bare.purge_all()
    left = removal.traces(bare.machine) - before
    gone = "chat" not in bare.sql("SELECT datname FROM pg_database")
    bare.report.check("purge takes both chats", not left and gone, " ".join(sorted(left)))
