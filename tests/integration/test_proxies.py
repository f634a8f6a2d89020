"""A proxy in front of the chat: who asks is whoever asked the proxy, and not this host."""

import json

import pytest

from sites import Host, ask, say
from stack.children import wait_until

OPERATORS_PAGES = ["/healthz", "/metrics", "/status"]
REFUSED = (403, {"error": "Permission denied: You may not ask for this"})
CLIENT = "127.9.0.7"

# What a proxy may look like, as nginx speaks it; with what it does not tell.
PROXIES = {
    "as nginx does it by itself": "",
    "without a word, in HTTP/1.1": """
        proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
    """,
    "X-Forwarded-For": """
        proxy_http_version 1.1; proxy_set_header Connection "";
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    """,
    "X-Real-IP": "proxy_http_version 1.1; proxy_set_header X-Real-IP $remote_addr;",
    "Forwarded": 'proxy_http_version 1.1; proxy_set_header Forwarded "for=$remote_addr";',
    "Via": 'proxy_http_version 1.1; proxy_set_header Via "1.1 proxy";',
}


def proxy_to(port, words=""):
    """A site on port 443, which here speaks no TLS."""
    return f"""
    server {{
        listen 443;
        location / {{ proxy_pass http://127.0.0.1:{port}; {words} }}
    }}
    """


def answer_of(port, target, **arguments):
    status, _, text = ask(port, target=target, **arguments)
    return status, json.loads(text)


@pytest.mark.parametrize("site", ["chat.conf", "examples/sub-path.conf"])
@pytest.mark.parametrize("words", PROXIES.values(), ids=PROXIES)
def test_nobody_is_the_operator_through_a_proxy_on_this_host(stack, var, site, words):
    host = Host(var)
    host.add(site, stack.workers.socket_path)
    host.add_text(proxy_to(host.ports["80"], words))
    path = "/chat" if "sub-path" in site else ""
    proxy = host.ports["443"]
    with host.running():
        for page in OPERATORS_PAGES:
            assert ask(host.ports["80"], target=path + page)[0] == 200
            for name in ("chat.example.org", "www.example.org"):
                headers = {"Host": name}
                assert answer_of(proxy, path + page, source=CLIENT, headers=headers) == REFUSED
        assert ask(proxy, target=f"{path}/messages?timeout=0", source=CLIENT)[0] == 200


@pytest.mark.parametrize(
    "name", ["localhost", "blue.localhost", "127.0.0.1", "[::1]:80", "LOCALHOST"]
)
def test_this_host_is_the_operator(stack, name):
    assert ask(stack.nginx.port, target="/healthz", headers={"Host": name})[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "192.0.2.1"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Host": "localhost"},
        {"X-Forwarded-Proto": "https"},
        {"X-Client-IP": "192.0.2.1"},
        {"CF-Connecting-IP": "192.0.2.1"},
        {"True-Client-IP": "192.0.2.1"},
        {"Host": "chat.example.org"},
        {"Host": "localhost.example.org"},
        {"Host": "127.0.0.1.example.org"},
    ],
    ids=str,
)
def test_what_shows_a_proxy_is_not_the_operator(stack, headers):
    assert answer_of(stack.nginx.port, "/healthz", headers=headers) == REFUSED


def test_whom_the_operator_names_is_let_in(stack, var):
    host = Host(var)
    host.add("examples/behind-proxy.conf", stack.workers.socket_path)
    port = host.ports["8080"]
    (var / "operators.conf").write_text("allow 192.0.2.7;\n")
    with host.running():
        for address, status in (("192.0.2.7", 200), ("192.0.2.8", 403), ("::1", 403)):
            asked = ask(port, target="/metrics", headers={"X-Forwarded-For": address})
            assert (asked[0], address) == (status, address)


def test_the_operator_may_take_a_silent_proxy_for_this_host(stack, var):
    host = Host(var)
    host.add("chat.conf", stack.workers.socket_path)
    host.add_text(proxy_to(host.ports["80"]))
    (var / "operators.conf").write_text("set $chat_asker operator;\n")
    with host.running():
        assert ask(host.ports["443"], target="/healthz")[0] == 200


# The site that is made for it


@pytest.fixture
def behind_proxy(stack, var):
    host = Host(var)
    host.add("examples/behind-proxy.conf", stack.workers.socket_path)
    # The words that the example tells an operator to write.
    lines = host.sites.splitlines()
    words = [line.strip("# ") for line in lines if line.startswith("#     proxy_")]
    assert words[0].startswith("proxy_pass")
    host.add_text(proxy_to(host.ports["8080"], " ".join(words[1:])))
    with host.running():
        yield host


def test_behind_a_proxy_everybody_has_his_own_limit(behind_proxy, var):
    proxy = behind_proxy.ports["443"]
    statuses = [say(proxy, str(n), source="127.9.0.8")[0] for n in range(100)]
    assert 429 in statuses
    assert [say(proxy, str(n), source="127.9.0.9")[0] for n in range(30)] == [200] * 30


def test_behind_a_proxy_the_operator_asks_the_chat_itself(behind_proxy):
    for page in OPERATORS_PAGES:
        assert ask(behind_proxy.ports["8080"], target=page)[0] == 200
        for headers in ({}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": "::1"}):
            asked = answer_of(behind_proxy.ports["443"], page, source=CLIENT, headers=headers)
            assert asked == REFUSED


def test_behind_a_proxy_the_log_has_the_address_of_who_asked(behind_proxy, var):
    ask(behind_proxy.ports["443"], source=CLIENT, headers={"X-Forwarded-For": "192.0.2.1"})
    log = var / "chat.access.log"
    assert wait_until(log.read_text, seconds=10)
    assert [json.loads(line)["address"] for line in log.read_text().splitlines()] == [CLIENT]


def test_who_is_not_the_proxy_is_not_believed(behind_proxy):
    """He could have any address, and with it a limit of his own for each request."""
    port = behind_proxy.ports["8080"]
    statuses = [
        say(port, str(n), source="127.9.0.10", headers={"X-Forwarded-For": f"192.0.2.{n}"})[0]
        for n in range(100)
    ]
    assert 429 in statuses
