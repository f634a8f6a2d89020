"""/metrics and /status of the real stack, and the names that documents and dashboard use."""

import json
import re

import psycopg2
import pytest
import yaml
from client import Background, Client, EventStream, Polls, until
from conftest import REPOSITORY, running_stack

DOCS = REPOSITORY / "docs"
NAME = r"\bchat_[a-z_]+"
SERIES = re.compile(r"^([a-z_]+)(?:\{(.*)\})? (\S+)$")


def scrape(stack) -> dict:
    """{(name, labels): value}, labels as they stand in the text."""
    answer = Client(stack).request("GET", "/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = [line for line in answer.text.decode().splitlines() if not line.startswith("#")]
    found = [SERIES.match(line) for line in lines]
    assert all(found), lines
    return {(m[1], m[2] or ""): float(m[3]) for m in found}


def value(stack, name: str, labels: str = "") -> float:
    return scrape(stack).get((name, labels), 0)


def families(stack) -> dict:
    """{name: type} as /metrics declares them."""
    text = Client(stack).request("GET", "/metrics").text.decode()
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))


@pytest.fixture(scope="module")
def own_stack():
    with running_stack(workers=2) as running:
        wait_until_healthy(running)
        yield running


def wait_until_healthy(stack):
    """A worker serves before it has looked for itself."""
    until(lambda: value(stack, "chat_workers_healthy") == 2, "both workers have looked")


def test_any_worker_answers_for_all(own_stack):
    polls = Polls.parked(own_stack, "metrics", 30)
    until(lambda: value(own_stack, "chat_polls_parked") == 30, "all polls are counted")
    news = value(own_stack, "chat_polls_answered_total", 'reason="news"')
    stored = value(own_stack, "chat_append_batch_size_sum")
    delivered = value(own_stack, "chat_poll_delivery_seconds_count")

    Client(own_stack).say("metrics", "hello")
    assert all(b"hello" in answer for answer in polls.answers())

    # Counted after the answer is sent.
    until(
        lambda: value(own_stack, "chat_poll_delivery_seconds_count") == delivered + 30,
        "all deliveries are counted",
    )
    seen = scrape(own_stack)
    assert seen["chat_polls_answered_total", 'reason="news"'] == news + 30
    assert seen["chat_append_batch_size_sum", ""] == stored + 1
    assert seen["chat_workers", ""] == seen["chat_workers_healthy", ""] == 2
    assert seen["chat_requests_total", 'route="POST /messages",status="200"'] >= 1
    # One clock here: what is left is the error of the measurement.
    assert abs(seen["chat_database_clock_offset_seconds", ""]) < 1
    assert seen["chat_poll_delivery_seconds_bucket", 'le="10"'] == delivered + 30


def test_what_a_killed_worker_counted_stays_and_what_it_held_goes(own_stack):
    def requests():
        return value(own_stack, "chat_requests_total", 'route="GET /messages",status="200"')

    client = Client(own_stack)
    for _ in range(20):
        client.get("timeout=0")
    before = requests()
    starts = value(own_stack, "chat_worker_starts_total")
    own_stack.workers.restart(0, 9)
    own_stack.workers.restart(1, 9)
    until(lambda: value(own_stack, "chat_worker_starts_total") == starts + 2, "both count")
    assert requests() == before
    until(lambda: value(own_stack, "chat_polls_parked") == 0, "no poll of a dead worker is left")
    assert value(own_stack, "chat_workers") == 2


def test_a_poll_whose_client_leaves_is_counted_as_gone(own_stack):
    gone = value(own_stack, "chat_polls_answered_total", 'reason="gone"')
    polls = Polls.parked(own_stack, "gone", 3)
    until(lambda: value(own_stack, "chat_polls_parked") == 3, "the polls are parked")
    polls.close()
    until(
        lambda: value(own_stack, "chat_polls_answered_total", 'reason="gone"') == gone + 3,
        "they are counted",
    )


