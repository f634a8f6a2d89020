"""Sites as strangers' hosts, browsers and programs meet them."""

import json
import os
import re
import socket
import subprocess

import pytest
from client import until
from conftest import REPOSITORY
from sites import Host, ask, basic, say, without_tls

PAGE_PARTS = re.compile(r'(?:href|src)="([^"#:]+)"')


@pytest.fixture
def host(var):
    return Host(var)


@pytest.mark.parametrize("site", ["chat.conf", "examples/tls.conf"])
def test_certbot_gets_its_challenge_answered(stack, host, site):
    challenge = host.var / "html/.well-known/acme-challenge"
    challenge.mkdir(parents=True)
    (challenge / "token").write_text("answer")
    host.add(site, stack.workers.socket_path)
    with host.running():
        port = host.ports["80"]
        assert ask(port, target="/.well-known/acme-challenge/token")[::2] == (200, "answer")
        assert ask(port, target="/.well-known/acme-challenge/none")[0] == 404
        assert ask(port, target="/.well-known/other")[0] in (301, 404)


def test_the_operator_asks_without_tls_too(stack, host):
    host.add("examples/tls.conf", stack.workers.socket_path)
    with host.running():
        for page in ("/healthz", "/metrics", "/status"):
            assert ask(host.ports["80"], target=page, headers={"Host": "localhost"})[0] == 200


def test_a_cookie_of_16_kb_passes(stack, host):
    host.add("chat.conf", stack.workers.socket_path)
    cookie = {"Cookie": "session=" + "x" * 16 * 1024}
    with host.running():
        for target in ("/", "/messages?timeout=0"):
            assert ask(host.ports["80"], target=target, headers=cookie)[0] == 200


def test_a_user_of_128_bytes_is_the_author(stack, host):
    host.add("examples/auth-basic.conf", stack.workers.socket_path, edit=without_tls)
    name = "é" * 64
    (host.var / "chat.users").write_text(f"{name}:{{PLAIN}}secret\n")
    with host.running():
        status, _, text = say(host.ports["443"], "hello", headers=basic(name))
        assert status == 200 and json.loads(text)["author"] == name


def test_the_access_log_is_json_whatever_a_client_sends(stack, host):
    host.add("chat.conf", stack.workers.socket_path)
    log = host.var / "chat.access.log"
    # Every byte that nginx lets into an address or a header, and UTF-8 that breaks off.
    texts = [bytes([byte]) for byte in range(0x21, 0x100)] + [
        b"\xc3",
        b"\xe2\x82",
        b"\xff\xfe",
        b'"\\',
    ]
    with host.running():
        for text in texts:
            for request in (b"/messages?timeout=0&x=" + text, b"/messages?timeout=0"):
                with socket.create_connection(
                    ("127.0.0.1", host.ports["80"]), timeout=60
                ) as client:
                    agent = b"agent" if text in request else text
                    client.sendall(
                        b"GET " + request + b" HTTP/1.0\r\nUser-Agent: " + agent + b"\r\n\r\n"
                    )
                    while client.recv(65536):
                        pass
        lines = 2 * len(texts)
        until(lambda: log.read_bytes().count(b"\n") >= lines, "all is logged")
    entries = [json.loads(line) for line in log.read_bytes().decode().splitlines()]
    assert len(entries) == lines
    assert all(entry["status"] >= 200 for entry in entries)


def test_the_page_works_below_a_path(stack, host):
    """Some of the page's own tests, in a browser: tabs share, its service worker notifies."""
    browser = subprocess.run([REPOSITORY / "scripts/browser"], capture_output=True, text=True)
    if browser.returncode != 0:
        pytest.skip(f"There is no Chromium. {browser.stderr.strip()}")
    subprocess.run([REPOSITORY / "scripts/page-tools"], check=True, capture_output=True)
    host.add("examples/sub-path.conf", stack.workers.socket_path)
    address = f"http://127.0.0.1:{host.ports['80']}/chat/"
    tests = ["--test-name-pattern=three tabs|notifications", "tests/browser/tabs.browser.test.js"]
    with host.running():
        done = subprocess.run(
            ["node", "--test", "--test-reporter=tap", *tests],
            cwd=REPOSITORY,
            env=os.environ | {"CHAT_URL": address, "CHROMIUM": browser.stdout.strip()},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0 and "# pass 2" in done.stdout, done.stdout + done.stderr


def test_the_chat_lives_below_a_path(stack, host):
    """The page with all that it names, its API, and links that lead on below the path."""
    (host.var / "html/index.html").write_text("the host's own page")
    host.add("examples/sub-path.conf", stack.workers.socket_path)
    port = host.ports["80"]
    with host.running():
        assert ask(port, target="/")[2] == "the host's own page"
        status, headers, _ = ask(port, target="/chat")
        assert (status, headers["Location"]) == (301, "/chat/")
        status, _, page = ask(port, target="/chat/")
        assert status == 200
        parts = PAGE_PARTS.findall(page)
        assert len(parts) > 10 and not [part for part in parts if part.startswith("/")]
        for part in parts + ["sw.js"]:
            assert ask(port, target=f"/chat/{part}")[0] == 200, part
        room = "below-a-path"
        for body in ("one", "two"):
            kind = {"Content-Type": "application/json"}
            text = json.dumps({"room": room, "body": body})
            assert ask(port, "POST", "/chat/messages", body=text, headers=kind)[0] == 200
        _, headers, _ = ask(port, target=f"/chat/messages?room={room}&timeout=0&limit=1")
        link = headers["Link"]
        assert not link.startswith("</")
        following = "/chat/" + link[1 : link.index(">")]
        assert [m["body"] for m in json.loads(ask(port, target=following)[2])] == ["two"]
        assert ask(port, target="/messages")[0] == 404
