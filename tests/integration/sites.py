"""Sites of nginx/ as they are installed, in a nginx of the test's own."""

import http.client
import json
import os
import re
import socket
import subprocess
from base64 import b64encode
from contextlib import contextmanager

from conftest import REPOSITORY
from stack.children import Child, wait_until
from stack.nginx import free_port

OPENSSL = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=x".split()


def ask(
    port, method="GET", target="/messages?timeout=0", source="127.0.0.1", body=None, headers={}
):
    connection = http.client.HTTPConnection(
        "127.0.0.1", port, source_address=(source, 0), timeout=60
    )
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode(errors="replace")
    finally:
        connection.close()


def say(port, text, target="/messages", **arguments):
    headers = {"Content-Type": "application/json"} | arguments.pop("headers", {})
    return ask(port, "POST", target, body=json.dumps({"body": text}), headers=headers, **arguments)


def temporary_files(directory):
    """The settings without which nginx wants the host's own directories, which only root may."""
    kinds = ("client_body", "fastcgi", "proxy", "scgi", "uwsgi")
    return " ".join(f"{kind}_temp_path {directory}/{kind};" for kind in kinds)


class Host:
    """A place for the files of sites that one nginx serves. Every port of a site has another one
    here, the same for all of its sites."""

    def __init__(self, var):
        self.var = var
        self.ports = {port: free_port() for port in ("80", "443", "8080")}
        self.sites = ""
        (var / "html").mkdir(exist_ok=True)

    def add(self, name, worker_socket="/run/chat/chat.sock", edit=lambda site: site):
        """A site of nginx/ as the package installs it."""
        for snippet in (REPOSITORY / "nginx").glob("chat-*.conf"):
            (self.var / snippet.name).write_text(self.moved(snippet.read_text(), worker_socket))
        site = self.moved((REPOSITORY / "nginx" / name).read_text(), worker_socket)
        self.add_text(edit(site))

    def add_instance(self, name, server_name, worker_socket, example="chat.conf"):
        """Another chat, made by the script that makes it for an operator."""
        directory = self.var / f"chat-{name}"
        made = subprocess.run(
            [REPOSITORY / "nginx/instance", name, server_name, REPOSITORY / "nginx" / example],
            env={"PATH": "/usr/bin:/bin", "DIRECTORY": str(directory)},
            capture_output=True,
            check=True,
            text=True,
        )
        for snippet in directory.glob("chat-*.conf"):
            text = self.moved(snippet.read_text(), worker_socket, f"/run/chat-{name}/chat.sock")
            snippet.write_text(text)
        self.add_text(self.moved(made.stdout, worker_socket))

    def add_text(self, site):
        def here(found):
            address = "[::1]" if found[1] in ("[::]:", "[::1]:") else "127.0.0.1"
            return f"listen {address}:{self.ports[found[2]]}"

        self.sites += re.sub(r"listen (\[::1?\]:|127\.0\.0\.1:)?(80|443|8080)\b", here, site)

    def moved(self, text, worker_socket, as_installed="/run/chat/chat.sock"):
        for there, here in (
            ("/usr/share/chat/nginx", self.var),
            ("/usr/share/chat", REPOSITORY),
            ("/var/log/nginx", self.var),
            ("/var/www/html", self.var / "html"),
            ("/etc/nginx/chat/", f"{self.var}/"),
            (as_installed, worker_socket),
        ):
            text = text.replace(there, str(here))
        text = re.sub(r"/etc/ssl/(certs|private)/[\w.]*\.(pem|key)", rf"{self.var}/tls.\2", text)
        return text.replace("/etc/nginx/chat", f"{self.var}/chat")

    def write(self):
        """nginx.conf, and the certificate of the examples."""
        (self.var / "sites.conf").write_text(self.sites)
        (self.var / "nginx.conf").write_text(
            f"daemon off; pid {self.var}/pid; user root; events {{ }} http {{"
            f" {temporary_files(self.var)} access_log off; include {self.var}/sites.conf; }}"
        )
        if "ssl_certificate" in self.sites:
            files = ["-keyout", self.var / "tls.key", "-out", self.var / "tls.pem"]
            subprocess.run([*OPENSSL, *files], check=True, capture_output=True)

    def tested(self):
        """What `nginx -t` says of them."""
        self.write()
        return subprocess.run([*self.command(), "-t"], capture_output=True, text=True)

    def command(self):
        var = self.var
        return ["/usr/sbin/nginx", "-e", "stderr", "-p", f"{var}/", "-c", f"{var}/nginx.conf"]

    @contextmanager
    def running(self):
        self.write()
        wanted = [port for port in self.ports.values() if f"127.0.0.1:{port}" in self.sites]
        child = Child(
            "nginx",
            self.command(),
            self.var / "nginx.log",
            directory=self.var,
            env=dict(os.environ),
        )
        try:
            wait_until(lambda: listens(wanted) or not child.running(), seconds=20)
            assert child.running(), child.last_words()
            yield self
        finally:
            child.stop()


def listens(ports):
    for port in ports:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return False
    return True


def without_tls(site):
    """The examples' own server, without the certificates, which http.client would not trust."""
    site = re.sub(
        r"    ssl_.*\n", "", site[: site.index("server {")] + site[site.rindex("server {") :]
    )
    return site.replace(" ssl http2", "")


def basic(user, password="secret"):
    return {"Authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}
