"""The doctor on the site and the examples as they are shipped, and on what stands around them."""

import re
import subprocess
from pathlib import Path

import pytest
from conftest import REPOSITORY, running_stack, temporary_var
from sites import temporary_files
from stack.nginx import free_port
from test_check import NGINX, check, problems

SOURCE = REPOSITORY / "nginx"
SITES = ["chat.conf", *(f"examples/{path.name}" for path in (SOURCE / "examples").glob("*.conf"))]

WRAPPER = """
pid "{pid}";
worker_rlimit_nofile 40000;
events {{ worker_connections 20000; }}
http {{
    access_log off;
    {temporary_files}
    include site.conf;
{beside}
}}
"""


@pytest.fixture(scope="module")
def stack():
    with running_stack(workers=1) as running:
        yield running


@pytest.fixture(scope="module")
def certificate():
    with temporary_var() as var:
        make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x".split()
        key, made = var / "key.pem", var / "cert.pem"
        subprocess.run([*make, "-keyout", key, "-out", made], check=True, stderr=subprocess.DEVNULL)
        yield made, key


class Site:
    """A shipped site with the places of its files, and nothing else, changed."""

    def __init__(self, home: Path, stack, certificate):
        self.home = home
        self.stack = stack
        made, key = certificate
        self.places = {
            "/usr/share/chat/nginx/": f"{home}/",
            "/etc/nginx/chat": f"{home}/chat",
            "/run/chat/chat.sock": str(stack.workers.socket_path),
            "/var/log/nginx/": f"{home}/",
            "/etc/ssl/certs/chat.example.org.pem": str(made),
            "/etc/ssl/private/chat.example.org.key": str(key),
        }

    def dump(self, name: str, edit=lambda text: text, beside: str = "") -> str:
        """What nginx says of it when it lies beside another site."""
        for path in SOURCE.glob("chat-*.conf"):
            (self.home / path.name).write_text(edit(self._placed(path.read_text())))
        site = self._placed((SOURCE / name).read_text())
        site = re.sub(r"listen \[::\]:.*", "", site)
        site = re.sub(r"listen (80|443)\b", lambda _: f"listen {free_port()}", site)
        (self.home / "site.conf").write_text(edit(site))
        pid = self.stack.workspace.nginx / "nginx.pid"
        main = self.home / "nginx.conf"
        main.write_text(
            WRAPPER.format(pid=pid, beside=beside, temporary_files=temporary_files(self.home))
        )
        command = [NGINX, "-T", "-e", "stderr", "-p", f"{self.home}/", "-c", str(main)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def check(self, name: str, **arguments) -> tuple[int, str]:
        database = self.stack.postgres.worker_conninfo()
        return check(
            database, "--nginx-config=-", "--max-polls=5000", stdin=self.dump(name, **arguments)
        )

    def _placed(self, text: str) -> str:
        for old, new in self.places.items():
            text = text.replace(old, new)
        return text


@pytest.fixture
def site(var, stack, certificate):
    return Site(var, stack, certificate)


@pytest.mark.parametrize("name", SITES)
def test_nothing_is_wrong_with_what_is_shipped(site, name):
    status, said = site.check(name)
    assert status == 0
    assert {line.split()[0] for line in said.splitlines()} == {"good"}, said


def test_the_pages_and_limits_of_other_sites_are_not_the_chats(site):
    beside = """
    server {
        listen 127.0.0.1:8099;
        location = /metrics { fastcgi_pass unix:/run/php.sock; }
        location / { limit_conn chat_connections 1; return 204; }
    }"""
    status, said = site.check("chat.conf", beside=beside)
    assert (status, problems(said)) == (0, []), said


def in_sub_path(text: str) -> str:
    """The site's own locations below a path, as somebody writes them by hand."""
    return text.replace("location = /", "location = /talk/")


def test_a_chat_below_a_path_is_found_with_what_is_wrong(site):
    def edit(text):
        return in_sub_path(text).replace("fastcgi_read_timeout 65s", "fastcgi_read_timeout 5s")

    status, said = site.check("chat.conf", edit=edit)
    [problem] = problems(said)
    assert status == 1 and "after 5s" in problem


def test_a_proxy_of_the_same_nginx_without_real_ip_is_named(site):
    def edit(text):
        return re.sub(r"listen \d+.*;", "listen 127.0.0.1:8099;", text)

    def behind(text):
        return edit(text).replace("server {", "server { set_real_ip_from 127.0.0.1;", 1)

    beside = "server { listen 8098; location / { proxy_pass http://127.0.0.1:8099; } }"
    status, said = site.check("chat.conf", edit=edit, beside=beside)
    assert status == 1
    assert any("stands behind a proxy of the same nginx" in line for line in problems(said)), said
    status, said = site.check("chat.conf", edit=behind, beside=beside)
    assert (status, problems(said)) == (0, []), said
