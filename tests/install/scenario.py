"""What happens to a server: it is installed on, attacked, upgraded, and everything in it fails."""

import json
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import faults
import inspection
import intruder
import manual
import removal
import setup
import upgrade
from machine import Machine
from report import Report

CURL = "curl --silent --show-error --fail --max-time 60"


class Scenario:
    def __init__(self, machine: Machine, report: Report, packages: dict[str, Path]):
        self.machine = machine
        self.report = report
        self.access_before = ""
        self.files_before: set[str] = set()
        for name, file in packages.items():
            shutil.copy(file, machine.root / f"root/{name}.deb")
        shutil.copy(Path(__file__).with_name("load.py"), machine.root / "root/load.py")

    # Installing

    def install(self) -> None:
        machine, check = self.machine, self.report.check
        self.access_before = self.access_rules()
        self.files_before = removal.traces(machine)
        self.apt("install /root/older.deb")
        expected = max(2, int(machine.run("nproc")))
        workers = machine.workers()
        check("install with apt", len(workers) == expected, f"{len(workers)} workers run")
        self.enable_site()
        machine.until(self.healthy, "healthy")
        stored = self.say("hello")
        heard = json.loads(machine.shell(f"{CURL} http://localhost/messages"))
        check("chat through nginx", heard == [stored], machine.run("nginx", "-v"))
        page = machine.shell(f"{CURL} --dump-header - http://localhost/")
        check("the page is there", "<html" in page and "Content-Security-Policy" in page)
        inspection.examples(machine, self.report)
        setup.run_again(self)
        inspection.units(machine, self.report)

    def enable_site(self) -> None:
        """As the manual says, with room for the connections of the test."""
        self.machine.shell(
            """
            set -e
            sed -i 's/worker_connections .*;/worker_connections 8192;/' /etc/nginx/nginx.conf
            sed -i '1i worker_rlimit_nofile 16384;' /etc/nginx/nginx.conf
            ln -s ../sites-available/chat.conf /etc/nginx/sites-enabled/
            rm /etc/nginx/sites-enabled/default
            """
        )
        tested = self.machine.run("nginx", "-t", check=False)
        good = "test is successful" in tested and "[warn]" not in tested
        self.report.check("nginx -t", good, tested.splitlines()[-1])
        before = faults.nginx_workers(self.machine)
        self.machine.run("systemctl", "reload", "nginx")
        # A reload is only asked for, and those of before answer as before until they end.
        self.machine.until(
            lambda: not before & faults.nginx_workers(self.machine), "nginx has reloaded"
        )

    def intrude(self) -> None:
        intruder.intrude(self.machine, self.report)

    def follow_the_manual(self) -> None:
        manual.back_up_and_restore(self)
        manual.restore_every_version(self)
        manual.retain(self)

    def purge(self) -> None:
        removal.purge(self)

    # Things that happen while people talk

    def events(self) -> None:
        machine = self.machine
        self.under_load(
            "restart of the pool", lambda: machine.run("systemctl", "restart", "chat.target")
        )
        self.under_load("restart one by one", lambda: machine.run("chat-setup", "restart"))
        self.under_load("kill -9 of each worker", lambda: faults.kill_each(machine))
        self.under_load("a crash loop of one", lambda: faults.crash_loop(machine))
        self.under_load("a hung worker", lambda: faults.hang(machine))
        self.under_load("nginx reload, three times", lambda: faults.reload_nginx(machine))
        self.under_load("workers taken out", lambda: faults.take_out(machine))
        self.restart_postgresql()
        upgrade.fail(self)
        upgrade.upgrade(self)
        upgrade.go_back(self)
        upgrade.without_settings(self)

    def restart_postgresql(self) -> None:
        ready_at = []

        def restart() -> None:
            said = self.machine.shell(
                """
                systemctl restart postgresql
                until pg_isready --quiet; do sleep 0.02; done
                date +%s.%N"""
            )
            ready_at.append(float(said))

        with self.load("postgresql") as result:
            restart()
        away, back = max(result["gaps"], key=lambda gap: gap[1] - gap[0])
        late = max(0.0, back - ready_at[0])
        remark = f"nothing stored for {back - away:.1f} s, until {late:.2f} s after it was ready"
        self.report.load("PostgreSQL restart", result, True, remark)
        self.report.check("back within 2 s of PostgreSQL", late <= 2.0)

    def reboot(self) -> None:
        before = self.messages()
        self.machine.reboot()
        began = time.monotonic()
        self.machine.until(
            lambda: self.machine.succeeds("curl", "-sf", "http://localhost/healthz"),
            "healthy again",
        )
        took = time.monotonic() - began
        same = self.messages() == before and before
        self.say("after the reboot")
        self.report.check(
            "reboot", bool(same), f"answers {took:.1f} s after the boot; {len(before)} messages"
        )

    # Doing it

    def under_load(self, event: str, action) -> None:
        with self.load(event.replace(" ", "-").replace(",", "")) as result:
            action()
        self.report.load(event, result)

    @contextmanager
    def load(self, room: str):
        """Begins when requests flow, ends some time after what is done, fills the result in."""
        result = {}
        loader = subprocess.Popen(
            self.machine.command("python3", "/root/load.py", room),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

        def flow(requests: int) -> None:
            seen = 0
            while seen < requests:
                loader.stdin.write("mark\n")
                loader.stdin.flush()
                seen += json.loads(loader.stdout.readline())["posts"]
                time.sleep(0.05)

        try:
            flow(20)
            yield result
            flow(40)
            output, _ = loader.communicate("quit\n", timeout=180)
            result.update(json.loads(output.splitlines()[-1]))
        finally:
            loader.kill()

    def say(self, text: str) -> dict:
        body = json.dumps({"body": text})
        return json.loads(
            self.machine.run(
                *CURL.split(),
                "-H",
                "Content-Type: application/json",
                "-d",
                body,
                "http://localhost/messages",
            )
        )

    def apt(self, what: str) -> None:
        self.machine.shell(f"DEBIAN_FRONTEND=noninteractive apt-get --yes -qq {what}")

    def healthy(self) -> bool:
        return self.machine.succeeds(*CURL.split(), "http://localhost/healthz")

    def messages(self) -> list:
        return self.sql("SELECT id FROM chat.messages ORDER BY id").split()

    def schema_version(self) -> int:
        return int(self.sql("SELECT max(version) FROM chat.schema_migrations"))

    def sql(self, statement: str) -> str:
        return self.machine.run("psql", "-XAtqc", statement, "chat", user="postgres")

    def access_rules(self) -> str:
        return self.machine.shell(
            "cat /etc/postgresql/*/main/pg_hba.conf /etc/postgresql/*/main/pg_ident.conf"
        )
