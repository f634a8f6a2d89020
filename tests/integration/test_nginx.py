"""nginx/: the site as it is installed and its examples, each with the real workers behind it."""

import http.client
import json
import os
import re
import socket
import subprocess
import threading
from base64 import b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from client import Client
from conftest import REPOSITORY
from stack.children import Child, wait_until
from stack.nginx import free_port

SITES = ["chat.conf", "examples/tls.conf", "examples/auth-basic.conf", "examples/auth-request.conf"]
OPENSSL = [
    "openssl",
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=x",
]


def ask(
    port, method="GET", target="/messages?timeout=0", source="127.0.0.1", body=None, headers={}
):
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, source_address=(source, 0), timeout=60
    )
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


def say(port, text, **arguments):
    headers = {"Content-Type": "application/json"} | arguments.pop("headers", {})
    return ask(
        port, "POST", "/messages", body=json.dumps({"body": text}), headers=headers, **arguments
    )


# The site that is installed, and its examples, in a nginx of the test's own.


def configure(var, name, worker_socket="/run/chat/chat.sock", edit=lambda site: site):
    """Writes a configuration that includes the site, with the places of a test; returns the port
    of its first server and that of its last."""
    ports = {"80": free_port(), "443": free_port()}

    def moved(text):
        for here, there in (("/usr/share/chat/nginx", var), ("/usr/share/chat", REPOSITORY)):
            text = text.replace(here, str(there))
        text = re.sub(r"/etc/(ssl/certs|ssl/private|nginx)/chat", f"{var}/chat", text)
        text = text.replace("/var/log/nginx", str(var))
        return text.replace("/run/chat/chat.sock", str(worker_socket))

    for snippet in ("chat-http.conf", "chat-locations.conf", "chat-operator.conf"):
        (var / snippet).write_text(moved((REPOSITORY / "nginx" / snippet).read_text()))
    site = edit(moved((REPOSITORY / "nginx" / name).read_text()))
    site = re.sub(r"listen \[::\]:.*\n", "", site)
    site = re.sub(r"listen (80|443)\b", lambda found: f"listen 127.0.0.1:{ports[found[1]]}", site)
    (var / "site.conf").write_text(site)
    temporary = " ".join(
        f"{kind}_temp_path {var}/{kind};"
        for kind in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")
    )
    (var / "nginx.conf").write_text(
        f"daemon off; pid {var}/pid; user root; events {{ }} http {{ {temporary} access_log off;"
        f" include {var}/site.conf; }}"
    )
    if "ssl_certificate" in site:
        subprocess.run(
            OPENSSL
            + ["-keyout", var / "chat.example.org.key", "-out", var / "chat.example.org.pem"],
            check=True,
            capture_output=True,
        )
    return ports["80"], ports["443"]


def nginx(var):
    return ["/usr/sbin/nginx", "-e", "stderr", "-p", f"{var}/", "-c", f"{var}/nginx.conf"]


@contextmanager
def running(var, port):
    child = Child("nginx", nginx(var), var / "nginx.log", directory=var, env=dict(os.environ))
    try:
        wait_until(lambda: listens(port) or not child.running(), seconds=20)
        assert child.running(), child.last_words()
        yield
    finally:
        child.stop()


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("name", SITES)
def test_nginx_takes_the_sites_as_they_are_installed(var, name):
    configure(var, name)
    tested = subprocess.run([*nginx(var), "-t"], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    # Of the form that all of 1.22 to 1.26 take, the newer ones warn.
    warnings = [line for line in tested.stderr.splitlines() if "[warn]" in line]
    allowed = ('the "user" directive', 'the "listen ... http2" directive is deprecated')
    assert not [line for line in warnings if not any(words in line for words in allowed)]


def test_tls_and_http_2_are_spoken(stack, var):
    plain, tls = configure(var, "examples/tls.conf", stack.workers.socket_path)
    with running(var, tls):
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


def without_tls(site):
    """The examples' own server, without the certificates, which http.client would not trust."""
    site = re.sub(
        r"    ssl_.*\n", "", site[: site.index("server {")] + site[site.rindex("server {") :]
    )
    return site.replace("ssl http2 ", "")


def basic(user, password="secret"):
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


def test_who_logs_in_with_a_password_is_the_author(stack, var):
    _, port = configure(
        var, "examples/auth-basic.conf", stack.workers.socket_path, edit=without_tls
    )
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", "secret"], capture_output=True, text=True, check=True
    )
    (var / "chat.users").write_text(f"alice:{hashed.stdout}")
    with running(var, port):
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
        _, port = configure(
            var,
            "examples/auth-request.conf",
            stack.workers.socket_path,
            edit=lambda site: without_tls(site).replace("9091", str(service.server_port)),
        )
        with running(var, port):
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
    port, _ = configure(var, "chat.conf", stack.workers.socket_path, edit=behind_a_proxy)
    with running(var, port):
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
