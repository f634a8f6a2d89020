"""nginx/: the site as it is installed and its examples, each with the real workers behind it."""

import json
import re
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from client import Client
from sites import Host, ask, basic, say, without_tls
from stack.children import wait_until

EXAMPLES = ["tls", "auth-basic", "auth-request", "behind-proxy", "sub-path"]
SITES = ["chat.conf", *(f"examples/{name}.conf" for name in EXAMPLES)]


@pytest.mark.parametrize("name", SITES)
def test_nginx_takes_the_sites_as_they_are_installed(var, name):
    host = Host(var)
    host.add(name)
    tested = host.tested()
    assert tested.returncode == 0, tested.stderr
    # Of the form that all of 1.22 to 1.26 take, the newer ones warn.
    warnings = [line for line in tested.stderr.splitlines() if "[warn]" in line]
    allowed = ('the "user" directive', 'the "listen ... http2" directive is deprecated')
    assert not [line for line in warnings if not any(words in line for words in allowed)]


def test_tls_and_http_2_are_spoken(stack, var):
    host = Host(var)
    host.add("examples/tls.conf", stack.workers.socket_path)
    plain, tls = host.ports["80"], host.ports["443"]
    with host.running():
        url = f"https://127.0.0.1:{tls}/messages?timeout=0"
        told = subprocess.run(
            ["curl", "-sk", "--http2", "-D", "-", "-o", "/dev/null", url],
            capture_output=True,
            text=True,
        )
        assert told.stdout.startswith("HTTP/2 200")
        assert "strict-transport-security: max-age=31536000" in told.stdout
        assert "x-content-type-options: nosniff" in told.stdout
        status, headers, _ = ask(plain, target="/messages?after=x")
        assert (status, headers["Location"]) == (301, "https://127.0.0.1/messages?after=x")


# Who wrote it


def test_who_logs_in_with_a_password_is_the_author(stack, var):
    host = Host(var)
    host.add("examples/auth-basic.conf", stack.workers.socket_path, edit=without_tls)
    port = host.ports["443"]
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", "secret"], capture_output=True, text=True, check=True
    )
    (var / "chat.users").write_text(f"alice:{hashed.stdout}")
    with host.running():
        status, _, text = say(port, "hello", headers=basic("alice"))
        assert status == 200 and json.loads(text)["author"] == "alice"
        for headers in ({}, basic("alice", "wrong"), basic("mallory")):
            status, answer, text = say(port, "hello", headers=headers)
            assert (status, json.loads(text)) == (401, {"error": "Unauthenticated: Log in first"})
            assert answer["WWW-Authenticate"] == 'Basic realm="Chat"'
        assert ask(port, target="/")[0] == 401
        assert ask(port, target="/healthz")[0] == 200


class Login(BaseHTTPRequestHandler):
    """Knows one cookie."""

    def do_GET(self):
        known = self.headers["Cookie"] == "session=alice"
        self.server.seen.append((self.headers["X-Original-Method"], self.headers["X-Original-URI"]))
        self.send_response(200 if known else 401)
        if known:
            self.send_header("X-User", "alice")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *words):
        pass


def test_who_a_login_service_knows_is_the_author(stack, var):
    service = ThreadingHTTPServer(("127.0.0.1", 0), Login)
    service.seen = []
    threading.Thread(target=service.serve_forever, daemon=True).start()
    try:
        host = Host(var)
        host.add(
            "examples/auth-request.conf",
            stack.workers.socket_path,
            edit=lambda site: without_tls(site).replace("9091", str(service.server_port)),
        )
        port = host.ports["443"]
        with host.running():
            status, _, text = say(port, "hello", headers={"Cookie": "session=alice"})
            assert status == 200 and json.loads(text)["author"] == "alice"
            assert service.seen == [("POST", "/messages")]
            status, _, text = say(port, "hello", headers={"X-User": "alice"})
            assert (status, json.loads(text)) == (401, {"error": "Unauthenticated: Log in first"})
            assert ask(port, target="/login/verify")[0] == 404
            assert ask(port, target="/healthz")[0] == 200
    finally:
        service.shutdown()
        service.server_close()


