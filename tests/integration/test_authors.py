"""Who wrote a message: how long the name may be, by each way in which it comes."""

import json
import subprocess

import pytest
from client import Client, read_all
from sites import Host, basic, say, without_tls

# Of 128 bytes, which is not the same as characters.
LONGEST = ["x" * 128, "é" * 64, "\U0001f600" * 32, '"' * 128, "\\" * 127 + "x"]
TOO_LONG = ["x" * 129, "é" * 64 + "x", "\U0001f600" * 32 + "é"]


@pytest.mark.parametrize("author", LONGEST)
def test_a_name_of_128_bytes_is_kept(stack, author):
    client = Client(stack)
    message = client.post({"body": "x", "room": "authors", "author": author}).json
    assert message["author"] == author
    assert message in read_all(client, "authors")
    before = client.get(f"room=authors&limit=1&before={'f' * 32}")
    assert before.json == [message]


@pytest.mark.parametrize("author", TOO_LONG)
def test_a_name_of_129_bytes_is_refused_in_a_sentence(stack, author):
    answer = Client(stack).post({"body": "x", "author": author})
    assert (answer.status, answer.json) == (
        400,
        {"error": "Invalid argument: An author is 1 to 128 bytes"},
    )


def test_a_user_whose_name_has_128_bytes_is_the_author(stack, var):
    names = [name for name in LONGEST if name.isalpha()] + ["x" * 129]
    host = Host(var)
    host.add("examples/auth-basic.conf", stack.workers.socket_path, edit=without_tls)
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", "secret"], capture_output=True, text=True, check=True
    )
    (var / "chat.users").write_text("".join(f"{name}:{hashed.stdout}" for name in names))
    port = host.ports["443"]
    with host.running():
        for name in names[:-1]:
            status, _, text = say(port, "hello", headers=basic(name))
            assert status == 200 and json.loads(text)["author"] == name
        status, _, text = say(port, "hello", headers=basic(names[-1]))
        assert status == 400 and "128 bytes" in json.loads(text)["error"]


def test_a_database_that_was_not_migrated_refuses_a_longer_name_alone(make_stack):
    """As on the way from the last release: new workers, and the schema before 011."""
    stack = make_stack(workers=1)
    stack.postgres.psql(
        """
        ALTER TABLE chat.messages DROP CONSTRAINT author_is_valid;
        ALTER TABLE chat.messages ADD CONSTRAINT author_is_valid
            CHECK (octet_length(author) BETWEEN 1 AND 64);
        """
    )
    client = Client(stack)
    answer = client.post({"body": "long", "room": "old", "author": "x" * 65})
    assert (answer.status, list(answer.json)) == (500, ["error"])
    stored = client.post({"body": "short", "room": "old", "author": "x" * 64}).json
    assert read_all(client, "old") == [stored]