def test_the_database_that_goes_away_and_comes_back_shows(make_stack):
    stack = make_stack(workers=1)
    stack.postgres.stop("fast")
    until(lambda: value(stack, "chat_workers_healthy") == 0, "the worker says so")
    stack.postgres.start()
    until(lambda: value(stack, "chat_workers_healthy") == 1, "the worker is well again")
    seen = scrape(stack)
    assert seen["chat_database_connect_failures_total", ""] > 0
    assert seen["chat_database_reconnects_total", ""] > 0
    assert seen["chat_look_failures_total", ""] > 0


def test_a_search_index_that_cannot_be_filled_shows(own_stack):
    holder = psycopg2.connect(own_stack.postgres.conninfo())
    holder.cursor().execute("SELECT FROM chat.search_progress FOR UPDATE")
    Client(own_stack).say("metrics", "who finds this?")
    until(lambda: value(own_stack, "chat_search_behind_seconds") > 1, "it is behind")
    holder.close()
    until(lambda: value(own_stack, "chat_search_behind_seconds") == 0, "it is filled")


def status_page(stack) -> str:
    return Client(stack).request("GET", "/status").text.decode()


def test_the_status_page_is_one_for_people(own_stack):
    wait_until_healthy(own_stack)
    waiting = Background(Client(own_stack).get, "room=status&timeout=55")
    until(lambda: value(own_stack, "chat_polls_parked") == 1, "the poll is parked")
    answer = Client(own_stack).request("GET", "/status")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = answer.text.decode()
    assert "2 workers on this host, in good health." in page
    assert "1 of at most 20,000 polls and streams wait for news." in page
    for pid in own_stack.workers.pids():
        assert f"Process {pid}, since " in page
    assert "0 streams are open" in page
    stream = EventStream(own_stack, "room=status&after=now")
    until(lambda: "1 stream is open" in status_page(own_stack), "the stream is counted")
    Client(own_stack).say("status", "done")
    assert waiting.result().status == 200
    assert stream.messages(1)[0]["body"] == "done"
    until(lambda: "1 message sent by streams" in status_page(own_stack), "its message is counted")
    stream.close()
    until(lambda: "1 lost their client" in status_page(own_stack), "its end is counted")


def test_every_metric_is_documented_and_no_other(own_stack):
    documented = set(re.findall(NAME, (DOCS / "metrics.md").read_text()))
    assert documented == set(families(own_stack))


@pytest.mark.parametrize("document", ["grafana-dashboard.json", "alerts.yml"])
def test_the_documents_ask_only_for_what_there_is(own_stack, document):
    kinds = families(own_stack)
    series = {name for name, kind in kinds.items() if kind != "histogram"}
    for name, kind in kinds.items():
        if kind == "histogram":
            series |= {f"{name}_bucket", f"{name}_sum", f"{name}_count"}
    asked = set(re.findall(NAME, " ".join(expressions(document))))
    assert asked
    assert asked - series == set()


def test_the_dashboard_shows_every_metric(own_stack):
    shown = set(re.findall(NAME, " ".join(expressions("grafana-dashboard.json"))))
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name in shown}
    assert set(families(own_stack)) - shown == set()


@pytest.mark.parametrize("document", ["grafana-dashboard.json", "alerts.yml"])
def test_the_documents_ask_only_for_labels_that_there_are(own_stack, document):
    given = {label for _, labels in scrape(own_stack) for label in re.findall(r"(\w+)=", labels)}
    used = set()
    for expression in expressions(document):
        used |= set(re.findall(r'(\w+)(?:=~?|!=|!~)"', expression))
        for group in re.findall(r"by \(([^)]*)\)", expression):
            used |= {label.strip() for label in group.split(",")}
    assert used - given - {"instance", "job"} == set()


def expressions(document: str) -> list[str]:
    text = (DOCS / document).read_text()
    if document.endswith(".yml"):
        return [rule["expr"] for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]
    panels = json.loads(text)["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]