def test_a_name_that_nobody_checked_is_not_the_author(stack):
    status, _, text = say(stack.nginx.port, "hello", headers=basic("alice"))
    assert (status, json.loads(text)["author"]) == (200, None)


# How much


def test_one_address_may_write_so_much_and_is_told_to_come_again(stack):
    answers = [say(stack.nginx.port, str(n), source="127.9.0.2") for n in range(150)]
    statuses = [status for status, _, _ in answers]
    assert set(statuses) == {200, 429} and statuses[:50] == [200] * 50
    _, headers, text = answers[statuses.index(429)]
    assert headers["Retry-After"] == "1"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(text)["error"].startswith("Resource exhausted: ")
    # Another is not held to it, and reading is not writing.
    assert say(stack.nginx.port, "hello", source="127.9.0.3")[0] == 200
    assert ask(stack.nginx.port, source="127.9.0.2")[0] == 200


@pytest.mark.parametrize(
    "addresses, together",
    [
        # Who has one address of a network of 64 bits has all of them.
        (["2001:db8:1:2::1", "2001:db8:1:2:a0a:a0a:a0a:a0a"], True),
        (["2001:db8:1:a0a::1", "2001:db8:1:a0b::1"], False),
        (["2001:db8::1", "2001:db8:0:1::1"], False),
        (["192.0.2.1", "192.0.2.2"], False),
        # As a socket sees them that takes both kinds.
        (["::ffff:192.0.2.3", "::ffff:192.0.2.4"], False),
    ],
)
def test_who_is_limited_together(stack, var, addresses, together):
    host = Host(var)
    host.add("chat.conf", stack.workers.socket_path, edit=behind_a_proxy)
    port = host.ports["80"]
    with host.running():
        first, second = ({"X-Forwarded-For": address} for address in addresses)
        assert 429 in [say(port, "hello", headers=first)[0] for _ in range(100)]
        # Fewer than the burst of one who is alone.
        assert (429 in [say(port, "hello", headers=second)[0] for _ in range(30)]) == together


def behind_a_proxy(site):
    return site + "set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"


def test_one_address_may_hold_so_many_polls(stack):
    target = "GET /messages?room=limits&timeout=30 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    polls = []
    try:
        for _ in range(201):
            poll = socket.create_connection(
                ("127.0.0.1", stack.nginx.port), source_address=("127.9.0.4", 0)
            )
            polls.append(poll)
            poll.sendall(target)
        refused = [poll for poll in polls if answered(poll)]
        assert len(refused) == 1
        assert refused[0].recv(4096).startswith(b"HTTP/1.1 429 ")
    finally:
        for poll in polls:
            poll.close()


def answered(poll, wait_s=0.02):
    poll.settimeout(wait_s)
    try:
        return bool(poll.recv(1, socket.MSG_PEEK))
    except TimeoutError:
        return False


def test_this_host_is_not_limited_while_it_tests(stack):
    client = Client(stack, keep=True)
    assert {client.post({"body": str(n)}).status for n in range(150)} == {200}


# What is logged


def test_the_access_log_is_a_json_object_for_each_request(stack):
    name = 'a "name"\\'
    client = Client(stack)
    secret = "what nobody else may read"
    client.post({"body": secret, "room": "log"}, User_Agent=name)
    client.get("room=log&limit=1", User_Agent=name)
    log = stack.workspace.log / "nginx-access.log"

    def entries():
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        return [entry for entry in lines if entry["agent"] == name]

    wait_until(lambda: len(entries()) == 2, seconds=10)
    # Each process of nginx writes when its own buffer is a second old, so their order is nobody's.
    get, post = sorted(entries(), key=lambda entry: entry["method"])
    assert (post["method"], post["uri"], post["status"]) == ("POST", "/messages", 200)
    assert get["uri"] == "/messages?room=log&limit=1"
    assert re.fullmatch(r"[0-9a-f]{32}", get["request_id"])
    assert 0 <= float(get["upstream_time"]) and get["upstream_status"] == "200" and get["time"] >= 0
    assert secret not in log.read_text()
