"""docs/openapi.yaml against what is really answered."""

import jsonschema
import pytest
import yaml
from client import Client, EventStream, named
from conftest import REPOSITORY, running_stack

DOCUMENT = yaml.safe_load((REPOSITORY / "docs/openapi.yaml").read_text())
JSON = {"Content-Type": "application/json"}
OF_NGINX = {"server", "date", "content-type", "content-length", "connection"} | {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "permissions-policy",
    "cache-control",  # of errors too
}
OPERATORS_PAGES = ("/metrics", "/status")
# Another test makes them, or they need what this stack does not have.
ELSEWHERE = {
    (method, path, status): why
    for path, methods in {
        "/messages": ("get", "head", "post"),
        "/rooms": ("get", "head"),
        "/messages/{id}": ("get", "head", "patch", "delete"),
    }.items()
    for method in methods
    for status, why in {
        "429": "rate limits are the operator's",
        "504": "needs a database that hangs for longer than a test may",
    }.items()
}


def resolved(node):
    while "$ref" in node:
        target = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def check(method: str, path: str, answer) -> tuple:
    """Holds an answer against its description; returns what of it was seen."""
    responses = DOCUMENT["paths"][path][method]["responses"]
    assert str(answer.status) in responses, f"{method} {path} is not said to answer {answer}"
    response = resolved(responses[str(answer.status)])
    if "content" not in response or method == "head":
        assert answer.text == b""
    else:
        check_body(response, answer)
    headers = {name.lower(): resolved(h) for name, h in response.get("headers", {}).items()}
    unknown = set(answer.headers) - set(headers) - OF_NGINX
    assert not unknown, f"{method} {path} {answer.status} has undescribed headers: {unknown}"
    for name, header in headers.items():
        if name in answer.headers:
            validate(answer.headers[name], header["schema"])
    return (method, path, str(answer.status))


def check_body(response, answer) -> None:
    media = response["content"][answer.headers["content-type"]]
    of_json = answer.headers["content-type"] == "application/json"
    validate(answer.json if of_json else answer.text.decode(), media["schema"])


def validate(value, schema) -> None:
    # The schemas refer to each other within the whole document.
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def ask(client, method: str, path: str, body=None, **headers):
    return client.request(method.upper(), path, body=body, headers=JSON | named(headers))


@pytest.fixture(scope="module")
def answers():
    """Everything that can be provoked: (method, path, answer)."""
    with running_stack(workers=1) as stack:
        client = Client(stack)
        calls = [
            ("post", b'{"body": "Hello World"}', {"Idempotency_Key": "one"}),
            ("post", b'{"body": "x", "author": "Ada", "room": "a"}', {}),
            ("post", b'{"body": "another"}', {"Idempotency_Key": "one"}),
            ("post", b"", {}),
            ("post", b"x" * 70_000, {}),
            ("post", b'{"body": "x"}', {"Content_Type": "text/plain"}),
        ]
        seen = [(m, "/messages", ask(client, m, "/messages", b, **h)) for m, b, h in calls]
        seen.append(("get", "/messages", client.get("room=none", Prefer="wait=0")))

        def read(path: str, *queries: str) -> None:
            for query in queries or [""]:
                for method in ("get", "head"):
                    seen.append((method, path, ask(client, method, f"{path}?{query}")))

        key = {"Chat_Edit_Key": "s" * 22}

        def write(method: str, message_id: str, body=None, **headers):
            answer = ask(client, method, f"/messages/{message_id}", body, **(key | headers))
            seen.append((method, "/messages/{id}", answer))

        def one(message_id: str) -> None:
            for method in ("get", "head"):
                answer = ask(client, method, f"/messages/{message_id}")
                seen.append((method, "/messages/{id}", answer))

        said, other = (client.say("mine", "x", **key)["id"] for _ in range(2))
        one(said)
        one("f" * 32)
        edit = b'{"body": "y"}'
        for method, body in (("patch", edit), ("delete", None)):
            write(method, said, body, Chat_Edit_Key="short")
            write(method, said, body, Chat_Edit_Key="t" * 22)
            write(method, "f" * 32, body)
            write(method, said, body, If_Match='"x"')
            write(method, said, body, Idempotency_Key=method)
            write(method, other, body, Idempotency_Key=method)
        write("patch", said, edit, Idempotency_Key="patch")
        write("patch", other, b"x" * 70_000)
        write("patch", other, edit, Content_Type="text/plain")

        read("/messages", "limit=1", "timeout=0&room=none", "limit=0", "before=" + "f" * 8)
        nil = "0" * 32
        read("/rooms", f"seen=a:{nil}", "limit=1", "limit=0")
        read("/healthz")
        for path in OPERATORS_PAGES:
            read(path)
        stack.postgres.psql("DELETE FROM chat.messages")
        again = client.post({"body": "Hello World"}, Idempotency_Key="one")
        seen.append(("post", "/messages", again))
        stack.postgres.stop("fast")
        seen.append(("post", "/messages", client.post({"body": "x"})))
        one(other)
        write("patch", other, edit)
        write("delete", other)
        read("/messages", "timeout=0&room=none")
        read("/rooms")
        read("/healthz")
        # Now nginx answers alone.
        stack.workers.stop()
        seen.append(("post", "/messages", client.post({"body": "x"})))
        one(other)
        write("patch", other, edit)
        write("delete", other)
        read("/messages", "timeout=0")
        read("/rooms")
        for path in OPERATORS_PAGES:
            read(path)
        yield seen


def test_every_answer_is_as_described(answers):
    for answer in answers:
        check(*answer)


def test_a_streams_events_are_as_described(stack):
    described = DOCUMENT["paths"]["/messages"]["get"]["responses"]["200"]
    media = described["content"]["text/event-stream"]
    said = Client(stack).say("streamed", "x")
    stream = EventStream(stack, "room=streamed&changes=1")
    undescribed = set(stream.headers) - {n.lower() for n in described["headers"]} - OF_NGINX
    assert undescribed <= {"transfer-encoding"}
    validate("\n".join([*stream.block(), "", ""]), media["schema"])
    kinds = set()
    for _ in range(2):
        kind, event_id, data = stream.event()
        kinds.add(kind)
        validate(data, media["x-events"][kind])
        validate(event_id, {"$ref": "#/components/schemas/MessageId"})
    assert kinds == set(media["x-events"]) and data == said
    stream.close()


def test_every_described_answer_was_seen(answers):
    described = {
        (method, path, status)
        for path, operations in DOCUMENT["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
        for status in operation["responses"]
    }
    seen = {check(*answer) for answer in answers}
    assert described - seen == set(ELSEWHERE)
