"""The chat on a host that serves other things too: other sites, another chat, certbot's."""

import json
import subprocess

import pytest

from conftest import REPOSITORY
from sites import Host, ask, say

# What matters of the default sites that Debian and Ubuntu install.
DEFAULT_SITE = """
server {
    listen 80 default_server;
    listen [::]:80 default_server;
    server_name _;
    return 200 "Welcome to nginx";
}
"""
# Somebody who tunes his own site.
TUNED_SITE = """
server {
    listen 80 default_server backlog=1024 reuseport so_keepalive=on;
    listen [::]:80 default_server backlog=1024 reuseport ipv6only=on;
    server_name tuned.example.org;
    return 200 "tuned";
}
"""


@pytest.mark.parametrize(
    "first, second",
    [
        ("chat.conf", "chat.conf"),
        ("examples/tls.conf", "examples/tls.conf"),
        ("examples/sub-path.conf", "chat.conf"),
        ("examples/behind-proxy.conf", "examples/behind-proxy.conf"),
    ],
)
@pytest.mark.parametrize("neighbour", [DEFAULT_SITE, TUNED_SITE])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_site_stands_beside_others_on_the_same_port(var, first, second, neighbour, is_first):
    host = Host(var)
    if not is_first:
        host.add_text(neighbour)
    host.add(first, edit=named("red.example.org"))
    host.add_instance("blue", "blue.example.org", "/run/blue.sock", second)
    if is_first:
        host.add_text(neighbour)
    tested = host.tested()
    assert tested.returncode == 0, tested.stderr
    assert "conflicting server name" not in tested.stderr


# What a shell's echo cuts short, and what fits a pattern in one of its lines alone.
@pytest.mark.parametrize(
    "name", ["", "a" * 21, "9lives", "two words", "blue\\c;x", "blue\nreturn 444;"]
)
def test_a_name_that_would_say_more_than_a_name_is_refused(var, name):
    files = {"DIRECTORY": str(var / "chat-blue"), "PATH": "/usr/bin:/bin"}
    for command, sentence in (
        (["nginx/instance", name, "blue.example.org"], "cannot be the name of a chat"),
        (["nginx/instance", "blue", f"blue.org\\c;{name}"], "cannot be the name of a server"),
        (["scripts/chat-setup", "--instance", name, "restart"], "cannot be the name of a chat"),
    ):
        refused = subprocess.run(
            command, cwd=REPOSITORY, env=files, capture_output=True, text=True, check=False
        )
        assert refused.returncode == 2 and sentence in refused.stderr, command
    assert not (var / "chat-blue").exists()


@pytest.fixture
def other(make_stack):
    return make_stack(workers=1)


def test_two_chats_on_one_host_have_nothing_in_common(stack, other, var):
    host = Host(var)
    host.add_text(DEFAULT_SITE)
    host.add("chat.conf", stack.workers.socket_path, edit=named("red.example.org localhost"))
    host.add_instance("blue", "blue.example.org", other.workers.socket_path)
    red, blue = ({"Host": f"{name}.example.org"} for name in ("red", "blue"))
    port = host.ports["80"]
    room = "two-chats"
    page = f"/messages?room={room}&timeout=0"
    with host.running():
        for headers, text in ((red, "in red"), (blue, "in blue")):
            body = json.dumps({"body": text, "room": room})
            kind = {"Content-Type": "application/json"}
            assert ask(port, "POST", "/messages", body=body, headers=headers | kind)[0] == 200
        for headers, text in ((red, "in red"), (blue, "in blue")):
            status, _, answer = ask(port, target=page, headers=headers)
            assert (status, [found["body"] for found in json.loads(answer)]) == (200, [text])
            assert ask(port, target="/", headers=headers)[0] == 200
        for name in ("localhost", "blue.localhost"):
            assert ask(port, target="/healthz", headers={"Host": name})[0] == 200
        assert ask(port)[2] == "Welcome to nginx"
        # A sender who is at the limit of one may write in the other.
        statuses = [say(port, str(n), headers=red)[0] for n in range(100)]
        assert 429 in statuses and say(port, "hello", headers=blue)[0] == 200
    logged = [json.loads(line) for line in (var / "chat-blue.access.log").read_text().splitlines()]
    assert [line["uri"] for line in logged].count("/messages") == 2
    assert len((var / "chat.access.log").read_text().splitlines()) >= 100


def named(names):
    return lambda site: site.replace("server_name _;", f"server_name {names};")
